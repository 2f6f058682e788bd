"""The readers of structure answer, or say that the file is damaged; they never fail in another way."""

import random
import struct
from collections.abc import Callable

import pytest

from tawasul.attachments.formats import Damaged, OtherFormat, Structure, gif, jpeg, png, tiff, trailing
from tests.attachments import making

READERS: dict[str, Callable[[bytes], Structure]] = {
    "png": png.read,
    "jpg": jpeg.read,
    "gif": gif.read,
    "tiff": tiff.read,
}


def garbled(whole: bytes, chance: random.Random) -> bytes:
    """The file with a few bytes changed, cut out, doubled, or its end missing."""
    spoiled = bytearray(whole)
    for _ in range(chance.randint(1, 6)):
        at, length = chance.randrange(len(spoiled)), chance.randint(1, 24)
        match chance.randrange(4):
            case 0:
                spoiled[at : at + length] = bytes([chance.choice([0, 1, 0x7F, 0xFF])]) * length
            case 1:
                spoiled[at] = chance.randrange(256)
            case 2:
                spoiled[at:at] = spoiled[at : at + length]
            case 3:
                del spoiled[max(1, at) : at + length]
    return bytes(spoiled)


@pytest.mark.parametrize("kind", ["png", "jpg", "gif", "tiff", "bigtiff"])
def test_a_garbled_file_is_read_or_called_damaged(kind: str) -> None:
    chance = random.Random(kind)
    whole = making.tiff_of(2, big_tiff=True) if kind == "bigtiff" else making.real(kind)
    read = READERS[kind.removeprefix("big")]
    outcomes = set()
    for _ in range(1500):
        spoiled = garbled(whole, chance)
        try:
            structure = read(spoiled)
        except (Damaged, OtherFormat):
            outcomes.add("damaged")
        else:
            outcomes.add("read")
            assert structure.pages >= 1
            assert 0 <= structure.end <= len(spoiled)
        trailing.is_zip(spoiled)
    assert outcomes == {"damaged", "read"}


@pytest.mark.parametrize("kind", list(READERS))
def test_a_whole_file_is_sound_and_ends_where_it_ends(kind: str) -> None:
    whole = making.real(kind)
    structure = READERS[kind](whole)
    assert structure.sound
    assert (structure.width, structure.height, structure.largest) == (120, 80, 9600)
    assert structure.end == (0 if kind == "tiff" else len(whole))


@pytest.mark.parametrize("kind", ["png", "jpg", "gif", "tiff"])
def test_every_shorter_file_is_not_sound(kind: str) -> None:
    whole = making.real(kind)
    for length in range(1, len(whole) - 8):
        try:
            assert not READERS[kind](whole[:length]).sound, length
        except Damaged:
            continue


@pytest.mark.parametrize(("mode", "size"), [("1", (1, 1)), ("L", (7, 9)), ("P", (31, 3)), ("RGBA", (5, 13))])
def test_the_size_of_a_png_is_counted_to_the_byte(mode: str, size: tuple[int, int]) -> None:
    assert png.read(making.picture("png", making.Image.new(mode, size)), inflate=True).sound
    assert not png.read(making.png_claiming(64, 64, raw=b"\0" * (64 * 193 - 1)), inflate=True).sound
    assert png.read(making.png_claiming(64, 64, raw=b"\0" * (64 * 193)), inflate=True).sound


@pytest.mark.parametrize("width", [1, 2, 3, 4, 5, 8, 9, 33])
@pytest.mark.parametrize("height", [1, 2, 5, 8, 17])
def test_the_seven_passes_of_an_interlaced_png_hold_every_dot_once(width: int, height: int) -> None:
    order = ["16462646", "77777777", "56565656", "77777777", "36463646", "77777777", "56565656", "77777777"]
    rows: set[tuple[str, int]] = set()
    for y in range(height):
        rows |= {(order[y % 8][x % 8], y) for x in range(width)}
    eight_bits = width * height + len(rows)  # a byte for each dot, and a filter byte for each row of a pass
    raw = making.png_claiming(width, height, raw=b"\0" * eight_bits)
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 1)
    interlaced = raw[:8] + making.chunk(b"IHDR", header) + raw[33:]
    assert png.read(interlaced, inflate=True).sound
    short = making.png_claiming(width, height, raw=b"\0" * (eight_bits - 1))
    assert not png.read(short[:8] + making.chunk(b"IHDR", header) + short[33:], inflate=True).sound
