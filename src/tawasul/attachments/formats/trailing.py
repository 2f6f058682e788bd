"""Files that are two things at once: an allowed kind, and something that a program would run or unpack."""

import re
import struct
from typing import Final

_LEADS: Final = (
    (b"PK\x03\x04", "ZIP"),
    (b"PK\x05\x06", "ZIP"),
    (b"Rar!\x1a\x07", "RAR"),
    (b"7z\xbc\xaf\x27\x1c", "7Z"),
    (b"%PDF-", "PDF"),
    (b"\x7fELF", "ELF"),
    (b"MZ", "EXE"),
    (b"#!/", "SCRIPT"),
    (b"\xca\xfe\xba\xbe", "CLASS"),
)
_SCRIPTS: Final = re.compile(rb"<\?php|<script[\s>/]|<html[\s>]|<!doctype\s+html|<svg[\s>]", re.IGNORECASE)
_SEARCHED: Final = 2**20


def after(data: bytes, end: int) -> str:
    """What follows the picture's own end at ``end``: the label of a recognised format, else an empty text.

    Padding and what cameras append (a second picture, a film of the moment, the maker's notes) are no harm.
    """
    rest = data[end : end + _SEARCHED]
    lead = rest.lstrip(b"\0 \t\r\n")
    for magic, label in _LEADS:
        if lead.startswith(magic) and (label != "EXE" or b"PE\0\0" in lead[:4096]):
            return label
    if _SCRIPTS.search(rest):
        return "HTML"
    return ""


def after_pdf(data: bytes) -> str:
    """What follows the last end mark of a PDF: the label of an archive or a program, else an empty text.

    Web servers and mail programs append text and markup to PDFs, so that alone is no reason to refuse one.
    """
    end = data.rfind(b"%%EOF")
    label = after(data, end + 5) if end >= 0 else ""
    return "" if label in {"HTML", "PDF", "SCRIPT"} else label


def is_zip(data: bytes) -> bool:
    """Whether a program that reads archives from the end would unpack the file: an end record that reaches
    exactly to the end of the file and points at a central directory."""
    tail = max(0, len(data) - 22 - 65535)
    at = data.rfind(b"PK\x05\x06", tail)
    while at >= 0:
        if at + 22 <= len(data):
            entries, size, offset, comment = struct.unpack_from("<HIIH", data, at + 10)
            starts = (offset, at - size)
            if at + 22 + comment == len(data) and (
                not entries or any(start >= 0 and data.startswith(b"PK\x01\x02", start) for start in starts)
            ):
                return True
        at = data.rfind(b"PK\x05\x06", tail, at)
    return False


def is_gif_script(data: bytes) -> bool:
    """A GIF whose size bytes open a script comment, ``GIF89a/*``, that is closed later on."""
    return data[6:8] in {b"/*", b"=1", b"='", b'="', b"=`"} and (b"*/" in data or b"<script" in data.lower())
