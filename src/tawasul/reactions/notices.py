"""Reactions that tell staff: each returns the rows behind the bells and the mails that an event calls for.

Whom an event concerns stands here, the most specific kind of notice first; whether and where they want to hear of it
stands in ``notices.choices``. Everybody is looked up at once, so that fifty members of a team cost what one does.
Nobody is told of what they did themselves, of a ticket that is hidden from them, or twice of one event.
"""

from collections.abc import Iterable, Sequence
from typing import Final

from django.db.models import Model
from django.urls import reverse
from django.utils import translation

from tawasul.accounts.models import Person, Team
from tawasul.core import clock
from tawasul.core.links import absolute
from tawasul.mail import actions as mail
from tawasul.mail.models import OutgoingMail
from tawasul.notices import choices, words
from tawasul.notices.choices import Channel
from tawasul.notices.models import MailItem, Notice
from tawasul.tickets import access
from tawasul.tickets.models import Event, Mention, Message, Status, Ticket

K = Notice.Kind
LONGEST_EXCERPT: Final = 300  # characters of a letter in a mail

Candidates = Iterable[tuple[Notice.Kind, Iterable[int | None]]]


def tell_team_of_opening(event: Event) -> Iterable[Model]:
    """A new ticket that nobody has: its team's members."""
    ticket = event.ticket
    if ticket.assignee_id is None and ticket.status != Status.CLOSED:
        return _told(event, [(K.TEAM_NEW, _members(ticket.team_id))])
    return ()


def tell_assignee(event: Event) -> Iterable[Model]:
    """The ticket was given to somebody: that person, while it is theirs, and whoever follows it."""
    to = event.data.get("to_id")
    given = [to] if to == event.ticket.assignee_id else []
    return _told(event, [(K.ASSIGNED, given), (K.FOLLOWED, _followers(event.ticket))])


def tell_of_customers_letter(event: Event) -> Iterable[Model]:
    """The customer wrote, or the ticket is open again: its assignee and whoever follows it."""
    ticket = event.ticket
    return _told(event, [(K.WRITTEN, [ticket.assignee_id]), (K.FOLLOWED, _followers(ticket))])


def tell_of_note(event: Event) -> Iterable[Model]:
    """An internal note: whom it mentions and who has not seen it yet, then whoever follows the ticket."""
    named: Iterable[int] = ()
    if event.message is not None and "@" in event.message.text:
        unseen = Mention.objects.filter(message=event.message, seen_at=None)
        named = list(unseen.values_list("person_id", flat=True))
    return _told(event, [(K.MENTIONED, named), (K.FOLLOWED, _followers(event.ticket))])


def tell_of_transfer(event: Event) -> Iterable[Model]:
    """The ticket came to another team: whoever was given it there, the team's members, whoever follows it."""
    ticket, data = event.ticket, event.data
    if ticket.team_id != data.get("to_team"):  # it went on since
        return ()
    given = [ticket.assignee_id] if ticket.assignee_id == data.get("to_id") else []
    members = _members(ticket.team_id) if ticket.assignee_id is None else ()
    return _told(event, [(K.ASSIGNED, given), (K.TRANSFERRED, members), (K.FOLLOWED, _followers(ticket))])


def tell_followers(event: Event) -> Iterable[Model]:
    """Any other letter or move: whoever follows the ticket."""
    return _told(event, [(K.FOLLOWED, _followers(event.ticket))])


def rows_for(
    person: Person,
    kind: Notice.Kind,
    ticket: Ticket,
    key: str,
    *,
    event: Event | None = None,
) -> Iterable[Model]:
    """The rows that tell a person of this kind of thing, as they chose; ``key`` names what is told."""
    channels = choices.channels_of(person, kind)
    if Channel.DESK in channels:
        yield Notice(
            person=person,
            kind=kind,
            ticket=ticket,
            event=event,
            by_name=event.actor_name if event is not None else "",
            key=f"{key}:{person.pk}",
            in_browser=Channel.BROWSER in channels,
            at=clock.now(),
        )
    if Channel.MAIL in channels:
        if choices.wants_each(person):
            yield mail_of(person, kind, ticket, mail_key(key, person.pk), event)
        else:
            yield MailItem(
                person=person,
                kind=kind,
                ticket=ticket,
                event=event,
                key=mail_key(key, person.pk),
                at=clock.now(),
            )


def mail_key(key: str, person: int) -> str:
    """The key of the mail that tells the person of what ``key`` names."""
    return f"notice:{key}:{person}"


def _told(event: Event, candidates: Candidates) -> Iterable[Model]:
    wanted: dict[int, list[Notice.Kind]] = {}
    for kind, people in candidates:
        for pk in people:
            if pk is not None and pk != event.actor_id:
                wanted.setdefault(pk, []).append(kind)
    if not wanted:
        return
    for person in Person.objects.filter(pk__in=list(wanted), is_staff=True, is_active=True):
        if not access.is_open_to(person, event.ticket):
            continue
        wished = [one for one in wanted[person.pk] if choices.channels_of(person, one)]
        if wished:  # the most specific of them
            yield from rows_for(person, wished[0], event.ticket, f"event:{event.pk}", event=event)


def _members(team: int | None) -> Sequence[int]:
    if team is None:
        return ()
    return list(Team.members.through.objects.filter(team_id=team).values_list("person_id", flat=True))


def _followers(ticket: Ticket) -> Sequence[int]:
    return [one.person_id for one in ticket.followers.all()]  # read for a whole bundle of events


def mail_of(person: Person, kind: str, ticket: Ticket, key: str, event: Event | None) -> OutgoingMail:
    """The mail that tells one thing, not saved."""
    with translation.override(person.language):
        context = {
            "what": words.sentence(kind, event.kind if event is not None else ""),
            "by": event.actor_name if event is not None else "",
            "excerpt": excerpt(event, LONGEST_EXCERPT),
            "due": ticket.answer_due_at if kind in {K.DUE_SOON, K.OVERDUE} else None,
            "link": absolute(reverse("desk:ticket", args=[ticket.spoken_number])),
            "choices_link": absolute(reverse("desk:notice_choices")),
        }
    return mail.compose(
        "staff_notice",
        to=person.email,
        name=person.full_name,
        language=person.language,
        context=context,
        key=key,
        ticket=ticket,
        person=person,
    )


def excerpt(event: Event | None, most: int) -> str:
    """The beginning of the letter, at most ``most`` characters. Nothing of an internal note: it stays in the house."""
    letter = event.message if event is not None else None
    if letter is None or letter.kind == Message.Kind.NOTE:
        return ""
    text = letter.text.strip()
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"
