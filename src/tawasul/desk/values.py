"""What a ticket says in the centre's own fields, as the panel beside it shows and changes it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tawasul.desk.dossier import Edited
from tawasul.tickets import fields
from tawasul.tickets.fields import Definition, Kind, Situation
from tawasul.tickets.models import Ticket
from tawasul.ui import long_lists

CHOSEN_FROM = frozenset({Kind.CHOICE, Kind.TREE})


def name_of(definition: Definition) -> str:
    """How an edit and an event name the field."""
    return f"field:{definition.key}"


@dataclass(frozen=True, slots=True)
class Value:
    """One field: its words, what its form shows, the choices where it has some. ``missing``: it must be filled in."""

    field: Definition
    words: str
    also: str  # the other form of a domain name
    value: str
    choices: Sequence[tuple[str, str]]
    missing: bool
    edited: Edited | None = None

    @property
    def kind(self) -> str:
        return self.field.kind

    @property
    def searched(self) -> Mapping[str, str]:
        """Attributes of its list where that is so long that one searches it."""
        nothing = 1  # the first one, that nothing is chosen
        return long_lists.attributes(self.field.name, len(self.choices) - nothing)


def of_ticket(ticket: Ticket, edited: Edited | None = None) -> list[Value]:
    """The fields that are asked for on this ticket, and those in which it says something; one query, or none."""
    known = fields.definitions()
    if not known:
        return []
    said = {definition.pk: value for definition, value in fields.values_of(ticket)}
    given = {one.key: fields.typed(one, said[one.pk]) for one in known if one.pk in said}
    situation = Situation(ticket.service_id, ticket.purpose, ticket.channel, given)
    asked = {one.pk for one in fields.shown(known, situation)}
    found = []
    for one in known:
        value = said.get(one.pk)
        if one.pk not in asked and value is None:
            continue
        found.append(
            Value(
                one,
                fields.words(one, value),
                fields.also(one, value),
                fields.typed(one, value),
                _choices(one, fields.typed(one, value)),
                missing=value is None and fields.is_required(one, situation),
                edited=edited if edited and edited.name == name_of(one) else None,
            )
        )
    return found


def _choices(one: Definition, value: str) -> list[tuple[str, str]]:
    """What can be chosen; what the ticket says stays choosable where it is not offered any more."""
    if one.kind not in CHOSEN_FROM:
        return []
    return [
        ("", "–"),
        *(
            (str(choice.pk), choice.path)
            for choice in one.choices
            if choice in one.offered or str(choice.pk) == value
        ),
    ]
