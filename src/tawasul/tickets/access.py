"""Who may get what: the only way a door obtains an object. What is not yours does not exist (404)."""

import uuid
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType

from django.contrib.auth.models import AnonymousUser
from django.http import Http404

from tawasul.accounts.access import two_steps_missing
from tawasul.accounts.models import Person
from tawasul.accounts.roles import hidden_teams
from tawasul.attachments.models import StoredFile
from tawasul.core import centre, clock
from tawasul.core.prepared import Prepared
from tawasul.tickets import merged, numbers, participation
from tawasul.tickets.models import Attachment, Draft, Message, Participant, Status, Ticket

Viewer = Person | AnonymousUser

_OWN = Prepared(
    lambda number, person: Ticket.objects.of(person).filter(number=number).select_related("service")
)
_ANY = Prepared(
    lambda number: Ticket.objects.filter(number=number).select_related(
        "service", "assignee", "team", "follows", "requester"
    )
)


def ticket_for(person: Viewer, number: str) -> Ticket:
    """The person's own ticket by its number as typed. Raises Http404 for any other, and for no number at all."""
    if not isinstance(person, Person):
        raise Http404
    return _one(_OWN, number, person.pk)


def shared_ticket_for(person: Viewer, number: str) -> tuple[Ticket, Participant | None]:
    """The person's own ticket, or one that they take part in, then with their part in it. Raises Http404."""
    try:
        return ticket_for(person, number), None
    except Http404:
        part = participation.of_person(person, _digits(number)) if isinstance(person, Person) else None
        if part is None:
            raise
        return part.ticket, part


def desk_ticket_for(person: Viewer, number: str) -> Ticket:
    """A ticket, for staff. Raises Http404 for whoever is not staff, and for a closed team's ticket to others."""
    if not isinstance(person, Person) or not is_at_work(person):
        raise Http404
    ticket = _one(_ANY, number)
    if not is_open_to(person, ticket):
        raise Http404
    return ticket


def is_open_to(person: Person, ticket: Ticket) -> bool:
    """Whether a member of staff may see the ticket: all but those of closed teams that they do not belong to."""
    return ticket.team_id is None or ticket.team_id not in hidden_teams(person)


def is_staff(person: Viewer) -> bool:
    """Whether the person may work at the desk."""
    return isinstance(person, Person) and person.is_active and person.is_staff


def is_at_work(person: Viewer) -> bool:
    """Whether the person may see what is not their own: staff, signed in with two steps where that is asked for."""
    return isinstance(person, Person) and is_staff(person) and not two_steps_missing(person)


def may_reopen(ticket: Ticket, now: datetime | None = None) -> bool:
    """Whether the customer may still open the closed ticket again."""
    return (now or clock.now()) <= reopen_until(ticket) if ticket.status == Status.CLOSED else False


def reopen_until(ticket: Ticket) -> datetime:
    """The last moment at which the customer may reopen a closed ticket."""
    return (ticket.closed_at or clock.now()) + timedelta(days=centre.current().reopen_days)


def draft_for(person: Viewer, key: uuid.UUID, *, browser_hash: str = "") -> Draft:
    """One's own draft: the person's, or, without an account, the browser's that began it. Raises Http404."""
    draft = Draft.objects.select_related("ticket").filter(pk=key).first()
    if draft is None or not _owns(person, draft, browser_hash):
        raise Http404
    return draft


def file_for(
    viewer: Viewer,
    file_id: uuid.UUID,
    *,
    guest_tickets: Collection[int] = (),
    guest_parts: Mapping[int, int] = MappingProxyType({}),
    browser_hash: str = "",
) -> StoredFile:
    """A stored file that the viewer may see: on a ticket of theirs or one that they take part in (never on a note, nor
    on somebody else's private letter), on a draft of theirs, or, for staff, on any ticket that is open to them.

    ``guest_tickets`` are keys of tickets that this browser holds the requester's personal link to, ``guest_parts`` by
    ticket the keys of participants whose link it holds. Raises Http404."""
    attachment = (
        Attachment.objects.select_related("file", "message__ticket", "draft").filter(file_id=file_id).first()
    )
    if attachment is None:
        raise Http404
    if attachment.draft is not None:
        if _owns(viewer, attachment.draft, browser_hash):
            return attachment.file
        raise Http404
    message = attachment.message
    assert message is not None  # the constraint: on a message or on a draft
    ticket = message.ticket
    if isinstance(viewer, Person) and is_at_work(viewer) and is_open_to(viewer, ticket):
        return attachment.file
    mine = isinstance(viewer, Person) and ticket.requester_id == viewer.pk
    shown = message.shown_from is None or message.shown_from <= clock.now()
    if message.kind == Message.Kind.NOTE or not shown:
        raise Http404
    is_private = message.standing == Message.Standing.PRIVATE
    if (mine or _is_held(ticket, guest_tickets)) and not is_private:
        return attachment.file
    part = participation.of_person(viewer, ticket.number) if isinstance(viewer, Person) else None
    parts = {part.pk if part else None, guest_parts.get(ticket.pk)} - {None}
    if parts and (not is_private or message.participant_id in parts):
        return attachment.file
    raise Http404


def _is_held(ticket: Ticket, guest_tickets: Collection[int]) -> bool:
    """Whether a personal link is held to the ticket, or to the one of the same address in which it goes on."""
    if not guest_tickets or ticket.pk in guest_tickets:
        return bool(guest_tickets)
    goes_on = merged.continues_in(ticket)
    return goes_on is not None and goes_on.pk in guest_tickets


def _owns(viewer: Viewer, draft: Draft, browser_hash: str) -> bool:
    if draft.owner_id is not None:
        return isinstance(viewer, Person) and draft.owner_id == viewer.pk
    return bool(browser_hash) and draft.browser_hash == browser_hash


def _digits(number: str) -> str:
    try:
        return numbers.parse_number(number)
    except (numbers.NotANumber, numbers.Mistyped):
        raise Http404 from None


def _one(query: Prepared[Ticket], number: str, *values: int) -> Ticket:
    ticket = query.first(_digits(number), *values)
    if ticket is None:
        raise Http404
    return ticket
