"""Keyset pages: cut at the last row's key instead of counting rows: page a thousand costs what page one does."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Generic, TypeVar

from django.db.models import Model, Q, QuerySet

M = TypeVar("M", bound=Model)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_BLANK = "blank_"  # begins the cursor at a row without a moment
_TICK = timedelta(microseconds=1)  # what both databases keep; a float would lose the last digit


@dataclass(slots=True)
class Page(Generic[M]):
    """``newer`` and ``older`` are cursors for the neighbouring pages, empty where there is none."""

    rows: list[M]
    newer: str = ""
    older: str = ""
    is_unfinished: bool = False  # it is not full, and yet there may be more beyond: so far was looked


def page(
    rows: QuerySet[M],
    key: str,
    size: int,
    *,
    after: str = "",
    before: str = "",
    newest_first: bool,
    among: Sequence[Q] = (),
) -> Page[M]:
    """Cut one page of ``size`` rows ordered by (key, id). ``key`` names a column of moments that are not null, or
    ``pk``. A cursor that cannot be read counts as none.

    ``among`` are conditions of which each row meets one, for which an index holds the order each: the first rows of
    each are merged, instead of sorting all that meet any."""
    backwards = bool(before) and not after
    moment, pk = _cursor(before if backwards else after)
    descending = newest_first != backwards
    sign = "-" if descending else ""
    if moment is not None:
        beyond = "lt" if descending else "gt"
        if key == "pk":
            rows = rows.filter(**{f"pk__{beyond}": pk})
        else:
            # the first condition lets the index start at the cursor; the second cuts ties by id
            rows = rows.filter(**{f"{key}__{beyond}e": moment}).filter(
                Q(**{f"{key}__{beyond}": moment}) | Q(**{f"pk__{beyond}": pk})
            )
    order = [f"{sign}pk"] if key == "pk" else [f"{sign}{key}", f"{sign}pk"]
    found = list(merged(rows, among, order, size + 1))
    if moment is None:
        return first_page(found, key, size)
    more = len(found) > size
    found = found[:size]
    if backwards:
        found.reverse()
    if not found:
        return Page([])
    first, last = _mark(found[0], key), _mark(found[-1], key)
    has_newer = more if backwards else True
    has_older = True if backwards else more
    return Page(found, newer=first if has_newer else "", older=last if has_older else "")


def page_with_blanks(
    rows: QuerySet[M],
    key: str,
    size: int,
    *,
    after: str = "",
    before: str = "",
    newest_first: bool,
    filled: Q | None = None,
) -> Page[M]:
    """As ``page`` for a column that may be null: the rows without a moment follow those with one, the newest id first.

    At most two queries. ``filled`` is what else holds where the column is not null, if that helps an index."""
    known = rows.filter(**{f"{key}__isnull": False}).filter(filled or Q())
    blank = rows.filter(**{f"{key}__isnull": True}).order_by("-pk")
    cursor, backwards = after or before, bool(before) and not after
    at = _blank_cursor(cursor)
    if at is not None and not backwards:
        return _forwards(list(blank.filter(pk__lt=at)[: size + 1]), key, size, begun=True)
    if at is not None:
        found = list(blank.filter(pk__gt=at).order_by("pk")[: size + 1])
        if len(found) <= size:
            signed = (f"{'' if newest_first else '-'}{key}", f"{'' if newest_first else '-'}pk")
            found += known.order_by(*signed)[: size + 1 - len(found)]
        shown = found[size - 1 :: -1] if len(found) > size else found[::-1]
        newer = _mark(shown[0], key) if len(found) > size else ""
        return Page(shown, newer=newer, older=_mark(shown[-1], key) if shown else "")
    first = page(known, key, size, after=after, before=before, newest_first=newest_first)
    if first.older or backwards:
        return first
    found = first.rows + list(blank[: size + 1 - len(first.rows)])
    return _forwards(found, key, size, begun=_cursor(cursor)[0] is not None)


def _forwards(found: list[M], key: str, size: int, *, begun: bool) -> Page[M]:
    made = first_page(found, key, size)
    if begun and made.rows:
        made.newer = _mark(made.rows[0], key)
    return made


def merged(rows: QuerySet[M], among: Sequence[Q], order: Sequence[str], most: int) -> QuerySet[M]:
    """The first rows in that order; of several conditions ``among``, the first of each are taken together."""
    if len(among) < 2:
        return rows.filter(*among).order_by(*order)[:most]
    every = rows.model._default_manager.all()
    tops = [rows.filter(one).select_related(None).order_by(*order).values("pk")[:most] for one in among]
    first, *others = [
        every.filter(pk__in=top).values("pk") for top in tops
    ]  # SQLite cuts off no part of a union
    together = first.union(*others, all=True)
    return every.filter(pk__in=together).select_related(*_related(rows)).order_by(*order)[:most]


def _related(rows: QuerySet[M]) -> list[str]:
    asked = rows.query.select_related
    return list(asked) if isinstance(asked, dict) else []


def first_page(found: list[M], key: str, size: int) -> Page[M]:
    """The page without a cursor, of the first ``size + 1`` rows of a list that begins there."""
    return Page(found[:size], older=_mark(found[size - 1], key) if len(found) > size else "")


def mark(moment: datetime | None, pk: int) -> str:
    """The cursor at a row with that moment, or among those without one."""
    return f"{_BLANK}{pk}" if moment is None else f"{(moment - _EPOCH) // _TICK}_{pk}"


def place(text: str) -> tuple[datetime | None, int] | None:
    """The moment and the key at which a cursor stands; None where it cannot be read."""
    blank = _blank_cursor(text)
    if blank is not None:
        return None, blank
    moment, pk = _cursor(text)
    return None if moment is None else (moment, pk)


def _mark(row: Model, key: str) -> str:
    return f"0_{row.pk}" if key == "pk" else mark(getattr(row, key), row.pk)


def _blank_cursor(text: str) -> int | None:
    number = text.removeprefix(_BLANK)
    return (
        int(number) if text != number and number.isascii() and number.isdigit() and len(number) < 19 else None
    )


def _cursor(text: str) -> tuple[datetime | None, int]:
    try:
        stamp, _, pk = text.partition("_")
        number = int(pk)
        return (_EPOCH + int(stamp) * _TICK, number) if number.bit_length() < 64 else (None, 0)
    except (ValueError, OverflowError):
        return None, 0
