"""winmail.dat: the files and the text that Outlook packs into one part (MS-OXTNEF). A small decoder of our own."""

import struct
from dataclasses import dataclass, field
from typing import Final

from tawasul.mail.inbound import charsets, rtf

_SIGNATURE: Final = b"\x78\x9f\x3e\x22"
_MOST_PROPERTIES: Final = 5000
_TITLE, _DATA, _RENDER, _ATTACHMENT, _PROPERTIES, _BODY, _CODE_PAGE = (
    0x8010, 0x800F, 0x9002, 0x9005, 0x9003, 0x800C, 0x9007,
)  # fmt: skip
_FIXED: Final = {2: 4, 3: 4, 4: 4, 5: 8, 6: 8, 7: 8, 0xA: 4, 0xB: 4, 0x14: 8, 0x40: 8, 0x48: 16}


@dataclass(slots=True)
class File:
    """One file within: its name as written, content, declared type and Content-ID, each possibly empty."""

    name: str = ""
    content: bytes = b""
    type: str = ""
    cid: str = ""


@dataclass(slots=True)
class Opened:
    """What a winmail.dat held."""

    files: list[File] = field(default_factory=list)
    text: str = ""
    html: str = ""


def is_tnef(raw: bytes) -> bool:
    """Whether the content begins as a TNEF stream."""
    return raw.startswith(_SIGNATURE)


def read(raw: bytes) -> Opened:
    """Files and texts of a TNEF stream; a stream that breaks off gives what came before. Never raises."""
    opened = Opened()
    code_page = "cp1252"
    at = 6
    while at + 9 <= len(raw) and len(opened.files) < 200:
        attribute = int.from_bytes(raw[at + 1 : at + 3], "little")
        length = int.from_bytes(raw[at + 5 : at + 9], "little")
        data = raw[at + 9 : at + 9 + length]
        at += 9 + length + 2
        if attribute == _CODE_PAGE and len(data) >= 4:
            code_page = f"cp{int.from_bytes(data[:4], 'little')}"
        elif attribute == _RENDER:
            opened.files.append(File())
        elif attribute == _TITLE and opened.files:
            opened.files[-1].name = opened.files[-1].name or charsets.decode(data.rstrip(b"\0"), code_page)
        elif attribute == _DATA and opened.files:
            opened.files[-1].content = data
        elif attribute == _ATTACHMENT and opened.files:
            _file_properties(opened.files[-1], _properties(data), code_page)
        elif attribute == _BODY:
            opened.text = charsets.decode(data.rstrip(b"\0"), code_page)
        elif attribute == _PROPERTIES:
            found = _properties(data)
            opened.text = opened.text or _string(found.get(0x1000), code_page)
            opened.html = opened.html or _string(found.get(0x1013), code_page)
            if not opened.text.strip() and not opened.html and 0x1009 in found:
                opened.text = rtf.to_text(rtf.unpacked(found[0x1009][1]))
    opened.files = [file for file in opened.files if file.content or file.name]
    return opened


def _file_properties(file: File, found: dict[int, tuple[int, bytes]], code_page: str) -> None:
    file.name = _string(found.get(0x3707), code_page) or file.name or _string(found.get(0x3704), code_page)
    file.type = _string(found.get(0x370E), code_page).lower()
    file.cid = _string(found.get(0x3712), code_page).strip("<>")
    if not file.content and 0x3701 in found:
        kind, data = found[0x3701]
        file.content = data[16:] if kind == 0xD else data


def _string(value: tuple[int, bytes] | None, code_page: str) -> str:
    if value is None:
        return ""
    kind, data = value
    if kind == 0x1F:
        return data.decode("utf-16-le", "replace").rstrip("\0")
    return charsets.decode(data.rstrip(b"\0"), code_page)


def _properties(data: bytes) -> dict[int, tuple[int, bytes]]:
    """MAPI properties by their number: (type, first value). Stops where the stream makes no sense."""
    found: dict[int, tuple[int, bytes]] = {}
    try:
        count = struct.unpack_from("<I", data)[0]
        at = 4
        for _ in range(min(count, _MOST_PROPERTIES)):
            kind, number = struct.unpack_from("<HH", data, at)
            at += 4
            if number >= 0x8000:
                named = struct.unpack_from("<I", data, at + 16)[0]
                at += 20
                length = struct.unpack_from("<I", data, at)[0]
                at += 4 + (_padded(length) if named else 0)
            several, kind = bool(kind & 0x1000), kind & 0xFFF
            value, at = _value(data, at, kind, several)
            found.setdefault(number, (kind, value))
    except (struct.error, KeyError):
        pass
    return found


def _value(data: bytes, at: int, kind: int, several: bool) -> tuple[bytes, int]:
    fixed = _FIXED.get(kind)
    if fixed is not None and not several:
        return data[at : at + fixed], at + fixed
    count = struct.unpack_from("<I", data, at)[0]
    at += 4
    if fixed is not None:
        return data[at : at + fixed], at + fixed * count
    if kind not in {0x1E, 0x1F, 0xD, 0x102}:
        raise KeyError(kind)
    first = b""
    for index in range(min(count, _MOST_PROPERTIES)):
        length = struct.unpack_from("<I", data, at)[0]
        if index == 0:
            first = data[at + 4 : at + 4 + length]
        at += 4 + _padded(length)
    return first, at


def _padded(length: int) -> int:
    return length + -length % 4
