"""The centre's working time: which hours of which day, as the administrator's tables say."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from time import monotonic
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.conf import settings

from tawasul.service_levels.models import Holiday, Promise, Season, WorkingDay

KEEP_SECONDS = 1.0  # a change of the tables is seen by every process within this time
ANSWER_DAYS = Decimal(2)  # the published promise, where the table is empty
RIYADH = ZoneInfo("Asia/Riyadh")

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Hours(NamedTuple):
    """Opening and closing, local time of the centre."""

    opens: time
    closes: time


class Span(NamedTuple):
    """Dates from first to last, both included."""

    first: date
    last: date


class WorkingTime(NamedTuple):
    """One day's working time as instants: microseconds since 1970 in UTC, the end excluded."""

    begin: int
    end: int


# What an empty table of weekdays stands for: Sunday to Thursday, as published.
PUBLISHED_WEEK = {weekday: Hours(time(7, 30), time(15, 30)) for weekday in (7, 1, 2, 3, 4)}


@dataclass(frozen=True)
class Calendar:
    """Working time in one time zone. Weekdays are ISO numbers; of two seasons on one day the later one holds."""

    weekly: dict[int, Hours]
    holidays: tuple[Span, ...] = ()
    seasons: tuple[tuple[Span, Hours], ...] = ()
    time_zone: ZoneInfo = RIYADH
    answer_days: Decimal = ANSWER_DAYS
    _known: dict[date, WorkingTime | None] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def working_time(self, day: date) -> WorkingTime | None:
        """That day's working time; None on a day off. Remembered, as every deadline asks again."""
        try:
            return self._known[day]
        except KeyError:
            found = self._known[day] = self._find(day)
            return found

    def local_day(self, moment: datetime) -> date:
        """The date at the centre at that moment."""
        return moment.astimezone(self.time_zone).date()

    def _find(self, day: date) -> WorkingTime | None:
        hours = self.weekly.get(day.isoweekday())
        if hours is None or any(span.first <= day <= span.last for span in self.holidays):
            return None
        for span, other_hours in self.seasons:
            if span.first <= day <= span.last:
                hours = other_hours
        begin, end = self._instant(day, hours.opens), self._instant(day, hours.closes)
        # Where clocks go forward over the whole working time there is none of it.
        return WorkingTime(begin, end) if end > begin else None

    def _instant(self, day: date, at: time) -> int:
        return to_microseconds(datetime.combine(day, at, tzinfo=self.time_zone))


def to_microseconds(moment: datetime) -> int:
    """An aware moment in microseconds since 1970, exactly."""
    return (moment - _EPOCH) // _MICROSECOND


def from_microseconds(count: int) -> datetime:
    """The inverse, in UTC."""
    return _EPOCH + timedelta(microseconds=count)


def from_tables() -> Calendar:
    """The calendar as the tables say now. Four small queries."""
    weekly = {row.weekday: Hours(row.opens, row.closes) for row in WorkingDay.objects.all()}
    promise = Promise.objects.order_by("pk").first()
    return Calendar(
        # A centre that never works could promise nothing: an emptied table means the published week.
        weekly=weekly or PUBLISHED_WEEK,
        holidays=tuple(Span(row.first, row.last) for row in Holiday.objects.order_by("first")),
        seasons=tuple(
            (Span(row.first, row.last), Hours(row.opens, row.closes))
            for row in Season.objects.order_by("first", "pk")
        ),
        time_zone=ZoneInfo(settings.TIME_ZONE),
        answer_days=promise.answer_days if promise else ANSWER_DAYS,
    )


_kept: tuple[float, Calendar] | None = None


def current() -> Calendar:
    """The calendar as it stood at most ``KEEP_SECONDS`` ago; usually no query.

    Reading the few rows again once a second costs less than asking on each request whether they changed, needs
    no revision that every writer must remember to bump, and holds for changes made by any process.
    """
    global _kept
    now = monotonic()
    if _kept is None or now - _kept[0] >= KEEP_SECONDS:
        read = from_tables()
        if _kept is not None and read == _kept[1]:
            read = _kept[1]  # unchanged: keep the days it remembers
        _kept = (now, read)
    return _kept[1]


def changed() -> None:
    """The tables were changed in this process: read them anew next time."""
    global _kept
    _kept = None
