"""Reads that pages need: a conversation, a person's tickets by turn, the desk's queue. Nothing counts a table."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from tawasul.accounts.models import Person
from tawasul.attachments.models import StoredFile
from tawasul.core import clock, keyset
from tawasul.search.normalise import normalise
from tawasul.tickets import numbers
from tawasul.tickets.models import Attachment, Channel, Event, Message, RefusedFile, Status, Ticket

PAGE = 25
COUNT_UP_TO = 100  # a larger count is shown as "99+"

TURNS: dict[str, tuple[Status, ...]] = {
    "centre": (Status.WITH_CENTRE, Status.ON_HOLD),
    "you": (Status.WITH_CUSTOMER,),
    "closed": (Status.CLOSED,),
}
VIEWS = ("mine", "unassigned", "all", "overdue", "with_customer", "on_hold", "closed")


@dataclass(slots=True)
class Letter:
    """What of a message is read on a page. A long ticket has many: rows, not model instances, at half the cost."""

    pk: int
    kind: str
    author_name: str
    wanted: str
    html: str
    at: datetime
    file_count: int
    channel: str = Channel.PORTAL
    rest: str = ""  # of a mail: what was folded away


@dataclass(slots=True)
class Fact:
    """What of an event is read on a page."""

    kind: str
    actor_name: str
    data: dict[str, Any]
    at: datetime


@dataclass(slots=True)
class Entry:
    """One line of a conversation: a letter with its files and those that were refused, or an event."""

    at: datetime
    message: Letter | None = None
    event: Fact | None = None
    files: Sequence[StoredFile] = ()
    refused: Sequence[RefusedFile] = ()


Page = keyset.Page[Ticket]

_LETTER = ("pk", "kind", "author_name", "wanted", "html", "at", "file_count", "channel", "rest")
_FACT = ("kind", "actor_name", "data", "at")
# Of some events the letters tell already
_TOLD_BY_LETTERS = {Event.Kind.ANSWERED, Event.Kind.FOLLOWED_UP, Event.Kind.NOTED}
_EVENTS_FOR_STAFF = [kind for kind in Event.Kind.values if kind not in _TOLD_BY_LETTERS]
_EVENTS_FOR_CUSTOMERS = [kind for kind in _EVENTS_FOR_STAFF if kind != Event.Kind.ASSIGNED]
_LETTERS_FOR_CUSTOMERS = [kind for kind in Message.Kind.values if kind != Message.Kind.NOTE]


def conversation(ticket: Ticket, *, for_staff: bool) -> list[Entry]:
    """Letters and events in order of time, files with their letters: three queries, whatever the length; a fourth for
    what was refused of the letters that came by mail."""
    messages = Message.objects.filter(ticket_id=ticket.pk)
    if not for_staff:
        messages = messages.filter(kind__in=_LETTERS_FOR_CUSTOMERS)
    events = Event.objects.filter(
        ticket_id=ticket.pk, kind__in=_EVENTS_FOR_STAFF if for_staff else _EVENTS_FOR_CUSTOMERS
    )
    letters = [Letter(*row) for row in messages.order_by("at", "pk").values_list(*_LETTER)]
    files: dict[int, list[StoredFile]] = {}
    with_files = [letter.pk for letter in letters if letter.file_count]
    if with_files:
        attachments = Attachment.objects.filter(message__in=with_files)
        for attachment in attachments.select_related("file").order_by("pk"):
            files.setdefault(attachment.message_id or 0, []).append(attachment.file)
    refused = _refused([letter.pk for letter in letters if letter.channel == Channel.MAIL])
    entries = [
        Entry(
            at=letter.at,
            message=letter,
            files=files.get(letter.pk, ()),
            refused=refused.get(letter.pk, ()),
        )
        for letter in letters
    ]
    facts = (Fact(*row) for row in events.order_by("at", "pk").values_list(*_FACT))
    entries += [Entry(at=fact.at, event=fact) for fact in facts]
    entries.sort(key=lambda entry: entry.at)  # stable: a letter before the event of the same moment
    return entries


def _refused(letters: Sequence[int]) -> dict[int, list[RefusedFile]]:
    """By letter, the files that came with it and were not taken."""
    found: dict[int, list[RefusedFile]] = {}
    if letters:
        for file in RefusedFile.objects.filter(message__in=letters).order_by("pk"):
            found.setdefault(file.message_id or 0, []).append(file)
    return found


def tabs(person: Person) -> dict[str, int]:
    """How many of the person's tickets are whose turn, each counted up to COUNT_UP_TO."""
    return {
        turn: Ticket.objects.of(person.pk).filter(status__in=statuses)[:COUNT_UP_TO].count()
        for turn, statuses in TURNS.items()
    }


def tickets_of(person: Person, *, turn: str, q: str = "", after: str = "", before: str = "") -> Page:
    """A page of the person's tickets, the last changed first.

    ``q`` is a number in either script, or words of the subject or the domain. Raises ``numbers.Mistyped`` where it
    looks like a number whose check digit is wrong.
    """
    rows = Ticket.objects.of(person.pk).select_related("service")
    q = q.strip()
    if q:
        try:
            rows = rows.filter(number=numbers.parse_number(q))
        except numbers.NotANumber:
            for word in normalise(q).split()[:8]:
                rows = rows.filter(search_key__contains=word)
    else:
        rows = rows.filter(status__in=TURNS[turn])
    return _page(rows, "updated_at", after=after, before=before, newest_first=True)


def queue(view: str, person: Person, *, after: str = "", before: str = "") -> Page:
    """A page of the desk's queue; the earliest promised answer first, in closed the last closed first."""
    rows = _view(view, person).select_related("service", "assignee")
    if view == "closed":
        return _page(rows, "closed_at", after=after, before=before, newest_first=True)
    key = {"with_customer": "close_due_at", "on_hold": "updated_at"}.get(view, "answer_due_at")
    return _page(rows, key, after=after, before=before, newest_first=False)


def queue_counts(person: Person) -> dict[str, int]:
    """The counts beside the views, each up to COUNT_UP_TO."""
    return {view: _view(view, person)[:COUNT_UP_TO].count() for view in VIEWS if view != "closed"}


def _view(view: str, person: Person) -> QuerySet[Ticket]:
    tickets = Ticket.objects.all()
    match view:
        case "mine":
            return tickets.with_centre().filter(assignee=person)
        case "unassigned":
            return tickets.with_centre().filter(assignee=None)
        case "overdue":
            return tickets.with_centre().filter(answer_due_at__lt=clock.now())
        case "with_customer":
            return tickets.filter(status=Status.WITH_CUSTOMER)
        case "on_hold":
            return tickets.filter(status=Status.ON_HOLD)
        case "closed":
            return tickets.filter(status=Status.CLOSED)
        case _:
            return tickets.with_centre()


def _page(rows: QuerySet[Ticket], key: str, *, after: str, before: str, newest_first: bool) -> Page:
    return keyset.page(rows, key, PAGE, after=after, before=before, newest_first=newest_first)
