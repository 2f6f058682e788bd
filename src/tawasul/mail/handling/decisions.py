"""What staff decide on a mail that is held or was wrongly taken for a machine's, and looking at one again. Asked for
twice, each is done once."""

from dataclasses import replace
from typing import Any

from django.db.models import Q

from tawasul.accounts.models import Person
from tawasul.core import clock
from tawasul.mail.doors import store
from tawasul.mail.handling import acting, filing, reader, references, rows, senders
from tawasul.mail.handling.reading import Reading
from tawasul.mail.handling.routing import Decision, Step
from tawasul.mail.handling.senders import NoSender, Sender
from tawasul.mail.models import IncomingMail, RawMail
from tawasul.tickets import access
from tawasul.tickets.models import Message, Status, Ticket
from tawasul.tickets.workflow import IllegalMove

State, Outcome = IncomingMail.State, IncomingMail.Outcome


class Undecidable(Exception):
    """It cannot be done. ``code`` says why: ``decided`` (otherwise, or it is being handled), ``no_ticket`` (it is held
    beside none), ``closed`` (the ticket takes no answer), ``no_sender`` (nobody could be written to), ``unreadable``,
    ``later`` (the scanner is away), ``private`` (everybody would read what one participant alone may)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def accept(mail: IncomingMail, *, by: Person) -> Message:
    """Let the mail be a follow-up of the ticket it is held beside, in its sender's name; a closed ticket is reopened.

    A mail under the address of a member of staff is no customer's: it becomes the centre's answer, by whoever accepts
    it, since nobody else has proved to be its author. Files are stored as uploads are, so this may take seconds. Asked
    again, it returns what it made. Raises Undecidable, ``closed`` for such an answer to a closed ticket, and for what a
    participant writes to one.
    """
    made = _made(mail)
    if made is not None:
        return made
    ticket = Ticket.objects.select_related("requester", "service").filter(incoming=mail).first()
    if ticket is None:
        raise Undecidable("no_ticket")
    reading, sender = _reading(mail)
    closed = ticket.status == Status.CLOSED
    if closed and sender.part_in(ticket) is not None:  # reopening is not a participant's
        raise Undecidable("closed")
    beside = not sender.takes_part_in(ticket) and sender.part_in(ticket) is None
    if beside and references.quotes_a_private_letter(reading, ticket):
        raise Undecidable("private")
    by_staff = sender.person is not None and access.is_staff(sender.person)
    if by_staff and not sender.takes_part_in(ticket):
        if closed:
            raise Undecidable("closed")
        answer = Decision(Step.ANSWER, Outcome.ANSWERED, ticket=ticket, sender=replace(sender, person=by))
        return _decide(mail, reading, answer, by, writer=sender.person)
    step, outcome = (Step.REOPEN, Outcome.REOPENED) if closed else (Step.FOLLOW_UP, Outcome.FOLLOWED_UP)
    return _decide(mail, reading, Decision(step, outcome, ticket=ticket, sender=sender), by)


def make_ticket(mail: IncomingMail, *, by: Person) -> Ticket:
    """Open a ticket of the sender's from the mail. Asked again, it returns that ticket. Raises Undecidable."""
    made = _made(mail)
    if made is None:
        reading, sender = _reading(mail)
        made = _decide(mail, reading, Decision(Step.OPEN, Outcome.OPENED, sender=sender), by)
    return made.ticket


def discard(mail: IncomingMail, *, by: Person) -> None:
    """Nothing is to become of a held or parked mail; it stays in the ledger and can be replayed. Raises Undecidable."""
    decided = {"decided_by": by, "decided_at": clock.now()}
    undecided = IncomingMail.objects.filter(
        pk=mail.pk, state__in=(State.HELD, State.PARKED), done_at__isnull=False
    )
    if undecided.update(state=State.DISCARDED, **decided):
        mail.refresh_from_db(fields=["state", "decided_by", "decided_at"])
        return
    if not IncomingMail.objects.filter(pk=mail.pk, state=State.DISCARDED).exists():
        raise Undecidable("decided")


def replay(mail: IncomingMail, *, by: Person | None) -> None:
    """Back to waiting, as if it had just come; what it became before is not made twice. See ``handling.replay``."""
    now = clock.now()
    again = (
        IncomingMail.objects.filter(pk=mail.pk, letter=None, done_at__isnull=False)
        .filter(replayable())
        .update(
            state=State.WAITING,
            outcome="",
            reason="",
            last_error="",
            attempts=0,
            lease=None,
            done_at=None,
            next_try_at=now,
            decided_by=by,
            decided_at=now,
        )
    )
    if not again and not IncomingMail.objects.filter(pk=mail.pk, state=State.WAITING).exists():
        raise Undecidable("decided")
    mail.refresh_from_db(fields=["state", "outcome", "reason", "decided_by", "decided_at"])


def replayable() -> Q:
    """Rows that did nothing: parked, held, discarded, taken for a machine's, or never confirmed until forgotten."""
    return (
        Q(state__in=(State.PARKED, State.HELD, State.DISCARDED))
        | Q(state=State.DONE, outcome__in=rows.DID_NOTHING)
        | Q(state=State.DONE, outcome=Outcome.UNCONFIRMED, draft=None, letter=None)
    )


def read_again(mail: IncomingMail) -> Reading:
    """The mail, read anew from its raw bytes. Raises Undecidable."""
    try:
        return reader.read(store.raw(mail))
    except (RawMail.DoesNotExist, reader.Broken):
        raise Undecidable("unreadable") from None
    except reader.NotNow:
        raise Undecidable("later") from None


def _reading(mail: IncomingMail) -> tuple[Reading, Sender]:
    if not rows.undecided(mail).exists():
        raise Undecidable("decided")
    reading = read_again(mail)
    try:
        return reading, senders.of(reading)
    except NoSender:
        raise Undecidable("no_sender") from None


def _decide(
    mail: IncomingMail, reading: Reading, decision: Decision, by: Person, *, writer: Person | None = None
) -> Message:
    also: dict[str, Any] = {"decided_by": by, "decided_at": clock.now()}
    if writer is not None:
        also["person"] = writer
    try:
        acting.act(mail, reading, decision, rows.undecided(mail), **also)
    except filing.Later:
        raise Undecidable("later") from None
    except (rows.Overtaken, IllegalMove):
        made = _made(mail)  # pressed twice, or by two people
        if made is None:
            raise Undecidable("decided") from None
        return made
    made = _made(mail)
    assert made is not None
    mail.refresh_from_db()
    return made


def _made(mail: IncomingMail) -> Message | None:
    """The letter that the mail became by a decision or by itself."""
    return Message.objects.select_related("ticket").filter(incoming=mail).first()
