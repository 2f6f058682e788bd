"""Who writes: a person with an account, or someone known by a name and a confirmed address only."""

from dataclasses import dataclass

from tawasul.accounts.models import Person
from tawasul.tickets.models import Ticket


@dataclass(frozen=True, slots=True)
class Writer:
    """The author of a message. ``person`` is None for whoever has no account."""

    person: Person | None
    name: str
    email: str

    @classmethod
    def of(cls, person: Person) -> "Writer":
        """A person with an account, under the name and address of the account."""
        return cls(person, str(person), person.email)

    @classmethod
    def requester_of(cls, ticket: Ticket) -> "Writer":
        """The ticket's requester, as the ticket names them."""
        return cls(ticket.requester, ticket.requester_name, ticket.requester_email)
