"""A macro's step that fills in fields of the centre's own: what it would say, and what stands against it.

The step keeps what was typed, by the fields' keys, and not what it meant then: limits, choices and conditions are those
of the day on which the macro is used, as at the desk.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from tawasul.accounts.models import Person
from tawasul.core.text import isolate
from tawasul.tickets import fields, fitting
from tawasul.tickets.actions import fields as writes
from tawasul.tickets.fields import Definition, Parsed
from tawasul.tickets.models import Ticket

_GONE: Final = "gone"


@dataclass(frozen=True, slots=True)
class Filling:
    """One field of a step: what it is to say, or ``problem``, why it cannot be filled in on this ticket."""

    definition: Definition | None
    parsed: Parsed | None = None
    problem: str = ""

    @property
    def sentence(self) -> str:
        """What will happen, for people."""
        if self.definition is None or self.problem:
            return self.problem
        return _("The field %(field)s says: %(value)s.") % {
            "field": isolate(self.definition.name),
            "value": isolate(fields.words(self.definition, self.parsed)),
        }


def values_of(step: Mapping[str, Any]) -> dict[str, str]:
    """What a step types, by the fields' keys."""
    values = step.get("values")
    return {str(key): str(value) for key, value in values.items()} if isinstance(values, Mapping) else {}


def fillings(step: Mapping[str, Any], ticket: Ticket) -> Sequence[Filling]:
    """The fields of the step on this ticket, in the order of forms: one query. What the step itself types counts where
    one of its fields is asked for because of another."""
    typed = values_of(step)
    known = [one for one in fields.definitions() if one.key in typed]
    missing = len(known) < len(typed)
    given = {**fitting.given_of(ticket), **typed}
    found = [_filling(one, typed[one.key], ticket, given) for one in known]
    return [*found, Filling(None, problem=_reason(_GONE, None, ticket))] if missing else found


def fill(step: Mapping[str, Any], ticket: Ticket, *, by: Person) -> str:
    """Fill the fields in, within the macro's transaction; the first problem, or nothing where there is none."""
    made = fillings(step, ticket)
    problem = next((one.problem for one in made if one.problem), "")
    if not problem:
        for one in made:
            assert one.definition is not None
            writes.change(ticket, one.definition, one.parsed, by=by)
    return problem


def _filling(one: Definition, typed: str, ticket: Ticket, given: Mapping[str, str]) -> Filling:
    why = fitting.why_not(one, ticket, given)
    if why:
        return Filling(one, problem=_reason(why, one, ticket))
    try:
        return Filling(one, fields.parse(one, typed, by_staff=True))
    except ValidationError as wrong:
        named = {"field": isolate(one.name), "why": " ".join(wrong.messages)}
        return Filling(one, problem=_("The field %(field)s cannot be filled in: %(why)s") % named)


def _reason(why: str, one: Definition | None, ticket: Ticket) -> str:
    if one is None or why == fitting.GONE:
        return _("What a step names no longer exists. Ask whoever wrote the macro to correct it.")
    named = {"field": isolate(one.name), "service": isolate(str(ticket.service))}
    if why == fitting.SERVICE:
        return _("The service %(service)s does not have the field %(field)s.") % named
    return _("The field %(field)s is not asked for by what this ticket says.") % named
