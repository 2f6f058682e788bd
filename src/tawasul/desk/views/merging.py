"""Several tickets become one: choosing them, what will happen, doing it, and undoing it."""

from dataclasses import dataclass, field

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from tawasul.accounts.models import Person
from tawasul.accounts.roles import Permission
from tawasul.desk import gate, together
from tawasul.desk.places import back_to
from tawasul.desk.views.queue import shown_queue
from tawasul.tickets import access, actions, merged
from tawasul.tickets.models import Status, Ticket
from tawasul.tickets.workflow import IllegalMove

IN, OUT = "in", "out"  # others go on in this ticket; this one goes on in another


@dataclass(slots=True)
class Plan:
    """What was chosen: the tickets that go on in ``target``, and why that cannot be done."""

    way: str = IN
    numbers: list[str] = field(default_factory=list)
    typed: str = ""
    target: Ticket | None = None
    sources: list[Ticket] = field(default_factory=list)
    problems: list[tuple[str, str]] = field(default_factory=list)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@gate.allowed(Permission.MERGE)
def merging(request: HttpRequest, number: str) -> HttpResponseBase:
    """Choose (GET), see what will happen (GET with the choice), and do it (POST)."""
    person = gate.staff_member(request)
    ticket = access.desk_ticket_for(person, number)
    given = request.POST if request.method == "POST" else request.GET
    if "way" not in given and request.method != "POST":
        way = OUT if ticket.status != Status.CLOSED and given.get("to") == OUT else IN
        return _page(request, ticket, Plan(way))
    plan = _planned(person, ticket, given)
    if plan.problems or plan.target is None or request.method != "POST":
        return _page(request, ticket, plan)
    try:
        actions.merge_all(plan.sources, into=plan.target, by=person)
    except (actions.NotMergeable, IllegalMove):
        again = _planned(person, access.desk_ticket_for(person, number), given)
        again.problems = again.problems or [("", _("One of the tickets has changed meanwhile. Look again."))]
        return _page(request, ticket, again, status=409)
    messages.success(request, _("The tickets are merged. Everything goes on here."))
    return redirect(back_to(request, plan.target))


@require_POST
@gate.allowed(Permission.MERGE)
def unmerging(request: HttpRequest, number: str) -> HttpResponseBase:
    """Undo a merge: the ticket is on its own again, as it was before."""
    person = gate.staff_member(request)
    ticket = access.desk_ticket_for(person, number)
    try:
        actions.unmerge(ticket, by=person)
    except actions.NotUnmergeable:
        messages.error(
            request, _("This ticket is not merged into another one any more: nothing was changed.")
        )
    else:
        messages.success(request, _("The merge is undone. The ticket is as it was before."))
    return redirect(back_to(request, ticket))


def _planned(person: Person, ticket: Ticket, given: QueryDict) -> Plan:
    plan = Plan(OUT if given.get("way") == OUT else IN, given.getlist("with"), given.get("number", "")[:400])
    others, missing = together.named(person, [*plan.numbers, *together.typed_numbers(plan.typed)])
    plan.numbers = [other.number for other in others]
    say = plan.problems.append
    for number in missing:
        say(("merge_number", _("There is no ticket %(number)s that you can see.") % {"number": number[:30]}))
    if not others and not missing:
        say(("merge_number", _("Choose a ticket, or write its number.")))
    if any(other.pk == ticket.pk for other in others):
        say(("merge_number", _("A ticket cannot be merged into itself. Choose another one.")))
    if plan.way == OUT and len(others) > 1:
        say(("merge_number", _("This ticket can go on in one ticket only. Choose one.")))
    if len(others) > together.MOST:
        say(("merge_number", _("That is too much at once: merge twenty tickets at most.")))
    if plan.problems:
        return plan
    plan.target, plan.sources = (others[0], [ticket]) if plan.way == OUT else (ticket, others)
    if plan.target.status == Status.CLOSED:
        say(("", _closed(plan.target)))
    for source in plan.sources:
        if source.status == Status.CLOSED:
            say(("merge_number", _closed(source)))
    return plan


def _closed(ticket: Ticket) -> str:
    return _("Ticket %(number)s is closed. Reopen it first.") % {"number": ticket.spoken_number}


def _page(request: HttpRequest, ticket: Ticket, plan: Plan, *, status: int = 0) -> HttpResponse:
    person = gate.staff_member(request)
    own = together.others_of_requester(ticket, person)
    known = {other.pk for other in own}
    target = None if plan.problems else plan.target
    effects = []
    if target is not None:
        effects = [
            {
                "ticket": source,
                "same": merged.same_requester(source, target),
                "waits": source.status == Status.WITH_CENTRE,
                "leaves_team": source.team
                if source.team and source.team.is_closed and source.team_id != target.team_id
                else None,
            }
            for source in plan.sources
        ]
    context = {
        **shown_queue(request),
        "ticket": ticket,
        "plan": plan,
        "target": target,
        "effects": effects,
        "own": own,
        "of_domain": [o for o in together.others_of_domain(ticket, person) if o.pk not in known],
    }
    return render(request, "desk/merging.html", context, status=status or (422 if plan.problems else 200))
