"""The centre's own fields in the form of a macro: an input each, and what was typed must mean something."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from tawasul.core.text import isolate
from tawasul.desk.forms import CleanLine
from tawasul.desk.values import CHOSEN_FROM
from tawasul.replies.filling import values_of
from tawasul.tickets import fields
from tawasul.tickets.fields import Definition, Kind

PREFIX = "own_"


def inputs(initial: Mapping[str, Any]) -> dict[str, tuple[Definition, forms.Field]]:
    """By name, the fields in use and those that the macro already fills in."""
    found: dict[str, tuple[Definition, forms.Field]] = {}
    for one in fields.definitions():
        name = PREFIX + one.key
        if one.is_active or initial.get(name):
            found[name] = (one, _input(one, str(initial.get(name, ""))))
    return found


def first(step: Mapping[str, Any]) -> dict[str, str]:
    """What the step types, by the names of the inputs."""
    return {PREFIX + key: typed for key, typed in values_of(step).items()}


def problems(one: Definition, typed: str) -> Iterable[str]:
    """What is wrong with what was typed; nothing where the field is left alone."""
    if not typed:
        return []
    if not one.is_active:
        return [_("This field is not in use any more. Leave it empty.")]
    try:
        fields.parse(one, typed, by_staff=True)
    except ValidationError as wrong:
        return wrong.messages
    return []


def _input(one: Definition, typed: str) -> forms.Field:
    label = _("Fill in the field: %(field)s") % {"field": isolate(one.name)}
    if one.kind in CHOSEN_FROM:
        choices = [
            (str(each.pk), each.path) for each in one.choices if each in one.offered or str(each.pk) == typed
        ]
        return forms.ChoiceField(label=label, required=False, choices=[("", "–"), *choices])
    direction = "ltr" if one.kind in {Kind.NUMBER, Kind.DATE} else "auto"
    widget = forms.TextInput(attrs={"dir": direction, "autocomplete": "off"})
    return CleanLine(label=label, required=False, max_length=1000, widget=widget)
