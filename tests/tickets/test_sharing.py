"""Tickets come to the members of a team by themselves: fairly, within their limits, and never twice."""

from collections.abc import Collection
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tawasul.accounts.models import Person, Role, Team
from tawasul.core import clock, kept
from tawasul.live import attendance
from tawasul.reactions import schedule
from tawasul.tickets import actions, sharing
from tawasul.tickets.actions import sharing_out
from tawasul.tickets.models import Event, Service, Ticket
from tawasul.tickets.sharing import Member
from tests.at_once import at_once
from tests.world import OpenATicket, make_person, signed_in

capacities = st.lists(st.one_of(st.none(), st.integers(0, 8)), min_size=1, max_size=7)


def shared(number: int, members: list[Member], rule: Any) -> list[int]:
    """Whom the rule gives so many tickets, in order."""
    last, given_to = None, []
    for _ in range(number):
        member = rule(members, last)
        if member is None:
            break
        member.load += 1
        last = member.pk
        given_to.append(member.pk)
    return given_to


@given(capacities, st.integers(0, 40))
def test_in_turn_nobody_gets_a_second_one_before_everybody_with_room_had_one(
    limits: list[int | None], number: int
) -> None:
    members = [Member(pk, 0, limit) for pk, limit in enumerate(limits, start=1)]
    given_to = shared(number, members, sharing.in_turn)
    for one in members:
        assert one.capacity is None or one.load <= one.capacity
        for other in members:
            assert not other.has_room or one.load <= other.load + 1
    assert len(given_to) == number or not any(one.has_room for one in members)


@given(
    st.lists(st.tuples(st.integers(0, 6), st.one_of(st.none(), st.integers(0, 8))), min_size=1, max_size=7)
)
def test_the_least_loaded_gets_the_next_one_and_equals_take_turns(rows: list[tuple[int, int | None]]) -> None:
    members = [Member(pk, load, limit) for pk, (load, limit) in enumerate(rows, start=1)]
    for _ in range(12):
        able = [one for one in members if one.has_room]
        chosen = sharing.least_loaded(members, None)
        assert (chosen is None) == (not able)
        if chosen is not None:
            assert chosen.load == min(one.load for one in able)
            chosen.load += 1
    equals = [Member(pk, 0) for pk in (1, 2, 3)]
    assert [sharing.least_loaded(equals, last).pk for last in (None, 1, 2, 3)] == [1, 2, 3, 1]  # type: ignore[union-attr]


def test_the_turn_goes_on_behind_somebody_who_left_the_team() -> None:
    members = [Member(1, 0), Member(4, 0)]
    assert sharing.in_turn(members, 3) is members[1]
    assert sharing.in_turn(members, 9) is members[0]


def test_a_ticket_goes_past_whoever_has_just_given_it_back() -> None:
    members = [Member(1, 0), Member(2, 3)]
    assert sharing.in_turn(members, 2, {1}) is members[1]
    assert sharing.least_loaded(members, None, {1}) is members[1]
    assert sharing.in_turn(members, 2, {1, 2}) is None


@pytest.fixture
def sharing_team(team: Team, fahd: Person, sara: Person, service: Service) -> Team:
    """Fahd and Sara take turns, whether or not they are at the desk."""
    team.sharing, team.only_present = Team.Sharing.ROUND_ROBIN, False
    team.save()
    service.team = team
    service.save()
    return team


def share(present: Collection[int] = ()) -> int:
    kept.forget_all()
    return sharing_out.share_out(lambda: present)


def whose() -> list[str]:
    return [ticket.assignee.username if ticket.assignee else "" for ticket in Ticket.objects.order_by("pk")]


@pytest.mark.django_db
class TestSharingOut:
    def test_members_get_new_tickets_in_turn_and_the_history_says_so(
        self, sharing_team: Team, open_a_ticket: OpenATicket
    ) -> None:
        tickets = [open_a_ticket() for _ in range(4)]
        assert share() == 4
        assert whose() == ["fahd", "sara", "fahd", "sara"]
        event = Event.objects.get(ticket=tickets[0], kind=Event.Kind.ASSIGNED)
        assert (event.actor, event.actor_name, event.data["automatic"]) == (None, "", True)
        assert Ticket.objects.get(pk=tickets[0].pk).version == tickets[0].version + 1
        assert share() == 0, "nothing is left"

    def test_the_turn_goes_on_from_run_to_run(self, sharing_team: Team, open_a_ticket: OpenATicket) -> None:
        for _ in range(3):
            open_a_ticket()
            share()
        assert whose() == ["fahd", "sara", "fahd"]

    def test_the_chore_shares_out(self, sharing_team: Team, open_a_ticket: OpenATicket) -> None:
        open_a_ticket()
        kept.forget_all()
        assert schedule.CHORES["give_out"][1]() == 1

    def test_the_least_loaded_gets_it(
        self, sharing_team: Team, fahd: Person, open_a_ticket: OpenATicket
    ) -> None:
        for _ in range(2):
            actions.take(open_a_ticket(), by=fahd)
        Team.objects.update(sharing=Team.Sharing.LEAST_LOADED)
        for _ in range(3):
            open_a_ticket()
        share()
        assert whose() == ["fahd", "fahd", "sara", "sara", "fahd"]

    def test_a_team_that_does_not_share_or_is_switched_off_keeps_its_tickets(
        self, sharing_team: Team, open_a_ticket: OpenATicket
    ) -> None:
        open_a_ticket()
        Team.objects.update(sharing=Team.Sharing.NONE)
        assert share() == 0
        Team.objects.update(sharing=Team.Sharing.ROUND_ROBIN, is_active=False)
        assert share() == 0

    def test_nobody_gets_more_than_their_limit(
        self, sharing_team: Team, fahd: Person, sara: Person, open_a_ticket: OpenATicket
    ) -> None:
        Person.objects.filter(pk=fahd.pk).update(capacity=1)
        Person.objects.filter(pk=sara.pk).update(capacity=2)
        for _ in range(5):
            open_a_ticket()
        share()
        assert whose() == ["fahd", "sara", "sara", "", ""]

    def test_not_to_auditors_nor_to_who_left_or_is_away(
        self, sharing_team: Team, fahd: Person, sara: Person, open_a_ticket: OpenATicket
    ) -> None:
        huda = make_person("huda", "هدى", is_staff=True, role=Role.AUDITOR)
        sharing_team.members.add(huda, make_person("gone", "Gone", is_staff=True, is_active=False))
        Person.objects.filter(pk=fahd.pk).update(away_since=clock.now())
        for _ in range(2):
            open_a_ticket()
        share()
        assert whose() == ["sara", "sara"]

    def test_only_to_who_is_at_the_desk_where_the_team_wants_it(
        self, sharing_team: Team, sara: Person, open_a_ticket: OpenATicket, settings: Any
    ) -> None:
        settings.STAFF_NEED_TWO_STEPS = False
        Team.objects.update(only_present=True)
        for _ in range(2):
            open_a_ticket()
        assert share() == 0
        signed_in(sara).get("/ar/desk/keys/")
        kept.forget_all()
        assert attendance.present() == {sara.pk}
        assert share(attendance.present()) == 2

    def test_a_closed_teams_tickets_go_to_its_members_alone(
        self, sharing_team: Team, fahd: Person, open_a_ticket: OpenATicket
    ) -> None:
        Team.objects.update(is_closed=True)
        sharing_team.members.remove(fahd)
        for _ in range(2):
            open_a_ticket()
        share()
        assert whose() == ["sara", "sara"]

    def test_what_somebody_gave_back_goes_to_somebody_else(
        self, sharing_team: Team, fahd: Person, sara: Person, open_a_ticket: OpenATicket
    ) -> None:
        ticket = open_a_ticket()
        share()
        Team.objects.update(last_given=sara)  # so that the turn is his again
        actions.assign(ticket, to=None, by=fahd)
        share()
        assert whose() == ["sara"]

    def test_where_there_is_nobody_else_it_rests_before_it_comes_back(
        self, sharing_team: Team, fahd: Person, sara: Person, open_a_ticket: OpenATicket
    ) -> None:
        sharing_team.members.remove(sara)
        ticket = open_a_ticket()
        share()
        actions.assign(ticket, to=None, by=fahd)
        assert share() == 0
        Event.objects.update(at=clock.now() - sharing_out.REST)
        assert share() == 1

    def test_nothing_to_do_costs_one_query_a_team(
        self, sharing_team: Team, django_assert_num_queries: Any
    ) -> None:
        share()
        with django_assert_num_queries(1):
            sharing_out.share_out(lambda: ())


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_give_each_ticket_once_and_hold_the_limits(
    sharing_team: Team, fahd: Person, sara: Person, open_a_ticket: OpenATicket
) -> None:
    Person.objects.filter(pk=fahd.pk).update(capacity=5)
    for _ in range(16):
        open_a_ticket()
    kept.forget_all()
    at_once(*[lambda: sharing_out.share_out(lambda: ())] * 2)
    share()  # what one of them had locked while the other looked
    assert sorted(whose()) == ["fahd"] * 5 + ["sara"] * 11
    assert Event.objects.filter(kind=Event.Kind.ASSIGNED).count() == 16
