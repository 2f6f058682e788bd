"""My tickets, one ticket, and its receipt."""

from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from tawasul.accounts.models import Person
from tawasul.portal.views import correspondence
from tawasul.tickets import access, drafts, numbers, participation, queries
from tawasul.tickets.models import Draft, Ticket
from tawasul.ui.turn import Turn, turn_of


def person_of(request: HttpRequest) -> Person:
    """The signed-in person; views that call it stand behind ``login_required``."""
    assert isinstance(request.user, Person)
    return request.user


@never_cache
@require_safe
@login_required
def index(request: HttpRequest) -> HttpResponse:
    """Three tabs by whose turn it is, one for what others share, or what a search finds; drafts stand above them."""
    person = person_of(request)
    counts = queries.tabs(person)
    q = request.GET.get("q", "").strip()[:200]
    turn = request.GET.get("turn", "")
    if turn not in {*queries.TURNS, queries.SHARED}:
        turn = _first_tab(counts)
    mistyped = False
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    if turn == queries.SHARED and not q:
        return _shared(request, person, counts, after=after, before=before)
    try:
        page = queries.tickets_of(person, turn=turn, q=q, after=after, before=before)
    except numbers.Mistyped:
        page, mistyped = queries.Page([]), True
    at_the_centre: list[Ticket] = []
    if turn == "you" and not q and counts["centre"] and not page.newer:
        at_the_centre = queries.excerpt_of(person, "centre")
    return render(
        request,
        "portal/tickets.html",
        {
            "current": "tickets",
            "person": person,
            "counts": counts,
            "shown": {name: _shown(count) for name, count in counts.items()},
            "turn": turn,
            "q": q,
            "page": page,
            "lines": [(ticket, _turn_for(person, ticket)) for ticket in page.rows],
            "mistyped": mistyped,
            "centre_lines": [(ticket, turn_of(ticket)) for ticket in at_the_centre],
            "drafts": [] if q else drafts.all_of(person, Draft.Kind.TICKET),
            "newer": _page_address(turn, q, before=page.newer),
            "older": _page_address(turn, q, after=page.older),
        },
    )


def _turn_for(person: Person, ticket: Ticket) -> Turn:
    """Whose turn it is, worded for the requester or for whoever takes part beside them."""
    return turn_of(ticket, viewer="customer" if ticket.requester_id == person.pk else "participant")


def _first_tab(counts: dict[str, int]) -> str:
    """Where something waits for the person; somebody else's tickets only where there are none of their own."""
    if counts[queries.SHARED] and not any(counts[turn] for turn in queries.TURNS):
        return queries.SHARED
    return "you" if counts["you"] or not counts["centre"] else "centre"


def _shared(
    request: HttpRequest, person: Person, counts: dict[str, int], *, after: str, before: str
) -> HttpResponse:
    """The fourth tab: other people's tickets that the person takes part in."""
    page = participation.shared_with(person, after=after, before=before)
    return render(
        request,
        "portal/tickets.html",
        {
            "current": "tickets",
            "person": person,
            "counts": counts,
            "shown": {name: _shown(count) for name, count in counts.items()},
            "turn": queries.SHARED,
            "q": "",
            "page": page,
            "lines": [(part.ticket, turn_of(part.ticket, viewer="participant")) for part in page.rows],
            "mistyped": False,
            "centre_lines": [],
            "drafts": drafts.all_of(person, Draft.Kind.TICKET),
            "newer": _page_address(queries.SHARED, "", before=page.newer),
            "older": _page_address(queries.SHARED, "", after=page.older),
        },
    )


def _shown(count: int) -> str:
    """A count as the tab shows it: exact up to the bound that is counted; isolated, or the plus would change sides."""
    if count < queries.COUNT_UP_TO:
        return str(count)
    return format_html('<bdi dir="ltr">{}+</bdi>', queries.COUNT_UP_TO - 1)


def _page_address(turn: str, q: str, **cursor: str) -> str:
    """The address of the neighbouring page; empty where there is none."""
    if not any(cursor.values()):
        return ""
    return f"{reverse('portal:tickets')}?{urlencode(({'q': q} if q else {'turn': turn}) | cursor)}"


@never_cache
@require_safe
@login_required
def ticket(request: HttpRequest, number: str) -> HttpResponse:
    """The correspondence of one ticket, whose turn it is, and what the customer can do about it."""
    found, part = access.shared_ticket_for(request.user, number)
    if request.path != found.get_absolute_url():
        return redirect(found, permanent=False)
    return correspondence.page(request, found, correspondence.Place.of_account(found, part))


@never_cache
@require_safe
@login_required
def receipt(request: HttpRequest, number: str) -> HttpResponse:
    """The receipt to print: what was received and when, and by when it is answered."""
    found = access.ticket_for(request.user, number)
    return correspondence.receipt(request, found, correspondence.Place.of_account(found))
