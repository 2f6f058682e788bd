"""Participants: who takes part in a ticket beside its requester, and who of them learns of whom.

A participant reads the letters of the very ticket they take part in, and none of another one of the requester's, even
where that is merged into it. They write follow-ups, which count as the customer's word, and may leave. Closing as
solved, reopening and the receipt are the requester's alone.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import Any, Final

from tawasul.accounts.models import Person
from tawasul.core import keyset
from tawasul.core.prepared import Prepared
from tawasul.tickets.models import Participant, Ticket

MOST: Final = 20  # of one ticket
PAGE: Final = 25  # of the tickets that somebody takes part in

_OF_TICKET: Final = Prepared(
    lambda ticket: Participant.objects.filter(ticket_id=ticket).select_related("person").order_by("pk")
)
_OF_PERSON: Final = Prepared(
    lambda person, number: Participant.objects.filter(person_id=person, ticket__number=number).select_related(
        "person", "ticket__service"
    )
)


def participants_of(ticket: Ticket) -> list[Participant]:
    """All of them, private ones too: for staff and for those who write mails."""
    return _OF_TICKET(ticket.pk)


def known_to(reader: Participant | None, among: Sequence[Participant]) -> list[Participant]:
    """Those of whom a customer learns: the requester (None) of all that are not private, a participant of themselves
    as well."""
    return [one for one in among if not one.is_private or (reader is not None and one.pk == reader.pk)]


def told(ticket: Ticket, among: Iterable[Participant]) -> list[Participant]:
    """Those whom the ticket's mails reach beside its requester, who may have become that after they were added: nobody
    whose account is shut."""
    return [
        one
        for one in among
        if one.email.lower() != ticket.requester_email.lower()
        and (one.person_id is None or one.person_id != ticket.requester_id)
        and (one.person is None or one.person.is_active)
    ]


def of_person(person: Person, digits: str) -> Participant | None:
    """The person's part in the ticket of that number, with the ticket; None where they have none."""
    return _OF_PERSON.first(person.pk, digits)


def of_sender(ticket: Ticket, person: Person | None, addresses: Collection[str]) -> Participant | None:
    """Who of the ticket's participants writes from one of these addresses (lower case): with an account, whoever has
    that account now; without one, whoever was added under that address."""
    for one in participants_of(ticket):
        if one.person is not None:
            if person is not None and one.person.pk == person.pk:
                return one
        elif one.email.lower() in addresses:
            return one
    return None


def shared_with(person: Person, *, after: str = "", before: str = "") -> keyset.Page[Participant]:
    """A page of what the person takes part in, the newest part first. One query, in the order of the index."""
    rows = Participant.objects.filter(person=person.pk).select_related("ticket__service")
    return keyset.page(rows, "pk", PAGE, after=after, before=before, newest_first=True)


def of_places(person: Any) -> Any:
    """The rows of a person's parts, for a query that counts them."""
    return Participant.objects.filter(person_id=person)
