"""The form of an absence: days in either calendar, hours, who stands in."""

import re
from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from tawasul.accounts import absences
from tawasul.accounts.models import Absence, Person
from tawasul.core import clock, dates
from tawasul.core.text import ascii_digits
from tawasul.desk.forms import CleanLine
from tawasul.desk.presence import named

FURTHEST = timedelta(days=366)
_HOUR = re.compile(r"(\d{1,2})(?::(\d{2}))?")


class Day(forms.CharField):
    """A day in either calendar, as a date."""

    def __init__(self, **options: Any) -> None:
        attrs = {"dir": "ltr", "autocomplete": "off", "placeholder": "2026-12-01 / 1448-06-21"}
        super().__init__(max_length=40, widget=forms.TextInput(attrs=attrs), **options)

    def clean(self, value: Any) -> Any:
        typed = super().clean(value)
        try:
            return dates.day_of(dates.written_day(typed))
        except ValueError:
            raise ValidationError(_("Write a day, such as 2026-12-01 or 1448-06-21.")) from None


class Hour(forms.CharField):
    """An hour of the day; ``missing`` where none was typed."""

    def __init__(self, *, missing: time, **options: Any) -> None:
        self.missing = missing
        attrs = {"dir": "ltr", "autocomplete": "off", "placeholder": f"{missing:%H:%M}"}
        super().__init__(max_length=5, required=False, widget=forms.TextInput(attrs=attrs), **options)

    def clean(self, value: Any) -> Any:
        typed = ascii_digits(super().clean(value).strip())
        match = _HOUR.fullmatch(typed) if typed else None
        try:
            return time(int(match[1]), int(match[2] or 0)) if match else self._none(typed)
        except ValueError:
            return self._none("x")

    def _none(self, typed: str) -> time:
        if typed:
            raise ValidationError(_("Write an hour, such as 07:30."))
        return self.missing


class AbsenceForm(forms.Form):
    """Who is out of the office, from when, until when, and who stands in."""

    person = forms.ChoiceField(
        label=_("Who"), error_messages={"invalid_choice": _("Choose one of the list.")}
    )
    from_day = Day(
        label=_("From the day"),
        help_text=_("In either calendar, such as 2026-12-01 or 1448-06-21."),
        error_messages={"required": _("Write the first day.")},
    )
    from_hour = Hour(label=_("Hour"), missing=time(0, 0))
    until_day = Day(
        label=_("Until the day"),
        help_text=_("Without an hour: the whole day."),
        error_messages={"required": _("Write the last day.")},
    )
    until_hour = Hour(label=_("Hour"), missing=time(23, 59))
    substitute = forms.ChoiceField(
        label=_("Substitute"),
        required=False,
        help_text=_(
            "Gets the tickets to which customers write meanwhile. Without one they go back to the team, unassigned."
        ),
        error_messages={"invalid_choice": _("Choose one of the list.")},
    )
    hands_over = forms.BooleanField(
        label=_("Hand over all open tickets at the start"),
        required=False,
        help_text=_("They stay with the substitute afterwards."),
    )
    note = CleanLine(
        label=_("Note"),
        max_length=200,
        required=False,
        help_text=_("For whoever sees the absences, such as: reached by telephone."),
    )

    def __init__(
        self,
        data: Any = None,
        *,
        people: Sequence[Person],
        staff: Sequence[Person],
        absence: Absence | None = None,
    ) -> None:
        self.absence = absence  # that is changed; None where one is noted
        self.runs = absence is not None and absence.starts_at <= clock.now()
        super().__init__(data, auto_id="absence_%s", initial={"person": str(people[0].pk), **_said(absence)})
        self.people = {str(one.pk): one for one in people}
        self.staff = {str(one.pk): one for one in staff}
        self._choose("person", [(key, str(one)) for key, one in self.people.items()])
        if len(people) == 1:
            self.fields["person"].widget = forms.HiddenInput()
        self._choose(
            "substitute", [("", _("Nobody")), *((key, named(one)) for key, one in self.staff.items())]
        )
        if absence is not None:
            self.fields["seen"] = forms.CharField(widget=forms.HiddenInput(), initial=absences.mark(absence))
            if absence.handed_over_at is not None:
                del self.fields["hands_over"]
        if self.runs:
            del self.fields["from_day"], self.fields["from_hour"]

    def _choose(self, name: str, choices: Sequence[tuple[str, Any]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def clean_person(self) -> Person:
        return self.people[self.cleaned_data["person"]]

    def clean_substitute(self) -> Person | None:
        return self.staff.get(self.cleaned_data["substitute"])

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        begun = self.absence.starts_at if self.absence is not None and self.runs else None
        starts_at, ends_at = begun or self._moment(given, "from"), self._moment(given, "until")
        substitute, now = given.get("substitute"), clock.now()
        if substitute is not None and substitute == given.get("person"):
            self.add_error("substitute", _("Nobody can stand in for themselves. Choose somebody else."))
        if given.get("hands_over") and not self.data.get("substitute"):
            self.add_error("substitute", _("Choose who gets the open tickets."))
        if starts_at and begun is None and localtime(starts_at).date() < localtime(now).date():
            self.add_error("from_day", _("Choose a day from today on."))
        elif starts_at and ends_at and ends_at <= max(starts_at, now):
            self.add_error("until_day", _("The end must come after the beginning, and is still to come."))
        elif starts_at and ends_at and ends_at > now + FURTHEST:
            self.add_error("until_day", _("Choose a day at most a year away."))
        elif starts_at and ends_at and "person" in given:
            others = Absence.objects.filter(
                person=given["person"], starts_at__lt=ends_at, ends_at__gt=max(starts_at, now)
            )
            if (others.exclude(pk=self.absence.pk) if self.absence else others).exists():
                self.say_taken()
        given["starts_at"] = begun or (starts_at and max(starts_at, now))
        given["ends_at"] = ends_at
        return given

    def say_taken(self) -> None:
        """There is another absence in this time."""
        self.add_error(
            "until_day" if self.runs else "from_day",
            _("There is an absence in this time already. End it first."),
        )

    @staticmethod
    def _moment(given: dict[str, Any], which: str) -> datetime | None:
        day, hour = given.get(f"{which}_day"), given.get(f"{which}_hour")
        if day is None or hour is None:
            return None
        return datetime.combine(day, hour, tzinfo=dates.day_begins(day).tzinfo)


def _said(absence: Absence | None) -> dict[str, Any]:
    """An absence as the form shows it."""
    if absence is None:
        return {}
    begins, ends = localtime(absence.starts_at), localtime(absence.ends_at)
    return {
        "from_day": f"{begins:%Y-%m-%d}",
        "from_hour": f"{begins:%H:%M}",
        "until_day": f"{ends:%Y-%m-%d}",
        "until_hour": f"{ends:%H:%M}",
        "substitute": str(absence.substitute_id or ""),
        "hands_over": absence.hands_over,
        "note": absence.note,
    }
