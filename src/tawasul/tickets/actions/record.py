"""What every verb shares: its event, its saved row, and one result for one submission."""

import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from django.db import IntegrityError, transaction

from tawasul.core import clock
from tawasul.core.prepared import insert, update
from tawasul.tickets.models import (
    Event,
    Message,
    Ticket,
)
from tawasul.tickets.models.ticket import holds
from tawasul.tickets.writers import Writer

T = TypeVar("T", Ticket, Message)
P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Whole:
    """What the verbs now under way are part of: ``told_from`` is when the customer may hear of them at the earliest,
    ``data`` stands in each of their events."""

    told_from: datetime | None = None
    data: Mapping[str, Any] = field(default_factory=dict)


_NOTHING = Whole()
_whole: ContextVar[Whole] = ContextVar("whole", default=_NOTHING)


@contextmanager
def part_of(*, told_from: datetime | None = None, **data: Any) -> Iterator[None]:
    """Within the block, in this thread, every verb is part of something larger, such as a job over many tickets."""
    token = _whole.set(Whole(told_from, data))
    try:
        yield
    finally:
        _whole.reset(token)


def told_from() -> datetime | None:
    """When the customer may hear of what is done now at the earliest; None where nothing holds it."""
    return _whole.get().told_from


def in_one(verb: Callable[P, R]) -> Callable[P, R]:
    """The verb is one transaction; on a ticket that is held (``holding``) it is part of the holder's own, without a
    savepoint: Django then lets nothing follow in that transaction where the verb raised."""

    @wraps(verb)
    def done(*args: P.args, **kwargs: P.kwargs) -> R:
        with transaction.atomic(savepoint=not holds()):
            return verb(*args, **kwargs)

    return done


def record(
    ticket: Ticket,
    kind: Event.Kind,
    by: Writer,
    at: datetime,
    *,
    message: Message | None = None,
    react_from: datetime | None = None,
    **data: Any,
) -> None:
    """Insert the event; what follows from it waits until ``react_from`` where that is given."""
    whole = _whole.get()
    waits = [moment for moment in (react_from, whole.told_from) if moment is not None]
    insert(
        Event(
            ticket=ticket,
            kind=kind,
            actor=by.person,
            actor_name=by.name,
            message=message,
            data={**whole.data, **data},
            at=at,
            next_try_at=max(waits) if waits else clock.now(),
        )
    )


def save(row: Ticket, given: Ticket) -> None:
    """Save the locked row, and let the caller's copy show what became of it. Only what differs is written, since
    SQLite renews each index of which a column is named."""
    changed = row.changed()
    if changed is None:
        row.save(force_update=True)
    elif changed and not update(row, changed):
        raise Ticket.DoesNotExist
    row.note_as_read()
    given.__dict__.update({name: value for name, value in row.__dict__.items() if name != "_state"})


def once(attempt: Callable[[], T], submission: uuid.UUID | None, made: Callable[[Message], T]) -> T:
    """Run ``attempt`` in a transaction; where the submission was already sent, return what it made then."""
    for tries_left in (3, 2, 1, 0):
        try:
            with transaction.atomic(savepoint=not holds()):
                return attempt()
        except IntegrityError:
            if holds():  # nothing can follow in the holder's transaction
                raise
            sent = (
                Message.objects.select_related("ticket").filter(submission=submission).first()
                if submission
                else None
            )
            if sent is not None:
                return made(sent)
            if not tries_left:  # else two equal random numbers: another will do
                raise
    raise AssertionError("unreachable")
