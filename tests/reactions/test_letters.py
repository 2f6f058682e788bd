"""What a customer is told, and when: from the action at the door to the mail in the ledger."""

from datetime import datetime, timedelta

import pytest
import time_machine
from django.db import connection
from pytest_django import DjangoAssertNumQueries

from tawasul.accounts.models import Person
from tawasul.core import clock
from tawasul.mail.models import OutgoingMail
from tawasul.reactions import events, table
from tawasul.tickets import actions, direct, silence
from tawasul.tickets.models import CloseReason, Event, Ticket
from tawasul.tickets.writers import Writer
from tests.world import OpenATicket

pytestmark = pytest.mark.django_db


def mails() -> list[OutgoingMail]:
    """React to everything that happened; the mails in the order they were written."""
    while events.react_to_due():
        pass
    assert not Event.objects.given_up().exists()
    return list(OutgoingMail.objects.order_by("pk"))


def kinds() -> list[str]:
    return [mail.kind for mail in mails()]


def test_every_kind_of_event_has_its_line_in_the_table() -> None:
    assert set(table.REACTIONS) == set(Event.Kind)


def test_a_new_ticket_is_confirmed_with_number_date_due_date_and_link(open_a_ticket: OpenATicket) -> None:
    with time_machine.travel(datetime.fromisoformat("2026-11-15T10:24:00+03:00"), tick=False):
        ticket = open_a_ticket(subject="نص الموضوع", text="نص المشكلة")
        (mail,) = mails()
    assert (mail.kind, mail.to_address, mail.language) == ("ticket_opened", "noura@example.com.sa", "ar")
    assert ticket.spoken_number in mail.subject and ticket.spoken_number in mail.text
    assert "الأحد 15 نوفمبر 2026" in mail.text
    assert "الثلاثاء 17 نوفمبر 2026" in mail.text and "10:24" in mail.text
    page = f"http://localhost:8000/ar/tickets/{ticket.spoken_number}/"
    assert page in mail.text.splitlines() and f'href="{page}"' in mail.html
    for typed in ("نص الموضوع", "نص المشكلة", "نورة"):
        assert typed not in mail.subject + mail.text + mail.html


def test_an_answer_reaches_the_customer_with_the_day_on_which_the_ticket_closes(
    open_a_ticket: OpenATicket, fahd: Person
) -> None:
    with time_machine.travel(datetime.fromisoformat("2026-11-15T10:24:00+03:00"), tick=False):
        ticket = open_a_ticket()
        letter = actions.answer(ticket, by=fahd, text="حُفظ **التعديل**.")
        _, mail = mails()
    assert (mail.kind, mail.letter_id, mail.ticket_id) == ("answer", letter.pk, ticket.pk)
    assert "<strong>التعديل</strong>" in mail.html and "فهد العتيبي" in mail.html
    assert "الأحد 22 نوفمبر 2026 الموافق 12 جمادى الآخرة 1448هـ" in mail.text
    assert mail.html.count('class="step left"') == 7


def test_an_answer_that_is_told_late_does_not_threaten_a_closing_that_is_off(
    open_a_ticket: OpenATicket, fahd: Person, noura: Person
) -> None:
    ticket = open_a_ticket()
    actions.answer(ticket, by=fahd, text="حُفظ.")
    actions.follow_up(ticket, by=Writer.of(noura), text="لم يُحفظ.")
    answer = next(mail for mail in mails() if mail.kind == "answer")
    assert "تُغلق" not in answer.text


def test_a_customer_reads_english_who_chose_english(
    open_a_ticket: OpenATicket, khalid: Person, fahd: Person
) -> None:
    ticket = open_a_ticket(by=khalid, language="en")
    actions.answer(ticket, by=fahd, text="Saved.")
    opened, answer = mails()
    assert opened.subject.startswith("Ticket ") and answer.language == "en"
    assert "http://localhost:8000/en/tickets/" in answer.text
    assert "the ticket closes by itself on" in answer.text


def test_notes_follow_ups_and_assignments_send_nothing(
    open_a_ticket: OpenATicket, fahd: Person, noura: Person
) -> None:
    ticket = open_a_ticket()
    actions.note(ticket, by=fahd, text="داخلي")
    actions.take(ticket, by=fahd)
    actions.follow_up(ticket, by=Writer.of(noura), text="وأيضًا")
    assert kinds() == ["ticket_opened"]


def test_a_hold_tells_whom_the_centre_waits_for_and_why(open_a_ticket: OpenATicket, fahd: Person) -> None:
    ticket = open_a_ticket()
    actions.hold(ticket, by=fahd, reason="ننتظر خطاب التفويض", party="وزارة التجارة")
    mail = mails()[-1]
    assert mail.kind == "on_hold"
    assert "وزارة التجارة" in mail.text and "ننتظر خطاب التفويض" in mail.html


def answered_on(ticket: Ticket, fahd: Person, moment: datetime) -> None:
    with time_machine.travel(moment, tick=False):
        actions.answer(ticket, by=fahd, text="حُفظ.")
        mails()


def test_a_warning_comes_before_the_closing_and_the_closing_says_why_and_how_to_reopen(
    open_a_ticket: OpenATicket, fahd: Person
) -> None:
    answered_on(open_a_ticket(), fahd, datetime.fromisoformat("2026-11-15T10:24:00+03:00"))
    with time_machine.travel(datetime.fromisoformat("2026-11-20T10:25:00+03:00"), tick=False):
        silence.warn_silent()
        warning = mails()[-1]
    assert warning.kind == "close_warning"
    assert "الأحد 22 نوفمبر 2026" in warning.text
    assert warning.html.count('class="step left"') == 2 and warning.html.count('class="step gone"') == 5
    with time_machine.travel(datetime.fromisoformat("2026-11-22T10:24:01+03:00"), tick=False):
        silence.close_silent()
        closing = mails()[-1]
    assert closing.kind == "closed"
    assert "لم تصلنا متابعة منك خلال المدة المعلنة" in closing.text
    assert "أعد فتح التذكرة برقمها نفسه حتى الثلاثاء 22 ديسمبر 2026" in closing.text


def test_a_warning_that_the_customer_made_pointless_is_not_sent(
    open_a_ticket: OpenATicket, fahd: Person, noura: Person
) -> None:
    ticket = open_a_ticket()
    answered_on(ticket, fahd, clock.now() - timedelta(days=6))
    silence.warn_silent()
    actions.follow_up(ticket, by=Writer.of(noura), text="بقيت المشكلة")
    assert "close_warning" not in kinds()


def test_a_ticket_closed_by_staff_carries_their_last_word(open_a_ticket: OpenATicket, fahd: Person) -> None:
    ticket = open_a_ticket()
    actions.close(ticket, by=Writer.of(fahd), reason=CloseReason.SOLVED_BY_STAFF, comment="اكتمل **الطلب**.")
    mail = mails()[-1]
    assert mail.kind == "closed" and "<strong>الطلب</strong>" in mail.html
    assert "أغلقها المركز" in mail.text


def test_spam_gets_no_farewell(open_a_ticket: OpenATicket, fahd: Person) -> None:
    ticket = open_a_ticket()
    mails()
    actions.close(ticket, by=Writer.of(fahd), reason=CloseReason.SPAM)
    assert kinds() == ["ticket_opened"]


def test_a_reopened_ticket_tells_by_whom_and_the_new_promise(
    open_a_ticket: OpenATicket, fahd: Person
) -> None:
    ticket = open_a_ticket()
    actions.close(ticket, by=Writer.of(fahd), reason=CloseReason.SOLVED_BY_STAFF)
    mails()
    actions.reopen(ticket, by=Writer.of(fahd))
    mail = mails()[-1]
    assert mail.kind == "reopened"
    assert "أعاد المركز فتحها" in mail.text and "نجيبك في موعد أقصاه" in mail.text


def test_without_an_account_the_mail_has_a_personal_link_that_opens_the_ticket(
    open_a_ticket: OpenATicket, fahd: Person
) -> None:
    ticket = open_a_ticket(by=Writer(None, "ضيف", "دعم@سجل.السعودية"))
    actions.answer(ticket, by=fahd, text="حُفظ.")
    for mail in mails():
        assert mail.to_address == "دعم@سجل.السعودية"
        (link,) = (line for line in mail.text.splitlines() if "/ar/follow/" in line)
        token = link.rstrip("/").rpartition("/")[2]
        assert direct.used_link(token).ticket == ticket


def test_reacting_twice_writes_each_mail_once(open_a_ticket: OpenATicket) -> None:
    open_a_ticket()
    mails()
    Event.objects.update(done_at=None, next_try_at=clock.now())
    assert kinds() == ["ticket_opened"]


def test_the_answer_of_an_account_costs_a_constant_number_of_queries(
    open_a_ticket: OpenATicket, fahd: Person, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(10):
        open_a_ticket()
    mails()
    tickets = [open_a_ticket() for _ in range(10)]
    # claim: find, take, read, earlier mails, who takes part, who follows; write: savepoint and back (the
    # test's own transaction), keys, insert, done;
    # where rows can be locked the claim is a transaction of its own
    constant = 11 + (2 if connection.features.has_select_for_update_skip_locked else 0)
    with django_assert_num_queries(constant):
        assert events.react_to_due() == 10
    for ticket in tickets:
        actions.answer(ticket, by=fahd, text="حُفظ.")
    with django_assert_num_queries(constant):
        assert events.react_to_due() == 10
