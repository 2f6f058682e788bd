"""Files made by code: real ones of every kind, and the dishonest and broken ones that come with the same names."""

import io
import struct
import zlib
from typing import Any

from PIL import Image, ImageDraw
from PIL.TiffImagePlugin import ImageFileDirectory_v2

PILLOW = {"png": "PNG", "jpg": "JPEG", "gif": "GIF", "tiff": "TIFF"}


def drawing(width: int = 120, height: int = 80, mode: str = "RGB") -> Image.Image:
    """Green, with a red corner at the top left: any turn shows."""
    picture = Image.new("RGB", (width, height), "#1b8354")
    ImageDraw.Draw(picture).rectangle((0, 0, width // 3, height // 3), fill="#d92d20")
    return picture.convert(mode)


def picture(kind: str, picture: Image.Image | None = None, **options: Any) -> bytes:
    """The bytes of a picture of ``kind`` (png, jpg, gif, tiff)."""
    out = io.BytesIO()
    (picture or drawing()).save(out, PILLOW[kind], **options)
    return out.getvalue()


def exif_with(orientation: int) -> Image.Exif:
    exif = Image.Exif()
    exif[274] = orientation
    return exif


def turned(kind: str, orientation: int) -> bytes:
    """The drawing as a camera held so stores it: upright again once ``orientation`` (1 to 8) is applied."""
    undo = {
        2: [Image.Transpose.FLIP_LEFT_RIGHT],
        3: [Image.Transpose.ROTATE_180],
        4: [Image.Transpose.FLIP_TOP_BOTTOM],
        5: [Image.Transpose.TRANSPOSE],
        6: [Image.Transpose.ROTATE_90],
        7: [Image.Transpose.TRANSVERSE],
        8: [Image.Transpose.ROTATE_270],
    }
    stored = drawing()
    for move in undo.get(orientation, []):
        stored = stored.transpose(move)
    if kind == "tiff":
        tags = ImageFileDirectory_v2()
        tags[274] = orientation
        return picture("tiff", stored, tiffinfo=tags)
    return picture(kind, stored, exif=exif_with(orientation), **({"quality": 95} if kind == "jpg" else {}))


def tiff_of(pages: int, **options: Any) -> bytes:
    out = io.BytesIO()
    sheets = [Image.new("L", (60, 80), 40 * (n + 1) % 256) for n in range(pages)]
    sheets[0].save(out, "TIFF", save_all=True, append_images=sheets[1:], **options)
    return out.getvalue()


def pdf(pages: int = 1, *, text: str = "Tawasul", more: bytes = b"") -> bytes:
    """A small PDF with a correct cross-reference table; ``more`` is put into the catalogue."""
    kids = " ".join(f"{4 + 2 * n} 0 R" for n in range(pages))
    objects = [
        b"<</Type/Catalog/Pages 2 0 R" + more + b">>",
        f"<</Type/Pages/Count {pages}/Kids[{kids}]>>".encode(),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    for n in range(pages):
        content = f"BT /F 24 Tf 20 100 Td ({text} {n + 1}) Tj ET".encode()
        objects.append(
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 280]/Contents {5 + 2 * n} 0 R"
            "/Resources<</Font<</F 3 0 R>>>>>>".encode()
        )
        objects.append(b"<</Length %d>>stream\n%s\nendstream" % (len(content), content))
    out, places = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"), []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    for place in places:
        out += b"%010d 00000 n \n" % place
    out += b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return bytes(out)


def real(kind: str) -> bytes:
    """A real file of each allowed kind."""
    return pdf() if kind == "pdf" else picture(kind)


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png_claiming(width: int, height: int, *, raw: bytes = b"\0" * 64) -> bytes:
    """A PNG whose header claims any size, over whatever data."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(raw))
        + chunk(b"IEND", b"")
    )


def zip_of(name: str = "a.txt", body: bytes = b"hello") -> bytes:
    """A ZIP archive with one stored file."""
    crc, raw = zlib.crc32(body), name.encode()
    local = struct.pack("<4sHHHHHIIIHH", b"PK\3\4", 20, 0, 0, 0, 0, crc, len(body), len(body), len(raw), 0)
    entry = struct.pack(
        "<4sHHHHHHIIIHHHHHII",
        b"PK\1\2", 20, 20, 0, 0, 0, 0, crc, len(body), len(body), len(raw), 0, 0, 0, 0, 0, 0,
    )  # fmt: skip
    start = len(local) + len(raw) + len(body)
    end = struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, 1, 1, len(entry) + len(raw), start, 0)
    return local + raw + body + entry + raw + end


def scan_bomb(side: int = 6_000, scans: int = 3_000) -> bytes:
    """A lawful-looking progressive JPEG of a few hundred kB that keeps a decoder busy for minutes: each of its
    thousands of scans says "nothing changes" for every block."""
    whole = picture("jpg", Image.new("L", (side, side), 128), progressive=True)
    last = whole[whole.rindex(b"\xff\xda") : -2]
    return whole[:-2] + last * scans + whole[-2:]
