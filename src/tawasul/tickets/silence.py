"""Closing for silence: the warning before it, and the closing itself, each exactly once."""

from datetime import datetime, timedelta

from django.db import transaction

from tawasul.core import centre, clock
from tawasul.tickets import workflow
from tawasul.tickets.models import CloseReason, Event, Status, Ticket

BATCH = 500


def silent(now: datetime, most: int = BATCH) -> list[Ticket]:
    """Tickets whose customer's time has run out at ``now``, the longest silent first."""
    return list(
        Ticket.objects.filter(status=Status.WITH_CUSTOMER, close_due_at__lte=now).order_by(
            "close_due_at", "pk"
        )[:most]
    )


def close_silent(now: datetime | None = None) -> int:
    """Close what is due. Safe beside customers who write and other workers who close; returns how many it closed."""
    now = now or clock.now()
    closed = 0
    while batch := silent(now):
        for ticket in batch:
            with transaction.atomic():
                if workflow.close_if_silent(ticket.pk, now):
                    Event.objects.create(
                        ticket=ticket,
                        kind=Event.Kind.CLOSED,
                        at=now,
                        data={"reason": CloseReason.SILENCE.value},
                    )
                    closed += 1
        if len(batch) < BATCH:
            break
    return closed


def warn_silent(now: datetime | None = None) -> int:
    """Record one warning for each ticket that will close within the warning time; returns how many."""
    now = now or clock.now()
    settings = centre.current()
    if not settings.warn_before_hours:
        return 0
    soon = now + timedelta(hours=settings.warn_before_hours)
    due = Ticket.objects.filter(
        status=Status.WITH_CUSTOMER, close_due_at__gt=now, close_due_at__lte=soon, close_warned_at=None
    )
    warned = 0
    for pk, close_due_at in list(due.order_by("close_due_at").values_list("pk", "close_due_at")[:BATCH]):
        assert close_due_at is not None  # the filter asks for it
        with transaction.atomic():
            if due.filter(pk=pk, close_due_at=close_due_at).update(close_warned_at=now):
                Event.objects.create(
                    ticket_id=pk,
                    kind=Event.Kind.CLOSE_WARNED,
                    at=now,
                    data={"close_due_at": close_due_at.isoformat()},
                )
                warned += 1
    return warned
