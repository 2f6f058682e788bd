"""The forms of the settings. Each carries a mark of what it was opened with, so that a stale edit is noticed."""

from typing import Any

from django import forms
from django.db import models
from django.utils.translation import gettext_lazy as _

from tawasul.accounts.models import Person, Team
from tawasul.core.text import clean_line
from tawasul.desk.forms import CleanLine
from tawasul.tickets.models import Service, Tag


def in_language(language: str, **attrs: Any) -> dict[str, Any]:
    """The attributes of a control whose text is of one language, whatever the page's."""
    return {"lang": language, "dir": "rtl" if language == "ar" else "ltr", **attrs}


def name_fields(longest: int) -> tuple[CleanLine, CleanLine]:
    """The fields ``name_ar`` and ``name_en``, of at most ``longest`` characters."""
    return _name(_("Name in Arabic"), longest, "ar"), _name(_("Name in English"), longest, "en")


def _name(label: Any, longest: int, language: str) -> CleanLine:
    return CleanLine(
        label=label,
        max_length=longest,
        widget=forms.TextInput(attrs=in_language(language, autocomplete="off")),
        error_messages={"required": _("Write the name in both languages: readers of each see it.")},
    )


def switch(label: Any, help_text: Any = "") -> forms.BooleanField:
    """A box that may be left empty."""
    return forms.BooleanField(label=label, required=False, help_text=help_text)


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

    def offer(self, name: str, rows: models.QuerySet[Any]) -> None:
        """What there is to choose in the field of that name."""
        field = self.fields[name]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = rows


class ServiceForm(NounForm):
    """What customers choose from when they open a ticket."""

    model = Service
    unique = ("name_ar", "name_en")
    name_ar, name_en = name_fields(150)
    team = forms.ModelChoiceField(
        label=_("Responsible team"),
        queryset=Team.objects.none(),
        required=False,
        empty_label=_("No team"),
        help_text=_("New tickets of this service go to it."),
    )
    about_domain = switch(_("It is about a domain name"), _("The form then asks which one."))
    is_active = switch(
        _("Offered to customers"),
        _("Switched off, it stands on its tickets but cannot be chosen for new ones."),
    )

    def __init__(self, data: Any = None, *, obj: Any, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, obj=obj, initial=initial)
        given = models.Q(is_active=True) | models.Q(pk=obj.team_id)
        self.offer("team", Team.objects.filter(given).order_by("pk"))


class TeamForm(NounForm):
    """A group of staff, its services, and who sees its tickets."""

    model = Team
    unique = ("name_ar", "name_en")
    name_ar, name_en = name_fields(100)
    members = Chosen(label=_("Members"), queryset=Person.objects.none(), required=False)
    services = Chosen(
        label=_("Services"),
        queryset=Service.objects.none(),
        required=False,
        help_text=_("New tickets of these services go to the team. A service has one team."),
    )
    is_closed = switch(
        _("Only its members see its tickets"),
        _("For everybody else at the desk these tickets do not exist, but for roles that see every team."),
    )
    sharing = forms.ChoiceField(
        label=_("How tickets come to its members"),
        choices=Team.Sharing.choices,
        widget=forms.RadioSelect,
        help_text=_("Automatically, nobody gets more than their limit, or while away or out of the office."),
        error_messages={"required": _("Choose one."), "invalid_choice": _("Choose one of the list.")},
    )
    only_present = switch(
        _("Only to members who are at the desk"), _("Who had a page of the desk open within five minutes.")
    )
    is_active = switch(
        _("Tickets are given to it"), _("Switched off, it keeps its tickets and is no longer offered.")
    )

    def __init__(self, data: Any = None, *, obj: Any, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, obj=obj, initial=initial)
        self.offer(
            "members", Person.objects.filter(is_staff=True, is_active=True).order_by("full_name", "pk")
        )
        self.offer("services", Service.objects.order_by("position", "pk"))

    def values(self) -> dict[str, Any]:
        given = dict(self.cleaned_data)
        given["service_set"] = given.pop("services")
        return given


class TagForm(NounForm):
    """A word of the desk's."""

    model = Tag
    unique = ("name_ar", "name_en")
    name_ar, name_en = name_fields(60)
    is_active = switch(
        _("Offered at the desk"), _("Switched off, it stays on its tickets and is no longer offered.")
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
