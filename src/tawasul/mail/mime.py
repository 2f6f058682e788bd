"""From a row of the ledger to the bytes on the wire.

Two shapes: ASCII headers with encoded words (RFC 2047), which every server takes, and raw UTF-8 headers (RFC 6532)
for internationalised mailboxes, which only a server with SMTPUTF8 takes. The same row gives the same bytes each time.

Written out by hand because the library (seen with Python 3.11) loses the space at the end of an encoded word, so
that «طال به» arrives as «طالبه», makes encoded words of long identifiers, so that nothing threads, and takes 5 ms.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.utils import format_datetime
from functools import lru_cache

from django.conf import settings

from tawasul.core import addresses, centre
from tawasul.core.addresses import BadAddress, parse_address
from tawasul.mail import notices, tokens
from tawasul.mail.kinds import TO_STAFF
from tawasul.mail.models import OutgoingMail

EOL = "\r\n"
LINE = 76  # characters of a folded header line
WORD = 39  # octets in one encoded word; with its frame and the longest field name it fits a line
_ATOMS = re.compile(r"[\w!#$%&'*+/=?^`{|}~ -]+")  # what a name may hold without quotes (RFC 5322, 3.2.3)


class NeedsSmtputf8(Exception):
    """The mailbox before the @ is not ASCII, and the server cannot carry it."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """Addresses as they stand on the wire, and whether SMTPUTF8 must be asked for.

    ``return_path`` and ``recipient`` are those of MAIL and RCPT, ``sender`` and ``reply_to`` those of the fields.
    """

    return_path: str
    sender: str
    reply_to: str
    recipient: str
    utf8: bool


def envelope(mail: OutgoingMail, *, utf8_offered: bool) -> Envelope:
    """The envelope for a server that offers SMTPUTF8 or not.

    An ASCII mailbox at an internationalised domain goes out with the domain in A-labels (IDNA 2008), which any
    server understands. Where MAIL_TOKENS is on, the return path says which mail came back, and the reply address
    which ticket is answered: a reply then needs neither its header fields nor its subject to find its way.
    Raises NeedsSmtputf8, and BadAddress for what is no address at all.
    """
    recipient, sender = _parsed(mail.to_address), own_address()
    utf8 = recipient.ascii is None or sender.ascii is None
    if utf8 and not utf8_offered:
        raise NeedsSmtputf8
    return_path, reply_to = sender, _published_address(sender, utf8=utf8)
    if settings.MAIL_TOKENS:
        if mail.pk is not None:
            return_path = tokens.tagged(sender, tokens.make(tokens.MAIL, mail.pk))
        if mail.ticket_id is not None and mail.kind not in TO_STAFF:
            reply_to = tokens.tagged(sender, tokens.make(tokens.TICKET, mail.ticket_id))
    return Envelope(
        return_path=_on_the_wire(return_path),
        sender=_on_the_wire(sender),
        reply_to=_on_the_wire(reply_to),
        recipient=_on_the_wire(recipient),
        utf8=utf8,
    )


@lru_cache(maxsize=1000)
def _parsed(address: str) -> addresses.Address:
    """The address, its forms kept: making them takes a quarter of the time of a mail. Raises BadAddress."""
    return parse_address(address)


def _on_the_wire(address: addresses.Address) -> str:
    return address.ascii or address.address


def own_address() -> addresses.Address:
    """MAIL_FROM. A host without a dot, such as localhost, is fine on a machine's own server."""
    try:
        return _parsed(settings.MAIL_FROM)
    except BadAddress:
        if not settings.MAIL_FROM.isascii():
            raise
        return addresses.Address(settings.MAIL_FROM, settings.MAIL_FROM, settings.MAIL_FROM)


def build(mail: OutgoingMail, to: Envelope) -> bytes:
    """The whole message, lines ended by CRLF, nothing but 7-bit characters unless ``to.utf8``."""
    row = centre.current()
    name = row.name_en if mail.language == "en" else row.name_ar
    boundary = "=_" + hashlib.sha256(mail.message_id.encode()).hexdigest()[:32]
    fields = {
        "From": _person(name, to.sender, utf8=to.utf8),
        "To": _person(mail.to_name, to.recipient, utf8=to.utf8),
        "Reply-To": _person(name, to.reply_to, utf8=to.utf8),
        "Subject": _text(mail.subject, utf8=to.utf8),
        "Date": format_datetime(mail.created_at),
        "Message-ID": mail.message_id,
        # Identifiers fold between themselves. The database keeps no order.
        **{field: f"{EOL} ".join(value.split(" ")) if field == "References" else value
           for field, value in sorted({**mail.headers, **notices.fields(mail)}.items())},
        "Content-Language": mail.language,
        "MIME-Version": "1.0",
        "Content-Type": f'multipart/alternative;{EOL} boundary="{boundary}"',
    }  # fmt: skip
    lines = [f"{field}: {_checked(value)}" for field, value in fields.items()]
    for subtype, text in (("plain", mail.text), ("html", mail.html)):
        encoding, content = _encoded(text)
        lines += [
            "" if subtype == "html" else EOL,
            f"--{boundary}",
            f'Content-Type: text/{subtype}; charset="utf-8"',
            f"Content-Transfer-Encoding: {encoding}",
            "",
            content,
        ]
    lines += ["", f"--{boundary}--", ""]
    return EOL.join(lines).encode("utf-8" if to.utf8 else "ascii")


def _checked(value: str) -> str:
    """The value of a field, refused where a line break in it would begin another field. Raises ValueError."""
    if re.search(r"[\r\n](?![ \n])", value):
        raise ValueError(f"a header field with a line break: {value!r}")
    return value


def _text(text: str, *, utf8: bool) -> str:
    """Unstructured text, folded at its spaces or in encoded words."""
    words = text.split(" ")
    if (not utf8 and not text.isascii()) or max(map(len, words)) > 200:
        return _encoded_words(text)
    lines, line = [], ""
    for word in words:
        if line and len(line) + 1 + len(word) > LINE - 12:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}" if line else word
    return f"{EOL} ".join([*lines, line])


def _person(name: str, address: str, *, utf8: bool) -> str:
    """A name and an address, or the address alone."""
    if not name:
        return address
    if not utf8 and not name.isascii():
        phrase = _encoded_words(name) + EOL
    elif _ATOMS.fullmatch(name):
        phrase = name
    else:
        phrase = '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return f"{phrase} <{address}>"


def _encoded_words(text: str) -> str:
    """Encoded words, one a line. Spaces are inside of them: between them a reader drops every space."""
    words = (base64.b64encode(chunk).decode() for chunk in _chunks(text))
    return f"{EOL} ".join(f"=?utf-8?b?{word}?=" for word in words)


def _chunks(text: str) -> Iterator[bytes]:
    """Pieces of at most WORD octets, broken after a space where there is one: some readers (Python's, for names)
    put a space between two encoded words, and there it does no harm."""
    piece = b""
    for char in text:
        octets = char.encode()
        if len(piece) + len(octets) > WORD:
            cut = piece.rfind(b" ") + 1 or len(piece)
            yield piece[:cut]
            piece = piece[cut:]
        piece += octets
    yield piece


def _encoded(text: str) -> tuple[str, str]:
    """The transfer encoding and the encoded text, whichever is shorter. Never 8bit: so the bytes survive any server
    and any later signature."""
    data = text.replace("\n", EOL).encode()
    if (len(data) - len(text)) * 4 > len(text):  # much of it is not ASCII
        return "base64", base64.encodebytes(data).decode().strip().replace("\n", EOL)
    return "quoted-printable", binascii.b2a_qp(data, istext=True).decode().replace(" " + EOL, "=20" + EOL)


def _published_address(sender: addresses.Address, *, utf8: bool) -> addresses.Address:
    """The centre's published address where it has one that this mail can carry; else the sender's."""
    typed = centre.current().email
    if not typed:
        return sender
    try:
        published = parse_address(typed)
    except BadAddress:
        return sender
    return published if published.ascii is not None or utf8 else sender
