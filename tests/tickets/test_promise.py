"""The centre's promise of an answer: two working days of working time, kept to the second."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from tawasul.accounts.models import Person
from tawasul.service_levels import calendar
from tawasul.service_levels.models import Holiday
from tawasul.tickets import actions, workflow
from tawasul.tickets.models import Status, Ticket
from tawasul.tickets.writers import Writer
from tests.world import OpenATicket


def riyadh(day: int, hour: int, minute: int = 0, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC) - timedelta(hours=3)


def opened_at(moment: datetime, open_a_ticket: OpenATicket) -> Ticket:
    with time_machine.travel(moment, tick=False):
        return open_a_ticket()


def test_sent_on_a_sunday_morning_it_is_due_on_tuesday_morning(open_a_ticket: OpenATicket) -> None:
    assert opened_at(riyadh(15, 10), open_a_ticket).answer_due_at == riyadh(17, 10)


def test_the_weekend_does_not_count(open_a_ticket: OpenATicket) -> None:
    assert opened_at(riyadh(18, 14), open_a_ticket).answer_due_at == riyadh(22, 14)


def test_time_with_the_customer_does_not_count_and_every_next_answer_has_its_own_two_days(
    open_a_ticket: OpenATicket, fahd: Person, noura: Person
) -> None:
    ticket = opened_at(riyadh(15, 10), open_a_ticket)
    with time_machine.travel(riyadh(16, 10), tick=False):
        actions.answer(ticket, by=fahd, text="تم")
    assert ticket.answer_due_at is None
    with time_machine.travel(riyadh(18, 9), tick=False):
        actions.follow_up(ticket, by=Writer.of(noura), text="شكرًا، بقي سؤال")
    assert ticket.answer_due_at == riyadh(22, 9)


def test_a_hold_stops_the_clock_and_what_was_left_remains(open_a_ticket: OpenATicket, fahd: Person) -> None:
    ticket = opened_at(riyadh(15, 7, 30), open_a_ticket)
    with time_machine.travel(riyadh(16, 7, 30), tick=False):  # one of two days is used
        actions.hold(ticket, by=fahd, reason="ننتظر", party="مزوّد الاستضافة")
    assert (ticket.status, ticket.answer_due_at) == (Status.ON_HOLD, None)
    with time_machine.travel(riyadh(22, 9), tick=False):
        actions.resume(ticket, by=fahd)
    assert ticket.answer_due_at == riyadh(23, 9)


def test_a_second_letter_of_the_customer_does_not_delay_the_promise(
    open_a_ticket: OpenATicket, noura: Person
) -> None:
    ticket = opened_at(riyadh(15, 10), open_a_ticket)
    with time_machine.travel(riyadh(16, 10), tick=False):
        actions.follow_up(ticket, by=Writer.of(noura), text="إضافة")
    assert ticket.answer_due_at == riyadh(17, 10)


def test_a_holiday_entered_later_moves_the_due_time_of_open_tickets(open_a_ticket: OpenATicket) -> None:
    ticket = opened_at(riyadh(15, 10), open_a_ticket)
    Holiday.objects.create(
        name_ar="عطلة", name_en="Day off", first=date(2026, 11, 16), last=date(2026, 11, 16)
    )
    calendar.changed()
    assert actions.recalculate_deadlines() == 1
    ticket.refresh_from_db()
    assert ticket.answer_due_at == riyadh(18, 10)


def test_a_reopened_ticket_has_a_fresh_promise(
    open_a_ticket: OpenATicket, fahd: Person, noura: Person
) -> None:
    ticket = opened_at(riyadh(15, 10), open_a_ticket)
    with time_machine.travel(riyadh(16, 10), tick=False):
        actions.close(ticket, by=Writer.of(noura), reason="solved_by_customer")
    assert ticket.answer_due_at is None
    with time_machine.travel(riyadh(18, 14), tick=False):
        actions.reopen(ticket, by=Writer.of(noura), text="عادت المشكلة")
    assert ticket.answer_due_at == riyadh(22, 14)


@pytest.mark.parametrize("move", ["answer", "follow_up", "hold", "close"])
def test_a_closed_ticket_takes_no_move_but_reopening(
    open_a_ticket: OpenATicket, fahd: Person, noura: Person, move: str
) -> None:
    ticket = open_a_ticket()
    actions.close(ticket, by=Writer.of(fahd), reason="solved_by_staff")
    moves = {
        "answer": lambda: actions.answer(ticket, by=fahd, text="x"),
        "follow_up": lambda: actions.follow_up(ticket, by=Writer.of(noura), text="x"),
        "hold": lambda: actions.hold(ticket, by=fahd, reason="x", party="y"),
        "close": lambda: actions.close(ticket, by=Writer.of(fahd), reason="spam"),
    }
    before = ticket.events.count()
    with pytest.raises(workflow.IllegalMove):
        moves[move]()
    ticket.refresh_from_db()
    assert ticket.status == Status.CLOSED
    assert ticket.events.count() == before
