"""The rich text that Outlook puts into winmail.dat: unpacked (MS-OXRTFCP) and read as plain text (MS-OXRTFEX)."""

import re
from typing import Final

from tawasul.mail.inbound import charsets

_DICTIONARY: Final = (
    rb"{\rtf1\ansi\mac\deff0\deftab720{\fonttbl;}{\f0\fnil \froman \fswiss \fmodern \fscript "
    rb"\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\colortbl\red0\green0\blue0"
    b"\r\n"
    rb"\par \pard\plain\f0\fs20\b\i\u\tab\tx"
)
_MOST: Final = 4_000_000  # bytes unpacked
_TOKEN: Final = re.compile(
    r"\\([a-zA-Z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-fA-F]{2})|\\([^a-zA-Z'])|([{}])|[\r\n]+|([^\\{}\r\n]+)|.",
    re.DOTALL,
)
_SKIPPED: Final = frozenset(
    re.findall(
        r"\w+",
        "fonttbl colortbl stylesheet info pict object header footer htmltag mhtmltag generator "
        "listtable themedata datastore",
    )
)
_BREAKS: Final = {
    **dict.fromkeys(("par", "line", "row"), "\n"),
    **dict.fromkeys(("tab", "cell"), "\t"),
    "lquote": "‘",
    "rquote": "’",
    "ldblquote": "“",
    "rdblquote": "”",
    "bullet": "•",
    "endash": "–",
    "emdash": "—",
}


def unpacked(raw: bytes) -> bytes:
    """The RTF under its compression; what breaks off gives what came before. Empty where it is none."""
    kind = raw[8:12]
    if kind == b"MELA":
        return raw[16:]
    if kind != b"LZFu":
        return b""
    window = bytearray(_DICTIONARY.ljust(4096, b"\0"))
    at, write = 16, len(_DICTIONARY)
    out = bytearray()
    while at < len(raw) and len(out) < _MOST:
        flags = raw[at]
        at += 1
        for bit in range(8):
            if at >= len(raw):
                break
            if flags >> bit & 1:
                pair = int.from_bytes(raw[at : at + 2], "big")
                at += 2
                start, length = pair >> 4, (pair & 0xF) + 2
                if start == write:
                    return bytes(out)
                for step in range(length):
                    byte = window[(start + step) % 4096]
                    out.append(byte)
                    window[write] = byte
                    write = (write + 1) % 4096
            else:
                out.append(raw[at])
                window[write] = raw[at]
                write = (write + 1) % 4096
                at += 1
    return bytes(out)


def to_text(raw: bytes) -> str:
    """The words of an RTF document; markup of HTML that was wrapped in it is left out. Never raises."""
    source = raw[:_MOST].decode("latin-1")
    found = re.search(r"\\ansicpg(\d{3,5})", source[:500])
    code_page = f"cp{found[1]}" if found else "cp1252"
    out: list[str] = []
    held = bytearray()
    stack: list[tuple[bool, int]] = []
    skipping, after_unicode, unwanted = False, 1, 0
    for word, number, code, symbol, brace, words in _TOKEN.findall(source):
        if held and not code:
            out.append(charsets.decode(bytes(held), code_page))
            held.clear()
        if brace == "{":
            stack.append((skipping, after_unicode))
        elif brace == "}":
            skipping, after_unicode = stack.pop() if stack else (False, 1)
        elif word == "htmlrtf":
            skipping = number != "0"
        elif symbol == "*" or word in _SKIPPED:
            skipping = True
        elif skipping:
            continue
        elif word == "u" and number:
            out.append(chr(int(number) % 65536))
            unwanted = after_unicode
        elif word == "uc" and number:
            after_unicode = min(int(number), 8) if int(number) >= 0 else 1
        elif word:
            out.append(_BREAKS.get(word, ""))
        elif code:
            if unwanted:
                unwanted -= 1
            else:
                held.append(int(code, 16))
        elif symbol:
            out.append("\u00a0" if symbol == "~" else symbol if symbol in "\\{}" else "")
        elif words:
            out.append(words[unwanted:])
            unwanted = 0
    out.append(charsets.decode(bytes(held), code_page))
    text = "".join(out).encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text.replace("\0", "").strip()
