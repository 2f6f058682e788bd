"""A large stock of tickets for measuring and trying: realistic Arabic and English, every state, written in bulk.

Nothing is mailed: the events count as reacted to. The mix: most tickets are closed, as in a desk that works.
"""

import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

from django.db import connection, transaction

from tawasul.accounts.models import TermsVersion
from tawasul.config.demo import bulk, crowd
from tawasul.config.demo.bare import bare
from tawasul.config.demo.lives import Lives
from tawasul.tickets import numbers
from tawasul.tickets.models import Ticket

BATCH = 5000
# A stock that grows by less than a fifth of it has its indexes put up anew for more than it saves.
AT_LEAST = 5


def grow(count: int, *, progress: bool = False) -> float:
    """Add ``count`` tickets with about three messages each; returns tickets a second, people and tags included."""
    began = time.perf_counter()
    lives = Lives(crowd.gather(count), TermsVersion.objects.order_by("-published_at").first())
    with _laid_bare(lives, count) as alone:
        for made in _written(lives, count, alone):
            if progress:
                _show(made, count, time.perf_counter() - began)
    if progress:
        sys.stderr.write("\n")
    with connection.cursor() as cursor:  # the planner must know the new sizes before anything is asked
        cursor.execute("ANALYZE")
    return count / (time.perf_counter() - began)


def _laid_bare(lives: Lives, count: int) -> AbstractContextManager[bool]:
    """Whether the rows go into tables without indexes and references, and who puts these up again afterwards."""
    if connection.vendor != "postgresql" or count <= BATCH or Ticket.objects.count() > AT_LEAST * count:
        return nullcontext(False)
    return bare([getattr(lives, name).name for name in ("ticket", *_MOST)])


def _written(lives: Lives, count: int, alone: bool) -> Iterator[int]:
    if connection.vendor == "postgresql":
        return _side_by_side(lives, count, alone)
    return _one_by_one(lives, count)


def _one_by_one(lives: Lives, count: int) -> Iterator[int]:
    """Tell a batch and write it, in one transaction, since the keys follow from what is there; yields how many are."""
    for start in range(0, count, BATCH):
        many = min(BATCH, count - start)
        with transaction.atomic(), bulk.written(_tell(lives, _keys(lives, many), start, count)):
            pass
        yield start + many


def _side_by_side(lives: Lives, count: int, alone: bool) -> Iterator[int]:
    """The same where a server does the writing: the next batch is told meanwhile."""
    keys = _keys(lives, min(BATCH, count))
    told = _tell(lives, keys, 0, count)
    for start in range(BATCH, count + BATCH, BATCH):
        many = min(BATCH, count - start)
        keys = _keys(lives, max(many, 0), beside=keys.numbers)
        with bulk.written(told, alone=alone):
            told = _tell(lives, keys, start, count)
        yield min(start, count)


@dataclass(frozen=True)
class _Keys:
    """What nobody else has: numbers, and by table the first of enough keys; one that stays unused is of no account."""

    numbers: list[str]
    first: dict[str, int]


# No ticket has more rows than this in each table.
_MOST = {"message": 4, "event": 4, "tagging": 2, "mention": 1}


def _keys(lives: Lives, many: int, beside: Sequence[str] = ()) -> _Keys:
    if not many:
        return _Keys([], dict.fromkeys(("ticket", *_MOST), 0))
    first = {"ticket": bulk.next_key(lives.ticket, many)}
    first |= {name: bulk.next_key(getattr(lives, name), most * many) for name, most in _MOST.items()}
    return _Keys(_numbers(first["ticket"] + many, many, beside), first)


def _tell(lives: Lives, keys: _Keys, start: int, count: int) -> bulk.Batch:
    """The rows of one batch; the database is not asked."""
    lives.begin(message=keys.first["message"])
    for place, number in enumerate(keys.numbers):
        lives.tell(keys.first["ticket"] + place, number, start + place, count)
    for name, rows in (("event", lives.events), ("tagging", lives.taggings), ("mention", lives.mentions)):
        for key, row in enumerate(rows, keys.first[name]):
            row[0] = key
    return [
        (lives.ticket, lives.tickets),
        (lives.message, lives.messages),
        (lives.event, lives.events),
        (lives.tagging, lives.taggings),
        (lives.mention, lives.mentions),
    ]


def _numbers(issued: int, many: int, beside: Sequence[str]) -> list[str]:
    """Numbers that no ticket has, nor one of the batch that is about to be written."""
    found: set[str] = set()
    while len(found) < many:
        fresh = {numbers.new_number(issued) for _ in range(many - len(found))}.difference(beside)
        found |= fresh - set(Ticket.objects.filter(number__in=fresh).values_list("number", flat=True))
    return list(found)


def _show(made: int, count: int, seconds: float) -> None:
    bar = "█" * (30 * made // count)
    sys.stderr.write(f"\r{bar:<30} {made:,} of {count:,}, {made / seconds:,.0f} tickets a second ")
    sys.stderr.flush()
