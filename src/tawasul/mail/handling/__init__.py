"""What becomes of a mail that came in: read in a process of its own, routed to a ticket, done in one transaction.

``handle_due()``
    is a step of the worker's loop; ``replay(mail)`` lets it look at a mail again.
``decisions``
    what staff decide on a held mail: accept, make a ticket, discard.
``strangers.open_confirmed(draft)``
    what the confirmation of an address does.

The modules, in the order in which a mail passes them: ``work`` (the claim), ``reader`` and ``child`` (bytes to a
``reading.Reading``, with ``cleaning``), ``senders``, ``references`` and ``authentication`` (who, about what, and how
far that is proved), ``brakes``, ``routing`` (a ``Decision``), ``filing`` (the files), ``acting`` (the transaction,
with ``letters``, ``strangers`` and ``returns``), ``rows`` (the ledger).
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tawasul.accounts.models import Person
    from tawasul.mail.models import IncomingMail

# The imports stand in the functions: the reader's process loads this package and has no use for the database.


def handle_due(most: int = 8) -> int:
    """Handle up to ``most`` mails that wait; how many were claimed. Any number of workers may call this."""
    from tawasul.mail.handling import work

    return work.handle_due(most)


def replay(mail: "IncomingMail", *, by: "Person | None" = None) -> None:
    """Look at a mail again that is parked, held or discarded, or that did nothing. Raises decisions.Undecidable."""
    from tawasul.mail.handling import decisions

    decisions.replay(mail, by=by)
