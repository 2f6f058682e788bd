"""Absolute addresses for mail and receipts."""

from django.conf import settings


def absolute(path: str) -> str:
    """A path of this site as a full address. The host comes from BASE_URL, never from a request."""
    if not path.startswith("/") or path.startswith("//"):
        raise ValueError(f"not a path of this site: {path!r}")
    return f"{settings.BASE_URL}{path}"
