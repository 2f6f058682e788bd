"""Asking another machine over HTTPS, carefully: certificates are checked, nothing is followed, answers are bounded."""

import ipaddress
import urllib.error
import urllib.request
from collections.abc import Mapping
from email.message import Message
from typing import IO
from urllib.parse import urlencode, urlsplit

TIMEOUT = 15.0  # seconds between two signs of life
MOST_BYTES = 2**18  # of an answer


class Refused(Exception):
    """The other machine answered with an error. ``status`` is HTTP's, ``body`` the beginning of what it said."""

    def __init__(self, status: int, body: bytes) -> None:
        super().__init__(f"HTTP {status}")
        self.status, self.body = status, body


class _NothingFollowed(urllib.request.HTTPRedirectHandler):
    """A redirect would carry what was sent to a machine that nobody chose."""

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: Message,
        newurl: str,
    ) -> None:
        return None


_opener = urllib.request.build_opener(_NothingFollowed)


def is_safe(url: str) -> bool:
    """Whether secrets may be sent there: https, or http to this very machine."""
    try:
        parts = urlsplit(url)
        return bool(parts.hostname) and (
            parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname or ""))
        )
    except ValueError:
        return False


def is_loopback(host: str) -> bool:
    """Whether the name or number means this machine. No name is looked up."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def post_form(url: str, fields: Mapping[str, str]) -> bytes:
    """POST the fields, and what the other side answered. Raises Refused for its errors, redirects and answers beyond
    MOST_BYTES, OSError where it cannot be reached, ValueError for an address that is not safe."""
    if not is_safe(url):
        raise ValueError("only https:// is asked")
    request = urllib.request.Request(  # noqa: S310 - the scheme was looked at
        url, data=urlencode(fields).encode(), headers={"Accept": "application/json"}, method="POST"
    )
    try:
        with _opener.open(request, timeout=TIMEOUT) as answer:
            body: bytes = answer.read(MOST_BYTES + 1)
            status: int = answer.status
    except urllib.error.HTTPError as error:
        with error:
            raise Refused(error.code, error.read(MOST_BYTES)) from None
    if len(body) > MOST_BYTES:
        raise Refused(status, body[:MOST_BYTES])
    return body
