"""Where a form leads: the ticket's page, with the view of the queue that was beside it."""

from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse

from tawasul.tickets import filters
from tawasul.tickets.models import Ticket


def kept_of(request: HttpRequest) -> dict[str, str]:
    """The place in the queue that the address carries: the view, what narrows it, its order, and the page of it."""
    known = (*filters.names(), "after", "before")
    return {name: request.GET[name][: filters.LONGEST] for name in known if request.GET.get(name)}


def back_to(request: HttpRequest, ticket: Ticket, *, letter: int | None = None, compose: str = "") -> str:
    """The ticket's page as it was left; ``letter`` is the message to show, ``compose`` the composer to open."""
    kept = kept_of(request)
    if compose:
        kept["compose"] = compose
    query = f"?{urlencode(kept)}" if kept else ""
    anchor = f"#message-{letter}" if letter else ""
    return reverse("desk:ticket", args=[ticket.spoken_number]) + query + anchor
