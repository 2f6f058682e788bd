"""A letter that is about something else becomes a ticket of its own."""

from collections.abc import Mapping
from typing import Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from tawasul.accounts.roles import Permission
from tawasul.core import clock
from tawasul.desk import gate
from tawasul.desk.link_forms import SplitForm
from tawasul.desk.places import back_to
from tawasul.desk.views.queue import shown_queue
from tawasul.tickets import access, actions, queries
from tawasul.tickets.actions import splitting as rejoined
from tawasul.tickets.models import Message
from tawasul.tickets.queries import Letter


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@gate.allowed(Permission.MERGE)
def splitting(request: HttpRequest, number: str, letter: int) -> HttpResponseBase:
    """Choose the letters that go along, the service and the subject (GET), and split (POST)."""
    person = gate.staff_member(request)
    ticket = access.desk_ticket_for(person, number)
    letters = [entry.message for entry in queries.conversation(ticket, for_staff=True) if entry.message]
    movable = [one for one in letters if _may_move(one)]
    if letter not in {one.pk for one in movable if one.kind == Message.Kind.FOLLOW_UP}:
        raise Http404
    if request.method == "POST":
        form = SplitForm(request.POST, letters=movable)
        if form.is_valid():
            chosen = {letter, *map(int, form.cleaned_data["letters"])}
            given = {name: form.cleaned_data[name] for name in ("subject", "service")}
            try:
                made = actions.split(ticket, chosen, by=person, **given)
            except actions.NotSplittable:  # one of them is elsewhere since
                messages.error(
                    request, _("The letters have changed meanwhile. Nothing was moved; look again.")
                )
                return redirect(back_to(request, ticket))
            messages.success(
                request,
                _("The letters stand in a ticket of their own now, and the customer is told its number."),
            )
            return redirect(back_to(request, made))
    else:
        initial = {"subject": ticket.subject, "service": ticket.service_id}
        form = SplitForm(initial=initial, letters=movable)
    context = {
        **shown_queue(request),
        "ticket": ticket,
        "form": form,
        "letter": next(one for one in movable if one.pk == letter),
        "others": [one for one in movable if one.pk != letter],
        "ticked": request.POST.getlist("letters"),
    }
    return render(request, "desk/splitting.html", context, status=422 if form.errors else 200)


STAYS: Final[Mapping[str, str | Promise]] = {
    rejoined.WRITTEN: gettext_lazy(
        "The split stays: the ticket has gone on since, or others take part in it by now."
    ),
    rejoined.MOVED: gettext_lazy("The split stays: the ticket is on hold or closed, or was not split off."),
    rejoined.ORIGIN: gettext_lazy(
        "The split stays: the ticket that it was split off is closed. Reopen that one first."
    ),
}


@require_POST
@gate.allowed(Permission.MERGE)
def unsplitting(request: HttpRequest, number: str) -> HttpResponseBase:
    """Take a split back: the letters return to the ticket that they were in, which is shown then."""
    person = gate.staff_member(request)
    ticket = access.desk_ticket_for(person, number)
    if ticket.follows is not None and not access.is_open_to(person, ticket.follows):
        raise Http404
    try:
        origin = actions.rejoin(ticket, by=person)
    except actions.NotRejoinable as refused:
        messages.error(request, str(STAYS[refused.reason]))
        return redirect(back_to(request, ticket))
    messages.success(request, _("The split is taken back: the letters stand here again."))
    return redirect(back_to(request, origin))


def _may_move(letter: Letter) -> bool:
    shown = letter.shown_from is None or letter.shown_from <= clock.now()
    held_back = letter.standing == Message.Standing.PRIVATE  # the new ticket's requester must not read it
    return letter.home is None and letter.kind != Message.Kind.OPENING and shown and not held_back
