"""From a row of the ledger to the bytes on the wire.

Two shapes: ASCII headers with encoded words, which every server takes, and raw UTF-8 headers (RFC 6532) for
internationalised mailboxes, which only a server with SMTPUTF8 takes. The same row gives the same bytes each time.
"""

import hashlib
from dataclasses import dataclass
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime

from django.conf import settings
from django.utils import translation

from tawasul.core import addresses, centre
from tawasul.core.addresses import BadAddress, parse_address
from tawasul.mail.models import OutgoingMail

_IDENTIFIERS = {"message-id", "in-reply-to", "references", "list-id"}


class _Policy(EmailPolicy):
    """The library's policy, with two of its folding faults avoided (seen with Python 3.11).

    An identifier longer than a line would become an encoded word, and then nothing threads: identifiers fold only
    between themselves. And where an encoded word ends at a space of the text, the space is lost: «طال به» arrives
    as «طالبه»; so words are encoded by the older Header class, which counts spaces as text.
    """

    def fold_binary(self, name: str, value: str) -> bytes:
        if name.lower() in _IDENTIFIERS:
            return f"{name}: {(self.linesep + ' ').join(value.split())}{self.linesep}".encode("ascii")
        if not self.utf8 and not value.isascii():
            people: tuple[Address, ...] | None = getattr(value, "addresses", None)
            if people is None:
                return f"{name}: {_words(value, name)}{self.linesep}".encode("ascii")
            (one,) = people
            phrase = _words(one.display_name, name)
            return f"{name}: {phrase}{self.linesep} <{one.addr_spec}>{self.linesep}".encode("ascii")
        return bytes(super().fold_binary(name, value))


def _words(text: str, name: str) -> str:
    """RFC 2047 encoded words of at most 75 characters, on lines that continue."""
    return Header(text, "utf-8", maxlinelen=75, header_name=name).encode(linesep="\r\n")


_ASCII = _Policy(linesep="\r\n", cte_type="7bit", max_line_length=76, utf8=False)
_UTF8 = _ASCII.clone(utf8=True)


class NeedsSmtputf8(Exception):
    """The mailbox before the @ is not ASCII, and the server cannot carry it."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """Sender and recipient as they stand in MAIL and RCPT, and whether SMTPUTF8 must be asked for."""

    sender: str
    recipient: str
    utf8: bool


def envelope(mail: OutgoingMail, *, utf8_offered: bool) -> Envelope:
    """The envelope for a server that offers SMTPUTF8 or not.

    An ASCII mailbox at an internationalised domain goes out with the domain in A-labels (IDNA 2008), which any
    server understands. Raises NeedsSmtputf8, and BadAddress for what is no address at all.
    """
    recipient, sender = parse_address(mail.to_address), own_address()
    utf8 = recipient.ascii is None or sender.ascii is None
    if utf8 and not utf8_offered:
        raise NeedsSmtputf8
    return Envelope(
        sender=sender.ascii or sender.address, recipient=recipient.ascii or recipient.address, utf8=utf8
    )


def own_address() -> addresses.Address:
    """MAIL_FROM. A host without a dot, such as localhost, is fine on a machine's own server."""
    try:
        return parse_address(settings.MAIL_FROM)
    except BadAddress:
        if not settings.MAIL_FROM.isascii():
            raise
        return addresses.Address(settings.MAIL_FROM, settings.MAIL_FROM, settings.MAIL_FROM)


def build(mail: OutgoingMail, to: Envelope) -> bytes:
    """The whole message, lines ended by CRLF, nothing but 7-bit characters unless ``to.utf8``."""
    message = EmailMessage(policy=_UTF8 if to.utf8 else _ASCII)
    with translation.override(mail.language):
        row = centre.current()
        name = row.name_en if mail.language == "en" else row.name_ar
    message["From"] = _address(name, to.sender)
    message["To"] = _address(mail.to_name, to.recipient)
    message["Reply-To"] = _address(name, _reply_address(to))
    message["Subject"] = mail.subject
    message["Date"] = format_datetime(mail.created_at)
    message["Message-ID"] = mail.message_id
    for header, value in sorted(mail.headers.items()):  # PostgreSQL keeps no order
        message[header] = value
    message.set_content(mail.text, cte=_encoding(mail.text))
    message.add_alternative(mail.html, subtype="html", cte=_encoding(mail.html))
    message["Content-Language"] = (
        mail.language
    )  # last: content fields set earlier would move into the first part
    message.set_boundary("=_" + hashlib.sha256(mail.message_id.encode()).hexdigest()[:32])
    return message.as_bytes()


def _reply_address(to: Envelope) -> str:
    """The centre's published address where it has one that this mail can carry; else the sender's."""
    typed = centre.current().email
    if not typed:
        return to.sender
    try:
        published = parse_address(typed)
    except BadAddress:
        return to.sender
    return published.ascii or (published.address if to.utf8 else to.sender)


def _address(name: str, spec: str) -> Address:
    mailbox, _, domain = spec.rpartition("@")
    if mailbox.startswith('"') and mailbox.endswith('"'):
        mailbox = mailbox[1:-1].replace("\\", "")
    return Address(display_name=name, username=mailbox, domain=domain)


def _encoding(text: str) -> str:
    """Whichever is shorter for this text. Never 8bit: the bytes survive any server and any later signature."""
    foreign = sum(1 for char in text if char > "~")
    return "base64" if foreign * 4 > len(text) else "quoted-printable"
