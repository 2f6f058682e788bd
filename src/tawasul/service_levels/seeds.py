"""The published working time, 2026 to 2028, for a fresh installation; an administrator corrects it from there.

National days are fixed: one that falls on a Saturday moves to Sunday, on a Friday to Thursday (known of the
National Day; assumed of Founding Day). Eids and Ramadan are calculated (Umm al-Qura), so ``announced`` is false:
the last day of Ramadan to 4 Shawwal, and 9 to 13 Dhul-Hijjah, are our reading of the official holidays.
"""

from datetime import date, time, timedelta
from typing import Any

from hijridate import Hijri

YEARS = (2026, 2027, 2028)
HIJRI_YEARS = (1447, 1448, 1449)
WEEKDAYS = (7, 1, 2, 3, 4)  # ISO: Sunday to Thursday
OPENS, CLOSES = time(7, 30), time(15, 30)
RAMADAN_OPENS, RAMADAN_CLOSES = time(10), time(15)


def seed_calendar(models: Any = None) -> None:
    """Add the rows that are missing; those that are there, corrected perhaps, stay. ``models``: a migration's."""
    if models is None:
        from tawasul.service_levels import models
    for weekday in WEEKDAYS:
        models.WorkingDay.objects.get_or_create(weekday=weekday, defaults={"opens": OPENS, "closes": CLOSES})
    for name_ar, name_en, first, last, announced in holidays():
        models.Holiday.objects.get_or_create(
            name_en=name_en,
            defaults={"name_ar": name_ar, "first": first, "last": last, "announced": announced},
        )
    for year in HIJRI_YEARS:
        models.Season.objects.get_or_create(
            name_en=f"Ramadan {year}",
            defaults={
                "name_ar": f"رمضان {year}هـ",
                "first": _gregorian(year, 9, 1),
                "last": _gregorian(year, 10, 1) - timedelta(days=1),
                "opens": RAMADAN_OPENS,
                "closes": RAMADAN_CLOSES,
            },
        )
    if not models.Promise.objects.exists():
        models.Promise.objects.create(answer_days=2)


def holidays() -> list[tuple[str, str, date, date, bool]]:
    """Arabic name, English name, first day, last day, and whether the dates are certain."""
    found = []
    for year in YEARS:
        for name_ar, name_en, day in (
            ("يوم التأسيس", "Founding Day", date(year, 2, 22)),
            ("اليوم الوطني", "National Day", date(year, 9, 23)),
        ):
            kept = moved_from_weekend(day)
            found.append((f"{name_ar} {year}", f"{name_en} {year}", kept, kept, True))
    for year in HIJRI_YEARS:
        fitr = (_gregorian(year, 10, 1) - timedelta(days=1), _gregorian(year, 10, 4))
        adha = (_gregorian(year, 12, 9), _gregorian(year, 12, 13))
        found.append((f"عيد الفطر {year}هـ", f"Eid al-Fitr {year}", *fitr, False))
        found.append((f"عيد الأضحى {year}هـ", f"Eid al-Adha {year}", *adha, False))
    return found


def moved_from_weekend(day: date) -> date:
    """A national day on a Friday is kept on Thursday, one on a Saturday on Sunday."""
    return day + timedelta(days={5: -1, 6: 1}.get(day.isoweekday(), 0))


def _gregorian(year: int, month: int, day: int) -> date:
    there = Hijri(year, month, day).to_gregorian()
    return date(there.year, there.month, there.day)
