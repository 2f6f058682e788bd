"""What can be done to a ticket: one function a verb, one transaction, one event.

Each function locks the row, asks ``workflow`` for the move, writes the message and one Event. What follows from an
event (mail, notices) is in ``reactions/table.py``; nothing here waits for it. All raise ``workflow.IllegalMove``
where the ticket's state forbids the move. ``submission`` is the key of the form that was sent: sending it again
returns what the first sending made.
"""

import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from django.db import IntegrityError, transaction
from django.db.models import Max

from tawasul.accounts.models import Person, Team, TermsVersion
from tawasul.core import clock
from tawasul.core.domains import DomainName
from tawasul.core.kept import Kept
from tawasul.core.prepared import insert
from tawasul.search.normalise import normalise
from tawasul.service_levels import calendar
from tawasul.tickets import letters, numbers, workflow
from tawasul.tickets.models import (
    Channel,
    CloseReason,
    Draft,
    Event,
    Message,
    Purpose,
    Service,
    Status,
    Ticket,
)
from tawasul.tickets.writers import Writer

T = TypeVar("T", Ticket, Message)


def open_ticket(
    *,
    by: Writer,
    purpose: str,
    service: Service,
    subject: str,
    text: str,
    terms: TermsVersion | None,
    language: str,
    wanted: str = "",
    domain: DomainName | None = None,
    request_number: str = "",
    follows: Ticket | None = None,
    draft: Draft | None = None,
    submission: uuid.UUID | None = None,
    channel: str = Channel.PORTAL,
    rest: str = "",
) -> Ticket:
    """Open a ticket with its first message; the promise of an answer runs from now.

    ``draft`` gives its files to the message and ceases to exist. Two sendings of one ``submission`` make one ticket.
    ``rest`` is what is folded away of a mail: quotations and the like.
    """

    html = letters.drawn(Message.Kind.OPENING, text)
    found_by = normalise(" ".join((subject, domain.unicode, domain.ascii) if domain else (subject,)))

    def attempt() -> Ticket:
        now = clock.now()
        ticket = Ticket(
            number=numbers.new_number(_issued()),
            purpose=Purpose(purpose),
            service=service,
            team_id=service.team_id,
            subject=subject,
            requester=by.person,
            requester_name=by.name,
            requester_email=by.email,
            language=language,
            channel=channel,
            terms=terms,
            follows=follows,
            request_number=request_number,
            message_count=1,
        )
        if domain is not None:
            ticket.domain_typed, ticket.domain_unicode = domain.typed, domain.unicode
            ticket.domain_ascii = domain.ascii
        ticket.search_key = found_by
        workflow.open_with_centre(ticket, now)
        insert(ticket)
        message = letters.write(
            ticket,
            Message.Kind.OPENING,
            by,
            text,
            now,
            wanted=wanted,
            channel=channel,
            submission=submission,
            draft=draft,
            html=html,
            rest=rest,
        )
        _record(ticket, Event.Kind.OPENED, by, now, message=message)
        return ticket

    return _once(attempt, submission, lambda message: message.ticket)


def follow_up(
    ticket: Ticket,
    *,
    by: Writer,
    text: str,
    draft: Draft | None = None,
    submission: uuid.UUID | None = None,
    channel: str = Channel.PORTAL,
    rest: str = "",
) -> Message:
    """The customer writes again: the turn goes to the centre and the silence clock stops."""

    html = letters.drawn(Message.Kind.FOLLOW_UP, text)

    def attempt() -> Message:
        now = clock.now()
        row = Ticket.objects.locked(ticket.pk)
        workflow.move(row, "follow_up", now)
        message = letters.write(
            row,
            Message.Kind.FOLLOW_UP,
            by,
            text,
            now,
            channel=channel,
            submission=submission,
            draft=draft,
            html=html,
            rest=rest,
        )
        _save(row, ticket)
        _record(row, Event.Kind.FOLLOWED_UP, by, now, message=message)
        return message

    return _once(attempt, submission, lambda message: message)


class Overtaken(Exception):
    """Somebody wrote since the answer's author looked; ``letters`` are what they have not read, oldest first."""

    def __init__(self, letters: list[Message]) -> None:
        super().__init__(f"{len(letters)} unread")
        self.letters = letters


def answer(
    ticket: Ticket,
    *,
    by: Person,
    text: str,
    draft: Draft | None = None,
    submission: uuid.UUID | None = None,
    seen: int | None = None,
    channel: str = Channel.DESK,
    rest: str = "",
) -> Message:
    """The centre's public answer: the promise is kept, and the clock that closes for silence starts here.

    ``seen`` is the key of the newest letter that the author had before them; raises Overtaken where the customer
    or a colleague has written since.
    """

    html = letters.drawn(Message.Kind.ANSWER, text)

    def attempt() -> Message:
        now = clock.now()
        row = Ticket.objects.locked(ticket.pk)
        workflow.move(row, "answer", now)
        if seen is not None:
            newer = row.messages.filter(pk__gt=seen).exclude(kind=Message.Kind.NOTE).exclude(author=by)
            unread = list(newer.order_by("pk"))
            if unread:
                raise Overtaken(unread)
        if row.assignee_id is None:
            row.assignee = by
        writer = Writer.of(by)
        message = letters.write(
            row,
            Message.Kind.ANSWER,
            writer,
            text,
            now,
            channel=channel,
            submission=submission,
            draft=draft,
            html=html,
            rest=rest,
        )
        _save(row, ticket)
        _record(row, Event.Kind.ANSWERED, writer, now, message=message)
        return message

    return _once(attempt, submission, lambda message: message)


def note(
    ticket: Ticket, *, by: Person, text: str, draft: Draft | None = None, submission: uuid.UUID | None = None
) -> Message:
    """An internal note: no clock and no turn changes, and the customer never sees it."""

    html = letters.drawn(Message.Kind.NOTE, text)

    def attempt() -> Message:
        now = clock.now()
        row = Ticket.objects.locked(ticket.pk)
        writer = Writer.of(by)
        message = letters.write(
            row,
            Message.Kind.NOTE,
            writer,
            text,
            now,
            channel=Channel.DESK,
            submission=submission,
            draft=draft,
            html=html,
        )
        _save(row, ticket)
        _record(row, Event.Kind.NOTED, writer, now, message=message)
        return message

    return _once(attempt, submission, lambda message: message)


@transaction.atomic
def assign(ticket: Ticket, *, to: Person | None, by: Person, team: Team | None = None) -> Ticket:
    """Give the ticket to a member of staff (``to`` None: to nobody), and to a team where one is named."""
    row = Ticket.objects.locked(ticket.pk)
    if row.assignee_id == (to.pk if to else None) and team is None:
        return row
    row.assignee = to
    if team is not None:
        row.team = team
    row.version += 1
    _save(row, ticket)
    kind = Event.Kind.TAKEN if to == by else Event.Kind.ASSIGNED
    _record(row, kind, Writer.of(by), clock.now(), to=str(to) if to else "", to_id=to.pk if to else None)
    return row


def take(ticket: Ticket, *, by: Person) -> Ticket:
    """Assign the ticket to oneself."""
    return assign(ticket, to=by, by=by)


@transaction.atomic
def hold(ticket: Ticket, *, by: Person, reason: str, party: str) -> Ticket:
    """The centre waits for a third party; the customer sees ``party`` and ``reason``. The promise's clock stops."""
    now = clock.now()
    row = Ticket.objects.locked(ticket.pk)
    workflow.move(row, "hold", now)
    row.hold_reason, row.hold_party = reason, party
    _save(row, ticket)
    _record(row, Event.Kind.HELD, Writer.of(by), now, reason=reason, party=party)
    return row


@transaction.atomic
def resume(ticket: Ticket, *, by: Person) -> Ticket:
    """The third party answered: the turn is the centre's again, with what was left of the promised time."""
    now = clock.now()
    row = Ticket.objects.locked(ticket.pk)
    workflow.move(row, "resume", now)
    _save(row, ticket)
    _record(row, Event.Kind.RESUMED, Writer.of(by), now)
    return row


@transaction.atomic
def close(ticket: Ticket, *, by: Writer, reason: str, comment: str = "") -> Ticket:
    """Close with a reason. ``comment`` is the customer's last word, or the centre's, shown in the correspondence."""
    now = clock.now()
    row = Ticket.objects.locked(ticket.pk)
    workflow.move(row, "close", now)
    row.close_reason = CloseReason(reason)
    message = None
    if comment:
        customer = reason == CloseReason.SOLVED_BY_CUSTOMER
        kind = Message.Kind.FOLLOW_UP if customer else Message.Kind.ANSWER
        channel = Channel.PORTAL if customer else Channel.DESK
        message = letters.write(row, kind, by, comment, now, channel=channel)
    _save(row, ticket)
    _record(row, Event.Kind.CLOSED, by, now, message=message, reason=str(reason))
    return row


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
    _save(row, ticket)
    _record(row, Event.Kind.CLOSED, Writer.of(by), now, reason=CloseReason.MERGED.value, into=target.number)
    return row


@transaction.atomic
def reopen(
    ticket: Ticket,
    *,
    by: Writer,
    text: str = "",
    draft: Draft | None = None,
    submission: uuid.UUID | None = None,
    channel: str = Channel.PORTAL,
    rest: str = "",
) -> Ticket:
    """Open a closed ticket again, with the centre; whether it is still allowed is for ``access`` to say.

    ``draft`` gives its files to the letter that ``text`` becomes; a mail is a letter without a text, too.
    """
    now = clock.now()
    row = Ticket.objects.locked(ticket.pk)
    before = row.close_reason
    workflow.move(row, "reopen", now)
    row.merged_into = None
    message = None
    if text or channel == Channel.MAIL:
        message = letters.write(
            row,
            Message.Kind.FOLLOW_UP,
            by,
            text,
            now,
            channel=channel,
            submission=submission,
            draft=draft,
            rest=rest,
        )
    _save(row, ticket)
    _record(row, Event.Kind.REOPENED, by, now, message=message, closed_for=before)
    return row


@transaction.atomic
def claim(person: Person) -> list[Ticket]:
    """Give the person every ticket opened without an account from the address their account has proved."""
    claimed = list(Ticket.objects.select_for_update(of=("self",)).claimable_by(person.email).order_by("pk"))
    now = clock.now()
    for row in claimed:
        row.requester = person
        row.save(update_fields=["requester"])
        row.guest_links.all().delete()
        _record(row, Event.Kind.CLAIMED, Writer.of(person), now)
    return claimed


def recalculate_deadlines() -> int:
    """After a change of the calendar tables: the due times of all running promises. Returns how many changed."""
    calendar.changed()
    changed = 0
    for pk in list(Ticket.objects.with_centre().values_list("pk", flat=True)):
        with transaction.atomic():
            row = Ticket.objects.locked(pk)
            due = workflow.recalculated_due(row)
            if due != row.answer_due_at:
                row.answer_due_at = due
                row.save(update_fields=["answer_due_at"])
                changed += 1
    return changed


def _newest_key() -> int:
    newest: int | None = Ticket.objects.aggregate(newest=Max("pk"))["newest"]
    return newest or 0


_newest = Kept(_newest_key)
_MEANWHILE = 100_000  # more tickets than can be opened while a value is kept


def _issued() -> int:
    """An upper bound of the numbers given out. Keys only grow, so the newest one bounds the count without counting."""
    return _newest() + _MEANWHILE


def _record(
    ticket: Ticket, kind: Event.Kind, by: Writer, at: datetime, *, message: Message | None = None, **data: Any
) -> None:
    insert(
        Event(
            ticket=ticket, kind=kind, actor=by.person, actor_name=by.name, message=message, data=data, at=at
        )
    )


def _save(row: Ticket, given: Ticket) -> None:
    """Save the locked row, and let the caller's copy show what became of it."""
    row.save(force_update=True)
    given.__dict__.update({name: value for name, value in row.__dict__.items() if name != "_state"})


def _once(attempt: Callable[[], T], submission: uuid.UUID | None, made: Callable[[Message], T]) -> T:
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
