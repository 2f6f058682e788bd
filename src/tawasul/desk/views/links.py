"""Links to other tickets: made by number or from the requester's others, and removed."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from tawasul.accounts.models import Person
from tawasul.accounts.roles import Permission
from tawasul.desk import gate, together
from tawasul.desk.link_forms import WAYS, LinkForm
from tawasul.desk.places import back_to
from tawasul.desk.views.queue import shown_queue
from tawasul.tickets import access, actions
from tawasul.tickets.models import Ticket, TicketLink


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@gate.allowed(Permission.EDIT)
def links(request: HttpRequest, number: str) -> HttpResponseBase:
    """The form for a link (GET), and the link (POST)."""
    person = gate.staff_member(request)
    ticket = access.desk_ticket_for(person, number)
    others = together.others_of_requester(ticket, person)
    form = LinkForm(request.POST if request.method == "POST" else None, others=others)
    if request.method == "POST" and form.is_valid() and _linked(form, ticket, person):
        messages.success(request, _("The tickets are linked."))
        return redirect(back_to(request, ticket))
    context = {**shown_queue(request), "ticket": ticket, "form": form, "others": others}
    return render(request, "desk/links.html", context, status=422 if form.errors else 200)


@require_POST
@gate.allowed(Permission.EDIT)
def removal(request: HttpRequest, number: str, link: int) -> HttpResponseBase:
    """Remove a link; from either end."""
    person = gate.staff_member(request)
    ticket = access.desk_ticket_for(person, number)
    found = TicketLink.objects.select_related("source", "target").filter(pk=link).first()
    if found is not None:
        if ticket.pk not in {found.source_id, found.target_id}:
            raise Http404
        other = found.target if found.source_id == ticket.pk else found.source
        if not access.is_open_to(person, other):
            raise Http404
        actions.unlink(found, by=person)
    messages.success(request, _("The link is removed."))
    return redirect(back_to(request, ticket))


def _linked(form: LinkForm, ticket: Ticket, person: Person) -> bool:
    field = "number" if form.cleaned_data["number"] else "chosen"
    try:
        other = access.desk_ticket_for(person, form.cleaned_data[field])
    except Http404:
        form.add_error(field, _("There is no ticket of this number that you can see."))
        return False
    kind, out = WAYS[form.cleaned_data["way"]]
    source, target = (ticket, other) if out else (other, ticket)
    try:
        actions.link(source, target, kind=kind, by=person)
    except actions.NotLinkable as problem:
        form.add_error(
            field,
            {
                "itself": _("A ticket cannot be linked to itself. Write another number."),
                "already": _("These two tickets are linked so already."),
                "cycle": _("This would make a ticket a part of itself. Choose another kind."),
            }[problem.code],
        )
        return False
    return True
