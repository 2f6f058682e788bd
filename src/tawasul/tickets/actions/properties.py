"""Verbs that change what a ticket is about or whose it is, each with a check that nobody was faster.

A form carries the ticket's ``version`` as its writer saw it, and ``was``, the value it showed. An edit of a ticket that
has moved on since is made all the same where the property itself still stands as it was shown.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from tawasul.accounts.models import Language, Person, Team
from tawasul.accounts.roles import hidden_teams
from tawasul.core import clock
from tawasul.core.domains import DomainName
from tawasul.search.normalise import normalise
from tawasul.tickets.actions import writing
from tawasul.tickets.actions.record import in_one, record, save
from tawasul.tickets.actions.stale import Stale
from tawasul.tickets.models import Event, Purpose, Service, Ticket
from tawasul.tickets.writers import Writer

ASSIGNEE, TEAM = "assignee", "team"

# What a form shows of each property, as text; also what stands in an event before and after.
SHOWN: Final[Mapping[str, Callable[[Ticket], str]]] = {
    "service": lambda ticket: ticket.service.code,
    "purpose": lambda ticket: str(ticket.purpose),
    "language": lambda ticket: str(ticket.language),
    "subject": lambda ticket: ticket.subject,
    "domain": lambda ticket: ticket.domain_unicode,
    "request_number": lambda ticket: ticket.request_number,
    ASSIGNEE: lambda ticket: str(ticket.assignee_id or ""),
    TEAM: lambda ticket: str(ticket.team_id or ""),
}


class Outsider(Exception):
    """The person does not see the tickets of the closed team that they were given one of; nothing was done."""

    def __init__(self, person: Person) -> None:
        super().__init__(f"{person} does not belong to the closed team")
        self.person = person


def check_member(row: Ticket, person: Person | None) -> None:
    """Raise Outsider where the person could not open the ticket that is to be theirs."""
    if person is not None and row.team_id is not None and row.team_id in hidden_teams(person):
        raise Outsider(person)


@in_one
def change(
    ticket: Ticket, name: str, value: Any, *, by: Person, version: int | None = None, was: str | None = None
) -> Ticket:
    """Give a property a new value: a ``Service``, a purpose, a language, a subject, a ``DomainName`` or None, a request
    number. Nothing happens where it stands so already. Raises Stale."""
    row = Ticket.objects.locked(ticket.pk)
    before, after = SHOWN[name](row), _text(value)
    if after == before:
        return row
    check(row, name, version=version, was=was)
    told: dict[str, Any] = {"before": before, "after": after}
    if name == "service":
        told |= {"names_before": _names_of(row.service), "names_after": _names_of(value)}
    _set(row, name, value)
    row.version += 1
    save(row, ticket)
    if name == "service":  # the caller's copy has the related row that its page reads
        ticket.service = value
    record(row, Event.Kind.CHANGED, Writer.of(by), clock.now(), property=name, version=row.version, **told)
    return row


@in_one
def transfer(
    ticket: Ticket,
    *,
    to: Team,
    by: Person,
    note: str = "",
    assignee: Person | None = None,
    version: int | None = None,
    was: str | None = None,
) -> Ticket:
    """Give the ticket to another team: to ``assignee`` there, or to nobody yet. A note says what the team should know;
    it is written with the transfer or not at all. Raises Stale, and Outsider."""
    row = Ticket.objects.locked(ticket.pk)
    check(row, TEAM, version=version, was=was)
    before = row.team
    row.team, row.assignee = to, assignee
    check_member(row, assignee)
    row.version += 1
    save(row, ticket)
    record(
        row,
        Event.Kind.TRANSFERRED,
        Writer.of(by),
        clock.now(),
        to_team=to.pk,
        names=_names_of(to),
        names_before=_names_of(before) if before else {},
        to=str(assignee) if assignee else "",
        to_id=assignee.pk if assignee else None,
        version=row.version,
    )
    if note:
        writing.note(ticket, by=by, text=note)
    return row


def check(row: Ticket, name: str, *, version: int | None, was: str | None) -> None:
    """Raise Stale where the locked row is not the one that the form showed and this property differs from what it
    showed; no version means that nothing is asked."""
    if version is None or row.version == version or (was is not None and was == SHOWN[name](row)):
        return
    kinds = {
        ASSIGNEE: [Event.Kind.ASSIGNED, Event.Kind.TAKEN, Event.Kind.TRANSFERRED, Event.Kind.ANSWERED],
        TEAM: [Event.Kind.TRANSFERRED, Event.Kind.ASSIGNED],
    }.get(name, [Event.Kind.CHANGED])
    last = Event.objects.filter(ticket=row, kind__in=kinds).order_by("-pk")[:50]
    event = next((one for one in last if kinds != [Event.Kind.CHANGED] or one.data["property"] == name), None)
    raise Stale(name, row, event)


def _set(row: Ticket, name: str, value: Any) -> None:
    match name:
        case "service":
            assert isinstance(value, Service)
            row.service = value
        case "purpose":
            row.purpose = Purpose(value)
        case "language":
            row.language = Language(value)
        case "subject":
            row.subject = str(value)
        case "request_number":
            row.request_number = str(value)
        case "domain":
            domain: DomainName | None = value
            row.domain_typed = domain.typed if domain else ""
            row.domain_unicode = domain.unicode if domain else ""
            row.domain_ascii = domain.ascii if domain else ""
        case _:
            raise ValueError(name)
    if name in {"subject", "domain"}:
        found_by = (row.subject, row.domain_unicode, row.domain_ascii) if row.domain_ascii else (row.subject,)
        row.search_key = normalise(" ".join(found_by))


def _text(value: Any) -> str:
    """A new value as ``SHOWN`` will show it."""
    if isinstance(value, Service):
        return value.code
    return value.unicode if isinstance(value, DomainName) else str(value or "")


def _names_of(thing: Service | Team) -> dict[str, str]:
    """In both languages, as they were then: a history outlives a renaming."""
    return {"ar": thing.name_ar, "en": thing.name_en}
