"""One mail that goes out: whether it went, why not, and sending it again."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from tawasul.accounts.roles import Permission
from tawasul.core import logs
from tawasul.core.addresses import BadAddress
from tawasul.core.text import isolate
from tawasul.desk import frames, gate
from tawasul.desk import ledger as shown
from tawasul.desk.forms import AddressForm
from tawasul.desk.places import back_to
from tawasul.desk.views.mail_in import FRAMING, octets
from tawasul.mail import access, actions, ledger, mime
from tawasul.mail.kinds import KINDS, NAMES
from tawasul.mail.models import OutgoingMail

State = OutgoingMail.State


@require_safe
@never_cache
@gate.staff_only
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """The mail: its text as sent, or its layout (?view=html)."""
    return _page(request, access.outgoing_for(gate.staff_member(request), pk))


def _page(
    request: HttpRequest, mail: OutgoingMail, *, form: AddressForm | None = None, status: int = 200
) -> HttpResponse:
    private = KINDS[mail.kind].private
    copy = OutgoingMail.objects.filter(key=actions.copy_key(mail)).only("pk").first()
    response = render(
        request,
        "desk/mail/outgoing.html",
        shown.frame(
            request,
            mail=mail,
            state=shown.state_of_outgoing(mail),
            private=private,
            kind=NAMES.get(mail.kind, mail.kind),
            shows="html" if request.GET.get("view") == "html" and not private else "text",
            text="" if private else logs.hidden(mail.text),
            sandbox=frames.SANDBOX,
            size=frames.size_of(mail.text),
            address_state=ledger.address_state(mail.to_address),
            copy=copy,
            form=form or AddressForm(initial={"address": mail.to_address}),
            may_correct=copy is None and shown.may_correct(mail),
            may_send=copy is None and not mail.is_withdrawn,
            invalid=status == 422,
        ),
        status=status,
    )
    response["Content-Security-Policy"] = FRAMING
    return response


@require_safe
@gate.staff_only
def html(request: HttpRequest, pk: int) -> HttpResponse:
    """The layout alone, for the sandboxed frame."""
    return frames.of_outgoing(_readable(request, pk))


@require_safe
@gate.staff_only
def original(request: HttpRequest, pk: int) -> HttpResponse:
    """The mail as it goes over the wire, as a file that no browser opens; keys in its links are left out."""
    mail = _readable(request, pk)
    mail.text, mail.html = logs.hidden(mail.text), logs.hidden(mail.html)
    try:
        raw = mime.build(mail, mime.envelope(mail, utf8_offered=True))
    except BadAddress:
        raise Http404 from None
    return octets(raw, f"{pk}.eml")


def _readable(request: HttpRequest, pk: int) -> OutgoingMail:
    """The mail, if staff may read what it says. Raises Http404."""
    mail = access.outgoing_for(gate.staff_member(request), pk)
    if KINDS[mail.kind].private:
        raise Http404
    return mail


@require_POST
@gate.allowed(Permission.MAIL)
def resending(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Send it again, to the same address: what has not gone out is tried at once, of what has a copy is sent."""
    person = gate.staff_member(request)
    mail = access.outgoing_for(person, pk)
    if mail.state == State.SENT:
        copy = actions.send_again(mail, by=person)
        messages.success(request, _("A copy of the mail is on its way."))
        return redirect(_where_from(request, copy))
    if actions.retry_now(mail):
        messages.success(request, _("The mail is tried again now."))
    else:
        messages.info(request, _("The mail was sent meanwhile, or is being sent this moment."))
    return redirect(_where_from(request, mail))


@require_POST
@gate.allowed(Permission.MAIL)
def address(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Send it to another address: the mail itself while it has not gone out, else a copy."""
    person = gate.staff_member(request)
    mail = access.outgoing_for(person, pk)
    if KINDS[mail.kind].private:
        raise Http404  # no such button: whoever gets this mail enters in the receiver's name
    form = AddressForm(request.POST)
    if not form.is_valid():
        return _page(request, mail, form=form, status=422)
    to = form.cleaned_data["address"].address
    if mail.state == State.SENT:
        mail = actions.send_again(mail, by=person, to=to)
        if mail.to_address != to:  # it has a copy since before, and a mail has one
            messages.info(request, _("A copy was sent before. Correct the address of that one."))
            return redirect(reverse("desk:mail_out_one", args=[mail.pk]))
    elif not actions.correct_address(mail, to):
        messages.info(request, _("The mail was sent meanwhile, or is being sent this moment."))
        return redirect(_where_from(request, mail))
    messages.success(request, _("The mail goes to %(address)s.") % {"address": isolate(to)})
    return redirect(_where_from(request, mail))


@require_POST
@gate.allowed(Permission.MAIL)
def settlement(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Nothing more is to be done about a mail that failed or came back."""
    person = gate.staff_member(request)
    mail = access.outgoing_for(person, pk)
    actions.settle(mail, by=person)
    messages.success(request, _("The mail no longer needs anybody. It stays in the ledger."))
    return redirect(_where_from(request, mail))


def _where_from(request: HttpRequest, mail: OutgoingMail) -> str:
    """The page whose button was pressed: the ticket's, or the mail's own."""
    if request.POST.get("from") == "ticket" and mail.ticket is not None:
        return back_to(request, mail.ticket)
    return reverse("desk:mail_out_one", args=[mail.pk])
