"""What every verb shares: its event, its saved row, and one result for one submission."""

import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from django.db import IntegrityError, transaction

from tawasul.core import clock
from tawasul.core.prepared import insert
from tawasul.tickets.models import (
    Event,
    Message,
    Ticket,
)
from tawasul.tickets.writers import Writer

T = TypeVar("T", Ticket, Message)


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
    insert(
        Event(
            ticket=ticket,
            kind=kind,
            actor=by.person,
            actor_name=by.name,
            message=message,
            data=data,
            at=at,
            next_try_at=react_from or clock.now(),
        )
    )


def save(row: Ticket, given: Ticket) -> None:
    """Save the locked row, and let the caller's copy show what became of it."""
    row.save(force_update=True)
    given.__dict__.update({name: value for name, value in row.__dict__.items() if name != "_state"})


def once(attempt: Callable[[], T], submission: uuid.UUID | None, made: Callable[[Message], T]) -> T:
    """Run ``attempt`` in a transaction; where the submission was already sent, return what it made then."""
    for tries_left in (3, 2, 1, 0):
        try:
            with transaction.atomic():
                return attempt()
        except IntegrityError:
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
