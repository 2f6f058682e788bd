"""Until when a ticket may be put off: each moment is offered once, under the words that are true of it."""

import re
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client
from django.utils import translation

from tawasul.core.kept import forget_all
from tawasul.desk import snoozes
from tawasul.service_levels import calendar as calendars
from tawasul.service_levels.models import Holiday
from tawasul.tickets.models import Ticket

pytestmark = pytest.mark.django_db
RIYADH = ZoneInfo("Asia/Riyadh")
OPENS, WEEK, HOURS, REPLY = (
    "When the centre opens next",
    "Next Sunday",
    "In 2 hours",
    "Until the customer writes",
)


def at(day: int, hour: int = 11, minute: int = 0, *, month: int = 11) -> datetime:
    """A moment of 2026 at the centre; 26 November is a Thursday."""
    return datetime(2026, month, day, hour, minute, tzinfo=RIYADH)


def day_off(first: date, last: date) -> None:
    Holiday.objects.create(name_ar="إجازة", name_en="Day off", first=first, last=last)
    calendars.changed()


@pytest.fixture(autouse=True)
def _read_anew() -> None:
    forget_all()
    calendars.changed()


def offered(ticket: Ticket, now: datetime) -> list[str]:
    with time_machine.travel(now, tick=False), translation.override("en"):
        return [moment.words for moment in snoozes.moments(ticket)]


@pytest.mark.parametrize(
    ("now", "said"),
    [
        (at(24), [f"{HOURS} · today 13:00", f"{OPENS} · tomorrow 07:30", f"{WEEK} · Sunday 07:30"]),
        (at(26), [f"{HOURS} · today 13:00", f"{OPENS} · Sunday 07:30"]),
        (at(27), [f"{HOURS} · today 13:00", f"{OPENS} · Sunday 07:30"]),
        (at(28), [f"{HOURS} · today 13:00", f"{OPENS} · tomorrow 07:30"]),
        (at(28, 23), [f"{HOURS} · tomorrow 01:00", f"{OPENS} · tomorrow 07:30"]),
    ],
    ids=["Tuesday", "Thursday", "Friday", "Saturday", "late on Saturday"],
)
def test_each_moment_is_offered_once(open_a_ticket: Any, now: datetime, said: list[str]) -> None:
    assert offered(open_a_ticket(), now) == [*said, REPLY]


def test_before_the_doors_open_the_next_opening_is_todays(open_a_ticket: Any) -> None:
    ticket = open_a_ticket()
    assert offered(ticket, at(29, 6))[0] == f"{OPENS} · today 07:30"
    assert offered(ticket, at(29, 5, 30)) == [f"{OPENS} · today 07:30", f"{WEEK} · 6 December", REPLY]


def test_a_holiday_before_sunday_or_on_it(open_a_ticket: Any) -> None:
    ticket = open_a_ticket()
    day_off(date(2026, 11, 29), date(2026, 11, 30))
    for now in (at(26), at(27), at(28)):
        times = offered(ticket, now)
        assert len(times) == 3 and times[1].startswith(f"{OPENS} · Tuesday 07:30"), times
    on_wednesday = offered(ticket, at(25))
    assert on_wednesday[1:3] == [f"{OPENS} · tomorrow 07:30", "After the holiday · Tuesday 07:30"]


def test_a_long_holiday_leaves_one_opening(open_a_ticket: Any) -> None:
    ticket = open_a_ticket()
    day_off(date(2026, 11, 25), date(2026, 12, 3))
    assert offered(ticket, at(24))[1:] == [f"{OPENS} · 6 December", REPLY]


def test_a_choice_of_a_page_that_was_opened_the_day_before_still_counts(
    fahd_client: Client, open_a_ticket: Any
) -> None:
    ticket = open_a_ticket()
    with time_machine.travel(at(28), tick=False):
        fahd_client.post(f"/en/desk/tickets/{ticket.spoken_number}/snooze/", {"until": "sunday"})
    ticket.refresh_from_db()
    assert ticket.snoozed_until == at(29, 7, 30)


def test_the_panel_shows_each_moment_once(fahd_client: Client, open_a_ticket: Any) -> None:
    ticket = open_a_ticket()
    with time_machine.travel(at(27), tick=False):
        shown = fahd_client.get(f"/en/desk/tickets/{ticket.spoken_number}/").content.decode()
    assert re.findall(r'name="until" value="(\w+)"', shown) == ["hours", "opening", "reply", "own"]
