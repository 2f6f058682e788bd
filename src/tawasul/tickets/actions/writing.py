"""Verbs that write a letter: opening, follow-up, answer, note."""

import uuid
from collections.abc import Mapping

from django.db.models import Max, Q

from tawasul.accounts.models import Person, TermsVersion
from tawasul.core import clock
from tawasul.core.domains import DomainName
from tawasul.core.kept import Kept
from tawasul.core.prepared import insert
from tawasul.search.normalise import normalise
from tawasul.tickets import letters, mentions, numbers, workflow
from tawasul.tickets.actions import fields, retraction
from tawasul.tickets.actions.record import once, record, save
from tawasul.tickets.fields import Definition, Parsed
from tawasul.tickets.models import (
    Channel,
    Draft,
    Event,
    Message,
    Participant,
    Purpose,
    Service,
    Ticket,
)
from tawasul.tickets.writers import Writer


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
    own: Mapping[Definition, Parsed] | None = None,
) -> Ticket:
    """Open a ticket with its first message; the promise of an answer runs from now.

    ``draft`` gives its files to the message and ceases to exist. Two sendings of one ``submission`` make one ticket.
    ``rest`` is what is folded away of a mail: quotations and the like. ``own`` is what it says in the centre's fields.
    """

    html = letters.drawn(Message.Kind.OPENING, text)
    found_by = normalise(" ".join((subject, domain.unicode, domain.ascii) if domain else (subject,)))

    def attempt() -> Ticket:
        now = clock.now()
        ticket = Ticket(
            number=numbers.new_number(issued()),
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
        if own:
            fields.write(ticket, own)
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
        record(ticket, Event.Kind.OPENED, by, now, message=message)
        return ticket

    return once(attempt, submission, lambda message: message.ticket)


class Departed(workflow.IllegalMove):
    """Whoever writes took part in the ticket, and was removed while they did."""


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
    """The customer writes again: the turn goes to the centre and the silence clock stops. Raises Departed."""

    html = letters.drawn(Message.Kind.FOLLOW_UP, text)

    def attempt() -> Message:
        now = clock.now()
        row = Ticket.objects.locked(ticket.pk)
        part = by.participant
        if part is not None and not Participant.objects.filter(pk=part.pk, ticket=row).exists():
            raise Departed(row, "follow_up")
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
        save(row, ticket)
        record(row, Event.Kind.FOLLOWED_UP, by, now, message=message)
        return message

    return once(attempt, submission, lambda message: message)


class Overtaken(Exception):
    """Somebody wrote since the answer's author looked; ``letters`` are what they have not read, oldest first."""

    def __init__(self, letters: list[Message]) -> None:
        super().__init__(f"{len(letters)} unread")
        self.letters = letters


def heed(row: Ticket, by: Person, seen: int | None) -> None:
    """Raises Overtaken where the locked ticket, or one merged into it, has letters of others that ``by`` has not read:
    newer ones than ``seen``, their newest."""
    if seen is None:
        return
    places = Ticket.objects.filter(Q(pk=row.pk) | Q(merged_into=row)).values("pk")
    newer = Message.objects.filter(ticket__in=places, pk__gt=seen).exclude(author=by)
    unread = list(newer.exclude(kind=Message.Kind.NOTE).order_by("pk"))
    if unread:
        raise Overtaken(unread)


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
    signature: str = "",
) -> Message:
    """The centre's public answer: the promise is kept, and the clock that closes for silence starts here.

    ``seen`` is the key of the newest letter that the author had before them; raises Overtaken where the customer
    or a colleague has written since. ``signature`` stands below the text. An answer from the desk may be taken back
    for a moment, see ``retract``: the customer sees it, and is mailed, when that has passed.
    """

    whole = retraction.signed(text, signature)
    html = letters.drawn(Message.Kind.ANSWER, whole)

    def attempt() -> Message:
        now = clock.now()
        row = Ticket.objects.locked(ticket.pk)
        until = retraction.until(now) if channel == Channel.DESK else None
        before = workflow.snapshot(row) if until else {}
        workflow.move(row, "answer", now)
        heed(row, by, seen)
        if row.assignee_id is None:
            row.assignee = by
        writer = Writer.of(by)
        message = letters.write(
            row,
            Message.Kind.ANSWER,
            writer,
            whole,
            now,
            channel=channel,
            submission=submission,
            draft=draft,
            html=html,
            rest=rest,
            shown_from=until,
        )
        save(row, ticket)
        kept = retraction.kept(row, before, text, until)
        record(row, Event.Kind.ANSWERED, writer, now, message=message, react_from=until, **kept)
        return message

    return once(attempt, submission, lambda message: message)


def note(
    ticket: Ticket, *, by: Person, text: str, draft: Draft | None = None, submission: uuid.UUID | None = None
) -> Message:
    """An internal note: no clock and no turn changes, and the customer never sees it. Whom it names is told of it."""

    named = mentions.named_in(text, ticket=ticket, by=by)
    html = mentions.marked(letters.drawn(Message.Kind.NOTE, text), named)

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
        save(row, ticket)
        if named.people:
            mentions.record(message, named, now)
        record(row, Event.Kind.NOTED, writer, now, message=message)
        return message

    return once(attempt, submission, lambda message: message)


def _newest_key() -> int:
    newest: int | None = Ticket.objects.aggregate(newest=Max("pk"))["newest"]
    return newest or 0


_newest = Kept(_newest_key)
_MEANWHILE = 100_000  # more tickets than can be opened while a value is kept


def issued() -> int:
    """An upper bound of the numbers given out. Keys only grow, so the newest one bounds the count without counting."""
    return _newest() + _MEANWHILE
