"""Whether one of the centre's own fields can be set on a ticket: what macros and jobs over many tickets ask beforehand.

The panel beside a ticket shows only the fields that are asked for there; whoever sets a field from afar is told why a
ticket does not have it.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from tawasul.tickets import fields
from tawasul.tickets.fields import Definition, Situation
from tawasul.tickets.models import Ticket

GONE: Final = "gone"  # the field is not in use any more
SERVICE: Final = "service"  # the ticket's service does not have it
CONDITION: Final = "condition"  # what the ticket says elsewhere does not let it be asked


def given_of(ticket: Ticket) -> dict[str, str]:
    """What the ticket says, by the fields' keys and as a form has it: one query, or none."""
    return {one.key: fields.typed(one, value) for one, value in fields.values_of(ticket)}


def why_not(definition: Definition, ticket: Ticket, given: Mapping[str, str]) -> str:
    """GONE, SERVICE or CONDITION; empty where the field is asked for on a ticket that says ``given``."""
    if not definition.is_active:
        return GONE
    if definition.services and ticket.service_id not in definition.services:
        return SERVICE
    situation = Situation(ticket.service_id, ticket.purpose, ticket.channel, given)
    return "" if definition in fields.shown(fields.definitions(), situation) else CONDITION


def leaned_on(definition: Definition) -> Sequence[Definition]:
    """The field, and those whose values decide whether it is asked for."""
    found: dict[int, Definition] = {}
    waiting = [definition]
    while waiting:
        one = waiting.pop()
        if one.pk in found:
            continue
        found[one.pk] = one
        for condition in one.shown_if:
            of = str(condition.get("of", ""))
            other = fields.by_key(of.removeprefix("field:")) if of.startswith("field:") else None
            if other is not None:
                waiting.append(other)
    return list(found.values())
