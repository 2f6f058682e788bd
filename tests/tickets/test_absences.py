"""While somebody is out of the office, somebody stands in; chains are followed, loops end, nothing goes twice."""

from datetime import timedelta
from typing import Any

import pytest

from tawasul.accounts import absences
from tawasul.accounts.models import Absence, Person, Role, Team
from tawasul.core import clock, kept
from tawasul.tickets import actions
from tawasul.tickets.actions import standing_in
from tawasul.tickets.models import Event, Ticket
from tawasul.tickets.writers import Writer
from tawasul.ui.events import event_text
from tests.world import OpenATicket, make_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def huda(team: Team) -> Person:
    person = make_person("huda", "هدى السبيعي", is_staff=True)
    team.members.add(person)
    return person


def out(person: Person, substitute: Person | None, **given: Any) -> Absence:
    now = clock.now()
    values = {"starts_at": now - timedelta(hours=1), "ends_at": now + timedelta(days=3), "hands_over": False}
    return absences.announce(person, substitute=substitute, by=person, **(values | given))


def run() -> int:
    kept.forget_all()
    return standing_in.stand_in()


def holder(ticket: Ticket) -> str:
    found = Ticket.objects.select_related("assignee").get(pk=ticket.pk).assignee
    return found.username if found else ""


@pytest.fixture
def his(fahd: Person, team: Team, open_a_ticket: OpenATicket) -> Ticket:
    """A ticket of Fahd's in his team, answered."""
    ticket = open_a_ticket()
    actions.assign(ticket, to=fahd, by=fahd, team=team)
    actions.answer(ticket, by=fahd, text="أرسلوا الوثيقة.")
    return ticket


def test_a_letter_gives_the_ticket_to_the_substitute_and_the_history_says_why(
    his: Ticket, fahd: Person, sara: Person, noura: Person
) -> None:
    absence = out(fahd, sara)
    assert run() == 0, "nothing was asked yet"
    actions.follow_up(his, by=Writer.of(noura), text="هذه هي.")
    assert run() == 1
    assert (holder(his), run()) == ("sara", 0)
    event = Event.objects.filter(kind=Event.Kind.ASSIGNED).latest("pk")
    assert event.data["absence"] is True and not event.actor_name
    assert "سارة" in event_text(event, viewer="staff") and "فهد" in event_text(event, viewer="staff")
    assert event_text(event) == "", "the customer reads nothing of it"
    absence.refresh_from_db()
    assert absence.given == [[his.pk, sara.pk]]


def test_without_a_substitute_it_goes_back_to_the_team(his: Ticket, fahd: Person, noura: Person) -> None:
    out(fahd, None)
    actions.follow_up(his, by=Writer.of(noura), text="هذه هي.")
    assert (run(), holder(his)) == (1, "")


def test_a_substitute_who_is_out_too_has_one_of_their_own(
    his: Ticket, fahd: Person, sara: Person, huda: Person, noura: Person
) -> None:
    out(fahd, sara)
    out(sara, huda)
    actions.follow_up(his, by=Writer.of(noura), text="هذه هي.")
    run()
    assert holder(his) == "huda"


def test_two_who_stand_in_for_each_other_are_nobody(
    his: Ticket, fahd: Person, sara: Person, noura: Person
) -> None:
    out(fahd, sara)
    out(sara, fahd)
    actions.follow_up(his, by=Writer.of(noura), text="هذه هي.")
    assert (run(), holder(his), run()) == (1, "", 0)


def test_an_auditor_or_who_may_not_see_the_team_does_not_stand_in(
    his: Ticket, fahd: Person, team: Team, noura: Person
) -> None:
    stranger = make_person("omar", "عمر", is_staff=True)
    Team.objects.filter(pk=team.pk).update(is_closed=True)
    out(fahd, stranger)
    actions.follow_up(his, by=Writer.of(noura), text="هذه هي.")
    run()
    assert holder(his) == ""
    Team.objects.update(is_closed=False)
    actions.assign(his, to=fahd, by=fahd)
    Person.objects.filter(pk=stranger.pk).update(role=Role.AUDITOR)
    actions.follow_up(his, by=Writer.of(noura), text="وهذه أيضًا.")
    run()
    assert holder(his) == ""


def test_who_gives_it_to_the_absent_by_hand_knows_what_they_do(
    his: Ticket, fahd: Person, sara: Person, noura: Person
) -> None:
    out(fahd, sara)
    actions.follow_up(his, by=Writer.of(noura), text="هذه هي.")
    run()
    actions.assign(his, to=fahd, by=sara)
    assert (run(), holder(his)) == (0, "fahd")
    actions.follow_up(his, by=Writer.of(noura), text="وهذه أيضًا.")
    assert (run(), holder(his)) == (1, "sara")


def test_open_tickets_are_handed_over_once_at_the_start(
    his: Ticket, fahd: Person, sara: Person, open_a_ticket: OpenATicket
) -> None:
    done = open_a_ticket()
    actions.take(done, by=fahd)
    actions.close(done, by=Writer.of(fahd), reason="solved_by_staff")
    absence = out(fahd, sara, hands_over=True, starts_at=clock.now() + timedelta(hours=1))
    assert run() == 0, "it has not begun"
    Absence.objects.update(starts_at=clock.now() - timedelta(minutes=1))
    assert run() == 1
    assert (holder(his), holder(done)) == ("sara", "fahd")
    late = open_a_ticket()
    actions.assign(late, to=fahd, by=sara)
    assert (run(), holder(late)) == (0, "fahd"), "what is given to him afterwards stays"
    absence.refresh_from_db()
    assert absence.handed_over_at is not None


def test_after_the_end_nothing_changes_by_itself(
    his: Ticket, fahd: Person, sara: Person, noura: Person
) -> None:
    absence = out(fahd, sara)
    actions.follow_up(his, by=Writer.of(noura), text="هذه هي.")
    run()
    assert absences.end(absence, by=fahd)
    assert (run(), holder(his)) == (0, "sara")
    assert [one.pk for one in absences.to_be_read_by(fahd.pk)] == [absence.pk]
    absences.read(absence)
    assert absences.to_be_read_by(fahd.pk) == []


def test_an_absence_that_has_not_begun_is_taken_back_without_a_trace(fahd: Person, sara: Person) -> None:
    absence = out(fahd, sara, starts_at=clock.now() + timedelta(days=1))
    assert not absences.end(absence, by=fahd)
    assert not Absence.objects.exists()


@pytest.mark.parametrize("changed", ["put off", "nothing is handed over"])
def test_what_another_process_has_just_changed_holds_for_whoever_gives_the_tickets(
    changed: str, his: Ticket, fahd: Person, sara: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    absence = out(fahd, sara, hands_over=True)
    at_hand = absences.running()  # some seconds old by the time it is used
    assert fahd.pk in at_hand
    row = Absence.objects.filter(pk=absence.pk)
    if changed == "put off":
        begins = clock.now() + timedelta(days=7)
        row.update(starts_at=begins, ends_at=begins + timedelta(days=1))
    else:
        row.update(hands_over=False)
    monkeypatch.setattr(absences, "running", lambda _now=None: at_hand)
    assert (standing_in.stand_in(), holder(his)) == (0, "fahd")
    assert row.get().handed_over_at is None
