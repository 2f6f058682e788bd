"""One of the centre's own fields beside a ticket: a small form, and an edit that was overtaken."""

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponseBase
from django.views.decorators.http import require_POST

from tawasul.accounts.roles import Permission
from tawasul.core.text import clean_line
from tawasul.desk import correspondence, gate
from tawasul.desk.dossier import Edited
from tawasul.desk.values import name_of
from tawasul.desk.views.properties import overtaken, seen, to_dossier
from tawasul.tickets import access, fields
from tawasul.tickets.actions import fields as writes
from tawasul.tickets.actions.stale import Stale


@require_POST
@gate.allowed(Permission.EDIT)
def value(request: HttpRequest, number: str, name: str) -> HttpResponseBase:
    """Say something else in a field, or nothing."""
    person = gate.staff_member(request)
    ticket = access.desk_ticket_for(person, number)
    definition = fields.by_key(name)
    if definition is None:
        raise Http404
    typed = request.POST.get("value", "")[:3000]
    version, was = seen(request)
    try:
        parsed = fields.parse(definition, typed, by_staff=True) if clean_line(typed) else None
        writes.change(ticket, definition, parsed, by=person, version=version, was=was)
    except ValidationError as bad:
        wrong = Edited(name_of(definition), typed, errors=bad.messages)
        return correspondence.page(request, ticket, edited=wrong, status=422)
    except Stale as stale:
        return overtaken(request, Edited(name_of(definition), typed, stale=stale))
    return to_dossier(request, ticket)
