"""Encoded words in header fields (RFC 2047), also the broken ones that are sent every day."""

import re
from typing import Final

from tawasul.mail.inbound import charsets, transfer

# The text may hold blanks and stray question marks, which the standard forbids and mailers write.
# It ends before the next word begins, so that a thousand beginnings without an end take no thousand times as long.
_WORD: Final = re.compile(r"=\?([^?\s=]{1,60})\?([bBqQ])\?((?:(?!=\?[^?\s=]{1,60}\?[bBqQ]\?)[^\r\n])*?)\?=")
_BETWEEN: Final = re.compile(r"[ \t\r\n]*\Z")
_Q_ESCAPE: Final = re.compile(rb"=([0-9A-Fa-f]{2})")
_NEWLINES: Final = re.compile(r"[\r\n]+[ \t]*")
# Controls have no place in a line; direction marks in names and subjects can show what is not there.
_CONTROLS: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069\ufeff]"
)


def decode(value: str) -> str:
    """A field's value with its encoded words decoded. Blanks between two words go, adjacent words of one charset
    are decoded as one, so that a character cut in two comes out whole. Never raises."""
    if "=?" not in value:
        return value
    out: list[str] = []
    held: bytes = b""
    charset = ""
    at = 0
    for word in _WORD.finditer(value):
        between = value[at : word.start()]
        content = _content(word[2], word[3])
        if (held or charset) and _BETWEEN.match(between):
            if word[1].lower() != charset:
                out.append(charsets.decode(held, charset))
                held = b""
            held += content
        else:
            out.append(charsets.decode(held, charset))
            out.append(between)
            held = content
        charset = word[1].lower()
        at = word.end()
    out.append(charsets.decode(held, charset))
    out.append(value[at:])
    return "".join(out)


def _content(kind: str, text: str) -> bytes:
    raw = text.encode("utf-8", "surrogateescape")
    if kind in "bB":
        return transfer.base64(raw)
    return _Q_ESCAPE.sub(lambda found: bytes((int(found[1], 16),)), raw.replace(b"_", b" "))


def line(value: str) -> str:
    """One clean line: newlines are blanks, controls and direction marks are gone, ends are trimmed."""
    return _CONTROLS.sub("", _NEWLINES.sub(" ", value).replace("\t", " ")).strip()
