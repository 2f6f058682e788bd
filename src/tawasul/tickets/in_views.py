"""What stands in each view of the queue, through whose eyes, and the parts of it that have an index each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import Q, QuerySet
from django.utils import timezone

from tawasul.accounts.models import Person
from tawasul.accounts.roles import hidden_teams, teams_of
from tawasul.core import clock, dates
from tawasul.core.prepared import Written
from tawasul.tickets.filters import EVERYTHING
from tawasul.tickets.models import Mention, Status, Ticket

SOON = timedelta(hours=4)
MOST_MENTIONS = 200

# Each view with the column of its order, and whether that is descending.
VIEWS: Final[dict[str, tuple[str, bool]]] = {
    "mine": ("answer_due_at", False),
    "team": ("answer_due_at", False),
    "unassigned": ("answer_due_at", False),
    "mentions": ("updated_at", True),
    "all": ("answer_due_at", False),
    "waiting": ("waiting_since", False),
    "due_soon": ("answer_due_at", False),
    "overdue": ("answer_due_at", False),
    "with_customer": ("close_due_at", False),
    "on_hold": ("updated_at", False),
    "snoozed": ("snoozed_until", False),
    "closed": ("closed_at", True),
    EVERYTHING: ("created_at", True),
}
SHARED: Final = {
    "unassigned",
    "all",
    "due_soon",
    "overdue",
    "with_customer",
    "on_hold",
    "snoozed",
}  # the same for all
UNCOUNTED: Final = {"waiting", "closed", EVERYTHING}  # waiting is all in another order; the others only grow


@dataclass(frozen=True, slots=True)
class Seen:
    """Through whose eyes: who, when, until when "soon" is, their teams, and the teams hidden from them."""

    person: int
    now: datetime
    soon: datetime
    teams: tuple[int, ...]
    hidden: tuple[int, ...]

    @property
    def values(self) -> tuple[Any, ...]:
        return (self.person, self.now, self.soon, *self.teams, *self.hidden)


def soon_until(now: datetime) -> datetime:
    """Until when a promise is due soon: the end of this day, and four hours at least."""
    tomorrow = timezone.localtime(now).date() + timedelta(days=1)
    return max(now + SOON, dates.day_begins(tomorrow))


def seen_by(person: Person) -> Seen:
    """The queue as this member of staff sees it now."""
    now = clock.now()
    hidden = tuple(sorted(hidden_teams(person)))
    return Seen(person.pk, now, soon_until(now), teams_of(person), hidden)


def within(view: str, me: Any, now: Any, soon: Any, teams: Sequence[Any]) -> tuple[Q, Sequence[Q]]:
    """What holds of the rows of a view; and where one index cannot hold its order, the parts of it for which one does.

    Each value is a plain one or a place of a prepared query. A column that is set only in one state stands for the
    state, so that its own small index is the only one that fits.
    """
    with_centre, awake = Q(status=Status.WITH_CENTRE), Q(snoozed_until=None) | Q(snoozed_until__lte=now)
    match view:
        case "mine":
            return with_centre & awake & Q(assignee=me), ()
        case "team":
            return with_centre & awake, [Q(team=team) for team in teams]
        case "unassigned":
            return with_centre & awake & Q(assignee=None), ()
        case "mentions":
            unseen = Mention.objects.filter(person=me, seen_at=None).order_by("-at", "-pk")
            return Q(pk__in=unseen.values("ticket")[:MOST_MENTIONS]), ()
        case "waiting":
            return awake & ~Q(status=Status.ON_HOLD) & Q(waiting_since__lte=now), ()
        case "due_soon":
            return with_centre & awake & Q(answer_due_at__gte=now, answer_due_at__lt=soon), ()
        case "overdue":
            return with_centre & Q(answer_due_at__lt=now), ()
        case "with_customer":
            return Q(close_due_at__isnull=False), ()
        case "on_hold":
            return Q(status=Written(Status.ON_HOLD)), ()
        case "snoozed":
            return Q(snoozed_until__gt=now), ()
        case "closed":
            return Q(closed_at__isnull=False), ()
        case "everything":
            return Q(), ()
        case _:
            return with_centre & awake, ()


def rows_of(
    view: str, me: Any, now: Any, soon: Any, teams: Sequence[Any]
) -> tuple[QuerySet[Ticket], Sequence[Q]]:
    """The rows of a view, and the parts of it that have an index each."""
    found, among = within(view, me, now, soon, teams)
    return Ticket.objects.filter(found), among


def open_to(rows: QuerySet[Ticket], hidden: Sequence[Any]) -> QuerySet[Ticket]:
    """Those of them that are of no hidden team."""
    return rows.filter(*[~Q(team=team) for team in hidden]) if hidden else rows


def one_of(among: Sequence[Q]) -> Q:
    """Any of the parts; where there are none, all."""
    found = Q()
    for condition in among:
        found |= condition
    return found
