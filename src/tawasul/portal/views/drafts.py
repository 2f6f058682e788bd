"""What is written and not sent: kept while one writes, its files, its removal. Scripts post here while one types;
without them the form's own buttons do, and lead back to the form."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from tawasul.portal import browser
from tawasul.portal.forms.contact import DirectForm
from tawasul.portal.forms.own_fields import typed_own
from tawasul.portal.forms.tickets import KEPT, FollowUpForm, TicketForm
from tawasul.portal.views import writing
from tawasul.tickets import access, direct, drafts
from tawasul.tickets.models import Channel, Draft, Ticket

FIELDS = {
    Draft.Kind.TICKET: tuple(TicketForm.base_fields),
    Draft.Kind.FOLLOW_UP: tuple(FollowUpForm.base_fields),
    Draft.Kind.DIRECT: tuple(DirectForm.base_fields),
}
CHANNELS = {Draft.Kind.TICKET: Channel.PORTAL, Draft.Kind.DIRECT: Channel.DIRECT}
NOT_KEPT = {"terms"}  # the acceptance is given on sending


@never_cache
@require_POST
def save(request: HttpRequest, key: UUID) -> HttpResponse:
    """Keep what was typed. A script gets an empty answer; a button leads to where the draft is listed."""
    if not _may_begin(request, key):
        return HttpResponse(status=429)
    draft = _kept(request, key)
    if _by_script(request):
        return browser.remember(request, HttpResponse(status=204))
    messages.success(request, _("The draft is kept. Nothing has been sent."))
    ours = draft.kind == Draft.Kind.TICKET
    return HttpResponseRedirect(reverse("portal:tickets") if ours else _page_of(draft), status=303)


@never_cache
@require_POST
def removal(request: HttpRequest, key: UUID) -> HttpResponse:
    """Throw a draft away, with its files."""
    draft = access.draft_for(request.user, key, browser_hash=browser.hash_of(request))
    address = reverse("portal:tickets") if draft.kind == Draft.Kind.TICKET else _page_of(draft)
    drafts.discard(draft)
    messages.success(request, _("The draft is discarded."))
    return HttpResponseRedirect(address, status=303)


@never_cache
@require_POST
def add_files(request: HttpRequest, key: UUID) -> HttpResponse:
    """Store uploads into the draft. A script gets the list's rows; a button leads back to the form."""
    if not _may_begin(request, key) or not writing.may_upload(request):
        return HttpResponse(status=429)
    draft = _kept(request, key)
    drafts.add_files(draft, writing.uploads(request), by=writing.signed_in(request))
    return _rows_or_back(request, draft)


@never_cache
@require_POST
def file_removal(request: HttpRequest, key: UUID, file: UUID) -> HttpResponse:
    """Take a file, or a refused one's line, off the draft."""
    draft = access.draft_for(request.user, key, browser_hash=browser.hash_of(request))
    if not _by_script(request):
        draft = _kept(request, key)
    drafts.remove_file(draft, str(file))
    return _rows_or_back(request, draft)


def _kept(request: HttpRequest, key: UUID) -> Draft:
    """The draft with what the form holds now; made here where nothing was kept yet. Raises Http404 for what is not
    this writer's, and for what was sent already."""
    kind = _asked(request, "kind")
    if kind not in FIELDS:
        raise Http404
    ticket = _ticket(request) if kind == Draft.Kind.FOLLOW_UP else None
    if (kind == Draft.Kind.TICKET and request.user.is_anonymous) or (
        kind == Draft.Kind.DIRECT and not browser.hash_of(request)
    ):
        raise Http404
    typed = None
    if any(name in request.POST for name in FIELDS[Draft.Kind(kind)]):
        names = [name for name in FIELDS[Draft.Kind(kind)] if name not in NOT_KEPT]
        typed = {name: str(request.POST.get(name, ""))[:KEPT] for name in names}
        if kind in CHANNELS:
            typed |= typed_own(request.POST, CHANNELS[Draft.Kind(kind)])
    draft = drafts.keep(key, writing.whose(request), kind, fields=typed, ticket=ticket)
    if draft is None or draft.ticket_id != (ticket.pk if ticket else None):
        raise Http404
    return draft


def _may_begin(request: HttpRequest, key: UUID) -> bool:
    return request.user.is_authenticated or writing.may_begin(request, Draft.objects.filter(pk=key).first())


def _ticket(request: HttpRequest) -> Ticket:
    """The ticket that a follow-up belongs to: one's own, one they take part in, or one whose personal
    link this browser opened."""
    number = _asked(request, "ticket")
    try:
        return access.shared_ticket_for(request.user, number)[0]
    except Http404:
        return direct.ticket_of_held_link(browser.held_links(request), number)


def _asked(request: HttpRequest, name: str) -> str:
    """A script says it in the address, a form in its hidden fields."""
    return request.GET.get(name) or request.POST.get(name, "")


def _by_script(request: HttpRequest) -> bool:
    return request.headers.get("X-Requested-With") == "XMLHttpRequest"


def _rows_or_back(request: HttpRequest, draft: Draft) -> HttpResponse:
    if _by_script(request):
        response = render(request, "portal/_file_rows.html", writing.upload_context(draft.key, draft))
        return browser.remember(request, response)
    return _back(request, _page_of(draft))


def _page_of(draft: Draft) -> str:
    """The form a draft is written in, where its hidden field does not say."""
    if draft.kind == Draft.Kind.TICKET:
        return f"{reverse('portal:new_ticket')}?draft={draft.key}#files"
    if draft.kind == Draft.Kind.FOLLOW_UP and draft.ticket is not None and draft.owner_id is not None:
        return f"{draft.ticket.get_absolute_url()}#reply"
    return reverse("portal:contact")


def _back(request: HttpRequest, otherwise: str) -> HttpResponse:
    address = request.POST.get("back", "")
    if not (address.startswith("/") and url_has_allowed_host_and_scheme(address, allowed_hosts=None)):
        address = otherwise
    return HttpResponseRedirect(address, status=303)
