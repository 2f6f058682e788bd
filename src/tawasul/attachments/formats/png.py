"""PNG (ISO/IEC 15948): the chunks, and a constant-memory inflation of the picture data."""

import struct
import zlib
from typing import Final

from tawasul.attachments.formats import Damaged, Structure

_DEPTHS: Final = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}
_CHANNELS: Final = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_PASSES: Final = (
    (0, 0, 8, 8),
    (4, 0, 8, 8),
    (0, 4, 4, 8),
    (2, 0, 4, 4),
    (0, 2, 2, 4),
    (1, 0, 2, 2),
    (0, 1, 1, 2),
)


def read(data: bytes, *, inflate: bool = False) -> Structure:
    """Walk the chunks; with ``inflate`` also inflate the picture data (1 MiB at a time) and count it.

    Raises Damaged without a usable header. ``sound`` needs right checksums on the critical chunks and,
    with ``inflate``, all the picture data; checksums of ancillary chunks do not matter.
    """
    at, size, header, end = 8, len(data), b"", 0
    parts: list[memoryview] = []
    view, sound = memoryview(data), True
    while at + 12 <= size:
        length, name = struct.unpack_from(">I4s", data, at)
        if length > size - at - 12 or not name.isalpha():
            break
        body = view[at + 8 : at + 8 + length]
        critical = not name[0] & 0x20
        if (
            critical
            and zlib.crc32(body, zlib.crc32(name)) != struct.unpack_from(">I", data, at + 8 + length)[0]
        ):
            sound = False
        at += 12 + length
        if name == b"IHDR" and not header:
            header = bytes(body)
        elif name == b"IDAT":
            parts.append(body)
        elif name == b"IEND":
            end = at
            break
    if len(header) != 13:
        raise Damaged("no PNG header")
    width, height, depth, colour, _compression, _filter, interlace = struct.unpack(">IIBBBBB", header)
    if not (0 < width < 2**31 and 0 < height < 2**31) or depth not in _DEPTHS.get(colour, ()):
        raise Damaged("impossible PNG header")
    sound = sound and bool(parts) and bool(end)
    if sound and inflate:
        sound = _inflates(parts, _raw_size(width, height, depth * _CHANNELS[colour], bool(interlace)))
    return Structure(width, height, largest=width * height, end=end, sound=sound)


def _raw_size(width: int, height: int, bits: int, interlaced: bool) -> int:
    """Bytes of the filtered scan lines, as section 7.2 counts them."""
    if not interlaced:
        return height * (1 + (width * bits + 7) // 8)
    total = 0
    for x, y, dx, dy in _PASSES:
        columns, rows = (width - x + dx - 1) // dx, (height - y + dy - 1) // dy
        if columns > 0 and rows > 0:
            total += rows * (1 + (columns * bits + 7) // 8)
    return total


def _inflates(parts: list[memoryview], wanted: int) -> bool:
    stream, got = zlib.decompressobj(), 0
    try:
        for part in parts:
            waiting: bytes | memoryview = part
            while waiting and got < wanted:
                got += len(stream.decompress(waiting, 2**20))
                waiting = stream.unconsumed_tail
            if got >= wanted:
                return True
    except zlib.error:
        return False
    return got >= wanted
