"""Verbs between tickets: merging, and undoing it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from tawasul.accounts.models import Person
from tawasul.core import clock
from tawasul.tickets import merged, workflow
from tawasul.tickets.actions import splitting
from tawasul.tickets.actions.record import in_one, record, save
from tawasul.tickets.actions.retraction import after_held
from tawasul.tickets.models import (
    CloseReason,
    Event,
    Status,
    Ticket,
    TicketLink,
)
from tawasul.tickets.writers import Writer


class NotMergeable(Exception):
    """A ticket cannot go on in itself, nor in one that is closed."""


class NotUnmergeable(Exception):
    """The ticket is not merged into another one, or not any more."""


def merge(ticket: Ticket, *, into: Ticket, by: Person) -> Ticket:
    """Close the ticket, which goes on in ``into``: what its customer writes to it from now on belongs there, where
    they are that ticket's customer too. Raises NotMergeable."""
    return merge_all([ticket], into=into, by=by)[0]


@in_one
def merge_all(tickets: Sequence[Ticket], *, into: Ticket, by: Person) -> list[Ticket]:
    """Close the tickets, which go on in ``into``; all of them or none. Their letters stay where they are and are shown
    there, to staff all of them, to its customer their own (see ``merged``).

    Where a customer of ``into`` waited for an answer in one of them, the earliest promise holds for it too.
    Raises NotMergeable.
    """
    now = clock.now()
    # One order for everybody: two merges never wait for each other.
    rows = {pk: Ticket.objects.locked(pk) for pk in sorted({into.pk, *(ticket.pk for ticket in tickets)})}
    target = rows[into.pk]
    if target.status == Status.CLOSED or into.pk in {ticket.pk for ticket in tickets}:
        raise NotMergeable
    done = []
    for ticket in tickets:
        row = rows[ticket.pk]
        same = merged.same_requester(row, target)
        if same:
            workflow.take_over_promise(target, row, now)
        before = workflow.snapshot(row)
        workflow.move(row, "close", now)
        row.close_reason, row.merged_into = CloseReason.MERGED, target
        save(row, ticket)
        data: dict[str, Any] = {"into": target.number, "before": before}
        told = after_held(row, now)
        reason = CloseReason.MERGED.value
        record(row, Event.Kind.CLOSED, Writer.of(by), now, react_from=told, reason=reason, **data)
        record(target, Event.Kind.MERGED_IN, Writer.of(by), now, number=row.number, same_requester=same)
        done.append(row)
    target.version += 1
    save(target, into)
    return done


@in_one
def unmerge(ticket: Ticket, *, by: Person) -> Ticket:
    """Undo a merge: the ticket is as it was before, on its own again, and its letters leave the other one.

    The promise of an answer is the one that was given; the time to close for silence goes on where it stood. A ticket
    that is void, since its split was taken back, gets its letters again. Raises NotUnmergeable.
    """
    now = clock.now()
    target = ticket.merged_into
    if target is not None:
        rows = {pk: Ticket.objects.locked(pk) for pk in sorted({ticket.pk, target.pk})}
        row = rows[ticket.pk]
    else:
        row = Ticket.objects.locked(ticket.pk)
    if row.close_reason != CloseReason.MERGED or row.merged_into_id != (target.pk if target else None):
        raise NotUnmergeable
    closed = row.events.filter(kind=Event.Kind.CLOSED).order_by("-pk").first()
    letters = closed.data.get("letters") if closed is not None else None
    if letters and not (target and splitting.part(row, rows[target.pk], letters, now)):
        raise NotUnmergeable
    workflow.move(row, "reopen", now)
    row.merged_into = None
    if closed is not None and "before" in closed.data:
        workflow.restore_after_merge(row, closed.data["before"], closed.at, now)
    save(row, ticket)
    data: dict[str, Any] = {"from": target.number if target else ""}
    record(row, Event.Kind.UNMERGED, Writer.of(by), now, **data)
    if letters and target is not None:
        _split_again(row, rows[target.pk], len(letters), by, now)
        if closed is not None and closed.data.get("untold"):  # of its number, which counts again
            row.events.filter(kind=Event.Kind.OPENED).update(done_at=None, next_try_at=now, attempts=0)
    elif target is not None:
        left(rows[target.pk], row, Writer.of(by), now)
    return row


def _split_again(made: Ticket, row: Ticket, letters: int, by: Person, at: datetime) -> None:
    row.version += 1
    row.save(force_update=True)
    TicketLink.objects.get_or_create(
        source=made, target=row, kind=TicketLink.Kind.RELATES, defaults={"by": by, "at": at}
    )
    record(row, Event.Kind.SPLIT, Writer.of(by), at, number=made.number, letters=letters)


def left(target: Ticket, ticket: Ticket, by: Writer, at: datetime) -> None:
    """The locked ticket that another one went on in knows that it does so no longer."""
    target.version += 1
    target.save(update_fields=["version"])
    same = merged.same_requester(ticket, target)
    record(target, Event.Kind.UNMERGED, by, at, number=ticket.number, same_requester=same)
