"""How somebody comes to take part in a ticket, for tests."""

import re

from tawasul.accounts.models import Person
from tawasul.core.addresses import parse_address
from tawasul.mail.models import OutgoingMail
from tawasul.reactions.events import react_to_due
from tawasul.tickets.actions import participating
from tawasul.tickets.models import Participant, Ticket

SALEM = "سالم@سجل.السعودية"  # has no account


def take_part(
    ticket: Ticket, by: Person, email: str = SALEM, *, name: str = "سالم الشمري", is_private: bool = False
) -> Participant:
    """A member of staff adds somebody to the ticket."""
    return participating.add(
        ticket, name=name, address=parse_address(email), language="ar", is_private=is_private, by=by
    )


def mails_to(address: str) -> list[OutgoingMail]:
    """React to all that happened; the mails to this address, the oldest first."""
    while react_to_due():
        pass
    return list(OutgoingMail.objects.filter(to_address=address).order_by("pk"))


def link_of(participant: Participant) -> str:
    """The path of the newest personal link that was mailed to them."""
    found = re.search(r"(/\w\w/follow/[\w-]{40,}/)", mails_to(participant.email)[-1].text)
    assert found
    return found[1]
