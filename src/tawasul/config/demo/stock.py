"""A large stock of tickets for measuring and trying: realistic Arabic and English, every state, written in bulk.

Nothing is mailed: the events count as reacted to. The mix: most tickets are closed, as in a desk that works.
"""

import sys
import time

from django.db import connection, transaction

from tawasul.accounts.models import TermsVersion
from tawasul.config.demo import bulk, crowd
from tawasul.config.demo.lives import Lives
from tawasul.tickets import numbers
from tawasul.tickets.models import Ticket

BATCH = 5000


def grow(count: int, *, progress: bool = False) -> float:
    """Add ``count`` tickets with about three messages each; returns tickets a second, people and tags included."""
    began = time.perf_counter()
    lives = Lives(crowd.gather(count), TermsVersion.objects.order_by("-published_at").first())
    for start in range(0, count, BATCH):
        _write(lives, start, min(BATCH, count - start), count)
        if progress:
            _show(min(start + BATCH, count), count, time.perf_counter() - began)
    if progress:
        sys.stderr.write("\n")
    with connection.cursor() as cursor:  # the planner must know the new sizes before anything is asked
        cursor.execute("ANALYZE")
    return count / (time.perf_counter() - began)


def _write(lives: Lives, start: int, many: int, count: int) -> None:
    """One batch, in one transaction."""
    with transaction.atomic():
        bulk.unchecked()
        first = bulk.next_key(lives.ticket, many)
        fresh = _numbers(first + many, many)
        # No ticket has more than four; a key that nobody uses is of no account.
        lives.begin(message=bulk.next_key(lives.message, 4 * many))
        for place, number in enumerate(fresh):
            lives.tell(first + place, number, start + place, count)
        _with_keys(lives.event, lives.events)
        _with_keys(lives.tagging, lives.taggings)
        _with_keys(lives.mention, lives.mentions)
        bulk.write(lives.ticket, lives.tickets)
        bulk.write(lives.message, lives.messages)
        bulk.write(lives.event, lives.events)
        bulk.write(lives.tagging, lives.taggings)
        bulk.write(lives.mention, lives.mentions)


def _with_keys(table: bulk.Table, rows: list[list[object]]) -> None:
    if rows:
        for key, row in enumerate(rows, bulk.next_key(table, len(rows))):
            row[0] = key


def _numbers(issued: int, many: int) -> list[str]:
    """Numbers that no ticket has."""
    found: set[str] = set()
    while len(found) < many:
        fresh = {numbers.new_number(issued) for _ in range(many - len(found))}
        found |= fresh - set(Ticket.objects.filter(number__in=fresh).values_list("number", flat=True))
    return list(found)


def _show(made: int, count: int, seconds: float) -> None:
    bar = "█" * (30 * made // count)
    sys.stderr.write(f"\r{bar:<30} {made:,} of {count:,}, {made / seconds:,.0f} tickets a second ")
    sys.stderr.flush()
