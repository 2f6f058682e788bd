"""Mails to staff, together: when they go, what they list, and that nothing is told twice or lost."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from tawasul.accounts import roles
from tawasul.accounts.models import Person, Team
from tawasul.core import clock
from tawasul.mail.models import OutgoingMail
from tawasul.notices import actions as notices
from tawasul.notices.models import MailItem
from tawasul.reactions import bundles, events, promises, schedule
from tawasul.tickets import actions
from tawasul.tickets.actions import tagging
from tawasul.tickets.models import Ticket
from tawasul.tickets.writers import Writer
from tests.world import OpenATicket

pytestmark = pytest.mark.django_db

START = datetime(2026, 11, 23, 9, 0, tzinfo=clock.now().tzinfo)
Clock = Any
MAILED = {"assigned": ["desk", "mail"], "written": ["desk", "mail"], "followed": ["desk", "mail"]}


@pytest.fixture(autouse=True)
def _no_closed_team_of_another_test() -> None:
    roles.forget()


@pytest.fixture
def hour(settings: Any) -> Iterator[Clock]:
    """The clock, which stands still until it is moved."""
    settings.STAFF_NEED_TWO_STEPS = False
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


@pytest.fixture
def fahd(fahd: Person) -> Person:
    """Who wants mails of more than is suggested, and of late answers and mentions as well."""
    notices.choose(fahd, MAILED | {"mentioned": ["desk", "mail"], "overdue": ["desk", "mail"]})
    return fahd


def mails() -> list[OutgoingMail]:
    """What was written by now, the oldest first."""
    events.react_to_due()
    bundles.mail_what_waits()
    return list(OutgoingMail.objects.filter(kind__startswith="staff_notice").order_by("pk"))


def at(hour: Clock, seconds: float) -> None:
    hour.move_to(START + timedelta(seconds=seconds))


def test_the_first_goes_within_a_minute_and_the_next_ten_minutes_later(
    hour: Clock, fahd: Person, sara: Person, open_a_ticket: OpenATicket
) -> None:
    given = [open_a_ticket(subject=f"تذكرة {number}") for number in range(4)]
    actions.assign(given[0], to=fahd, by=sara)
    assert mails() == []
    at(hour, 30)
    actions.assign(given[1], to=fahd, by=sara)
    at(hour, 54)
    assert mails() == []
    at(hour, 55)
    (first,) = mails()
    assert given[0].spoken_number in first.text and given[1].spoken_number in first.text
    assert first.text.index(given[1].subject) < first.text.index(given[0].subject), "the newest first"

    at(hour, 60)
    actions.assign(given[2], to=fahd, by=sara)
    at(hour, 300)
    actions.assign(given[3], to=fahd, by=sara)
    assert len(mails()) == 1
    at(hour, 55 + 599)
    assert len(mails()) == 1
    at(hour, 55 + 600)
    (_, second) = mails()
    assert [one.spoken_number in second.text for one in given] == [False, False, True, True]
    at(hour, 7200)
    assert len(mails()) == 2, "nothing is told twice"


def test_a_mention_goes_at_once_and_takes_along_what_waits(
    hour: Clock, fahd: Person, sara: Person, open_a_ticket: OpenATicket
) -> None:
    given, named, later = open_a_ticket(), open_a_ticket(subject="نداء"), open_a_ticket()
    actions.assign(given, to=fahd, by=sara)
    assert mails() == []
    actions.note(named, by=sara, text="@fahd كلمة السر في الدرج")
    (mail,) = mails()
    assert "ورد ذكرك في ملاحظة داخلية" in mail.subject and named.spoken_number in mail.subject
    assert given.spoken_number in mail.text and named.spoken_number in mail.text
    assert "الدرج" not in mail.text + mail.html, "nothing of a note leaves the house"
    at(hour, 10)
    actions.note(named, by=sara, text="@fahd أين أنت؟")
    assert len(mails()) == 2, "not ten minutes later"
    at(hour, 20)
    actions.assign(later, to=fahd, by=sara)
    assert len(mails()) == 2
    at(hour, 10 + 599)
    assert len(mails()) == 2
    at(hour, 10 + 600)
    assert len(mails()) == 3


def test_a_late_answer_goes_at_once(hour: Clock, fahd: Person, open_a_ticket: OpenATicket) -> None:
    ticket = open_a_ticket()
    actions.take(ticket, by=fahd)
    Ticket.objects.filter(pk=ticket.pk).update(answer_due_at=START + timedelta(seconds=5))
    at(hour, 5)
    promises.tell_of_promises()
    (mail,) = mails()
    assert mail.kind == "staff_notice" and "فات موعد الإجابة" in mail.subject
    promises.tell_of_promises()
    assert len(mails()) == 1


def test_a_late_answer_that_was_given_meanwhile_is_told_no_more(
    hour: Clock, fahd: Person, open_a_ticket: OpenATicket
) -> None:
    ticket = open_a_ticket()
    actions.take(ticket, by=fahd)
    Ticket.objects.filter(pk=ticket.pk).update(answer_due_at=START)
    promises.tell_of_promises()
    actions.answer(ticket, by=fahd, text="تم.")
    assert mails() == []
    assert not MailItem.objects.filter(settled_at=None).exists()


def test_several_things_on_one_ticket_are_one_entry(
    hour: Clock, fahd: Person, sara: Person, noura: Person, open_a_ticket: OpenATicket
) -> None:
    ticket = open_a_ticket()
    actions.assign(ticket, to=fahd, by=sara)
    for number in range(3):
        at(hour, number + 1)
        actions.follow_up(ticket, by=Writer.of(noura), text=f"المتابعة رقم {number}")
        events.react_to_due()
    at(hour, 60)
    (mail,) = mails()
    assert mail.kind == "staff_notices" and mail.ticket == ticket
    assert mail.text.count(f"/ar/desk/tickets/{ticket.spoken_number}/") == 1
    assert mail.text.count("وردت متابعة من العميل") == 1, "said once"
    assert "المتابعة رقم 2" in mail.text and "المتابعة رقم 0" not in mail.text, "the newest letter begins so"
    assert "نورة الدوسري" in mail.text and "سارة القرني" in mail.html
    assert ticket.subject in mail.subject


def test_what_was_seen_at_the_desk_is_left_out_and_nothing_left_is_no_mail(
    hour: Clock, fahd: Person, fahd_client: Client, sara: Person, open_a_ticket: OpenATicket
) -> None:
    seen, unseen = open_a_ticket(), open_a_ticket(subject="لم تُقرأ")
    actions.assign(seen, to=fahd, by=sara)
    events.react_to_due()
    assert fahd_client.get(f"/ar/desk/tickets/{seen.spoken_number}/").status_code == 200
    at(hour, 60)
    assert mails() == []

    actions.assign(unseen, to=fahd, by=sara)
    tagging.follow(seen, by=fahd)
    actions.note(seen, by=sara, text="للعلم")
    events.react_to_due()
    fahd_client.post("/ar/desk/notices/seen/", {"ticket": seen.number})
    at(hour, 120)
    (mail,) = mails()
    assert unseen.spoken_number in mail.text and seen.spoken_number not in mail.text

    actions.note(seen, by=sara, text="وهذا")
    events.react_to_due()
    fahd_client.post("/ar/desk/notices/seen/")
    at(hour, 3600)
    assert len(mails()) == 1


def test_what_is_told_by_mail_alone_is_left_out_when_its_ticket_was_opened(
    hour: Clock, fahd: Person, fahd_client: Client, sara: Person, open_a_ticket: OpenATicket
) -> None:
    notices.choose(fahd, {"assigned": ["mail"]})
    ticket = open_a_ticket()
    actions.assign(ticket, to=fahd, by=sara)
    events.react_to_due()
    fahd_client.get(f"/ar/desk/tickets/{ticket.spoken_number}/")
    at(hour, 60)
    assert mails() == []


def test_what_is_no_longer_open_to_somebody_or_wanted_is_not_mailed(
    hour: Clock, fahd: Person, sara: Person, open_a_ticket: OpenATicket
) -> None:
    hidden, unwanted = open_a_ticket(), open_a_ticket()
    for ticket in (hidden, unwanted):
        actions.assign(ticket, to=fahd, by=sara)
        events.react_to_due()
    secret = Team.objects.create(name_ar="الشكاوى", name_en="Complaints", is_closed=True)
    Ticket.objects.filter(pk=hidden.pk).update(team=secret)
    roles.forget()
    at(hour, 60)
    (mail,) = mails()
    assert unwanted.spoken_number in mail.text and hidden.spoken_number not in mail.text
    actions.note(unwanted, by=sara, text="@fahd")
    events.react_to_due()
    notices.choose(fahd, {})
    assert len(mails()) == 1
    assert not MailItem.objects.filter(settled_at=None).exists()


def test_who_wants_each_by_itself_has_each_at_once(
    hour: Clock, fahd: Person, fahd_client: Client, sara: Person, open_a_ticket: OpenATicket
) -> None:
    page = "/ar/desk/notices/choices/"
    fahd_client.post(page, {"assigned": ["mail"], "mails": "each"})
    for _ in range(2):
        actions.assign(open_a_ticket(), to=fahd, by=sara)
    assert [mail.kind for mail in mails()] == ["staff_notice", "staff_notice"]
    assert 'value="each" checked' in fahd_client.get(page).content.decode()
    fahd_client.post(page, {"assigned": ["mail"], "mails": "together"})
    actions.assign(open_a_ticket(), to=fahd, by=sara)
    assert len(mails()) == 2
    fahd_client.post(page, {"assigned": ["mail"], "mails": "each"})
    assert len(mails()) == 3, "what waited waits no longer"
    fahd_client.post(page, {"usual": ""})
    fahd.refresh_from_db()
    assert fahd.desk_choices == {}


def test_a_worker_that_is_killed_between_reading_and_writing_loses_nothing_and_doubles_nothing(
    hour: Clock,
    fahd: Person,
    sara: Person,
    open_a_ticket: OpenATicket,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for _ in range(2):
        actions.assign(open_a_ticket(), to=fahd, by=sara)
    events.react_to_due()
    at(hour, 60)

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(bundles.events, "insert_missing", killed)
        bundles.mail_what_waits()
    assert MailItem.objects.filter(settled_at=None).count() == 2
    assert len(mails()) == 1
    assert len(mails()) == 1


def test_of_two_workers_that_look_at_once_one_writes(
    hour: Clock, fahd: Person, sara: Person, open_a_ticket: OpenATicket, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(2):
        actions.assign(open_a_ticket(), to=fahd, by=sara)
    events.react_to_due()
    at(hour, 60)
    draw, turns = bundles._mail, []

    def drawn(person: Person, items: Any) -> OutgoingMail:
        mail = draw(person, items)
        if not turns:
            turns.append(1)
            actions.assign(open_a_ticket(), to=fahd, by=sara)  # so that the other one's mail is another
            events.react_to_due()
            assert bundles.mail_what_waits() == 1
        return mail

    monkeypatch.setattr(bundles, "_mail", drawn)
    assert bundles.mail_what_waits() == 0
    assert len(mails()) == 1
    assert not MailItem.objects.filter(settled_at=None).exists()


def test_one_persons_trouble_holds_up_nobody_else(
    hour: Clock,
    fahd: Person,
    sara: Person,
    lama: Person,
    open_a_ticket: OpenATicket,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    notices.choose(sara, MAILED)
    for person in (fahd, sara):
        actions.assign(open_a_ticket(), to=person, by=lama)
    events.react_to_due()
    at(hour, 60)
    draw = bundles._mail

    def breaks(person: Person, items: Any) -> OutgoingMail:
        if person == fahd:
            raise ValueError("a hole in a template")
        return draw(person, items)

    with monkeypatch.context() as patch, pytest.raises(ValueError, match="a hole"):
        patch.setattr(bundles, "_mail", breaks)
        bundles.mail_what_waits()
    assert OutgoingMail.objects.get(kind="staff_notice").to_address == sara.email
    assert {mail.to_address for mail in mails()} == {fahd.email, sara.email}


def test_a_mail_speaks_the_language_of_its_reader(
    hour: Clock, fahd: Person, sara: Person, open_a_ticket: OpenATicket
) -> None:
    Person.objects.filter(pk=fahd.pk).update(language="en")
    fahd.refresh_from_db()
    tickets = [open_a_ticket(subject="<b>غامق</b>"), open_a_ticket()]
    for ticket in tickets:
        actions.assign(ticket, to=fahd, by=sara)
    events.react_to_due()
    at(hour, 60)
    (mail,) = mails()
    assert "The ticket was given to you" in mail.text and "and 1 other ticket" in mail.subject
    assert "News of 2 tickets" in mail.text and f"/en/desk/tickets/{tickets[0].spoken_number}/" in mail.html
    assert "<b>غامق" not in mail.html and "&lt;b&gt;" in mail.html


def test_a_very_long_mail_says_how_many_it_leaves_to_the_desk(
    hour: Clock, fahd: Person, sara: Person, open_a_ticket: OpenATicket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bundles, "MOST_TICKETS", 2)
    for _ in range(5):
        actions.assign(open_a_ticket(), to=fahd, by=sara)
    events.react_to_due()
    at(hour, 60)
    (mail,) = mails()
    assert mail.text.count("/ar/desk/tickets/") == 2 and "3 تذاكر أخرى" in mail.text
    assert "/ar/desk/notices/" in mail.text


def test_the_ledger_shows_nobody_what_a_mail_of_several_tickets_says(
    hour: Clock, fahd: Person, sara: Person, fahd_client: Client, open_a_ticket: OpenATicket
) -> None:
    for subject in ("سرّ", "الأولى"):
        actions.assign(open_a_ticket(subject=subject), to=fahd, by=sara)
        events.react_to_due()
    at(hour, 60)
    (mail,) = mails()
    assert "سرّ" in mail.text
    page = fahd_client.get(f"/ar/desk/mail/out/{mail.pk}/").content.decode()
    assert "سرّ" not in page and "وقد يكون بعضها محجوبًا" in page


def test_looking_costs_one_query_while_nothing_waits_and_is_done_every_other_second(
    fahd: Person, django_assert_num_queries: Any
) -> None:
    every, chore = schedule.CHORES["mail_notices"]
    assert every == timedelta(seconds=2)
    with django_assert_num_queries(1):
        assert chore() == 0


def test_a_promise_that_was_kept_is_not_told_as_running_out_because_a_new_one_runs(
    hour: Clock, fahd: Person, sara: Person, noura: Person, open_a_ticket: OpenATicket
) -> None:
    notices.choose(fahd, MAILED | {"due_soon": ["desk", "mail"]})
    ticket, other = open_a_ticket(), open_a_ticket()
    for one in (ticket, other):
        actions.assign(one, to=fahd, by=sara)
    due = clock.now() + timedelta(hours=3)
    Ticket.objects.filter(pk__in=[ticket.pk, other.pk]).update(answer_due_at=due)
    at(hour, 60)
    mails()
    at(hour, 120)
    assert promises.tell_of_promises()
    at(hour, 180)
    actions.answer(ticket, by=sara, text="حُفظ الخادمان.")
    actions.follow_up(ticket, by=Writer.of(noura), text="وماذا عن الثالث؟")
    at(hour, 900)
    mail = mails()[-1]
    assert other.spoken_number in mail.text
    ticket.refresh_from_db()
    assert ticket.answer_due_at is not None and ticket.answer_due_at > due
    said = mail.text.split(ticket.spoken_number)[1].split(other.spoken_number)[0]
    assert "موعد" not in said, said
