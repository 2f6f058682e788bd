"""One mail that came in: what it says, what became of it, and what staff decide."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from tawasul.accounts.models import Person
from tawasul.accounts.roles import Permission
from tawasul.desk import frames, gate
from tawasul.desk import ledger as shown
from tawasul.desk.places import back_to
from tawasul.mail import access, handling, ledger
from tawasul.mail.doors import store
from tawasul.mail.handling import decisions
from tawasul.mail.inbound import fields
from tawasul.mail.models import IncomingMail, RawMail
from tawasul.ui.middleware import CONTENT_SECURITY_POLICY

HEADERS = (
    "From", "Sender", "Reply-To", "To", "Cc", "Date", "Subject", "Message-ID", "In-Reply-To", "References",
    "Return-Path", "Auto-Submitted", "Precedence", "List-Id", "Authentication-Results",
)  # fmt: skip
MOST_OF_A_FIELD = 600  # characters

FRAMING = f"{CONTENT_SECURITY_POLICY}; frame-src 'self'"

Decision = Callable[[HttpRequest, IncomingMail, Person], str]


@require_safe
@never_cache
@gate.staff_only
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """The mail: its text, or its layout (?view=html, ?pictures=1); ?rest=1 reads what was folded away."""
    mail = access.incoming_for(gate.staff_member(request), pk)
    view = "html" if request.GET.get("view") == "html" and mail.html else "text"
    head, _body = fields.read(begin := ledger.original_head(mail), 0, len(begin), top=True)
    rest, rest_problem = _rest(mail, asked="rest" in request.GET)
    response = render(
        request,
        "desk/mail/incoming.html",
        shown.frame(
            request,
            mail=mail,
            state=shown.state_of_incoming(mail),
            door=shown.door_of(mail),
            notes=shown.notes_of(mail),
            headers=[
                (name, value[:MOST_OF_A_FIELD])
                for name in HEADERS
                for value in [head.line(name.lower())]
                if value
            ],
            shows=view,
            pictures="pictures" in request.GET,
            remote_pictures=view == "html" and frames.has_remote_pictures(mail.html),
            sandbox=frames.SANDBOX,
            size=frames.size_of(mail.text),
            rest=rest,
            rest_problem=rest_problem,
            may_replay=mail.letter_id is None
            and IncomingMail.objects.filter(decisions.replayable(), pk=mail.pk).exists(),
        ),
    )
    response["Content-Security-Policy"] = FRAMING
    return response


def _rest(mail: IncomingMail, *, asked: bool) -> tuple[str | None, str]:
    """What was folded away, and why it cannot be shown. None where it was not asked for: without a letter the
    original is read once more for it, in a process of its own."""
    if mail.letter is not None:
        return mail.letter.rest, ""
    if not asked:
        return None, ""
    try:
        return decisions.read_again(mail).rest, ""
    except decisions.Undecidable:
        return "", _("The original could not be read just now. It can be downloaded.")


@require_safe
@gate.staff_only
def html(request: HttpRequest, pk: int) -> HttpResponse:
    """The layout alone, for the sandboxed frame; ?pictures=1 loads what lies elsewhere."""
    mail = access.incoming_for(gate.staff_member(request), pk)
    if not mail.html:
        raise Http404
    return frames.of_incoming(mail.html, mail.letter, pictures="pictures" in request.GET)


@require_safe
@gate.staff_only
def original(request: HttpRequest, pk: int) -> HttpResponse:
    """The bytes as they came, as a file that no browser opens."""
    mail = access.incoming_for(gate.staff_member(request), pk)
    try:
        raw = store.raw(mail)
    except RawMail.DoesNotExist:
        raise Http404 from None
    return octets(raw, f"{pk}.eml")


def octets(raw: bytes, name: str) -> HttpResponse:
    """Bytes to be saved, whatever they are; nothing makes a page of them."""
    response = HttpResponse(raw, content_type="application/octet-stream")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


def _deciding(decide: Decision) -> Callable[..., HttpResponseBase]:
    """A button of the mail's page. ``decide`` does it, says so and names the page that follows; where it cannot be
    done, the mail is shown as it stands, with the reason."""

    @require_POST
    @gate.allowed(Permission.MAIL)
    @wraps(decide)
    def view(request: HttpRequest, pk: int) -> HttpResponseBase:
        person = gate.staff_member(request)
        mail = access.incoming_for(person, pk)
        try:
            return redirect(decide(request, mail, person))
        except decisions.Undecidable as problem:
            messages.error(request, _undecidable(problem.code))
            return redirect(_where_from(request, mail))

    return view


@_deciding
def acceptance(request: HttpRequest, mail: IncomingMail, person: Person) -> str:
    """Let a held mail be a follow-up of the ticket it is held beside."""
    message = decisions.accept(mail, by=person)
    messages.success(request, _("The mail is a follow-up of the ticket now."))
    return back_to(request, message.ticket, letter=message.pk)


@_deciding
def new_ticket(request: HttpRequest, mail: IncomingMail, person: Person) -> str:
    """Open a ticket of the sender's from a held mail."""
    ticket = decisions.make_ticket(mail, by=person)
    messages.success(request, _("A ticket was opened from the mail."))
    return reverse("desk:ticket", args=[ticket.spoken_number])


@_deciding
def discarding(request: HttpRequest, mail: IncomingMail, person: Person) -> str:
    """Nothing is to become of the mail."""
    decisions.discard(mail, by=person)
    messages.success(request, _("The mail is discarded. It stays in the ledger."))
    return _where_from(request, mail)


@_deciding
def replay(request: HttpRequest, mail: IncomingMail, person: Person) -> str:
    """Read the mail again and do what then follows from it."""
    handling.replay(mail, by=person)
    messages.success(request, _("The mail will be read again in a moment."))
    return reverse("desk:mail_in_one", args=[mail.pk])


def _undecidable(code: str) -> str:
    known: dict[str, Any] = {
        "decided": _(
            "Somebody decided on this mail meanwhile, so this was not done. This is how it stands now."
        ),
        "no_ticket": _(
            "The mail names no ticket, so it cannot become a follow-up. A ticket can be made of it."
        ),
        "closed": _("The ticket is closed, so it takes no answer. Open it again first."),
        "private": _(
            "It answers what a private participant wrote or read, and everybody would read it. Write the answer at the "
            "desk, or let its writer take part privately first."
        ),
        "no_sender": _(
            "The mail does not say who wrote it, so nobody could be answered. It can be discarded."
        ),
        "unreadable": _(
            "The mail cannot be read, so nothing can be made of it. Its original can be downloaded."
        ),
        "later": _("Files cannot be scanned for viruses just now. Try again in a few minutes."),
    }
    return str(known.get(code) or _("This cannot be done with this mail."))


def _where_from(request: HttpRequest, mail: IncomingMail) -> str:
    """The page whose button was pressed: the ticket's, or the mail's own."""
    if request.POST.get("from") == "ticket" and mail.ticket is not None:
        return back_to(request, mail.ticket)
    return reverse("desk:mail_in_one", args=[mail.pk])
