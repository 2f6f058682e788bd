"""The demo's letter box: every mail the portal sent, to be read in the browser. Elsewhere there is none (404)."""

from email.message import EmailMessage
from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from tawasul.mail import catcher
from tawasul.ui.middleware import CONTENT_SECURITY_POLICY

HEADERS = (
    "From", "To", "Reply-To", "Subject", "Date", "Message-ID", "In-Reply-To", "References", "Auto-Submitted",
    "List-Id", "Content-Language",
)  # fmt: skip
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
