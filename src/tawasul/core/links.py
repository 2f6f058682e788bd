"""Addresses that leave the house, in mails and on paper: from the configured one, never from a request's Host."""

from functools import lru_cache
from urllib.parse import urlsplit, urlunsplit

from django.conf import settings

from tawasul.core.domains import to_ascii_host


def absolute(path: str) -> str:
    """The full address of a path; raises ValueError where it is none.

    An internationalised host is written in A-labels: mail programs make a link of that everywhere, and a
    right-to-left name cannot scramble the line it stands in.
    """
    if not path.startswith("/") or path.startswith("//"):
        raise ValueError(f"not a path of this site: {path!r}")
    return _base(settings.BASE_URL) + path


@lru_cache(maxsize=8)
def _base(configured: str) -> str:
    parts = urlsplit(configured)
    host = to_ascii_host(parts.hostname or "")
    place = f"{host}:{parts.port}" if parts.port else host
    return urlunsplit((parts.scheme, place, parts.path, "", "")).rstrip("/")
