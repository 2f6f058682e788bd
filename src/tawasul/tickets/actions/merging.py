"""Verbs between tickets: merging."""

from django.db import transaction

from tawasul.accounts.models import Person
from tawasul.core import clock
from tawasul.tickets import workflow
from tawasul.tickets.actions.record import record, save
from tawasul.tickets.models import (
    CloseReason,
    Event,
    Status,
    Ticket,
)
from tawasul.tickets.writers import Writer


class NotMergeable(Exception):
    """A ticket cannot go on in itself, nor in one that is closed."""


@transaction.atomic
def merge(ticket: Ticket, *, into: Ticket, by: Person) -> Ticket:
    """Close the ticket, which goes on in ``into``: what its customer writes to it from now on belongs there.

    Its letters stay where they are. Raises NotMergeable.
    """
    now = clock.now()
    first, second = sorted(
        (ticket.pk, into.pk)
    )  # one order for everybody: two merges never wait for each other
    rows = {pk: Ticket.objects.locked(pk) for pk in (first, second)}
    row, target = rows[ticket.pk], rows[into.pk]
    if row.pk == target.pk or target.status == Status.CLOSED:
        raise NotMergeable
    workflow.move(row, "close", now)
    row.close_reason, row.merged_into = CloseReason.MERGED, target
    save(row, ticket)
    record(row, Event.Kind.CLOSED, Writer.of(by), now, reason=CloseReason.MERGED.value, into=target.number)
    return row
