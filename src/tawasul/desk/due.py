"""How soon a ticket needs somebody, in the few words of a queue's row."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.dates import MONTHS
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from tawasul.core import dates
from tawasul.tickets.models import Status, Ticket

SOON = timedelta(hours=4)


@dataclass(frozen=True, slots=True)
class Due:
    """``words`` for the row; ``state`` is late, soon or empty; ``moment`` is what the words speak of."""

    words: str
    state: str = ""
    moment: datetime | None = None


def due_of(ticket: Ticket, now: datetime) -> Due:
    """The promise while the centre has the turn, the closing while the customer has it, else the state."""
    if ticket.status == Status.CLOSED:
        return Due(_("closed %(when)s") % {"when": near(ticket.closed_at, now)} if ticket.closed_at else "")
    if ticket.status == Status.ON_HOLD:
        return Due(_("on hold"))
    if ticket.status == Status.WITH_CUSTOMER:
        closes = ticket.close_due_at
        return Due(_("closes %(when)s") % {"when": near(closes, now)}, moment=closes) if closes else Due("")
    due = ticket.answer_due_at
    if due is None:
        return Due("")
    if due < now:
        return Due(dates.relative(due), "late", due)
    if due - now < SOON:
        return Due(dates.relative(due), "soon", due)
    return Due(near(due, now), "", due)


def near(moment: datetime, now: datetime) -> str:
    """Today 14:10, tomorrow 11:05, Sunday 08:20, 3 December: as precisely as one needs from here."""
    day, today = localtime(moment).date(), localtime(now).date()
    hour = dates.clock_time(moment)
    match (day - today).days:
        case 0:
            return _("today %(hour)s") % {"hour": hour}
        case 1:
            return _("tomorrow %(hour)s") % {"hour": hour}
        case -1:
            return _("yesterday %(hour)s") % {"hour": hour}
        case days if 1 < days < 7:
            return _("%(weekday)s %(hour)s") % {"weekday": dates.weekday(moment), "hour": hour}
        case _days if day.year == today.year:
            return _("%(day)s %(month)s") % {"day": day.day, "month": MONTHS[day.month]}
        case _days:
            return dates.short_date(moment)


def waited(ticket: Ticket, now: datetime) -> str:
    """How long the turn has been the centre's; from a day on, minutes say nothing. Empty while it is not."""
    if ticket.waiting_since is None:
        return ""
    length = now - ticket.waiting_since
    if length >= timedelta(days=1):
        length -= length % timedelta(hours=1)
    return dates.duration(length)
