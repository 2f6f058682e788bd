"""Mails to staff, together: a chore that looks at what waits to be told by mail, and writes each person one mail of it.

The first of several waits for ``FIRST``, so that what comes in one go is one mail, and the next mail comes no sooner
than ``AGAIN`` after the last. What a person must know at once, they are told at once, and it takes along what waits.
What they have seen at the desk by then, or what no longer holds, is told by no mail; where nothing is left, none goes.

A mail is written in the transaction that settles what it tells, and only while all of that still waits: a worker that
is killed leaves everything as it was, and of two that look at once one writes.
"""

import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Min, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils import translation

from tawasul.accounts.models import Person
from tawasul.core import clock
from tawasul.core.links import absolute
from tawasul.mail import actions as mail
from tawasul.mail.models import OutgoingMail
from tawasul.notices import choices, words
from tawasul.notices.choices import Channel
from tawasul.notices.models import MailItem, Notice
from tawasul.reactions import events, notices
from tawasul.tickets import access
from tawasul.tickets.models import Status, Ticket
from tawasul.tickets.queue import SOON

log = logging.getLogger(__name__)

FIRST: Final = timedelta(seconds=55)  # with the chore's own pace and the deliverer's, within a minute
AGAIN: Final = timedelta(minutes=10)
AT_ONCE: Final = (Notice.Kind.MENTIONED, Notice.Kind.OVERDUE)
MOST_PEOPLE: Final = 100  # in one run
MOST_ITEMS: Final = 500  # in one mail
MOST_TICKETS: Final = 40  # that a mail lists; of more it says how many
MOST_LINES: Final = 4  # of one ticket
LONGEST_EXCERPT: Final = 160  # characters of a letter

_PROMISES: Final = (Notice.Kind.DUE_SOON, Notice.Kind.OVERDUE)


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that happened to a ticket, as a mail says it."""

    what: str
    by: str


@dataclass(slots=True)
class Entry:
    """A ticket in a mail, with what happened to it, the newest first."""

    ticket: Ticket
    link: str
    lines: list[Line] = field(default_factory=list)
    more: int = 0  # lines beyond MOST_LINES
    due: datetime | None = None
    excerpt: str = ""


def mail_what_waits() -> int:
    """Write the mails whose time has come; how many. One person's trouble holds up nobody else, and is raised last."""
    written, trouble = 0, None
    for person in _due():
        try:
            written += _tell(person)
        except (OperationalError, InterfaceError):
            raise
        except Exception as problem:
            log.exception("what waits for person %s could not be mailed", person.pk)
            trouble = problem
    if trouble is not None:
        raise trouble
    return written


def _due() -> list[Person]:
    """Whose time has come, who waits longest first. Two queries; one while nothing waits."""
    told = MailItem.objects.filter(person=OuterRef("person_id")).exclude(mail_key="").order_by("-settled_at")
    waiting = (
        MailItem.objects.filter(settled_at=None)
        .values("person_id")
        .annotate(
            first=Min("at"),
            urgent=Min("at", filter=Q(kind__in=AT_ONCE)),
            last=Subquery(told.values("settled_at")[:1]),
        )
        .order_by("first")
    )
    rows = list(waiting)
    if not rows:
        return []
    now = clock.now()
    people = Person.objects.in_bulk([row["person_id"] for row in rows])
    found = []
    for row in rows:
        person = people[row["person_id"]]
        when = row["first"] + FIRST
        if row["last"] is not None:
            when = max(when, row["last"] + AGAIN)
        if row["urgent"] is not None or choices.wants_each(person) or when <= now:
            found.append(person)
    return found[:MOST_PEOPLE]


def _tell(person: Person) -> int:
    """One mail of all that waits for the person, or none where nothing of it is to be told any more; how many."""
    waiting = MailItem.objects.filter(person=person, settled_at=None)
    items = list(waiting.select_related("ticket", "event__message").order_by("-at", "-pk")[:MOST_ITEMS])
    if not items:
        return 0
    wanted = [item for item in items if _still_holds(item, person)]
    written = _mail(person, wanted) if wanted else None  # drawn before anything is locked
    now = clock.now()
    with transaction.atomic():
        told = [item.pk for item in wanted]
        dropped = [item.pk for item in items if item not in wanted]
        settled = 0
        if written is not None:
            still = MailItem.objects.filter(pk__in=told, settled_at=None)
            settled += still.update(settled_at=now, mail_key=written.key)
        if dropped:
            settled += MailItem.objects.filter(pk__in=dropped, settled_at=None).update(settled_at=now)
        if settled != len(
            items
        ):  # seen, or told by another worker, since it was read: looked at again next time
            transaction.set_rollback(True)
            return 0
        if written is not None:
            events.insert_missing([written])
    return int(written is not None)


def _still_holds(item: MailItem, person: Person) -> bool:
    if not (person.is_staff and person.is_active and access.is_open_to(person, item.ticket)):
        return False
    if Channel.MAIL not in choices.channels_of(person, item.kind):
        return False
    return item.kind not in _PROMISES or _runs_out(item)


def _runs_out(item: MailItem) -> bool:
    """Whether what is told of a promise holds of the one that runs now: it may have been kept, or moved, since."""
    due, ahead = item.ticket.answer_due_at, timedelta() if item.kind == Notice.Kind.OVERDUE else SOON
    return item.ticket.status == Status.WITH_CENTRE and due is not None and due <= clock.now() + ahead


def _mail(person: Person, items: Sequence[MailItem]) -> OutgoingMail:
    """The mail that tells these, the newest first; a single one as it would be on its own."""
    if len(items) == 1:
        (item,) = items
        return notices.mail_of(person, item.kind, item.ticket, item.key, item.event)
    lead = next((item for item in items if item.kind in AT_ONCE), items[0])
    with translation.override(person.language):
        entries = list(_entries(items))
        context = {
            "what": _sentence(lead),
            "number": lead.ticket.spoken_number,
            "subject_of": entries[0].ticket.subject if len(entries) == 1 else "",
            "tickets": len(entries),
            "entries": entries[:MOST_TICKETS],
            "more": max(0, len(entries) - MOST_TICKETS),
            "link": absolute(reverse("desk:notices")),
            "choices_link": absolute(reverse("desk:notice_choices")),
        }
    one = lead.ticket if len(entries) == 1 else None
    written = mail.compose(
        "staff_notices",
        to=person.email,
        name=person.full_name,
        language=person.language,
        context=context,
        key=f"notices:{person.pk}:{max(item.pk for item in items)}",
        ticket=one,
        person=person,
    )
    # A mail of several tickets stands in no ticket's thread, yet a reply to it must not become a ticket of its own
    written.ticket = lead.ticket
    return written


def _entries(items: Iterable[MailItem]) -> Iterator[Entry]:
    """The tickets of what is told, each once, in the order of the newest thing that happened to it."""
    found: dict[int, Entry] = {}
    for item in items:
        entry = found.get(item.ticket_id)
        if entry is None:
            link = absolute(reverse("desk:ticket", args=[item.ticket.spoken_number]))
            entry = found[item.ticket_id] = Entry(item.ticket, link)
        line = Line(_sentence(item), item.event.actor_name if item.event is not None else "")
        if line not in entry.lines:
            entry.lines.append(line)
        if item.kind in _PROMISES:
            entry.due = item.ticket.answer_due_at
        entry.excerpt = entry.excerpt or notices.excerpt(item.event, LONGEST_EXCERPT)
    for entry in found.values():
        entry.more = max(0, len(entry.lines) - MOST_LINES)
        del entry.lines[MOST_LINES:]
        yield entry


def _sentence(item: MailItem) -> str:
    return words.sentence(item.kind, item.event.kind if item.event is not None else "")
