"""The footer tells the hours that the tables hold, today."""

from datetime import date, time

import pytest
from django.test import Client
from django.utils import translation

from tawasul.service_levels import calendar
from tawasul.service_levels.calendar import PUBLISHED_WEEK, Calendar, Hours, Span
from tawasul.service_levels.models import WorkingDay
from tawasul.ui.hours import told

ORDINARY, RAMADAN = date(2026, 11, 23), date(2027, 2, 20)
SEASONS = ((Span(date(2027, 2, 8), date(2027, 3, 8)), Hours(time(10), time(15))),)


@pytest.mark.parametrize(
    ("language", "today", "expected"),
    [
        ("ar", ORDINARY, "أوقات العمل: الأحد إلى الخميس، من 7:30 إلى 15:30، بتوقيت الرياض."),
        ("en", ORDINARY, "Working hours: Sunday to Thursday, 7:30 to 15:30, Riyadh time."),
        ("en", RAMADAN, "Working hours: Sunday to Thursday, 10:00 to 15:00, Riyadh time."),
    ],
)
def test_a_week_reads_as_one_run_of_days(language: str, today: date, expected: str) -> None:
    with translation.override(language):
        assert told(Calendar(PUBLISHED_WEEK, seasons=SEASONS), today) == expected


def test_days_with_other_hours_are_named_apart() -> None:
    week = {**PUBLISHED_WEEK, 4: Hours(time(8), time(12)), 6: Hours(time(9), time(11))}
    with translation.override("en"):
        assert told(Calendar(week), ORDINARY) == (
            "Working hours: Sunday to Wednesday, 7:30 to 15:30; Thursday, 8:00 to 12:00; "
            "Saturday, 9:00 to 11:00, Riyadh time."
        )


@pytest.mark.django_db
def test_a_change_of_the_table_is_on_the_next_page(client: Client) -> None:
    WorkingDay.objects.filter(weekday__in=PUBLISHED_WEEK).delete()
    for weekday in PUBLISHED_WEEK:
        WorkingDay.objects.create(weekday=weekday, opens=time(9), closes=time(14))
    calendar.changed()
    assert "9:00 to 14:00" in client.get("/en/privacy/").content.decode()
