"""Seven days after the centre's answer with no word from the customer, the ticket closes by itself: exactly once."""

import contextlib
import io
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.management import CommandError, call_command

from tawasul.accounts.models import Person
from tawasul.tickets import actions, silence, workflow
from tawasul.tickets.models import CloseReason, Event, Status, Ticket
from tawasul.tickets.writers import Writer
from tests.at_once import at_once
from tests.world import OpenATicket

ANSWERED = datetime(2026, 11, 15, 7, 24, tzinfo=UTC)
DUE = ANSWERED + timedelta(days=7)


@pytest.fixture
def answered(open_a_ticket: OpenATicket, fahd: Person) -> Ticket:
    """A ticket the centre answered on Sunday 15 November 2026 at 10:24 in Riyadh."""
    with time_machine.travel(ANSWERED - timedelta(days=3), tick=False):
        ticket = open_a_ticket()
    with time_machine.travel(ANSWERED, tick=False):
        actions.answer(ticket, by=fahd, text="فحصنا الخادمين.")
    return ticket


def test_the_clock_starts_at_the_answer(answered: Ticket) -> None:
    assert answered.close_due_at == DUE
    assert answered.status == Status.WITH_CUSTOMER


def test_it_closes_in_the_second_it_is_due_and_not_before(answered: Ticket) -> None:
    assert silence.close_silent(DUE - timedelta(seconds=1)) == 0
    assert silence.close_silent(DUE) == 1
    answered.refresh_from_db()
    assert (answered.status, answered.close_reason, answered.closed_at) == (
        Status.CLOSED,
        CloseReason.SILENCE,
        DUE,
    )


def test_it_closes_once_however_often_the_schedule_runs(answered: Ticket) -> None:
    assert [silence.close_silent(DUE) for _ in range(3)] == [1, 0, 0]
    assert answered.events.filter(kind=Event.Kind.CLOSED).count() == 1


def test_a_follow_up_in_the_last_second_keeps_the_ticket_open(answered: Ticket, noura: Person) -> None:
    with time_machine.travel(DUE - timedelta(seconds=1), tick=False):
        actions.follow_up(answered, by=Writer.of(noura), text="ما زالت المشكلة")
    assert silence.close_silent(DUE + timedelta(days=30)) == 0
    answered.refresh_from_db()
    assert answered.status == Status.WITH_CENTRE
    assert answered.close_due_at is None


def test_a_second_answer_starts_the_clock_again(answered: Ticket, fahd: Person) -> None:
    with time_machine.travel(ANSWERED + timedelta(days=2), tick=False):
        actions.answer(answered, by=fahd, text="إضافة")
    assert answered.close_due_at == DUE + timedelta(days=2)
    assert silence.close_silent(DUE) == 0


def test_an_internal_note_does_not_move_the_clock(answered: Ticket, fahd: Person) -> None:
    with time_machine.travel(ANSWERED + timedelta(days=2), tick=False):
        actions.note(answered, by=fahd, text="راجعت السجلات")
    answered.refresh_from_db()
    assert answered.close_due_at == DUE
    assert answered.status == Status.WITH_CUSTOMER


def test_a_hold_stops_the_clock(answered: Ticket, fahd: Person) -> None:
    actions.hold(answered, by=fahd, reason="ننتظر تأكيد المزوّد", party="مزوّد الاستضافة")
    assert silence.close_silent(DUE + timedelta(days=30)) == 0


def test_one_warning_goes_out_two_days_before(answered: Ticket) -> None:
    assert silence.warn_silent(DUE - timedelta(hours=48, seconds=1)) == 0
    assert silence.warn_silent(DUE - timedelta(hours=48)) == 1
    assert silence.warn_silent(DUE - timedelta(hours=47)) == 0
    assert answered.events.filter(kind=Event.Kind.CLOSE_WARNED).count() == 1


def test_an_answer_after_the_warning_is_warned_of_again(answered: Ticket, fahd: Person) -> None:
    silence.warn_silent(DUE - timedelta(hours=48))
    with time_machine.travel(DUE - timedelta(hours=1), tick=False):
        actions.answer(answered, by=fahd, text="هل من جديد؟")
    assert silence.warn_silent(answered.close_due_at - timedelta(hours=48)) == 1  # type: ignore[operator]


def test_a_dry_run_lists_and_changes_nothing(answered: Ticket) -> None:
    out = io.StringIO()
    call_command("close_silent", "--now", DUE.isoformat(), "--dry-run", stdout=out)
    assert answered.spoken_number in out.getvalue()
    assert "1 would close" in out.getvalue()
    answered.refresh_from_db()
    assert answered.status == Status.WITH_CUSTOMER


def test_nobody_can_close_early_by_pretending_it_is_later(answered: Ticket) -> None:
    with time_machine.travel(DUE - timedelta(days=1), tick=False), pytest.raises(CommandError):
        call_command("close_silent", "--now", DUE.isoformat())
    answered.refresh_from_db()
    assert answered.status == Status.WITH_CUSTOMER


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("round_", range(5))
def test_customer_and_two_closers_at_the_same_moment_leave_one_outcome(
    open_a_ticket: OpenATicket, fahd: Person, noura: Person, round_: int
) -> None:
    tickets = [open_a_ticket() for _ in range(8)]
    for ticket in tickets:
        actions.answer(ticket, by=fahd, text="تم")
    now = max(ticket.close_due_at for ticket in tickets if ticket.close_due_at)

    def closer() -> tuple[int, list[int]]:
        return silence.close_silent(now), []

    def customer() -> tuple[int, list[int]]:
        followed = []
        for ticket in tickets:
            with contextlib.suppress(workflow.IllegalMove):
                actions.follow_up(ticket, by=Writer.of(noura), text="ما زالت")
                followed.append(ticket.pk)
        return 0, followed

    outcomes = at_once(closer, closer, customer)
    closed = sum(number for number, _followed in outcomes)
    followed = [pk for _number, pks in outcomes for pk in pks]
    assert closed + len(followed) == len(tickets)
    for ticket in tickets:
        ticket.refresh_from_db()
        closings = ticket.events.filter(kind=Event.Kind.CLOSED).count()
        if ticket.pk in followed:
            assert (ticket.status, closings) == (Status.WITH_CENTRE, 0)
        else:
            assert (ticket.status, closings) == (Status.CLOSED, 1)
