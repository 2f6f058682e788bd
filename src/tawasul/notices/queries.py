"""What somebody was told: what they have not seen yet, and all of it by pages."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from tawasul.accounts.models import Person
from tawasul.accounts.roles import hidden_teams
from tawasul.core import clock
from tawasul.core.keyset import Page, page
from tawasul.core.prepared import Prepared
from tawasul.notices.models import Notice

COUNT_UP_TO: Final = 100  # a larger count is shown as "99+"
PAGE: Final = 25
RECENT: Final = 10  # behind the bell
OUTSIDE: Final = timedelta(minutes=2)  # an older notice is no news that a browser would show


@dataclass(frozen=True, slots=True)
class Unseen:
    """A notice that was not seen yet, as far as open pages are told of it."""

    pk: int
    ticket: str  # its number
    team: int | None
    in_browser: bool
    at: datetime


_UNSEEN: Final = Prepared(
    lambda person: (
        Notice.objects.filter(person_id=person, seen_at__isnull=True)
        .order_by("-pk")
        .values_list("pk", "ticket__number", "ticket__team_id", "in_browser", "at")[:COUNT_UP_TO]
    )
)


def unseen(person: Person) -> list[Unseen]:
    """The newest COUNT_UP_TO that the person has not seen, of tickets that are open to them. One query."""
    hidden = hidden_teams(person)
    return [one for row in _UNSEEN(person.pk) if (one := Unseen(*row)).team not in hidden]


def told(person: Person) -> dict[str, Any]:
    """What the person's open pages are told: how many are unseen, on which tickets, and which a browser may show."""
    found = unseen(person)
    since = clock.now() - OUTSIDE
    return {
        "unseen": len(found),
        "tickets": sorted({one.ticket for one in found}),
        "browser": sorted(one.pk for one in found if one.in_browser and one.at > since),
    }


def notices_of(
    person: Person, *, unread: bool = False, after: str = "", before: str = "", size: int = PAGE
) -> Page[Notice]:
    """A page of what the person was told, the newest first, with tickets and events."""
    rows = Notice.objects.filter(person=person).select_related("ticket", "event")
    if unread:
        rows = rows.filter(seen_at__isnull=True)
    hidden: Collection[int] = hidden_teams(person)
    if hidden:
        rows = rows.exclude(ticket__team__in=hidden)
    return page(rows, "pk", size, after=after, before=before, newest_first=True)
