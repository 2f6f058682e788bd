"""A form as customers will see it with what is being changed, before that is saved: drawn in either language."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q
from django.utils import translation
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from tawasul.core.markdown import render_document
from tawasul.desk.settings.field_forms import ChoiceRow
from tawasul.tickets import fields
from tawasul.tickets.actions.asking import CHOSEN_FROM
from tawasul.tickets.fields import Definition
from tawasul.tickets.models import Field, Form, Purpose, Service

Asking = Form.Asked
NEW = 0  # the key of a field that is not saved yet


@dataclass(frozen=True, slots=True)
class Question:
    """One thing that is asked: ``shape`` is line, lines, select, radios or files. ``key`` is that of an own field."""

    label: str
    shape: str = "line"
    optional: bool = False
    help: str = ""
    options: Sequence[tuple[str, int]] = ()  # names, each with its depth in a tree
    sometimes: bool = False  # only where its conditions hold
    key: int | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """The whole form in one language."""

    language: str
    intro: SafeString
    questions: Sequence[Question] = field(default_factory=list)

    @property
    def direction(self) -> str:
        return "rtl" if self.language == "ar" else "ltr"


def seen(form: Form, service: Service | None, own: Sequence[Definition]) -> list[Seen]:
    """The form of a service in Arabic and in English, with these fields of the centre's own in their order."""
    found = []
    for language in ("ar", "en"):
        with translation.override(language):
            found.append(Seen(language, render_document(form.intro), _questions(form, service, own)))
    return found


def standing(service: Service | None) -> Form:
    """The form of a service as it is: its own, that of all others, or what holds where neither was ever set."""
    rows = {
        row.service_id: row
        for row in Form.objects.filter(Q(service=service) | Q(service=None)).order_by("-pk")
    }
    return (rows.get(service.pk) if service else None) or rows.get(None) or Form()


def own_of(service: Service | None, among: Sequence[Definition] | None = None) -> list[Definition]:
    """The fields that customers fill in on the form of a service; those of every service where none is meant."""
    return [
        one
        for one in (fields.definitions() if among is None else among)
        if one.is_active
        and one.on_form
        and (not one.services or (service is not None and service.pk in one.services))
    ]


def with_draft(draft: Definition) -> list[Definition]:
    """All fields as they would be with this one as it is written now; a new one stands last."""
    known = list(fields.definitions())
    if draft.pk == NEW:
        return [*known, draft]
    return [draft if one.pk == draft.pk else one for one in known]


def drafted(
    obj: Field,
    values: Mapping[str, Any],
    rows: Sequence[ChoiceRow],
    conditions: Mapping[str, Sequence[Mapping[str, Any]]],
) -> Definition:
    """The field as it is written in its form, saved or not."""
    services = values.get("services") or []
    return Definition(
        pk=obj.pk or NEW,
        key=obj.key,
        kind=obj.kind,
        name_ar=values.get("name_ar") or "–",
        name_en=values.get("name_en") or "–",
        help_ar=values.get("help_ar") or "",
        help_en=values.get("help_en") or "",
        services=frozenset(
            int(key)
            for key in (str(getattr(one, "pk", one)) for one in services)
            if key.isascii() and key.isdigit() and len(key) < 18
        ),
        on_form=bool(values.get("on_form")),
        on_direct=bool(values.get("on_direct")),
        is_shown=bool(values.get("is_shown")),
        is_required=bool(values.get("is_required")),
        shown_if=tuple(conditions.get("shown_if", ())),
        required_if=tuple(conditions.get("required_if", ())),
        limits={},
        position=obj.position,
        is_active=bool(values.get("is_active")),
        choices=_choices(rows) if obj.kind in CHOSEN_FROM else (),
    )


def _choices(rows: Sequence[ChoiceRow]) -> tuple[fields.Choice, ...]:
    found: list[fields.Choice] = []
    above: list[fields.Choice] = []
    for number, row in enumerate(rows, start=1):
        if not (row.name_ar or row.name_en):
            continue
        level = min(row.level, len(above))
        del above[level:]
        parent = above[-1] if above else None
        one = fields.Choice(
            pk=-number,
            parent=parent.pk if parent else None,
            names_ar=(*(parent.names_ar if parent else ()), row.name_ar or row.name_en),
            names_en=(*(parent.names_en if parent else ()), row.name_en or row.name_ar),
            is_active=row.is_active and (parent is None or parent.is_active),
            above=(*(parent.above if parent else ()), *([parent.pk] if parent else [])),
        )
        above.append(one)
        found.append(one)
    return tuple(found)


def _questions(form: Form, service: Service | None, own: Sequence[Definition]) -> list[Question]:
    purposes = [
        (str(label), 0) for value, label in Purpose.choices if not form.purposes or value in form.purposes
    ]
    domain = form.domain or (Asking.REQUIRED if service is None or service.about_domain else Asking.NO)
    return [
        Question(_("Purpose"), "radios", options=purposes),
        Question(_("Service"), "select", options=[(str(service) if service else _("Choose a service"), 0)]),
        *[_own(one) for one in own],
        *_standing(_("Domain name"), domain),
        *_standing(_("Request number"), form.request_number),
        Question(_("Subject")),
        Question(_("What is the problem?"), "lines"),
        *_standing(_("What help do you need?"), form.wanted, "lines"),
        *_standing(_("Files"), form.files, "files"),
    ]


def _standing(label: str, asks: str, shape: str = "line") -> list[Question]:
    return [] if asks == Asking.NO else [Question(label, shape, optional=asks == Asking.OPTIONAL)]


def _own(one: Definition) -> Question:
    options = [(choice.name, choice.depth) for choice in one.choices if choice.is_active]
    return Question(
        one.name,
        "select" if one.kind in CHOSEN_FROM else "line",
        optional=not one.is_required,
        help=one.help,
        options=options,
        sometimes=bool(one.shown_if),
        key=one.pk,
    )
