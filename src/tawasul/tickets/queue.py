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
- narrowed by a filter, or sorted: see ``tickets/narrowed.py``

Tickets put out of the way, and those of closed teams, are stepped over: they are few. The counts read at most
``COUNT_UP_TO`` rows a view, all in one statement.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from django.db.models import Q, QuerySet

from tawasul.accounts.models import Person
from tawasul.core import keyset
from tawasul.core.kept import Kept
from tawasul.core.prepared import Prepared, PreparedCounts
from tawasul.tickets import narrowed as narrowed_pages
from tawasul.tickets.filters import EVERYTHING, Filter
from tawasul.tickets.in_views import (
    MOST_MENTIONS,
    SHARED,
    SOON,
    UNCOUNTED,
    VIEWS,
    one_of,
    open_to,
    rows_of,
    seen_by,
    soon_until,
)
from tawasul.tickets.models import Ticket
from tawasul.tickets.queries import COUNT_UP_TO, PAGE

__all__ = [
    "MOST_MENTIONS",
    "SOON",
    "VIEWS",
    "Count",
    "Page",
    "count",
    "counts",
    "every",
    "page",
    "soon_until",
]

_RELATED: Final = ("service", "assignee", "team")
SCANNED = 2000  # rows that the count of a filter looks at, at most

Page = keyset.Page[Ticket]


@dataclass(frozen=True, slots=True)
class Count:
    """A number, and whether there may be more than were looked at."""

    number: int
    more: bool = False


def page(narrowed: Filter, person: Person, *, after: str = "", before: str = "") -> Page:
    """A page of a view: as it is, or narrowed and sorted by the filter."""
    seen, view = seen_by(person), narrowed.view
    key, newest_first = VIEWS[view]
    if view == "team" and not seen.teams:
        return Page([])
    if narrowed.values or narrowed.sort:
        return narrowed_pages.page(narrowed, seen, after=after, before=before)
    if not (after or before):
        return keyset.first_page(_first_of(view, len(seen.teams), len(seen.hidden))(*seen.values), key, PAGE)
    rows, among = rows_of(view, seen.person, seen.now, seen.soon, seen.teams)
    rows = open_to(rows, seen.hidden).select_related(*_RELATED)
    return keyset.page(rows, key, PAGE, after=after, before=before, newest_first=newest_first, among=among)


def counts(person: Person) -> dict[str, int]:
    """The counts beside the views, each up to COUNT_UP_TO; one statement.

    A view that had more than can be told moments ago is not counted again, for anybody where it is everybody's.
    """
    seen = seen_by(person)
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
    seen = seen_by(person)
    if narrowed.view == "team" and not seen.teams:
        return Count(0)
    key, newest_first = VIEWS[narrowed.view]
    rows, among = rows_of(narrowed.view, seen.person, seen.now, seen.soon, seen.teams)
    sign = "-" if newest_first else ""
    order = (f"{sign}{key}", f"{sign}pk")
    if narrowed.turns and narrowed.view == EVERYTHING:  # the queue's index knows the turn
        rows, among = Ticket.objects.all(), [Q(status=turn) for turn in narrowed.turns]
        order = ("answer_due_at", "pk")
    looked_at = keyset.merged(open_to(rows, seen.hidden), among, order, SCANNED).values("pk")
    found = Ticket.objects.filter(pk__in=looked_at).filter(narrowed.condition(person.pk, each=True))
    number = len(found.order_by().values_list("pk")[:COUNT_UP_TO])
    return Count(number, more=number < COUNT_UP_TO and len(looked_at.values_list("pk")) >= SCANNED)


def every(narrowed: Filter, person: Person) -> QuerySet[Ticket]:
    """Every ticket of a view as the filter narrows it, in no order: for who acts on all of them at once."""
    seen = seen_by(person)
    if narrowed.view == "team" and not seen.teams:
        return Ticket.objects.none()
    rows, among = rows_of(narrowed.view, seen.person, seen.now, seen.soon, seen.teams)
    return open_to(rows, seen.hidden).filter(one_of(among)).filter(narrowed.condition(person))


# What is large now is large a moment later. Each is emptied whenever what is kept of tables is read anew.
_full: Final = Kept[dict[Any, set[str]]](
    dict
)  # by hidden teams, or person and teams: what reached COUNT_UP_TO


@lru_cache(maxsize=512)
def _first_of(view: str, teams: int, hidden: int) -> Prepared[Ticket]:
    """The first page of a view, for somebody with so many teams from whom so many are hidden."""
    key, newest_first = VIEWS[view]
    sign = "-" if newest_first else ""

    def build(me: Any, now: Any, soon: Any, *places: Any) -> QuerySet[Ticket]:
        rows, among = rows_of(view, me, now, soon, places[:teams])
        rows = open_to(rows, places[teams:]).select_related(*_RELATED)
        return keyset.merged(rows, among, (f"{sign}{key}", f"{sign}pk"), PAGE + 1)

    return Prepared(build, places=3 + teams + hidden)


@lru_cache(maxsize=256)
def _counts(teams: int, hidden: int, full: frozenset[str]) -> PreparedCounts:
    def build(me: Any, now: Any, soon: Any, *places: Any) -> dict[str, QuerySet[Ticket]]:
        made = {}
        for view in [view for view in VIEWS if view not in UNCOUNTED | full]:
            rows, among = rows_of(view, me, now, soon, places[:teams])
            rows = open_to(rows, places[teams:])
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
