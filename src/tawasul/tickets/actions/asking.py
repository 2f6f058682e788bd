"""Verbs about what the centre asks for: its own fields with their choices, and the forms of its services."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from tawasul.accounts.actions import record_change
from tawasul.accounts.changes import Stale, mark_of, snapshot
from tawasul.accounts.models import Person
from tawasul.core.kept import forget_all
from tawasul.tickets.models import Channel, Field, FieldChoice, FieldValue, Form, Purpose, Service

PLAIN = (
    "name_ar",
    "name_en",
    "help_ar",
    "help_en",
    "services",
    "on_form",
    "on_direct",
    "is_shown",
    "is_required",
    "is_active",
)  # of a field; the rest is told in words
ASKED = ("domain", "request_number", "wanted", "files")
CHOSEN_FROM = frozenset({Field.Kind.CHOICE, Field.Kind.TREE})


@dataclass(frozen=True, slots=True)
class Choice:
    """A thing to choose as it was written down: ``level`` is how many branches it lies below."""

    pk: int | None
    name_ar: str
    name_en: str
    level: int = 0
    is_active: bool = True


@transaction.atomic
def keep_field(
    field: Field, values: Mapping[str, Any], choices: Sequence[Choice], *, by: Person, seen: str = ""
) -> bool:
    """Save a new field or an existing one with all its choices in their order; True where that changed it.

    A choice that is left out is deleted; where a ticket or a condition names it, it is switched off instead. ``seen``
    marks what the form was opened with. Raises accounts.changes.Stale where the field is another one by now.
    """
    before: dict[str, Any] = {}
    if field.pk is None:
        last = Field.objects.order_by("-position").values_list("position", flat=True).first()
        field.position = (last or 0) + 1
    else:
        kept = Field.objects.select_for_update().get(pk=field.pk)
        before = told_field(kept)
        if mark_of(before) != seen:
            raise Stale
        field = kept
    for name, value in values.items():
        if name != "services":
            setattr(field, name, value)
    field.save()
    field.services.set(values["services"])
    if field.kind in CHOSEN_FROM:
        _keep_choices(field, choices)
    changed = record_change("fields", field, before, told_field(field), by)
    transaction.on_commit(forget_all)
    return changed is not None


def is_used(field: Field) -> bool:
    """Whether a ticket says something in the field, or another field's conditions ask for it."""
    return FieldValue.objects.filter(field=field).exists() or bool(_conditions_on(field))


@transaction.atomic
def keep_form(service: Service | None, values: Mapping[str, Any], *, by: Person, seen: str = "") -> bool:
    """Save what the form of a service asks, or without one the form of all others; True where that changed it.
    Raises accounts.changes.Stale."""
    form = Form.objects.select_for_update().filter(service=service).order_by("pk").first()
    before = told_form(form or Form(service=service))
    if mark_of(before) != seen:
        raise Stale
    form = form or Form(service=service)
    for name, value in values.items():
        setattr(form, name, value)
    form.save()
    changed = record_change("forms", form, before, told_form(form), by)
    transaction.on_commit(forget_all)
    return changed is not None


@transaction.atomic
def drop_form(service: Service, *, by: Person) -> None:
    """Let the service ask what all others ask again."""
    for form in Form.objects.select_for_update().filter(service=service):
        record_change("forms", form, told_form(form), {}, by)
        form.delete()
    transaction.on_commit(forget_all)


def told_field(field: Field) -> dict[str, Any]:
    """A field as history keeps it: in both languages, so that it is read in either whatever becomes of the names."""
    choices = list(field.choices.all()) if field.kind in CHOSEN_FROM else []
    return {
        **snapshot(field, PLAIN),
        "shown_if": [_both(partial(_condition, each)) for each in field.shown_if],
        "required_if": [_both(partial(_condition, each)) for each in field.required_if],
        "limits": [f"{name}: {value}" for name, value in sorted(field.limits.items())],
        "choices": [_path(choice, choices) for choice in choices],
        "choices_off": [_path(choice, choices) for choice in choices if not choice.is_active],
    }


def told_form(form: Form) -> dict[str, Any]:
    """A form as history keeps it."""
    return {
        "intro_ar": form.intro_ar,
        "intro_en": form.intro_en,
        "purposes": [_both(partial(_purpose, each)) for each in form.purposes],
        **{name: _both(partial(asked, form, name)) for name in ASKED},
    }


def asked(form: Form, name: str) -> str:
    """Whether the form asks for this, in the reader's language."""
    value = getattr(form, name)
    return str(Form.Asked(value).label) if value else _("as the service says")


def _purpose(value: str) -> str:
    return str(Purpose(value).label)


def _keep_choices(field: Field, given: Sequence[Choice]) -> None:
    standing = {choice.pk: choice for choice in field.choices.select_for_update()}
    above: list[FieldChoice] = []
    for place, one in enumerate(given, start=1):
        row = standing.pop(one.pk, None) if one.pk is not None else None
        row = row or FieldChoice(field=field)
        level = min(one.level, len(above)) if field.kind == Field.Kind.TREE else 0
        row.parent = above[level - 1] if level else None
        row.name_ar, row.name_en, row.position, row.is_active = one.name_ar, one.name_en, place, one.is_active
        row.save()
        above[level:] = [row]
    # The lowest first: a branch goes only after what lay below it.
    for choice in sorted(standing.values(), key=lambda one: -one.position):
        if _is_named(field, choice):
            FieldChoice.objects.filter(pk=choice.pk).update(
                is_active=False, position=len(given) + choice.position
            )
        else:
            choice.delete()


def _is_named(field: Field, choice: FieldChoice) -> bool:
    asked_for = any(str(choice.pk) in map(str, each.get("any", ())) for each in _conditions_on(field))
    return asked_for or choice.below.exists() or FieldValue.objects.filter(choice=choice).exists()


def _conditions_on(field: Field) -> list[Mapping[str, Any]]:
    others = Field.objects.exclude(pk=field.pk).values_list("shown_if", "required_if")
    return [
        condition
        for both in others
        for conditions in both
        for condition in conditions
        if condition.get("of") == f"field:{field.key}"
    ]


def _condition(condition: Mapping[str, Any]) -> str:
    """A condition in the reader's language."""
    of, wanted = str(condition.get("of", "")), [str(one) for one in condition.get("any", ())]
    match of:
        case "purpose":
            name, known = _("Purpose"), {str(value): str(label) for value, label in Purpose.choices}
        case "channel":
            name, known = _("Channel"), {str(value): str(label) for value, label in Channel.choices}
        case _:
            field = Field.objects.filter(key=of.removeprefix("field:")).first()
            name = str(field) if field else of
            known = {str(choice.pk): str(choice) for choice in field.choices.all()} if field else {}
    values = [known.get(one, one) for one in wanted]
    return name + _(": ") + (_(", ").join(values) if values else _("anything"))


def _path(choice: FieldChoice, among: Sequence[FieldChoice]) -> dict[str, str]:
    by_key: dict[int | None, FieldChoice] = {one.pk: one for one in among}
    line = [choice]
    while (above := by_key.get(line[0].parent_id)) is not None and above not in line:
        line.insert(0, above)
    return {"ar": " › ".join(one.name_ar for one in line), "en": " › ".join(one.name_en for one in line)}


def _both(words: Callable[[], str]) -> dict[str, str]:
    found = {}
    for language in ("ar", "en"):
        with translation.override(language):
            found[language] = words()
    return found
