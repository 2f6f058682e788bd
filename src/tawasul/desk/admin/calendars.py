"""Working time and the promise. A change moves the due times of the tickets that wait."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from tawasul.desk.admin.site import site
from tawasul.desk.admin.typed import Form, M, Table
from tawasul.service_levels.models import Holiday, Promise, Season, WorkingDay
from tawasul.tickets.actions import recalculate_deadlines

SUNDAY = date(2026, 11, 22)
WEEKDAYS = [((SUNDAY + timedelta(days=n)).isoweekday(), SUNDAY + timedelta(days=n)) for n in range(7)]


def weekday_name(number: int) -> str:
    """The name of an ISO weekday in the active language."""
    return date_format(dict(WEEKDAYS)[number], "l")


class CalendarAdmin(Table[M]):
    """A table that due times are computed from."""

    def save_model(self, request: HttpRequest, obj: M, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        self._recalculate(request)

    def delete_model(self, request: HttpRequest, obj: M) -> None:
        super().delete_model(request, obj)
        self._recalculate(request)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[M]) -> None:
        super().delete_queryset(request, queryset)
        self._recalculate(request)

    def _recalculate(self, request: HttpRequest) -> None:
        def after_commit() -> None:
            changed = recalculate_deadlines()
            if changed:
                text = ngettext(
                    "The due time of %(count)d waiting ticket was moved.",
                    "The due times of %(count)d waiting tickets were moved.",
                    changed,
                )
                self.message_user(request, text % {"count": changed}, messages.INFO)

        transaction.on_commit(after_commit)


class WorkingDayForm(Form[WorkingDay]):
    """Weekdays by name, the week beginning on Sunday."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "weekday" in self.fields:
            choices = [(number, weekday_name(number)) for number, _day in WEEKDAYS]
            self.fields["weekday"] = forms.TypedChoiceField(label=_("weekday"), choices=choices, coerce=int)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        refuse_backwards(self, cleaned)
        return cleaned


class SeasonForm(Form[Season]):
    """A season ends after it begins, and its days close after they open."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        refuse_backwards(self, cleaned)
        first, last = cleaned.get("first"), cleaned.get("last")
        if first and last and last < first:
            self.add_error("last", _("The last day is before the first."))
        return cleaned


def refuse_backwards(form: forms.BaseForm, cleaned: dict[str, Any]) -> None:
    """Add the error of hours that close before they open."""
    opens, closes = cleaned.get("opens"), cleaned.get("closes")
    if opens and closes and closes <= opens:
        form.add_error("closes", _("The day must close after it opens."))


@admin.register(WorkingDay, site=site)
class WorkingDayAdmin(CalendarAdmin[WorkingDay]):
    """The centre's week."""

    form = WorkingDayForm
    list_display = ["day", "opens", "closes"]
    ordering = ["weekday"]

    @admin.display(description=_("weekday"), ordering="weekday")
    def day(self, row: WorkingDay) -> str:
        return weekday_name(row.weekday)


@admin.register(Holiday, site=site)
class HolidayAdmin(CalendarAdmin[Holiday]):
    """Days off."""

    list_display = ["name_ar", "name_en", "first", "last", "announced"]
    list_display_links = ["name_ar", "name_en"]
    list_filter = ["announced"]


@admin.register(Season, site=site)
class SeasonAdmin(CalendarAdmin[Season]):
    """Ramadan and other periods with hours of their own."""

    form = SeasonForm
    list_display = ["name_ar", "name_en", "first", "last", "opens", "closes"]
    list_display_links = ["name_ar", "name_en"]


@admin.register(Promise, site=site)
class PromiseAdmin(CalendarAdmin[Promise]):
    """The published service level: one row."""

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        row = Promise.objects.order_by("pk").first() or Promise.objects.create()
        return redirect("admin:service_levels_promise_change", row.pk)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Promise | None = None) -> bool:
        return False
