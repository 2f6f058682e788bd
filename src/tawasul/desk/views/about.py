"""What is read about a ticket only when it is asked for: its history, its requester, its domain."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from tawasul.desk import gate
from tawasul.desk.shelves import shelves_for
from tawasul.tickets import access, dossier


@require_safe
@never_cache
@gate.staff_only
def events(request: HttpRequest, number: str) -> HttpResponse:
    """Everything that happened, the newest first (?before= goes on): a part for htmx, else a page of its own."""
    ticket = access.desk_ticket_for(gate.staff_member(request), number)
    asked = request.GET.get("before", "")
    before = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 18 else None
    found, more = dossier.history(ticket, before=before)
    context = {"ticket": ticket, "events": found, "older": found[-1].pk if more else None}
    return _shown(request, "desk/dossier/_history.html", "history", context)


@require_safe
@never_cache
@gate.staff_only
def requester(request: HttpRequest, number: str) -> HttpResponse:
    """Consents, other tickets of the requester, other tickets about the domain: a part for htmx, else a page."""
    person = gate.staff_member(request)
    ticket = access.desk_ticket_for(person, number)
    context = {
        "ticket": ticket,
        "past": dossier.past_tickets(ticket, person),
        "same_domain": dossier.about_domain(ticket, person),
        "consents": dossier.consents_of(ticket),
    }
    return _shown(request, "desk/dossier/_requester.html", "requester", context)


def _shown(request: HttpRequest, part: str, shows: str, context: dict[str, object]) -> HttpResponse:
    if request.htmx:  # type: ignore[attr-defined]  # set by django-htmx
        return render(request, part, context)
    frame = {"shelves": shelves_for(gate.staff_member(request)), "view": "", "shows": shows, "part": part}
    return render(request, "desk/dossier/page.html", {**context, **frame})
