"""Signed words in our own addresses: ``support+TOKEN@…`` says which ticket a reply is about, and the return path
``support+TOKEN@…`` which mail came back. A link in a notice says whose notices are
not wanted. All are keyed with SECRET_KEY: nobody outside can make one.

A token is lower-case base32 (mail systems change the case of mailboxes), one letter for its purpose before it.
It names a ticket, it does not authorise: who may write there is asked of the sender as well.
"""

import base64
import binascii
import hashlib
import hmac
import re
from typing import Final

from django.conf import settings

from tawasul.core.addresses import Address

_MAC: Final = 10  # octets: 80 bits
_KEY: Final = 5  # octets of a row's key
_TOKEN: Final = re.compile(r"(?:^|\+)([tbn])([a-z2-7]{24})(?:$|@)")

TICKET, MAIL, NOTICES = "t", "b", "n"


def make(purpose: str, key: int) -> str:
    """25 characters for the row ``key`` (of a ticket for TICKET, of an outgoing mail for MAIL and NOTICES)."""
    number = key.to_bytes(_KEY, "big")
    return purpose + base64.b32encode(number + _mac(purpose, number)).decode().rstrip("=").lower()


def read(purpose: str, mailbox: str) -> int | None:
    """The row's key in a mailbox or address that carries a genuine token of this purpose; else None."""
    for found in _TOKEN.finditer(mailbox.strip().lower()):
        if found[1] != purpose:
            continue
        try:
            octets = base64.b32decode(found[2].upper() + "=" * (-len(found[2]) % 8))
        except binascii.Error:
            continue
        number, mac = octets[:_KEY], octets[_KEY:]
        if hmac.compare_digest(mac, _mac(purpose, number)):
            return int.from_bytes(number, "big")
    return None


def tagged(address: Address, token: str) -> Address:
    """The address with the token after a plus sign: ``support@…`` becomes ``support+TOKEN@…``."""

    def with_token(one: str) -> str:
        local, _, host = one.rpartition("@")
        return f"{local}+{token}@{host}"

    return Address(
        typed=with_token(address.address),
        address=with_token(address.address),
        ascii=with_token(address.ascii) if address.ascii is not None else None,
    )


def _mac(purpose: str, number: bytes) -> bytes:
    text = b"mail-token:" + purpose.encode() + number
    return hmac.new(settings.SECRET_KEY.encode(), text, hashlib.sha256).digest()[:_MAC]
