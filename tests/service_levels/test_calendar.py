"""The tables an administrator edits, and the calendar that is read from them."""

from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from tawasul.service_levels import calendar, seeds
from tawasul.service_levels.deadlines import due_at
from tawasul.service_levels.models import Holiday, Promise, Season, WorkingDay

NOON = datetime(2026, 11, 22, 9, tzinfo=UTC)  # a Sunday in Riyadh


def holiday(first: str, last: str, **fields: Any) -> Holiday:
    return Holiday(
        name_ar="إجازة",
        name_en="Holiday",
        first=date.fromisoformat(first),
        last=date.fromisoformat(last),
        **fields,
    )


@pytest.mark.django_db
class TestAFreshInstallation:
    def test_works_sunday_to_thursday_from_half_past_seven(self) -> None:
        found = calendar.current()
        assert sorted(found.weekly) == [1, 2, 3, 4, 7]
        assert set(found.weekly.values()) == {calendar.Hours(time(7, 30), time(15, 30))}
        assert found.answer_days == 2

    def test_knows_ramadan_and_the_holidays_of_three_years(self) -> None:
        ramadans = dict(Season.objects.values_list("name_en", "first"))
        assert ramadans == {
            "Ramadan 1447": date(2026, 2, 18),
            "Ramadan 1448": date(2027, 2, 8),
            "Ramadan 1449": date(2028, 1, 28),
        }
        days_off = [
            date(2026, 2, 22),
            date(2026, 9, 23),
            date(2027, 3, 9),
            date(2026, 5, 26),
            date(2028, 9, 24),
        ]
        assert not any(calendar.current().working_time(day) for day in days_off)

    def test_works_shorter_hours_in_ramadan(self) -> None:
        found = calendar.current().working_time(date(2027, 2, 14))
        assert found is not None
        assert calendar.from_microseconds(found.begin) == datetime(2027, 2, 14, 7, tzinfo=UTC)
        assert calendar.from_microseconds(found.end) == datetime(2027, 2, 14, 12, tzinfo=UTC)

    def test_marks_what_is_calculated_as_not_announced(self) -> None:
        assert set(Holiday.objects.filter(announced=False).values_list("name_en", flat=True)) == {
            f"Eid {eid} {year}" for eid in ("al-Fitr", "al-Adha") for year in (1447, 1448, 1449)
        }

    def test_seeding_again_adds_nothing_and_keeps_corrections(self) -> None:
        Holiday.objects.filter(name_en="Eid al-Fitr 1448").update(first=date(2027, 3, 9), announced=True)
        before = [model.objects.count() for model in (WorkingDay, Holiday, Season, Promise)]
        seeds.seed_calendar()
        assert [model.objects.count() for model in (WorkingDay, Holiday, Season, Promise)] == before
        assert Holiday.objects.get(name_en="Eid al-Fitr 1448").first == date(2027, 3, 9)


@pytest.mark.parametrize(
    ("day", "kept"),
    [("2028-09-23", "2028-09-24"), ("2022-09-23", "2022-09-22"), ("2026-09-23", "2026-09-23")],
)
def test_a_national_day_at_the_weekend_is_moved(day: str, kept: str) -> None:
    assert seeds.moved_from_weekend(date.fromisoformat(day)) == date.fromisoformat(kept)


@pytest.mark.django_db
class TestAChangeOfTheTables:
    def test_holds_from_the_next_reading(self) -> None:
        before = due_at(calendar.current(), NOON, Decimal(2))
        holiday("2026-11-23", "2026-11-23").save()
        calendar.changed()
        after = due_at(calendar.current(), NOON, Decimal(2))
        assert (before.day, after.day) == (24, 25)

    def test_made_by_another_process_is_seen_within_a_second(self, monkeypatch: pytest.MonkeyPatch) -> None:
        moment = 1000.0
        monkeypatch.setattr(calendar, "KEEP_SECONDS", 1.0)
        monkeypatch.setattr(calendar, "monotonic", lambda: moment)
        calendar.current()
        holiday("2026-11-23", "2026-11-23").save()
        moment += 0.9
        assert calendar.current().working_time(date(2026, 11, 23))
        moment += 0.1
        assert not calendar.current().working_time(date(2026, 11, 23))

    def test_the_calendar_is_asked_for_without_a_query(self, django_assert_num_queries: Any) -> None:
        calendar.current()
        with django_assert_num_queries(0):
            calendar.current()
        calendar.changed()
        with django_assert_num_queries(4):  # week, promise, holidays, seasons
            calendar.current()

    def test_days_stay_remembered_while_nothing_changed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(calendar, "KEEP_SECONDS", 0.0)
        assert calendar.current() is calendar.current()

    def test_an_emptied_week_is_the_published_one(self) -> None:
        WorkingDay.objects.all().delete()
        calendar.changed()
        assert calendar.current().weekly == calendar.PUBLISHED_WEEK

    def test_the_promise_is_a_table_too(self) -> None:
        Promise.objects.update(answer_days=Decimal("1.5"))
        calendar.changed()
        assert calendar.current().answer_days == Decimal("1.5")


class TestASlipInTheTables:
    @pytest.mark.parametrize(
        ("row", "field"),
        [
            (holiday("2026-11-23", "2026-11-22"), "last"),
            (holiday("2026-11-23", "2036-11-23"), "last"),
            (WorkingDay(weekday=1, opens=time(15), closes=time(7)), "closes"),
            (Season(first=date(2026, 1, 2), last=date(2026, 1, 1), opens=time(7), closes=time(9)), "last"),
            (Season(first=date(2026, 1, 2), last=date(2026, 1, 3), opens=time(7), closes=time(7)), "closes"),
        ],
    )
    def test_is_told_beside_its_field(self, row: Holiday | WorkingDay | Season, field: str) -> None:
        with pytest.raises(ValidationError) as caught:
            row.clean()
        assert list(caught.value.message_dict) == [field]

    @pytest.mark.django_db
    def test_cannot_be_stored_past_the_form(self) -> None:
        with pytest.raises(IntegrityError), transaction.atomic():
            holiday("2026-11-23", "2026-11-22").save()
