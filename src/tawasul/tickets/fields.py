"""Fields of the centre's own as forms, pages and filters use them: what is asked when, what a typed answer means, and
how a value is read.

``definitions`` are small and hardly ever change, so they are read at most every two seconds; a page that shows a
ticket's values asks one question more, and none where the centre has no fields.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError

from tawasul.core import dates
from tawasul.core.kept import Kept
from tawasul.core.prepared import Prepared
from tawasul.tickets.field_kinds import Choice, Definition, Kind, Parsed, missing, parse, parse_again
from tawasul.tickets.models import Channel, Field, FieldValue

__all__ = [
    "Choice",
    "Definition",
    "Kind",
    "Parsed",
    "Situation",
    "also",
    "asked_of_customers",
    "by_key",
    "definitions",
    "is_required",
    "missing",
    "parse",
    "parse_again",
    "shown",
    "typed",
    "values_of",
    "words",
]


Judged = dict[str, bool | None]  # by a field's key


@dataclass(frozen=True, slots=True)
class Situation:
    """What the conditions are judged by. ``service`` is its key, None where none is chosen yet; ``given`` has what is
    typed in the other fields, by their keys (of a choice: its key)."""

    service: int | None
    purpose: str
    channel: str
    given: Mapping[str, str]


def _choices(row: Field) -> tuple[Choice, ...]:
    below: dict[int | None, list[Any]] = {}
    for choice in row.choices.all():
        below.setdefault(choice.parent_id, []).append(choice)

    def walk(parent: Choice | None) -> Iterable[Choice]:
        for one in below.get(parent.pk if parent else None, ()):
            found = Choice(
                pk=one.pk,
                parent=one.parent_id,
                names_ar=((*parent.names_ar, one.name_ar) if parent else (one.name_ar,)),
                names_en=((*parent.names_en, one.name_en) if parent else (one.name_en,)),
                is_active=one.is_active and (parent is None or parent.is_active),
                is_leaf=not any(child.is_active for child in below.get(one.pk, ())),
                above=((*parent.above, parent.pk) if parent else ()),
            )
            yield found
            yield from walk(found)

    return tuple(walk(None))


def _read() -> tuple[Definition, ...]:
    return tuple(
        Definition(
            pk=row.pk,
            key=row.key,
            kind=row.kind,
            name_ar=row.name_ar,
            name_en=row.name_en,
            help_ar=row.help_ar,
            help_en=row.help_en,
            services=frozenset(service.pk for service in row.services.all()),
            on_form=row.on_form,
            on_direct=row.on_direct,
            is_shown=row.is_shown,
            is_required=row.is_required,
            shown_if=tuple(row.shown_if),
            required_if=tuple(row.required_if),
            limits=row.limits,
            position=row.position,
            is_active=row.is_active,
            choices=_choices(row),
        )
        for row in Field.objects.prefetch_related("services", "choices").order_by("position", "pk")
    )


definitions: Kept[tuple[Definition, ...]] = Kept(_read)  # in the order of forms, those out of use among them


def by_key(key: str) -> Definition | None:
    """The field with that code, in use or not."""
    return next((one for one in definitions() if one.key == key), None)


def asked_of_customers(channel: str) -> list[Definition]:
    """The fields in use that stand on the form of this channel: the portal's, or the direct one."""
    return [
        one
        for one in definitions()
        if one.is_active and one.on_form and (one.on_direct or channel != Channel.DIRECT)
    ]


_VALUES = Prepared(lambda ticket: FieldValue.objects.filter(ticket_id=ticket).order_by("pk"))


def values_of(ticket: Any) -> list[tuple[Definition, FieldValue]]:
    """What the ticket says in the centre's fields, in the order of forms. Asks nothing where there are no fields."""
    known = definitions()
    if not known:
        return []
    found = {value.field_id: value for value in _VALUES(ticket.pk)}
    return [(one, found[one.pk]) for one in known if one.pk in found]


def shown(among: Sequence[Definition], situation: Situation) -> list[Definition]:
    """Those of the fields that are asked for in this situation. A condition on a field that is itself not asked for
    does not hold, and neither does one that leads back to its own field."""
    known, judged = {one.key: one for one in among}, Judged()
    return [one for one in among if _is_shown(one, known, situation, judged)]


def is_required(definition: Definition, situation: Situation) -> bool:
    """Whether the field must be filled in here, where it is shown."""
    if definition.is_required:
        return True
    known, judged = {one.key: one for one in definitions()}, Judged()
    return bool(definition.required_if) and all(
        _holds(condition, known, situation, judged) for condition in definition.required_if
    )


def words(definition: Definition, value: FieldValue | Parsed | None) -> str:
    """The value as people read it, in the reader's language; empty where there is none."""
    if value is None:
        return ""
    match definition.kind:
        case Kind.CHOICE | Kind.TREE:
            choice = definition.choice(_choice_key(value))
            return choice.path if choice else value.text
        case Kind.DATE if value.day is not None:
            return dates.date_with_hijri(value.day)
    return value.text


def also(definition: Definition, value: FieldValue | Parsed | None) -> str:
    """The same value in its other form: a domain name in A-labels where that differs; else empty."""
    if value is None or definition.kind != Kind.DOMAIN or value.search_key == value.text:
        return ""
    return value.search_key


def typed(definition: Definition, value: FieldValue | Parsed | None) -> str:
    """What a form shows of the value, to be typed over."""
    if value is None:
        return ""
    if definition.kind in {Kind.CHOICE, Kind.TREE}:
        return str(_choice_key(value) or "")
    return value.text


def _choice_key(value: FieldValue | Parsed) -> int | None:
    return value.choice_id if isinstance(value, FieldValue) else value.choice


def _is_shown(one: Definition, known: Mapping[str, Definition], situation: Situation, judged: Judged) -> bool:
    """``judged`` keeps each answer, or fields that lean on several others would be judged again and again, three times
    as often with each step; None while it is looked for, which is where conditions lead in a circle."""
    if one.key in judged:
        return bool(judged[one.key])
    judged[one.key] = None
    fits = one.is_active and (not one.services or situation.service in one.services)
    found = fits and all(_holds(condition, known, situation, judged) for condition in one.shown_if)
    judged[one.key] = found
    return found


def _holds(
    condition: Mapping[str, Any],
    known: Mapping[str, Definition],
    situation: Situation,
    judged: Judged,
) -> bool:
    """Whether one condition holds; no values mean that anything at all is given."""
    of = str(condition.get("of", ""))
    wanted = [str(value) for value in condition.get("any", ())]
    if of in {"purpose", "channel"}:
        said = situation.purpose if of == "purpose" else situation.channel
        return bool(said) and (not wanted or said in wanted)
    other = known.get(of.removeprefix("field:")) if of.startswith("field:") else None
    if other is None or not _is_shown(other, known, situation, judged):
        return False
    said = _comparable(other, situation.given.get(other.key, ""))
    if not said or not wanted:
        return bool(said)
    choice = other.choice(said) if other.kind in {Kind.CHOICE, Kind.TREE} else None
    if choice is not None:  # what holds for a branch holds for all below it
        return not {str(key) for key in (choice.pk, *choice.above)}.isdisjoint(wanted)
    return said in {_comparable(other, value) for value in wanted}


def _comparable(definition: Definition, said: str) -> str:
    """A typed answer as conditions compare it; empty where it is empty or wrong."""
    if not said.strip():
        return ""
    if definition.kind in {Kind.CHOICE, Kind.TREE}:
        return said.strip()
    try:
        return parse(definition, said).search_key
    except ValidationError:
        return ""
