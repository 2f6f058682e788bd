"""What colleagues are writing about a ticket, to read and nothing more."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from tawasul.desk import gate
from tawasul.desk.views.queue import shown_queue
from tawasul.tickets import access, drafts


@require_safe
@never_cache
@gate.staff_only
def drafts_of_colleagues(request: HttpRequest, number: str) -> HttpResponse:
    """Their texts as they stand: a part of the ticket's page for htmx, a page of its own without scripts."""
    person = gate.staff_member(request)
    ticket = access.desk_ticket_for(person, number)
    found = [(draft, drafts.typed(draft)["text"]) for draft in drafts.of_colleagues(ticket, person)]
    context = {"ticket": ticket, "drafts": found}
    if request.htmx:  # type: ignore[attr-defined]  # set by django-htmx
        return render(request, "desk/_drafts.html", context)
    return render(request, "desk/drafts.html", {**shown_queue(request), **context})
