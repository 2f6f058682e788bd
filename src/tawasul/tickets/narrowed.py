"""The pages of a view that a filter narrows or sorts: their cost grows neither with the tickets nor with how few fit.

1. The beginning of the order is walked, ``NEAR`` rows of it at most. Most filters have a page there.
2. Where they have not, the parts of the filter to which an index leads (``tickets/ways.py``) are counted, up to
   ``RARE``. If one has no more tickets than that, those are looked up and sorted here: the page is then exact, however
   far apart they lie.
3. Else the walk goes on to ``FAR`` rows. A page that is not full by then says so, and the next one begins where it
   stopped: no condition is so rare or so slow that it is not bounded. Whoever asks for that next page is given
   ``PATIENCE`` seconds instead, since the first one was there at once.

A walk is bounded by the order's own column, whose index says where the ``FAR``-th row lies: both databases then read
that stretch, and stop at the last row of the page. Tickets without the moment by which they are sorted are a
stretch of their own behind the others, the newest key first.
"""

import time
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, Final

from django.db.models import Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from tawasul.core import keyset
from tawasul.core.kept import Kept
from tawasul.core.prepared import Prepared, PreparedCounts, Written, opaque
from tawasul.tickets.filters import SORTS, Filter
from tawasul.tickets.in_views import VIEWS, Seen, one_of, within
from tawasul.tickets.models import Status, Ticket
from tawasul.tickets.queries import PAGE
from tawasul.tickets.ways import ways

NEAR: Final = 400  # rows of an order; a filter that one ticket in sixteen fits has its page among them
FAR: Final = 2500
PATIENCE: Final = 0.5  # seconds that a page takes which begins where another one stopped
RARE: Final = 1000  # tickets of one part, at most, that are looked at one by one

_MAY_BE_BLANK: Final = {"answer_due_at", "waiting_since"}
_HAVE: Final = {  # the states in which every ticket has the moment
    "answer_due_at": {Status.WITH_CENTRE},
    "waiting_since": {Status.WITH_CENTRE, Status.ON_HOLD},
}
_WITH_CENTRE: Final = {"mine", "team", "unassigned", "all", "waiting", "due_soon", "overdue"}
_FIRST, _LAST = datetime(1, 1, 2, tzinfo=UTC), datetime(9999, 12, 30, tzinfo=UTC)
_TICK = timedelta(microseconds=1)

_At = tuple[datetime | None, int]  # a moment, or None where the row has none, and a key


@dataclass(frozen=True, slots=True)
class _Leg:
    """A stretch of an order: by a moment, or for the rows that lack it by key."""

    key: str
    descending: bool
    of_blanks: bool = False

    @property
    def column(self) -> str:
        return "pk" if self.of_blanks else self.key


def page(narrowed: Filter, seen: Seen, *, after: str = "", before: str = "") -> keyset.Page[Ticket]:
    """A page of a filter, from a cursor on."""
    legs = _legs(narrowed)
    start = keyset.place(after or before)
    if start is not None and start[0] is None and len(legs) == 1:
        start = None
    backwards = start is not None and not after
    walk = _Walk(narrowed, seen, legs, backwards)
    first = 1 if start is not None and start[0] is None else 0
    found, stopped = walk.near(first, start), None
    if len(found) <= PAGE:
        exact = walk.exact(start)
        if exact is not None:
            found = exact
        else:
            found, stopped = walk.far(first, start)
            if start is not None:
                found, stopped = _on(walk, found, stopped)
    return _cut(found, legs[0], start, stopped, backwards=backwards)


def _on(walk: "_Walk", found: list[Ticket], stopped: _At | None) -> tuple[list[Ticket], _At | None]:
    """Stretch after stretch until the page is full, the end is reached, or ``PATIENCE`` seconds have passed."""
    end = time.monotonic() + PATIENCE
    while stopped is not None and len(found) <= PAGE and time.monotonic() < end:
        more, stopped = walk.far(1 if stopped[0] is None else 0, stopped)
        found = found + more
    return found[: PAGE + 1], stopped


def _legs(narrowed: Filter) -> tuple[_Leg, ...]:
    key, descending = SORTS[narrowed.sort] if narrowed.sort else VIEWS[narrowed.view]
    known, turns = _Leg(key, descending), set(_turns(narrowed))
    if key not in _MAY_BE_BLANK or (turns and turns <= _HAVE[key]):
        return (known,)
    return known, _Leg(key, True, of_blanks=True)


def _turns(narrowed: Filter) -> tuple[Status, ...]:
    """The states in which every ticket of a filter is; none where that is not known."""
    if narrowed.view in _WITH_CENTRE:
        return (Status.WITH_CENTRE,)
    if narrowed.view in Status.values:
        return (Status(narrowed.view),)
    return narrowed.turns


class _Walk:
    """One page's way through the legs of its order, forwards or backwards."""

    def __init__(self, narrowed: Filter, seen: Seen, legs: tuple[_Leg, ...], backwards: bool) -> None:
        self.narrowed, self.seen, self.legs, self.backwards = narrowed, seen, legs, backwards
        self.shape = (len(seen.teams), len(seen.hidden))

    def near(self, leg: int, start: _At | None) -> list[Ticket]:
        """What of a page is found among the next few rows."""
        return self._rows(leg, start, "near")

    def far(self, leg: int, start: _At | None) -> tuple[list[Ticket], _At | None]:
        """The page as far as the walk goes, and where it stopped if it did not come to the end."""
        found: list[Ticket] = []
        for place in range(leg, -1, -1) if self.backwards else range(leg, len(self.legs)):
            asked = (*self.seen.values, *self._begun(place, start))
            horizon = _horizon(
                self.narrowed, self.legs[place], self.backwards, start is not None, *self.shape
            )
            at: _At | None = horizon.first(*asked)  # type: ignore[assignment]  # a row of two values
            found += self._rows(place, start, "far" if at else "", at)
            if len(found) > PAGE:
                return found[: PAGE + 1], None
            if at is not None:
                return found, (None, at[1]) if self.legs[place].of_blanks else (at[0], at[1])
            start = None
        return found, None

    def _rows(self, place: int, start: _At | None, bound: str, at: _At | None = None) -> list[Ticket]:
        leg = self.legs[place]
        asked = (*self.seen.values, *self._begun(place, start), *(at or ()))
        return _stretch(self.narrowed, leg, self.backwards, start is not None, bound, *self.shape)(*asked)

    def _begun(self, place: int, start: _At | None) -> tuple[Any, ...]:
        if start is None:
            return ()
        return (start[1], start[1]) if self.legs[place].of_blanks else start

    def exact(self, start: _At | None) -> list[Ticket] | None:
        """The page of a filter of which one part is so rare that its tickets are looked at one by one; else None."""
        narrowed, seen = self.narrowed, self.seen
        without = _without_rare()
        if (narrowed, seen.person) in without:
            return None
        counted = _counted(narrowed, *self.shape)(*seen.values)
        if not counted or min(counted.values()) > RARE:
            without.add((narrowed, seen.person))
            return None
        rarest = min(counted, key=lambda name: counted[name])
        if not counted[rarest]:
            return []
        leg = self.legs[0]
        found = sorted(
            (_rank(leg, (moment, pk)), pk)
            for pk, moment in _few(narrowed, rarest, leg.key, *self.shape)(*seen.values)
        )
        ranks = [rank for rank, _pk in found]
        if self.backwards:
            end = bisect_left(ranks, _rank(leg, start)) if start else len(ranks)
            chosen = found[max(0, end - PAGE - 1) : end][::-1]
        else:
            begin = bisect_right(ranks, _rank(leg, start)) if start else 0
            chosen = found[begin : begin + PAGE + 1]
        keys = [pk for _rank, pk in chosen]
        by_key = {row.pk: row for row in _BY_KEY(*keys, *[0] * (PAGE + 1 - len(keys)))} if keys else {}
        return [by_key[pk] for pk in keys if pk in by_key]


def _rank(leg: _Leg, at: _At) -> tuple[int, float, int]:
    """Where a row stands in its order."""
    moment, pk = at
    if moment is None:
        return 1, 0, -pk
    micros = (moment - _FIRST) // _TICK
    return (0, -micros, -pk) if leg.descending else (0, micros, pk)


def _cut(
    found: list[Ticket], leg: _Leg, start: _At | None, stopped: _At | None, *, backwards: bool
) -> keyset.Page[Ticket]:
    """The page with the cursors of its neighbours, of one row more than it has, as they were walked."""
    more, rows = len(found) > PAGE, found[:PAGE]
    if backwards:
        rows.reverse()
    onwards = _mark(rows[0 if backwards else -1], leg) if more else keyset.mark(*stopped) if stopped else ""
    back = ""
    if start is not None:
        back = (
            _mark(rows[-1 if backwards else 0], leg) if rows else keyset.mark(*_beside(leg, start, backwards))
        )
    unfinished = stopped is not None and not more
    if backwards:
        return keyset.Page(rows, newer=onwards, older=back, is_unfinished=unfinished)
    return keyset.Page(rows, newer=back, older=onwards, is_unfinished=unfinished)


def _beside(leg: _Leg, at: _At, backwards: bool) -> _At:
    """A place just beyond one, so that whoever turns back there meets the row that stands on it."""
    descending = leg.descending or at[0] is None
    return at[0], at[1] + (1 if descending == backwards else -1)


def _mark(row: Ticket, leg: _Leg) -> str:
    return keyset.mark(getattr(row, leg.key), row.pk)


def _lead(narrowed: Filter, leg: _Leg, me: Any, now: Any, soon: Any) -> Q:
    """What holds of every row of a leg and leads to the index that has them in its order; all else is asked of each."""
    view, own, turns = narrowed.view, not narrowed.sort, _turns(narrowed)
    if leg.of_blanks:
        return Q(pk__gt=0)
    if leg.key == "answer_due_at":
        known = Q(status=Status.WITH_CENTRE, answer_due_at__isnull=False)
        if own and view in {"mine", "unassigned"}:
            known &= Q(assignee=me if view == "mine" else None)
        elif view == "due_soon":
            known &= Q(answer_due_at__gte=now, answer_due_at__lt=soon)
        elif view == "overdue":
            known &= Q(answer_due_at__lt=now)
        return known
    if leg.key == "updated_at" and own and view == "on_hold":
        return Q(status=Written(Status.ON_HOLD))
    if leg.key == "snoozed_until":
        return Q(snoozed_until__gt=now)
    if leg.key not in {"created_at", "updated_at"}:
        return Q(**{f"{leg.key}__isnull": False})
    if not turns or (Status.CLOSED in turns and len(turns) > 1):
        return Q()
    return Q(closed_at__isnull=Status.CLOSED not in turns)


def _fits(narrowed: Filter, me: Any, now: Any, soon: Any, teams: Sequence[Any], hidden: Sequence[Any]) -> Q:
    """What is asked of each row: the view, the filter, and that it is of no hidden team."""
    found, among = within(narrowed.view, me, now, soon, teams)
    found &= one_of(among) & narrowed.condition(me, each=True)
    for team in hidden:
        found &= ~Q(team=team)
    return found


def _ahead(leg: _Leg, backwards: bool, start: Any) -> tuple[Q, tuple[str, str], str]:
    """The rows beyond a place, their order, and the comparison that holds of rows up to another."""
    down = leg.descending != backwards
    beyond, sign = ("lt", "-") if down else ("gt", "")
    found = Q()
    if start and leg.of_blanks:
        found = Q(**{f"pk__{beyond}": start[1]})
    elif start:
        # the first condition lets the index start at the place; the second cuts ties by key
        found = Q(**{f"{leg.key}__{beyond}e": start[0]})
        found &= Q(**{f"{leg.key}__{beyond}": start[0]}) | Q(**{f"pk__{beyond}": start[1]})
    return found, (f"{sign}{leg.column}", f"{sign}pk"), "gte" if down else "lte"


@lru_cache(maxsize=1024)
def _stretch(
    narrowed: Filter, leg: _Leg, backwards: bool, begun: bool, bound: str, teams: int, hidden: int
) -> Prepared[Ticket]:
    """The first rows of a leg that fit, from a place on if it has ``begun``, up to a bound: ``near``, of so many rows;
    ``far``, up to a value that is given last."""

    def build(me: Any, now: Any, soon: Any, *places: Any) -> QuerySet[Ticket]:
        rest = places[teams + hidden :]
        ahead, order, up_to = _ahead(leg, backwards, rest[:2] if begun else ())
        lead = _lead(narrowed, leg, me, now, soon)
        rows = Ticket.objects.filter(lead, ahead)
        if bound == "near":
            last = rows.order_by(*order).values(leg.column)[NEAR : NEAR + 1]
            none: Any = (
                (_FIRST if up_to == "gte" else _LAST) if not leg.of_blanks else 0 if up_to == "gte" else 2**62
            )
            rows = rows.filter(**{f"{leg.column}__{up_to}": Coalesce(Subquery(last), Value(none))})
        elif bound:
            # as above: of several rows of one moment only those that come no later
            rows = rows.filter(**{f"{leg.column}__{up_to}": rest[-2]})
            rows = rows.filter(
                Q(**{f"{leg.column}__{up_to[:2]}": rest[-2]}) | Q(**{f"pk__{up_to}": rest[-1]})
            )
        fits = _fits(narrowed, me, now, soon, places[:teams], places[teams : teams + hidden])
        if leg.of_blanks:
            fits &= Q(**{f"{leg.key}__isnull": True})
        return rows.filter(opaque(fits)).select_related(*_RELATED).order_by(*order)[: PAGE + 1]

    return Prepared(build, places=3 + teams + hidden + (2 if begun else 0) + (2 if bound == "far" else 0))


@lru_cache(maxsize=1024)
def _horizon(
    narrowed: Filter, leg: _Leg, backwards: bool, begun: bool, teams: int, hidden: int
) -> Prepared[Ticket]:
    """Where the last row lies to which a walk goes; no row where it comes to the end before."""

    def build(me: Any, now: Any, soon: Any, *places: Any) -> "QuerySet[Ticket, Any]":
        ahead, order, _ = _ahead(leg, backwards, places[teams + hidden :] if begun else ())
        rows = Ticket.objects.filter(_lead(narrowed, leg, me, now, soon), ahead).order_by(*order)
        return rows.values_list(leg.column, "id")[FAR : FAR + 1]

    return Prepared(build, places=3 + teams + hidden + (2 if begun else 0))


@lru_cache(maxsize=512)
def _counted(narrowed: Filter, teams: int, hidden: int) -> PreparedCounts:
    """How many rows each way of the filter finds, up to one more than are few."""

    def build(me: Any, now: Any, soon: Any, *places: Any) -> "dict[str, QuerySet[Any, Any]]":
        found = ways(narrowed, me, now, soon, places[:teams])
        return {name: rows[: RARE + 1] for name, (rows, _column) in found.items()}

    return PreparedCounts(build, places=3 + teams + hidden)


@lru_cache(maxsize=512)
def _few(narrowed: Filter, way: str, key: str, teams: int, hidden: int) -> Prepared[Ticket]:
    """Keys and moments of the filter's tickets, found by a way that leads to few; in no order, so that no index of one
    is walked instead."""

    def build(me: Any, now: Any, soon: Any, *places: Any) -> "QuerySet[Ticket, Any]":
        led, column = ways(narrowed, me, now, soon, places[:teams])[way]
        fits = _fits(narrowed, me, now, soon, places[:teams], places[teams:])
        # Bounded, or PostgreSQL takes a tag that it has no figures of for an average one
        rows = Ticket.objects.filter(opaque(fits), pk__in=led.values(column)[:RARE])
        return rows.values_list("pk", key)

    return Prepared(build, places=3 + teams + hidden)


_RELATED: Final = ("service", "assignee", "team")
_BY_KEY: Final = Prepared(
    lambda *keys: Ticket.objects.filter(pk__in=keys).select_related(*_RELATED), places=PAGE + 1
)
# What is common now is common a moment later; emptied whenever what is kept of tables is read anew.
_without_rare: Final = Kept[set[tuple[Filter, int]]](set)
