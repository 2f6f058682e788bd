"""Where a form leads: the ticket's page, with the view of the queue that was beside it."""

from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse

from tawasul.tickets.models import Ticket

KEPT = ("view", "after", "before")


def back_to(request: HttpRequest, ticket: Ticket, *, letter: int | None = None, compose: str = "") -> str:
    """The ticket's page as it was left; ``letter`` is the message to show, ``compose`` the composer to open."""
    kept = {name: request.GET[name][:60] for name in KEPT if request.GET.get(name)}
    if compose:
        kept["compose"] = compose
    query = f"?{urlencode(kept)}" if kept else ""
    anchor = f"#message-{letter}" if letter else ""
    return reverse("desk:ticket", args=[ticket.spoken_number]) + query + anchor
