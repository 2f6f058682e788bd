"""Short messages: rows first, then the gateway. Nothing here runs inside a web request but the insert."""

import json
import logging
import urllib.request
from datetime import timedelta
from typing import Protocol
from urllib.error import URLError
from urllib.parse import urlsplit

from django.conf import settings

from tawasul.accounts.models import OutgoingSms

log = logging.getLogger(__name__)

TIMEOUT = 10  # seconds for the gateway's answer
GIVE_UP_AFTER = 5  # attempts; a code is of no use much later
PAUSE = timedelta(seconds=30)  # before the second attempt, doubled after each


class Gateway(Protocol):
    """Takes one message. Raises OSError where it could not hand it on."""

    def send(self, to: str, text: str) -> None: ...


class ConsoleGateway:
    """Writes messages to the log, for trying things out: ``TAWASUL_SMS_GATEWAY_URL=console:``."""

    def send(self, to: str, text: str) -> None:
        log.warning("SMS to %s: %s", to, text)


class HttpGateway:
    """POSTs ``{"to": "+9665…", "text": "…"}`` as JSON with a bearer token; any 2xx answer means taken."""

    def __init__(self, url: str, token: str) -> None:
        self.url, self.token = url, token

    def send(self, to: str, text: str) -> None:
        body = json.dumps({"to": to, "text": text}).encode()
        headers = {"Content-Type": "application/json; charset=utf-8"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        request = urllib.request.Request(self.url, data=body, headers=headers, method="POST")  # noqa: S310
        with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:  # noqa: S310 - the operator's own address
            answer.read(1)


def gateway() -> Gateway | None:
    """The configured gateway; None where there is none. Raises ValueError for an address of another scheme."""
    url = settings.SMS_GATEWAY_URL
    if not url:
        return None
    scheme = urlsplit(url).scheme
    if scheme == "console":
        return ConsoleGateway()
    if scheme in {"http", "https"}:
        return HttpGateway(url, settings.SMS_GATEWAY_TOKEN)
    raise ValueError("TAWASUL_SMS_GATEWAY_URL must begin with https://, http:// or console:")


def deliver_due_sms(most: int = 20) -> int:
    """Hand up to ``most`` waiting messages to the gateway; for the worker. Returns how many were taken.

    A refusal is tried again after 30 s, 1, 2 and 4 minutes; then the row stays undone for good, its error on it.
    """
    out = gateway()
    if out is None:
        return 0
    taken = 0
    for row in OutgoingSms.objects.claim(most):
        try:
            out.send(row.to, row.text)
        except (URLError, OSError) as error:
            if row.attempts >= GIVE_UP_AFTER:
                row.postpone(timedelta(days=36500), error=f"given up: {type(error).__name__}")
            else:
                row.postpone(PAUSE * 2 ** (row.attempts - 1), error=f"{type(error).__name__}: {error}")
        else:
            taken += row.finish()
    return taken
