"""Requests and tickets without an account: a form or a mail waits for its address to be confirmed, and a personal link
is the key to one ticket. Tokens are 256 random bits; only their hashes are kept."""

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db.models.functions import Lower
from django.http import Http404

from tawasul.accounts.models import TermsVersion
from tawasul.core import clock, domains
from tawasul.core.tokens import keyed_hash, new_token, token_hash
from tawasul.tickets import actions, fields, numbers
from tawasul.tickets.fields import Definition, Parsed
from tawasul.tickets.models import Channel, Draft, GuestLink, Message, Participant, Service, Ticket
from tawasul.tickets.writers import Writer

CONFIRM_LIFE = timedelta(hours=48)
AGAIN_LIFE = timedelta(hours=1)  # how long a second press of "confirm" still leads to the ticket
LINK_LIFE = timedelta(days=90)
RENEW_BELOW = timedelta(days=60)  # a link in use is renewed when less than this is left of it
_MOST_LINKS = 50  # of one ticket; the oldest make room


class NotConfirmable(Exception):
    """The link of a direct request opens nothing: ``draft`` is the request where it only expired, else None."""

    def __init__(self, draft: Draft | None = None) -> None:
        super().__init__("expired" if draft else "unknown")
        self.draft = draft


class LinkExpired(Exception):
    """The personal link existed and its time has run out; a new one can be asked for."""


@dataclass(frozen=True, slots=True)
class Request:
    """A valid direct form, as it waits in a draft: plain text that opens a ticket once the address is confirmed.

    A mail waits the same way: ``channel`` says so, ``rest`` is what is folded away of it, and ``terms`` are 0, since
    they are accepted together with the confirmation."""

    name: str
    email: str
    purpose: str
    service: str
    domain: str
    request_number: str
    subject: str
    problem: str
    wanted: str
    terms: int
    language: str
    channel: str = Channel.DIRECT
    rest: str = ""
    own: Mapping[str, str] = field(
        default_factory=dict
    )  # what is typed in the centre's fields, by their codes

    @property
    def is_mail(self) -> bool:
        """Whether it came by mail."""
        return self.channel == Channel.MAIL


def await_confirmation(draft: Draft, request: Request) -> str:
    """Turn a draft into a request that waits for its address; returns the token of the link to mail. An earlier
    link of the same request stops working. Call it inside the transaction that writes the mail."""
    token, hashed = new_token()
    valid = {name: getattr(request, name) for name in Request.__slots__}
    typed = {name: str(value) for name, value in valid.items() if name != "own"}
    draft.fields = {**draft.fields, **typed, "valid": valid}
    draft.confirm_hash = hashed
    draft.confirm_expires_at = clock.now() + CONFIRM_LIFE
    draft.updated_at = clock.now()
    draft.save(update_fields=["fields", "confirm_hash", "confirm_expires_at", "updated_at"])
    return token


def waiting(token: str) -> Draft:
    """The request that a confirmation link belongs to. Raises NotConfirmable."""
    draft = Draft.objects.filter(confirm_hash=token_hash(token), kind=Draft.Kind.DIRECT).first()
    if draft is None or draft.confirm_expires_at is None or "valid" not in draft.fields:
        raise NotConfirmable
    if draft.confirm_expires_at <= clock.now():
        raise NotConfirmable(draft)
    return draft


def pocket(address: str) -> str:
    """Where the mails of an address (lower case) wait together: what stands in ``Draft.browser_hash``. No browser's
    hash looks like it."""
    return f"mail:{keyed_hash(address, salt='mail-draft')[:58]}"


def request_in(draft: Draft) -> Request:
    """The valid request that waits in the draft."""
    return Request(**draft.fields["valid"])


def own_of(request: Request) -> dict[Definition, Parsed]:
    """What the request says in the centre's fields: as it was right when it was sent, in those that still exist."""
    said = ((fields.by_key(key), typed) for key, typed in request.own.items())
    read = ((one, fields.parse_again(one, typed)) for one, typed in said if one is not None)
    return {one: value for one, value in read if value is not None}


def waiting_beside(draft: Draft) -> list[Draft]:
    """The draft and, where it came by mail, whatever else waits for the same address: all of it is confirmed at once.
    Oldest first."""
    if not request_in(draft).is_mail:
        return [draft]
    pocketed = Draft.objects.filter(
        owner=None, kind=Draft.Kind.DIRECT, ticket=None, browser_hash=draft.browser_hash
    ).exclude(pk=draft.pk)
    others = [other for other in pocketed if "valid" in other.fields]
    return sorted([draft, *others], key=lambda one: one.created_at)


def open_confirmed(draft: Draft, *, terms: TermsVersion | None = None) -> Ticket:
    """The address is confirmed: the ticket enters the centre's queue. Two confirmations open one ticket.

    ``terms`` are what was accepted with the confirmation; a form's were accepted with the form."""
    valid: Mapping[str, Any] = draft.fields["valid"]
    terms = terms or TermsVersion.objects.filter(pk=int(valid["terms"])).first()
    return actions.open_ticket(
        by=Writer(None, valid["name"], valid["email"]),
        purpose=valid["purpose"],
        service=Service.objects.get(code=valid["service"]),
        subject=valid["subject"],
        text=valid["problem"],
        wanted=valid["wanted"],
        domain=domains.parse_domain(valid["domain"]) if valid["domain"] else None,
        request_number=valid["request_number"],
        terms=terms,
        language=valid["language"],
        draft=draft,
        submission=draft.key,
        channel=valid.get("channel", Channel.DIRECT),
        rest=valid.get("rest", ""),
        own=own_of(request_in(draft)),
    )


def opened_just_now(key: uuid.UUID) -> Ticket | None:
    """The ticket that a request became within the last hour: the second press of a button leads there too."""
    message = (
        Message.objects.select_related("ticket")
        .filter(
            submission=key,
            channel__in=(Channel.DIRECT, Channel.MAIL),
            kind=Message.Kind.OPENING,
            at__gt=clock.now() - AGAIN_LIFE,
        )
        .first()
    )
    return message.ticket if message is not None and message.ticket.requester_id is None else None


def new_link(ticket: Ticket, participant: Participant | None = None) -> str:
    """A further personal link of the ticket, the requester's or the participant's; returns its token."""
    links = ticket.guest_links.filter(participant=participant)
    old = links.order_by("-expires_at", "-pk").values_list("pk", flat=True)[_MOST_LINKS - 1 :]
    GuestLink.objects.filter(pk__in=list(old)).delete()
    token, hashed = new_token()
    GuestLink.objects.create(
        ticket=ticket, participant=participant, token_hash=hashed, expires_at=clock.now() + LINK_LIFE
    )
    return token


def used_link(token: str) -> GuestLink:
    """The personal link, with its ticket and whose it is; using it renews it. Raises Http404, or LinkExpired."""
    link = (
        GuestLink.objects.select_related("ticket__service", "ticket__terms", "participant__person")
        .filter(token_hash=token_hash(token))
        .first()
    )
    if link is None:
        raise Http404
    now = clock.now()
    if link.expires_at <= now:
        raise LinkExpired
    if link.expires_at - now < RENEW_BELOW:
        GuestLink.objects.filter(pk=link.pk).update(expires_at=now + LINK_LIFE)
    return link


@dataclass(frozen=True, slots=True)
class Held:
    """What a browser's personal links open: ``tickets`` (keys) as their requester, ``parts`` by ticket as which
    participant."""

    tickets: frozenset[int] = frozenset()
    parts: Mapping[int, int] = field(default_factory=dict)


def held(hashes: Collection[str]) -> Held:
    """What the personal links open that are held, known by their hashes, and still work."""
    if not hashes:
        return Held()
    links = GuestLink.objects.filter(token_hash__in=list(hashes), expires_at__gt=clock.now())
    rows = list(links.values_list("ticket_id", "participant_id"))
    return Held(
        frozenset(ticket for ticket, participant in rows if participant is None),
        {ticket: participant for ticket, participant in rows if participant is not None},
    )


def ticket_of_held_link(hashes: Collection[str], number: str) -> Ticket:
    """The ticket of that number, if one of the held links opens it. Raises Http404."""
    try:
        digits = numbers.parse_number(number)
    except (numbers.NotANumber, numbers.Mistyped):
        raise Http404 from None
    opened = held(hashes)
    ticket = Ticket.objects.filter(number=digits, pk__in={*opened.tickets, *opened.parts}).first()
    if ticket is None:
        raise Http404
    return ticket


def ticket_to_link_anew(number: str, email: str) -> Ticket | None:
    """A ticket without an account by its number (digits) and the address it was opened with; None where the two do
    not belong together. The asker must not be told which. (For participants: ``participant_to_link_anew``.)"""
    ticket = Ticket.objects.filter(number=number, requester=None).first()
    if ticket is None or ticket.requester_email.lower() != email.lower():
        return None
    return ticket


def participant_to_link_anew(number: str, email: str) -> Participant | None:
    """The participant without an account by the ticket's number (digits) and the address they were added under; None
    where the two do not belong together."""
    rows = Participant.objects.select_related("ticket").filter(ticket__number=number, person=None)
    return rows.alias(key=Lower("email")).filter(key=email.lower()).first()
