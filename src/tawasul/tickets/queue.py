"""Finding work: the views of the desk's queue, page by page and counted, alone or narrowed by a filter.

Each view is cheap with a million tickets, because an index holds its rows in the order in which they are shown and a
page reads its first rows from there:

- mine: ``ticket_mine`` (assignee, turn, promise); unassigned: the same, on PostgreSQL ``ticket_unassigned``
- all, due soon, overdue: ``ticket_queue`` (turn, promise)
- team: ``ticket_team`` for each of the person's teams, the first rows of each merged
- waiting: ``ticket_waiting``, which holds only tickets whose wait runs; on hold: ``ticket_held``, only those on hold
- with customer: ``ticket_silence_clock``; snoozed: ``ticket_snoozed``; closed: ``ticket_closed``, each only its own
- mentions: the person's latest unseen ones by ``mention_unseen``, at most ``MOST_MENTIONS``, then tickets by key
- everything: ``ticket_created``; sorted by the last change: ``ticket_changed``
- a tag: of a rare one its tickets by ``tagging_once``, else whether a row of the order has it, by the same

Tickets put out of the way, and those of closed teams, are stepped over: they are few. The counts read at most
``COUNT_UP_TO`` rows a view, all in one statement.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Final

from django.db.models import Q, QuerySet
from django.utils import timezone

from tawasul.accounts.models import Person
from tawasul.accounts.roles import hidden_teams, teams_of
from tawasul.core import clock, dates, keyset
from tawasul.core.kept import Kept
from tawasul.core.prepared import Prepared, PreparedCounts, Written
from tawasul.tickets.filters import EVERYTHING, RARE, SORTS, Filter
from tawasul.tickets.models import Mention, Status, Tagging, Ticket
from tawasul.tickets.queries import COUNT_UP_TO, PAGE

SOON = timedelta(hours=4)
MOST_MENTIONS = 200
SCANNED = 2000  # rows that the count of a filter looks at, at most

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

_RELATED: Final = ("service", "assignee", "team")
_MAY_BE_BLANK: Final = {"answer_due_at", "waiting_since"}

Page = keyset.Page[Ticket]


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


@dataclass(frozen=True, slots=True)
class Count:
    """A number, and whether there may be more than were looked at."""

    number: int
    more: bool = False


def page(narrowed: Filter, person: Person, *, after: str = "", before: str = "") -> Page:
    """A page of a view: as it is, or narrowed and sorted by the filter."""
    seen, view = _seen(person), narrowed.view
    key, newest_first = VIEWS[view]
    if view == "team" and not seen.teams:
        return Page([])
    shape = (len(seen.teams), len(seen.hidden))
    is_rare = narrowed.tag is not None and _is_rare(narrowed.tag)
    if narrowed.sort:
        key, newest_first = SORTS[narrowed.sort]
    if not (after or before):
        found = _first_of(narrowed, is_rare, *shape)(*seen.values)
        if narrowed.sort and key in _MAY_BE_BLANK and len(found) <= PAGE:
            found += _blanks_of(narrowed, is_rare, *shape)(*seen.values)[: PAGE + 1 - len(found)]
        return keyset.first_page(found, key, PAGE)
    rows, among = _view(view, seen.person, seen.now, seen.soon, seen.teams)
    rows = _open_to(rows, seen.hidden).select_related(*_RELATED)
    rows = rows.filter(narrowed.condition(person.pk, tag_is_rare=is_rare))
    if narrowed.sort and key in _MAY_BE_BLANK:
        return keyset.page_with_blanks(
            rows.filter(_one_of(among)),
            key,
            PAGE,
            after=after,
            before=before,
            newest_first=newest_first,
            filled=_filled(key),
        )
    return keyset.page(rows, key, PAGE, after=after, before=before, newest_first=newest_first, among=among)


def counts(person: Person) -> dict[str, int]:
    """The counts beside the views, each up to COUNT_UP_TO; one statement.

    A view that had more than can be told moments ago is not counted again, for anybody where it is everybody's.
    """
    seen = _seen(person)
    shared = _full().setdefault(seen.hidden, set())
    own = _full().setdefault((seen.person, seen.teams), set())
    full = frozenset(shared | own)
    found = _counts(len(seen.teams), len(seen.hidden), full)(*seen.values)
    for name, number in found.items():
        if number >= COUNT_UP_TO:
            (shared if name in SHARED else own).add(name)
    found |= dict.fromkeys(full, COUNT_UP_TO)
    teams = sum(found.pop(f"team {index}") for index in range(len(seen.teams)))
    return {**found, "team": min(teams, COUNT_UP_TO)}


def count(narrowed: Filter, person: Person) -> Count:
    """How many tickets a filter finds, among the first ``SCANNED`` of its view by its order: never slower than that."""
    seen = _seen(person)
    if narrowed.view == "team" and not seen.teams:
        return Count(0)
    key, newest_first = VIEWS[narrowed.view]
    rows, among = _view(narrowed.view, seen.person, seen.now, seen.soon, seen.teams)
    sign = "-" if newest_first else ""
    order = (f"{sign}{key}", f"{sign}pk")
    if narrowed.turns and narrowed.view == EVERYTHING:  # the queue's index knows the turn
        rows, among = Ticket.objects.all(), [Q(status=turn) for turn in narrowed.turns]
        order = ("answer_due_at", "pk")
    looked_at = keyset.merged(_open_to(rows, seen.hidden), among, order, SCANNED).values("pk")
    found = Ticket.objects.filter(pk__in=looked_at).filter(narrowed.condition(person.pk))
    number = len(found.order_by().values_list("pk")[:COUNT_UP_TO])
    return Count(number, more=number < COUNT_UP_TO and len(looked_at.values_list("pk")) >= SCANNED)


def every(narrowed: Filter, person: Person) -> QuerySet[Ticket]:
    """Every ticket of a view as the filter narrows it, in no order: for who acts on all of them at once."""
    seen, one_of = _seen(person), Q()
    if narrowed.view == "team" and not seen.teams:
        return Ticket.objects.none()
    rows, among = _view(narrowed.view, seen.person, seen.now, seen.soon, seen.teams)
    for condition in among:
        one_of |= condition
    return _open_to(rows, seen.hidden).filter(one_of).filter(narrowed.condition(person))


def soon_until(now: datetime) -> datetime:
    """Until when a promise is due soon: the end of this day, and four hours at least."""
    tomorrow = timezone.localtime(now).date() + timedelta(days=1)
    return max(now + SOON, dates.day_begins(tomorrow))


def _seen(person: Person) -> Seen:
    now = clock.now()
    hidden = tuple(sorted(hidden_teams(person)))
    return Seen(person.pk, now, soon_until(now), teams_of(person), hidden)


def _view(
    view: str, me: Any, now: Any, soon: Any, teams: Sequence[Any]
) -> tuple[QuerySet[Ticket], Sequence[Q]]:
    """The rows of a view; and where one index cannot hold its order, the parts of it for which one does.

    Each value is a plain one or a place of a prepared query. A column that is set only in one state stands for the
    state, so that its own small index is the only one that fits.
    """
    tickets = Ticket.objects.all()
    here = tickets.with_centre().filter(Q(snoozed_until=None) | Q(snoozed_until__lte=now))
    match view:
        case "mine":
            return here.filter(assignee=me), ()
        case "team":
            return here, [Q(team=team) for team in teams]
        case "unassigned":
            return here.filter(assignee=None), ()
        case "mentions":
            unseen = Mention.objects.filter(person=me, seen_at=None).order_by("-at", "-pk")
            return tickets.filter(pk__in=unseen.values("ticket")[:MOST_MENTIONS]), ()
        case "waiting":
            awake = Q(snoozed_until=None) | Q(snoozed_until__lte=now)
            return tickets.filter(awake, ~Q(status=Status.ON_HOLD), waiting_since__lte=now), ()
        case "due_soon":
            return here.filter(answer_due_at__gte=now, answer_due_at__lt=soon), ()
        case "overdue":
            return tickets.with_centre().filter(answer_due_at__lt=now), ()
        case "with_customer":
            return tickets.filter(close_due_at__isnull=False), ()
        case "on_hold":
            return tickets.filter(status=Written(Status.ON_HOLD)), ()
        case "snoozed":
            return tickets.filter(snoozed_until__gt=now), ()
        case "closed":
            return tickets.filter(closed_at__isnull=False), ()
        case "everything":
            return tickets, ()
        case _:
            return here, ()


def _open_to(rows: QuerySet[Ticket], hidden: Sequence[Any]) -> QuerySet[Ticket]:
    return rows.filter(*[~Q(team=team) for team in hidden]) if hidden else rows


@lru_cache(maxsize=256)
def _blanks_of(narrowed: Filter, tag_is_rare: bool, teams: int, hidden: int) -> Prepared[Ticket]:
    """What follows on a first page that is not full: the tickets without the moment by which it is sorted."""
    key, _newest_first = SORTS[narrowed.sort]

    def build(me: Any, now: Any, soon: Any, *places: Any) -> QuerySet[Ticket]:
        rows, among = _view(narrowed.view, me, now, soon, places[:teams])
        rows = _open_to(rows, places[teams:]).select_related(*_RELATED)
        rows = rows.filter(narrowed.condition(me, tag_is_rare=tag_is_rare), _one_of(among))
        return rows.filter(**{f"{key}__isnull": True}).order_by("-pk")[: PAGE + 1]

    return Prepared(build, places=3 + teams + hidden)


def _one_of(among: Sequence[Q]) -> Q:
    found = Q()
    for condition in among:
        found |= condition
    return found


def _filled(key: str) -> Q:
    """What else holds of a ticket that has the moment: a promise runs only while the centre has the turn, which leads
    to the index by turn and promise."""
    return Q(status=Status.WITH_CENTRE) if key == "answer_due_at" else Q()


def _is_rare(tag: int) -> bool:
    """Whether so few tickets have the tag that looking at each of them costs less than stepping over the others."""
    common = _common()
    if tag not in common and len(_TAGGED(tag)) > RARE:
        common.add(tag)
    return tag not in common


# What is large now is large a moment later. Each is emptied whenever what is kept of tables is read anew.
_full: Final = Kept[dict[Any, set[str]]](
    dict
)  # by hidden teams, or person and teams: what reached COUNT_UP_TO
_common: Final = Kept[set[int]](set)  # tags

_TAGGED: Final = Prepared(lambda tag: Tagging.objects.filter(tag_id=tag).values_list("pk")[: RARE + 1])


@lru_cache(maxsize=512)
def _first_of(narrowed: Filter, tag_is_rare: bool, teams: int, hidden: int) -> Prepared[Ticket]:
    """The first page of a view, or of a filter, for somebody with so many teams from whom so many are hidden.

    The same few filters are asked for all day: they are kept as views, and stand beside each ticket opened from them.
    """
    key, newest_first = SORTS[narrowed.sort] if narrowed.sort else VIEWS[narrowed.view]
    sign = "-" if newest_first else ""

    def build(me: Any, now: Any, soon: Any, *places: Any) -> QuerySet[Ticket]:
        rows, among = _view(narrowed.view, me, now, soon, places[:teams])
        rows = _open_to(rows, places[teams:]).select_related(*_RELATED)
        rows = rows.filter(narrowed.condition(me, tag_is_rare=tag_is_rare))
        if narrowed.sort and key in _MAY_BE_BLANK:
            known = rows.filter(_one_of(among), _filled(key), **{f"{key}__isnull": False})
            return known.order_by(f"{sign}{key}", f"{sign}pk")[: PAGE + 1]
        return keyset.merged(rows, among, (f"{sign}{key}", f"{sign}pk"), PAGE + 1)

    return Prepared(build, places=3 + teams + hidden)


@lru_cache(maxsize=256)
def _counts(teams: int, hidden: int, full: frozenset[str]) -> PreparedCounts:
    def build(me: Any, now: Any, soon: Any, *places: Any) -> dict[str, QuerySet[Ticket]]:
        made = {}
        for view in [view for view in VIEWS if view not in UNCOUNTED | full]:
            rows, among = _view(view, me, now, soon, places[:teams])
            rows = _open_to(rows, places[teams:])
            if (
                view != "mentions"
            ):  # in an order, or PostgreSQL looks for a hundred rows through the whole table
                rows = rows.order_by(VIEWS[view][0], "pk")
            if view != "team":
                made[view] = rows[:COUNT_UP_TO]
            for index, condition in enumerate(among):
                if f"team {index}" not in full:
                    made[f"team {index}"] = rows.filter(condition)[:COUNT_UP_TO]
        return made

    return PreparedCounts(build, places=3 + teams + hidden)
