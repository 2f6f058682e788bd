"""Addresses that fail in every way a page can, beside the real ones."""

import errno
from collections.abc import Callable

from django.conf.urls.i18n import i18n_patterns
from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.db import DataError, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.http import require_POST

from tawasul.config import urls
from tawasul.config.urls import handler400, handler403, handler404, handler500

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]


def failing(problem: Exception) -> Callable[[HttpRequest], HttpResponse]:
    def view(request: HttpRequest) -> HttpResponse:
        raise problem

    return view


@require_POST
def only_post(request: HttpRequest) -> HttpResponse:
    return HttpResponse("taken")


def bare(request: HttpRequest, status: int) -> HttpResponse:
    return HttpResponse(status=status)


urlpatterns = [
    path("healthz", lambda request: HttpResponse(status=503)),
    *i18n_patterns(
        path("broken/locked/", failing(OperationalError("database is locked"))),
        path("broken/gone/", failing(InterfaceError("connection already closed"))),
        path("broken/full/", failing(OSError(errno.ENOSPC, "No space left on device"))),
        path("broken/bug/", failing(RuntimeError("a bug"))),
        path("broken/denied/", failing(PermissionDenied())),
        path("broken/odd/", failing(SuspiciousOperation("odd"))),
        path("broken/data/", failing(DataError("PostgreSQL text fields cannot contain NUL (0x00) bytes"))),
        path("broken/large/", failing(RequestDataTooBig("large"))),
        path("broken/post/", only_post),
        path("broken/bare/<int:status>/", bare),
    ),
    *urls.urlpatterns,
]
