"""Whom an event concerns, where they are told of it, and that nobody is told too much."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from tawasul.accounts import roles
from tawasul.accounts.models import Person, Role, Team
from tawasul.core import clock
from tawasul.mail import mime, queries
from tawasul.mail.models import OutgoingMail
from tawasul.notices import actions as notices
from tawasul.notices.models import Notice
from tawasul.reactions import bundles, events, promises
from tawasul.tickets import actions
from tawasul.tickets.actions import properties, tagging
from tawasul.tickets.models import Ticket
from tawasul.tickets.writers import Writer
from tests.world import OpenATicket, make_person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_closed_team_of_another_test() -> None:
    roles.forget()


def told() -> set[tuple[str, str]]:
    """Who was told what since the last look, as (user name, kind)."""
    events.react_to_due()
    found = set(Notice.objects.filter(seen_at=None).values_list("person__username", "kind"))
    Notice.objects.update(seen_at=clock.now())
    return found


def of_team(ticket: Ticket, team: Team) -> Ticket:
    Ticket.objects.filter(pk=ticket.pk).update(team=team)
    ticket.refresh_from_db()
    return ticket


def test_a_ticket_given_to_somebody_tells_them_and_one_taken_tells_nobody(
    fahd: Person, sara: Person, open_a_ticket: OpenATicket
) -> None:
    given, taken = open_a_ticket(), open_a_ticket()
    actions.assign(given, to=fahd, by=sara)
    actions.take(taken, by=sara)
    assert told() == {("fahd", "assigned")}
    assert Notice.objects.get().by_name == sara.full_name


def test_what_the_customer_writes_tells_the_assignee(
    fahd: Person, sara: Person, noura: Person, open_a_ticket: OpenATicket
) -> None:
    ticket = open_a_ticket()
    actions.take(ticket, by=fahd)
    assert told() == set()
    actions.follow_up(ticket, by=Writer.of(noura), text="وماذا بعد؟")
    assert told() == {("fahd", "written")}
    actions.close(ticket, by=Writer.of(fahd), reason="solved_by_staff")
    actions.reopen(ticket, by=Writer.of(noura), text="عادت المشكلة")
    assert told() == {("fahd", "written")}


def test_a_mention_tells_once_by_its_own_kind_and_who_follows_hears_of_the_note(
    fahd: Person, sara: Person, lama: Person, open_a_ticket: OpenATicket
) -> None:
    ticket = open_a_ticket()
    for person in (fahd, sara, lama):
        tagging.follow(ticket, by=person)
    actions.note(ticket, by=lama, text="@fahd انظر في هذا")
    assert told() == {("fahd", "mentioned"), ("sara", "followed")}


def test_who_follows_hears_of_answers_holds_and_closings_but_not_of_their_own(
    fahd: Person, sara: Person, open_a_ticket: OpenATicket
) -> None:
    ticket = open_a_ticket()
    tagging.follow(ticket, by=sara)
    actions.answer(ticket, by=fahd, text="حُفظ.")
    assert told() == {("sara", "followed")}
    actions.close(ticket, by=Writer.of(sara), reason="solved_by_staff")
    assert told() == set()


def test_a_new_ticket_and_one_that_was_transferred_tell_the_members_of_the_team(
    fahd: Person, sara: Person, lama: Person, team: Team, service: Any, open_a_ticket: OpenATicket
) -> None:
    service.team = team
    service.save()
    ticket = open_a_ticket()
    assert told() == {("fahd", "team_new"), ("sara", "team_new")}
    other = Team.objects.create(name_ar="التسجيل", name_en="Registration")
    other.members.add(fahd, lama)
    properties.transfer(ticket, to=other, by=lama)
    assert told() == {("fahd", "transferred")}


def test_of_a_closed_teams_ticket_its_members_alone_are_told(
    fahd: Person, sara: Person, lama: Person, open_a_ticket: OpenATicket
) -> None:
    ticket = open_a_ticket()
    for person in (fahd, sara):
        tagging.follow(ticket, by=person)
    secret = Team.objects.create(name_ar="الشكاوى", name_en="Complaints", is_closed=True)
    secret.members.add(sara)
    told()
    of_team(ticket, secret)
    roles.forget()
    actions.note(ticket, by=lama, text="سرّي")
    assert told() == {("sara", "followed")}


def test_fifty_members_cost_no_more_queries_than_two(
    fahd: Person, team: Team, service: Any, open_a_ticket: OpenATicket, django_assert_max_num_queries: Any
) -> None:
    for number in range(50):
        team.members.add(make_person(f"clerk{number}", f"Clerk {number}", is_staff=True))
    service.team = team
    service.save()
    open_a_ticket()
    # as for one member: the team, its people, what is there, what is new
    with django_assert_max_num_queries(20):
        events.react_to_due()
    assert Notice.objects.filter(kind="team_new").count() == 51


def test_where_somebody_is_told_is_for_them_to_choose(
    fahd: Person, sara: Person, open_a_ticket: OpenATicket
) -> None:
    notices.choose(fahd, {"assigned": ["mail"], "followed": ["browser"]}, each=True)
    ticket = open_a_ticket()
    actions.assign(ticket, to=fahd, by=sara)
    assert told() == set()
    assert OutgoingMail.objects.get(kind="staff_notice").to_address == fahd.email
    tagging.follow(ticket, by=fahd)
    actions.note(ticket, by=sara, text="@fahd انظر")
    assert told() == {("fahd", "followed")}, "mentions are off, the ticket is followed all the same"
    assert Notice.objects.get().in_browser
    notices.choose(fahd, None)
    actions.note(ticket, by=sara, text="@fahd انظر ثانية")
    assert told() == {("fahd", "mentioned")}


def staff_mails() -> list[OutgoingMail]:
    events.react_to_due()
    bundles.mail_what_waits()
    return list(OutgoingMail.objects.filter(kind="staff_notice").order_by("pk"))


def test_a_mail_names_the_ticket_and_carries_nothing_of_a_note(
    fahd: Person, sara: Person, open_a_ticket: OpenATicket, settings: Any
) -> None:
    settings.MAIL_TOKENS = True
    ticket = open_a_ticket()
    actions.note(ticket, by=sara, text="@fahd كلمة السر في الدرج")
    (mail,) = staff_mails()
    assert ticket.spoken_number in mail.subject and ticket.subject in mail.text
    assert "ورد ذكرك في ملاحظة داخلية" in mail.subject
    assert f"/ar/desk/tickets/{ticket.spoken_number}/" in mail.text
    assert "الدرج" not in mail.text + mail.html + mail.subject
    assert "+" not in mime.envelope(mail, utf8_offered=True).reply_to, "a reply finds no ticket by itself"
    assert mail not in queries.mails_of(ticket)


def test_a_mail_carries_the_beginning_of_a_letter_and_no_more(
    fahd: Person, noura: Person, open_a_ticket: OpenATicket
) -> None:
    notices.choose(fahd, {"written": ["mail"]}, each=True)
    Person.objects.filter(pk=fahd.pk).update(language="en")
    ticket = open_a_ticket()
    actions.take(ticket, by=fahd)
    actions.follow_up(ticket, by=Writer.of(noura), text="بداية " + "ن" * 400 + " نهاية")
    (mail,) = staff_mails()
    assert "بداية" in mail.text and "نهاية" not in mail.text + mail.html
    assert mail.text.count("ن") <= 300
    assert "The customer wrote again" in mail.subject


def run_out(ticket: Ticket, moment: Any) -> Iterable[tuple[str, str]]:
    Ticket.objects.filter(pk=ticket.pk).update(answer_due_at=moment)
    promises.tell_of_promises()
    return told()


def test_a_promise_that_runs_out_is_told_once_and_again_when_it_is_late(
    fahd: Person, sara: Person, open_a_ticket: OpenATicket
) -> None:
    ticket = open_a_ticket()
    actions.take(ticket, by=fahd)
    events.react_to_due()
    due = clock.now() + timedelta(hours=3)
    assert run_out(ticket, due) == {("fahd", "due_soon")}
    assert run_out(ticket, due) == set()
    with time_machine.travel(due + timedelta(minutes=1), tick=False):
        assert run_out(ticket, due) == {("fahd", "overdue")}
        assert promises.tell_of_promises() == 0
        assert len(staff_mails()) == 1, "of the late one, as is suggested"
        assert run_out(ticket, due + timedelta(hours=2)) == {("fahd", "due_soon")}, "a new promise"


def test_of_a_ticket_that_nobody_has_the_teams_leads_are_told(
    fahd: Person, sara: Person, team: Team, open_a_ticket: OpenATicket
) -> None:
    Person.objects.filter(pk=sara.pk).update(role=Role.LEAD)
    ticket = of_team(open_a_ticket(), team)
    told()
    assert run_out(ticket, clock.now() + timedelta(hours=1)) == {("sara", "due_soon")}
    assert run_out(ticket, clock.now() - timedelta(days=2)) == set(), (
        "late for long: told before, or too late to tell"
    )


def test_looking_at_many_promises_costs_the_same(
    fahd: Person, open_a_ticket: OpenATicket, django_assert_num_queries: Any
) -> None:
    for number in range(6):
        actions.take(open_a_ticket(subject=str(number)), by=fahd)
    Ticket.objects.update(answer_due_at=clock.now() + timedelta(hours=1))
    promises.tell_of_promises()
    # late ones, soon ones; their people; what was told: behind the bell, by mail, and what waits for a mail
    with django_assert_num_queries(6):
        assert promises.tell_of_promises() == 0


def test_notices_are_forgotten_after_ninety_days(fahd: Person, open_a_ticket: OpenATicket) -> None:
    ticket = open_a_ticket()
    for number, days in enumerate((91, 89)):
        Notice.objects.create(
            person=fahd, kind="written", ticket=ticket, key=str(number), at=clock.now() - timedelta(days=days)
        )
    assert notices.drop_old() == 1
    assert Notice.objects.get().key == "1"
