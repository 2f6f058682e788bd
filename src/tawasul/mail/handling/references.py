"""What a mail points to: a ticket or a mail of ours, by what only we can make, or by a number that anybody can type.

A pointer names, it does not authorise: what the sender may do there is for ``routing``.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from tawasul.core.text import ascii_digits
from tawasul.mail import headers, tokens
from tawasul.mail.handling.reading import Reading
from tawasul.mail.handling.senders import Sender, forms
from tawasul.mail.models import IncomingMail, OutgoingMail
from tawasul.tickets import merged, numbers
from tawasul.tickets.models import CloseReason, Event, Message, Ticket

_MOST_NUMBERS: Final = 5
_MOST_OWN: Final = 50  # of the sender's newest tickets, whose first mail may not be written yet
_NUMBER: Final = re.compile(r"(?<![\w-])\d{4}(?:[-‐‑‒–—− ]?\d{4}){1,5}(?![\w-])")
_RELATED: Final = ("requester", "service")


class By(StrEnum):
    """How a ticket was found, the strongest first. Nobody outside can make the first two."""

    TOKEN = "token"  # noqa: S105 - not a secret
    REFERENCE = "reference"
    OWN_MAIL = "own_mail"  # an answer to the sender's own mail, which became part of the ticket
    NUMBER = "number"


@dataclass(frozen=True, slots=True)
class Pointer:
    """A ticket, and how it was found."""

    ticket: Ticket
    by: By

    @property
    def is_genuine(self) -> bool:
        """Whether the sender must have had a mail of ours at hand."""
        return self.by in {By.TOKEN, By.REFERENCE}


def ticket_of(reading: Reading, envelope_to: Sequence[str], sender: Sender | None) -> Pointer | None:
    """The ticket that a mail is about, by the strongest sign of it."""
    found = _by_token(reading, envelope_to) or _by_reference(reading, sender)
    if found is None and sender is not None:
        found = _by_own_mail(reading, sender) or _by_number(reading.subject)
    return found


def mail_of(reading: Reading, envelope_to: Sequence[str]) -> OutgoingMail | None:
    """The mail of ours that came back or was answered by a machine: by the return path's token, which the envelope
    names, then by the Message-IDs of what was returned."""
    for key in _return_paths(reading, envelope_to):
        found = OutgoingMail.objects.filter(pk=key).first()
        if found is not None:
            return found
    return _sent(reading.returned) or _sent(reading.references)


def came_to_a_return_path(reading: Reading, envelope_to: Sequence[str]) -> bool:
    """Whether a mail was sent to an address that stands in our envelopes only, where no person sees it."""
    return any(True for _ in _return_paths(reading, envelope_to))


def quotes_a_private_letter(reading: Reading, ticket: Ticket) -> bool:
    """Whether a mail answers, however far back, what a private participant of the ticket wrote or was mailed: it may
    quote that, and mail programs quote below what they show."""
    if not reading.references:
        return False
    private = {"letter__ticket": ticket, "letter__standing": Message.Standing.PRIVATE}
    if IncomingMail.objects.filter(**private, message_id__in=reading.references).exists():
        return True
    sent = OutgoingMail.objects.filter(ticket=ticket, message_id__in=reading.references)
    joined = Event.objects.filter(ticket=ticket, kind=Event.Kind.JOINED).values_list("data", flat=True)
    # Also of those who have left: what they wrote stays private
    theirs = tuple(f":participant:{told['participant']}" for told in joined if told.get("is_private"))
    return any(
        standing == Message.Standing.PRIVATE or key.endswith(theirs)
        for key, standing in sent.values_list("key", "letter__standing")
    )


def successor(ticket: Ticket) -> Ticket | None:
    """The ticket of the same requester in which this one goes on, however far that is; itself where it was not merged,
    or into somebody else's, who must not read what is written to this one. None where its target is gone."""
    if ticket.close_reason != CloseReason.MERGED:
        return ticket
    return None if ticket.merged_into_id is None else merged.continues_in(ticket) or ticket


def carries_a_number(subject: str) -> bool:
    """Whether a subject names something by a number of four digits or more, as portals do and people seldom."""
    return re.search(r"\d{4}", ascii_digits(subject)) is not None


def numbers_in(subject: str) -> Iterator[str]:
    """The ticket numbers in a subject, in digits of either script, whose check digits are right."""
    for found in _NUMBER.finditer(ascii_digits(subject)):
        try:
            yield numbers.parse_number(found[0])
        except (numbers.NotANumber, numbers.Mistyped):
            continue


def _return_paths(reading: Reading, envelope_to: Sequence[str]) -> Iterator[int]:
    """The keys of mails of ours in the genuine return paths among the recipients."""
    for recipient in (*envelope_to, *reading.recipients):
        key = tokens.read(tokens.MAIL, recipient)
        if key is not None:
            yield key


def _by_token(reading: Reading, envelope_to: Sequence[str]) -> Pointer | None:
    for recipient in (*envelope_to, *reading.recipients):
        key = tokens.read(tokens.TICKET, recipient)
        ticket = _ticket(pk=key) if key is not None else None
        if ticket is not None:
            return Pointer(ticket, By.TOKEN)
    return None


def _by_reference(reading: Reading, sender: Sender | None) -> Pointer | None:
    sent = _sent(reading.references)
    if sent is not None and sent.ticket_id is not None:
        ticket = _ticket(pk=sent.ticket_id)
        return Pointer(ticket, By.REFERENCE) if ticket is not None else None
    # The first mail of a thread may not be in the ledger, and later ones refer to it all the same.
    ours = {one for one in reading.references if one.endswith(f"@{headers.mail_domain()}>")}
    if not ours:
        return None
    named = [_ticket(number=number) for number in list(numbers_in(reading.subject))[:_MOST_NUMBERS]]
    own = _own_tickets(sender) if sender is not None else []
    for ticket in [*filter(None, named), *own]:
        if headers.thread_root(ticket) in ours:
            return Pointer(ticket, By.REFERENCE)
    return None


def _by_own_mail(reading: Reading, sender: Sender) -> Pointer | None:
    if not reading.references:
        return None
    earlier = (
        IncomingMail.objects.filter(
            from_address=sender.address.key,
            message_id__in=reading.references,
            ticket__isnull=False,
            letter__isnull=False,
        )
        .order_by("-received_at")
        .first()
    )
    ticket = _ticket(pk=earlier.ticket_id) if earlier is not None else None
    return Pointer(ticket, By.OWN_MAIL) if ticket is not None else None


def _by_number(subject: str) -> Pointer | None:
    for number in list(numbers_in(subject))[:_MOST_NUMBERS]:
        ticket = _ticket(number=number)
        if ticket is not None:
            return Pointer(ticket, By.NUMBER)
    return None


def _sent(message_ids: Sequence[str]) -> OutgoingMail | None:
    """The mail of ours among the ids; of several the one that is named first, since the nearest stands first."""
    if not message_ids:
        return None
    found = {mail.message_id: mail for mail in OutgoingMail.objects.filter(message_id__in=message_ids)}
    return next((found[one] for one in message_ids if one in found), None)


def _own_tickets(sender: Sender) -> list[Ticket]:
    if sender.person is not None:
        mine = Ticket.objects.of(sender.person.pk)
    else:
        mine = Ticket.objects.filter(requester=None, requester_email__in=forms(sender.address))
    return list(mine.select_related(*_RELATED).order_by("-updated_at", "-pk")[:_MOST_OWN])


def _ticket(**which: int | str | None) -> Ticket | None:
    return Ticket.objects.select_related(*_RELATED).filter(**which).first()
