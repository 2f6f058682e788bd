"""A letter that is about something else becomes a ticket of its own."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from tawasul.accounts.models import Person
from tawasul.core import clock
from tawasul.search.normalise import normalise
from tawasul.tickets import numbers, workflow
from tawasul.tickets.actions import fields
from tawasul.tickets.actions.record import record, save
from tawasul.tickets.actions.writing import issued
from tawasul.tickets.models import (
    CloseReason,
    Event,
    Message,
    MovedMessage,
    Service,
    Status,
    Ticket,
    TicketLink,
)
from tawasul.tickets.writers import Writer

WRITTEN, MOVED, ORIGIN = "written", "moved", "origin"


class NotRejoinable(Exception):
    """The split stays: ``reason`` is WRITTEN (somebody wrote in the ticket since, or takes part in it), MOVED (it is on
    hold, closed, or was never split off) or ORIGIN (the ticket that it was split off is closed)."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class NotSplittable(Exception):
    """Among the letters is none that a ticket can begin with, or they are not all of this ticket."""


@transaction.atomic
def split(ticket: Ticket, letters: Collection[int], *, subject: str, service: Service, by: Person) -> Ticket:
    """Move letters (keys) into a ticket of their own, of the same requester; returns it.

    It begins with the earliest letter of the customer among them, and its promise runs from that letter's moment.
    Files go with their letters, and what the ticket says in the centre's own fields is copied where the new one's
    service asks it. The first letter of the ticket stays, and so does an answer that may still be taken back. A
    private participant's letter stays where its writer reads it: the requester of the new ticket must not.
    Raises NotSplittable.
    """
    now = clock.now()
    row = Ticket.objects.locked(ticket.pk)
    shown = Q(shown_from=None) | Q(shown_from__lte=now)
    chosen = row.messages.filter(shown, pk__in=letters).exclude(kind=Message.Kind.OPENING)
    chosen = chosen.exclude(standing=Message.Standing.PRIVATE)
    moved = list(chosen.order_by("at", "pk"))
    first = next((letter for letter in moved if letter.kind == Message.Kind.FOLLOW_UP), None)
    if first is None or len(moved) != len(set(letters)):
        raise NotSplittable
    made = _begun(row, first, subject, service, by)
    answers = [letter.at for letter in moved if letter.kind == Message.Kind.ANSWER]
    made.message_count = len(moved)
    made.first_answered_at, made.last_answered_at = min(answers, default=None), max(answers, default=None)
    workflow.open_with_centre(made, first.at)
    made.updated_at = now
    made.save(force_insert=True)
    fields.copy(row, made)
    _move(moved, first, row, made, now)
    row.message_count -= len(moved)
    row.version += 1
    save(row, ticket)
    TicketLink.objects.create(source=made, target=row, kind=TicketLink.Kind.RELATES, by=by, at=now)
    writer = Writer.of(by)
    record(made, Event.Kind.OPENED, writer, now, message=first)
    data: dict[str, Any] = {"from": row.number}  # the word is no argument's name
    record(made, Event.Kind.SPLIT, writer, now, **data)
    record(row, Event.Kind.SPLIT, writer, now, number=made.number, letters=len(moved))
    return made


@transaction.atomic
def rejoin(ticket: Ticket, *, by: Person) -> Ticket:
    """Take a split back: the letters stand again where they were, and the ticket that was split off is void. It closes
    as merged into the one that it came from, which is returned: whoever uses the number that the customer was told is
    led there. ``actions.unmerge`` splits it off once more. No mail follows.

    Raises NotRejoinable.
    """
    now = clock.now()
    made, row = _pair(ticket)
    letters = list(made.messages.order_by("at", "pk"))
    since = next(
        (one for one in made.events.filter(kind=Event.Kind.SPLIT).order_by("pk") if "from" in one.data), None
    )
    if since is None or made.status != Status.WITH_CENTRE:
        raise NotRejoinable(MOVED)
    if not _is_untouched(made, row, letters):
        raise NotRejoinable(WRITTEN)
    if row.status == Status.CLOSED:
        raise NotRejoinable(ORIGIN)
    if _is_waited_in(letters, row, since.at):
        workflow.take_over_promise(row, made, now)
    before = workflow.snapshot(made)
    workflow.move(made, "close", now)
    made.close_reason, made.merged_into = CloseReason.MERGED, row
    made.message_count = 0
    for letter in letters:
        letter.ticket = row
        if letter.kind == Message.Kind.OPENING:
            letter.kind = Message.Kind.FOLLOW_UP
        letter.save(update_fields=["ticket", "kind"])
    MovedMessage.objects.filter(message__in=letters).delete()
    TicketLink.objects.filter(source=made, target=row, kind=TicketLink.Kind.RELATES).delete()
    row.message_count += len(letters)
    row.version += 1
    save(made, ticket)
    row.save(force_update=True)
    # A receipt that has not been written yet would tell of a ticket that is none any more
    receipt = made.events.filter(kind=Event.Kind.OPENED, done_at=None, lease=None)
    untold = bool(receipt.update(done_at=now))
    writer, reason = Writer.of(by), CloseReason.MERGED.value
    told: dict[str, Any] = {"into": row.number, "before": before, "letters": [one.pk for one in letters]}
    told["untold"] = untold
    record(made, Event.Kind.CLOSED, writer, now, reason=reason, void=True, **told)
    record(row, Event.Kind.SPLIT, writer, now, number=made.number, letters=len(letters), undone=True)
    return row


def part(made: Ticket, row: Ticket, keys: Sequence[int], at: datetime) -> bool:
    """Move the letters of a void ticket out of the one that they were given back to, once more: of both locked tickets.
    False, and nothing is done, where one of them is elsewhere since."""
    letters = list(row.messages.filter(pk__in=keys).order_by("at", "pk"))
    first = next((letter for letter in letters if letter.kind == Message.Kind.FOLLOW_UP), None)
    if first is None or len(letters) != len(keys):
        return False
    _move(letters, first, row, made, at)
    made.message_count = len(letters)
    row.message_count -= len(letters)
    return True


def _move(letters: Sequence[Message], first: Message, row: Ticket, made: Ticket, at: datetime) -> None:
    for letter in letters:
        letter.ticket = made
        if letter is first:
            letter.kind = Message.Kind.OPENING
        letter.save(update_fields=["ticket", "kind"])
        MovedMessage.objects.update_or_create(message=letter, defaults={"home": row, "at": at})


def _pair(ticket: Ticket) -> tuple[Ticket, Ticket]:
    """The ticket and the one that it was split off, locked in the order in which every merge locks."""
    if ticket.follows_id is None:
        raise NotRejoinable(MOVED)
    rows = {pk: Ticket.objects.locked(pk) for pk in sorted({ticket.pk, ticket.follows_id})}
    return rows[ticket.pk], rows[ticket.follows_id]


def _is_untouched(made: Ticket, row: Ticket, letters: Sequence[Message]) -> bool:
    """Whether the ticket has the letters that the split brought and nothing else."""
    brought = MovedMessage.objects.filter(message__in=letters, home=row).count()
    return (
        bool(letters)
        and brought == len(letters) == made.message_count
        and not MovedMessage.objects.filter(home=made).exists()  # a part of it was split off in turn
        and not Ticket.objects.filter(merged_into=made).exists()
        and not made.participants.exists()
    )


def _is_waited_in(letters: Sequence[Message], row: Ticket, split_at: datetime) -> bool:
    """Whether the customer waits for an answer to one of the letters: what was answered before the split was not."""
    written = max(
        one.at for one in letters if one.kind != Message.Kind.NOTE and one.kind != Message.Kind.ANSWER
    )
    answers = [one.at for one in letters if one.kind == Message.Kind.ANSWER]
    if row.last_answered_at is not None and row.last_answered_at <= split_at:
        answers.append(row.last_answered_at)
    return written > max(answers, default=written.min.replace(tzinfo=UTC))


def _begun(row: Ticket, first: Message, subject: str, service: Service, by: Person) -> Ticket:
    copied = (
        "purpose",
        "domain_typed",
        "domain_unicode",
        "domain_ascii",
        "request_number",
        "requester_id",
        "requester_name",
        "requester_email",
        "language",
        "terms_id",
        "assignee_id",
    )
    made = Ticket(
        number=numbers.new_number(issued()),
        service=service,
        team_id=service.team_id or row.team_id,
        subject=subject,
        channel=first.channel,
        follows=row,
        opened_by=by,
        **{name: getattr(row, name) for name in copied},
    )
    made.search_key = normalise(" ".join(filter(None, (subject, made.domain_unicode, made.domain_ascii))))
    return made
