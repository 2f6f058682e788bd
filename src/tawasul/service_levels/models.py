"""The tables an administrator edits: weekly hours, holidays, seasons with other hours, and the promise."""

from datetime import date, time

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

LONGEST_HOLIDAY = 31  # days; more is a slip in the year, and would postpone every promise by it
LONGEST_SEASON = 366


def _check_dates(first: date | None, last: date | None, longest: int) -> None:
    if first is None or last is None:
        return  # the fields' own errors say so
    if last < first:
        raise ValidationError({"last": _("The last day is before the first.")})
    if (last - first).days >= longest:
        raise ValidationError({"last": _("This is too long. Check the years of both dates.")})


def _check_hours(opens: time | None, closes: time | None) -> None:
    if opens is not None and closes is not None and closes <= opens:
        raise ValidationError({"closes": _("The closing time is not after the opening time.")})


class WorkingDay(models.Model):
    """The centre's hours on one weekday (ISO: Monday 1 … Sunday 7), local time. No row: a day off."""

    weekday = models.PositiveSmallIntegerField(_("weekday"), unique=True)
    opens = models.TimeField(_("opens"))
    closes = models.TimeField(_("closes"))

    class Meta:
        verbose_name = _("working day")
        verbose_name_plural = _("working days")
        ordering = ["weekday"]
        constraints = [
            models.CheckConstraint(condition=models.Q(closes__gt=models.F("opens")), name="day_has_hours")
        ]

    def __str__(self) -> str:
        return f"{self.weekday} {self.opens:%H:%M}–{self.closes:%H:%M}"

    def clean(self) -> None:
        _check_hours(self.opens, self.closes)


class Holiday(models.Model):
    """Days off, first to last included, in the centre's time zone."""

    name_ar = models.CharField(_("name in Arabic"), max_length=100)
    name_en = models.CharField(_("name in English"), max_length=100)
    first = models.DateField(_("first day"))
    last = models.DateField(_("last day"))
    announced = models.BooleanField(_("announced"), default=True)  # False: calculated, may move by a day

    class Meta:
        verbose_name = _("holiday")
        verbose_name_plural = _("holidays")
        ordering = ["first"]
        constraints = [
            models.CheckConstraint(condition=models.Q(last__gte=models.F("first")), name="holiday_in_order")
        ]

    def __str__(self) -> str:
        return self.name_en if get_language() == "en" else self.name_ar

    def clean(self) -> None:
        _check_dates(self.first, self.last, LONGEST_HOLIDAY)


class Season(models.Model):
    """A period with its own hours on every working day, such as Ramadan; first to last included."""

    name_ar = models.CharField(_("name in Arabic"), max_length=100)
    name_en = models.CharField(_("name in English"), max_length=100)
    first = models.DateField(_("first day"))
    last = models.DateField(_("last day"))
    opens = models.TimeField(_("opens"))
    closes = models.TimeField(_("closes"))

    class Meta:
        verbose_name = _("season with other hours")
        verbose_name_plural = _("seasons with other hours")
        ordering = ["first"]
        constraints = [
            models.CheckConstraint(condition=models.Q(last__gte=models.F("first")), name="season_in_order"),
            models.CheckConstraint(condition=models.Q(closes__gt=models.F("opens")), name="season_has_hours"),
        ]

    def __str__(self) -> str:
        return self.name_en if get_language() == "en" else self.name_ar

    def clean(self) -> None:
        _check_dates(self.first, self.last, LONGEST_SEASON)
        _check_hours(self.opens, self.closes)


class Promise(models.Model):
    """The published service level: an answer within so many working days. One row; history in the admin's log."""

    answer_days = models.DecimalField(
        _("answer within (working days)"), max_digits=4, decimal_places=2, default=2
    )

    class Meta:
        verbose_name = _("published promise")
        verbose_name_plural = _("published promise")

    def __str__(self) -> str:
        return str(self.answer_days)
