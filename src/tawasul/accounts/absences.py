"""Who is out of the office, until when, and who stands in for them."""

import hashlib
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

from django.db import transaction

from tawasul.accounts.actions import record_change
from tawasul.accounts.models import Absence, Person
from tawasul.accounts.queries import colleagues
from tawasul.core import clock
from tawasul.core.kept import Kept

MOST_AHEAD = 500  # absences that are kept at hand
TOLD = timedelta(days=30)  # for so long the returned person is told what went to whom


class Overlaps(Exception):
    """The person is out of the office in a part of this time already."""


class NotChangeable(Exception):
    """The absence has ended, was taken back, or is not any more what its reader saw."""


_coming = Kept(
    lambda: tuple(
        Absence.objects.filter(ends_at__gt=clock.now())
        .select_related("person", "substitute")
        .order_by("starts_at", "pk")[:MOST_AHEAD]
    )
)


def _read_unread() -> tuple[Absence, ...]:
    now = clock.now()
    rows = Absence.objects.filter(ends_at__lte=now, ends_at__gt=now - TOLD, read_at=None)
    return tuple(one for one in rows.order_by("-ends_at", "pk")[:MOST_AHEAD] if one.given)


_unread = Kept(_read_unread)


def forget() -> None:
    """Read them anew next time; called after a change in this process."""
    _coming.forget()
    _unread.forget()


def running(now: datetime | None = None) -> dict[int, Absence]:
    """The absences that run at this moment, by the person's key; of two, the one that ends last."""
    now = now or clock.now()
    found: dict[int, Absence] = {}
    for one in _coming():
        if one.starts_at <= now < one.ends_at:
            other = found.get(one.person_id)
            if other is None or other.ends_at < one.ends_at:
                found[one.person_id] = one
    return found


def of(person_pk: int) -> Absence | None:
    """The person's absence that runs now, or None."""
    return running().get(person_pk)


def stand_in(
    person_pk: int, absent: Mapping[int, Absence], welcome: Callable[[Person], bool] = lambda _person: True
) -> Person | None:
    """Who stands in for the absent person: the substitute, or, while that one is absent too, their substitute.

    None where the chain ends, comes back to somebody it has passed, or leads to somebody who is not ``welcome``.
    """
    passed = {person_pk}
    at = absent.get(person_pk)
    while at is not None:
        substitute = at.substitute
        if substitute is None or substitute.pk in passed:
            return None
        if substitute.pk not in absent:
            return (
                substitute if substitute.is_active and substitute.is_staff and welcome(substitute) else None
            )
        passed.add(substitute.pk)
        at = absent[substitute.pk]
    return None


def announce(
    person: Person,
    *,
    starts_at: datetime,
    ends_at: datetime,
    substitute: Person | None,
    hands_over: bool,
    by: Person,
    note: str = "",
) -> Absence:
    """The person will be out of the office; history keeps who said so. Raises Overlaps."""
    with transaction.atomic():
        _free(person.pk, starts_at, ends_at)
        made = Absence.objects.create(
            person=person,
            starts_at=starts_at,
            ends_at=ends_at,
            substitute=substitute,
            hands_over=hands_over and substitute is not None,
            note=note,
        )
        record_change("absence", made, {}, _kept(made), by)
    forget()
    return made


def change(
    absence: Absence,
    *,
    starts_at: datetime,
    ends_at: datetime,
    substitute: Person | None,
    hands_over: bool,
    note: str,
    by: Person,
    seen: str,
) -> bool:
    """Change an absence that has not begun, or the end, the substitute and the note of one that runs: what has begun
    keeps its beginning, and what was handed over is not asked for again. ``seen`` is the ``mark`` that the form had.
    False where nothing differs; history keeps the rest. Raises NotChangeable, Overlaps."""
    now = clock.now()
    with transaction.atomic():
        _free(absence.person_id, starts_at, ends_at, but=absence.pk)
        rows = Absence.objects.select_for_update(of=("self",)).select_related("person", "substitute")
        row = rows.filter(pk=absence.pk, ends_at__gt=now).first()
        if row is None or mark(row) != seen or ends_at <= now:
            raise NotChangeable
        before = _kept(row)
        if row.starts_at > now:
            row.starts_at = max(starts_at, now)
        elif row.starts_at != starts_at:  # it began while the form was on its way, which may say another week
            raise NotChangeable
        row.ends_at, row.substitute, row.note = ends_at, substitute, note
        if row.handed_over_at is None:
            row.hands_over = hands_over and substitute is not None
        changed = record_change("absence", row, before, _kept(row), by) is not None
        if changed:
            row.save(update_fields=["starts_at", "ends_at", "substitute", "hands_over", "note"])
    forget()
    return changed


def mark(absence: Absence) -> str:
    """What an absence says, so short that a form carries it: whoever saves sees whether it was changed meanwhile."""
    said = "|".join(str(value) for value in (*_kept(absence).values(), absence.substitute_id))
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def _free(person_pk: int, starts_at: datetime, ends_at: datetime, *, but: int | None = None) -> None:
    """Lock the person's row, so that two who announce at one moment come one after the other, and look. Raises
    Overlaps."""
    Person.objects.select_for_update(of=("self",), no_key=True).get(pk=person_pk)
    others = Absence.objects.filter(person=person_pk, starts_at__lt=ends_at, ends_at__gt=starts_at)
    if (others if but is None else others.exclude(pk=but)).exists():
        raise Overlaps


def end(absence: Absence, *, by: Person) -> bool:
    """Take back an absence that has not begun, or end one that runs; True where it had begun. What went to somebody
    else meanwhile stays there."""
    now = clock.now()
    with transaction.atomic():
        row = Absence.objects.select_for_update(of=("self",)).filter(pk=absence.pk).first()
        if row is None or row.ends_at <= now:
            return row is not None
        begun = row.starts_at < now
        if begun:
            before = _kept(row)
            row.ends_at = now
            row.save(update_fields=["ends_at"])
            record_change("absence", row, before, _kept(row), by)
        else:
            record_change("absence", row, _kept(row), {}, by)
            row.delete()
    forget()
    return begun


def to_be_read_by(person_pk: int) -> list[Absence]:
    """The person's ended absences in which tickets went to others, until they have read what went to whom."""
    return [one for one in _unread() if one.person_id == person_pk]


def read(absence: Absence) -> None:
    """The person has read what went to whom."""
    Absence.objects.filter(pk=absence.pk, read_at=None).update(read_at=clock.now())
    forget()


def choose_away(person: Person, *, away: bool) -> None:
    """Away from the desk for a while, or back at it."""
    if away and person.away_since is None:
        person.away_since = clock.now()
    elif not away:
        person.away_since = None
    person.save(update_fields=["away_since"])
    colleagues.forget()


def _kept(absence: Absence) -> dict[str, object]:
    return {
        "person": str(absence.person),
        "starts_at": absence.starts_at.astimezone(UTC).isoformat(timespec="minutes"),
        "ends_at": absence.ends_at.astimezone(UTC).isoformat(timespec="minutes"),
        "substitute": str(absence.substitute) if absence.substitute else "",
        "hands_over": absence.hands_over,
        **({"note": absence.note} if absence.note else {}),
    }
