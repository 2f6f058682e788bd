"""Which ticket a mail belongs to and what it may do there. Reads only: ``acting`` does what is decided here.

The rules, in their order:

1. What nobody wrote (bounces, automatic replies, reports, lists, our own mails that came back) is matched to the mail
   or ticket it is about, and does nothing there.
2. A mail has one author, by its From. Without one it is held; so is what a person seems to send to a return path.
3. A ticket is named by our token in an address, by our Message-IDs, by an earlier mail of the sender's, or by its
   number in the subject. Its requester and its participants follow up; a closed one is reopened by its requester
   alone. A number of somebody else's ticket counts as none.
4. Staff answer by mail with our token, from their account's address, when the trusted mail server says DMARC passed.
5. Anybody else who had a mail of ours at hand is held beside the ticket.
6. Without a ticket it opens one: at once for an account and for whoever has confirmed the address before, else after
   the address is confirmed.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from django.conf import settings

from tawasul.accounts.models import Person
from tawasul.accounts.roles import Permission, may
from tawasul.core import centre
from tawasul.mail import headers
from tawasul.mail.handling import authentication, brakes, references, senders
from tawasul.mail.handling.reading import Reading
from tawasul.mail.handling.references import By, Pointer
from tawasul.mail.handling.senders import NoSender, Sender
from tawasul.mail.inbound.classes import Class
from tawasul.mail.models import IncomingMail, OutgoingMail
from tawasul.tickets import access
from tawasul.tickets.models import CloseReason, Participant, Status, Ticket

Outcome = IncomingMail.Outcome
_MACHINES: Final = {
    Class.BOUNCE: Outcome.BOUNCE,
    Class.AUTO_REPLY: Outcome.AUTO_REPLY,
    Class.REPORT: Outcome.REPORT,
    Class.LIST: Outcome.LIST,
}


class Step(StrEnum):
    """What is to be done."""

    OPEN = "open"
    FOLLOW_UP = "follow_up"
    REOPEN = "reopen"
    ANSWER = "answer"
    CONFIRM = "confirm"  # wait for the sender to confirm the address
    HOLD = "hold"
    PARK = "park"
    NOTE = "note"  # nothing but the ledger's row
    BOUNCED = "bounced"  # mark the mail that came back


@dataclass(frozen=True, slots=True)
class Decision:
    """What a mail does. ``ticket`` is where, or beside which it is held; ``follows`` the one a new ticket goes on from;
    ``about`` the mail of ours that it is about."""

    step: Step
    outcome: str = ""
    reason: str = ""
    ticket: Ticket | None = None
    sender: Sender | None = None
    about: OutgoingMail | None = None
    follows: Ticket | None = None
    participant: Participant | None = None  # as whom the sender writes, beside the requester


def decide(mail: IncomingMail, reading: Reading) -> Decision:
    """What is to become of the mail. Asks the database, changes nothing."""
    if reading.mail_class == Class.UNREADABLE:
        return Decision(Step.PARK, reason="unreadable")
    machine = _by_a_machine(mail, reading)
    if machine is not None:
        return machine
    try:
        sender = senders.of(reading)
    except NoSender as problem:
        found = references.ticket_of(reading, mail.envelope_to, None)
        return Decision(Step.HOLD, reason=problem.code, ticket=found.ticket if found else None)
    pointer = references.ticket_of(reading, mail.envelope_to, sender)
    if references.came_to_a_return_path(reading, mail.envelope_to):
        return Decision(
            Step.HOLD, reason="return_path", ticket=pointer.ticket if pointer else None, sender=sender
        )
    return _by_a_person(mail, reading, sender, pointer)


def _by_a_machine(mail: IncomingMail, reading: Reading) -> Decision | None:
    """What is to be done with a mail that no person wrote to us; None for a person's."""
    if reading.mail_class == Class.BOUNCE:
        about = references.mail_of(reading, mail.envelope_to)
        if about is None:
            return Decision(Step.NOTE, Outcome.BOUNCE, reason="not_ours")
        return Decision(Step.BOUNCED, Outcome.BOUNCE, ticket=about.ticket, about=about)
    if (
        any(headers.is_own_loop_mark(mark) for mark in reading.loops)
        or any(senders.is_ours(address) for address in reading.senders)
        or senders.is_ours(mail.envelope_from)
    ):
        return Decision(Step.NOTE, Outcome.LOOP)
    outcome = _MACHINES.get(Class(reading.mail_class))
    if outcome is None and mail.envelope_from.replace(" ", "") == "<>":
        outcome = Outcome.AUTO_REPLY  # who must not be answered (RFC 5321, 4.5.5) is no person
    if outcome is None:
        return None
    about = references.mail_of(reading, mail.envelope_to)
    found = references.ticket_of(reading, mail.envelope_to, None)
    ticket = about.ticket if about is not None else found.ticket if found is not None else None
    return Decision(Step.NOTE, outcome, ticket=ticket, about=about)


def _by_a_person(mail: IncomingMail, reading: Reading, sender: Sender, pointer: Pointer | None) -> Decision:
    person = sender.person
    takes_part = pointer is not None and sender.takes_part_in(pointer.ticket)
    part = sender.part_in(pointer.ticket) if pointer is not None and not takes_part else None
    known = pointer if pointer is not None and (takes_part or part or pointer.is_genuine) else None
    beside = known.ticket if known is not None else None
    if person is not None and not person.is_active:
        return Decision(Step.HOLD, reason="inactive", ticket=beside, sender=sender)
    if brakes.pulled(mail, sender.address.key):
        return Decision(Step.HOLD, reason="brake", ticket=beside, sender=sender)
    if pointer is not None and takes_part:
        return _from_the_requester(mail, reading, sender, pointer.ticket)
    if pointer is not None and part is not None:
        return _from_a_participant(sender, part, pointer.ticket)
    if pointer is not None and person is not None and _works_at(person, pointer.ticket):
        return _from_staff(reading, sender, pointer)
    if known is not None:
        return Decision(Step.HOLD, reason="someone_else", ticket=known.ticket, sender=sender)
    return _anew(mail, reading, sender)


def _works_at(person: Person, ticket: Ticket) -> bool:
    return access.is_staff(person) and access.is_open_to(person, ticket) and may(person, Permission.ANSWER)


def _from_a_participant(sender: Sender, part: Participant, ticket: Ticket) -> Decision:
    """A follow-up in the very ticket that they take part in: where it was merged, that is not the one it goes on in."""
    if ticket.status == Status.CLOSED:
        return Decision(Step.HOLD, reason="participant_closed", ticket=ticket, sender=sender)
    return Decision(Step.FOLLOW_UP, Outcome.FOLLOWED_UP, ticket=ticket, sender=sender, participant=part)


def _from_the_requester(mail: IncomingMail, reading: Reading, sender: Sender, named: Ticket) -> Decision:
    ticket = references.successor(named)
    if ticket is None:
        return Decision(Step.HOLD, reason="merged", ticket=named, sender=sender)
    if ticket.requester is not None and not ticket.requester.is_active:  # and wrote from an earlier address
        return Decision(Step.HOLD, reason="inactive", ticket=ticket, sender=sender)
    if ticket.status != Status.CLOSED:
        return Decision(Step.FOLLOW_UP, Outcome.FOLLOWED_UP, ticket=ticket, sender=sender)
    if ticket.close_reason == CloseReason.SPAM:
        return Decision(Step.HOLD, reason="spam", ticket=ticket, sender=sender)
    if access.may_reopen(ticket, mail.received_at):
        return Decision(Step.REOPEN, Outcome.REOPENED, ticket=ticket, sender=sender)
    return _anew(mail, reading, sender, follows=ticket)


def _from_staff(reading: Reading, sender: Sender, pointer: Pointer) -> Decision:
    """A member of staff who is not the ticket's requester, and whose mail names the ticket in whatever way."""
    proved = pointer.by is By.TOKEN and authentication.proves(
        reading.authentication, trusted=settings.MAIL_AUTHSERV_ID, domain=sender.address.domain
    )
    reason = ""
    if not proved:
        reason = "staff_not_proved"
    elif pointer.ticket.status == Status.CLOSED:
        reason = "staff_too_late"
    elif not reading.text:
        reason = "staff_no_text"
    elif references.quotes_a_private_letter(reading, pointer.ticket):
        reason = "staff_private"
    if reason:
        return Decision(Step.HOLD, reason=reason, ticket=pointer.ticket, sender=sender)
    return Decision(Step.ANSWER, Outcome.ANSWERED, ticket=pointer.ticket, sender=sender)


def _anew(mail: IncomingMail, reading: Reading, sender: Sender, *, follows: Ticket | None = None) -> Decision:
    """A new ticket, or why not yet."""
    reason = (
        "brake" if brakes.pulled_by_all(mail) else brakes.opens_too_often(mail, sender.address.key, reading)
    )
    if reason:
        return Decision(Step.HOLD, reason=reason, sender=sender)
    if sender.person is not None or follows is not None or _confirmed_before(sender):
        return Decision(Step.OPEN, Outcome.OPENED, sender=sender, follows=follows)
    if not centre.current().mail_opens_tickets:
        return Decision(Step.HOLD, reason="strangers_off", sender=sender)
    return Decision(Step.CONFIRM, Outcome.UNCONFIRMED, sender=sender)


def _confirmed_before(sender: Sender) -> bool:
    """Whether a ticket was opened from this address without an account: that takes a confirmed address."""
    return any(
        Ticket.objects.claimable_by(form).exclude(close_reason=CloseReason.SPAM).exists()
        for form in senders.forms(sender.address)
    )
