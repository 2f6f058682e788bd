"""Adding somebody to a ticket beside its requester, and removing them."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tawasul.accounts.roles import Permission
from tawasul.core.text import isolate
from tawasul.desk import correspondence, gate
from tawasul.desk.dossier import Edited
from tawasul.desk.participants import ParticipantForm, refusal
from tawasul.desk.views.properties import to_dossier
from tawasul.mail import leaving
from tawasul.tickets import access
from tawasul.tickets.actions import participating
from tawasul.tickets.models import Participant
from tawasul.tickets.writers import Writer


@require_POST
@gate.allowed(Permission.PARTICIPANTS)
def participants(request: HttpRequest, number: str) -> HttpResponseBase:
    """Add a participant: they are mailed the way to the ticket."""
    person = gate.staff_member(request)
    ticket = access.desk_ticket_for(person, number)
    form = ParticipantForm(request.POST)
    problems = []
    if form.is_valid():
        given = form.cleaned_data
        try:
            made = participating.add(
                ticket,
                name=given["name"],
                address=given["email"],
                language=given["language"],
                is_private=given["is_private"],
                by=person,
            )
        except participating.NotAddable as problem:
            problems.append(refusal(problem))
        else:
            said = _("%(name)s takes part now and gets an e-mail with the way here.")
            messages.success(request, said % {"name": isolate(made.name)})
            return to_dossier(request, ticket)
    else:
        problems += [str(error) for errors in form.errors.values() for error in errors]
    typed = {name: request.POST.get(name, "")[:400] for name in ("email", "language", "is_private")}
    wrong = Edited("participants", request.POST.get("name", "")[:200], errors=problems, also=typed)
    return correspondence.page(request, ticket, edited=wrong, status=422)


@require_POST
@gate.allowed(Permission.PARTICIPANTS)
def participant_removal(request: HttpRequest, number: str, pk: int) -> HttpResponseBase:
    """Remove a participant: page, files, links and mails of the ticket are theirs no longer."""
    person = gate.staff_member(request)
    ticket = access.desk_ticket_for(person, number)
    found = get_object_or_404(Participant.objects.select_related("ticket"), pk=pk, ticket=ticket)
    leaving.end_part(found, by=Writer.of(person))
    messages.success(request, _("%(name)s takes part no longer.") % {"name": isolate(found.name)})
    return to_dossier(request, ticket)
