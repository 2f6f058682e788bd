"""A new ticket of someone signed in: one page, kept as a draft while it is written, sent once."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from tawasul.core import clock, domains
from tawasul.portal import browser, limits
from tawasul.portal.forms.lookups import current_terms
from tawasul.portal.forms.own_fields import CONTINUED
from tawasul.portal.forms.tickets import TicketForm, key_of
from tawasul.portal.views import writing
from tawasul.portal.views.tickets import person_of
from tawasul.service_levels import calendar, deadlines
from tawasul.tickets import access, actions, drafts
from tawasul.tickets.drafts import Whose
from tawasul.tickets.models import Draft, Message, Ticket
from tawasul.tickets.writers import Writer

KEPT_AN_HOUR = 30  # texts of a network whose writers' sessions had ended
REPEATED_AFTER = timedelta(seconds=10)  # a second sending later than this is no double click: it is explained


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """The form; sending it opens the ticket. A second sending of one form leads to the same ticket."""
    if request.user.is_anonymous:
        return _sign_in_first(request)
    if request.method == "POST":
        return _send(request)
    sent = _already_sent(request)
    if sent is not None:
        return redirect(sent)
    draft = _wanted_draft(request)
    typed = drafts.typed(draft)
    if not draft and request.GET.get("follows"):
        typed["follows"] = access.ticket_for(request.user, request.GET["follows"]).spoken_number
    form = TicketForm(initial=typed, current_terms=current_terms())
    return _form_page(request, form, draft.key if draft else uuid4(), draft)


def _sign_in_first(request: HttpRequest) -> HttpResponse:
    """Whoever's session ended while they wrote finds the text again after signing in."""
    if request.method != "POST" or not limits.spend(
        "unsent", limits.network_of(request), most=KEPT_AN_HOUR, per=limits.HOUR
    ):
        return redirect_to_login(request.get_full_path())
    key = uuid4()
    form = TicketForm(request.POST, current_terms=current_terms())
    drafts.keep(key, Whose(browser_hash=browser.named(request)), Draft.Kind.TICKET, fields=form.as_typed())
    response = redirect_to_login(f"{reverse('portal:new_ticket')}?draft={key}")
    return browser.remember(request, response)


@require_safe
def domain(request: HttpRequest) -> HttpResponse:
    """What a script asks while the form is written: the domain name in both forms, or why it cannot be one."""
    typed = request.GET.get("domain", "")
    name, problem = None, ""
    if typed.strip():
        try:
            name = domains.parse_domain(typed)
        except domains.BadDomain as bad:
            problem = domains.message(bad)
    return render(request, "portal/_domain.html", {"name": name, "problem": problem})


def _send(request: HttpRequest) -> HttpResponse:
    person, key = person_of(request), key_of(request.POST)
    form = TicketForm(request.POST, current_terms=current_terms())
    valid = form.is_valid()
    draft = writing.own_draft(request, key, Draft.Kind.TICKET)
    problems: list[str] = []
    if not valid or writing.uploads(request) or CONTINUED in request.POST:
        draft = drafts.keep(key, Whose(person), Draft.Kind.TICKET, fields=form.as_typed())
        if draft is not None:
            problems = writing.add_uploads(request, draft)
            if CONTINUED in request.POST and not problems:
                return HttpResponseRedirect(f"{reverse('portal:new_ticket')}?draft={key}#asked", status=303)
    problems += writing.lost_files(request, draft, key)
    problems += writing.missing_files(form, draft, key)
    if not valid or problems:
        return _form_page(request, form, key, draft, problems=problems, status=422)
    answers, started = form.cleaned_data, clock.now()
    ticket = actions.open_ticket(
        by=Writer.of(person),
        purpose=answers["purpose"],
        service=answers["service"],
        subject=answers["subject"],
        text=answers["problem"],
        wanted=answers["wanted"],
        domain=answers["domain"],
        request_number=answers["request_number"],
        terms=form.current_terms,
        language=get_language() or "ar",
        follows=_followed(request, answers["follows"]),
        draft=draft,
        submission=key,
        own=form.own,
    )
    if ticket.created_at < started - REPEATED_AFTER:
        messages.info(
            request,
            _(
                "This form was sent before, and this is its ticket. To write about something else, open a new ticket."
            ),
        )
        return HttpResponseRedirect(ticket.get_absolute_url(), status=303)
    return writing.sent_to(ticket.get_absolute_url(), ticket)


def _wanted_draft(request: HttpRequest) -> Draft | None:
    """The draft that the address names, or the one touched last; none where a fresh form is wanted."""
    if "draft" in request.GET:
        try:
            key = UUID(request.GET["draft"])
        except ValueError:
            raise Http404 from None
        draft = writing.own_draft(request, key, Draft.Kind.TICKET) or drafts.adopt(
            key, person_of(request), browser.hash_of(request)
        )
        if draft is None:
            raise Http404
        return draft
    if "fresh" in request.GET or "follows" in request.GET:
        return None
    return drafts.newest(Whose(person_of(request)), Draft.Kind.TICKET)


def _already_sent(request: HttpRequest) -> Ticket | None:
    """The ticket that the draft in the address became: a bookmark or the back button leads to it."""
    key = request.GET.get("draft", "")
    if not key or Draft.objects.filter(pk=key_of(request.GET)).exists():
        return None
    message = Message.objects.select_related("ticket").filter(submission=key_of(request.GET)).first()
    own = message is not None and message.ticket.requester_id == person_of(request).pk
    return message.ticket if message is not None and own else None


def _followed(request: HttpRequest, number: str) -> Ticket | None:
    if not number:
        return None
    try:
        return access.ticket_for(request.user, number)
    except Http404:
        return None


def _form_page(
    request: HttpRequest,
    form: TicketForm,
    key: UUID,
    draft: Draft | None,
    *,
    problems: Sequence[str] = (),
    status: int = 200,
) -> HttpResponse:
    return render(
        request,
        "portal/new_ticket.html",
        {
            "current": "new_ticket",
            "form": form,
            **writing.upload_context(key, draft, problems),
            "upload_query": "kind=ticket",
            "continued": CONTINUED,
            "questions": reverse("portal:questions"),
            "back": f"{reverse('portal:new_ticket')}?draft={key}#files",
            "due_at": answer_due(),
        },
        status=status,
    )


def answer_due() -> datetime:
    """When a ticket sent now is answered at the latest."""
    current = calendar.current()
    return deadlines.due_at(current, clock.now(), current.answer_days)
