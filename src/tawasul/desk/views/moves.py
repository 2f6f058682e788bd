"""What staff decide about a ticket: whose it is, a hold and its end, closing, reopening."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tawasul.accounts.models import Person
from tawasul.accounts.roles import Permission
from tawasul.desk import correspondence, gate, presence, together
from tawasul.desk.dossier import Edited
from tawasul.desk.forms import AssigneeForm, ClosureForm, HoldForm
from tawasul.desk.places import back_to
from tawasul.desk.views.properties import outside, overtaken, seen
from tawasul.replies import queries as replies
from tawasul.tickets import access, actions
from tawasul.tickets.actions.properties import Outsider
from tawasul.tickets.actions.stale import Stale
from tawasul.tickets.models import CloseReason, Ticket
from tawasul.tickets.workflow import IllegalMove
from tawasul.tickets.writers import Writer


@require_POST
@gate.allowed(Permission.ASSIGN)
def assignee(request: HttpRequest, number: str) -> HttpResponseBase:
    """Take the ticket (assignee=me), give it to somebody, or leave it to nobody (empty)."""
    person = gate.staff_member(request)
    ticket = access.desk_ticket_for(person, number)
    if request.POST.get("assignee") == "me":
        actions.take(ticket, by=person)
        messages.success(request, _("The ticket is yours now."))
        return redirect(back_to(request, ticket))
    form = AssigneeForm(request.POST, staff=_staff())
    if not form.is_valid():
        return correspondence.page(request, ticket, assignee=form, status=422)
    to = form.cleaned_data["assignee"]
    version, was = seen(request)
    try:
        actions.assign(ticket, to=to, by=person, version=version, was=was)
    except Stale as stale:
        return overtaken(request, Edited("assignee", str(to.pk) if to else "", stale=stale))
    except Outsider as refused:
        form.add_error("assignee", outside(refused))
        return correspondence.page(request, ticket, assignee=form, status=422)
    said = _("The ticket is with %(name)s now.") % {"name": to} if to else _("The ticket is with nobody now.")
    messages.success(request, said)
    if warning := presence.warning(to):
        messages.warning(request, warning)
    return redirect(back_to(request, ticket))


@require_POST
@gate.allowed(Permission.ANSWER)
def hold(request: HttpRequest, number: str) -> HttpResponseBase:
    """Put on hold: the centre waits for a third party, and the customer reads for whom and why."""
    person = gate.staff_member(request)
    ticket = access.desk_ticket_for(person, number)
    form = HoldForm(request.POST)
    if not form.is_valid():
        return correspondence.page(request, ticket, hold=form, status=422)
    given = form.cleaned_data

    def put_on_hold() -> None:
        actions.hold(ticket, by=person, reason=given["reason"], party=given["party"])

    return _moved(
        request, ticket, put_on_hold, _("The ticket is on hold. The customer sees the reason."), hold=form
    )


@require_POST
@gate.allowed(Permission.ANSWER)
def resume(request: HttpRequest, number: str) -> HttpResponseBase:
    """End the hold: the turn is the centre's again."""
    person = gate.staff_member(request)
    ticket = access.desk_ticket_for(person, number)
    return _moved(request, ticket, lambda: actions.resume(ticket, by=person), _("The hold is over."))


@require_POST
@gate.allowed(Permission.ANSWER)
def closure(request: HttpRequest, number: str) -> HttpResponseBase:
    """Close with a reason, and a last answer where there is one."""
    person = gate.staff_member(request)
    ticket = access.desk_ticket_for(person, number)
    form = ClosureForm(request.POST)
    if not form.is_valid():
        return correspondence.page(request, ticket, closure=form, status=422)
    given = form.cleaned_data
    if given["reason"] == CloseReason.SPAM:
        gate.require(request, Permission.SPAM)

    def close() -> None:
        comment = given["comment"]
        actions.close(
            ticket,
            by=Writer.of(person),
            reason=given["reason"],
            comment=comment,
            signature=replies.signature_of(ticket, person) if comment else "",
        )

    moved = _moved(request, ticket, close, _("The ticket is closed."), closure=form)
    if moved.status_code == 302 and together.open_children(ticket, person):
        messages.info(request, _("Parts of this ticket are still open. You can send them the same answer."))
        return redirect("desk:children_answers", ticket.spoken_number)
    return moved


@require_POST
@gate.allowed(Permission.ANSWER)
def reopening(request: HttpRequest, number: str) -> HttpResponseBase:
    """Open a closed ticket again; staff may at any time."""
    person = gate.staff_member(request)
    ticket = access.desk_ticket_for(person, number)
    return _moved(
        request, ticket, lambda: actions.reopen(ticket, by=Writer.of(person)), _("The ticket is open again.")
    )


def _moved(
    request: HttpRequest,
    ticket: Ticket,
    act: Callable[[], object],
    said: str,
    *,
    hold: HoldForm | None = None,
    closure: ClosureForm | None = None,
) -> HttpResponseBase:
    """Do it and say so; where the ticket's state no longer allows it, show the ticket as it is, texts kept."""
    try:
        act()
    except IllegalMove:
        ticket = access.desk_ticket_for(gate.staff_member(request), ticket.number)
        problem = _("The ticket has changed meanwhile, so this was not done. This is how it stands now.")
        return correspondence.page(request, ticket, hold=hold, closure=closure, problem=problem, status=409)
    messages.success(request, said)
    return redirect(back_to(request, ticket))


def _staff() -> list[Person]:
    return list(Person.objects.filter(is_staff=True, is_active=True).order_by("full_name", "pk")[:200])
