"""Who is at the desk, in words: for lists of whom a ticket may be given to, and for the board."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from tawasul.accounts import absences
from tawasul.accounts.models import Absence, Person
from tawasul.core import dates
from tawasul.live import attendance


@dataclass(frozen=True, slots=True)
class State:
    """``name`` is here, away, absent or gone; never told by colour alone, so ``words`` go with it."""

    name: str
    words: str


def named(person: Person) -> str:
    """The name as a choice of a list, with what the chooser should know: that they are away, or until when."""
    absence = absences.of(person.pk)
    if absence is not None:
        return _("%(name)s (out of office until %(when)s)") % {"name": person, "when": until(absence)}
    return _("%(name)s (away)") % {"name": person} if person.away_since else str(person)


def states(people: Iterable[Person]) -> dict[int, State]:
    """What each of them is doing, by key; no query but for what is kept for all pages."""
    present, absent = attendance.present(), absences.running()
    return {person.pk: _state(person, absent.get(person.pk), person.pk in present) for person in people}


def _state(person: Person, absence: Absence | None, is_seen: bool) -> State:
    if absence is not None:
        return State("absent", _("out of office until %(when)s") % {"when": until(absence)})
    if person.away_since is not None:
        return State("away", pgettext("from the desk", "away"))
    return State("here", _("at the desk")) if is_seen else State("gone", _("not at the desk"))


def warning(to: Person | None) -> str:
    """What to say to whoever has just given a ticket to somebody who is out of the office; empty where there is
    nothing to say."""
    absence = absences.of(to.pk) if to else None
    if to is None or absence is None:
        return ""
    substitute = absences.stand_in(to.pk, absences.running())
    given = {"name": to, "when": until(absence), "substitute": substitute}
    if substitute is None:
        return _("%(name)s is out of the office until %(when)s, and nobody stands in.") % given
    return _("%(name)s is out of the office until %(when)s. %(substitute)s stands in.") % given


def until(absence: Absence) -> str:
    """When it ends: day and hour."""
    return f"{dates.short_date(absence.ends_at)} {dates.clock_time(absence.ends_at)}"
