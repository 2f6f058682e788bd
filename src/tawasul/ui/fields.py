"""What a form field needs in order to be drawn, taken from Django's bound field without Django's widget templates.

Django's own rendering of one widget costs more than our whole form, and knows nothing of hints, errors and
directions beside the control.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.forms.widgets import ChoiceWidget

LTR_TYPES = {"tel", "url", "number", "password"}


@dataclass(frozen=True)
class Option:
    """One choice of a select or of a radio or checkbox group."""

    value: str
    label: str
    selected: bool
    id: str
    group: str = ""
    hint: str = ""


@dataclass(frozen=True)
class Described:
    """A field ready for the template. ``kind``: input, textarea, select, choices, check, file, hidden."""

    kind: str
    id: str
    name: str
    label: str
    hint: str
    errors: list[str]
    optional: bool
    value: str
    options: list[Option]
    attrs: dict[str, Any]
    limit: int | None
    checked: bool = False


def _kind(widget: forms.Widget) -> str:
    if isinstance(widget, forms.HiddenInput) or getattr(widget, "input_type", "") == "hidden":
        return "hidden"
    if isinstance(widget, forms.Textarea):
        return "textarea"
    if isinstance(widget, forms.CheckboxInput):
        return "check"
    if isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
        return "choices"
    if isinstance(widget, forms.Select):
        return "select"
    if isinstance(widget, forms.FileInput):
        return "file"
    return "input"


def _options(bound: BoundField, widget: ChoiceWidget) -> Iterator[Option]:
    value = widget.format_value(bound.value())
    number = 0
    for group, choices, _index in widget.optgroups(bound.html_name, value):
        for choice in choices:
            yield Option(
                value="" if choice["value"] is None else str(choice["value"]),
                label=str(choice["label"]),
                selected=bool(choice["selected"]),
                id=f"{bound.auto_id}_{number}",
                group=str(group or ""),
                hint=str(choice["attrs"].get("data-hint", "")),
            )
            number += 1


def describe(bound: BoundField, **extra: Any) -> Described:
    """Everything the ``field`` macro draws. ``extra`` are attributes of the control; ``label`` and ``hint``
    among them replace the form's own."""
    widget = bound.field.widget
    kind = _kind(widget)
    label = str(extra.pop("label", None) or bound.label or "")
    hint = str(extra.pop("hint", None) or bound.help_text or "")
    optional = not bound.field.required and not extra.pop("silent", False)
    errors = [str(error) for error in bound.errors]
    auto_id = str(bound.auto_id or bound.html_name)
    limit = getattr(bound.field, "max_length", None)
    attrs = _attributes(widget, kind, extra, limit)
    value: Any = ""
    options: list[Option] = []
    if isinstance(widget, ChoiceWidget):
        options = list(_options(bound, widget))
    elif kind != "file" and attrs.get("type") != "password":
        value = widget.format_value(bound.value())
    described = [f"{auto_id}-hint"] * bool(hint) + [f"{auto_id}-error"] * bool(errors)
    if described:
        attrs["aria-describedby"] = " ".join(described)
    if errors:
        attrs["aria-invalid"] = "true"
    if bound.field.required and kind in {"input", "textarea", "select", "check"}:
        attrs["aria-required"] = "true"
    return Described(
        kind=kind,
        id=auto_id,
        name=bound.html_name,
        label=label,
        hint=hint,
        errors=errors,
        optional=optional,
        value="" if value is None else str(value),
        options=options,
        attrs=attrs,
        limit=limit,
        checked=kind == "check" and bool(widget.check_test(bound.value())),
    )


def _attributes(
    widget: forms.Widget, kind: str, extra: Mapping[str, Any], limit: int | None
) -> dict[str, Any]:
    """The control's own attributes: the widget's and the template's, made fit for both scripts."""
    attrs: dict[str, Any] = {**widget.attrs, **{key.replace("_", "-"): value for key, value in extra.items()}}
    for name in ("class", "id"):
        attrs.pop(name, None)
    attrs.pop("placeholder", None)  # a hint that disappears while one writes is no hint
    if isinstance(widget, ChoiceWidget):
        attrs.pop("required", None)
    if kind == "input":
        shown = str(attrs.pop("type", "") or getattr(widget, "input_type", "text"))
        if shown == "email":  # <input type=email> refuses international mailboxes
            attrs = {"inputmode": "email", "autocapitalize": "none", "spellcheck": "false", **attrs}
            shown = "text"
        attrs["type"] = shown
        attrs.setdefault("dir", "ltr" if shown in LTR_TYPES else "auto")
    elif kind == "textarea":
        attrs.pop("cols", None)
        attrs.setdefault("dir", "auto")
        attrs["rows"] = extra.get("rows") or (5 if str(attrs.get("rows", "10")) == "10" else attrs["rows"])
    if limit and kind in {"input", "textarea"}:
        # No maxlength: a browser would cut a pasted text silently. The counter and the server say it instead.
        attrs.pop("maxlength", None)
        attrs["data-limit"] = limit
    return attrs


def problems(*forms_shown: forms.BaseForm | Iterable[forms.BaseForm]) -> list[tuple[str, str]]:
    """What the error summary lists: (id to jump to, sentence), fields in their order, then the form's own."""
    found: list[tuple[str, str]] = []
    for item in forms_shown:
        for form in [item] if isinstance(item, forms.BaseForm) else item:
            for bound in form:
                found += [(str(bound.auto_id), str(error)) for error in bound.errors]
            found += [("", str(error)) for error in form.non_field_errors()]
    return found
