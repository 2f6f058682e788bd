"""What is let in is what it says it is; what is refused says why."""

import io
import struct
from pathlib import Path

import pytest
from PIL import Image

from tawasul.attachments import gate
from tests.attachments import making

EXTENSIONS = {
    "png": [".png", ".PNG"],
    "jpg": [".jpg", ".jpeg", ".JPG", ".jpe"],
    "gif": [".gif"],
    "tiff": [".tif", ".tiff", ".TIFF"],
    "pdf": [".pdf", ".Pdf"],
}
CASES = [(kind, extension) for kind, endings in EXTENSIONS.items() for extension in endings]


@pytest.mark.parametrize(("kind", "extension"), CASES)
def test_a_real_file_of_each_kind_is_accepted_under_each_of_its_endings(kind: str, extension: str) -> None:
    verdict = gate.inspect(making.real(kind), f"صورة الهوية{extension}")
    assert (verdict.accepted, verdict.type, verdict.reason) == (True, kind, "")
    assert verdict.drawable


def test_a_path_a_stream_and_bytes_are_judged_alike(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(making.real("png"))
    with path.open("rb") as stream:
        stream.read(5)
        verdicts = [
            gate.inspect(path, "a.png"),
            gate.inspect(stream, "a.png"),
            gate.inspect(path.read_bytes(), "a.png"),
        ]
        assert stream.tell() == 0
    assert verdicts[0] == verdicts[1] == verdicts[2]
    assert (verdicts[0].width, verdicts[0].height) == (120, 80)


@pytest.mark.parametrize("kind", list(EXTENSIONS))
@pytest.mark.parametrize("named", list(EXTENSIONS))
def test_content_and_ending_must_agree(kind: str, named: str) -> None:
    verdict = gate.inspect(making.real(kind), f"a.{named}")
    assert verdict.accepted is (kind == named)
    assert verdict.reason == ("" if kind == named else "mismatch")


@pytest.mark.parametrize(
    "name", ["a.docx", "a.svg", "a.exe", "a.png.exe", "a", "a.", "a.zip", "a.webp", "photo\u202egpj.exe"]
)
def test_an_ending_that_is_not_allowed_is_refused_whatever_the_content(name: str) -> None:
    verdict = gate.inspect(making.real("png"), name)
    assert not verdict.accepted
    assert verdict.reason.startswith("kind_")


def test_a_bidi_override_cannot_turn_a_program_into_a_picture() -> None:
    verdict = gate.inspect(making.real("jpg"), "photo\u202egpj.exe")
    assert (verdict.accepted, verdict.name) == (False, "photogpj.exe")


@pytest.mark.parametrize(
    ("content", "label"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "SVG"),
        (b"<?xml version='1.0'?><svg/>", "SVG"),
        (b"<!DOCTYPE html><p>hello", "HTML"),
        (making.zip_of("word/document.xml"), "DOCX"),
        (making.zip_of(), "ZIP"),
        (b"MZ\x90\0" + b"\0" * 200, "EXE"),
        (b"RIFF\x1a\0\0\0WEBPVP8L", "WEBP"),
        (b"\0\0\0\x18ftypheic" + b"\0" * 30, "HEIC"),
        (b"\xff\xd8\xff\xf7\x00\x0b\x08\x00\x10\x00\x10\x01\x01\x11\x00", "JPEG-LS"),
    ],
)
@pytest.mark.parametrize("extension", ["png", "jpg", "gif", "tif", "pdf"])
def test_another_kind_under_an_allowed_name_is_refused_and_named(
    content: bytes, label: str, extension: str
) -> None:
    verdict = gate.inspect(content, f"a.{extension}")
    assert not verdict.accepted
    assert verdict.reason.startswith("content_")
    assert verdict.params["label"] == label


def test_a_jpeg_ls_behind_a_jfif_header_is_not_a_jpeg() -> None:
    disguised = (
        b"\xff\xd8\xff\xe0\0\x10JFIF\0\1\1\0\0\1\0\1\0\0\xff\xf7\0\x0b\x08\0\x10\0\x10\1\1\x11\0\xff\xd9"
    )
    verdict = gate.inspect(disguised, "a.jpg")
    assert (verdict.accepted, verdict.params["label"]) == (False, "JPEG-LS")


def test_a_camera_raw_file_is_not_a_tiff() -> None:
    entries = [(256, 4, 1, 16), (257, 4, 1, 16), (262, 3, 1, 32803), (273, 4, 1, 8), (279, 4, 1, 1)]
    raw = b"II*\0\x08\0\0\0" + struct.pack("<H", len(entries))
    raw += b"".join(struct.pack("<HHII", *entry) for entry in entries) + b"\0" * 40
    verdict = gate.inspect(raw, "a.tif")
    assert (verdict.accepted, verdict.reason) == (False, "content_picture")


def test_an_empty_file_is_refused() -> None:
    assert gate.inspect(b"", "a.pdf").reason == "empty"


@pytest.mark.parametrize("kind", list(EXTENSIONS))
def test_a_file_that_is_too_large_is_refused_without_being_read(kind: str) -> None:
    verdict = gate.inspect(making.real(kind), f"a.{kind}", gate.Limits(max_bytes=20))
    assert verdict.reason == "too_large"


@pytest.mark.parametrize("kind", ["png", "jpg", "gif", "tiff"])
@pytest.mark.parametrize("share", [0.5, 0.9])
def test_a_picture_that_was_cut_off_is_refused(kind: str, share: float) -> None:
    noise = making.Image.effect_noise((300, 200), 90).convert("L" if kind == "gif" else "RGB")
    whole = making.picture(kind, noise)
    assert gate.inspect(whole, f"a.{kind}").accepted
    assert gate.inspect(whole[: int(len(whole) * share)], f"a.{kind}").reason == "damaged"


def test_a_tiff_whose_later_pages_are_missing_is_refused() -> None:
    pages = [Image.effect_noise((200, 200), 90) for _ in range(3)]
    out = io.BytesIO()
    pages[0].save(out, "TIFF", save_all=True, append_images=pages[1:])
    whole = out.getvalue()
    assert gate.inspect(whole, "a.tiff").pages == 3
    assert gate.inspect(whole[: len(whole) // 2], "a.tiff").reason == "damaged"


def test_a_pdf_of_which_only_the_beginning_came_is_refused() -> None:
    whole = making.pdf(3)
    assert gate.inspect(whole[: len(whole) // 3], "a.pdf").reason == "damaged"


@pytest.mark.parametrize(
    ("kind", "magic"),
    [
        ("png", b"\x89PNG\r\n\x1a\n"),
        ("jpg", b"\xff\xd8\xff\xe0"),
        ("gif", b"GIF89a"),
        ("tiff", b"II*\0"),
        ("pdf", b"%PDF-1.7\n"),
    ],
)
@pytest.mark.parametrize("rest", [b"", b"\0" * 500, b"\xff" * 500, b"not what it says " * 40])
def test_magic_bytes_alone_make_no_file(kind: str, magic: bytes, rest: bytes) -> None:
    assert not gate.inspect(magic + rest, f"a.{kind}").accepted


@pytest.mark.parametrize("kind", ["png", "jpg", "gif"])
@pytest.mark.parametrize(
    "tail",
    [
        making.zip_of(),
        b"\n\n" + making.zip_of(),
        b"<script>alert(1)</script>",
        b"\n<html><body>hello",
        b"<?php system($_GET[0]); ?>",
        making.pdf(),
        b"Rar!\x1a\x07\x01\0" + b"\0" * 50,
        b"junk before <?php echo 1;",
    ],
)
def test_a_picture_with_something_else_behind_it_is_refused(kind: str, tail: bytes) -> None:
    assert gate.inspect(making.real(kind) + tail, f"a.{kind}").reason == "polyglot"


@pytest.mark.parametrize("kind", list(EXTENSIONS))
def test_a_zip_archive_in_any_allowed_file_is_refused(kind: str) -> None:
    assert gate.inspect(making.real(kind) + making.zip_of(), f"a.{kind}").reason == "polyglot"


def test_a_gif_that_is_a_script_too_is_refused() -> None:
    script = b"GIF89a/*" + making.real("gif")[8:] + b"*/=1;alert(1)//"
    assert not gate.inspect(script, "a.gif").accepted
    assert not gate.inspect(b"GIF89a/*<script>*/=alert(1)//", "a.gif").accepted


@pytest.mark.parametrize(
    "lead", [b"<html><body>", b"<script>alert(1)</script>", b"MZ\x90\0", b"GIF89a", b"PK\3\4", b"#!/bin/sh\n"]
)
def test_a_pdf_behind_something_else_is_refused(lead: bytes) -> None:
    assert not gate.inspect(lead + making.pdf(), "a.pdf").accepted


@pytest.mark.parametrize("kind", ["png", "jpg", "gif"])
@pytest.mark.parametrize(
    "tail", [b"\0" * 4096, b"\r\n", b"\xff\xd8\xff\xe1 the second picture of a phone", b"SEFHe\0\0\0SEFT"]
)
def test_padding_and_what_cameras_append_are_no_harm(kind: str, tail: bytes) -> None:
    assert gate.inspect(making.real(kind) + tail, f"a.{kind}").accepted


@pytest.mark.parametrize(
    "lead", [b"\r\n\r\n", b"\xef\xbb\xbf", b"\x1b%-12345X@PJL\r\n", b"Content-Type: application/pdf\r\n\r\n"]
)
def test_a_pdf_that_begins_late_is_accepted(lead: bytes) -> None:
    assert gate.inspect(lead + making.pdf(), "a.pdf").accepted


def test_a_pdf_with_a_broken_table_of_places_is_mended() -> None:
    broken = making.pdf(2).replace(b"startxref\n", b"startxref\n9")
    verdict = gate.inspect(broken, "a.pdf")
    assert (verdict.accepted, verdict.pages) == (True, 2)


def test_scripts_and_links_in_a_pdf_are_octets_to_us() -> None:
    action = b"/OpenAction<</S/JavaScript/JS(app.alert\\(1\\))>>"
    assert gate.inspect(making.pdf(more=action), "a.pdf").accepted


def test_an_encrypted_pdf_is_kept_without_a_preview() -> None:
    import io

    import pikepdf

    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(making.pdf())) as document:
        document.save(out, encryption=pikepdf.Encryption(owner="owner", user="secret"))
    verdict = gate.inspect(out.getvalue(), "a.pdf")
    assert (verdict.accepted, verdict.drawable) == (True, False)


def test_a_wrong_checksum_on_what_does_not_matter_keeps_a_png() -> None:
    whole = making.real("png")
    odd = making.chunk(b"tEXt", b"Comment\0hello")
    odd = odd[:-4] + b"\0\0\0\0"
    at = whole.index(b"IDAT") - 4
    verdict = gate.inspect(whole[:at] + odd + whole[at:], "a.png")
    assert verdict.accepted


def test_a_wrong_checksum_on_the_picture_itself_refuses_a_png() -> None:
    whole = bytearray(making.real("png"))
    at = bytes(whole).index(b"IDAT")
    whole[at + 8] ^= 0xFF
    assert gate.inspect(bytes(whole), "a.png").reason == "damaged"


def test_a_gif_without_a_trailer_is_accepted() -> None:
    assert gate.inspect(making.real("gif")[:-1], "a.gif").accepted


def test_a_twelve_bit_jpeg_that_is_whole_is_kept_without_a_preview() -> None:
    whole = bytearray(making.real("jpg"))
    frame = bytes(whole).index(b"\xff\xc0")
    whole[frame + 1], whole[frame + 4] = 0xC1, 12
    verdict = gate.inspect(bytes(whole), "a.jpg")
    assert (verdict.accepted, verdict.drawable, verdict.width) == (True, False, 120)
    assert not gate.inspect(bytes(whole[:-2]), "a.jpg").accepted


def test_a_tiff_of_floating_point_colours_is_kept_without_a_preview() -> None:
    width = height = 4
    data = struct.pack("<f", 0.5) * width * height * 3
    entries = [
        (256, 4, 1, width), (257, 4, 1, height), (258, 3, 3, 122), (259, 3, 1, 1), (262, 3, 1, 2),
        (273, 4, 1, 128), (277, 3, 1, 3), (279, 4, 1, len(data)), (339, 3, 3, 140),
    ]  # fmt: skip
    head = b"II*\0\x08\0\0\0" + struct.pack("<H", len(entries))
    head += b"".join(struct.pack("<HHII", *entry) for entry in entries) + b"\0" * 4
    shift = len(head)
    fixed = {122: shift, 140: shift + 6, 128: shift + 12}
    head = b"II*\0\x08\0\0\0" + struct.pack("<H", len(entries))
    head += b"".join(struct.pack("<HHII", t, k, n, fixed.get(v, v)) for t, k, n, v in entries) + b"\0" * 4
    whole = head + struct.pack("<HHH", 32, 32, 32) + struct.pack("<HHH", 3, 3, 3) + data
    verdict = gate.inspect(whole, "a.tif")
    assert (verdict.accepted, verdict.drawable) == (True, False)
    assert not gate.inspect(whole[:-20], "a.tif").accepted


def test_all_pages_of_a_tiff_are_counted_and_a_chain_in_a_circle_ends() -> None:
    assert gate.inspect(making.tiff_of(7), "a.tif").pages == 7
    assert gate.inspect(making.tiff_of(2, big_tiff=True), "a.tif").pages == 2
    one = bytearray(making.picture("tiff"))
    at = struct.unpack_from("<I", one, 4)[0]
    count = struct.unpack_from("<H", one, at)[0]
    struct.pack_into("<I", one, at + 2 + 12 * count, at)
    assert gate.inspect(bytes(one), "a.tif").pages == 1


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_every_sort_of_png_is_accepted(mode: str) -> None:
    picture = making.Image.new(mode, (40, 30)) if mode == "I;16" else making.drawing(40, 30).convert(mode)
    assert gate.inspect(making.picture("png", picture), "a.png").accepted


def test_progressive_and_cmyk_jpegs_are_accepted() -> None:
    assert gate.inspect(making.picture("jpg", progressive=True), "a.jpg").accepted
    assert gate.inspect(making.picture("jpg", making.drawing(mode="CMYK")), "a.jpg").accepted


def test_animated_gif_and_png_are_accepted() -> None:
    frames = [making.Image.new("P", (20, 20), n) for n in range(5)]
    for kind in ("gif", "png"):
        content = making.picture(kind, frames[0], save_all=True, append_images=frames[1:])
        assert gate.inspect(content, f"a.{kind}").accepted
