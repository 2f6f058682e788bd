"""Deadline arithmetic over a calendar: pure, exact, in working days.

A working day is the unit whatever its hours: half of a Ramadan day counts as half a day. Inside, time is whole
microseconds and shares of a day are fractions, so nothing drifts; rounding happens once, at the border.
"""

from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from tawasul.service_levels.calendar import Calendar, from_microseconds, to_microseconds

_SECOND = 1_000_000
_PLACES = 12  # of a stored share of a day: a thirtieth of a microsecond
_HORIZON = 10 * 366  # days; beyond it the tables hold no working time
_ONE_DAY = timedelta(days=1)


class NoWorkingTime(ValueError):
    """The calendar has too little working time in ten years: its tables are wrong."""


class Left(NamedTuple):
    """Working time until a deadline: in working days, and in seconds of opening hours."""

    days: Decimal
    seconds: int


def due_at(calendar: Calendar, start: datetime, days: Decimal) -> datetime:
    """The moment, in UTC, by which ``days`` working days have passed since ``start``; rounded up to the second.

    A start outside working hours counts from the next opening. What ends with the day is due at closing, not
    at the next opening. With no days left the deadline is ``start`` itself. Raises NoWorkingTime.
    """
    moment = to_microseconds(start)
    left = Fraction(days)
    if left <= 0:
        return _up_to_second(moment)
    day = calendar.local_day(start)
    for _ in range(_HORIZON):
        hours = calendar.working_time(day)
        day += _ONE_DAY
        if hours is None or hours.end <= moment:
            continue
        begin, length = max(moment, hours.begin), hours.end - hours.begin
        # To the microsecond first: what twelve places of a day cannot hold must not move a deadline past the
        # second, or from one day's closing to the next opening.
        need = round(left * length)
        if begin + need <= hours.end:
            return _up_to_second(begin + need)
        left -= Fraction(hours.end - begin, length)
    raise NoWorkingTime(f"no {days} working days after {start:%Y-%m-%d}")


def spent(calendar: Calendar, start: datetime, end: datetime) -> Decimal:
    """Working days between two moments, to twelve places; nothing where the end comes first."""
    whole, share = 0, Fraction(0)
    for begin, close, length in _pieces(calendar, start, end):
        if close - begin == length:
            whole += 1
        else:
            share += Fraction(close - begin, length)
    return Decimal(round((whole + share) * 10**_PLACES)).scaleb(-_PLACES)


def working_time_left(calendar: Calendar, now: datetime, due: datetime) -> Left:
    """What is left of working time until ``due``, seconds rounded down; nothing when it has passed."""
    microseconds = sum(close - begin for begin, close, _length in _pieces(calendar, now, due))
    return Left(spent(calendar, now, due), microseconds // _SECOND)


def _pieces(calendar: Calendar, start: datetime, end: datetime) -> list[tuple[int, int, int]]:
    """The working time between two moments, day by day: begin, end, and the length of the whole day."""
    first, last = to_microseconds(start), to_microseconds(end)
    if last <= first:
        return []
    pieces = []
    day: date = calendar.local_day(start)
    last_day = calendar.local_day(end)
    while day <= last_day:
        hours = calendar.working_time(day)
        day += _ONE_DAY
        if hours is not None:
            begin, close = max(first, hours.begin), min(last, hours.end)
            if begin < close:
                pieces.append((begin, close, hours.end - hours.begin))
    return pieces


def _up_to_second(microseconds: int) -> datetime:
    return from_microseconds(-(-microseconds // _SECOND) * _SECOND)
