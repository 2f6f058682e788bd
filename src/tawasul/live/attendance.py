"""Who is at the desk: noted at most once a minute a person and process, by an open page or by the page they ask for."""

import logging
from collections.abc import Collection, Iterable
from datetime import timedelta
from time import monotonic

from django.db import DatabaseError

from tawasul.core import clock
from tawasul.core.kept import Kept
from tawasul.live.models import Attendance

log = logging.getLogger(__name__)

EVERY = 60.0  # seconds between two notes
SEEN = timedelta(minutes=5)  # for so long somebody counts as present after the last page

_noted: dict[int, float] = {}  # by person, when this process noted them


def _read() -> frozenset[int]:
    recent = Attendance.objects.filter(seen_at__gt=clock.now() - SEEN)
    return frozenset(recent.values_list("person_id", flat=True))


_present = Kept(_read)


def present() -> Collection[int]:
    """Keys of the people who were at the desk within ``SEEN``."""
    return _present()


def note(people: Iterable[int]) -> None:
    """These people are at the desk: one statement for all who were not noted within ``EVERY``. A database that is
    too busy for it is asked again later; no page waits for or fails by it."""
    at = monotonic()
    due = sorted({pk for pk in people if at - _noted.get(pk, -EVERY) >= EVERY})
    if not due:
        return
    _noted.update(dict.fromkeys(due, at))
    now = clock.now()
    try:
        Attendance.objects.bulk_create(
            [Attendance(person_id=pk, seen_at=now) for pk in due],
            update_conflicts=True,
            unique_fields=["person"],
            update_fields=["seen_at"],
        )
    except DatabaseError as problem:  # also a person who was deleted meanwhile
        log.warning("attendance was not noted: %s", problem)


def forget() -> None:
    """Note everybody anew next time, and read anew who is present."""
    _noted.clear()
    _present.forget()
