"""A slow second opinion: walks the clock minute by minute and looks at nothing but the tables.

Moments are wall-clock minutes without a time zone, as on a clock in a place that never changes it.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from fractions import Fraction

from tawasul.service_levels.calendar import Calendar

ONE_DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)


def minutes(calendar: Calendar, start: datetime) -> Iterator[tuple[datetime, int, list[int]]]:
    """Day after day: midnight, the minutes in that working day (0: none), and which minutes of it are worked.

    The first day begins at ``start``.
    """
    midnight = start.replace(hour=0, minute=0)
    since = start.hour * 60 + start.minute
    while True:
        opens = closes = 0
        if midnight.isoweekday() in calendar.weekly:
            chosen = calendar.weekly[midnight.isoweekday()]
            for span, other in calendar.seasons:
                if span.first <= midnight.date() <= span.last:
                    chosen = other
            opens = chosen.opens.hour * 60 + chosen.opens.minute
            closes = chosen.closes.hour * 60 + chosen.closes.minute
        for span in calendar.holidays:
            if span.first <= midnight.date() <= span.last:
                opens = closes = 0
        worked = [minute for minute in range(since, 24 * 60) if opens <= minute < closes]
        yield midnight, closes - opens, worked
        midnight, since = midnight + ONE_DAY, 0


def due_minute(calendar: Calendar, start: datetime, days: Fraction) -> datetime:
    """The end of the minute in which the working time since ``start`` reaches ``days``."""
    if days <= 0:
        return start
    left = days
    for midnight, length, worked in minutes(calendar, start):
        for count, minute in enumerate(worked, start=1):
            if count * left.denominator >= left.numerator * length:
                return midnight + (minute + 1) * MINUTE
        if worked:
            left -= Fraction(len(worked), length)
    raise AssertionError


def spent(calendar: Calendar, start: datetime, end: datetime) -> Fraction:
    """The working time between two minutes, in days."""
    total = Fraction(0)
    for midnight, length, worked in minutes(calendar, start):
        if midnight >= end:
            return total
        before_end = sum(1 for minute in worked if midnight + minute * MINUTE < end)
        if before_end:
            total += Fraction(before_end, length)
    raise AssertionError
