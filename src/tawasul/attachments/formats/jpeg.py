"""JPEG (ITU-T T.81): the markers from SOI through SOF and SOS to EOI."""

import re
import struct
from typing import Final

from tawasul.attachments.formats import Damaged, OtherFormat, Structure

_FRAMES: Final = frozenset({0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF})
_COMMON: Final = frozenset({0xC0, 0xC1, 0xC2})  # what every decoder knows, at 8 bits
_ALONE: Final = frozenset({0x01, *range(0xD0, 0xD8)})
# In entropy-coded data FF is followed by 00 (stuffing) or a restart; anything else is the next marker.
# Each run of FF is tried once, from its start: ten megabytes of FF would take hours otherwise.
_MARKER: Final = re.compile(rb"(?<!\xff)\xff++[^\x00\xd0-\xd7]")
_FILL: Final = re.compile(rb"\xff++")
_MOST_SEGMENTS: Final = 100_000


def read(data: bytes) -> Structure:
    """Width, height and where the picture ends. Raises Damaged without a frame header, OtherFormat for JPEG-LS."""
    at, size, frame, scanned, end, exotic = 2, len(data), (0, 0), False, 0, False
    for _ in range(_MOST_SEGMENTS):
        found = _next_marker(data, at)
        if found is None:
            break
        marker, at = found
        if marker == 0xD9:
            end = at
            break
        if marker in _ALONE or marker == 0xD8:
            continue
        if at + 2 > size:
            break
        length = struct.unpack_from(">H", data, at)[0]
        if length < 2 or at + length > size:
            break
        if marker in {0xF7, 0xF8} and length >= 8 and frame == (0, 0):
            raise OtherFormat("JPEG-LS")
        if marker in _FRAMES and length >= 8 and frame == (0, 0):
            height, width = struct.unpack_from(">HH", data, at + 3)
            frame = (width, height)
            exotic = marker not in _COMMON or data[at + 2] != 8
        elif marker == 0xDC and length == 4:  # DNL: the height follows the first scan
            frame = (frame[0], frame[1] or struct.unpack_from(">H", data, at + 2)[0])
        at += length
        if marker == 0xDA:
            scanned = True
            match = _MARKER.search(data, at)
            if match is None:
                break
            at = match.start()
    if not frame[0]:
        raise Damaged("no JPEG frame")
    width, height = frame
    return Structure(
        width, height, largest=width * height, end=end, sound=bool(scanned and end and height), exotic=exotic
    )


def _next_marker(data: bytes, at: int) -> tuple[int, int] | None:
    """The marker at or after ``at`` and where its segment begins; stray bytes between segments are passed over,
    as every decoder does."""
    while (at := data.find(b"\xff", at)) >= 0:
        fill = _FILL.match(data, at)
        assert fill is not None
        at = fill.end()
        if at < len(data) and data[at]:
            return data[at], at + 1
    return None
