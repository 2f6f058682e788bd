"""The moves of a ticket: the only file that assigns ``ticket.status``, and the clocks that go with it.

A move changes the row in memory; the action that called it holds the lock and saves. Two clocks depend on whose
turn it is, and stand here so that no action can forget them:

- the promise: ``answer_due_at`` runs while the ticket is with the centre; a hold stops it and keeps what was used;
- silence: ``close_due_at`` runs while the ticket is with the customer, from the centre's last answer.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import F

from tawasul.core import centre
from tawasul.service_levels import calendar, deadlines
from tawasul.tickets.models import CloseReason, Status, Ticket

_OPEN = frozenset({Status.WITH_CENTRE, Status.WITH_CUSTOMER, Status.ON_HOLD})

MOVES: Mapping[str, tuple[frozenset[Status], Status]] = {
    "answer": (_OPEN, Status.WITH_CUSTOMER),
    "follow_up": (_OPEN, Status.WITH_CENTRE),
    "hold": (frozenset({Status.WITH_CENTRE, Status.WITH_CUSTOMER}), Status.ON_HOLD),
    "resume": (frozenset({Status.ON_HOLD}), Status.WITH_CENTRE),
    "close": (_OPEN, Status.CLOSED),
    "reopen": (frozenset({Status.CLOSED}), Status.WITH_CENTRE),
}


class IllegalMove(Exception):
    """The ticket is not in a state from which this move is possible, such as an answer to a closed ticket."""

    def __init__(self, ticket: Ticket, move: str) -> None:
        super().__init__(f"{move} is not possible while the ticket is {ticket.status}")
        self.ticket = ticket
        self.move = move


def possible(ticket: Ticket, name: str) -> bool:
    """Whether the move may be made now."""
    return Status(ticket.status) in MOVES[name][0]


def open_with_centre(ticket: Ticket, at: datetime) -> None:
    """The first state of a new ticket: with the centre, the promise running from ``at``."""
    ticket.status = Status.WITH_CENTRE
    ticket.created_at = ticket.updated_at = at
    _start_promise(ticket, at)


def move(ticket: Ticket, name: str, at: datetime) -> None:
    """Make the move on a locked ticket, at that moment; the caller saves. Raises IllegalMove."""
    sources, target = MOVES[name]
    if Status(ticket.status) not in sources:
        raise IllegalMove(ticket, name)
    before = Status(ticket.status)
    ticket.status = target
    ticket.version += 1
    ticket.updated_at = at
    if target is not Status.ON_HOLD:
        ticket.hold_reason = ticket.hold_party = ""
    if name == "answer":
        _answered(ticket, at)
    elif target is Status.WITH_CENTRE:
        ticket.close_due_at = ticket.close_warned_at = None
        if before is not Status.WITH_CENTRE:  # a second letter while it waits changes no promise
            if before is not Status.ON_HOLD:
                ticket.answer_spent = Decimal(0)
                ticket.waiting_since = at
            _start_promise(ticket, at)
    elif target is Status.ON_HOLD:
        _stop_promise(ticket, at)
        ticket.close_due_at = ticket.close_warned_at = None
    elif target is Status.CLOSED:
        _clear_clocks(ticket)
        ticket.snoozed_until = None
        ticket.closed_at = at
    if name == "follow_up":  # a letter brings back what was put out of the way
        ticket.snoozed_until = None
    if name == "reopen":
        ticket.close_reason, ticket.closed_at = "", None


_MOVED = (  # every column that a move, or the verb around it, may change
    "status",
    "close_reason",
    "hold_reason",
    "hold_party",
    "assignee_id",
    "waiting_since",
    "answer_due_at",
    "answer_clock_at",
    "answer_spent",
    "first_answered_at",
    "last_answered_at",
    "close_due_at",
    "close_warned_at",
    "closed_at",
    "updated_at",
    "snoozed_until",
)


def snapshot(ticket: Ticket) -> dict[str, Any]:
    """What a move changes, as it stands now and as JSON keeps it; ``restore`` puts it back."""
    values = {name: getattr(ticket, name) for name in _MOVED}
    return {
        name: value.isoformat()
        if isinstance(value, datetime)
        else str(value)
        if isinstance(value, Decimal)
        else value
        for name, value in values.items()
    }


def restore(ticket: Ticket, kept: Mapping[str, Any]) -> None:
    """Undo a move on a locked ticket: its columns are again what ``snapshot`` kept; the caller saves."""
    for name in _MOVED:
        if name in kept:
            value = kept[name]
            setattr(ticket, name, None if value is None else _column(name).to_python(value))
    ticket.version += 1


def _column(name: str) -> Any:
    field: Any = Ticket._meta.get_field(name.removesuffix("_id"))
    return field.target_field if field.is_relation else field


def restore_after_merge(ticket: Ticket, kept: Mapping[str, Any], merged_at: datetime, at: datetime) -> None:
    """The state of a locked ticket is again what ``snapshot`` kept before it was merged at ``merged_at``.

    The promise is the one that was given; of the time until it closes for silence nothing was lost meanwhile.
    """
    restore(ticket, {name: value for name, value in kept.items() if name != "assignee_id"})
    ticket.updated_at = at
    if ticket.close_due_at is not None:
        ticket.close_due_at += at - merged_at


def take_over_promise(ticket: Ticket, other: Ticket, at: datetime) -> None:
    """The requester of both locked tickets waits for an answer in ``other``, which goes on in ``ticket``: the turn is
    the centre's there too, and the earlier promise holds. A hold stays a hold."""
    if other.status != Status.WITH_CENTRE or ticket.status == Status.ON_HOLD:
        return
    if ticket.status == Status.WITH_CUSTOMER:
        move(ticket, "follow_up", at)
    elif ticket.answer_due_at and other.answer_due_at and ticket.answer_due_at <= other.answer_due_at:
        return
    for name in ("waiting_since", "answer_due_at", "answer_clock_at", "answer_spent"):
        setattr(ticket, name, getattr(other, name))


def close_if_silent(pk: int, now: datetime) -> bool:
    """Close the ticket in one conditional statement if the customer's time has run out at ``now``.

    False where the customer wrote meanwhile or another worker was first: then nothing was changed.
    """
    return bool(
        Ticket.objects.filter(pk=pk, status=Status.WITH_CUSTOMER, close_due_at__lte=now).update(
            status=Status.CLOSED,
            close_reason=CloseReason.SILENCE,
            closed_at=now,
            updated_at=now,
            close_due_at=None,
            close_warned_at=None,
            answer_due_at=None,
            answer_clock_at=None,
            waiting_since=None,
            snoozed_until=None,
            version=F("version") + 1,
        )
    )


def recalculated_due(ticket: Ticket) -> datetime | None:
    """When the promised answer is due by today's calendar tables; None while the promise does not run."""
    if ticket.answer_clock_at is None:
        return None
    return deadlines.due_at(calendar.current(), ticket.answer_clock_at, _days_left(ticket))


def _answered(ticket: Ticket, at: datetime) -> None:
    _clear_clocks(ticket)
    ticket.first_answered_at = ticket.first_answered_at or at
    ticket.last_answered_at = at
    ticket.close_due_at = at + timedelta(hours=centre.current().close_after_hours)


def _start_promise(ticket: Ticket, at: datetime) -> None:
    ticket.waiting_since = ticket.waiting_since or at
    ticket.answer_clock_at = at
    ticket.answer_due_at = deadlines.due_at(calendar.current(), at, _days_left(ticket))


def _stop_promise(ticket: Ticket, at: datetime) -> None:
    if ticket.answer_clock_at is not None:
        ticket.answer_spent += deadlines.spent(calendar.current(), ticket.answer_clock_at, at)
    ticket.answer_clock_at = ticket.answer_due_at = None


def _days_left(ticket: Ticket) -> Decimal:
    return max(Decimal(0), calendar.current().answer_days - ticket.answer_spent)


def _clear_clocks(ticket: Ticket) -> None:
    ticket.close_due_at = ticket.close_warned_at = None
    ticket.answer_due_at = ticket.answer_clock_at = ticket.waiting_since = None
    ticket.answer_spent = Decimal(0)
