"""Whose turn it is, until when, and in which words: everything the turn line shows.

The picture counts steps: days for the customer (from the centre's answer to the closing), working days for the
centre (from the turn's coming to the promised answer). The solid steps are the time that is left.
"""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from markupsafe import Markup, escape

from tawasul.core import clock, dates
from tawasul.service_levels import calendar as calendars
from tawasul.service_levels import deadlines
from tawasul.tickets import access
from tawasul.tickets.models import CloseReason, Status, Ticket
from tawasul.ui import text

Viewer = Literal["customer", "participant", "staff"]
MOST_STEPS = 14  # more would be dust on a phone; a longer time is drawn in proportion
SOON = timedelta(days=2)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Turn:
    """What the turn line shows. Texts are in the active language; ``sentence`` is safe HTML.

    ``left`` of ``steps`` are still to come. ``brief`` and ``until`` are the two short lines of a row in a list.
    """

    state: Literal["you", "centre", "third", "closed"]
    word: str
    sentence: Markup
    brief: str
    until: str
    centre: str
    you: str
    centre_date: str = ""
    you_date: str = ""
    today: str = ""
    third: str = ""
    steps: int = 0
    left: int = 0
    soon: bool = False
    late: bool = False


def turn_of(
    ticket: Ticket,
    *,
    viewer: Viewer = "customer",
    now: datetime | None = None,
    calendar: calendars.Calendar | None = None,
    wrote: bool = True,
) -> Turn:
    """The turn line of this ticket at this moment (default: now), worded for the customer, for a participant (who is
    told of the customer, and nothing of another ticket) or for the staff.

    ``wrote`` is False where the turn came to the centre by no letter that this reader knows of."""
    now = now or clock.now()
    if ticket.status == Status.WITH_CUSTOMER:
        return _with_customer(ticket, viewer, now)
    if ticket.status == Status.ON_HOLD:
        return _on_hold(ticket, viewer)
    if ticket.status == Status.CLOSED:
        return _closed(ticket, viewer, now)
    return _with_centre(ticket, viewer, now, calendar, wrote=wrote and viewer != "participant")


def _time(moment: datetime, *, firm: bool = False) -> Markup:
    """The date in both calendars; ``firm`` for the one that something depends on."""
    day = escape(dates.long_date(moment))
    words = escape(dates.date_with_hijri(moment))
    if firm:
        words = words.replace(day, Markup("<b>{}</b>").format(day), 1)
    return Markup('<time datetime="{}">{}</time>').format(text.iso(moment), words)


def _ends(viewer: Viewer) -> tuple[str, str]:
    return (
        pgettext("an end of the turn line", "The centre"),
        pgettext("an end of the turn line", "You")
        if viewer == "customer"
        else pgettext("an end of the turn line", "The customer"),
    )


def _today(now: datetime) -> str:
    return _("Today, %(weekday)s") % {"weekday": dates.weekday(now)}


def _drawn(of: float, left: float) -> tuple[int, int]:
    """Steps and the solid ones among them; a step that has begun is still there."""
    # Deadlines are rounded up to the second; that second is no step of its own.
    steps = max(1, math.ceil(round(of, 3)))
    solid = min(steps, max(0, math.ceil(round(left, 3))))
    if steps > MOST_STEPS:
        solid, steps = math.ceil(solid * MOST_STEPS / steps), MOST_STEPS
    return steps, solid


def _days_between(start: datetime, end: datetime) -> int:
    """Midnights between two moments where the reader is: how people count days."""
    return (localdate(end) - localdate(start)).days


def _left_in_words(now: datetime, due: datetime) -> str:
    """4 days left; below one day in hours."""
    left = due - now
    if left >= DAY:
        days = _days_between(now, due)
        return ngettext("%(num)d day left", "%(num)d days left", days) % {"num": days}
    hours = int(left.total_seconds() // 3600)
    if hours >= 1:
        return ngettext("%(num)d hour left", "%(num)d hours left", hours) % {"num": hours}
    return _("less than an hour left")


def _with_customer(ticket: Ticket, viewer: Viewer, now: datetime) -> Turn:
    centre, you = _ends(viewer)
    due, answered = ticket.close_due_at, ticket.last_answered_at
    customer = viewer == "customer"
    word = _("It is your turn") if customer else _("It is the customer's turn")
    if due is None:  # an answer that started no clock
        return Turn(
            state="you",
            word=word,
            sentence=text.fill(_("The centre answered and waits for a follow-up.")),
            brief=word,
            until="",
            centre=centre,
            you=you,
            steps=1,
            left=1,
        )
    left = max(due - now, timedelta())
    days_apart = _days_between(now, due)
    steps, solid = _drawn(_days_between(answered or due - 7 * DAY, due), max(1, days_apart) if left else 0)
    if left <= timedelta():
        word = _("The time for a follow-up has passed")
    elif customer and days_apart <= 0:
        word = _("It is your turn, and the ticket closes today")
    elif customer and days_apart == 1:
        word = _("It is your turn, and the ticket closes tomorrow")
    return Turn(
        state="you",
        word=word,
        sentence=_before_it_closes(due, answered or now, now, customer=customer),
        brief=_left_in_words(now, due) if left else word,
        until=_("closes %(day)s") % {"day": text.day(due)},
        centre=centre,
        you=you,
        centre_date=_("The centre answered %(day)s") % {"day": text.day(answered)} if answered else "",
        you_date=_("closes %(day)s") % {"day": text.day(due)},
        today=_today(now),
        steps=steps,
        left=solid,
        soon=left <= SOON,
    )


def _before_it_closes(due: datetime, answered: datetime, now: datetime, *, customer: bool) -> Markup:
    """What happens where nobody follows the answer up, and when."""
    if due <= now:
        return text.fill(_("This ticket closes by itself within minutes. It can be reopened."))
    when: dict[str, Any] = {
        "answered": _time(answered),
        "due": _time(due, firm=True),
        "hour": dates.clock_time(due),
    }
    if customer:
        return text.fill(
            _(
                "The centre answered on %(answered)s. If you add nothing before %(due)s, at %(hour)s, "
                "this ticket closes by itself: <b>%(left)s</b>."
            ),
            **when,
            left=_left_in_words(now, due),
        )
    return text.fill(
        _("Answered on %(answered)s. Without a follow-up it closes by itself on %(due)s, at %(hour)s."),
        **when,
    )


def _with_centre(
    ticket: Ticket, viewer: Viewer, now: datetime, calendar: calendars.Calendar | None, *, wrote: bool
) -> Turn:
    centre, you = _ends(viewer)
    customer = viewer == "customer"
    due, since = ticket.answer_due_at, ticket.waiting_since or ticket.updated_at
    word = _("It is the centre's turn")
    if not wrote:
        arrived = _("with the centre since %(day)s")
    else:
        arrived = _("your message arrived %(day)s") if customer else _("the customer wrote %(day)s")
    arrived %= {"day": text.day(since)}
    if due is None:
        return Turn(
            state="centre",
            word=word,
            sentence=text.fill(
                _("Your message is with the centre.") if customer else _("The customer wrote last.")
            ),
            brief=word,
            until="",
            centre=centre,
            you=you,
            you_date=arrived,
            steps=1,
            left=1,
        )
    calendar = calendar or calendars.current()
    late = now > due
    remaining = 0.0 if late else float(deadlines.spent(calendar, now, due))
    whole = float(deadlines.spent(calendar, since, due)) + float(ticket.answer_spent or 0)
    steps, solid = _drawn(whole, remaining)
    if late:
        word = _("It is the centre's turn, and the answer is late")
    sentence, brief, until = _promised(due, now, customer=customer)
    return Turn(
        state="centre",
        word=word,
        sentence=text.fill(sentence, due=_time(due, firm=True), hour=dates.clock_time(due)),
        brief=brief,
        until=until,
        centre=centre,
        you=you,
        centre_date=(_("promised %(day)s") if late else _("answer by %(day)s")) % {"day": text.day(due)},
        you_date=arrived,
        today=_today(now),
        steps=steps,
        left=solid,
        late=late,
    )


def _promised(due: datetime, now: datetime, *, customer: bool) -> tuple[str, str, str]:
    """The promised answer as a sentence with places for day and hour, in brief, and what stands beside that."""
    if now <= due:
        sentence = (
            _("We answer by %(due)s, at %(hour)s, at the latest.")
            if customer
            else _("The answer is due by %(due)s, at %(hour)s.")
        )
        brief = _("answer by %(day)s") % {"day": text.day(due)}
        return sentence, brief, _("at %(hour)s") % {"hour": dates.clock_time(due)}
    sentence = (
        _("Our answer was promised by %(due)s, at %(hour)s. Late tickets stand first in our queue.")
        if customer
        else _("The answer was promised by %(due)s, at %(hour)s.")
    )
    lateness = now - due
    if lateness >= DAY:  # the odd hours say nothing any more
        lateness = lateness.days * DAY
    brief = _("late by %(time)s") % {"time": dates.duration(lateness)}
    return sentence, brief, _("promised %(day)s") % {"day": text.day(due)}


def _on_hold(ticket: Ticket, viewer: Viewer) -> Turn:
    centre, you = _ends(viewer)
    party = ticket.hold_party or pgettext("who is waited for", "another party")
    sentence = text.fill(
        _("%(reason)s This time does not count towards our answer."),
        reason=Markup('<bdi class="reason">{}</bdi>').format(ticket.hold_reason)
        if ticket.hold_reason
        else "",
    )
    return Turn(
        state="third",
        word=_("We are waiting for another party"),
        sentence=sentence,
        brief=_("waiting for another party"),
        until=party,
        centre=centre,
        you=you,
        third=party,
    )


def _closed_because(ticket: Ticket, viewer: Viewer) -> str:
    reasons = {
        CloseReason.SOLVED_BY_CUSTOMER: (
            _("Closed at your request, the problem being solved, on %(closed)s, at %(hour)s.")
            if viewer == "customer"
            else _("Closed at the customer's request, the problem being solved, on %(closed)s, at %(hour)s.")
        ),
        CloseReason.SOLVED_BY_STAFF: _(
            "Closed by the centre, the request being done, on %(closed)s, at %(hour)s."
        ),
        CloseReason.SILENCE: _("Closed by itself, no follow-up having arrived, on %(closed)s, at %(hour)s."),
        CloseReason.MERGED: (  # it may go on in somebody else's, of which this says nothing
            _("Closed by the centre on %(closed)s, at %(hour)s.")
            if viewer != "staff"
            else _("Closed and continued in another ticket, on %(closed)s, at %(hour)s.")
        ),
        CloseReason.SPAM: _("Closed by the centre as unwanted, on %(closed)s, at %(hour)s."),
    }
    return reasons[CloseReason(ticket.close_reason)]


def _closed_in_short(ticket: Ticket) -> str:
    """The customer's word for it, in a list."""
    return {
        CloseReason.SOLVED_BY_CUSTOMER: _("Solved"),
        CloseReason.SOLVED_BY_STAFF: _("Done by the centre"),
        CloseReason.SILENCE: _("Closed by itself"),
        CloseReason.MERGED: _("Closed by the centre"),
        CloseReason.SPAM: _("Closed by the centre"),
    }[CloseReason(ticket.close_reason)]


def _closed(ticket: Ticket, viewer: Viewer, now: datetime) -> Turn:
    centre, you = _ends(viewer)
    closed = ticket.closed_at or now
    sentence = text.fill(_closed_because(ticket, viewer), closed=_time(closed), hour=dates.clock_time(closed))
    if access.may_reopen(ticket, now):
        until = access.reopen_until(ticket)
        sentence += " " + text.fill(
            _("It can be reopened until %(day)s."),
            day=Markup('<time datetime="{}">{}</time>').format(text.iso(until), dates.long_date(until)),
        )
    return Turn(
        state="closed",
        word=_("The ticket is closed"),
        sentence=sentence,
        brief=_closed_in_short(ticket) if viewer != "staff" else str(CloseReason(ticket.close_reason).label),
        until=_("closed %(day)s") % {"day": text.day(closed)},
        centre=centre,
        you=you,
        centre_date=_("opened %(day)s") % {"day": text.day(ticket.created_at)},
        you_date=_("closed %(day)s") % {"day": text.day(closed)},
    )


def example(days: int) -> Turn:
    """A ticket that exists only on the home page: answered three days ago, open for ``days`` after the answer."""
    now = clock.now()
    shown = Ticket(
        status=Status.WITH_CUSTOMER,
        last_answered_at=now - min(3, days - 1) * DAY,
        close_due_at=now + max(1, days - 3) * DAY,
    )
    return turn_of(shown, now=now)
