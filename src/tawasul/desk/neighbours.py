"""The tickets before and after one in the view of the queue that stands beside it, across the borders of its pages."""

import copy
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, QueryDict
from django.urls import reverse

from tawasul.desk.views.queue import shown_queue
from tawasul.tickets.models import Ticket


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A ticket of the same view, and its address with the page of the queue on which it stands."""

    ticket: Ticket
    href: str


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The tickets on either side, as far as there are any."""

    previous: Neighbour | None = None
    next: Neighbour | None = None


def around(request: HttpRequest, ticket: Ticket, shown: dict[str, Any]) -> Neighbours:
    """The neighbours in ``shown``, which is what ``shown_queue`` found. At the border of a page the page beyond is
    read too. A ticket that is not in the view (answered meanwhile, say) has the first one of the page as its next."""
    rows = [row[0] for row in shown["rows"]]
    keys = [row.pk for row in rows]
    if ticket.pk not in keys:
        return Neighbours(next=_of(rows[0], shown) if rows else None)
    at = keys.index(ticket.pk)
    before = _of(rows[at - 1], shown) if at else _beyond(request, shown["newer"], last=True)
    if at + 1 < len(rows):
        return Neighbours(before, _of(rows[at + 1], shown))
    return Neighbours(before, _beyond(request, shown["older"], last=False))


def next_of(request: HttpRequest, ticket: Ticket, *, default: str) -> Neighbour | None:
    """The ticket after this one in the kept view: asked before it is answered, as that may take it out of the view."""
    return around(request, ticket, shown_queue(request, default=default)).next


def _of(ticket: Ticket, shown: dict[str, Any]) -> Neighbour:
    return Neighbour(ticket, f"{reverse('desk:ticket', args=[ticket.spoken_number])}?{shown['kept']}")


def _beyond(request: HttpRequest, cursor: str, *, last: bool) -> Neighbour | None:
    if not cursor:
        return None
    there = copy.copy(request)
    there.GET = QueryDict(cursor.lstrip("?"))
    shown = shown_queue(there)
    return _of(shown["rows"][-1 if last else 0][0], shown) if shown["rows"] else None
