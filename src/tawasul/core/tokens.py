"""Secrets that travel in links and codes. Only their hashes are stored."""

import hashlib
import secrets

from django.utils.crypto import constant_time_compare, salted_hmac


def new_token() -> tuple[str, str]:
    """256 random bits for a URL (43 characters), and the SHA-256 (hex) to store."""
    token = secrets.token_urlsafe(32)
    return token, token_hash(token)


def token_hash(token: str) -> str:
    """SHA-256 in hex. Enough for random tokens; what people can guess needs ``keyed_hash``."""
    return hashlib.sha256(token.encode()).hexdigest()


def new_code(digits: int = 6) -> str:
    """A random code of ASCII digits, zeros in front included."""
    return f"{secrets.randbelow(10**digits):0{digits}d}"


def keyed_hash(text: str, *, salt: str) -> str:
    """HMAC-SHA-256 (hex) under SECRET_KEY; ``salt`` keeps one use from standing in for another."""
    return salted_hmac(f"tawasul.{salt}", text, algorithm="sha256").hexdigest()


def same(one: str, other: str) -> bool:
    """Equality in a time that says nothing about where they differ."""
    return constant_time_compare(one, other)
