"""The parts of a filter to which an index leads: by each one's name, the rows that it finds, and the column in which
their ticket stands. What no index knows (a word, a name) is no way; it is asked of each ticket that another one found.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from django.db.models import Q, QuerySet
from django.db.models.functions import Lower

from tawasul.accounts.models import Person
from tawasul.tickets import own_filters
from tawasul.tickets.filters import DATES, EVERYTHING, ME, NOBODY, NONE, Filter, day_range
from tawasul.tickets.in_views import one_of, within
from tawasul.tickets.models import Status, Tagging, Ticket

Way = tuple["QuerySet[Any]", str]


def ways(narrowed: Filter, me: Any, now: Any, soon: Any, teams: Sequence[Any]) -> dict[str, Way]:
    """All of this filter, the view among them. Each value is a plain one or a prepared query's place."""
    found: dict[str, Way] = {}
    for name, value in narrowed.values:
        if name == "assignee":
            found[name] = (Ticket.objects.filter(assignee={ME: me, NOBODY: None}.get(value, value)), "pk")
        elif name in _WAYS and not (name == "requester" and "@" not in value):
            found[name] = _WAYS[name](value)
    for field, said in own_filters.found_by_index(narrowed.given).items():
        found[field] = (said, "ticket")
    for what, column in DATES.items():
        asked = day_range(what, narrowed.given)
        if asked:
            # only a ticket with the centre has a promise, and its index begins with the turn
            begun = (
                Q(status=Status.WITH_CENTRE)
                if column == "answer_due_at"
                else Q(**{f"{column}__isnull": False})
            )
            found[what] = (Ticket.objects.filter(begun, asked), "pk")
    if len(narrowed.turns) == 1:
        found["turn"] = (Ticket.objects.filter(status=narrowed.turns[0]), "pk")
    if narrowed.view != EVERYTHING:
        found["view"] = (Ticket.objects.filter(_view(narrowed.view, me, now, soon, teams)), "pk")
    return found


def _view(view: str, me: Any, now: Any, soon: Any, teams: Sequence[Any]) -> Q:
    """The rows of a view and a few more, as an index has them without a look at the tickets themselves."""
    with_centre = Q(status=Status.WITH_CENTRE)
    match view:
        case "mine":
            return with_centre & Q(assignee=me)
        case "unassigned":
            return with_centre & Q(assignee=None)
        case "team":
            return with_centre & one_of([Q(team=team) for team in teams])
        case "all":
            return with_centre
        case "waiting":
            return Q(waiting_since__lte=now)
        case "due_soon":
            return with_centre & Q(answer_due_at__gte=now, answer_due_at__lt=soon)
    return within(view, me, now, soon, teams)[0]


def _team(value: str) -> Way:
    return Ticket.objects.filter(team=None if value == NONE else int(value)), "pk"


def _address(value: str) -> Way:
    return Ticket.objects.alias(address=Lower("requester_email")).filter(address=value), "pk"


def _organisation(value: str) -> Way:
    people = Person.objects.filter(organisation__icontains=value)
    return Ticket.objects.filter(requester__in=people.values("pk")), "pk"


_WAYS: Final[Mapping[str, Callable[[str], Way]]] = {
    "tag": lambda value: (Tagging.objects.filter(tag=int(value)), "ticket"),
    "service": lambda value: (Ticket.objects.filter(service=int(value)), "pk"),
    "team": _team,
    "requester": _address,
    "organisation": _organisation,
}
