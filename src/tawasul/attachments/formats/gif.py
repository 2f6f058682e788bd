"""GIF 87a and 89a: the blocks from the header to the trailer."""

import struct
from typing import Final

from tawasul.attachments.formats import Damaged, Structure

MOST_FRAMES: Final = 20_000


def read(data: bytes) -> Structure:
    """Canvas, frames and the trailer's place. A missing trailer is no damage: many writers leave it out.

    ``largest`` counts a frame that sticks out of the canvas with the canvas it would need.
    Raises Damaged without a complete frame.
    """
    if len(data) < 13:
        raise Damaged("no GIF header")
    width, height, flags = struct.unpack_from("<HHB", data, 6)
    at, frames, end, reach = 13 + _table(flags), 0, 0, (width, height)
    largest = width * height
    while at < len(data):
        block = data[at]
        if block == 0x3B:
            end = at + 1
            break
        if block == 0x21:
            after = _blocks(data, at + 2)
        elif block == 0x2C and at + 10 <= len(data):
            left, top, across, down, local = struct.unpack_from("<HHHHB", data, at + 1)
            reach = (max(reach[0], left + across), max(reach[1], top + down))
            largest = max(largest, reach[0] * reach[1])
            after = _blocks(data, at + 10 + _table(local) + 1)
            frames += after is not None
        elif block == 0:  # stray terminators between blocks are common
            after = at + 1
        else:
            break
        if after is None or frames > MOST_FRAMES:
            break
        at = after
    if not frames and largest <= 2**24:
        raise Damaged("no complete GIF frame")
    return Structure(reach[0], reach[1], pages=max(frames, 1), largest=largest, end=end, sound=bool(frames))


def _table(flags: int) -> int:
    return 3 * 2 ** ((flags & 7) + 1) if flags & 0x80 else 0


def _blocks(data: bytes, at: int) -> int | None:
    """Where the data sub-blocks that begin at ``at`` end; None where the file ends first."""
    size = len(data)
    while at < size:
        length = data[at]
        at += 1 + length
        if not length:
            return at
    return None
