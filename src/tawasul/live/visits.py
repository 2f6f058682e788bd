"""Who is at a ticket now: coming, writing, leaving. Rows that nobody renews count for nothing within seconds."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from tawasul.core import clock
from tawasul.core.prepared import Prepared
from tawasul.live.models import Visit

RENEW = 4.0  # seconds between two renewals of what a process holds open
STALE = timedelta(seconds=9)  # without renewal: gone
TYPING = timedelta(seconds=6)  # after the last key that was told: no longer writing

Place = tuple[int, int]  # a ticket's key, a person's key


@dataclass(frozen=True, slots=True)
class Here:
    """Somebody who is at a ticket."""

    person: int
    name: str
    doing: str

    def told(self) -> dict[str, Any]:
        """What a browser is told."""
        return {"id": self.person, "name": self.name, "doing": self.doing}


_FIELDS = ("ticket_id", "person_id", "person__full_name", "person__username", "doing", "typed_at")
_AT: Prepared[Visit] = Prepared(
    lambda ticket, seen: (
        Visit.objects.filter(ticket_id=ticket, seen_at__gt=seen)
        .order_by("person__full_name", "person_id")
        .values_list(*_FIELDS)
    )
)


def come(places: Iterable[Place]) -> None:
    """Note, or renew, that these people are at these tickets: one statement."""
    now = clock.now()
    Visit.objects.bulk_create(
        [Visit(ticket_id=ticket, person_id=person, seen_at=now) for ticket, person in sorted(places)],
        update_conflicts=True,
        unique_fields=["ticket", "person"],
        update_fields=["seen_at"],
    )


def write(ticket: int, person: int, doing: str) -> None:
    """Note that the person is writing an answer or a note there."""
    now = clock.now()
    Visit.objects.bulk_create(
        [Visit(ticket_id=ticket, person_id=person, doing=doing, seen_at=now, typed_at=now)],
        update_conflicts=True,
        unique_fields=["ticket", "person"],
        update_fields=["doing", "seen_at", "typed_at"],
    )


def leave(ticket: int, person: int) -> None:
    """Forget that the person is there."""
    Visit.objects.filter(ticket_id=ticket, person_id=person).delete()


def at(ticket: int) -> list[Here]:
    """Who is at the ticket, by name: one query."""
    return _by_ticket(_AT(ticket, clock.now() - STALE)).get(ticket, [])


def at_each(tickets: Collection[int]) -> dict[int, list[Here]]:
    """Who is at each of the tickets, by name: one query, whatever their number."""
    fresh = Visit.objects.filter(seen_at__gt=clock.now() - STALE)
    if len(tickets) <= 100:  # else what is fresh is not much more
        fresh = fresh.filter(ticket_id__in=tickets)
    return _by_ticket(fresh.order_by("person__full_name", "person_id").values_list(*_FIELDS))


def drop_stale() -> None:
    """Forget visits that ended without a word."""
    Visit.objects.filter(seen_at__lt=clock.now() - 10 * STALE).delete()


def _by_ticket(rows: Iterable[Any]) -> dict[int, list[Here]]:
    typing_since = clock.now() - TYPING
    found: dict[int, list[Here]] = defaultdict(list)
    for ticket, person, full_name, username, doing, typed_at in rows:
        writes = typed_at is not None and typed_at > typing_since
        found[ticket].append(
            Here(person, full_name or username, doing if writes else str(Visit.Doing.READING))
        )
    return found
