"""Files made to exhaust: refused at once, or ended by the kernel, while other files go on."""

import struct
import sys
import threading
import time
import zlib
from collections.abc import Iterator

import pytest

from tawasul.attachments import gate, pool
from tests.attachments import making


@pytest.mark.parametrize(
    "content",
    [
        making.png_claiming(50_000, 50_000),
        b"GIF89a" + struct.pack("<HH", 65_535, 65_535) + making.real("gif")[10:],
    ],
    ids=["png", "gif"],
)
def test_a_claim_of_billions_of_pixels_is_refused_in_no_time(content: bytes) -> None:
    gate.inspect(making.real("png"), "warm.png")
    began = time.perf_counter()
    verdict = gate.inspect(content, "a.png" if content.startswith(b"\x89") else "a.gif")
    assert verdict.reason == "too_many_pixels"
    assert time.perf_counter() - began < 1


def test_a_jpeg_that_claims_too_many_pixels_is_refused() -> None:
    whole = bytearray(making.real("jpg"))
    frame = bytes(whole).index(b"\xff\xc0")
    struct.pack_into(">HH", whole, frame + 5, 60_000, 60_000)
    assert gate.inspect(bytes(whole), "a.jpg").reason == "too_many_pixels"


def test_a_tiff_whose_second_page_claims_too_many_pixels_is_refused() -> None:
    whole = making.tiff_of(2)
    first = struct.unpack_from("<I", whole, 4)[0]
    second = struct.unpack_from("<I", whole, first + 2 + 12 * struct.unpack_from("<H", whole, first)[0])[0]
    spoiled = bytearray(whole)
    for entry in range(second + 2, second + 2 + 12 * struct.unpack_from("<H", whole, second)[0], 12):
        if struct.unpack_from("<H", whole, entry)[0] in {256, 257}:
            struct.pack_into("<HII", spoiled, entry + 2, 4, 1, 2**31)
    assert gate.inspect(bytes(spoiled), "a.tif").reason == "too_many_pixels"


def test_gigabytes_packed_into_a_small_picture_are_not_unpacked() -> None:
    packer = zlib.compressobj(9)
    raw = b"".join(packer.compress(b"\0" * 2**20) for _ in range(300)) + packer.flush()
    header = struct.pack(">IIBBBBB", 20, 20, 8, 2, 0, 0, 0)
    bomb = (
        b"\x89PNG\r\n\x1a\n"
        + making.chunk(b"IHDR", header)
        + making.chunk(b"IDAT", raw)
        + making.chunk(b"IEND", b"")
    )
    text = b"\x89PNG\r\n\x1a\n" + making.chunk(b"IHDR", header) + making.chunk(b"zTXt", b"a\0\0" + raw)
    began = time.perf_counter()
    gate.inspect(bomb, "a.png")
    assert not gate.inspect(text, "a.png").accepted
    assert time.perf_counter() - began < 3


def test_a_picture_just_inside_the_limit_does_not_exhaust_the_decoder() -> None:
    rows = b"\0" * (1 + 9_900 * 3)
    packer = zlib.compressobj(1)
    raw = b"".join(packer.compress(rows) for _ in range(9_900)) + packer.flush()
    header = struct.pack(">IIBBBBB", 9_900, 9_900, 8, 2, 0, 0, 0)
    large = (
        b"\x89PNG\r\n\x1a\n"
        + making.chunk(b"IHDR", header)
        + making.chunk(b"IDAT", raw)
        + making.chunk(b"IEND", b"")
    )
    assert gate.inspect(large, "a.png").accepted


@pytest.mark.parametrize("filler", [b"\xff", b"\xff\x00", b"\xff\xd0", b"\xff\xd8", b"\xff\xe0\0\2"])
def test_a_megabyte_of_almost_nothing_is_answered_in_no_time(filler: bytes) -> None:
    gate.inspect(making.real("png"), "warm.png")
    whole = making.real("jpg")
    bulk = filler * (2**20 // len(filler))
    began = time.perf_counter()
    for content in (whole[:2] + bulk, whole[:-2] + bulk):
        assert gate.inspect(content, "a.jpg").reason in {"damaged", ""}
    assert time.perf_counter() - began < 6


def test_a_picture_that_needs_more_memory_than_the_limit_is_kept_without_a_preview() -> None:
    side = 9_900
    packer = zlib.compressobj(1)
    row = b"\0" * (side * 4)
    raw = b"".join(packer.compress(row) for _ in range(side)) + packer.flush()
    entries = [
        (256, 4, 1, side), (257, 4, 1, side), (258, 3, 4, 8), (259, 3, 1, 8), (262, 3, 1, 2), (273, 4, 1, 16),
        (277, 3, 1, 4), (278, 4, 1, side), (279, 4, 1, len(raw)), (338, 3, 1, 2),
    ]  # fmt: skip
    whole = b"II*\0" + struct.pack("<I", 16 + len(raw)) + struct.pack("<HHHH", 8, 8, 8, 8) + raw
    whole += (
        struct.pack("<H", len(entries))
        + b"".join(struct.pack("<HHII", *entry) for entry in entries)
        + b"\0" * 4
    )
    verdict = gate.inspect(whole, "a.tif")
    assert (verdict.accepted, verdict.drawable) == (True, False)


@pytest.fixture
def decoder(monkeypatch: pytest.MonkeyPatch) -> Iterator[pool.Decoder]:
    """A decoder of the test's own, already warm, and two seconds for a file."""
    decoder = pool.Decoder()
    monkeypatch.setattr(pool, "decoder", lambda: decoder)
    monkeypatch.setattr(gate, "SECONDS", 2)
    assert gate.inspect(making.real("png"), "warm.png").accepted
    yield decoder
    decoder.stop()


def test_a_file_that_takes_for_ever_is_ended_and_holds_up_no_other(decoder: pool.Decoder) -> None:
    bomb, verdicts = making.scan_bomb(), []
    hanging = [
        threading.Thread(target=lambda: verdicts.append(gate.inspect(bomb, "bomb.jpg"))) for _ in range(2)
    ]
    for thread in hanging:
        thread.start()
    time.sleep(0.3)
    began = time.perf_counter()
    assert gate.inspect(making.real("pdf"), "a.pdf").accepted
    assert time.perf_counter() - began < 1
    assert not verdicts
    for thread in hanging:
        thread.join(10)
    assert [verdict.reason for verdict in verdicts] == ["too_heavy", "too_heavy"]


def test_when_every_place_is_taken_the_sender_is_asked_to_come_again(
    decoder: pool.Decoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pool, "WAIT", 0.1)
    bomb = making.scan_bomb()
    hanging = [threading.Thread(target=gate.inspect, args=(bomb, "bomb.jpg")) for _ in range(pool.AT_ONCE)]
    for thread in hanging:
        thread.start()
    time.sleep(0.3)
    assert gate.inspect(making.real("png"), "a.png").reason == "busy"
    for thread in hanging:
        thread.join(10)
    assert gate.inspect(making.real("png"), "a.png").accepted


def test_a_decoder_that_dies_is_replaced(decoder: pool.Decoder) -> None:
    assert decoder._process is not None
    decoder._process.kill()
    decoder._process.wait()
    assert gate.inspect(making.real("jpg"), "a.jpg").accepted


def test_without_a_decoder_nothing_is_taken_on_trust(monkeypatch: pytest.MonkeyPatch) -> None:
    broken = pool.Decoder()
    monkeypatch.setattr(pool, "decoder", lambda: broken)
    monkeypatch.setattr(sys, "executable", "/bin/false")
    for kind in ("png", "pdf"):
        assert gate.inspect(making.real(kind), f"a.{kind}").reason == "busy"
