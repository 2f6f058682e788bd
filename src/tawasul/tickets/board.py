"""The board's figures: what waits with each team and each person. Counts stop at COUNT_UP_TO, each from an index."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import QuerySet
from django.utils.timezone import localtime

from tawasul.accounts.models import Person, Team
from tawasul.core.prepared import Place, Prepared, PreparedCounts
from tawasul.tickets.models import Message, Status, Ticket
from tawasul.tickets.queries import COUNT_UP_TO

MOST_TEAMS: Final = 50
MOST_PEOPLE: Final = 100


@dataclass(frozen=True, slots=True)
class TeamRow:
    """What waits with a team; ``first`` is the ticket that has waited longest."""

    team: Team
    waiting: int
    overdue: int
    unassigned: int
    on_hold: int
    first: Ticket | None


@dataclass(frozen=True, slots=True)
class PersonRow:
    """What waits with a person, and how many answers they wrote today."""

    person: Person
    waiting: int
    overdue: int
    answered: int
    first: Ticket | None


def of_teams(teams: Sequence[Team], now: datetime) -> list[TeamRow]:
    """The teams' rows: two statements a team."""
    return [
        TeamRow(team, **_OF_TEAM(team.pk, now), first=_FIRST_OF_TEAM.first(team.pk))
        for team in teams[:MOST_TEAMS]
    ]


def of_people(people: Sequence[Person], now: datetime) -> list[PersonRow]:
    """The people's rows: two statements a person."""
    morning = localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    return [
        PersonRow(person, **_OF_PERSON(person.pk, now, morning), first=_FIRST_OF_PERSON.first(person.pk))
        for person in people[:MOST_PEOPLE]
    ]


def teams_on_board(person: Person, *, everything: bool) -> list[Team]:
    """The teams whose board the person sees: all, or those they belong to; switched off ones only while they have
    tickets that are not closed."""
    rows = Team.objects.all() if everything else Team.objects.filter(members=person)
    return [team for team in rows.order_by("pk")[:MOST_TEAMS] if team.is_active or _has_work(team)]


def people_on_board(teams: Sequence[Team], *, everything: bool) -> list[Person]:
    """The staff who belong to these teams; ``everything``: all staff."""
    rows = Person.objects.filter(is_staff=True, is_active=True)
    if not everything:
        rows = rows.filter(teams__in=teams).distinct()
    return list(rows.order_by("full_name", "pk")[:MOST_PEOPLE])


def _has_work(team: Team) -> bool:
    open_ones = (Status.WITH_CENTRE, Status.ON_HOLD, Status.WITH_CUSTOMER)
    return any(Ticket.objects.filter(team=team, status=status).exists() for status in open_ones)


_OF_TEAM: Final = PreparedCounts(
    lambda team, now: {
        "waiting": Ticket.objects.with_centre().filter(team=team)[:COUNT_UP_TO],
        "overdue": Ticket.objects.with_centre().filter(team=team, answer_due_at__lt=now)[:COUNT_UP_TO],
        "unassigned": Ticket.objects.with_centre().filter(team=team, assignee=None)[:COUNT_UP_TO],
        "on_hold": Ticket.objects.filter(team=team, status=Status.ON_HOLD)[:COUNT_UP_TO],
    }
)
_OF_PERSON: Final = PreparedCounts(
    lambda person, now, morning: {
        "waiting": Ticket.objects.with_centre().filter(assignee=person)[:COUNT_UP_TO],
        "overdue": Ticket.objects.with_centre().filter(assignee=person, answer_due_at__lt=now)[:COUNT_UP_TO],
        "answered": Message.objects.filter(author=person, kind="answer", at__gte=morning)[:COUNT_UP_TO],
    }
)


def _first(of: str) -> Prepared[Ticket]:
    def build(owner: Place) -> QuerySet[Ticket]:
        rows = Ticket.objects.with_centre().filter(**{of: owner})
        return rows.order_by("waiting_since", "pk")[:1]

    return Prepared(build)


_FIRST_OF_TEAM: Final = _first("team")
_FIRST_OF_PERSON: Final = _first("assignee")
