"""What a ticket is about and which team it is with: a small form for each, and an edit that was overtaken."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tawasul.accounts.models import Person
from tawasul.accounts.roles import Permission
from tawasul.core.text import clean_text, isolate
from tawasul.desk import correspondence, gate, presence
from tawasul.desk.dossier import Edited, parsed
from tawasul.desk.forms import LONGEST_LETTER
from tawasul.desk.places import back_to
from tawasul.tickets import access, dossier
from tawasul.tickets.actions import properties
from tawasul.tickets.actions.stale import Stale
from tawasul.tickets.models import Ticket

EDITABLE = ("subject", "service", "purpose", "language", "domain", "request_number")


def to_dossier(request: HttpRequest, ticket: Ticket) -> HttpResponseBase:
    """Back to the ticket with its side panel before one, also where that is a drawer."""
    return redirect(back_to(request, ticket) + "#dossier")


def seen(request: HttpRequest) -> tuple[int | None, str | None]:
    """The version and the value that the form showed. A version that is no number is none that could be true."""
    typed = request.POST.get("version")
    if typed is None:
        return None, None
    return (int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else 0), request.POST.get(
        "was"
    )


@require_POST
@gate.allowed(Permission.EDIT)
def edited(request: HttpRequest, number: str, name: str) -> HttpResponseBase:
    """Change one property."""
    if name not in EDITABLE:
        raise Http404
    person = gate.staff_member(request)
    ticket = access.desk_ticket_for(person, number)
    typed = request.POST.get("value", "")[:3000]
    version, was = seen(request)
    try:
        value = parsed(name, typed)
        properties.change(ticket, name, value, by=person, version=version, was=was)
    except ValidationError as bad:
        wrong = Edited(name, typed, errors=bad.messages)
        return correspondence.page(request, ticket, edited=wrong, status=422)
    except Stale as stale:
        return overtaken(request, Edited(name, typed, stale=stale))
    return to_dossier(request, ticket)


@require_POST
@gate.allowed(Permission.ASSIGN)
def team(request: HttpRequest, number: str) -> HttpResponseBase:
    """Give the ticket to another team, with a note for it; whoever had it has it no longer."""
    person = gate.staff_member(request)
    ticket = access.desk_ticket_for(person, number)
    chosen, note = request.POST.get("team", ""), clean_text(request.POST.get("note", ""))
    assignee = request.POST.get("assignee", "")
    also = {"note": note, "assignee": assignee}
    to = next((one for pk, one in dossier.teams().items() if str(pk) == chosen), None)
    errors = []
    if to is None:
        errors.append(_("Choose the team."))
    if len(note) > LONGEST_LETTER:
        errors.append(_("The note is too long."))
    holder = _holder(assignee)
    if assignee and holder is None:
        errors.append(_("Choose a member of staff."))
    if to is None or errors:
        wrong = Edited("team", chosen, errors=errors, also=also)
        return correspondence.page(request, ticket, edited=wrong, status=422)
    version, was = seen(request)
    try:
        properties.transfer(ticket, to=to, by=person, note=note, assignee=holder, version=version, was=was)
    except Stale as stale:
        return overtaken(request, Edited("team", chosen, stale=stale, also=also))
    except properties.Outsider as refused:
        wrong = Edited("team", chosen, errors=[outside(refused)], also=also)
        return correspondence.page(request, ticket, edited=wrong, status=422)
    messages.success(request, _("The ticket is with the team %(name)s now.") % {"name": to})
    if warning := presence.warning(holder):
        messages.warning(request, warning)
    if not access.is_open_to(person, ticket):  # a closed team's tickets are for its members
        return redirect(reverse("desk:queue"))
    return redirect(back_to(request, ticket))


def outside(refused: properties.Outsider) -> str:
    """Why a closed team's ticket does not go to that person."""
    name = isolate(str(refused.person))
    return _("%(name)s does not see the tickets of this closed team. Choose one of its members.") % {
        "name": name
    }


def overtaken(request: HttpRequest, edit: Edited) -> HttpResponseBase:
    """The ticket as it stands now, with what was typed beside what somebody else made of it."""
    assert edit.stale is not None
    ticket = access.desk_ticket_for(gate.staff_member(request), edit.stale.ticket.number)
    return correspondence.page(request, ticket, edited=edit, status=409)


def _holder(typed: str) -> Person | None:
    if not (typed.isascii() and typed.isdigit() and len(typed) < 10):
        return None
    return Person.objects.filter(pk=int(typed), is_staff=True, is_active=True).first()
