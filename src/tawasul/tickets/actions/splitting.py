"""A letter that is about something else becomes a ticket of its own."""

from collections.abc import Collection
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
from tawasul.tickets.models import Event, Message, MovedMessage, Service, Ticket, TicketLink
from tawasul.tickets.writers import Writer


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
    for letter in moved:
        letter.ticket = made
        if letter is first:
            letter.kind = Message.Kind.OPENING
        letter.save(update_fields=["ticket", "kind"])
        MovedMessage.objects.update_or_create(message=letter, defaults={"home": row, "at": now})
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
