"""Which mails are one and the same: a digest of what the writer sent, whatever the ways it came.

On its way a mail gets trace and delivery fields, other line ends, another folding, an mbox "From " line or a ">" before
one, a blank line more or less. None of that counts here. What counts is the fields below and the body; the Message-ID
alone would not do: broken programs give two mails the same one.
"""

import hashlib
import re
from itertools import islice
from typing import Final

# Written by the sender and left alone on the way. Sender, Reply-To and the MIME fields are not here: lists and
# gateways add or refold them, and what they say shows in the body.
FIELDS: Final = (b"message-id", b"date", b"from", b"to", b"cc", b"subject", b"in-reply-to")

# Every repetition is possessive: no text can make a search go back.
_FIELD: Final = re.compile(
    rb"^(" + rb"|".join(FIELDS) + rb")[ \t]*+:((?:[^\n]*+)(?:\n[ \t][^\n]*+)*+)", re.IGNORECASE | re.MULTILINE
)
# A header ends at an empty line, or at the first line that can belong to none: servers put an empty line before it.
_END: Final = re.compile(rb"^(?![!-9;-~]++[ \t]*+:|[ \t])", re.MULTILINE)
_BLANKS: Final = b" \t\n"  # folding comes and goes
_MBOX: Final = re.compile(rb"\A>?From [^\n]*+(?:\n|\Z)")
MOST_FIELDS: Final = 2000  # that are looked at; a mail has seven of these


def digest(raw: bytes) -> str:
    """64 hexadecimal digits, the same for every copy of one mail. Never raises; time grows with the length alone."""
    head, body = _parts(_unix(raw))
    # A state for each field, so that their order does not count and nothing is piled up.
    fields = {name: hashlib.sha256() for name in FIELDS}
    for match in islice(_FIELD.finditer(head), MOST_FIELDS):
        value = match[2].translate(None, _BLANKS)
        fields[match[1].lower()].update(b"%d:%b" % (len(value), value))
    state = hashlib.sha256(b"tawasul mail 1")
    for name in FIELDS:
        state.update(fields[name].digest())
    state.update(body)
    return state.hexdigest()


def _unix(raw: bytes) -> bytes:
    """Lines that end in LF alone. Stray CRs come and go between servers, so they do not count at all."""
    if b"\r" not in raw:
        return raw
    return raw.translate(None, b"\r") if b"\n" in raw.rstrip(b"\r\n") else raw.replace(b"\r", b"\n")


def _parts(text: bytes) -> tuple[bytes, bytes]:
    mbox = _MBOX.match(text)
    start = mbox.end() if mbox else 0
    end = _END.search(text, start)
    cut = end.start() if end else len(text)
    return text[start:cut], _without_quotes(text[cut:].strip(b"\n"))


def _without_quotes(body: bytes) -> bytes:
    """mbox files put a ">" before "From ", some another before ">From "."""
    for _ in range(5):
        shorter = body.replace(b">From ", b"From ")
        if len(shorter) == len(body):
            break
        body = shorter
    return body
