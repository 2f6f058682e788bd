"""TIFF 6.0 and BigTIFF: the chain of image file directories."""

import struct
from dataclasses import dataclass, field
from typing import Final

from tawasul.attachments.formats import CutOff, Damaged, OtherFormat, Structure

MOST_PAGES: Final = 2_000
_SIZES: Final = {
    1: 1,
    2: 1,
    3: 2,
    4: 4,
    5: 8,
    6: 1,
    7: 1,
    8: 2,
    9: 4,
    10: 8,
    11: 4,
    12: 8,
    13: 4,
    16: 8,
    17: 8,
    18: 8,
}
_NUMBERS: Final = {1: "B", 3: "H", 4: "I", 6: "b", 8: "h", 9: "i", 13: "I", 16: "Q", 17: "q", 18: "Q"}
_COMMON: Final = frozenset(
    {1, 2, 3, 4, 5, 7, 8, 32773, 32946, 34925, 50000, 50001}
)  # compressions libtiff has
_MOST_VALUES: Final = 2_000_000
_MOST_TAGS: Final = 4_096

_WIDTH, _HEIGHT, _COMPRESSION, _PHOTOMETRIC = 256, 257, 259, 262
_STRIP_AT, _STRIP_BYTES, _TILE_AT, _TILE_BYTES = 273, 279, 324, 325
_SUBFILE, _SUB, _OLD_JPEG_AT, _EP, _DNG = 254, 330, 513, 37398, 50706
# Camera raw files are TIFF by their first bytes only: sensor data (CFA, linear raw), a maker's compression, the mark
# of TIFF/EP, or a first page that is the small picture of what a sub-directory holds.
_RAW_PHOTOMETRIC: Final = {32803, 34892}
_RAW_COMPRESSION: Final = {32767, 34713, 65535, 7_000_000}


@dataclass(slots=True)
class _Page:
    width: int = 0
    height: int = 0
    sound: bool = False
    values: dict[int, tuple[int, ...]] = field(default_factory=dict)


class _Reader:
    def __init__(self, data: bytes) -> None:
        self.data = data
        self.order = "<" if data[:2] == b"II" else ">"
        self.big = data[2:4] in {b"+\0", b"\0+"}

    def number(self, form: str, at: int) -> int:
        try:
            return int(struct.unpack_from(self.order + form, self.data, at)[0])
        except (struct.error, OverflowError):
            raise Damaged("TIFF ends early") from None

    def page(self, at: int) -> tuple[_Page, int]:
        """The directory at ``at`` and where the next begins; 0 where there is none. Raises Damaged."""
        count = self.number("Q" if self.big else "H", at)
        at += 8 if self.big else 2
        step = 20 if self.big else 12
        if not 0 < count <= _MOST_TAGS or at + count * step > len(self.data):
            raise Damaged("impossible TIFF directory")
        page = _Page()
        for entry in range(at, at + count * step, step):
            tag, kind = struct.unpack_from(self.order + "HH", self.data, entry)
            values = self._values(entry, kind) if tag in _WANTED else (1,) if tag in {_DNG, _EP} else None
            if values:
                page.values.setdefault(tag, values)
        page.width = page.values.get(_WIDTH, (0,))[0]
        page.height = page.values.get(_HEIGHT, (0,))[0]
        page.sound = page.width > 0 and page.height > 0 and self._data_is_there(page)
        try:
            return page, self.number("Q" if self.big else "I", at + count * step)
        except Damaged:
            return page, 0

    def _values(self, entry: int, kind: int) -> tuple[int, ...] | None:
        form = _NUMBERS.get(kind)
        count = self.number("Q" if self.big else "I", entry + 4)
        if form is None or not 0 < count <= _MOST_VALUES:
            return None
        room, inline = (8, entry + 12) if self.big else (4, entry + 8)
        at = inline if count * _SIZES[kind] <= room else self.number("Q" if self.big else "I", inline)
        try:
            return struct.unpack_from(f"{self.order}{count}{form}", self.data, at)
        except (struct.error, OverflowError):
            return None

    def _data_is_there(self, page: _Page) -> bool:
        size = len(self.data)
        places = page.values.get(_TILE_AT) or page.values.get(_STRIP_AT)
        if not places:
            return 0 < page.values.get(_OLD_JPEG_AT, (0,))[0] < size
        lengths = page.values.get(_TILE_BYTES) or page.values.get(_STRIP_BYTES)
        if not lengths:  # old writers leave the counts out when there is one strip
            return all(0 < place < size for place in places)
        if len(lengths) < len(places):
            return False
        return all(
            place >= 0 and place + length <= size for place, length in zip(places, lengths, strict=False)
        )


_WANTED: Final = frozenset(
    {
        _SUBFILE,
        _WIDTH,
        _HEIGHT,
        _COMPRESSION,
        _PHOTOMETRIC,
        _STRIP_AT,
        _STRIP_BYTES,
        _TILE_AT,
        _TILE_BYTES,
        _SUB,
        _OLD_JPEG_AT,
    }
)


def read(data: bytes) -> Structure:
    """Size of the first page, number of pages, most pixels of any page. Raises Damaged where the first directory
    cannot be read, CutOff where a later one would stand beyond the end, OtherFormat for camera raw files.
    A later directory that is there and broken ends the count."""
    reader = _Reader(data)
    if data[8:10] == b"CR" and not reader.big:
        raise OtherFormat("CR2")
    at = reader.number("Q" if reader.big else "I", 8 if reader.big else 4)
    first, following = reader.page(at)
    _refuse_raw(reader, first)
    seen, pages, largest = {at}, 1, first.width * first.height
    while following and following not in seen and pages <= MOST_PAGES:
        seen.add(following)
        if following >= len(data):
            raise CutOff("TIFF ends early")
        try:
            page, following = reader.page(following)
        except Damaged:
            break
        pages += 1
        if page.sound:  # a pointer into nowhere finds any number
            largest = max(largest, page.width * page.height)
    exotic = first.values.get(_COMPRESSION, (1,))[0] not in _COMMON
    return Structure(
        first.width, first.height, pages=pages, largest=largest, sound=first.sound, exotic=exotic
    )


def _refuse_raw(reader: _Reader, first: _Page) -> None:
    if _DNG in first.values:
        raise OtherFormat("DNG")
    if _EP in first.values or (_SUB in first.values and first.values.get(_SUBFILE, (0,))[0] & 1):
        raise OtherFormat("RAW")
    pages = [first]
    for at in first.values.get(_SUB, ())[:16]:
        try:
            pages.append(reader.page(at)[0])
        except Damaged:
            continue
    for page in pages:
        if (
            page.values.get(_PHOTOMETRIC, (0,))[0] in _RAW_PHOTOMETRIC
            or page.values.get(_COMPRESSION, (0,))[0] in _RAW_COMPRESSION
        ):
            raise OtherFormat("RAW")
