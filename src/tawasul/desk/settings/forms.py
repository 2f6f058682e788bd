"""The forms of the settings. Each carries a mark of what it was opened with, so that a stale edit is noticed."""

from typing import Any

from django import forms
from django.db import models
from django.utils.translation import gettext_lazy as _

from tawasul.accounts.models import Person, Team
from tawasul.core.text import clean_line
from tawasul.desk.forms import CleanLine
from tawasul.tickets.models import Service, Tag


def name_field(words: Any, longest: int, language: str) -> CleanLine:
    """The field of a name in one language."""
    direction = "rtl" if language == "ar" else "ltr"
    return CleanLine(
        label=words,
        max_length=longest,
        widget=forms.TextInput(attrs={"lang": language, "dir": direction, "autocomplete": "off"}),
        error_messages={"required": _("Write the name in both languages: readers of each see it.")},
    )


class Chosen(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]  # no argument at run time
    """Several of a few rows, as check boxes. What is no key at all is no choice."""

    widget = forms.CheckboxSelectMultiple

    def clean(self, value: Any) -> Any:
        keys = [
            key for key in value or [] if str(key).isascii() and str(key).isdigit() and len(str(key)) < 18
        ]
        return super().clean(keys)


class NounForm(forms.Form):
    """Fields named as those of the model; ``values`` is what ``accounts.changes.keep`` saves."""

    model: type[models.Model]
    unique: tuple[str, ...] = ()

    def __init__(self, data: Any = None, *, obj: Any, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, auto_id="set_%s", initial=initial)
        self.obj = obj

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for name in self.unique:
            value = cleaned.get(name)
            others = self.model._default_manager.exclude(pk=self.obj.pk)
            if value and others.filter(**{f"{name}__iexact": value}).exists():
                self.add_error(name, _("There is one of this name already."))
        return cleaned

    def values(self) -> dict[str, Any]:
        return dict(self.cleaned_data)


class ServiceForm(NounForm):
    """What customers choose from when they open a ticket."""

    model = Service
    unique = ("name_ar", "name_en")
    name_ar = name_field(_("Name in Arabic"), 150, "ar")
    name_en = name_field(_("Name in English"), 150, "en")
    team = forms.ModelChoiceField(
        label=_("Responsible team"),
        queryset=Team.objects.none(),
        required=False,
        empty_label=_("No team"),
        help_text=_("New tickets of this service go to it."),
    )
    about_domain = forms.BooleanField(
        label=_("It is about a domain name"),
        required=False,
        help_text=_("The form then asks which one."),
    )
    is_active = forms.BooleanField(
        label=_("Offered to customers"),
        required=False,
        help_text=_("Switched off, it stands on its tickets but cannot be chosen for new ones."),
    )

    def __init__(self, data: Any = None, *, obj: Any, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, obj=obj, initial=initial)
        team = self.fields["team"]
        assert isinstance(team, forms.ModelChoiceField)
        team.queryset = Team.objects.filter(models.Q(is_active=True) | models.Q(pk=obj.team_id)).order_by(
            "pk"
        )


class TeamForm(NounForm):
    """A group of staff, its services, and who sees its tickets."""

    model = Team
    unique = ("name_ar", "name_en")
    name_ar = name_field(_("Name in Arabic"), 100, "ar")
    name_en = name_field(_("Name in English"), 100, "en")
    members = Chosen(label=_("Members"), queryset=Person.objects.none(), required=False)
    services = Chosen(
        label=_("Services"),
        queryset=Service.objects.none(),
        required=False,
        help_text=_("New tickets of these services go to the team. A service has one team."),
    )
    is_closed = forms.BooleanField(
        label=_("Only its members see its tickets"),
        required=False,
        help_text=_(
            "For everybody else at the desk these tickets do not exist, but for roles that see every team."
        ),
    )
    sharing = forms.ChoiceField(
        label=_("How tickets come to its members"),
        choices=Team.Sharing.choices,
        widget=forms.RadioSelect,
        help_text=_("Automatically, nobody gets more than their limit, or while away or out of the office."),
        error_messages={"required": _("Choose one."), "invalid_choice": _("Choose one of the list.")},
    )
    only_present = forms.BooleanField(
        label=_("Only to members who are at the desk"),
        required=False,
        help_text=_("Who had a page of the desk open within five minutes."),
    )
    is_active = forms.BooleanField(
        label=_("Tickets are given to it"),
        required=False,
        help_text=_("Switched off, it keeps its tickets and is no longer offered."),
    )

    def __init__(self, data: Any = None, *, obj: Any, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, obj=obj, initial=initial)
        members, services = self.fields["members"], self.fields["services"]
        assert isinstance(members, Chosen) and isinstance(services, Chosen)
        members.queryset = Person.objects.filter(is_staff=True, is_active=True).order_by("full_name", "pk")
        services.queryset = Service.objects.order_by("position", "pk")

    def values(self) -> dict[str, Any]:
        given = dict(self.cleaned_data)
        given["service_set"] = given.pop("services")
        return given


class TagForm(NounForm):
    """A word of the desk's."""

    model = Tag
    unique = ("name_ar", "name_en")
    name_ar = name_field(_("Name in Arabic"), 60, "ar")
    name_en = name_field(_("Name in English"), 60, "en")
    is_active = forms.BooleanField(
        label=_("Offered at the desk"),
        required=False,
        help_text=_("Switched off, it stays on its tickets and is no longer offered."),
    )


class MergeForm(forms.Form):
    """Into which tag the tickets of another go."""

    into = forms.ModelChoiceField(
        label=_("Merge into"),
        queryset=Tag.objects.none(),
        empty_label=_("Choose a tag"),
        error_messages={
            "required": _("Choose the tag that stays."),
            "invalid_choice": _("Choose the tag that stays."),
        },
    )

    def __init__(self, data: Any = None, *, tag: Tag) -> None:
        super().__init__(data, auto_id="merge_%s")
        into = self.fields["into"]
        assert isinstance(into, forms.ModelChoiceField)
        into.queryset = Tag.objects.filter(is_active=True).exclude(pk=tag.pk)


def typed(data: Any, name: str, longest: int = 200) -> str:
    """One line of what was sent, bounded."""
    return clean_line(str(data.get(name, "")))[:longest]
