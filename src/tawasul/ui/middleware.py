"""Middleware that every page passes through."""

import logging
import zoneinfo
from collections.abc import Callable
from functools import lru_cache

from django.conf import settings
from django.db import DataError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from tawasul.ui.views import errors

log = logging.getLogger(__name__)
Respond = Callable[[HttpRequest], HttpResponse]

CONTENT_SECURITY_POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ]
)
PERMISSIONS_POLICY = (
    "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), "
    "midi=(), payment=(), usb=(), publickey-credentials-get=(self), publickey-credentials-create=(self)"
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Permissions-Policy": PERMISSIONS_POLICY,
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
}
OUR_PAGES = {400, 403, 404, 405, 413, 429, 500, 503}


def security_headers(respond: Respond) -> Respond:
    """A policy without inline scripts or styles on every response that did not set its own (a served file does)."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = respond(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return response

    return middleware


def unavailable(respond: Respond) -> Respond:
    """A database that is locked or gone, or a full disk, gets a 503 page that gives back what was typed; and a bare
    error answer (a wrong method, say) gets the page that goes with it."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = respond(request)
        if (
            response.status_code in OUR_PAGES
            and not response.streaming
            and not response.content
            and _wants_page(request)
        ):
            dressed = errors.page(request, response.status_code, offline=response.status_code >= 500)
            for name in ("Allow", "Retry-After"):
                if name in response.headers:
                    dressed.headers[name] = response.headers[name]
            dressed.cookies = response.cookies
            return dressed
        return response

    def process_exception(request: HttpRequest, problem: Exception) -> HttpResponse | None:
        if isinstance(
            problem, DataError
        ):  # what no column holds, such as a NUL in an address: PostgreSQL says so
            log.error("refused by the database: %s", request.path, exc_info=problem)
            return errors.bad_request(request)
        return errors.unavailable(request, problem) if errors.is_passing(problem) else None

    middleware.process_exception = process_exception  # type: ignore[attr-defined]
    return middleware


def _wants_page(request: HttpRequest) -> bool:
    """People get pages; machines' addresses (/healthz, a JSON client) keep their bare answers."""
    return request.path_info not in {"/healthz", "/readyz"} and "application/json" not in request.headers.get(
        "Accept", ""
    )


@lru_cache(maxsize=128)
def _zone(name: str) -> zoneinfo.ZoneInfo | None:
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        return None


def personal_preferences(respond: Respond) -> Respond:
    """A signed-in person's time zone holds for the request. A visitor without a session costs no query."""

    def middleware(request: HttpRequest) -> HttpResponse:
        zone = None
        if settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_authenticated:
            zone = _zone(request.user.time_zone)
        with timezone.override(zone or timezone.get_default_timezone()):
            return respond(request)

    return middleware
