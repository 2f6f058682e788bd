"""The turn line says whose turn it is, until when, and in whose language; the picture never disagrees."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import translation

from tawasul.service_levels.calendar import PUBLISHED_WEEK, Calendar
from tawasul.service_levels.deadlines import due_at
from tawasul.tickets.models import CloseReason, Status, Ticket
from tawasul.ui.turn import Turn, turn_of

WEEK = Calendar(weekly=dict(PUBLISHED_WEEK))
# Wednesday 18 November 2026, 12:30 in Riyadh
NOW = datetime(2026, 11, 18, 9, 30, tzinfo=UTC)
DAY = timedelta(days=1)


def answered(
    closes: datetime, *, now: datetime = NOW, viewer: str = "customer", language: str = "en"
) -> Turn:
    with translation.override(language):
        ticket = Ticket(status=Status.WITH_CUSTOMER, last_answered_at=closes - 7 * DAY, close_due_at=closes)
        return turn_of(ticket, viewer=viewer, now=now, calendar=WEEK)  # type: ignore[arg-type]


def waiting(
    due: datetime, since: datetime, *, now: datetime = NOW, viewer: str = "customer", language: str = "en"
) -> Turn:
    with translation.override(language):
        ticket = Ticket(status=Status.WITH_CENTRE, waiting_since=since, answer_due_at=due)
        return turn_of(ticket, viewer=viewer, now=now, calendar=WEEK)  # type: ignore[arg-type]


SUNDAY = datetime(2026, 11, 22, 7, 24, tzinfo=UTC)  # 10:24 in Riyadh


def test_an_answered_ticket_is_the_customers_turn_with_four_of_seven_days_left() -> None:
    line = answered(SUNDAY)
    assert (line.state, line.steps, line.left, line.soon) == ("you", 7, 4, False)
    assert line.word == "It is your turn"
    assert line.brief == "4 days left"
    assert "<b>Sunday 22 November 2026</b> (12 Jumada II 1448)" in line.sentence
    assert "at 10:24" in line.sentence
    assert line.today == "Today, Wednesday"
    assert line.you_date == "closes Sunday 22 November"


def test_the_same_in_arabic_with_both_calendars() -> None:
    line = answered(SUNDAY, language="ar")
    assert line.word == "الدور عندك"
    assert line.brief == "بقيت 4 أيام"
    assert "<b>الأحد 22 نوفمبر 2026</b> الموافق 12 جمادى الآخرة 1448هـ" in line.sentence
    assert "الساعة 10:24" in line.sentence
    assert (line.centre, line.you) == ("المركز", "أنت")


@pytest.mark.parametrize(
    ("left", "brief"),
    [
        (timedelta(days=6), "بقيت 6 أيام"),
        (timedelta(days=2), "بقي يومان"),
        (timedelta(days=1), "بقي يوم واحد"),
        (timedelta(hours=11), "بقيت 11 ساعة"),
        (timedelta(hours=5), "بقيت 5 ساعات"),
        (timedelta(hours=2), "بقيت ساعتان"),
        (timedelta(hours=1), "بقيت ساعة واحدة"),
        (timedelta(minutes=20), "بقي أقل من ساعة"),
    ],
)
def test_what_is_left_is_counted_in_arabic_plural_forms(left: timedelta, brief: str) -> None:
    assert answered(NOW + left, language="ar").brief == brief


@pytest.mark.parametrize("left", [timedelta(days=2), timedelta(days=1), timedelta(hours=1)])
def test_two_days_or_less_is_soon_and_at_least_one_step_is_left(left: timedelta) -> None:
    line = answered(NOW + left)
    assert line.soon
    assert line.left >= 1


def test_two_days_and_an_hour_is_not_soon_yet() -> None:
    assert not answered(NOW + timedelta(days=2, hours=1)).soon


def test_tomorrow_and_today_are_said_in_the_heading() -> None:
    assert answered(NOW + DAY).word == "It is your turn, and the ticket closes tomorrow"
    assert answered(NOW + timedelta(hours=2)).word == "It is your turn, and the ticket closes today"


def test_time_that_has_run_out_leaves_no_step_and_no_promise_of_more() -> None:
    line = answered(NOW - timedelta(minutes=1))
    assert line.left == 0
    assert line.word == "The time for a follow-up has passed"
    assert "can be reopened" in line.sentence


def test_the_staff_read_of_the_customer_in_the_third_person() -> None:
    line = answered(SUNDAY, viewer="staff")
    assert line.word == "It is the customer's turn"
    assert line.you == "The customer"
    assert "you" not in line.sentence.lower().split()


def test_a_waiting_ticket_is_the_centres_turn_with_the_promised_moment() -> None:
    # asked on Tuesday at opening; two working days end on Wednesday at closing
    due = datetime(2026, 11, 18, 12, 30, tzinfo=UTC)
    line = waiting(due, datetime(2026, 11, 17, 4, 30, tzinfo=UTC))
    assert (line.state, line.steps, line.left, line.late) == ("centre", 2, 1, False)
    assert "We answer by" in line.sentence
    assert "at 15:30" in line.sentence
    assert line.brief == "answer by Wednesday 18 November"


def test_the_second_that_a_deadline_is_rounded_up_by_is_no_step_of_its_own() -> None:
    since = datetime(2026, 11, 17, 8, 44, 12, 345678, tzinfo=UTC)
    line = waiting(due_at(WEEK, since, Decimal(2)), since, now=since)
    assert (line.steps, line.left) == (2, 2)


def test_days_off_do_not_shorten_the_centres_line() -> None:
    # Thursday noon to Monday noon holds two working days, and a Friday and Saturday that do not count
    since, due = datetime(2026, 11, 19, 8, 30, tzinfo=UTC), datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
    friday = waiting(due, since, now=datetime(2026, 11, 20, 9, 0, tzinfo=UTC))
    saturday = waiting(due, since, now=datetime(2026, 11, 21, 9, 0, tzinfo=UTC))
    assert friday.left == saturday.left == 2


def test_time_used_before_a_hold_still_counts_in_the_centres_line() -> None:
    since, due = datetime(2026, 11, 18, 4, 30, tzinfo=UTC), datetime(2026, 11, 18, 12, 30, tzinfo=UTC)
    ticket = Ticket(
        status=Status.WITH_CENTRE, waiting_since=since, answer_due_at=due, answer_spent=Decimal(1)
    )
    line = turn_of(ticket, now=NOW, calendar=WEEK)
    assert (line.steps, line.left) == (2, 1)


def test_a_late_answer_is_said_at_once_with_its_measure() -> None:
    due = NOW - timedelta(hours=3)
    line = waiting(due, NOW - 4 * DAY)
    assert line.late
    assert line.left == 0
    assert line.word == "It is the centre's turn, and the answer is late"
    assert line.brief == "late by 3 hours"
    assert "متأخرة 3 ساعات" in waiting(due, NOW - 4 * DAY, language="ar").brief


def test_waiting_for_another_party_names_it_and_escapes_what_staff_typed() -> None:
    ticket = Ticket(
        status=Status.ON_HOLD, hold_party="لجنة المنازعات", hold_reason="<script>alert(1)</script>"
    )
    line = turn_of(ticket, now=NOW, calendar=WEEK)
    assert line.state == "third"
    assert line.third == "لجنة المنازعات"
    assert "&lt;script&gt;" in line.sentence
    assert "<script>" not in line.sentence
    assert "does not count" in line.sentence or "لا يُحسب" in line.sentence


@pytest.mark.django_db
@pytest.mark.parametrize("reason", CloseReason.values)
@pytest.mark.parametrize("language", ["ar", "en"])
def test_a_closed_ticket_says_why_and_until_when_it_can_be_reopened(reason: str, language: str) -> None:
    with translation.override(language):
        ticket = Ticket(
            status=Status.CLOSED, close_reason=reason, created_at=NOW - 10 * DAY, closed_at=NOW - DAY
        )
        line = turn_of(ticket, now=NOW, calendar=WEEK)
    assert line.state == "closed"
    assert line.left == line.steps == 0
    assert ("2026" in line.sentence) and ("1448" in line.sentence)
    assert ("reopened until" if language == "en" else "إعادة فتحها حتى") in line.sentence


@pytest.mark.django_db
def test_a_ticket_closed_long_ago_promises_no_reopening() -> None:
    ticket = Ticket(
        status=Status.CLOSED,
        close_reason=CloseReason.SILENCE,
        created_at=NOW - 90 * DAY,
        closed_at=NOW - 40 * DAY,
    )
    with translation.override("en"):
        assert "reopened" not in turn_of(ticket, now=NOW, calendar=WEEK).sentence


def test_a_very_long_silence_setting_is_drawn_in_proportion() -> None:
    ticket = Ticket(status=Status.WITH_CUSTOMER, last_answered_at=NOW - 30 * DAY, close_due_at=NOW + 30 * DAY)
    line = turn_of(ticket, now=NOW, calendar=WEEK)
    assert (line.steps, line.left) == (14, 7)
