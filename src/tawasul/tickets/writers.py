"""Who writes: a person with an account, or someone known by a name and a confirmed address only."""

from dataclasses import dataclass

from tawasul.accounts.models import Person
from tawasul.tickets.models import Message, Participant, Ticket


@dataclass(frozen=True, slots=True)
class Writer:
    """The author of a message. ``person`` is None for whoever has no account; ``participant`` is whom the ticket
    concerns beside its requester, and ``is_stranger`` says that it concerns the author not at all."""

    person: Person | None
    name: str
    email: str
    participant: Participant | None = None
    is_stranger: bool = False

    @property
    def standing(self) -> str:
        """What a letter of theirs says of them: see ``Message.standing``."""
        if self.is_stranger:
            return Message.Standing.STRANGER
        if self.participant is None:
            return ""
        return Message.Standing.PRIVATE if self.participant.is_private else Message.Standing.PARTICIPANT

    @classmethod
    def of(cls, person: Person) -> "Writer":
        """A person with an account, under the name and address of the account."""
        return cls(person, str(person), person.email)

    @classmethod
    def requester_of(cls, ticket: Ticket) -> "Writer":
        """The ticket's requester, as the ticket names them."""
        return cls(ticket.requester, ticket.requester_name, ticket.requester_email)

    @classmethod
    def beside(cls, participant: Participant) -> "Writer":
        """A participant, by the account where there is one."""
        person = participant.person
        if person is not None:
            return cls(person, str(person), person.email, participant)
        return cls(None, participant.name, participant.email, participant)
