"""Taking an answer back before it goes out: for a few seconds after the press, by its author."""

import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max

from tawasul.accounts.models import Person
from tawasul.core import centre, clock
from tawasul.tickets import workflow
from tawasul.tickets.actions.record import record, save, told_from
from tawasul.tickets.models import Attachment, Draft, Event, Message, Ticket
from tawasul.tickets.writers import Writer

LATE, CHANGED, FOREIGN = "late", "changed", "foreign"
AFTER = timedelta(seconds=1)  # between an answer that was held and what is told of the ticket next


class NotRetractable(Exception):
    """The answer stays: ``reason`` is LATE (it went out), CHANGED (the ticket went on since) or FOREIGN (somebody
    else wrote it)."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def seconds() -> int:
    """For how long an answer may be taken back; 0 where it goes out at once."""
    return centre.current().undo_seconds


def until(now: datetime) -> datetime | None:
    """Until when an answer written now may be taken back; None where it may not."""
    ends = [now + timedelta(seconds=seconds())] if seconds() else []
    held = told_from()
    return max([*ends, held] if held else ends, default=None)


def signed(text: str, signature: str) -> str:
    """The text with the signature below it, as the customer reads it."""
    return f"{text.rstrip()}\n\n{signature}" if signature else text


def kept(row: Ticket, before: Mapping[str, Any], text: str, shown_from: datetime | None) -> dict[str, Any]:
    """What an event keeps so that its answer can be taken back; nothing where it goes out at once.

    ``text`` is the letter without the signature: its length is all that is needed of it again.
    """
    if shown_from is None:
        return {}
    return {
        "before": dict(before),
        "made": row.version,
        "typed": len(text.rstrip()),
        "shown_from": shown_from.isoformat(),
    }


def after_held(row: Ticket, now: datetime) -> datetime | None:
    """When the customer may be told of a move of the locked ticket: after an answer that can still be taken back, so
    that its mail is the first. None where no answer is held."""
    if not seconds():
        return None
    held = Message.objects.filter(ticket=row, shown_from__gt=now).aggregate(last=Max("shown_from"))["last"]
    return held + AFTER if held else None


def is_known_to_customer(data: Mapping[str, Any], now: datetime) -> bool:
    """Whether the customer may read of an event: not of one that was taken back, or still may be."""
    if data.get("retracted"):
        return False
    shown = data.get("shown_from")
    return shown is None or datetime.fromisoformat(shown) <= now


@transaction.atomic
def retract(message: Message, *, by: Person) -> Draft:
    """Take an answer back: it becomes its author's draft again, with its files, and the ticket is as it was before.

    Who takes part is not among what is put back: whoever was added or removed since does not hold the answer. The draft
    of one to a single participant names them also where they have left, so that it goes to nobody by itself.
    Raises NotRetractable. Nobody was told of the answer, so nobody is told of this; the event remains.
    """
    now = clock.now()
    row = Ticket.objects.locked(message.ticket_id)
    letter = Message.objects.filter(pk=message.pk).first()
    if letter is None or letter.shown_from is None or letter.shown_from <= now:
        raise NotRetractable(LATE)
    if letter.author_id != by.pk:
        raise NotRetractable(FOREIGN)
    event = Event.objects.filter(message=letter, kind__in=(Event.Kind.ANSWERED, Event.Kind.CLOSED)).first()
    if event is None or "before" not in event.data:
        raise NotRetractable(LATE)
    alone = letter.standing == Message.Standing.PRIVATE  # it moved nothing, so nothing has to be put back
    if not alone and _went_on(row, event):
        raise NotRetractable(CHANGED)
    # One statement against the worker, which claims the event when its time has come
    stopped = Event.objects.filter(pk=event.pk, done_at=None, lease=None, next_try_at__gt=now).update(
        done_at=now, data={**event.data, "retracted": True}
    )
    if not stopped:
        raise NotRetractable(LATE)
    draft = Draft.objects.create(
        key=uuid.uuid4(),
        kind=Draft.Kind.ANSWER,
        owner=by,
        ticket=row,
        fields={"text": letter.text[: event.data["typed"]], **_addressed(event)},
    )
    Attachment.objects.filter(message=letter).update(draft=draft, message=None)
    if not alone:
        workflow.restore(row, event.data["before"])
    row.message_count -= 1
    letter.delete()
    save(row, message.ticket)
    record(row, Event.Kind.RETRACTED, Writer.of(by), now)
    return draft


def _went_on(row: Ticket, event: Event) -> bool:
    """Whether the locked ticket has changed since the answer in anything but who takes part in it."""
    made: int = event.data["made"]
    if row.version == made:
        return False
    since = Event.objects.filter(
        ticket=row, pk__gt=event.pk, kind__in=(Event.Kind.JOINED, Event.Kind.LEFT)
    ).count()
    return row.version != made + since


def _addressed(event: Event) -> dict[str, str]:
    """What the draft keeps of the one participant whom the answer was for: it must not go to everybody instead."""
    return {"to": str(event.data["participant"])} if "participant" in event.data else {}
