"""Moments in words, in both languages."""

import timeit
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone, translation

from tawasul.core import dates

NOW = datetime(2026, 11, 22, 7, 24, tzinfo=UTC)
Say = Callable[[], str]


def said(say: Say) -> tuple[str, str]:
    """In Arabic and in English."""
    with translation.override("ar"):
        arabic = say()
    with translation.override("en"):
        return arabic, say()


@pytest.mark.parametrize(
    ("say", "arabic", "english"),
    [
        (dates.weekday, "الأحد", "Sunday"),
        (dates.short_date, "22 نوفمبر 2026", "22 November 2026"),
        (dates.long_date, "الأحد 22 نوفمبر 2026", "Sunday 22 November 2026"),
        (dates.hijri, "12 جمادى الآخرة 1448هـ", "12 Jumada II 1448"),
        (
            dates.date_with_hijri,
            "الأحد 22 نوفمبر 2026 الموافق 12 جمادى الآخرة 1448هـ",
            "Sunday 22 November 2026 (12 Jumada II 1448)",
        ),
        (dates.clock_time, "10:24", "10:24"),
    ],
)
def test_a_moment_is_told_at_the_readers_place(
    say: Callable[[datetime], str], arabic: str, english: str
) -> None:
    assert said(lambda: say(NOW)) == (arabic, english)


def test_the_day_is_the_readers_own() -> None:
    late = datetime(2026, 11, 22, 21, 30, tzinfo=UTC)
    with translation.override("en"):
        assert dates.long_date(late) == "Monday 23 November 2026"
        assert dates.clock_time(late) == "00:30"
        with timezone.override(ZoneInfo("Europe/London")):
            assert dates.long_date(late) == "Sunday 22 November 2026"
            assert dates.clock_time(late) == "21:30"


def test_ramadan_begins_when_it_is_calculated_to() -> None:
    with translation.override("ar"):
        assert dates.hijri(date(2027, 2, 8)) == "1 رمضان 1448هـ"
        assert dates.hijri(date(2027, 3, 9)) == "1 شوال 1448هـ"


@pytest.mark.parametrize("day", [date(2090, 1, 1), date(1900, 1, 1)])
def test_outside_the_hijri_tables_only_the_gregorian_date_is_given(day: date) -> None:
    with translation.override("en"):
        assert dates.hijri(day) == ""
        assert dates.date_with_hijri(day) == dates.long_date(day)


AGO = [
    (timedelta(seconds=59), "الآن", "just now"),
    (timedelta(minutes=1), "قبل دقيقة", "1 minute ago"),
    (timedelta(minutes=2), "قبل دقيقتين", "2 minutes ago"),
    (timedelta(minutes=10), "قبل 10 دقائق", "10 minutes ago"),
    (timedelta(minutes=59), "قبل 59 دقيقة", "59 minutes ago"),
    (timedelta(hours=1), "قبل ساعة", "1 hour ago"),
    (timedelta(hours=23), "قبل 23 ساعة", "23 hours ago"),
    (timedelta(days=3), "قبل 3 أيام", "3 days ago"),
    (timedelta(days=11), "قبل 11 يومًا", "11 days ago"),
    (timedelta(days=30), "قبل شهر", "1 month ago"),
    (timedelta(days=100), "قبل 3 أشهر", "3 months ago"),
    (timedelta(days=800), "قبل سنتين", "2 years ago"),
    (timedelta(days=365 * 102), "قبل 102 سنة", "102 years ago"),
    (timedelta(minutes=-2), "بعد دقيقتين", "in 2 minutes"),
    (timedelta(hours=-2), "بعد ساعتين", "in 2 hours"),
    (timedelta(days=-1), "بعد يوم", "in 1 day"),
]


@pytest.mark.parametrize(("ago", "arabic", "english"), AGO)
def test_how_far_away_has_the_right_plural(ago: timedelta, arabic: str, english: str) -> None:
    assert said(lambda: dates.relative(NOW - ago, NOW)) == (arabic, english)


@pytest.mark.parametrize(
    ("length", "arabic", "english"),
    [
        (59, "أقل من دقيقة", "less than a minute"),
        (9000, "ساعتين و30 دقيقة", "2 hours 30 minutes"),
        (timedelta(days=2, hours=1, minutes=5), "يومين وساعة", "2 days 1 hour"),
        (timedelta(days=-3), "3 أيام", "3 days"),
    ],
)
def test_a_length_has_two_units_at_most(length: timedelta | float, arabic: str, english: str) -> None:
    assert said(lambda: dates.duration(length)) == (arabic, english)


def test_a_page_of_fifty_dates_costs_no_time() -> None:
    moments = [NOW - timedelta(hours=7 * n) for n in range(50)]
    with translation.override("ar"):
        for say in (dates.date_with_hijri, lambda moment: dates.relative(moment, NOW), dates.clock_time):

            def page(say: Callable[[datetime], str] = say) -> list[str]:
                return [say(moment) for moment in moments]

            page()
            assert min(timeit.repeat(page, number=1, repeat=20)) < 1e-3  # 0.15 ms on an idle core
