"""What staff decide on a mail that is held, and looking at one again. Each is done once, however often it is asked for."""

from tawasul.accounts.models import Person
from tawasul.mail.models import IncomingMail
from tawasul.tickets.models import Message, Ticket


class Undecidable(Exception):
    """It cannot be done. ``code`` says why: ``decided`` (otherwise, or it is being handled), ``no_ticket`` (it is held
    beside none), ``no_sender`` (nobody could be written to), ``unreadable``, ``later`` (the scanner is away)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def accept(mail: IncomingMail, *, by: Person) -> Message:
    """Let the mail be a follow-up of the ticket it is held beside, in its sender's name; a closed ticket is reopened.

    Files are stored as uploads are, so this may take seconds. Asked again, it returns what it made. Raises Undecidable.
    """
    raise NotImplementedError


def make_ticket(mail: IncomingMail, *, by: Person) -> Ticket:
    """Open a ticket of the sender's from the mail. Asked again, it returns that ticket. Raises Undecidable."""
    raise NotImplementedError


def discard(mail: IncomingMail, *, by: Person) -> None:
    """Nothing is to become of the mail; it stays in the ledger and can be replayed. Raises Undecidable."""
    raise NotImplementedError


def replay(mail: IncomingMail, *, by: Person | None) -> None:
    """Back to waiting; see ``handling.replay``."""
    raise NotImplementedError
