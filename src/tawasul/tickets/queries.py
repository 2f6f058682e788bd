"""Reads that pages need: a conversation, a person's tickets by turn. Nothing counts a table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import Q, QuerySet

from tawasul.accounts.models import Person
from tawasul.attachments.models import StoredFile
from tawasul.core import clock, keyset
from tawasul.core.prepared import Place, Prepared, PreparedCounts
from tawasul.search.normalise import normalise
from tawasul.tickets import merged, numbers, participation
from tawasul.tickets.actions import retraction
from tawasul.tickets.models import (
    Attachment,
    Channel,
    Event,
    Message,
    Participant,
    RefusedFile,
    Status,
    Ticket,
)

PAGE = 25
NOBODY = 0  # no participant's key
EXCERPT = 3  # rows of the other side's turn below one's own
COUNT_UP_TO = 100  # a larger count is shown as "99+"

SHARED = "shared"  # beside the turns: somebody else's tickets that the person takes part in
TURNS: dict[str, tuple[Status, ...]] = {
    "centre": (Status.WITH_CENTRE, Status.ON_HOLD),
    "you": (Status.WITH_CUSTOMER,),
    "closed": (Status.CLOSED,),
}


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
    standing: str = ""  # see ``Message.standing``
    participant_id: int | None = None
    author_id: int | None = None
    shown_from: datetime | None = (
        None  # until then its author may take it back, and the customer does not see it
    )
    home: Ticket | None = None  # where it was written, if that goes on in the ticket that is shown


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

_LETTER = (
    *("pk", "kind", "author_name", "wanted", "html", "at", "file_count", "channel", "rest"),
    *("standing", "participant_id"),
)
_LETTER_AT_DESK = ("author_id", "shown_from")
_FACT = ("kind", "actor_name", "data", "at")
# Of some events the letters tell already
_TOLD_BY_LETTERS = {Event.Kind.ANSWERED, Event.Kind.FOLLOWED_UP, Event.Kind.NOTED}
# and these are small things, which the history beside the letters tells
_TOLD_BY_HISTORY = {
    Event.Kind.CHANGED,
    Event.Kind.TAGGED,
    Event.Kind.FOLLOWED,
    Event.Kind.CHECKED,
    Event.Kind.TIME_SPENT,
}
_EVENTS_FOR_STAFF = [kind for kind in Event.Kind.values if kind not in _TOLD_BY_LETTERS | _TOLD_BY_HISTORY]
_FOR_STAFF_ALONE = {
    Event.Kind.ASSIGNED,
    Event.Kind.RETRACTED,
    Event.Kind.TRANSFERRED,
    Event.Kind.SNOOZED,
    Event.Kind.WOKE,
}
_EVENTS_FOR_CUSTOMERS = [kind for kind in _EVENTS_FOR_STAFF if kind not in _FOR_STAFF_ALONE]
# Of the requester's other tickets a participant learns nothing.
_BETWEEN_TICKETS = {Event.Kind.MERGED_IN, Event.Kind.UNMERGED, Event.Kind.SPLIT, Event.Kind.LINKED}
_LETTERS_FOR_CUSTOMERS = [kind for kind in Message.Kind.values if kind != Message.Kind.NOTE]


def _letters_of(ticket: Place) -> Any:
    return (
        Message.objects.filter(ticket_id=ticket).order_by("at", "pk").values_list(*_LETTER, *_LETTER_AT_DESK)
    )


def _facts_of(ticket: Place, kinds: Sequence[str]) -> Any:
    return Event.objects.filter(ticket_id=ticket, kind__in=kinds).order_by("at", "pk").values_list(*_FACT)


_LETTERS: Final = {  # by whether they are for staff
    True: Prepared(_letters_of),
    False: Prepared(
        lambda ticket, now, reader: _letters_of(ticket).filter(
            Q(shown_from=None) | Q(shown_from__lte=now),
            ~Q(standing=Message.Standing.PRIVATE) | Q(participant_id=reader),
            kind__in=_LETTERS_FOR_CUSTOMERS,
        )
    ),
}
_FACTS: Final = {
    True: Prepared(lambda ticket: _facts_of(ticket, _EVENTS_FOR_STAFF)),
    False: Prepared(lambda ticket: _facts_of(ticket, _EVENTS_FOR_CUSTOMERS)),
}


def conversation(ticket: Ticket, *, for_staff: bool, participant: Participant | None = None) -> list[Entry]:
    """Letters and events in order of time, files with their letters: three queries, whatever the length; a fourth for
    what was refused of the letters that came by mail. ``participant`` is who reads, where that is not the requester:
    of a private one's letters only themselves."""
    now = clock.now()
    asked = (ticket.pk,) if for_staff else (ticket.pk, now, participant.pk if participant else NOBODY)
    letters = [Letter(*row) for row in _LETTERS[for_staff](*asked)]
    facts = [Fact(*row) for row in _FACTS[for_staff](ticket.pk)]
    if participant is not None:
        facts = [fact for fact in facts if fact.kind not in _BETWEEN_TICKETS]
    if any(fact.kind == Event.Kind.MERGED_IN for fact in facts):
        letters += _merged_letters(ticket, for_staff=for_staff, now=now)
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
    if not for_staff:
        facts = [fact for fact in facts if retraction.is_known_to_customer(fact.data, now)]
        facts = [fact for fact in facts if not fact.data.get("is_private")]
    entries += [Entry(at=fact.at, event=fact) for fact in facts]
    entries.sort(key=lambda entry: entry.at)  # stable: a letter before the event of the same moment
    return entries


def somebody_joined(entries: Sequence[Entry]) -> bool:
    """Whether the conversation tells of a participant: where it tells of none, none need be looked for."""
    return any(entry.event is not None and entry.event.kind == Event.Kind.JOINED for entry in entries)


def _merged_letters(ticket: Ticket, *, for_staff: bool, now: datetime) -> list[Letter]:
    """The letters of the tickets that go on in this one; for the customer, those of their own."""
    found = []
    for home in merged.sources_of(ticket, own=not for_staff):
        for row in _LETTERS[for_staff](*((home.pk,) if for_staff else (home.pk, now, NOBODY))):
            letter = Letter(*row)
            letter.home = home
            found.append(letter)
    return found


def _refused(letters: Sequence[int]) -> dict[int, list[RefusedFile]]:
    """By letter, the files that came with it and were not taken."""
    found: dict[int, list[RefusedFile]] = {}
    if letters:
        for file in RefusedFile.objects.filter(message__in=letters).order_by("pk"):
            found.setdefault(file.message_id or 0, []).append(file)
    return found


def tabs(person: Person) -> dict[str, int]:
    """How many of the person's tickets are whose turn, and in how many of others' they take part, each counted up to
    COUNT_UP_TO."""
    return _TABS(person.pk)


def _of_turn(person: Any, turn: str) -> QuerySet[Ticket]:
    return Ticket.objects.of(person).filter(status__in=TURNS[turn])


_TABS: Final = PreparedCounts(
    lambda person: {
        **{turn: _of_turn(person, turn)[:COUNT_UP_TO] for turn in TURNS},
        SHARED: participation.of_places(person)[:COUNT_UP_TO],
    }
)


def _first_of(status: Status, most: int) -> Prepared[Ticket]:
    def build(person: Any) -> QuerySet[Ticket]:
        rows = Ticket.objects.of(person).filter(status=status).select_related("service")
        return rows.order_by("-updated_at", "-pk")[:most]

    return Prepared(build)


# A query for each status, so that an index holds the order: one for two statuses would sort all that a person has.
_FIRST_OF: Final = {status: _first_of(status, PAGE + 1) for status in Status}
_EXCERPT_OF: Final = {status: _first_of(status, EXCERPT) for status in Status}


def _first_rows(person: Person, turn: str, of: Mapping[Status, Prepared[Ticket]]) -> list[Ticket]:
    found = [ticket for status in TURNS[turn] for ticket in of[status](person.pk)]
    return sorted(found, key=lambda ticket: (ticket.updated_at, ticket.pk), reverse=True)


def excerpt_of(person: Person, turn: str) -> list[Ticket]:
    """The first ``EXCERPT`` rows of a turn."""
    return _first_rows(person, turn, _EXCERPT_OF)[:EXCERPT]


def tickets_of(person: Person, *, turn: str, q: str = "", after: str = "", before: str = "") -> Page:
    """A page of the person's tickets, the last changed first.

    ``q`` is a number in either script, or words of the subject or the domain; it finds what others share with them,
    too. Raises ``numbers.Mistyped`` where it
    looks like a number whose check digit is wrong.
    """
    q = q.strip()
    if not (q or after or before):
        return keyset.first_page(_first_rows(person, turn, _FIRST_OF)[: PAGE + 1], "updated_at", PAGE)
    rows = Ticket.objects.select_related("service")
    among = [Q(requester=person.pk)]
    if q:
        among.append(Q(pk__in=participation.of_places(person.pk).values("ticket")))
        try:
            rows = rows.filter(number=numbers.parse_number(q))
        except numbers.NotANumber:
            for word in normalise(q).split()[:8]:
                rows = rows.filter(search_key__contains=word)
    else:
        rows = rows.filter(status__in=TURNS[turn])
    return keyset.page(rows, "updated_at", PAGE, after=after, before=before, newest_first=True, among=among)
