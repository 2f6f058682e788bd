"""Keyset pages: cut at the last row's key instead of counting rows: page a thousand costs what page one does."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Generic, TypeVar

from django.db.models import Model, Q, QuerySet

M = TypeVar("M", bound=Model)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TICK = timedelta(microseconds=1)  # what both databases keep; a float would lose the last digit


@dataclass(slots=True)
class Page(Generic[M]):
    """``newer`` and ``older`` are cursors for the neighbouring pages, empty where there is none."""

    rows: list[M]
    newer: str = ""
    older: str = ""


def page(
    rows: QuerySet[M], key: str, size: int, *, after: str = "", before: str = "", newest_first: bool
) -> Page[M]:
    """Cut one page of ``size`` rows ordered by (key, id). ``key`` names a column of moments that are not null, or
    ``pk``. A cursor that cannot be read counts as none."""
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
    found = list(rows.order_by(*order)[: size + 1])
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


def first_page(found: list[M], key: str, size: int) -> Page[M]:
    """The page without a cursor, of the first ``size + 1`` rows of a list that begins there."""
    return Page(found[:size], older=_mark(found[size - 1], key) if len(found) > size else "")


def _mark(row: Model, key: str) -> str:
    stamp = 0 if key == "pk" else (getattr(row, key) - _EPOCH) // _TICK
    return f"{stamp}_{row.pk}"


def _cursor(text: str) -> tuple[datetime | None, int]:
    try:
        stamp, _, pk = text.partition("_")
        number = int(pk)
        return (_EPOCH + int(stamp) * _TICK, number) if number.bit_length() < 64 else (None, 0)
    except (ValueError, OverflowError):
        return None, 0
