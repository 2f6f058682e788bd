"""The palette's answers, and the search page that does the same without scripts."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from tawasul.core.text import clean_line
from tawasul.desk import gate
from tawasul.desk import palette as offered
from tawasul.desk.shelves import shelves_for
from tawasul.tickets import access, finding
from tawasul.tickets.models import Ticket


@require_safe
@never_cache
@gate.staff_only
def palette(request: HttpRequest) -> HttpResponse:
    """The rows for what is typed (?q=) on a page (?from=) that may be a ticket's (?on=)."""
    back = request.GET.get("from", "")[:2000]
    if not url_has_allowed_host_and_scheme(back, allowed_hosts=None):
        back = "/"
    return render(request, "desk/_palette_rows.html", _found(request, back=back, ticket=_beside(request)))


@require_safe
@never_cache
@gate.staff_only
def search(request: HttpRequest) -> HttpResponse:
    """A page that finds tickets, views and places (?q=)."""
    person = gate.staff_member(request)
    found = _found(request, back=request.get_full_path())
    return render(request, "desk/search.html", {**found, "shelves": shelves_for(person), "view": ""})


def _found(request: HttpRequest, *, back: str, ticket: Ticket | None = None) -> dict[str, Any]:
    typed = clean_line(request.GET.get("q", "")[: 2 * finding.LONGEST])[: finding.LONGEST]
    offer = offered.offer(typed, gate.staff_member(request), ticket=ticket, back=back)
    groups = [(offered.HERE, offer.here), (offered.VIEWS, offer.views), (offered.PLACES, offer.places)]
    return {
        "typed": typed,
        "offer": offer,
        "groups": groups,
        "tickets_title": offered.TICKETS,
        "lit": offered.lit,
    }


def _beside(request: HttpRequest) -> Ticket | None:
    number = request.GET.get("on", "")[:40]
    if not number:
        return None
    try:
        return access.desk_ticket_for(gate.staff_member(request), number)
    except Http404:
        return None  # gone meanwhile: the rest of the palette still helps
