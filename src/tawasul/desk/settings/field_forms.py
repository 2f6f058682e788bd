"""The form of one of the centre's own fields: its words, where it is asked, its limits, its conditions, its choices.

All of it works without scripts: a button adds a row or moves one, and the page comes back with everything as typed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from tawasul.core.text import clean_line
from tawasul.desk.forms import CleanLine
from tawasul.desk.settings.forms import Chosen, NounForm, in_language, name_fields, switch, typed
from tawasul.tickets import fields
from tawasul.tickets.actions.asking import CHOSEN_FROM, Choice
from tawasul.tickets.models import Channel, Field, Purpose, Service

Kind = Field.Kind
CONDITIONS: Final = 3  # of each sort
MOST_CHOICES: Final = 150  # rows of one form
DEEPEST: Final = 4  # levels below the first
EMPTY_ROWS: Final = 3  # of a list that is begun
SORTS: Final = ("shown_if", "required_if")
LIMITS: Final[Mapping[str, tuple[str, ...]]] = {
    Kind.TEXT: ("longest",),
    Kind.NUMBER: ("least", "most", "decimals"),
    Kind.DATE: ("when",),
}
_AGES = [("", _("any day")), ("past", _("today or before")), ("future", _("today or after"))]


def _help(words: Any, language: str) -> CleanLine:
    widget = forms.TextInput(attrs=in_language(language, autocomplete="off"))
    return CleanLine(label=words, max_length=300, required=False, widget=widget)


class FieldForm(NounForm):
    """Everything of a field but its choices and its conditions, which are rows beside it."""

    model = Field
    name_ar, name_en = name_fields(100)
    help_ar = _help(_("Help in Arabic"), "ar")
    help_en = _help(_("Help in English"), "en")
    longest = forms.IntegerField(
        label=_("Longest answer, in characters"), required=False, min_value=1, max_value=1000
    )
    least = forms.DecimalField(label=_("Least"), required=False, max_digits=18, decimal_places=6)
    most = forms.DecimalField(label=_("Most"), required=False, max_digits=18, decimal_places=6)
    decimals = forms.IntegerField(label=_("Digits after the point"), required=False, min_value=0, max_value=6)
    when = forms.ChoiceField(label=_("Which days"), required=False, choices=_AGES)
    services = Chosen(
        label=_("Services"),
        queryset=Service.objects.none(),
        required=False,
        help_text=_("It is asked for these alone; for every service where none is chosen."),
    )
    on_form = switch(_("Customers fill it in"), _("Otherwise only staff do, in the panel beside a ticket."))
    on_direct = switch(_("It stands on the form without an account, too"))
    is_shown = switch(_("Customers see it on their ticket"))
    is_required = switch(_("It must be filled in"))
    is_active = switch(
        _("In use"), _("Switched off, what tickets say in it stays, and it is no longer asked.")
    )

    def __init__(self, data: Any = None, *, obj: Any, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, obj=obj, initial=initial)
        self.offer("services", Service.objects.order_by("position", "pk"))
        for kind, names in LIMITS.items():
            if kind != obj.kind:
                for name in names:
                    del self.fields[name]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        least, most = cleaned.get("least"), cleaned.get("most")
        if least is not None and most is not None and least > most:
            self.add_error("most", _("The most is less than the least."))
        return cleaned

    def values(self) -> dict[str, Any]:
        limits = [name for name in LIMITS.get(self.obj.kind, ()) if name in self.cleaned_data]
        return {
            **{name: value for name, value in self.cleaned_data.items() if name not in limits},
            "limits": limits_of({name: self.cleaned_data[name] for name in limits}),
        }


def limits_of(given: Mapping[str, Any]) -> dict[str, Any]:
    """The limits as the field keeps them: only those that were given."""
    found: dict[str, Any] = {}
    for name, value in given.items():
        if value in (None, ""):
            continue
        if name == "when":
            found[str(value)] = True
        else:
            found[name] = _plain(value) if isinstance(value, Decimal) else value
    return found


def initial_of(obj: Field) -> dict[str, Any]:
    """The field as its form shows it."""
    if obj.pk is None:
        return {"on_form": True, "on_direct": True, "is_shown": True, "is_active": True}
    names = ("name_ar", "name_en", "help_ar", "help_en", "on_form", "on_direct", "is_shown", "is_required")
    when = next((age for age in ("past", "future") if obj.limits.get(age)), "")
    return {
        **{name: getattr(obj, name) for name in (*names, "is_active")},
        "services": [service.pk for service in obj.services.all()],
        **obj.limits,
        "when": when,
    }


@dataclass(slots=True)
class ChoiceRow:
    """One line of the list of choices, as it was typed."""

    pk: int | None = None
    name_ar: str = ""
    name_en: str = ""
    level: int = 0
    is_active: bool = True
    error: Any = ""


def choice_rows(obj: Field) -> list[ChoiceRow]:
    """The choices of the field as they stand, or empty lines to begin with."""
    known = next((one for one in fields.definitions() if one.pk == obj.pk), None) if obj.pk else None
    if known is None or not known.choices:
        return [ChoiceRow() for _number in range(EMPTY_ROWS)]
    active = dict(obj.choices.values_list("pk", "is_active"))
    return [
        ChoiceRow(one.pk, one.names_ar[-1], one.names_en[-1], one.depth, active.get(one.pk, False))
        for one in known.choices
    ]


def posted_rows(post: Any, obj: Field) -> list[ChoiceRow]:
    """The lines as they were sent. A key that is not one of this field's is a new line's."""
    own = set(obj.choices.values_list("pk", flat=True)) if obj.pk else set()
    rows = []
    for number in range(min(_number(post.get("choices", ""), MOST_CHOICES), MOST_CHOICES)):
        pk = _number(post.get(f"choice-{number}-pk", ""), 2**62)
        rows.append(
            ChoiceRow(
                pk if pk in own else None,
                typed(post, f"choice-{number}-ar", 400),
                typed(post, f"choice-{number}-en", 400),
                _number(post.get(f"choice-{number}-level", ""), DEEPEST) if obj.kind == Kind.TREE else 0,
                bool(post.get(f"choice-{number}-on")),
            )
        )
    return rows


def rearranged(rows: list[ChoiceRow], do: str) -> list[ChoiceRow]:
    """What a button of the list does to it: one more line, a line up or down, a line left out."""
    verb, _sep, which = do.partition("-")
    at = _number(which, MOST_CHOICES)
    if verb == "more":
        level = rows[-1].level if rows else 0
        return [*rows, ChoiceRow(level=level)] if len(rows) < MOST_CHOICES else rows
    if at >= len(rows):
        return rows
    if verb == "drop":
        return rows[:at] + rows[at + 1 :]
    other = at - 1 if verb == "up" else at + 1
    if verb in {"up", "down"} and 0 <= other < len(rows):
        rows[at], rows[other] = rows[other], rows[at]
    return rows


def judged(rows: list[ChoiceRow]) -> list[ChoiceRow]:
    """The lines that are not empty, each with what is wrong with it; one says so where there is none at all."""
    kept = [row for row in rows if row.name_ar or row.name_en or row.pk is not None]
    if not kept:
        return [ChoiceRow(error=_("Write at least one thing to choose."))]
    above: list[ChoiceRow] = []
    taken: set[tuple[int | None, str]] = set()
    for row in kept:
        row.level = min(row.level, len(above))
        above[row.level :] = [row]
        under = id(above[row.level - 1]) if row.level else None
        names = {(under, row.name_ar.casefold()), (under, f"en {row.name_en.casefold()}")}
        if not (row.name_ar and row.name_en):
            row.error = _("Write the name in both languages: readers of each see it.")
        elif max(len(row.name_ar), len(row.name_en)) > 100:
            row.error = _("This is too long: at most 100 characters.")
        elif names & taken:
            row.error = _("There is one of this name already.")
        taken |= names
    return kept


def as_choices(rows: Sequence[ChoiceRow]) -> list[Choice]:
    """The lines as they are saved."""
    return [Choice(row.pk, row.name_ar, row.name_en, row.level, row.is_active) for row in rows]


@dataclass(slots=True)
class Condition:
    """One condition as it was typed: of what, and the values that it may have. ``options`` are what there is to
    choose; a text has words instead, parted by a comma."""

    of: str = ""
    chosen: list[str] = field(default_factory=list)
    words: str = ""
    error: Any = ""
    options: list[tuple[str, str, int]] = field(default_factory=list)

    @property
    def is_text(self) -> bool:
        return self.of.startswith("field:") and not self.options


def conditions_of(obj: Field, kept: Sequence[Mapping[str, Any]]) -> list[Condition]:
    """The conditions of the field with empty ones after them."""
    found = []
    for condition in kept[:CONDITIONS]:
        values = [str(value) for value in condition.get("any", ())]
        found.append(_with_options(obj, Condition(str(condition.get("of", "")), values, "، ".join(values))))
    return found + [Condition() for _number in range(CONDITIONS - len(found))]


def posted_conditions(post: Any, obj: Field, sort: str) -> list[Condition]:
    """The conditions as they were sent, each with what there is to choose for it."""
    known = {value for value, _label in subjects(obj)}
    found = []
    for number in range(CONDITIONS):
        of = post.get(f"{sort}-{number}-of", "")
        one = Condition(of if of in known else "")
        if one.of:
            one.words = typed(post, f"{sort}-{number}-words", 1000)
            _with_options(obj, one)
            allowed = {value for value, _label, _level in one.options}
            one.chosen = [value for value in post.getlist(f"{sort}-{number}-any") if value in allowed]
        found.append(one)
    return found


def as_kept(conditions: Sequence[Condition]) -> list[dict[str, Any]]:
    """The conditions as the field keeps them; one of a text holds for any of its words."""
    return [
        {"of": one.of, "any": _words(one.words) if one.is_text else one.chosen}
        for one in conditions
        if one.of
    ]


def find_fault(conditions: Sequence[Condition]) -> bool:
    """Whether one asks for a purpose or a channel without saying which; it is told so."""
    for one in conditions:
        if one.of in {"purpose", "channel"} and not one.chosen:
            one.error = _("Choose one at least.")
    return any(one.error for one in conditions)


def subjects(obj: Field) -> list[tuple[str, Any]]:
    """What a condition may be about: the purpose, the channel, or another field whose values are words."""
    others = [
        (f"field:{one.key}", one.name)
        for one in fields.definitions()
        if one.pk != obj.pk and one.is_active and one.kind in {*CHOSEN_FROM, Kind.TEXT}
    ]
    return [("purpose", _("Purpose")), ("channel", _("Channel")), *others]


def _with_options(obj: Field, one: Condition) -> Condition:
    if one.of == "purpose":
        one.options = [(str(value), str(label), 0) for value, label in Purpose.choices]
    elif one.of == "channel":
        one.options = [(str(value), str(label), 0) for value, label in Channel.choices]
    else:
        definition = fields.by_key(one.of.removeprefix("field:"))
        if definition is not None and definition.pk != obj.pk:
            one.options = [(str(choice.pk), choice.name, choice.depth) for choice in definition.choices]
    return one


def _words(line: str) -> list[str]:
    return [word for word in map(clean_line, line.replace("،", ",").split(",")) if word][:20]


def _plain(value: Decimal) -> str:
    return format(value.normalize(), "f")


def _number(typed_number: str, most: int) -> int:
    """A number of our own as it came back; 0 where it is none."""
    if not (typed_number.isascii() and typed_number.isdigit() and len(typed_number) < 20):
        return 0
    return min(int(typed_number), most)
