"""Verbs that put a ticket out of the way for a while, and bring it back. The promise to the customer goes on."""

from datetime import UTC, datetime

from django.db import transaction

from tawasul.accounts.models import Person
from tawasul.core import clock
from tawasul.tickets import workflow
from tawasul.tickets.actions.record import record, save
from tawasul.tickets.models import Event, Status, Ticket
from tawasul.tickets.writers import Writer

UNTIL_REPLY = datetime(9000, 1, 1, tzinfo=UTC)  # no clock wakes it, a letter does
BATCH = 200


@transaction.atomic
def snooze(ticket: Ticket, *, until: datetime | None, by: Person) -> Ticket:
    """Out of the way until that moment, or until the customer writes (None); a letter wakes it in any case.

    Raises IllegalMove for a closed ticket.
    """
    row = Ticket.objects.locked(ticket.pk)
    if row.status == Status.CLOSED:
        raise workflow.IllegalMove(row, "snooze")
    row.snoozed_until = until or UNTIL_REPLY
    row.version += 1
    save(row, ticket)
    record(row, Event.Kind.SNOOZED, Writer.of(by), clock.now(), until=until.isoformat() if until else "reply")
    return row


@transaction.atomic
def wake(ticket: Ticket, *, by: Person) -> bool:
    """Bring it back before its time; False where it is not snoozed."""
    row = Ticket.objects.locked(ticket.pk)
    if row.snoozed_until is None:
        return False
    row.snoozed_until = None
    row.version += 1
    save(row, ticket)
    record(row, Event.Kind.WOKE, Writer.of(by), clock.now())
    return True


def wake_due(now: datetime | None = None) -> int:
    """Bring back what is due, each once whoever else does so at the same time; how many."""
    now = now or clock.now()
    woken = 0
    due = Ticket.objects.filter(snoozed_until__lte=now)
    for pk in list(due.order_by("snoozed_until").values_list("pk", flat=True)[:BATCH]):
        with transaction.atomic():
            row = Ticket.objects.locked(pk)
            if row.snoozed_until is None or row.snoozed_until > now:
                continue
            row.snoozed_until = None
            row.version += 1
            row.save(update_fields=["snoozed_until", "version"])
            record(row, Event.Kind.WOKE, Writer(None, "", ""), now)
            woken += 1
    return woken
