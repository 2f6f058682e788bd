"""One answer to the parts of a ticket: each gets a letter of its own, or keeps the text as a draft."""

import uuid

from django.contrib import messages
from django.db.models import Max
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from tawasul.accounts.models import Person
from tawasul.accounts.roles import Permission
from tawasul.desk import gate, together
from tawasul.desk.link_forms import ChildrenForm
from tawasul.desk.places import back_to
from tawasul.desk.views.queue import shown_queue
from tawasul.tickets import access, actions, drafts
from tawasul.tickets.models import Draft, Message, Ticket
from tawasul.tickets.workflow import IllegalMove


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@gate.allowed(Permission.ANSWER)
def answers(request: HttpRequest, number: str) -> HttpResponseBase:
    """Choose the tickets and write (GET: with the ticket's own last answer), and send (POST)."""
    person = gate.staff_member(request)
    ticket = access.desk_ticket_for(person, number)
    found = together.open_children(ticket, person)
    if request.method != "POST":
        last = ticket.messages.filter(kind=Message.Kind.ANSWER, standing="").order_by("-pk").first()
        form = ChildrenForm(initial={"text": last.text if last else "", "key": uuid.uuid4()})
        return _page(request, ticket, form, found, {child.number for child in found})
    form = ChildrenForm(request.POST)
    ticked = set(request.POST.getlist("child"))
    chosen = [child for child in found if child.number in ticked]
    if not form.is_valid() or not chosen:
        problem = "" if chosen else _("Choose at least one ticket.")
        return _page(request, ticket, form, found, ticked, problem=problem, status=422)
    refused = [
        child
        for child in chosen
        if not _answered(child, person, form.cleaned_data["text"], form.cleaned_data["key"], request.POST)
    ]
    sent = len(chosen) - len(refused)
    if sent:
        said = ngettext(
            "The answer is sent to %(num)d ticket.", "The answer is sent to %(num)d tickets.", sent
        )
        messages.success(request, said % {"num": sent})
    if refused:
        return _page(request, ticket, form, found, {child.number for child in refused}, refused, status=409)
    return redirect(back_to(request, ticket))


def _answered(child: Ticket, person: Person, text: str, key: uuid.UUID, given: "dict[str, str]") -> bool:
    """Send it to one ticket in its own transaction; where that is refused, the text waits there as a draft."""
    of_child = uuid.uuid5(key, child.number)
    seen = given.get(f"seen_{child.number}", "")
    seen_letter = int(seen) if seen.isdecimal() and len(seen) < 19 else 0
    try:
        actions.answer(child, by=person, text=text, submission=of_child, seen=seen_letter)
    except (actions.Overtaken, IllegalMove):
        whose = drafts.Whose(person)
        kept = drafts.newest(whose, Draft.Kind.ANSWER, ticket=child)
        if kept is None:  # what they had begun there stays as it is
            drafts.keep(of_child, whose, Draft.Kind.ANSWER, fields={"text": text}, ticket=child)
        return False
    return True


def _page(
    request: HttpRequest,
    ticket: Ticket,
    form: ChildrenForm,
    found: list[Ticket],
    ticked: set[str],
    refused: list[Ticket] | None = None,
    *,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    letters = Message.objects.filter(ticket__in=found).exclude(kind=Message.Kind.NOTE)
    newest = dict(letters.values_list("ticket_id").annotate(Max("pk")).order_by())
    context = {
        **shown_queue(request),
        "ticket": ticket,
        "form": form,
        "children": [(child, newest.get(child.pk, 0)) for child in found],
        "ticked": ticked,
        "refused": refused or [],
        "problem": problem,
    }
    return render(request, "desk/children.html", context, status=status)
