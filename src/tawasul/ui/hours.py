"""The centre's working hours in a sentence, as its tables say today: in Ramadan those of Ramadan."""

from datetime import date, time

from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext, pgettext

from tawasul.service_levels import calendar
from tawasul.service_levels.calendar import Calendar, Hours

_WEEK = (7, 1, 2, 3, 4, 5, 6)  # ISO numbers from Sunday on


def working_hours(*, ask: bool = True) -> str:
    """``ask`` False reads no table: for pages that say the database is away. Then the published week is told."""
    if not ask:
        return told(Calendar(calendar.PUBLISHED_WEEK), timezone.localdate())
    current = calendar.current()
    return told(current, timezone.localdate(timezone=current.time_zone))


def told(at: Calendar, today: date) -> str:
    """The sentence for the week that holds ``today``."""
    season = next((hours for span, hours in reversed(at.seasons) if span.first <= today <= span.last), None)
    runs: list[tuple[int, int, Hours]] = []
    for place, weekday in enumerate(_WEEK):
        hours = at.weekly.get(weekday)
        if hours is None:
            continue
        hours = season or hours
        if runs and runs[-1][2] == hours and runs[-1][1] == place - 1:
            runs[-1] = (runs[-1][0], place, hours)
        else:
            runs.append((place, place, hours))
    days = pgettext("between runs of days", "; ").join(_run(*run) for run in runs)
    return gettext("Working hours: %(days)s, Riyadh time.") % {"days": days}


def _run(first: int, last: int, hours: Hours) -> str:
    values = {
        "first": _name(_WEEK[first]),
        "last": _name(_WEEK[last]),
        "opens": _clock(hours.opens),
        "closes": _clock(hours.closes),
    }
    if first == last:
        return gettext("%(first)s, %(opens)s to %(closes)s") % values
    return gettext("%(first)s to %(last)s, %(opens)s to %(closes)s") % values


def _name(weekday: int) -> str:
    return str(WEEKDAYS[weekday - 1])


def _clock(at: time) -> str:
    return f"{at.hour}:{at.minute:02d}"
