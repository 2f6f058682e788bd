"""Error pages in the page's language: what happened and what to do next. None of them touches the database."""

import errno
import logging
import math
import sys
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.core.exceptions import DisallowedHost
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template import loader
from django.urls import NoReverseMatch, reverse
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from tawasul.core import clock, dates
from tawasul.ui.views.choices import LANGUAGES, remembered_language

log = logging.getLogger(__name__)
NO_SPACE = {errno.ENOSPC, errno.EDQUOT, errno.EROFS}

# Typed text worth giving back when a form could not be taken in; never these.
SECRET = ("password", "token", "code", "csrf", "otp", "secret", "key")
MOST_SHOWN = 20_000  # characters of one field
RETRY_SECONDS = 10


@dataclass(frozen=True)
class Explained:
    """One error page's words."""

    title: str
    text: str


def explain(status: int) -> Explained:
    """Title and advice for a status, in the active language."""
    known = {
        400: (
            _("The browser sent something that we could not read"),
            _("Go back, reload the page and try once more."),
        ),
        403: (
            _("This page is not open to you"),
            _("If you have another account, sign in with it. What was sent was not carried out."),
        ),
        404: (
            _("There is no such page here"),
            _(
                "Check the address, or look for your ticket among your tickets. "
                "A page that is not yours looks like this one too."
            ),
        ),
        405: (
            _("This address does not work that way"),
            _("It takes what a form sends. Open the page that you came from and use its button."),
        ),
        413: (
            _("What was sent is too large"),
            _("Send fewer or smaller files. The limits stand beside the attachments."),
        ),
        429: (
            _("Too many attempts in a short time"),
            _("This was asked for too often from your network or for the same address."),
        ),
        503: (
            _("The portal is busy for a moment"),
            _("Nothing was changed. Wait a few seconds and try again."),
        ),
    }
    title, text = known.get(
        status,
        (
            _("Something broke on our side"),
            _("It was written to our log. Try again in a moment; if it happens again, write to the centre."),
        ),
    )
    return Explained(title, text)


def explain_at_desk(status: int) -> Explained:
    """The same for whoever works at the desk: they look for tickets by number, and have a colleague to turn to."""
    if status == 404:
        return Explained(
            _("There is no such page at the desk"),
            _(
                "Check the number, or search for the ticket. What belongs to a closed team that is not yours, or what "
                "your role does not open, looks like this too."
            ),
        )
    if status == 403:
        return Explained(
            _("This page is not open to you"),
            _("Ask an administrator if your work needs it. What was sent was not carried out."),
        )
    if status == 500:
        return Explained(
            _("Something broke on our side"),
            _(
                "It was written to our log. Try again in a moment; if it happens again, tell an administrator."
            ),
        )
    return explain(status)


def when_again(until: datetime | None) -> str:
    """When one may try again after too many attempts, in the active language."""
    if until is None:
        return _("Wait a few minutes, then try again.")
    now = clock.now()
    shown = now + timedelta(minutes=max(1, math.ceil((until - now) / timedelta(minutes=1))))
    return _("You can try again %(when)s, at %(hour)s.") % {
        "when": dates.relative(shown, now),
        "hour": dates.clock_time(shown),
    }


def language_of(request: HttpRequest) -> str:
    """The language of the address, else the visitor's."""
    first = request.path_info.split("/")[1] if request.path_info.count("/") > 1 else ""
    return first if first in LANGUAGES else remembered_language(request)


def page(
    request: HttpRequest,
    status: int,
    *,
    explained: Explained | None = None,
    offline: bool = False,
    until: datetime | None = None,
) -> HttpResponse:
    """The error page for this status. ``offline``: nobody is looked up, so that no database is needed. ``until``: with
    429, when one may try again."""
    with translation.override(language_of(request)):
        desk = desk_of(request, offline=offline)
        context = {
            "status": status,
            "explained": explained or (explain_at_desk(status) if desk else explain(status)),
            "offline": offline,
            "desk": desk,
            "came_from": came_from(request, below=desk) if desk else "",
            "retry": request.get_full_path() if request.method in {"GET", "HEAD"} else "",
            "when_again": when_again(until) if status == 429 else "",
            "typed": typed(request) if status in {403, 429, 503} else [],
            "again": again(request) if status == 503 else [],
            "address": request.get_full_path(),
        }
        response = HttpResponse(loader.render_to_string("ui/error.html", context, request), status=status)
        response["Content-Language"] = translation.get_language() or ""
    response["Cache-Control"] = "no-store"
    if status == 503:
        response["Retry-After"] = str(RETRY_SECONDS)
    elif until is not None:
        response["Retry-After"] = str(max(1, int((until - clock.now()).total_seconds())))
    return response


def desk_of(request: HttpRequest, *, offline: bool) -> str:
    """The desk's address, where the page that failed is one of its pages and the reader staff; else empty. Where nobody
    may be looked up the address alone decides: whoever typed it learns nothing by being led there."""
    try:
        desk = reverse("desk:queue")
    except NoReverseMatch:
        return ""
    if not request.path.startswith(desk):
        return ""
    return desk if offline or getattr(getattr(request, "user", None), "is_staff", False) else ""


def came_from(request: HttpRequest, *, below: str) -> str:
    """The page of ours, below that address, from which the browser says that it came; empty if it was this one."""
    address = request.headers.get("Referer", "")
    try:
        host = request.get_host()
    except DisallowedHost:  # the very error that is told
        return ""
    if not url_has_allowed_host_and_scheme(address, allowed_hosts={host}, require_https=request.is_secure()):
        return ""
    parts = urlsplit(address)
    if not parts.path.startswith(below) or parts.path in {request.path, below}:
        return ""
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def typed(request: HttpRequest) -> list[str]:
    """What the person wrote in the form that was not taken in, longest first, without secrets and small choices."""
    if request.method != "POST":
        return []
    try:
        fields = list(request.POST.lists())
    except Exception:  # noqa: BLE001 (a broken body must not break the page that says so)
        return []
    texts = [
        value[:MOST_SHOWN]
        for name, values in fields[:60]
        if not any(word in name.lower() for word in SECRET)
        for value in values
        if len(value) > 15 and (" " in value.strip() or "\n" in value)
    ]
    return sorted(texts, key=len, reverse=True)


def again(request: HttpRequest) -> list[tuple[str, str]]:
    """The form's fields, to be sent once more by one press; none where that cannot be done whole or in safety.

    Not for a form that holds a secret or files (a page cannot hold those), nor for one whose CSRF token was not
    looked at yet: this page puts a valid token beside the fields. A letter that did arrive is not taken twice, as
    its draft's key is among the fields.
    """
    if request.method != "POST" or not getattr(request, "csrf_processing_done", False):
        return []
    try:
        if any(upload for uploads in request.FILES.lists() for upload in uploads[1]):
            return []
        fields = [(name, value) for name, values in request.POST.lists() for value in values]
    except Exception:  # noqa: BLE001 (as above)
        return []
    fields = [(name, value) for name, value in fields if name != "csrfmiddlewaretoken"]
    if any(word in name.lower() for name, value in fields if value for word in SECRET):
        return []
    return fields


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400"""
    return page(request, 400, offline=True)


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403"""
    return page(request, 403)


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: the same whether the thing does not exist or is not this visitor's."""
    return page(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500; 503 where a middleware met an unreachable database or a full disk. Called while that is handled."""
    problem = sys.exc_info()[1]
    return unavailable(request, problem) if is_passing(problem) else page(request, 500, offline=True)


def is_passing(problem: BaseException | None) -> bool:
    """The database is locked or gone, or there is no room on the disk: waiting helps, a bug report does not."""
    if isinstance(problem, OSError):
        return problem.errno in NO_SPACE
    return isinstance(problem, OperationalError | InterfaceError)


def unavailable(request: HttpRequest, problem: BaseException | None) -> HttpResponse:
    """503 with Retry-After and what was typed."""
    log.error("unavailable: %s: %s", type(problem).__name__, problem)
    return page(request, 503, offline=True)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: the form came without its token or from elsewhere. What was typed is given back."""
    with translation.override(language_of(request)):
        explained = Explained(
            _("The form was too old, or came from elsewhere"),
            _("Nothing was sent. Open the page again and send the form from there; cookies must be allowed."),
        )
        return page(request, 403, explained=explained, offline=True)
