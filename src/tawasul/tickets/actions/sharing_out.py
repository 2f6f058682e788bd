"""Giving a team's unassigned tickets to its members, where the team shares them out by itself."""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Count

from tawasul.accounts import absences
from tawasul.accounts.models import Person, Role, Team
from tawasul.accounts.roles import role_of
from tawasul.core import clock
from tawasul.core.kept import Kept
from tawasul.tickets import sharing
from tawasul.tickets.actions.record import record
from tawasul.tickets.models import Event, Ticket
from tawasul.tickets.models.ticket import TicketQuerySet
from tawasul.tickets.sharing import Member
from tawasul.tickets.writers import Writer

AT_ONCE: Final = 50  # tickets of a team in one transaction
BATCH: Final = 200  # in one run
REST: Final = timedelta(minutes=15)  # for so long a ticket does not come back to whoever gave it back
SYSTEM: Final = Writer(None, "", "")

_S = Team.Sharing
RULES: Final[Mapping[str, Callable[..., Member | None]]] = {
    _S.ROUND_ROBIN: sharing.in_turn,
    _S.LEAST_LOADED: sharing.least_loaded,
}
_sharing = Kept(lambda: tuple(Team.objects.filter(is_active=True, sharing__in=list(RULES)).order_by("pk")))


def share_out(present: Callable[[], Collection[int]]) -> int:
    """Give what waits with nobody to the members of its team, by the team's rule; how many tickets.

    ``present`` says who is at the desk. Nobody gets a ticket who is an auditor, away, out of the office or at their
    limit, nor, for ``REST``, one that they have just given back.
    """
    given = 0
    for team in _sharing():
        while given < BATCH and _unassigned(team).exists():
            now = clock.now()
            if not _members(team, present(), now):
                break
            batch = _share(team.pk, present(), now, min(AT_ONCE, BATCH - given))
            if not batch:
                break
            given += batch
    return given


@transaction.atomic
def _share(team_pk: int, present: Collection[int], now: datetime, most: int) -> int:
    """One batch of one team. The rows of all teams that share are locked, for somebody may be a member of several and
    has one limit; the lock leaves room for new tickets, which name their team."""
    teams = Team.objects.select_for_update(no_key=True).filter(sharing__in=list(RULES)).order_by("pk")
    team = next((one for one in teams if one.pk == team_pk and one.is_active), None)
    if team is None:
        return 0
    people = _members(team, present, now)
    waiting = _unassigned(team).select_for_update(of=("self",), skip_locked=True).longest_waiting()
    tickets = list(waiting[:most]) if people else []
    given_back = _given_back(tickets, now) if tickets else {}
    members, choose, given = [member for member, _ in people.values()], RULES[team.sharing], 0
    for ticket in tickets:
        member = choose(members, team.last_given_id, given_back.get(ticket.pk, frozenset()))
        if member is None:
            continue
        person = people[member.pk][1]
        ticket.assignee = person
        ticket.version += 1
        ticket.save(update_fields=["assignee", "version"])
        record(ticket, Event.Kind.ASSIGNED, SYSTEM, now, to=str(person), to_id=person.pk, automatic=True)
        member.load += 1
        team.last_given = person
        given += 1
    if given:
        team.save(update_fields=["last_given"])
    return given


def _unassigned(team: Team) -> TicketQuerySet:
    return Ticket.objects.with_centre().filter(team=team, assignee=None, snoozed_until=None)


def _members(team: Team, present: Collection[int], now: datetime) -> dict[int, tuple[Member, Person]]:
    """The members who may get a ticket now, each with their load: two queries."""
    absent = absences.running(now)
    able = {
        person.pk: person
        for person in Person.objects.filter(
            teams=team, is_staff=True, is_active=True, away_since=None
        ).order_by("pk")
        if role_of(person) != Role.AUDITOR
        and person.pk not in absent
        and (not team.only_present or person.pk in present)
    }
    if not able:
        return {}
    counted = Ticket.objects.with_centre().filter(assignee__in=able).order_by().values_list("assignee")
    loads = dict(counted.annotate(Count("pk")))
    members = {pk: (Member(pk, loads.get(pk, 0), person.capacity), person) for pk, person in able.items()}
    return {pk: one for pk, one in members.items() if one[0].has_room}


def _given_back(tickets: Collection[Ticket], now: datetime) -> dict[int, frozenset[int]]:
    """By ticket, who has just given it back, and whose it was: it goes to others first."""
    events = Event.objects.filter(
        ticket__in=tickets, kind=Event.Kind.ASSIGNED, at__gt=now - REST, actor__isnull=False
    )
    found: dict[int, set[int]] = defaultdict(set)
    for event in events:
        if event.data.get("to_id") is None:
            found[event.ticket_id] |= {
                pk for pk in (event.actor_id, event.data.get("from_id")) if pk is not None
            }
    return {ticket: frozenset(people) for ticket, people in found.items()}
