"""What a filter of the queue may ask of the centre's own fields: ``f_<code>`` in an address, and for numbers and days
``f_<code>_from`` and ``f_<code>_to``.

Each becomes a condition on the values of that one field, which the indexes of those values serve.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from django.db.models import OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from tawasul.accounts.queries import stored_form
from tawasul.core import dates, domains
from tawasul.core.prepared import is_one
from tawasul.core.text import ascii_digits, isolate
from tawasul.search.normalise import normalise
from tawasul.tickets import fields
from tawasul.tickets.fields import Definition, Kind
from tawasul.tickets.models import FieldValue

PREFIX: Final = "f_"
CHOSEN_FROM: Final = frozenset({Kind.CHOICE, Kind.TREE})
RANGES: Final = frozenset({Kind.NUMBER, Kind.DATE})
FROM, TO = "_from", "_to"
MOST_LOST: Final = 10


class Wrong(ValueError):
    """Says why, in the reader's language."""


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that a filter may ask: of a field, and for a range which end of it."""

    field: Definition
    end: str = ""

    @property
    def name(self) -> str:
        """Its name in an address."""
        return f"{PREFIX}{self.field.key}{self.end}"

    @property
    def label(self) -> str:
        """What it is called, in the reader's language."""
        match self.end:
            case "_from":
                return _("%(field)s from") % {"field": self.field.name}
            case "_to":
                return _("%(field)s until") % {"field": self.field.name}
        return self.field.name


def parts() -> dict[str, Part]:
    """Everything that may be asked, by name, in the order of the fields. Those out of use among them: a saved view
    that asks for one must not find everything instead."""
    found = {}
    for field in fields.definitions():
        for end in (FROM, TO) if field.kind in RANGES else ("",):
            part = Part(field, end)
            found[part.name] = part
    return found


def lost(names: Iterable[str]) -> list[str]:
    """Among the names of an address, those that ask for a field that is no more. They find nothing."""
    known = parts()
    return [name for name in names if name.startswith(PREFIX) and name not in known][:MOST_LOST]


def ranges() -> list[str]:
    """The names of what has two ends, without them."""
    return [f"{PREFIX}{field.key}" for field in fields.definitions() if field.kind in RANGES]


def read(part: Part, typed: str) -> str:
    """What was typed, in the one form that an address keeps. Raises Wrong."""
    return _READ[Kind(part.field.kind)](part.field, typed)


def is_backwards(begins: str, ends: str) -> bool:
    """Whether a range of numbers or of days, each as an address keeps it, ends before it begins."""
    if begins.count("-") == 2 and ends.count("-") == 2:
        return dates.day_of(begins) > dates.day_of(ends)
    return Decimal(begins) > Decimal(ends)


def meant(values: Mapping[str, str]) -> tuple[Any, ...]:
    """What these parts of a filter ask for as the fields stand now: a prepared query does not know what was added below
    a branch since."""
    known = parts()
    found = []
    for name, value in values.items():
        if name in known:
            field = known[name].field
            below = tuple(_below(field, value)) if field.kind in CHOSEN_FROM else ()
            found.append((name, field.pk, below))
    return tuple(found)


def condition(given: Mapping[str, str], *, each: bool = False) -> Q:
    """Tickets that say what a filter asks of the centre's own fields; none where there is no such field any more.
    ``each``: the values of each row are looked at, instead of looking the rows up by their values."""
    found = Q()
    for said in _said(given).values():
        if said is None:
            found &= Q(pk=0)  # no ticket's; a prepared query cannot hold an empty list
        elif each:
            found &= is_one(said.filter(ticket=OuterRef("pk")))
        else:
            found &= Q(pk__in=said.values("ticket"))
    return found


def found_by_index(given: Mapping[str, str]) -> dict[str, QuerySet[FieldValue]]:
    """By field, the values that are asked for, where an index of the values leads to them and to no others."""
    known = {field.pk: field for field in fields.definitions()} if (all_said := _said(given)) else {}
    return {
        f"{PREFIX}{pk}": said
        for pk, said in all_said.items()
        if said is not None and known[int(pk)].kind in CHOSEN_FROM | RANGES
    }


def _said(given: Mapping[str, str]) -> dict[int | str, QuerySet[FieldValue] | None]:
    """By a field's key what is asked of it, both ends of a range together; None for a field that is no more."""
    if not any(name.startswith(PREFIX) for name in given):
        return {}
    known = parts()
    found: dict[int | str, QuerySet[FieldValue] | None] = {}
    for name, value in given.items():
        part = known.get(name)
        if part is None:
            if name.startswith(PREFIX):
                found[name] = None
            continue
        said = found.get(part.field.pk)
        if said is None:
            said = FieldValue.objects.filter(field=part.field.pk)
        found[part.field.pk] = said.filter(_asks(part, value))
    return found


def words(name: str, value: str) -> str:
    """The value as people read it."""
    part = parts().get(name)
    if part is None:
        return value
    match part.field.kind:
        case Kind.CHOICE | Kind.TREE:
            choice = part.field.choice(value)
            return choice.path if choice else _("no longer there")
        case Kind.DATE:
            return in_words(value)
    return value


def in_words(written: str) -> str:
    """A day as people read it, in the calendar in which it was written."""
    day = dates.day_of(written)
    return dates.hijri(day) if written[0] == "1" and written < "1700" else dates.short_date(day)


def read_day(typed: str) -> str:
    """A day of either calendar as an address keeps it. Raises Wrong."""
    try:
        return dates.written_day(typed)
    except ValueError:
        raise Wrong(
            _(
                "This is no day. Write year, month and day, such as %(one)s, or %(other)s in the Hijri calendar."
            )
            % {"one": isolate("2026-11-22"), "other": isolate("1448-06-12")}
        ) from None


def read_domain(typed: str) -> str:
    """A domain name as people read it. Raises Wrong."""
    try:
        return domains.parse_domain(typed).unicode
    except domains.BadDomain as problem:
        raise Wrong(domains.message(problem)) from None


def _read_choice(_field: Definition, typed: str) -> str:
    """A key, also of a choice that is no more: a saved view that asks for one finds nothing, never everything."""
    if not (typed.isascii() and typed.isdigit() and len(typed) < 18):
        raise Wrong(_("Choose one of the list."))
    return typed


def _read_number(_field: Definition, typed: str) -> str:
    bare = (
        ascii_digits(typed).replace("٬", "").replace(",", "").replace("٫", ".").replace("\N{MINUS SIGN}", "-")
    )
    try:
        number = Decimal(bare.replace(" ", ""))
    except InvalidOperation:
        number = Decimal("NaN")
    # Written out, 1e-9999999 is ten megabytes: what stands in digits is as fine as it is long
    fine = number.is_finite() and -number.as_tuple().exponent <= len(bare)  # type: ignore[operator]
    if not fine or number.adjusted() >= 18:
        raise Wrong(_("Enter a number in digits, such as 25."))
    written = format(number, "f")
    written = written.rstrip("0").rstrip(".") if "." in written else written
    return written if len(written.partition(".")[2]) <= 6 else format(round(number, 6), "f")


_READ: Final[Mapping[Kind, Callable[[Definition, str], str]]] = {
    Kind.TEXT: lambda _field, typed: typed,
    Kind.CHOICE: _read_choice,
    Kind.TREE: _read_choice,
    Kind.NUMBER: _read_number,
    Kind.DATE: lambda _field, typed: read_day(typed),
    Kind.DOMAIN: lambda _field, typed: read_domain(typed),
    Kind.PERSON: lambda _field, typed: stored_form(typed) if "@" in typed else typed,
}


def _asks(part: Part, value: str) -> Q:
    match part.field.kind:
        case Kind.CHOICE | Kind.TREE:
            return Q(search_key__in=_below(part.field, value) or ["-"])  # no choice's key
        case Kind.NUMBER:
            return Q(**{"number__gte" if part.end == FROM else "number__lte": Decimal(value)})
        case Kind.DATE:
            return Q(**{"day__gte" if part.end == FROM else "day__lte": dates.day_of(value)})
        case Kind.DOMAIN:
            name = domains.parse_domain(value).ascii
            return Q(search_key=name) | Q(search_key__endswith=f".{name}")
        case Kind.PERSON:
            return _person(value)
    found = Q()
    for word in normalise(value).split()[:8]:
        found &= Q(search_key__contains=word)
    return found


def _below(field: Definition, value: str) -> list[str]:
    """The keys of a choice and of all that lies below it."""
    return [str(one.pk) for one in field.choices if value in {str(one.pk), *map(str, one.above)}]


def _person(value: str) -> Q:
    """A whole address finds whoever has it, with an account or without; a name finds those called so."""
    if "@" not in value:
        return Q(text__icontains=value)
    return Q(search_key=value) | Q(person__email=value)


def columns_of(keys: list[str], tickets: list[int]) -> dict[int, dict[str, Any]]:
    """What tickets say in some fields, by ticket and by the name of a column; one query, or none."""
    chosen = {field.pk: field for field in fields.definitions() if f"{PREFIX}{field.key}" in keys}
    if not chosen or not tickets:
        return {}
    found: dict[int, dict[str, Any]] = {}
    for value in FieldValue.objects.filter(ticket__in=tickets, field__in=list(chosen)):
        field = chosen[value.field_id]
        found.setdefault(value.ticket_id, {})[f"{PREFIX}{field.key}"] = fields.words(field, value)
    return found
