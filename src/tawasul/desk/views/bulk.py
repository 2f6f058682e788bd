"""Many tickets at once: what will happen, ordering it, how far it is, and taking it back."""

import uuid
from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tawasul.accounts.roles import Permission, hidden_teams
from tawasul.bulk import actions, judge
from tawasul.bulk.keeping import KEPT_FOR
from tawasul.bulk.models import BulkItem, BulkJob
from tawasul.bulk.orders import MOST, Action, is_allowed
from tawasul.core import clock
from tawasul.desk import bulk, gate
from tawasul.desk.shelves import shelves_for
from tawasul.desk.shown import packed
from tawasul.tickets.models import Status

MOST_JOBS = 50
MOST_TOLD = 100  # tickets that a job's page names
_TOLD = (BulkItem.Outcome.REFUSED, BulkItem.Outcome.CHANGED_SINCE)


@require_POST
@never_cache
@gate.allowed(Permission.BULK)
def preview(request: HttpRequest) -> HttpResponseBase:
    """Choose what the action is done with, and see what it would do to each ticket. Nothing is changed."""
    chosen = bulk.Selection.of(request.POST)
    chosen.seen, chosen.among = clock.now(), None
    return _preview(request, chosen)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@gate.allowed(Permission.BULK)
def jobs(request: HttpRequest) -> HttpResponseBase:
    """One's own jobs, the newest first (GET); order one (POST)."""
    person = gate.staff_member(request)
    if request.method == "POST":
        return _order(request)
    rows = [(job, bulk.DOINGS[job.action], bulk.named(job)) for job in _own(request)[:MOST_JOBS]]
    context = {"jobs": rows, "kept_days": KEPT_FOR.days, "shelves": shelves_for(person), "view": "bulk"}
    return render(request, "desk/bulk/jobs.html", context)


@require_safe
@never_cache
@gate.allowed(Permission.BULK)
def job(request: HttpRequest, key: uuid.UUID) -> HttpResponseBase:
    """How far the job is and what became of its tickets; for htmx only that part of the page."""
    person = gate.staff_member(request)
    found = _own(request).filter(key=key).first()
    if found is None:
        raise Http404
    outcomes = _counted(found)
    told = found.items.filter(outcome__in=_TOLD) | found.items.filter(
        why__in=(judge.LATE, judge.FAILED, judge.ITSELF)
    )
    hidden = hidden_teams(person)
    told = told.exclude(ticket__team__in=hidden) if hidden else told
    context: dict[str, Any] = {
        "job": found,
        "doing": bulk.DOINGS[found.action],
        "named": bulk.named(found),
        "outcomes": outcomes,
        "told": [
            (item.ticket, bulk.WHY.get(item.why) or _("somebody went on with it"))
            for item in told.select_related("ticket").order_by("pk")[:MOST_TOLD]
        ],
        "runs": found.done_at is None,
        "back": f"{reverse('desk:queue')}?{found.query}" if found.query else reverse("desk:queue"),
        "may_undo": actions.may_undo(found) and _undoable(found, outcomes),
        # counted, not as the job notes it after each batch: beside it stands what became of each ticket
        "shown": found.total - outcomes.get(BulkItem.Outcome.WAITING, 0),
    }
    if request.headers.get("HX-Request"):
        return render(request, "desk/bulk/_job.html", context)
    return render(request, "desk/bulk/job.html", {**context, "shelves": shelves_for(person), "view": "bulk"})


@require_POST
@gate.allowed(Permission.BULK)
def undoing(request: HttpRequest, key: uuid.UUID) -> HttpResponseBase:
    """Take the job back."""
    found = _own(request).filter(key=key).first()
    if found is None:
        raise Http404
    try:
        actions.ask_undo(found, by=gate.staff_member(request))
    except actions.NotUndoable:
        messages.error(request, _("This job cannot be taken back any more."))
    return redirect("desk:bulk_job", found.key)


def _own(request: HttpRequest) -> Any:
    return BulkJob.objects.filter(person=gate.staff_member(request)).order_by("-pk")


def _undoable(found: BulkJob, outcomes: dict[str, int]) -> bool:
    return found.done_at is None or bool(outcomes.get(BulkItem.Outcome.DONE))


def _counted(found: BulkJob) -> dict[str, int]:
    counted = found.items.order_by().values("outcome").annotate(number=Count("pk"))
    return dict(counted.values_list("outcome", "number"))


def _order(request: HttpRequest) -> HttpResponseBase:
    person, chosen = gate.staff_member(request), bulk.Selection.of(request.POST)
    if not chosen or chosen.is_wider:
        return _preview(request, chosen)
    form = _form(request)
    try:
        key = uuid.UUID(request.POST.get("key", ""))
    except ValueError:
        return _preview(request, chosen, status=422)
    if not form.is_valid() or (chosen.whole and chosen.among is None):
        return _preview(request, chosen, status=422)
    order, reply = form.order(chosen.seen)
    query = chosen.narrowed.canonical() if chosen.whole else ""
    try:
        made = actions.order(key, order, chosen.tickets(person), by=person, query=query, reply=reply)
    except (actions.NotOrderable, BulkJob.DoesNotExist):
        return _preview(request, chosen, status=422)
    return redirect("desk:bulk_job", made.key)


def _form(request: HttpRequest) -> bulk.ChoiceForm:
    """The action's form, bound where something was chosen. Raises Http404 for what the role may not do."""
    person, action = gate.staff_member(request), request.POST.get("action", "")
    if action not in Action.values or not is_allowed(person, action):
        raise Http404
    asks = bool(bulk.DOINGS[action].asks)
    bound = "object" in request.POST or not asks
    return bulk.ChoiceForm(action, person, request.POST if bound else None)


def _preview(request: HttpRequest, chosen: bulk.Selection, *, status: int = 200) -> HttpResponse:
    person = gate.staff_member(request)
    back = f"{reverse('desk:queue')}?{chosen.narrowed.canonical()}"
    if not chosen:
        messages.warning(request, _("Select the tickets first."))
        return redirect(back)
    if chosen.is_wider:
        said = _("This filter asks for something that no longer exists. Filter again, then select.")
        messages.error(request, said)
        return redirect(back)
    form = _form(request)
    tickets = chosen.tickets(person)
    context: dict[str, Any] = {
        "form": form,
        "action": form.action,
        "doing": bulk.DOINGS[form.action],
        "chosen": chosen,
        "back": back,
        "most": MOST,
        "key": uuid.uuid4(),
        "statuses": {state.value: state.label for state in Status},
        "shelves": shelves_for(person),
        "view": chosen.narrowed.view,
    }
    if form.is_bound and form.is_valid():
        order, reply = form.order(chosen.seen)
        made = judge.preview(order, tickets, person)
        context |= {
            "made": made,
            "total": made.total,
            "shown": packed(made.keys) if chosen.whole else "",
            "reasons": [(bulk.WHY[why], number) for why, number in made.reasons.most_common()],
            "refused": [(ticket, bulk.WHY[why]) for ticket, why in made.refused],
            "examples": bulk.examples(order, made, person),
            "lacks": [language for language in made.languages if reply and not order.texts.get(language)],
            "befores": bulk.befores(order, made),
            "after": bulk.named_after(order),
            "named": form.fields["object"].label if "object" in form.fields else "",
            "object": request.POST.get("object", ""),
            "typed": form.data.get(form.value_name, "") if form.value_name else "",
            "is_reply": reply is not None,
        }
    else:
        context["total"] = tickets.order_by().values_list("pk")[: MOST + 1].count()
        status = 422 if form.is_bound else status
    return render(request, "desk/bulk/preview.html", context, status=status)
