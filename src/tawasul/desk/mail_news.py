"""What became of the mails of tickets that are open on somebody's screen: open pages are told when it changes."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from tawasul.accounts import roles
from tawasul.accounts.models import Person
from tawasul.core import clock
from tawasul.live import news
from tawasul.live.models import Visit
from tawasul.live.visits import STALE
from tawasul.mail.models import OutgoingMail

DRAWN: Final = timedelta(seconds=10)  # what changed before that, a page that has just come shows already

Digest = frozenset[tuple[Any, ...]]


class MailNews:
    """Compares the mails of the tickets at which somebody is with what they were at the last look: two short reads,
    every other time that it is asked. A mail keeps no time of its last change, and an event for each would fill the
    ticket's history."""

    def __init__(self) -> None:
        self._known: dict[str, Digest] = {}
        self._turn = False

    def standing(self, _person: Person) -> None:
        """Nothing: the page has just been drawn."""

    def fresh(self, people: Mapping[int, Person]) -> dict[int, list[str]]:
        """For each of these people, the numbers of tickets that they are at and whose mails have changed."""
        self._turn = not self._turn
        if not self._turn:
            return {}
        now = clock.now()
        visits = Visit.objects.filter(person_id__in=list(people), seen_at__gt=now - STALE)
        at: dict[int, list[tuple[int, str, int | None]]] = defaultdict(list)
        for ticket, person, number, team in visits.values_list(
            "ticket_id", "person_id", "ticket__number", "ticket__team_id"
        ):
            at[ticket].append((person, number, team))
        if not at:
            self._known = {}
            return {}
        digests, recent = _digests(at, now - DRAWN)
        found: dict[int, list[str]] = defaultdict(list)
        known: dict[str, Digest] = {}
        for ticket, places in at.items():
            number, digest = places[0][1], digests.get(ticket, frozenset())
            known[number] = digest
            if digest != self._known[number] if number in self._known else ticket in recent:
                for person, _number, of_team in places:
                    if of_team not in roles.hidden_teams(people[person]):
                        found[person].append(number)
        self._known = known
        return found


def of_ticket(ticket: int, known: str, drawn: datetime | None) -> tuple[str, bool]:
    """For a page that asks: a mark of how the ticket's mails stand now, and whether that is news to the page, which
    knows the mark of the last time, or only when it was drawn. One query."""
    digests, recent = _digests([ticket], (drawn or clock.now()) - news.DRAWING)
    rows = sorted(map(repr, digests.get(ticket, ())))
    mark = hashlib.sha256("\n".join(rows).encode()).hexdigest()[:16]
    return mark, known != mark if known else ticket in recent


def _digests(tickets: Iterable[int], since: datetime) -> tuple[dict[int, Digest], set[int]]:
    """How the mails of each ticket stand, and the tickets where that changed after ``since``."""
    rows: dict[int, set[tuple[Any, ...]]] = defaultdict(set)
    recent = set()
    mails = OutgoingMail.objects.filter(ticket_id__in=list(tickets))
    for ticket, pk, state, bounce, error, settled, done, bounced in mails.values_list(
        "ticket_id", "pk", "state", "bounce", "last_error", "settled_at", "done_at", "bounced_at"
    ):
        rows[ticket].add((pk, state, bounce, error, settled))
        if any(moment and moment > since for moment in (done, bounced, settled)):
            recent.add(ticket)
    return {ticket: frozenset(mails) for ticket, mails in rows.items()}, recent
