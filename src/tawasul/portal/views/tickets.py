"""My tickets, one ticket, and its receipt."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from tawasul.accounts.models import Person
from tawasul.portal import correspondence
from tawasul.tickets import access, numbers, queries
from tawasul.tickets.models import Draft, Ticket

AT_THE_CENTRE = 3  # rows of the centre's turn shown below one's own


def person_of(request: HttpRequest) -> Person:
    """The signed-in person; views that call it stand behind ``login_required``."""
    assert isinstance(request.user, Person)
    return request.user


@never_cache
@require_safe
@login_required
def index(request: HttpRequest) -> HttpResponse:
    """Three tabs by whose turn it is, or what a search finds; drafts stand above them."""
    person = person_of(request)
    counts = queries.tabs(person)
    q = request.GET.get("q", "").strip()[:200]
    turn = request.GET.get("turn", "")
    if turn not in queries.TURNS:
        turn = "you" if counts["you"] or not counts["centre"] else "centre"
    mistyped = False
    try:
        page = queries.tickets_of(
            person, turn=turn, q=q, after=request.GET.get("after", ""), before=request.GET.get("before", "")
        )
    except numbers.Mistyped:
        page, mistyped = queries.Page([]), True
    at_the_centre: list[Ticket] = []
    if turn == "you" and not q and counts["centre"]:
        at_the_centre = queries.tickets_of(person, turn="centre").rows[:AT_THE_CENTRE]
    return render(
        request,
        "portal/tickets.html",
        {
            "counts": counts,
            "turn": turn,
            "q": q,
            "page": page,
            "mistyped": mistyped,
            "at_the_centre": at_the_centre,
            "drafts": list(
                Draft.objects.filter(owner=person, kind=Draft.Kind.TICKET).order_by("-updated_at")[:20]
            ),
        },
    )


@never_cache
@require_safe
@login_required
def ticket(request: HttpRequest, number: str) -> HttpResponse:
    """The correspondence of one ticket, whose turn it is, and what the customer can do about it."""
    found = access.ticket_for(request.user, number)
    if request.path != found.get_absolute_url():
        return redirect(found, permanent=False)
    return correspondence.page(request, found, correspondence.Place.of(found))


@never_cache
@require_safe
@login_required
def receipt(request: HttpRequest, number: str) -> HttpResponse:
    """The receipt to print: what was received and when, and by when it is answered."""
    found = access.ticket_for(request.user, number)
    return correspondence.receipt(request, found, correspondence.Place.of(found))
