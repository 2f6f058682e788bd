"""Content-Transfer-Encodings, read as forgivingly as mail programs do (RFC 2045 §6, uuencode, BinHex)."""

import binascii
import re
from typing import Final

_NOT_BASE64: Final = re.compile(rb"[^A-Za-z0-9+/=]+")
_UU_BEGIN: Final = re.compile(rb"^begin(?:-base64)? [0-7]{3,4} ?([^\r\n]{0,255})\r?$", re.MULTILINE)
_UU_LINE: Final = re.compile(rb"[ -`]{1,90}[ \t]*\Z")
_SOFT_BREAK: Final = re.compile(rb"=[ \t]*(?:\r?\n|\r|\Z)")
_TRAILING: Final = re.compile(rb"[ \t]+(?=\r?\n)")


def decode(raw: bytes, encoding: str) -> bytes:
    """The bytes under a transfer encoding's name; unknown names and 7bit, 8bit, binary leave them as they are."""
    name = encoding.strip().strip("\"'").lower()
    if "base64" in name or name in {"b64", "base-64"}:
        return base64(raw)
    if "quoted" in name or name in {"qp", "q"}:
        return quoted_printable(raw)
    if name in {"x-uuencode", "uuencode", "x-uue", "uue"}:
        found = uu_files(raw)
        return found[0][1] if found else raw
    if name in {"x-binhex40", "mac-binhex40", "x-mac-binhex40", "binhex"}:
        return binhex(raw) or raw
    return raw


def base64(raw: bytes) -> bytes:
    """Base64 with anything in between; several padded runs after each other are each decoded."""
    body = _NOT_BASE64.sub(b"", raw)
    inner = body.rstrip(b"=")
    if b"=" not in inner:
        return _base64_run(inner)
    return b"".join(_base64_run(run) for run in re.split(rb"=+", inner) if run)


def _base64_run(run: bytes) -> bytes:
    if len(run) % 4 == 1:
        run = run[:-1]
    try:
        return binascii.a2b_base64(run + b"=" * (-len(run) % 4))
    except binascii.Error:
        return b""


def quoted_printable(raw: bytes) -> bytes:
    """Quoted-printable; what is no valid escape stays as written."""
    trailing = b" \n" in raw or b" \r\n" in raw or b"\t" in raw
    return binascii.a2b_qp(_SOFT_BREAK.sub(b"", _TRAILING.sub(b"", raw) if trailing else raw))


def uu_files(raw: bytes) -> list[tuple[bytes, bytes, int, int]]:
    """Files that are uuencoded within a text: (name, content, start, end), where the text is cut out at start:end.

    A ``begin`` line counts only when lines of the right shape follow. A missing ``end`` is forgiven.
    """
    if b"begin" not in raw:
        return []
    found: list[tuple[bytes, bytes, int, int]] = []
    last = 0
    for begin in _UU_BEGIN.finditer(raw):
        if begin.start() < last or len(found) > 50:
            continue
        content, end = _uu_body(raw, begin.end(), in_base64=begin[0].startswith(b"begin-base64"))
        if content is not None:
            found.append((begin[1].strip(), content, begin.start(), end))
            last = end
    return found


def _uu_body(raw: bytes, at: int, *, in_base64: bool) -> tuple[bytes | None, int]:
    out: list[bytes] = []
    good = 0
    at = raw.find(b"\n", at) + 1 or len(raw)
    while at < len(raw):
        end = raw.find(b"\n", at)
        end = len(raw) if end < 0 else end
        line = raw[at:end].rstrip(b"\r")
        if line.strip() in {b"end", b"====", b"`"} or (in_base64 and line.strip() == b"===="):
            finished = line.strip() != b"`"
            at = min(end + 1, len(raw))
            if finished:
                return b"".join(out), at
            continue
        if in_base64:
            out.append(base64(line))
        elif not line.strip():
            if good and raw[end + 1 : end + 4] != b"end":
                break
        elif not _UU_LINE.match(line) or not _uu_length_fits(line):
            break
        else:
            out.append(_uu_line(line))
        good += 1
        at = end + 1
    return (b"".join(out) if good else None), min(at, len(raw))


def _uu_length_fits(line: bytes) -> bool:
    """The first character of a line says how many bytes it has; mailers may have cut blanks from its end."""
    need = (((line[0] - 32) & 63) + 2) // 3 * 4
    return len(line.rstrip()) - 1 <= need + 4 and len(line) - 1 >= need * 0.6


def _uu_line(line: bytes) -> bytes:
    length = (line[0] - 32) & 63
    need = (length + 2) // 3 * 4
    try:
        return binascii.a2b_uu(line[: need + 1].ljust(need + 1))
    except binascii.Error:
        return b""


_BINHEX: Final = {
    byte: value
    for value, byte in enumerate(b"!\"#$%&'()*+,-012345689@ABCDEFGHIJKLMNPQRSTUVXYZ[`abcdefhijklmpqr")
}


def binhex(raw: bytes) -> bytes:
    """The data fork of a BinHex 4.0 text (RFC 1741); empty where it is none."""
    start = raw.find(b":", max(0, raw.find(b"BinHex 4.0")))
    stop = raw.find(b":", start + 1)
    if start < 0 or stop < 0:
        return b""
    bits = length = 0
    packed = bytearray()
    for byte in raw[start + 1 : stop]:
        value = _BINHEX.get(byte)
        if value is None:
            continue
        bits, length = (bits << 6 | value) & 0xFFFF, length + 6
        if length >= 8:
            length -= 8
            packed.append(bits >> length & 0xFF)
    out = bytearray()
    at = 0
    while at < len(packed):
        byte = packed[at]
        if byte == 0x90 and at + 1 < len(packed):
            count = packed[at + 1]
            if count == 0:
                out.append(0x90)
            elif out:
                out += out[-1:] * (count - 1)
            at += 2
        else:
            out.append(byte)
            at += 1
    if not out:
        return b""
    head = out[0] + 1 + 1 + 4 + 4 + 2  # name with its length, version, type, creator, flags
    size = int.from_bytes(out[head : head + 4], "big")
    data = head + 4 + 4 + 2
    return bytes(out[data : data + size])
