"""Two addresses for machines: is this process alive, and is the service as a whole in order."""

import time
from typing import Any

from django.conf import settings
from django.db import Error, connection
from django.db.models import Max, Min
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from tawasul.core import clock
from tawasul.mail.models import OutgoingMail
from tawasul.reactions.models import Heartbeat

HEARTBEAT_AGE = 60  # seconds; a worker renews its row every few
# A mail that waits longer than this means that nothing goes out, though the pages work on.
MAIL_AGE = 60 * 60


@require_safe
@never_cache
def alive(request: HttpRequest) -> JsonResponse:
    """200 as long as this process answers; asks nothing of the database."""
    return JsonResponse({"alive": True})


@require_safe
@never_cache
def ready(request: HttpRequest) -> JsonResponse:
    """200 when the database answers, a worker lives and no mail waits too long; else 503. Ages in seconds."""
    found: dict[str, Any] = {"database": {"ok": False}, "worker": {"ok": False}, "mail": {"ok": False}}
    try:
        found["database"] = _database()
        found["worker"] = _worker()
        found["mail"] = _mail()
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
    at = Heartbeat.objects.aggregate(at=Max("at"))["at"]
    age = None if at is None else max(0, round((clock.now() - at).total_seconds()))
    return {"ok": age is not None and age <= HEARTBEAT_AGE, "seconds_since_heartbeat": age}


def _mail() -> dict[str, Any]:
    oldest = OutgoingMail.objects.filter(done_at__isnull=True).aggregate(at=Min("created_at"))["at"]
    age = 0 if oldest is None else max(0, round((clock.now() - oldest).total_seconds()))
    return {"ok": age <= getattr(settings, "READY_MAIL_AGE", MAIL_AGE), "oldest_waiting_seconds": age}
