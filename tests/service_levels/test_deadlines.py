"""The promise: an answer within so many working days, to the second."""

import timeit
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tawasul.service_levels.calendar import PUBLISHED_WEEK, RIYADH, Calendar, Hours, Span
from tawasul.service_levels.deadlines import NoWorkingTime, due_at, spent, working_time_left
from tests.service_levels import oracle

TWO = Decimal(2)
PLAIN = Calendar(weekly=PUBLISHED_WEEK)
RAMADAN = Hours(time(10), time(15))


def riyadh(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=RIYADH)


def due(calendar: Calendar, start: str, days: Decimal = TWO) -> str:
    return due_at(calendar, riyadh(start), days).astimezone(RIYADH).strftime("%a %Y-%m-%d %H:%M:%S")


class TestTheCentreAnswersWithinTwoWorkingDays:
    @pytest.mark.parametrize(
        ("sent", "answered_by"),
        [
            ("2026-11-25 14:00", "Sun 2026-11-29 14:00:00"),  # a Wednesday, over the weekend
            ("2026-11-22 07:30", "Mon 2026-11-23 15:30:00"),  # at opening: the second day's closing
            ("2026-11-22 07:29:59", "Mon 2026-11-23 15:30:00"),
            ("2026-11-22 07:30:01", "Tue 2026-11-24 07:30:01"),
            ("2026-11-22 15:30", "Tue 2026-11-24 15:30:00"),  # at closing: from the next opening
            ("2026-11-22 15:29:59", "Tue 2026-11-24 15:29:59"),
            ("2026-11-26 18:00", "Mon 2026-11-30 15:30:00"),  # a Thursday evening
            ("2026-11-27 12:00", "Mon 2026-11-30 15:30:00"),  # a Friday
            ("2026-11-22 00:00", "Mon 2026-11-23 15:30:00"),
        ],
    )
    def test_and_nights_and_weekends_do_not_count(self, sent: str, answered_by: str) -> None:
        assert due(PLAIN, sent) == answered_by

    def test_a_holiday_does_not_count(self) -> None:
        calendar = Calendar(weekly=PUBLISHED_WEEK, holidays=(Span(date(2026, 9, 23), date(2026, 9, 23)),))
        assert due(calendar, "2026-09-22 10:00") == "Sun 2026-09-27 10:00:00"

    def test_a_message_on_a_holiday_counts_from_the_day_after(self) -> None:
        calendar = Calendar(weekly=PUBLISHED_WEEK, holidays=(Span(date(2026, 9, 23), date(2026, 9, 23)),))
        assert due(calendar, "2026-09-23 10:00", Decimal(1)) == "Thu 2026-09-24 15:30:00"

    def test_a_ramadan_day_is_a_whole_day(self) -> None:
        season = (Span(date(2027, 2, 8), date(2027, 3, 8)), RAMADAN)
        calendar = Calendar(weekly=PUBLISHED_WEEK, seasons=(season,))
        assert due(calendar, "2027-02-14 10:00") == "Mon 2027-02-15 15:00:00"
        # Half of Sunday's eight hours are left, so half of Tuesday's five are needed.
        half = (Span(date(2027, 2, 15), date(2027, 3, 8)), RAMADAN)
        calendar = Calendar(weekly=PUBLISHED_WEEK, seasons=(half,))
        assert due(calendar, "2027-02-14 11:30") == "Tue 2027-02-16 12:30:00"

    def test_the_later_of_two_seasons_holds(self) -> None:
        long = (Span(date(2027, 2, 1), date(2027, 3, 30)), RAMADAN)
        inner = (Span(date(2027, 2, 14), date(2027, 2, 15)), Hours(time(9), time(11)))
        calendar = Calendar(weekly=PUBLISHED_WEEK, seasons=(long, inner))
        assert due(calendar, "2027-02-14 08:00", Decimal(1)) == "Sun 2027-02-14 11:00:00"

    def test_a_part_of_a_second_is_rounded_up(self) -> None:
        start = riyadh("2026-11-22 10:00").replace(microsecond=1)
        assert due_at(PLAIN, start, TWO) == riyadh("2026-11-24 10:00:01")

    def test_a_third_of_a_day_is_exact_to_the_second(self) -> None:
        assert due(PLAIN, "2026-11-22 07:30", Decimal(1) / 3) == "Sun 2026-11-22 10:10:00"

    def test_nothing_left_is_due_at_once(self) -> None:
        assert due_at(PLAIN, riyadh("2026-11-27 03:00"), Decimal(0)) == riyadh("2026-11-27 03:00")
        assert due_at(PLAIN, riyadh("2026-11-27 03:00"), Decimal(-1)) == riyadh("2026-11-27 03:00")

    def test_a_calendar_without_working_time_says_so(self) -> None:
        holidays = (Span(date(2026, 1, 1), date(2046, 1, 1)),)
        with pytest.raises(NoWorkingTime):
            due_at(Calendar(weekly=PUBLISHED_WEEK, holidays=holidays), riyadh("2026-11-22 10:00"), TWO)


class TestTheClockStandsStillWhileOthersHaveTheTurn:
    def test_a_hold_moves_the_deadline_by_what_it_took(self) -> None:
        used = spent(PLAIN, riyadh("2026-11-22 10:00"), riyadh("2026-11-22 12:00"))
        assert used == Decimal("0.25")
        assert due_at(PLAIN, riyadh("2026-11-24 12:00"), TWO - used) == riyadh("2026-11-26 10:00")

    def test_time_outside_hours_is_not_spent(self) -> None:
        assert spent(PLAIN, riyadh("2026-11-26 15:30"), riyadh("2026-11-29 07:30")) == 0
        assert spent(PLAIN, riyadh("2026-11-29 12:00"), riyadh("2026-11-29 10:00")) == 0

    def test_what_is_left_is_told_in_days_and_in_seconds(self) -> None:
        left = working_time_left(PLAIN, riyadh("2026-11-26 12:30"), riyadh("2026-11-29 07:30"))
        assert left.seconds == 3 * 3600
        assert left.days == Decimal("0.375")
        assert working_time_left(PLAIN, riyadh("2026-11-29 12:00"), riyadh("2026-11-29 11:00")).seconds == 0


class TestOtherTimeZones:
    """Not Riyadh's business, but an installation elsewhere has clocks that change."""

    def test_a_working_day_on_which_clocks_go_back_is_still_one_day(self) -> None:
        berlin = ZoneInfo("Europe/Berlin")
        week = {day: Hours(time(1), time(5)) for day in range(1, 8)}
        calendar = Calendar(weekly=week, time_zone=berlin)
        start = datetime(2026, 10, 25, 0, 30, tzinfo=berlin)  # five real hours between 01:00 and 05:00
        assert due_at(calendar, start, Decimal(1)) == datetime(2026, 10, 25, 5, tzinfo=berlin)
        left = working_time_left(calendar, start, datetime(2026, 10, 25, 6, tzinfo=berlin))
        assert left.seconds == 5 * 3600

    def test_the_deadline_does_not_depend_on_the_zone_a_moment_is_written_in(self) -> None:
        start = riyadh("2026-11-22 01:00")  # the day before in UTC
        assert due_at(PLAIN, start, TWO) == due_at(PLAIN, start.astimezone(UTC), TWO)
        assert due_at(PLAIN, start, TWO) == riyadh("2026-11-23 15:30")


def test_a_deadline_costs_microseconds() -> None:
    start, end = riyadh("2026-11-25 14:00"), riyadh("2026-11-29 14:00")
    due_at(PLAIN, start, TWO)
    best = min(timeit.repeat(lambda: due_at(PLAIN, start, TWO), number=200, repeat=5)) / 200
    best_spent = min(timeit.repeat(lambda: spent(PLAIN, start, end), number=200, repeat=5)) / 200
    assert best < 100e-6  # 15 µs on an idle core; 50 promised
    assert best_spent < 100e-6


# Properties. Tables are drawn with hours on whole minutes, so that the oracle can walk by minutes.

DAYS = st.dates(date(2026, 1, 1), date(2027, 12, 31))
MINUTES = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)).map(
    lambda moment: moment.replace(second=0, microsecond=0)
)


@st.composite
def hours(draw: st.DrawFn) -> Hours:
    opens = draw(st.integers(0, 23 * 60))
    closes = draw(st.integers(opens + 1, 24 * 60 - 1))
    return Hours(time(*divmod(opens, 60)), time(*divmod(closes, 60)))


@st.composite
def spans(draw: st.DrawFn, longest: int) -> Span:
    first = draw(DAYS)
    return Span(first, first + timedelta(days=draw(st.integers(0, longest))))


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    seasons = draw(st.lists(st.tuples(spans(40), hours()), max_size=3))
    return Calendar(
        weekly=draw(st.dictionaries(st.integers(1, 7), hours(), min_size=2)),
        holidays=tuple(draw(st.lists(spans(6), max_size=5))),
        seasons=tuple(sorted(seasons, key=lambda season: season[0].first)),
    )


# Half a microsecond of the shortest day that is drawn, one minute: what due_at rounds to.
GRAIN = Fraction(1, 2 * 60 * 10**6)


def wall(moment: datetime) -> datetime:
    return moment.astimezone(RIYADH).replace(tzinfo=None)


@settings(max_examples=60, deadline=None)
@given(calendars(), MINUTES, st.decimals("0.01", "2.5", places=2))
def test_deadlines_agree_with_walking_minute_by_minute(
    calendar: Calendar, start: datetime, days: Decimal
) -> None:
    found = wall(due_at(calendar, start.replace(tzinfo=RIYADH), days))
    walked = oracle.due_minute(calendar, start, Fraction(days))
    assert walked - oracle.MINUTE < found <= walked


@settings(max_examples=60, deadline=None)
@given(calendars(), MINUTES, st.integers(0, 10 * 24 * 60))
def test_time_spent_agrees_with_walking_minute_by_minute(
    calendar: Calendar, start: datetime, minutes: int
) -> None:
    end = start + timedelta(minutes=minutes)
    found = spent(calendar, start.replace(tzinfo=RIYADH), end.replace(tzinfo=RIYADH))
    assert abs(Fraction(found) - oracle.spent(calendar, start, end)) <= Fraction(1, 2 * 10**12)


@settings(max_examples=40, deadline=None)
@given(calendars(), calendars(), MINUTES, st.integers(1, 3 * 24 * 60))
def test_after_a_change_of_the_tables_the_new_ones_hold_for_the_rest(
    before: Calendar, after: Calendar, start: datetime, minutes: int
) -> None:
    changed = start + timedelta(minutes=minutes)
    used = spent(before, start.replace(tzinfo=RIYADH), changed.replace(tzinfo=RIYADH))
    left = TWO - used
    if left <= 0:
        return
    found = wall(due_at(after, changed.replace(tzinfo=RIYADH), left))
    exactly_left = Fraction(2) - oracle.spent(before, start, changed)
    earliest = oracle.due_minute(after, changed, exactly_left - GRAIN) - oracle.MINUTE
    latest = oracle.due_minute(after, changed, exactly_left + GRAIN)
    assert earliest <= found <= latest


MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))
SHARES = st.decimals("0.000000000001", "5", places=12)


@settings(deadline=None)
@given(calendars(), MOMENTS, SHARES)
def test_a_deadline_is_the_first_second_by_which_the_time_is_spent(
    calendar: Calendar, start: datetime, days: Decimal
) -> None:
    found = due_at(calendar, start, days)
    assert found.microsecond == 0
    assert spent(calendar, start, found) >= days - Decimal("1e-8")  # at least GRAIN
    assert spent(calendar, start, found - timedelta(seconds=1)) < days + Decimal("1e-8")


@settings(deadline=None)
@given(calendars(), MOMENTS, SHARES, SHARES)
def test_more_days_are_never_due_earlier(
    calendar: Calendar, start: datetime, one: Decimal, other: Decimal
) -> None:
    less, more = sorted((one, other))
    assert due_at(calendar, start, less) <= due_at(calendar, start, more)


@settings(deadline=None)
@given(calendars(), MOMENTS, st.integers(0, 10**12), SHARES)
def test_a_later_start_is_never_due_earlier(
    calendar: Calendar, start: datetime, microseconds: int, days: Decimal
) -> None:
    later = start + timedelta(microseconds=microseconds)
    assert due_at(calendar, start, days) <= due_at(calendar, later, days)


@settings(deadline=None)
@given(calendars(), MOMENTS, st.lists(st.integers(0, 10**11), min_size=2, max_size=6))
def test_a_wait_in_parts_is_as_long_as_the_whole(
    calendar: Calendar, start: datetime, parts: list[int]
) -> None:
    moments = [start]
    for part in parts:
        moments.append(moments[-1] + timedelta(microseconds=part))
    total = sum((spent(calendar, one, next_) for one, next_ in pairwise(moments)), Decimal(0))
    assert abs(total - spent(calendar, start, moments[-1])) <= Decimal(len(parts) + 1) / 2 / 10**12


@settings(deadline=None)
@given(MOMENTS, st.lists(st.integers(0, 3 * 10**10), max_size=8))
def test_holds_that_end_at_once_change_no_deadline(start: datetime, pauses: list[int]) -> None:
    """What the store keeps of the time used, twelve places, must bring the same second back."""
    promised = due_at(PLAIN, start, TWO)
    since, used = start, Decimal(0)
    for pause in pauses:
        stopped = since + timedelta(microseconds=pause)
        if stopped >= promised:
            return
        used += spent(PLAIN, since, stopped)
        since = stopped
        assert due_at(PLAIN, since, TWO - used) == promised
