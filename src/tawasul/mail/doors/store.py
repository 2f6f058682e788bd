"""Store first, acknowledge second, parse third: what every door does with a mail before it says "taken"."""

import zlib
from collections.abc import Iterable, Sequence

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F

from tawasul.mail.doors import identity
from tawasul.mail.models import IncomingMail, RawMail

QUICK = 1  # zlib's level: a door waits for it
MOST_RECIPIENTS = 100  # that the ledger keeps of one mail
_ADDRESS_LENGTH = 320  # characters; what is longer is no address


class TooLarge(Exception):
    """The mail has more than ``settings.MAIL_MAX_BYTES`` octets: the one thing a door refuses for good."""

    def __init__(self, size: int) -> None:
        super().__init__(f"{size} octets are more than the {settings.MAIL_MAX_BYTES} that are taken")


def keep(
    raw: bytes, *, door: str, mailbox: str = "", envelope_from: str = "", envelope_to: Sequence[str] = ()
) -> IncomingMail:
    """The row of this mail, committed to the disk with its raw bytes when this returns; the worker reads it later.

    A copy of a mail that came before, by whichever door, adds one to ``copies`` of that mail's row, and its
    recipients to those known. Raises TooLarge, and whatever the database raises: then nothing was kept, and the
    door must not acknowledge. Not to be called inside a transaction, whose end could take the mail back.
    """
    if len(raw) > settings.MAIL_MAX_BYTES:
        raise TooLarge(len(raw))
    digest = identity.digest(raw)
    content = zlib.compress(raw, QUICK)  # before the write lock is taken
    mail = IncomingMail(
        digest=digest,
        door=door,
        mailbox=mailbox,
        size=len(raw),
        envelope_from=_storable(envelope_from),
        envelope_to=_recipients(envelope_to),
    )
    known = _again(mail)
    if known is not None:
        return known
    try:
        with transaction.atomic(durable=True):
            mail.save(force_insert=True)
            RawMail.objects.create(mail=mail, content=content)
    except IntegrityError:
        # Its twin came by another door at the same moment and was committed first.
        known = _again(mail)
        if known is None:
            raise
        return known
    return mail


def raw(mail: IncomingMail) -> bytes:
    """The bytes as the door took them. Raises RawMail.DoesNotExist where they are not kept any more."""
    return zlib.decompress(bytes(mail.raw.content))


def _again(copy: IncomingMail) -> IncomingMail | None:
    """The row that ``copy`` is a copy of, counted; None where it is the first of its kind."""
    first = IncomingMail.objects.filter(digest=copy.digest).first()  # no write lock for what is new
    if first is None:
        return None
    with transaction.atomic(durable=True):
        row = IncomingMail.objects.select_for_update().get(pk=first.pk)
        recipients = _recipients([*row.envelope_to, *copy.envelope_to])
        IncomingMail.objects.filter(pk=row.pk).update(copies=F("copies") + 1, envelope_to=recipients)
    row.copies += 1
    row.envelope_to = recipients
    return row


def _recipients(addresses: Iterable[str]) -> list[str]:
    """Each once, in their order."""
    return list(dict.fromkeys(filter(None, map(_storable, addresses))))[:MOST_RECIPIENTS]


def _storable(address: str) -> str:
    """As a database takes it: no NUL, no octet that is not UTF-8, no end of its own making."""
    return address.encode("utf-8", "replace").decode().replace("\0", "?").strip()[:_ADDRESS_LENGTH]
