"""What just happened, read from the event table: which ticket, what kind, by whom, how it stands now. Never a text."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from tawasul.accounts import roles
from tawasul.accounts.models import Person
from tawasul.tickets.models import Event

MOST = 200  # of what was missed; whoever missed more looks at the whole page again
OVERLAP = 64  # keys read again on PostgreSQL, where a lower one may be committed after a higher one
DRAWING = timedelta(seconds=2)  # a page may miss what was committed while it was drawn

_FIELDS = (
    "pk", "kind", "actor_id", "actor_name", "ticket_id", "ticket__number", "ticket__version",
    "ticket__status", "ticket__assignee_id", "ticket__team_id",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class News:
    """One event, and its ticket as it stands now."""

    pk: int
    kind: str
    actor: int | None
    name: str
    ticket: int
    number: str
    version: int
    status: str
    assignee: int | None
    team: int | None

    def told(self) -> dict[str, Any]:
        """What a browser is told."""
        return {
            "id": self.pk,
            "kind": self.kind,
            "actor": self.actor,
            "name": self.name,
            "ticket": self.number,
            "version": self.version,
            "status": self.status,
            "assignee": self.assignee,
            "team": self.team,
        }


def newest() -> int:
    """The key of the last event; 0 before the first."""
    return Event.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def keys_after(mark: int) -> list[int]:
    """The keys above ``mark``."""
    return list(Event.objects.filter(pk__gt=mark).order_by("pk").values_list("pk", flat=True)[:2000])


def of(keys: Iterable[int]) -> list[News]:
    """These events, the oldest first."""
    return _read(Event.objects.filter(pk__in=list(keys)))


def since(mark: int) -> list[News]:
    """What came after the event with that key: at most ``MOST`` and one. On PostgreSQL some that came just before it
    are among them, which a browser knows by their keys."""
    overlap = 0 if connection.vendor == "sqlite" else OVERLAP
    return _read(Event.objects.filter(pk__gt=max(0, mark - overlap)))


def after(moment: datetime) -> list[News]:
    """What came after a page was drawn: at most ``MOST`` and one."""
    recent = Event.objects.filter(pk__gt=newest() - MOST - 1, at__gt=moment - DRAWING)
    return _read(recent)


def visible(found: Iterable[News], person: Person) -> list[News]:
    """Without what happened to tickets of teams that are closed to the person."""
    hidden = roles.hidden_teams(person)
    return [news for news in found if news.team not in hidden] if hidden else list(found)


def _read(events: "QuerySet[Event]") -> list[News]:
    return [News(*row) for row in events.order_by("pk").values_list(*_FIELDS)[: MOST + 1]]
