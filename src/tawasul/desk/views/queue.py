"""The queue: one view of it, narrowed or not, a keyset page at a time."""

from typing import Any

from django.db.models import prefetch_related_objects
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from tawasul.accounts.roles import hidden_teams
from tawasul.core import clock
from tawasul.desk import bulk, choices, filtering, gate
from tawasul.desk.columns import DENSITIES, USUAL, USUAL_DENSITY
from tawasul.desk.columns import columns as all_columns
from tawasul.desk.due import due_of, waited
from tawasul.desk.shelves import DEFAULT, SHELVES, saved_name, shelves_for
from tawasul.tickets import filters, own_filters
from tawasul.tickets import queue as tickets_queue
from tawasul.tickets.models import Status

ORDERS = {  # of the views that are not ordered by the promise
    "mentions": _("Last changed first"),
    "waiting": _("Longest wait first"),
    "with_customer": _("Closing soonest first"),
    "on_hold": _("Longest on hold first"),
    "snoozed": _("Back soonest first"),
    "closed": _("Last closed first"),
    "everything": _("Newest first"),
}


@require_safe
@never_cache
@gate.staff_only
def queue(request: HttpRequest) -> HttpResponseBase:
    """One view of the queue, the whole width. A filter sent by its form moves to its own, shareable address; one
    that cannot be read shows the form with everything as it was typed."""
    narrowed, wrong = filters.parse(request.GET, views=tickets_queue.VIEWS, default=DEFAULT)
    if wrong:
        return filter_page(request, narrowed, wrong, status=422)
    if request.GET.get("apply"):
        return redirect(f"{reverse('desk:queue')}?{narrowed.canonical()}")
    shown = shown_queue(request)
    tickets = [ticket.pk for ticket, _due, _waited in shown["rows"]]
    shown["own_cells"] = own_filters.columns_of(shown["chosen_columns"], tickets)
    return render(request, "desk/queue.html", shown)


@require_safe
@never_cache
@gate.staff_only
def filter_form(request: HttpRequest) -> HttpResponseBase:
    """The form of the filter that the address carries: a page of its own, or for htmx the form alone."""
    narrowed, wrong = filters.parse(request.GET, views=tickets_queue.VIEWS, default=DEFAULT)
    return filter_page(request, narrowed, wrong)


def filter_page(
    request: HttpRequest, narrowed: filters.Filter, wrong: dict[str, str], *, status: int = 200
) -> HttpResponse:
    """Draw the filter's form."""
    person = gate.staff_member(request)
    typed = filtering.typed_of(request.GET)
    context: dict[str, Any] = {
        "form": filtering.form_of(narrowed, typed, wrong, person),
        "narrowed": narrowed,
        "dates": ("created", "due", "closed"),
    }
    if request.headers.get("HX-Request") and status == 200:
        return render(request, "desk/_filter_form.html", context)
    context |= {"shelves": shelves_for(person), "view": narrowed.view, "invalid": bool(wrong)}
    return render(request, "desk/filter.html", context, status=status)


def shown_queue(request: HttpRequest, *, default: str = DEFAULT) -> dict[str, Any]:
    """What the queue needs to be drawn, on its own page or beside a ticket: a few bounded queries."""
    person, now = gate.staff_member(request), clock.now()
    narrowed, _wrong = filters.parse(request.GET, views=tickets_queue.VIEWS, default=default)
    after, before = request.GET.get("after", "")[:60], request.GET.get("before", "")[:60]
    page = tickets_queue.page(narrowed, person, after=after, before=before)
    known = all_columns()
    columns = [name for name in choices.chosen(person, "columns", USUAL) if name in known]
    if "tags" in columns:
        prefetch_related_objects(page.rows, "tags")
    if "organisation" in columns:
        prefetch_related_objects(page.rows, "requester")
    query = narrowed.canonical()
    cursor = urlencode({"after": after} if after else {"before": before} if before else {})
    shelves = shelves_for(person)
    saved = next((shelf for shelf in shelves if shelf.query == query), None)
    return {
        "shelves": shelves,
        "view": saved.name if saved else narrowed.view,
        "view_label": saved.label if saved else SHELVES[narrowed.view][0],
        "order_label": filters.SORT_LABELS.get(narrowed.sort)
        or ORDERS.get(narrowed.view, filters.SORT_LABELS["due"]),
        "rows": [(ticket, due_of(ticket, now), waited(ticket, now)) for ticket in page.rows],
        "newer": f"?{query}&{urlencode({'before': page.newer})}" if page.newer else "",
        "older": f"?{query}&{urlencode({'after': page.older})}" if page.older else "",
        "is_unfinished": page.is_unfinished,
        "turns": {status.value: status.label for status in Status},
        # leads from a ticket back to this very page of the queue
        "kept": f"{query}&{cursor}" if cursor else query,
        "narrowed": narrowed,
        "query": query,
        "chips": filtering.chips_of(narrowed, hidden_teams(person)),
        "is_saved": saved is not None,
        "saved_name": saved_name,
        "columns": [(name, known[name]) for name in columns],
        "all_columns": known,
        "chosen_columns": columns,
        "density": choices.chosen(person, "density", USUAL_DENSITY),
        "densities": DENSITIES,
        "bulk_doings": bulk.offered(person),
    }
