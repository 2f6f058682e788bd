"""The tickets that belong with one: its links, what was merged into it, and which others it could be joined to."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Q, QuerySet
from django.http import Http404

from tawasul.accounts.models import Person
from tawasul.accounts.roles import Permission, may
from tawasul.core.prepared import Prepared
from tawasul.tickets import access, merged
from tawasul.tickets.models import Event, Status, Ticket, TicketLink
from tawasul.tickets.queries import Entry
from tawasul.ui.together import link_words

MOST = 20  # tickets offered, and joined at once
_LINKS: Final = Prepared(
    lambda ticket: (
        TicketLink.objects.filter(Q(source=ticket) | Q(target=ticket))
        .select_related("source", "target")
        .order_by("pk")
    )
)


@dataclass(frozen=True, slots=True)
class Linked:
    """The other end of a link, and what it is to this ticket."""

    pk: int
    ticket: Ticket
    words: str
    is_child: bool


@dataclass(frozen=True, slots=True)
class Source:
    """A ticket that goes on in the one that is shown."""

    ticket: Ticket
    reads_here: bool  # its requester is this ticket's too
    direct: bool  # else through another one, and only that one can be taken out


def of_ticket(
    ticket: Ticket, person: Person, entries: Sequence[Entry], *, has_links: bool = True
) -> dict[str, Any]:
    """What the dossier shows: one query where it has links, and another one for a ticket that was merged itself."""
    linked = links_of(ticket, person) if has_links else []
    goes_on = ticket.merged_into if ticket.merged_into_id else None
    homes = {e.message.home.pk: e.message.home for e in entries if e.message and e.message.home}
    return {
        "linked": linked,
        "open_children": [one for one in linked if one.is_child and one.ticket.status != Status.CLOSED],
        "goes_on": goes_on if goes_on and access.is_open_to(person, goes_on) else None,
        "merged_here": [
            Source(home, merged.same_requester(home, ticket), home.merged_into_id == ticket.pk)
            for home in homes.values()
            if access.is_open_to(person, home)
        ],
        "not_reading": {pk for pk, home in homes.items() if not merged.same_requester(home, ticket)},
        "may_split": may(person, Permission.MERGE),
        "may_rejoin": _may_rejoin(ticket, person, entries),
        "may_link": may(person, Permission.EDIT),
        "may_answer_children": may(person, Permission.ANSWER),
    }


def _may_rejoin(ticket: Ticket, person: Person, entries: Sequence[Entry]) -> bool:
    """Whether it seems that the ticket was split off and that nobody has written in it since; the verb looks closer."""
    split = next(
        (e for e in entries if e.event and e.event.kind == Event.Kind.SPLIT and "from" in e.event.data), None
    )
    untouched = split is not None and all(e.at <= split.at for e in entries if e.message)
    return untouched and ticket.status == Status.WITH_CENTRE and may(person, Permission.MERGE)


def links_of(ticket: Ticket, person: Person) -> list[Linked]:
    """Every link of the ticket in either direction, but to tickets that the person may not see."""
    found = []
    for link in _LINKS(ticket.pk):
        out = link.source_id == ticket.pk
        other = link.target if out else link.source
        if access.is_open_to(person, other):
            child = out and link.kind == TicketLink.Kind.PARENT
            found.append(Linked(link.pk, other, link_words(link.kind, "out" if out else "in"), child))
    return found


def open_children(ticket: Ticket, person: Person) -> list[Ticket]:
    """The tickets below this one that are not closed yet."""
    linked = links_of(ticket, person)
    return [one.ticket for one in linked if one.is_child and one.ticket.status != Status.CLOSED][:MOST]


def others_of_requester(ticket: Ticket, person: Person) -> list[Ticket]:
    """The requester's other open tickets, the last changed first."""
    if ticket.requester_id is not None:
        rows = Ticket.objects.of(ticket.requester_id)
    else:
        rows = Ticket.objects.claimable_by(ticket.requester_email)
    return _offered(rows, ticket, person)


def others_of_domain(ticket: Ticket, person: Person) -> list[Ticket]:
    """Other open tickets about the same domain name, whosever they are."""
    if not ticket.domain_ascii:
        return []
    return _offered(Ticket.objects.filter(domain_ascii=ticket.domain_ascii), ticket, person)


def _offered(rows: QuerySet[Ticket], ticket: Ticket, person: Person) -> list[Ticket]:
    rows = rows.exclude(status=Status.CLOSED).exclude(pk=ticket.pk).order_by("-updated_at", "-pk")
    return [row for row in rows[: 2 * MOST] if access.is_open_to(person, row)][:MOST]


def typed_numbers(typed: str) -> list[str]:
    """The ticket numbers in what was typed, separated by commas, or by spaces where they are hyphenated or whole."""
    parts = [part.strip() for part in re.split(r"[,،;؛\n]+", typed) if part.strip()]
    found: list[str] = []
    for part in parts:
        words = part.split()
        whole = len(words) > 1 and all(len(word) > 4 for word in words)
        found += words if whole else [part]
    return found[: MOST + 1]


def named(person: Person, numbers: Sequence[str]) -> tuple[list[Ticket], list[str]]:
    """The tickets of these numbers, each once, and the numbers under which the person can see none."""
    found: dict[int, Ticket] = {}
    missing = []
    for number in numbers[: 2 * MOST]:
        try:
            ticket = access.desk_ticket_for(person, number)
        except Http404:
            missing.append(number)
        else:
            found[ticket.pk] = ticket
    return list(found.values()), missing
