"""Writing to the centre without an account: the form, the mailed confirmation, and only then the ticket."""

from collections.abc import Sequence
from uuid import UUID, uuid4

from django.core.signing import BadSignature, Signer
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from tawasul.core import centre
from tawasul.mail.handling import strangers
from tawasul.portal import actions, browser, limits
from tawasul.portal.forms.contact import TRAP, DirectForm
from tawasul.portal.forms.lookups import current_terms
from tawasul.portal.forms.own_fields import CONTINUED
from tawasul.portal.forms.tickets import key_of
from tawasul.portal.views import own_values, writing
from tawasul.portal.views.new_ticket import answer_due
from tawasul.tickets import direct, drafts, fields
from tawasul.tickets.direct import NotConfirmable, Request
from tawasul.tickets.drafts import Whose
from tawasul.tickets.models import Draft

OF_AN_ADDRESS = (3, limits.HOUR), (10, limits.DAY)  # confirmation mails to one address
OF_A_NETWORK = (20, limits.HOUR), (60, limits.DAY)
SEAL = Signer(salt="tawasul.portal.confirmation")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """The direct form. Sending it mails a link; the request reaches the centre when that is opened."""
    if not centre.current().direct_form:
        return render(request, "portal/contact_shut.html", {"current": "contact"}, status=404)
    if request.method == "POST":
        return _send(request)
    draft = _wanted_draft(request)
    form = DirectForm(initial=drafts.typed(draft), current_terms=current_terms())
    return _form_page(request, form, draft.key if draft else uuid4(), draft)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sent(request: HttpRequest) -> HttpResponse:
    """Where the link went, and sending it again."""
    draft = _draft_at(request, str(request.GET.get("draft", "")))
    waiting = draft is not None and "valid" in draft.fields
    if request.method == "POST" and draft is not None and waiting:
        if not _allowed(request, draft.fields["valid"]["email"]):
            return _sent_page(request, draft, refused=True, status=429)
        actions.ask_to_confirm(draft, Request(**draft.fields["valid"]))
        return HttpResponseRedirect(f"{reverse('portal:contact_sent')}?draft={draft.key}&again=1", status=303)
    return _sent_page(request, draft if waiting else None)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """The mailed link. Opening it changes nothing, so that a mail scanner cannot confirm; the button does."""
    try:
        draft = direct.waiting(token)
    except NotConfirmable as not_now:
        return _not_confirmable(request, token, not_now.draft)
    if request.method != "POST":
        requests = [direct.request_in(one) for one in direct.waiting_beside(draft)]
        context = {
            "current": "contact",
            "seal": SEAL.sign(str(draft.key)),
            "requests": requests,
            "own": own_values.of_request(requests[0]),
        }
        return render(request, "portal/contact_confirm.html", context)
    ticket = strangers.open_confirmed(
        draft, terms=current_terms() if direct.request_in(draft).is_mail else None
    )
    return writing.sent_to(reverse("portal:guest_ticket", args=[direct.new_link(ticket)]), ticket)


def _not_confirmable(request: HttpRequest, token: str, draft: Draft | None) -> HttpResponse:
    """An expired link offers a new one; a used one leads to the page that mails the ticket's own link."""
    if request.method == "POST" and draft is None:
        key = _sealed(request)
        ticket = direct.opened_just_now(key) if key is not None else None  # the button was pressed twice
        if ticket is not None:
            return writing.sent_to(reverse("portal:guest_ticket", args=[direct.new_link(ticket)]), ticket)
    if request.method == "POST" and draft is not None and "again" in request.POST:
        if not _allowed(request, draft.fields["valid"]["email"]):
            return render(
                request,
                "portal/contact_expired.html",
                {"current": "contact", "draft": draft, "refused": True},
                status=429,
            )
        actions.ask_to_confirm(draft, Request(**draft.fields["valid"]))
        return HttpResponseRedirect(reverse("portal:contact_sent"), status=303)
    return render(request, "portal/contact_expired.html", {"current": "contact", "draft": draft}, status=410)


def _sealed(request: HttpRequest) -> UUID | None:
    """The key of the request that this browser was shown behind a right link. The bare key proves nothing: whoever
    filled the form knows it, and need not be whose address was confirmed."""
    try:
        return UUID(SEAL.unsign(request.POST.get("seal", "")))
    except (BadSignature, ValueError):
        return None


def _send(request: HttpRequest) -> HttpResponse:
    form, key = (
        DirectForm(request.POST, current_terms=current_terms()),
        key_of(request.POST),
    )
    if form.trapped:  # a machine: it is told what a person would be told, and nothing is kept
        return HttpResponseRedirect(reverse("portal:contact_sent"), status=303)
    valid = form.is_valid()
    sender = Whose(browser_hash=browser.named(request))
    draft = _own(request, key)
    if not writing.may_begin(request, draft):
        return _form_page(request, form, key, None, refused=True, status=429)
    problems: list[str] = []
    if not valid or draft is None or writing.uploads(request) or CONTINUED in request.POST:
        draft = drafts.keep(key, sender, Draft.Kind.DIRECT, fields=form.as_typed())
        if draft is not None:
            problems = writing.add_uploads(request, draft)
    if draft is None:  # the key is somebody else's, or was confirmed and became a ticket
        key = uuid4()
        draft = drafts.keep(key, sender, Draft.Kind.DIRECT, fields=form.as_typed())
    if CONTINUED in request.POST and draft is not None and not problems:
        address = f"{reverse('portal:contact')}?draft={draft.key}#asked"
        return browser.remember(request, HttpResponseRedirect(address, status=303))
    problems += writing.missing_files(form, draft, key)
    if not valid or problems or draft is None:
        return _form_page(request, form, key, draft, problems=problems, status=422)
    answers = form.cleaned_data
    email = answers["email"].address
    if not _allowed(request, email):
        return _form_page(request, form, key, draft, refused=True, status=429)
    name = answers["domain"]
    actions.ask_to_confirm(
        draft,
        Request(
            name=answers["name"],
            email=email,
            purpose=answers["purpose"],
            service=answers["service"].code,
            domain=name.typed if name else "",
            request_number=answers["request_number"],
            subject=answers["subject"],
            problem=answers["problem"],
            wanted=answers["wanted"],
            terms=form.current_terms.pk,
            language=get_language() or "ar",
            own={one.key: fields.typed(one, value) for one, value in form.own.items()},
        ),
    )
    response = HttpResponseRedirect(f"{reverse('portal:contact_sent')}?draft={draft.key}", status=303)
    return browser.remember(request, response)


def _allowed(request: HttpRequest, email: str) -> bool:
    """Whether one more confirmation mail may go to this address, asked for from this network. The network is
    counted first: whoever is stopped there uses up nobody's address."""
    network = limits.network_of(request)
    return all(
        limits.spend("direct network", network, most=most, per=per) for most, per in OF_A_NETWORK
    ) and all(
        limits.spend("direct address", email.lower(), most=most, per=per) for most, per in OF_AN_ADDRESS
    )


def _own(request: HttpRequest, key: UUID) -> Draft | None:
    draft = writing.own_draft(request, key, Draft.Kind.DIRECT)
    return draft if draft is not None and draft.owner_id is None else None


def _draft_at(request: HttpRequest, key: str) -> Draft | None:
    try:
        return _own(request, UUID(key))
    except ValueError:
        return None


def _wanted_draft(request: HttpRequest) -> Draft | None:
    if "draft" in request.GET:
        draft = _draft_at(request, request.GET["draft"])
        if draft is None:
            raise Http404
        return draft
    if "fresh" in request.GET or not browser.hash_of(request):
        return None
    found = drafts.newest(Whose(browser_hash=browser.hash_of(request)), Draft.Kind.DIRECT)
    return found if found is not None and not found.confirm_hash else None


def _form_page(
    request: HttpRequest,
    form: DirectForm,
    key: UUID,
    draft: Draft | None,
    *,
    problems: Sequence[str] = (),
    refused: bool = False,
    status: int = 200,
) -> HttpResponse:
    browser.named(request)
    response = render(
        request,
        "portal/contact.html",
        {
            "current": "contact",
            "form": form,
            **writing.upload_context(key, draft, problems),
            "upload_query": "kind=direct",
            "continued": CONTINUED,
            "questions": reverse("portal:contact_questions"),
            "refused_for_now": refused,
            "trap": TRAP,
            "back": f"{reverse('portal:contact')}?draft={key}#files",
            "due_at": answer_due(),
        },
        status=status,
    )
    return browser.remember(request, response)


def _sent_page(
    request: HttpRequest, draft: Draft | None, *, refused: bool = False, status: int = 200
) -> HttpResponse:
    return render(
        request,
        "portal/contact_sent.html",
        {
            "current": "contact",
            "draft": draft,
            "address": draft.fields["valid"]["email"] if draft else "",
            "again": "again" in request.GET,
            "refused_for_now": refused,
        },
        status=status,
    )
