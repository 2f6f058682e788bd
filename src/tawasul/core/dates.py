"""Moments in words, in the active language and the current time zone. Digits are ASCII in both languages.

Hijri dates are Umm al-Qura as ``hijridate`` has them (1924–2077); outside its range only the Gregorian date
is given. What depends on the day alone is remembered per language and day.
"""

import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from django.utils import timezone
from django.utils.dates import MONTHS, WEEKDAYS
from django.utils.translation import get_language, gettext, ngettext, npgettext, pgettext
from hijridate import Gregorian, Hijri

from tawasul.core import clock
from tawasul.core.text import ascii_digits, without_bidi_controls

_FIRST_GREGORIAN_YEAR = 1700  # years from here on are Gregorian, those below it Hijri
_LAST_YEAR = 2999
_TYPED_DAY = re.compile(
    r"(\d{1,4})\s*[-/.]\s*(\d{1,2})\s*[-/.]\s*(\d{1,4})\s*(?:هـ|ه|م|AH|CE)?", re.IGNORECASE
)

_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_MONTH, _YEAR = 30 * _DAY, 365 * _DAY


def weekday(moment: datetime | date) -> str:
    """Sunday · الأحد"""
    return _weekday(get_language() or "", _day(moment))


def short_date(moment: datetime | date) -> str:
    """22 November 2026 · 22 نوفمبر 2026"""
    return _short(get_language() or "", _day(moment))


def long_date(moment: datetime | date) -> str:
    """Sunday 22 November 2026 · الأحد 22 نوفمبر 2026"""
    return _long(get_language() or "", _day(moment))


def hijri(moment: datetime | date) -> str:
    """12 Jumada II 1448 · 12 جمادى الآخرة 1448هـ; empty outside the calendar's range."""
    return _hijri(get_language() or "", _day(moment))


def date_with_hijri(moment: datetime | date) -> str:
    """Sunday 22 November 2026 (12 Jumada II 1448) · الأحد 22 نوفمبر 2026 الموافق 12 جمادى الآخرة 1448هـ"""
    return _both(get_language() or "", _day(moment))


def clock_time(moment: datetime) -> str:
    """The time of day, 24 hours: 09:05."""
    local = _local(moment)
    return f"{local.hour:02d}:{local.minute:02d}"


def relative(moment: datetime, now: datetime | None = None) -> str:
    """How far away, in one unit rounded down: 3 days ago · قبل 3 أيام; in 2 hours · بعد ساعتين."""
    seconds = int(((now or clock.now()) - moment).total_seconds())
    if -_MINUTE < seconds < _MINUTE:
        return gettext("just now")
    unit, count = _unit(abs(seconds))
    return _relative(get_language() or "", unit, count, seconds > 0)


def duration(length: timedelta | float) -> str:
    """A length of time (timedelta or seconds) in at most two units, rounded down: 2 hours 30 minutes.

    Less than a minute is "less than a minute"; a negative length is told by its size.
    """
    seconds = abs(int(length.total_seconds() if isinstance(length, timedelta) else length))
    return _duration(get_language() or "", seconds // _MINUTE)


def written_day(typed: str) -> str:
    """A day as it was typed, in one form: 2026-11-22, or 1448-06-12 where the Hijri calendar is meant.

    The year may stand first or last, digits in either script. Raises ValueError where it is no day.
    """
    match = _TYPED_DAY.fullmatch(ascii_digits(without_bidi_controls(typed)).strip())
    if match is None:
        raise ValueError("not a day")
    first, month, last = match.groups()
    year, day = (first, last) if len(first) == 4 else (last, first)
    if len(year) != 4 or len(day) > 2:
        raise ValueError("a year of four digits is missing")
    written = f"{year}-{int(month):02}-{int(day):02}"
    day_of(written)
    return written


def day_of(written: str) -> date:
    """The Gregorian day that ``written_day`` stands for. Raises ValueError where there is no such day."""
    year, month, day = map(int, written.split("-"))
    if year > _LAST_YEAR:
        raise ValueError("no year of anybody's ticket")
    if year >= _FIRST_GREGORIAN_YEAR:
        return date(year, month, day)
    try:
        return date.fromisoformat(Hijri(year, month, day).to_gregorian().isoformat())
    except OverflowError:
        raise ValueError("outside the calendar's range") from None


def day_begins(day: date) -> datetime:
    """The first moment of the day in the current time zone."""
    return datetime.combine(day, time.min, tzinfo=timezone.get_current_timezone())


def _local(moment: datetime) -> datetime:
    return moment.astimezone(timezone.get_current_timezone())


def _day(moment: datetime | date) -> date:
    return _local(moment).date() if isinstance(moment, datetime) else moment


def _unit(seconds: int) -> tuple[int, int]:
    """The largest unit (in seconds) that fits into a length, and how often."""
    for unit in (_YEAR, _MONTH, _DAY, _HOUR):
        if seconds >= unit:
            return unit, seconds // unit
    return _MINUTE, seconds // _MINUTE


def _per_day(build: Callable[[date], str]) -> Callable[[str, date], str]:
    """Remember a text per language and day; ``build`` runs in that language."""

    @lru_cache(maxsize=4096)
    def remembered(_language: str, day: date) -> str:
        return build(day)

    return remembered


@_per_day
def _weekday(day: date) -> str:
    return str(WEEKDAYS[day.weekday()])


@_per_day
def _short(day: date) -> str:
    return pgettext("date", "%(day)s %(month)s %(year)s") % {
        "day": day.day,
        "month": MONTHS[day.month],
        "year": day.year,
    }


@_per_day
def _long(day: date) -> str:
    return pgettext("date", "%(weekday)s %(date)s") % {"weekday": weekday(day), "date": short_date(day)}


@_per_day
def _hijri(day: date) -> str:
    try:
        there = Gregorian(day.year, day.month, day.day).to_hijri()
    except OverflowError:
        return ""
    month = (
        pgettext("Hijri month", "Muharram"),
        pgettext("Hijri month", "Safar"),
        pgettext("Hijri month", "Rabi I"),
        pgettext("Hijri month", "Rabi II"),
        pgettext("Hijri month", "Jumada I"),
        pgettext("Hijri month", "Jumada II"),
        pgettext("Hijri month", "Rajab"),
        pgettext("Hijri month", "Shaban"),
        pgettext("Hijri month", "Ramadan"),
        pgettext("Hijri month", "Shawwal"),
        pgettext("Hijri month", "Dhul-Qadah"),
        pgettext("Hijri month", "Dhul-Hijjah"),
    )[there.month - 1]
    return pgettext("Hijri date", "%(day)s %(month)s %(year)s") % {
        "day": there.day,
        "month": month,
        "year": there.year,
    }


@_per_day
def _both(day: date) -> str:
    hijri_date = hijri(day)
    if not hijri_date:
        return long_date(day)
    return pgettext("date", "%(date)s (%(hijri)s)") % {"date": long_date(day), "hijri": hijri_date}


@lru_cache(maxsize=2048)
def _relative(_language: str, unit: int, count: int, past: bool) -> str:
    if past:
        text = {
            _YEAR: ngettext("%(count)d year ago", "%(count)d years ago", count),
            _MONTH: ngettext("%(count)d month ago", "%(count)d months ago", count),
            _DAY: ngettext("%(count)d day ago", "%(count)d days ago", count),
            _HOUR: ngettext("%(count)d hour ago", "%(count)d hours ago", count),
            _MINUTE: ngettext("%(count)d minute ago", "%(count)d minutes ago", count),
        }[unit]
    else:
        text = {
            _YEAR: ngettext("in %(count)d year", "in %(count)d years", count),
            _MONTH: ngettext("in %(count)d month", "in %(count)d months", count),
            _DAY: ngettext("in %(count)d day", "in %(count)d days", count),
            _HOUR: ngettext("in %(count)d hour", "in %(count)d hours", count),
            _MINUTE: ngettext("in %(count)d minute", "in %(count)d minutes", count),
        }[unit]
    return text % {"count": count}


@lru_cache(maxsize=2048)
def _duration(_language: str, minutes: int) -> str:
    if minutes == 0:
        return pgettext("duration", "less than a minute")
    days, rest = divmod(minutes, 24 * 60)
    hours, minutes = divmod(rest, 60)
    parts = [
        text % {"count": count}
        for count, text in (
            (days, npgettext("duration", "%(count)d day", "%(count)d days", days)),
            (hours, npgettext("duration", "%(count)d hour", "%(count)d hours", hours)),
            (minutes, npgettext("duration", "%(count)d minute", "%(count)d minutes", minutes)),
        )
        if count
    ][:2]
    if len(parts) == 1:
        return parts[0]
    return pgettext("duration", "%(first)s %(second)s") % {"first": parts[0], "second": parts[1]}
