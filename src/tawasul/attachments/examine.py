"""The examination itself. It runs in the decoder's child, never in a web process: Pillow, PDFium and qpdf are large
bodies of C code that read what strangers send."""

import io
import warnings
from collections.abc import Callable
from typing import Any, Final

import pypdfium2
from PIL import Image

from tawasul.attachments.formats import (
    CutOff,
    Damaged,
    OtherFormat,
    Structure,
    gif,
    jpeg,
    png,
    tiff,
    trailing,
)

_READERS: Final[dict[str, Callable[[bytes], Structure]]] = {
    "png": png.read,
    "jpg": jpeg.read,
    "gif": gif.read,
    "tiff": tiff.read,
}
_PILLOW: Final = {"png": "PNG", "jpg": "JPEG", "gif": "GIF", "tiff": "TIFF"}
_LARGE: Final = 40_000_000  # pixels above which decoding at full size would not fit the memory limit


def refused(reason: str, label: str = "") -> dict[str, Any]:
    """The answer for a file that is not taken; ``reason`` is a code of ``reasons``."""
    return {"accepted": False, "reason": reason, "label": label}


def accepted(structure: Structure, *, drawable: bool) -> dict[str, Any]:
    """The answer for a file that is taken; not ``drawable`` means that it is kept without a preview."""
    return {
        "accepted": True, "width": structure.width, "height": structure.height, "pages": structure.pages,
        "drawable": drawable,
    }  # fmt: skip


def examine(data: bytes, kind: str, *, max_pixels: int) -> dict[str, Any]:
    """Whether ``data``, whose magic bytes and extension say ``kind``, really is one and may be kept.

    Never raises for what the data holds; memory and time are limited by the process around it.
    """
    if kind == "pdf":
        return _examine_pdf(data)
    try:
        structure = _READERS[kind](data)
    except OtherFormat as other:
        return refused("content_picture", other.label)
    except CutOff:
        return refused("damaged")
    except Damaged:
        structure = Structure(
            0, 0
        )  # decoders forgive more than this reader: what they can draw is whole enough
    if structure.largest > max_pixels:
        return refused("too_many_pixels")
    if structure.pages > (gif.MOST_FRAMES if kind == "gif" else tiff.MOST_PAGES):
        return refused("too_many_pages")
    double = trailing.after(data, structure.end) if structure.end else ""
    if not double and kind == "gif" and trailing.is_gif_script(data):
        double = "SCRIPT"
    if double or trailing.is_zip(data):
        return refused("polyglot", double or "ZIP")
    return _decode(data, kind, structure, max_pixels)


def _decode(data: bytes, kind: str, structure: Structure, max_pixels: int) -> dict[str, Any]:
    if kind == "png" and structure.largest > _LARGE:
        return (
            accepted(structure, drawable=True) if png.read(data, inflate=True).sound else refused("damaged")
        )
    Image.MAX_IMAGE_PIXELS = max_pixels
    opened = False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(data), formats=(_PILLOW[kind],)) as picture:
                opened = True
                if not structure.width:
                    structure = Structure(
                        picture.width, picture.height, largest=picture.width * picture.height
                    )
                if picture.width * picture.height > max_pixels:
                    return refused("too_many_pixels")
                if kind == "jpg" and structure.largest > _LARGE:
                    picture.draft("RGB", (picture.width // 8, picture.height // 8))
                picture.load()
    except Image.DecompressionBombError:
        return refused("too_many_pixels")
    except MemoryError:
        return accepted(structure, drawable=False) if structure.sound else refused("damaged")
    except Exception:  # noqa: BLE001 - Pillow raises whatever its plugins raise: any of it means "not decoded"
        kept = _sound_without_decoder(data, kind, structure, opened)
        return accepted(structure, drawable=False) if kept else refused("damaged")
    return accepted(structure, drawable=True)


def _sound_without_decoder(data: bytes, kind: str, structure: Structure, opened: bool) -> bool:
    """Lawful variants that Pillow cannot draw are kept; what is broken is not."""
    if kind == "png":  # a wrong checksum on an ancillary chunk, say
        return structure.sound and png.read(data, inflate=True).sound
    if kind == "gif" or not structure.sound:
        return False
    # The largest need more memory than the limit, which decoders report as a broken file. Of TIFF, unknown sample
    # formats fail before decoding, unknown compressions while decoding.
    return structure.exotic or structure.largest > _LARGE or (kind == "tiff" and not opened)


def _examine_pdf(data: bytes) -> dict[str, Any]:
    double = trailing.after_pdf(data)
    if double or trailing.is_zip(data):
        return refused("polyglot", double or "ZIP")
    locked = Structure(0, 0, sound=True)
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if error.err_code in {pypdfium2.raw.FPDF_ERR_PASSWORD, pypdfium2.raw.FPDF_ERR_SECURITY}:
            return accepted(locked, drawable=False)
        return _repaired(data)
    pages = len(document)
    return accepted(Structure(0, 0, pages=max(1, pages)), drawable=pages > 0)


def _repaired(data: bytes) -> dict[str, Any]:
    """A second opinion on what PDFium gives up: qpdf mends more of what real offices send. Not where the end mark
    is missing: there the file was cut off on its way, and the sender should know."""
    if b"%%EOF" not in data[-4096:]:
        return refused("damaged")
    import pikepdf  # 100 ms to load, and needed for one PDF in hundreds

    try:
        with pikepdf.open(io.BytesIO(data)) as document:
            pages = len(document.pages)
    except pikepdf.PasswordError:
        return accepted(Structure(0, 0), drawable=False)
    except Exception:  # noqa: BLE001 - qpdf's own errors and those of its binding alike mean "not readable"
        return refused("damaged")
    return accepted(Structure(0, 0, pages=pages), drawable=False) if pages else refused("damaged")
