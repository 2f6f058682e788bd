"""Reactions that write to the customer: each returns the mail that an event calls for, or nothing.

A reaction may run late (the worker was down), so each asks whether what it would say is still true.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import translation

from tawasul.core import centre, clock
from tawasul.core.links import absolute
from tawasul.mail import actions as mail
from tawasul.mail.models import OutgoingMail
from tawasul.service_levels import calendar
from tawasul.tickets import access, direct, merged, participation
from tawasul.tickets.models import Attachment, CloseReason, Event, Message, Participant, Status, Ticket

DAY = 86400.0
_NO_TURN: Mapping[str, Any] = {"close_due_at": None, "turn": None}
MOST_STEPS = 10  # of the turn line; more are not told apart


@dataclass(frozen=True, slots=True)
class Turn:
    """The turn line of a mail: ``left`` of ``total`` steps are solid."""

    left: int
    total: int


@dataclass(frozen=True, slots=True)
class File:
    """A file as a mail names it."""

    name: str
    pages: int
    link: str


def confirm_receipt(event: Event) -> Iterable[OutgoingMail]:
    """The ticket was opened: its number, the date, the promised answer, the link. Nothing that was typed."""
    ticket = event.ticket
    yield _mail(event, "ticket_opened", due=ticket.answer_due_at, turn=_centre_turn())


def carry_answer(event: Event) -> Iterable[OutgoingMail]:
    """The centre's answer, with its files and the day on which the ticket closes if nothing comes; one to a private
    participant goes to them alone, and changes nothing of the ticket."""
    if event.message is None:  # removed since
        return
    ticket = event.ticket
    if event.message.standing == Message.Standing.PRIVATE:
        for participant in _participants(ticket):
            if participant.pk == event.message.participant_id:  # and has not left meanwhile
                yield _mail_beside(event, "answer", participant, letter=event.message, alone=True, **_NO_TURN)
        return
    due = ticket.close_due_at if ticket.last_answered_at == event.message.at else None
    yield from _to_all(event, "answer", letter=event.message, close_due_at=due, turn=_customer_turn(due))


def tell_of_hold(event: Event) -> Iterable[OutgoingMail]:
    """The centre waits for a third party: for whom, and why."""
    if event.ticket.status == Status.ON_HOLD:
        yield from _to_all(
            event, "on_hold", reason=event.data.get("reason", ""), party=event.data.get("party", "")
        )


def warn_of_closing(event: Event) -> Iterable[OutgoingMail]:
    """The ticket closes soon; unless the customer wrote meanwhile."""
    ticket = event.ticket
    due = ticket.close_due_at
    if due is None or due <= clock.now() or due.isoformat() != event.data.get("close_due_at"):
        return
    yield from _to_all(
        event,
        "close_warning",
        close_due_at=due,
        turn=_customer_turn(due),
        answered_at=ticket.last_answered_at or event.at,
    )


def tell_of_closing(event: Event) -> Iterable[OutgoingMail]:
    """Why the ticket was closed, and until when it can be reopened. Spam gets no answer, and of a ticket that is void
    nothing is said: its letters stand where their writer knows them."""
    ticket = event.ticket
    reason = event.data.get("reason", ticket.close_reason)
    if ticket.status != Status.CLOSED or reason == CloseReason.SPAM or event.data.get("void"):
        return
    letter = event.message if event.message and event.message.kind == Message.Kind.ANSWER else None
    goes_on = merged.continues_in(ticket) if reason == CloseReason.MERGED else None
    if reason == CloseReason.MERGED and goes_on is None:  # in somebody else's, of which nothing is said
        reason = "by_centre"
    beside: dict[str, Any] = {"reopen_until": None}  # reopening is the requester's
    if reason == CloseReason.MERGED:  # of the requester's other ticket a participant learns nothing
        beside |= {"reason": "by_centre"}
    yield from _to_all(
        event,
        "closed",
        beside=beside,
        letter=letter,
        reason=reason,
        closed_at=event.at,
        reopen_until=access.reopen_until(ticket) if access.may_reopen(ticket) and not goes_on else None,
        **({"link": _links(goes_on)["link"]} if goes_on else {}),
    )


def tell_of_reopening(event: Event) -> Iterable[OutgoingMail]:
    """The ticket is open again: by the centre, or at the customer's request, with the new promise."""
    ticket = event.ticket
    if ticket.status == Status.CLOSED:
        return
    yield from _to_all(
        event,
        "reopened",
        at=event.at,
        by_centre=(event.actor is not None and event.actor.is_staff) or "by_stranger" in event.data,
        due=ticket.answer_due_at,
        turn=_centre_turn(),
    )


def ask_to_take_part(event: Event) -> Iterable[OutgoingMail]:
    """Somebody takes part beside the requester: who asks it of them, in which ticket, and the way there."""
    for participant in _participants(event.ticket):
        if participant.pk == event.data.get("participant"):  # and has not left meanwhile
            yield _mail_beside(
                event,
                "participant_added",
                participant,
                asker=event.actor_name,
                is_private=participant.is_private,
            )


def _to_all(
    event: Event, kind: str, *, beside: Mapping[str, Any] | None = None, **context: Any
) -> Iterable[OutgoingMail]:
    """The mail to the requester, and one of their own to each participant, since nobody is shown another's address.

    ``beside`` is what a participant is told otherwise."""
    yield _mail(event, kind, **context)
    for participant in _participants(event.ticket):
        yield _mail_beside(event, kind, participant, **{**context, **(beside or {})})


def _participants(ticket: Ticket) -> list[Participant]:
    return participation.told(ticket, ticket.participants.all())  # fetched with the event


def _mail_beside(
    event: Event, kind: str, participant: Participant, *, letter: Message | None = None, **context: Any
) -> OutgoingMail:
    ticket, person = event.ticket, participant.person
    language = person.language if person is not None else participant.language
    with translation.override(language):
        if person is not None:
            link = absolute(ticket.get_absolute_url())
        else:
            link = absolute(reverse("portal:guest_ticket", args=[direct.new_link(ticket, participant)]))
        files = _files(letter, link, own=person is not None)
    return mail.compose(
        kind,
        to=person.email if person is not None else participant.email,
        name=person.full_name if person is not None else participant.name,
        language=language,
        context={
            **context,
            "link": link,
            "receipt_link": "",
            "files": files,
            "guest": person is None,
            "beside": ticket.requester_name,
        },
        key=f"event:{event.pk}:{kind}:participant:{participant.pk}",
        ticket=ticket,
        letter=letter,
        person=person,
    )


def _mail(event: Event, kind: str, *, letter: Message | None = None, **context: Any) -> OutgoingMail:
    ticket, person = event.ticket, event.ticket.requester
    language = person.language if person is not None else ticket.language
    with translation.override(language):
        links = _links(ticket)
        files = _files(letter, links["link"], own=person is not None)
    return mail.compose(
        kind,
        to=person.email if person is not None else ticket.requester_email,
        name=person.full_name if person is not None else ticket.requester_name,
        language=language,
        context={**links, **context, "files": files, "guest": person is None},
        key=f"event:{event.pk}:{kind}",
        ticket=ticket,
        letter=letter,
        person=person,
    )


def _links(ticket: Ticket) -> dict[str, str]:
    """The page of the ticket and its receipt: the account's, or behind a new personal link."""
    if ticket.requester_id is not None:
        return {
            "link": absolute(ticket.get_absolute_url()),
            "receipt_link": absolute(reverse("portal:receipt", args=[ticket.spoken_number])),
        }
    token = direct.new_link(ticket)
    return {
        "link": absolute(reverse("portal:guest_ticket", args=[token])),
        "receipt_link": absolute(reverse("portal:guest_receipt", args=[token])),
    }


def _files(letter: Message | None, page: str, *, own: bool) -> list[File]:
    """Names and links of a letter's files; without an account they open on the ticket's page."""
    if letter is None or not letter.file_count:
        return []
    found = Attachment.objects.filter(message=letter).select_related("file").order_by("pk")
    return [
        File(a.file.name, a.file.pages, absolute(reverse("portal:file", args=[a.file_id])) if own else page)
        for a in found
    ]


def _customer_turn(due: datetime | None) -> Turn | None:
    if due is None:
        return None
    total = min(max(math.ceil(centre.current().close_after_hours / 24), 1), MOST_STEPS)
    left = math.ceil((due - clock.now()).total_seconds() / DAY - 0.01)
    return Turn(left=min(max(left, 1), total), total=total)


def _centre_turn() -> Turn:
    total = min(max(math.ceil(calendar.current().answer_days), 1), MOST_STEPS)
    return Turn(left=total, total=total)
