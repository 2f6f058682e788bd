"""How a member of staff likes the desk: a few named choices kept on their account, each with the values it may have.

A part of the desk that has a choice adds it to ``CHOICES``; a form posts it by that name to ``desk:choices``.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from django.db import transaction

from tawasul.accounts.models import Person
from tawasul.desk.columns import DENSITIES, columns

Read = Callable[[Sequence[str]], Any]  # the posted values as they are kept; None where they mean nothing


def one_of(*values: str) -> Read:
    """A choice of one among some values; the first is what holds while nothing was chosen."""

    def read(posted: Sequence[str]) -> str | None:
        return posted[-1] if posted and posted[-1] in values else None

    return read


def some_of(*values: str) -> Read:
    """A choice of several among some values, in their own order; none of them is a choice too."""

    def read(posted: Sequence[str]) -> list[str]:
        return [value for value in values if value in posted]

    return read


CHOICES: Final[dict[str, Read]] = {
    "columns": lambda posted: some_of(*columns())(posted),  # of the queue's table
    "density": one_of(*DENSITIES),
    "keys": one_of("on", "off"),  # single-letter shortcuts (WCAG 2.1.4)
}


def chosen(person: Person, name: str, default: Any) -> Any:
    """What the person chose; ``default`` where they never did."""
    return person.desk_choices.get(name, default)


def choose(person: Person, posted: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """Keep every known choice among what was posted, and return those; the others stay as they are."""
    given = {
        name: value
        for name in posted
        if name in CHOICES and (value := CHOICES[name](posted[name])) is not None
    }
    if given:
        with transaction.atomic():
            row = Person.objects.select_for_update().only("desk_choices").get(pk=person.pk)
            row.desk_choices = person.desk_choices = {**row.desk_choices, **given}
            row.save(update_fields=["desk_choices"])
    return given
