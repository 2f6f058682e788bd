"""Who wrote a mail, as far as its From says; and whether an address is somebody's, whatever form it is written in."""

from dataclasses import dataclass, replace

from django.conf import settings

from tawasul.accounts.models import Person, address_key
from tawasul.core.addresses import Address, BadAddress, parse_address
from tawasul.mail.handling.reading import Reading
from tawasul.search.normalise import normalise
from tawasul.tickets import participation
from tawasul.tickets.models import Participant, Ticket
from tawasul.tickets.writers import Writer


class NoSender(Exception):
    """It cannot be said who wrote the mail. ``code`` is one of ``mail.reasons``; ``address`` what was written."""

    def __init__(self, code: str, address: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.address = address


@dataclass(frozen=True, slots=True)
class Sender:
    """The one author a mail names; ``person`` where an account has that address. It is a claim, not a proof."""

    address: Address
    name: str
    person: Person | None = None

    @property
    def writer(self) -> Writer:
        """The author of a letter: by the account, else by what the mail says."""
        if self.person is not None:
            return Writer.of(self.person)
        return Writer(None, self.name or self.address.address, self.address.address)

    def takes_part_in(self, ticket: Ticket) -> bool:
        """Whether the ticket is the sender's: its account's present address, or the one it was opened with."""
        person = ticket.requester
        known = [ticket.requester_email, *([person.email] if person is not None else [])]
        return any(same(self.address, other) for other in known)

    def part_in(self, ticket: Ticket) -> Participant | None:
        """The sender's part in somebody else's ticket, from the participant's address only."""
        if self.takes_part_in(ticket):
            return None
        return participation.of_sender(ticket, self.person, forms(self.address))

    def writer_in(self, ticket: Ticket) -> Writer:
        """The author of a follow-up: the requester, a participant, or a stranger whom the mail names. One who bears the
        requester's own name is told from them by the address."""
        if self.takes_part_in(ticket):
            return Writer.requester_of(ticket)
        part = self.part_in(ticket)
        if part is not None:
            return Writer.beside(part)
        known = normalise(self.writer.name) == normalise(ticket.requester_name)
        return replace(
            self.writer,
            name=self.address.address[:150] if known else self.writer.name[:150],
            is_stranger=True,
        )


def of(reading: Reading) -> Sender:
    """The author of a mail. Raises NoSender where there is none, or more than one."""
    written: dict[str, str] = {}
    for text in reading.senders:
        written.setdefault(address_key(text), text)
    if not written:
        raise NoSender("no_sender")
    if len(written) > 1:
        raise NoSender("several_senders", next(iter(written.values())))
    (one,) = written.values()
    try:
        address = parse_address(one)
    except BadAddress:
        raise NoSender("bad_sender", one) from None
    person = Person.objects.filter(email__in=forms(address)).order_by("pk").first()
    return Sender(address, reading.from_name, person)


def forms(address: Address) -> set[str]:
    """The address as it may stand in a table: the domain in Unicode or in A-labels, all in lower case."""
    return {address.key, address_key(address.address), *([address.ascii.lower()] if address.ascii else [])}


def same(address: Address, other: str) -> bool:
    """Whether ``other`` is the same mailbox, case and the form of the domain aside."""
    try:
        return parse_address(other).key == address.key
    except BadAddress:
        return address_key(other) in forms(address)


def is_ours(text: str) -> bool:
    """Whether this is the portal's own address, with or without a word after a plus sign."""
    bare = text.strip().strip("<>").strip()
    local, at, domain = bare.rpartition("@")
    if not at:
        return False
    try:
        own = parse_address(settings.MAIL_FROM)
        return parse_address(f"{local.partition('+')[0]}@{domain}").key in {own.key, _untagged(own.key)}
    except BadAddress:
        return False


def _untagged(key: str) -> str:
    local, _, domain = key.rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"
