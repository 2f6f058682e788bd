"""Who was just told something: for the hub of a process, which passes it on to their open pages."""

from collections.abc import Mapping
from typing import Any, Final

from django.db import connection

from tawasul.accounts.models import Person
from tawasul.notices import queries
from tawasul.notices.models import Notice

OVERLAP: Final = 500  # keys read again on PostgreSQL, where a lower one may be committed after a higher one
BEFORE: Final = 200  # keys read at the first look: telling a number twice does no harm
MOST: Final = 2000


class Newcomers:
    """Looks again and again for rows that are new since the last look: one short read of the primary key."""

    def __init__(self) -> None:
        self._mark: int | None = None
        self._known: set[int] = set()

    def standing(self, person: Person) -> dict[str, Any]:
        """What somebody is told whose page begins to listen."""
        return queries.told(person)

    def fresh(self, people: Mapping[int, Person]) -> dict[int, dict[str, Any]]:
        """For each of these people who was told something since the last look, how it stands now."""
        if self._mark is None:
            newest = Notice.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
            self._mark = max(0, newest - BEFORE)
        low = self._mark - (0 if connection.vendor == "sqlite" else OVERLAP)
        found = Notice.objects.filter(pk__gt=low).order_by("-pk").values_list("pk", "person_id")[:MOST]
        new = [(pk, person) for pk, person in found if pk not in self._known]
        if not new:
            return {}
        self._mark = max(self._mark, new[0][0])
        self._known = {pk for pk in self._known if pk > self._mark - OVERLAP} | {pk for pk, _ in new}
        return {pk: queries.told(people[pk]) for pk in {person for _, person in new} if pk in people}
