"""DKIM (RFC 6376): a signature by which the other side knows that a mail is ours, and unchanged.

RSA with SHA-256, relaxed/relaxed. Ed25519 (RFC 8463) is left out: dkimpy needs PyNaCl for it, and a mail signed with it
alone counts as unsigned at most receivers. In a mail with raw UTF-8 fields (SMTPUTF8) the signature covers the very
octets of those fields, as RFC 8616 wants; the domain stands in A-labels in either.

Where signing is asked for, no mail leaves unsigned: a key that cannot be used makes all mail wait, visibly.
"""

import re
from pathlib import Path
from typing import Final

import dkim
from django.conf import settings
from dkim.crypto import UnparsableKeyError, parse_pem_private_key

from tawasul.core import domains

LEAST_BITS: Final = 1024  # RFC 8301, 3.2; 2048 is what a new key should have
# Signed where present. Each of the first is named once more than it stands: a second one put in later breaks the
# signature (RFC 6376, 8.15), so nobody can show another sender or subject under our name.
_ONCE: Final = ("From", "To", "Subject", "Date", "Message-ID", "Reply-To")
_BESIDES: Final = (
    "In-Reply-To",
    "References",
    "Auto-Submitted",
    "List-Id",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
    "Content-Language",
    "MIME-Version",
    "Content-Type",
)
_NAME: Final = re.compile(rb"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*")
_FIELD: Final = re.compile(rb"(?m)^([!-9;-~]+):")


class CannotSign(Exception):
    """Signing is asked for and cannot be done; the message says why, in English, without a word of the key."""


def wanted() -> bool:
    """Whether mail is to be signed: one of the three settings is enough to say so."""
    return bool(settings.DKIM_DOMAIN or settings.DKIM_SELECTOR or settings.DKIM_KEY_FILE)


def signed(message: bytes) -> bytes:
    """The message with its signature as the first field, or as it is where none is wanted.

    ``message`` has CRLF at its lines' ends. The key is read each time, so that a new one holds at once.
    Raises CannotSign.
    """
    if not wanted():
        return message
    domain, selector, key = _key()
    present = {name.lower() for name in _FIELD.findall(message.partition(b"\r\n\r\n")[0])}
    fields = [name.encode() for name in (*_ONCE, *_BESIDES) if name.lower().encode() in present]
    fields += [name.encode() for name in _ONCE]
    try:
        signature: bytes = dkim.DKIM(message).sign(
            selector, domain, key, include_headers=fields, canonicalize=(b"relaxed", b"relaxed")
        )
    except dkim.DKIMException as problem:
        raise CannotSign(f"{type(problem).__name__}: {problem}") from None
    return signature + message


def trouble() -> str:
    """Why nothing can be signed, for whoever looks after the machine; empty where all is well or none is wanted."""
    try:
        signed(b"From: a@example.sa\r\n\r\n")
    except CannotSign as problem:
        return str(problem)
    return ""


def _key() -> tuple[bytes, bytes, bytes]:
    """Domain in A-labels, selector, and the private key as PEM, all of them seen to be usable."""
    domain, selector, path = settings.DKIM_DOMAIN, settings.DKIM_SELECTOR, settings.DKIM_KEY_FILE
    if not (domain and selector and path):
        raise CannotSign("TAWASUL_DKIM_DOMAIN, _SELECTOR and _KEY_FILE are needed together")
    try:
        ascii_domain, ascii_selector = (
            domains.to_ascii_host(name).encode("ascii") for name in (domain, selector)
        )
        key = Path(path).read_bytes()
    except OSError as problem:
        raise CannotSign(f"{path}: {problem.strerror or problem}") from None
    except ValueError:
        raise CannotSign("the domain or the selector is no name") from None
    if not (_NAME.fullmatch(ascii_domain) and _NAME.fullmatch(ascii_selector)):
        raise CannotSign("the domain or the selector is no name")
    try:
        bits = parse_pem_private_key(key)["modulus"].bit_length()
    except (UnparsableKeyError, ValueError, KeyError, IndexError, TypeError):
        raise CannotSign(f"{path} holds no RSA key in PEM form without a password") from None
    if bits < LEAST_BITS:
        raise CannotSign(f"the key in {path} has {bits} bits, fewer than {LEAST_BITS}")
    return ascii_domain, ascii_selector, key
