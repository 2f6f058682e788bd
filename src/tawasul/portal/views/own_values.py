"""What a ticket, or a request that waits, says in the centre's fields, as its customer reads it."""

from dataclasses import dataclass

from tawasul.tickets import direct, fields
from tawasul.tickets.direct import Request
from tawasul.tickets.fields import Definition, Parsed
from tawasul.tickets.models import FieldValue, Ticket


@dataclass(frozen=True, slots=True)
class Said:
    """One value: the field's name, the words, and the same in another form (a name in A-labels) or nothing."""

    name: str
    words: str
    also: str
    is_domain: bool


def of_ticket(ticket: Ticket) -> list[Said]:
    """The values that the centre shows its customers, in the order of forms."""
    return [_said(one, value) for one, value in fields.values_of(ticket) if one.is_shown]


def of_request(request: Request) -> list[Said]:
    """All that was typed on the direct form: its writer confirms it."""
    said = direct.own_of(request)
    return [_said(one, said[one]) for one in fields.definitions() if one in said]


def _said(one: Definition, value: FieldValue | Parsed) -> Said:
    return Said(one.name, fields.words(one, value), fields.also(one, value), one.kind == fields.Kind.DOMAIN)
