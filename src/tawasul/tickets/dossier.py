"""What stands beside a conversation at the desk: four prepared queries, and what is read only when it is asked for."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import QuerySet

from tawasul.accounts.models import Consent, Person, Team
from tawasul.accounts.roles import hidden_teams
from tawasul.core.kept import Kept
from tawasul.core.prepared import Prepared
from tawasul.tickets.models import ChecklistItem, Event, Follower, Service, Tagging, Ticket, TimeEntry

NEWEST = 5  # of other tickets, and of consents
COUNT_UP_TO = 100  # a larger count is shown as "99+"
EVENTS = 50  # on a page of the history
TIMES = 500  # entries that are added up
PARTS: Final = frozenset({"tags", "followers", "checklist", "times"})

services = Kept(lambda: {service.code: service for service in Service.objects.all()})
teams = Kept(lambda: {team.pk: team for team in Team.objects.filter(is_active=True).order_by("pk")})

_TAGS: Final = Prepared(
    lambda ticket: Tagging.objects.filter(ticket_id=ticket).select_related("tag").order_by("tag__name_ar")
)
_FOLLOWERS: Final = Prepared(
    lambda ticket: Follower.objects.filter(ticket_id=ticket).select_related("person").order_by("pk")
)
_CHECKLIST: Final = Prepared(
    lambda ticket: (
        ChecklistItem.objects.filter(ticket_id=ticket).select_related("done_by").order_by("position", "pk")
    )
)
_TIMES: Final = Prepared(
    lambda ticket: (
        TimeEntry.objects.filter(ticket_id=ticket)
        .select_related("person")
        .order_by("-started_at", "-pk")[:TIMES]
    )
)


@dataclass(frozen=True, slots=True)
class Beside:
    """Tags, followers, the checklist and the time of one ticket. ``timer`` is the reader's own, where it runs here."""

    tags: Sequence[Any]
    followers: Sequence[Person]
    follows: bool
    checklist: Sequence[ChecklistItem]
    done: int
    times: Sequence[TimeEntry]
    minutes: int
    timer: TimeEntry | None


def beside(ticket: Ticket, person: Person, there: Collection[str] = PARTS) -> Beside:
    """What stands beside the ticket for this member of staff; ``there`` names the parts in which there is something."""
    followers = [row.person for row in _FOLLOWERS(ticket.pk)] if "followers" in there else []
    items = _CHECKLIST(ticket.pk) if "checklist" in there else []
    times = _TIMES(ticket.pk) if "times" in there else []
    return Beside(
        tags=[row.tag for row in _TAGS(ticket.pk)] if "tags" in there else [],
        followers=followers,
        follows=any(follower.pk == person.pk for follower in followers),
        checklist=items,
        done=sum(item.done_at is not None for item in items),
        times=[entry for entry in times if entry.minutes is not None],
        minutes=sum(entry.minutes or 0 for entry in times),
        timer=next((one for one in times if one.minutes is None and one.person_id == person.pk), None),
    )


@dataclass(frozen=True, slots=True)
class Others:
    """Other tickets: the newest ones, and how many there are, counted up to COUNT_UP_TO."""

    newest: Sequence[Ticket]
    count: int

    @property
    def counted(self) -> str:
        """The count as it is shown."""
        return f"{COUNT_UP_TO - 1}+" if self.count >= COUNT_UP_TO else str(self.count)


def past_tickets(ticket: Ticket, person: Person) -> Others:
    """Other tickets of the requester: by account, else by the address without one."""
    rows = Ticket.objects.exclude(pk=ticket.pk)
    if ticket.requester_id is not None:
        return _others(rows.filter(requester=ticket.requester_id), person)
    return _others(rows.claimable_by(ticket.requester_email), person)


def about_domain(ticket: Ticket, person: Person) -> Others:
    """Other tickets about the same domain name, whoever asked; none where the ticket names no domain."""
    if not ticket.domain_ascii:
        return Others((), 0)
    return _others(Ticket.objects.filter(domain_ascii=ticket.domain_ascii).exclude(pk=ticket.pk), person)


def consents_of(ticket: Ticket) -> list[Consent]:
    """The requester's newest consents, each with its version of the terms."""
    if ticket.requester_id is None:
        return []
    rows = Consent.objects.filter(person=ticket.requester_id).select_related("terms")
    return list(rows.order_by("-at", "-pk")[:NEWEST])


def history(ticket: Ticket, *, before: int | None = None) -> tuple[list[Event], bool]:
    """Everything that happened to the ticket, the newest first, and whether there is more before that."""
    rows = Event.objects.filter(ticket=ticket)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    found = list(rows.order_by("-pk")[: EVENTS + 1])
    return found[:EVENTS], len(found) > EVENTS


def goes_past_promise(ticket: Ticket, until: datetime) -> bool:
    """Whether the promised answer would be late before the ticket comes back."""
    return ticket.answer_due_at is not None and until > ticket.answer_due_at


def _others(rows: QuerySet[Ticket], person: Person) -> Others:
    hidden = hidden_teams(person)
    if hidden:
        rows = rows.exclude(team__in=hidden)
    count = rows[:COUNT_UP_TO].count()
    return Others(list(rows.order_by("-created_at", "-pk")[:NEWEST]) if count else (), count)
