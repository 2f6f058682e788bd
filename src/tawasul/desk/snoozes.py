"""When a snoozed ticket comes back: the usual moments, and a day typed in either calendar."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from hijridate import Hijri

from tawasul.core import clock
from tawasul.core.text import ascii_digits
from tawasul.desk.due import near
from tawasul.service_levels import calendar as calendars
from tawasul.service_levels.calendar import Calendar, from_microseconds
from tawasul.tickets import dossier
from tawasul.tickets.actions.snoozing import UNTIL_REPLY
from tawasul.tickets.models import Ticket

REPLY, OWN = "reply", "own"
SUNDAY = 7
MORNING = time(7, 30)
FURTHEST = timedelta(days=366)
_HIJRI_YEARS = range(1343, 1501)


@dataclass(frozen=True, slots=True)
class Moment:
    """One choice: what is sent, its words, and whether the promised answer is late by then."""

    value: str
    words: str
    until: datetime | None
    past_promise: bool = False


def moments(ticket: Ticket) -> list[Moment]:
    """The choices from now, each moment once; a letter brings the ticket back before each of them."""
    now = clock.now()
    made: list[Moment] = []
    taken: set[datetime] = set()
    for value, (words, until) in usual(now).items():
        shown = until.replace(second=0, microsecond=0)
        if shown not in taken:
            taken.add(shown)
            said = f"{words} · {near(until, now)}"
            made.append(Moment(value, said, until, dossier.goes_past_promise(ticket, until)))
    made.sort(key=lambda moment: moment.until or now)
    return [*made, Moment(REPLY, _("Until the customer writes"), None, ticket.answer_due_at is not None)]


def usual(now: datetime) -> dict[str, tuple[str, datetime]]:
    """What may be chosen, with its words and its moment. Of two that fall together the earlier named one is offered:
    on a Saturday one says "when the centre opens", not "next Sunday". A page from before that may send the other."""
    calendar = calendars.current()
    today = calendar.local_day(now)
    opens = opening(calendar, today)
    sunday = today + timedelta(days=(SUNDAY - today.isoweekday()) % 7 or 7)
    week = opening(calendar, sunday)
    return {
        "opening": (
            _("When the centre opens next"),
            opens if opens > now else opening(calendar, today + timedelta(days=1)),
        ),
        "sunday": (_week_words(calendar, sunday, week), week),
        "hours": (_("In 2 hours"), now + timedelta(hours=2)),
    }


def _week_words(calendar: Calendar, sunday: date, opens: datetime) -> str:
    """Sunday is named only where the centre opens then."""
    if calendar.local_day(opens) == sunday:
        return _("Next Sunday")
    if any(span.first <= sunday <= span.last for span in calendar.holidays):
        return _("After the holiday")
    return _("When the next working week begins")


def opening(calendar: Calendar, day: date) -> datetime:
    """When the centre opens on that day, or on the next one on which it does."""
    for later in range(60):
        hours = calendar.working_time(day + timedelta(days=later))
        if hours is not None:
            return from_microseconds(hours.begin)
    return datetime.combine(day, MORNING, tzinfo=calendar.time_zone)


def typed(day: str, hour: str) -> datetime:
    """A day typed as year-month-day or day-month-year, in the Gregorian or the Umm al-Qura calendar by its year, and
    an hour (empty: the morning), where the reader is. Raises ValidationError, also for what is past or too far."""
    numbers = [int(number) for number in re.findall(r"\d+", ascii_digits(day))]
    clock_time = re.fullmatch(r"(\d{1,2})(?::(\d{2}))?", ascii_digits(hour.strip()))
    if len(numbers) != 3 or (hour.strip() and clock_time is None):
        raise ValidationError(_("Write a day and an hour, such as 2026-12-01 or 1448-06-21, at 07:30."))
    year, month, of_month = numbers if numbers[0] > 31 else reversed(numbers)
    try:
        if year in _HIJRI_YEARS:
            there = Hijri(year, month, of_month).to_gregorian()
            found = date(there.year, there.month, there.day)
        else:
            found = date(year, month, of_month)
        at = time(int(clock_time[1]), int(clock_time[2] or 0)) if clock_time else MORNING
    except (ValueError, OverflowError):
        raise ValidationError(_("There is no such day, or no such hour.")) from None
    moment = datetime.combine(found, at, tzinfo=timezone.get_current_timezone())
    if not clock.now() < moment <= clock.now() + FURTHEST:
        raise ValidationError(_("Choose a moment from now on, at most a year away."))
    return moment


def is_until_reply(ticket: Ticket) -> bool:
    """Whether only a letter brings the ticket back."""
    return ticket.snoozed_until is not None and ticket.snoozed_until >= UNTIL_REPLY
