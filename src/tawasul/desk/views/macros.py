"""Macros on a ticket: what each would do, then done in one press."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from tawasul.core.markdown import render_answer
from tawasul.desk import gate
from tawasul.desk.places import back_to
from tawasul.desk.views.queue import shown_queue
from tawasul.replies import macros as doing
from tawasul.replies import queries
from tawasul.tickets import access
from tawasul.tickets.models import Ticket


@require_safe
@never_cache
@gate.staff_only
def macros(request: HttpRequest, number: str) -> HttpResponse:
    """Every macro at hand that the role may do, each with what would happen to this ticket."""
    ticket = access.desk_ticket_for(gate.staff_member(request), number)
    return _page(request, ticket)


@require_POST
@gate.staff_only
def macro(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """Do all of it, or nothing."""
    person = gate.staff_member(request)
    ticket = access.desk_ticket_for(person, number)
    chosen = next((one for one in queries.macros_of(person) if one.pk == pk), None)
    if chosen is None or not doing.is_allowed(chosen, person):
        raise Http404
    try:
        doing.run(chosen, ticket, by=person)
    except doing.NotDoable as refused:
        ticket = access.desk_ticket_for(person, number)
        return _page(request, ticket, problem=refused.reason, status=409)
    messages.success(request, _("Done: %(name)s.") % {"name": chosen})
    return redirect(back_to(request, ticket))


def _page(request: HttpRequest, ticket: Ticket, *, problem: str = "", status: int = 200) -> HttpResponse:
    person = gate.staff_member(request)
    shown = [
        (
            one,
            [
                (told, render_answer(told.text) if told.text else "")
                for told in doing.told(one, ticket, person)
            ],
        )
        for one in queries.macros_of(person)
        if doing.is_allowed(one, person)
    ]
    context = {**shown_queue(request), "ticket": ticket, "macros": shown, "problem": problem}
    return render(request, "desk/macros.html", context, status=status)
