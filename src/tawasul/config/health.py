"""Two addresses for machines: is this process alive, and is the service as a whole in order."""

import time
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import Error, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from tawasul.core import clock
from tawasul.mail import queries
from tawasul.reactions.queries import last_heartbeat

HEARTBEAT_AGE = 60  # seconds; a worker renews its row every few
# A mail that waits longer than this means that nothing goes out, or that nothing is read, though the pages work on.
MAIL_AGE = 60 * 60


@require_safe
@never_cache
def alive(request: HttpRequest) -> JsonResponse:
    """200 as long as this process answers; asks nothing of the database."""
    return JsonResponse({"alive": True})


@require_safe
@never_cache
def ready(request: HttpRequest) -> JsonResponse:
    """200 when the database answers, a worker lives, and mail moves; else 503. Ages in seconds.

    ``mail``: what goes out. ``incoming``: what came in and was not handled yet. ``mailboxes``: names of IMAP mailboxes
    that fail, that no worker sees, and that brought no mail for longer than expected. The first two mean that mail
    does not come in, as bad as mail that does not go out: 503. Silence is only named: over the feast days it is
    nobody's fault.
    """
    found: dict[str, Any] = {
        part: {"ok": False} for part in ("database", "worker", "mail", "incoming", "mailboxes")
    }
    try:
        found["database"] = _database()
        found["worker"] = _worker()
        found["mail"] = _waiting("oldest_waiting_seconds", queries.oldest_waiting())
        found["incoming"] = _waiting("oldest_unhandled_seconds", queries.oldest_unhandled())
        found["mailboxes"] = _mailboxes()
    except Error:
        pass  # what could not be asked stays "not ok"; the reason is in the log, not for strangers
    in_order = all(part["ok"] for part in found.values())
    response = JsonResponse({"ready": in_order, **found}, status=200 if in_order else 503)
    response._has_been_logged = True  # type: ignore[attr-defined]  # a probe every few seconds is no news
    return response


def _database() -> dict[str, Any]:
    started = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        cursor.fetchone()
    return {"ok": True, "milliseconds": round((time.perf_counter() - started) * 1000, 1)}


def _worker() -> dict[str, Any]:
    at = last_heartbeat()
    age = None if at is None else max(0, round((clock.now() - at).total_seconds()))
    return {"ok": age is not None and age <= HEARTBEAT_AGE, "seconds_since_heartbeat": age}


def _waiting(name: str, oldest: datetime | None) -> dict[str, Any]:
    age = 0 if oldest is None else max(0, round((clock.now() - oldest).total_seconds()))
    return {"ok": age <= getattr(settings, "READY_MAIL_AGE", MAIL_AGE), name: age}


def _mailboxes() -> dict[str, Any]:
    found: dict[str, list[str]] = {"failing": [], "not_seen": [], "silent": []}
    for trouble in queries.mailboxes_in_trouble():
        found[trouble.kind].append(trouble.name)
    return {"ok": not found["failing"] and not found["not_seen"], **found}
