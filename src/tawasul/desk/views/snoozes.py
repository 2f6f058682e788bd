"""Out of the way: a ticket that is put off until a moment or a letter, and one that is no ticket at all."""

from datetime import datetime

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tawasul.accounts.roles import Permission
from tawasul.core import clock, dates
from tawasul.desk import correspondence, gate, snoozes
from tawasul.desk.dossier import Edited
from tawasul.desk.places import back_to
from tawasul.tickets import access, actions, dossier
from tawasul.tickets.actions import snoozing
from tawasul.tickets.models import CloseReason
from tawasul.tickets.workflow import IllegalMove
from tawasul.tickets.writers import Writer


@require_POST
@gate.allowed(Permission.EDIT)
def snooze(request: HttpRequest, number: str) -> HttpResponseBase:
    """Put the ticket off: until one of the usual moments, a day and an hour (own), or a letter (reply)."""
    person = gate.staff_member(request)
    ticket = access.desk_ticket_for(person, number)
    chosen = request.POST.get("until", "")
    day, hour = request.POST.get("day", "")[:40], request.POST.get("hour", "")[:10]
    usual = snoozes.usual(clock.now())
    until: datetime | None
    try:
        if chosen == snoozes.OWN:
            until = snoozes.typed(day, hour)
        elif chosen == snoozes.REPLY:
            until = None
        elif chosen in usual:
            until = usual[chosen][1]
        else:
            raise ValidationError(_("Choose until when."))
        snoozing.snooze(ticket, until=until, by=person)
    except ValidationError as bad:
        wrong = Edited("snooze", chosen, errors=bad.messages, also={"day": day, "hour": hour})
        return correspondence.page(request, ticket, edited=wrong, status=422)
    except IllegalMove:
        problem = _("The ticket has changed meanwhile, so this was not done. This is how it stands now.")
        return correspondence.page(request, ticket, problem=problem, status=409)
    if until is None:
        messages.success(request, _("The ticket comes back when the customer writes."))
    else:
        when = f"{dates.date_with_hijri(until)} {dates.clock_time(until)}"
        messages.success(request, _("The ticket comes back on %(when)s.") % {"when": when})
    if until is not None and dossier.goes_past_promise(ticket, until):
        messages.warning(request, _("By then the promised answer is late."))
    return redirect(back_to(request, ticket))


@require_POST
@gate.allowed(Permission.EDIT)
def waking(request: HttpRequest, number: str) -> HttpResponseBase:
    """Bring the ticket back now."""
    person = gate.staff_member(request)
    ticket = access.desk_ticket_for(person, number)
    if snoozing.wake(ticket, by=person):
        messages.success(request, _("The ticket is back in the queue."))
    return redirect(back_to(request, ticket))


@require_POST
@gate.allowed(Permission.SPAM)
def spam(request: HttpRequest, number: str) -> HttpResponseBase:
    """Close it as unwanted, without a word to the sender; reopening undoes it."""
    person = gate.staff_member(request)
    ticket = access.desk_ticket_for(person, number)
    try:
        actions.close(ticket, by=Writer.of(person), reason=CloseReason.SPAM)
    except IllegalMove:
        ticket = access.desk_ticket_for(person, number)
        problem = _("The ticket has changed meanwhile, so this was not done. This is how it stands now.")
        return correspondence.page(request, ticket, problem=problem, status=409)
    messages.success(request, _("The ticket is closed as unwanted. Reopening it undoes that."))
    return redirect(back_to(request, ticket))
