"""The small things beside a ticket: tags, followers, the checklist, the time it takes."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from tawasul.accounts import roles
from tawasul.accounts.models import Person
from tawasul.accounts.roles import Permission
from tawasul.core.text import ascii_digits, clean_line
from tawasul.desk import correspondence, gate
from tawasul.desk.dossier import Edited
from tawasul.desk.views.properties import to_dossier
from tawasul.tickets import access
from tawasul.tickets.actions import tagging, work
from tawasul.tickets.models import Tag

LONGEST_LINE = 200  # characters of an item, of a note on time


def may_create_tags(person: Person) -> bool:
    """Whether a new word may be made in place."""
    return roles.may(person, Permission.SETTINGS) or roles.may(person, Permission.SHARE)


@require_safe
@never_cache
@gate.allowed(Permission.EDIT)
def tag_names(request: HttpRequest) -> HttpResponse:
    """Tags that may be meant by ?tag=, as buttons of the form in which it is typed."""
    typed = clean_line(request.GET.get("tag", "")[:200])
    offers = tagging.completions(typed) if typed else []
    return render(request, "desk/dossier/_tag_offers.html", {"offers": offers})


@require_POST
@gate.allowed(Permission.EDIT)
def tags(request: HttpRequest, number: str) -> HttpResponseBase:
    """Put a tag on the ticket: one that was offered (chosen), one by its name, or (create) a new one."""
    person = gate.staff_member(request)
    ticket = access.desk_ticket_for(person, number)
    typed = clean_line(request.POST.get("tag", "")[:300])
    other = clean_line(request.POST.get("other_name", "")[:300])
    chosen = request.POST.get("chosen", "")
    word = tagging.tags().get(int(chosen)) if chosen.isascii() and chosen.isdigit() else tagging.find(typed)
    problem = ""
    if word is None and "create" in request.POST and typed and may_create_tags(person):
        if max(len(typed), len(other)) > tagging.LONGEST_TAG:
            problem = _("A tag has at most 60 characters.")
        else:
            word = tagging.create(name_ar=typed, name_en=other, by=person)
    if not problem and (word is None or not word.is_active):
        problem = _("There is no such tag.") if typed else _("Write a tag.")
    if not problem and word is not None:
        try:
            tagging.tag(ticket, word, by=person)
        except tagging.TooManyTags:
            problem = _("A ticket has at most 20 tags. Take one off first.")
    if problem:
        offers = tagging.completions(typed) if typed else ()
        wrong = Edited("tags", typed, errors=[problem], offers=offers, also={"other_name": other})
        return correspondence.page(request, ticket, edited=wrong, status=422)
    return to_dossier(request, ticket)


@require_POST
@gate.allowed(Permission.EDIT)
def tag_removal(request: HttpRequest, number: str, pk: int) -> HttpResponseBase:
    """Take a tag off the ticket."""
    ticket = access.desk_ticket_for(gate.staff_member(request), number)
    tagging.untag(ticket, get_object_or_404(Tag, pk=pk), by=gate.staff_member(request))
    return to_dossier(request, ticket)


@require_POST
@gate.staff_only
def following(request: HttpRequest, number: str) -> HttpResponseBase:
    """Follow the ticket, or (end) no longer: one's own choice, whatever one's role."""
    person = gate.staff_member(request)
    ticket = access.desk_ticket_for(person, number)
    (tagging.unfollow if "end" in request.POST else tagging.follow)(ticket, by=person)
    return to_dossier(request, ticket)


@require_POST
@gate.allowed(Permission.EDIT)
def checklist(request: HttpRequest, number: str) -> HttpResponseBase:
    """One more thing to do."""
    person = gate.staff_member(request)
    ticket = access.desk_ticket_for(person, number)
    text = clean_line(request.POST.get("text", "")[:1000])
    problem = ""
    if not text:
        problem = _("Write what is to be done.")
    elif len(text) > LONGEST_LINE:
        problem = _("That is too long: at most 200 characters.")
    else:
        try:
            work.add_item(ticket, text=text, by=person)
        except work.TooManyItems:
            problem = _("The list is full: take something off it first.")
    if problem:
        wrong = Edited("checklist", text, errors=[problem])
        return correspondence.page(request, ticket, edited=wrong, status=422)
    return to_dossier(request, ticket)


@require_POST
@gate.allowed(Permission.EDIT)
def checklist_item(request: HttpRequest, number: str, pk: int) -> HttpResponseBase:
    """What is done to one item: ``do`` is tick, untick, up, down or remove."""
    person = gate.staff_member(request)
    ticket = access.desk_ticket_for(person, number)
    match request.POST.get("do"):
        case "tick" | "untick" as do:
            work.tick(ticket, pk, done=do == "tick", by=person)
        case "up" | "down" as do:
            work.move_item(ticket, pk, up=do == "up", by=person)
        case "remove":
            work.remove_item(ticket, pk, by=person)
        case _:
            raise Http404
    return to_dossier(request, ticket)


@require_POST
@gate.allowed(Permission.NOTE)
def time(request: HttpRequest, number: str) -> HttpResponseBase:
    """Enter minutes that were spent."""
    person = gate.staff_member(request)
    ticket = access.desk_ticket_for(person, number)
    typed, note = (
        request.POST.get("minutes", "")[:20].strip(),
        clean_line(request.POST.get("note", "")[:1000]),
    )
    digits = ascii_digits(typed)
    problem = ""
    if not (digits.isascii() and digits.isdigit() and 1 <= int(digits) <= work.LONGEST_TIME):
        problem = _("Write the minutes as a number from 1 to 1440.")
    elif len(note) > LONGEST_LINE:
        problem = _("That is too long: at most 200 characters.")
    if problem:
        wrong = Edited("time", typed, errors=[problem], also={"note": note})
        return correspondence.page(request, ticket, edited=wrong, status=422)
    work.spend(ticket, minutes=int(digits), by=person, note=note)
    return to_dossier(request, ticket)


@require_POST
@gate.allowed(Permission.NOTE)
def timer(request: HttpRequest, number: str) -> HttpResponseBase:
    """Start one's timer on this ticket, or (stop) end it."""
    person = gate.staff_member(request)
    ticket = access.desk_ticket_for(person, number)
    if "stop" in request.POST:
        work.stop_timer(ticket, by=person, note=clean_line(request.POST.get("note", ""))[:LONGEST_LINE])
        return to_dossier(request, ticket)
    other = work.start_timer(ticket, by=person)
    if other is not None:
        said = _("The timer of ticket %(number)s was stopped: a person has one timer.")
        messages.info(request, said % {"number": other.spoken_number})
    return to_dossier(request, ticket)
