"""What whoever watches the service wants to know of the worker."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Max, Min

from tawasul.reactions.models import Chore, Heartbeat
from tawasul.tickets.models import Event


def last_heartbeat() -> datetime | None:
    """The newest sign of life of any worker; None where none ever ran."""
    found: datetime | None = Heartbeat.objects.aggregate(at=Max("at"))["at"]
    return found


def oldest_waiting_event() -> datetime | None:
    """When the oldest event that nothing has reacted to yet happened; None where all is done."""
    found: datetime | None = Event.objects.filter(done_at__isnull=True).aggregate(at=Min("at"))["at"]
    return found


def put_aside(most: int = 100) -> Sequence[Event]:
    """Events whose reactions failed too often, the newest first; ``last_error`` says why."""
    return list(Event.objects.given_up().select_related("ticket").order_by("-pk")[:most])


def failing_chores() -> Sequence[Chore]:
    """Chores whose last run failed."""
    return list(Chore.objects.exclude(last_error="").order_by("name"))
