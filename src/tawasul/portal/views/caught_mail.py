"""The demo's letter box: every mail the portal sent, to be read and answered. Elsewhere there is none (404)."""

from email.message import EmailMessage
from pathlib import Path

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from tawasul.mail import catcher
from tawasul.mail.doors import store
from tawasul.mail.models import IncomingMail
from tawasul.ui.middleware import CONTENT_SECURITY_POLICY

HEADERS = (
    "From", "To", "Reply-To", "Subject", "Date", "Message-ID", "In-Reply-To", "References", "Auto-Submitted",
    "List-Id", "Content-Language",
)  # fmt: skip
MOST_TYPED = 10_000  # characters of a reply
# The mail brings its own styles and may open links, in the whole window; it runs nothing and fetches nothing.
MAIL_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'self'; sandbox allow-same-origin allow-top-navigation-by-user-activation allow-popups"
)


@never_cache
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The newest mails."""
    return render(request, "portal/caught_mails.html", {"mails": catcher.newest(_folder())})


@never_cache
@require_safe
def mail(request: HttpRequest, name: str) -> HttpResponse:
    """One mail: its HTML part in a frame, its text part, its headers."""
    message, _raw = _caught(name)
    response = render(
        request,
        "portal/caught_mail.html",
        {
            "name": name,
            "subject": str(message.get("Subject", "")),
            "to": str(message.get("X-Caught-For") or message.get("To", "")),
            "text": catcher.part(message, "plain"),
            "has_html": bool(catcher.part(message, "html")),
            "headers": [(header, str(message[header])) for header in HEADERS if message[header]],
        },
    )
    response["Content-Security-Policy"] = f"{CONTENT_SECURITY_POLICY}; frame-src 'self'"
    return response


@never_cache
@require_safe
def html(request: HttpRequest, name: str) -> HttpResponse:
    """The HTML part alone, for the frame; its links open in the whole window."""
    message, _raw = _caught(name)
    body = catcher.part(message, "html").replace("<head>", '<head><base target="_top">', 1)
    response = HttpResponse(body)
    response["Content-Security-Policy"] = MAIL_POLICY
    response["X-Frame-Options"] = "SAMEORIGIN"
    return response


@require_POST
def reply(request: HttpRequest, name: str) -> HttpResponse:
    """Answer the mail as its recipient would: the answer comes in like any mail from outside."""
    message, _raw = _caught(name)
    text = request.POST.get("text", "")[:MOST_TYPED].strip()
    if not text:
        messages.error(request, gettext("Write the reply first."))
        return redirect("portal:caught_mail", name)
    try:
        content, sender, recipient = catcher.reply(message, text)
    except ValueError:
        messages.error(request, gettext("This mail does not say whom to answer."))
        return redirect("portal:caught_mail", name)
    store.keep(content, door=IncomingMail.Door.LMTP, envelope_from=sender, envelope_to=[recipient])
    messages.success(
        request, gettext("The reply has come in. Within a second or two it stands on the ticket.")
    )
    return redirect("portal:caught_mail", name)


@never_cache
@require_safe
def raw(request: HttpRequest, name: str) -> HttpResponse:
    """The mail as it came over the wire."""
    _message, content = _caught(name)
    return HttpResponse(content, content_type="text/plain; charset=utf-8")


def _folder() -> Path:
    folder: Path | None = settings.MAIL_CATCHER_DIR
    if folder is None:
        raise Http404
    return folder


def _caught(name: str) -> tuple[EmailMessage, bytes]:
    found = catcher.read(_folder(), name)
    if found is None:
        raise Http404
    return found
