"""Help while an answer is written: what is ready to be put into it, and taking it back once it was sent."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from tawasul.accounts.roles import Permission
from tawasul.desk import correspondence, gate
from tawasul.desk import offers as ready
from tawasul.desk.correspondence import ANSWER, FORMS
from tawasul.desk.places import back_to
from tawasul.desk.views.letters import kept_with_files
from tawasul.tickets import access, actions
from tawasul.tickets.actions import retraction as taking_back
from tawasul.tickets.models import Status

MOST_LISTED = 100  # in the list without scripts


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@gate.allowed(Permission.ANSWER)
def offers(request: HttpRequest, number: str) -> HttpResponseBase:
    """What fits ?q= as a list for the script; a POST of the composer comes back with the list in it, without one."""
    person = gate.staff_member(request)
    ticket = access.desk_ticket_for(person, number)
    if request.method != "POST":
        found = ready.found(ticket, person, request.GET.get("q", "")[:100])
        return JsonResponse(
            {
                "offers": [
                    {
                        "value": each.value,
                        "name": each.name,
                        "excerpt": each.excerpt,
                        "shortcut": each.shortcut,
                        "article": each.is_article,
                    }
                    for each in found
                ]
            }
        )
    form = FORMS[ANSWER](request.POST)
    kept = kept_with_files(request, ticket, ANSWER, form)
    composer = correspondence.returned(FORMS[ANSWER](initial=form.as_initial()), ANSWER, kept)
    listed = ready.found(ticket, person, "", most=MOST_LISTED)
    return correspondence.page(request, ticket, composer=composer, offered=listed)


@require_POST
@gate.allowed(Permission.ANSWER)
def insertion(request: HttpRequest, number: str) -> HttpResponseBase:
    """The chosen text, its variables filled: alone for the script, which knows the caret; without one at the end of
    what was typed, everything else kept."""
    person = gate.staff_member(request)
    ticket = access.desk_ticket_for(person, number)
    text = ready.text_of(request.POST.get("ready", ""), ticket, person)
    if request.headers.get("X-Requested-With"):
        if text is None:
            raise Http404
        return JsonResponse({"text": text})
    form = FORMS[ANSWER](request.POST)
    if text:
        form.data = {**form.data, "text": f"{form.typed_text()}\n\n{text}".strip()}
    kept = kept_with_files(request, ticket, ANSWER, form)
    composer = correspondence.returned(FORMS[ANSWER](initial=form.as_initial()), ANSWER, kept)
    return correspondence.page(request, ticket, composer=composer)


@require_POST
@gate.allowed(Permission.ANSWER)
def retraction(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """Take one's own answer back before it goes out: it is a draft in the composer again."""
    person = gate.staff_member(request)
    ticket = access.desk_ticket_for(person, number)
    letter = ticket.messages.filter(pk=pk).first()
    try:
        if letter is None:
            raise actions.NotRetractable(taking_back.LATE)
        actions.retract(letter, by=person)
    except actions.NotRetractable as refused:
        ticket = access.desk_ticket_for(person, number)
        return correspondence.page(request, ticket, problem=_why(refused.reason), status=409)
    if ticket.status == Status.CLOSED:  # by a colleague, after an answer to one participant alone
        said = _(
            "The answer was taken back before it went out. "
            "The ticket was closed meanwhile: its text is kept, reopen the ticket to see it."
        )
        messages.success(request, said)
        return redirect(back_to(request, ticket))
    messages.success(request, _("The answer was taken back before it went out. Its text is below."))
    return redirect(back_to(request, ticket, compose=ANSWER) + "#composer")


def _why(reason: str) -> str:
    match reason:
        case taking_back.FOREIGN:
            return _("Only whoever wrote an answer can take it back.")
        case taking_back.CHANGED:
            return _("The ticket has gone on since the answer, so it stays. Write another one to correct it.")
    return _("The answer has gone out already. Write another one to correct it.")
