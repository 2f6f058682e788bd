"""The queue: one view of it, a keyset page at a time, the earliest promise first."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from tawasul.core import clock
from tawasul.desk import gate
from tawasul.desk.due import due_of, waited
from tawasul.desk.shelves import DEFAULT, SHELVES, chosen, shelves_for
from tawasul.tickets import queries
from tawasul.tickets.models import Status


@require_safe
@never_cache
@gate.staff_only
def queue(request: HttpRequest) -> HttpResponse:
    """One view of the queue, the whole width."""
    return render(request, "desk/queue.html", shown_queue(request))


def shown_queue(request: HttpRequest, *, default: str = DEFAULT) -> dict[str, Any]:
    """What the queue needs to be drawn, on its own page or beside a ticket: a few bounded queries."""
    person, now = gate.staff_member(request), clock.now()
    view = chosen(request.GET.get("view"), default)
    after, before = request.GET.get("after", "")[:60], request.GET.get("before", "")[:60]
    page = queries.queue(view, person, after=after, before=before)
    kept = {"view": view} | ({"after": after} if after else {}) | ({"before": before} if before else {})
    return {
        "shelves": shelves_for(person),
        "view": view,
        "view_label": SHELVES[view][0],
        "rows": [(ticket, due_of(ticket, now), waited(ticket, now)) for ticket in page.rows],
        "newer": "?" + urlencode({"view": view, "before": page.newer}) if page.newer else "",
        "older": "?" + urlencode({"view": view, "after": page.older}) if page.older else "",
        "turns": {status.value: status.label for status in Status},
        "kept": urlencode(kept),  # leads from a ticket back to this very page of the queue
    }
