"""Verbs of participation: adding somebody beside the requester, their leaving, and what they took part in before they
had an account."""

from typing import Any

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Lower

from tawasul.accounts.models import Person, address_key
from tawasul.core import clock
from tawasul.core.addresses import Address, parse_address
from tawasul.tickets import participation
from tawasul.tickets.actions.record import record
from tawasul.tickets.models import Event, Message, Participant, Ticket
from tawasul.tickets.writers import Writer


class NotAddable(Exception):
    """Why somebody cannot take part. ``code`` is "requester", "staff" (they see it at the desk), "inactive" (their
    account is shut), "already" or "full"."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@transaction.atomic
def add(
    ticket: Ticket, *, name: str, address: Address, language: str, is_private: bool = False, by: Person
) -> Participant:
    """Let somebody take part in the ticket; an account is found by its address. Raises NotAddable."""
    now = clock.now()
    row = Ticket.objects.locked(ticket.pk)
    forms = forms_of(address)
    person = Person.objects.filter(email__in=forms).order_by("pk").first()
    _check(row, forms, person)
    made = Participant.objects.create(
        ticket=row,
        person=person,
        name=(person.full_name if person is not None else "") or name,
        email=address.address,
        language=person.language if person is not None else language,
        is_private=is_private,
        added_by=by,
        at=now,
    )
    _changed(row, ticket)
    data = _told(made)
    record(row, Event.Kind.JOINED, Writer.of(by), now, **data)
    return made


@transaction.atomic
def remove(participant: Participant, *, by: Writer) -> bool:
    """End it: page, files, links and mails of the ticket are theirs no longer. False where it had ended before.

    Their letters stay, and a private one's stay private. The event names the answers to them alone of which they were
    not told yet: nobody will be."""
    row = Ticket.objects.locked(participant.ticket_id)
    pk, data = participant.pk, _told(participant)
    if untold := _untold(row, pk):
        data["untold"] = untold
    removed, _ = Participant.objects.filter(pk=pk).delete()
    if not removed:
        return False
    _changed(row, participant.ticket)
    # Whoever leaves is named by the data alone: the row they acted by is gone.
    record(row, Event.Kind.LEFT, Writer(by.person, by.name, by.email), clock.now(), **data)
    return True


def recognise(person: Person) -> int:
    """Give the person what they take part in under the address that their account has just proved; returns how many
    tickets. Call it in the transaction that proves the address. Their personal links stay keys to the same tickets.

    Not where they are the requester or take part by their account already, and nothing for staff, who see tickets at
    the desk. Nobody joined, so no event says so."""
    if person.is_staff:
        return 0
    waiting = Participant.objects.filter(person=None).alias(key=Lower("email"))
    waiting = waiting.filter(key__in=forms_of(parse_address(person.email)))
    waiting = waiting.exclude(ticket__requester=person)
    already = Participant.objects.filter(person=person).values("ticket")
    return waiting.exclude(ticket__in=already).update(person=person)


def forms_of(address: Address) -> set[str]:
    """The address as it may stand in a table: the domain in Unicode or in A-labels, all in lower case."""
    return {address.key, address_key(address.address), *([address.ascii.lower()] if address.ascii else [])}


def _check(row: Ticket, forms: set[str], person: Person | None) -> None:
    if row.requester_email.lower() in forms or (person is not None and row.requester_id == person.pk):
        raise NotAddable("requester")
    if person is not None and person.is_staff:
        raise NotAddable("staff")
    if person is not None and not person.is_active:
        raise NotAddable("inactive")
    others = Participant.objects.filter(ticket=row)
    same = others.alias(key=Lower("email")).filter(Q(key__in=forms) | Q(person__isnull=False, person=person))
    if same.exists():
        raise NotAddable("already")
    if others.count() >= participation.MOST:
        raise NotAddable("full")


def _told(participant: Participant) -> dict[str, Any]:
    """What the event says: the name, never the address, which the other customers do not learn."""
    return {"to": participant.name, "participant": participant.pk, "is_private": participant.is_private}


def _untold(row: Ticket, part: int) -> list[int]:
    """The answers to one participant of the locked ticket alone that have not gone out: their keys."""
    waiting = Event.objects.filter(ticket=row, kind=Event.Kind.ANSWERED, done_at=None)
    waiting = waiting.filter(message__participant=part, message__standing=Message.Standing.PRIVATE)
    return list(waiting.order_by("pk").values_list("message_id", flat=True))


def _changed(row: Ticket, given: Ticket) -> None:
    row.version += 1
    row.save(update_fields=["version"])
    given.version = row.version
