"""Pictures of pages, drawn in the decoder's child: upright, on white, in sRGB, as WebP."""

import io
import warnings
from collections.abc import Iterator
from typing import Any, Final

import pypdfium2
from PIL import (
    GifImagePlugin,
    Image,
    ImageCms,
    ImageOps,
    JpegImagePlugin,
    PngImagePlugin,
    TiffImagePlugin,
    WebPImagePlugin,
)

THUMB: Final = (400, 400)  # pixels that a thumbnail fits into
_PILLOW: Final = {"png": "PNG", "jpg": "JPEG", "gif": "GIF", "tiff": "TIFF"}
_BITS_PER_SAMPLE: Final = 258
_PLANAR: Final = 284
_ORIENTATION: Final = 274
_PLUGINS: Final = (GifImagePlugin, JpegImagePlugin, PngImagePlugin, TiffImagePlugin, WebPImagePlugin)

Frame = tuple[dict[str, Any], bytes]


def warm() -> None:
    """Load what every job needs, before the first fork."""
    Image.init()
    pypdfium2.PdfDocument.new().close()
    ImageCms.createProfile("sRGB")


def draw(
    data: bytes, kind: str, *, most_pages: int, width: int, height: int, max_pixels: int
) -> Iterator[Frame]:
    """Frames ``({"page", "pages", "width", "height"}, webp)`` for each page, at most ``most_pages``, each fitting into
    ``width`` × ``height`` pixels; the thumbnail ``({"thumb": True}, webp)`` comes after the first. ``width`` and
    ``height`` in the note are the page's own size in pixels, upright (for PDF: at 96 to the inch).
    """
    Image.MAX_IMAGE_PIXELS = max_pixels
    pages = (
        _pdf_pages(data, most_pages, width, height)
        if kind == "pdf"
        else _picture_pages(data, kind, most_pages, width, height)
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for number, (size, total, picture) in enumerate(pages, start=1):
            yield {"page": number, "pages": total, "width": size[0], "height": size[1]}, _webp(picture, 82)
            if number == 1:
                picture.thumbnail(THUMB, Image.Resampling.LANCZOS)
                yield {"thumb": True}, _webp(picture, 80)


def _webp(picture: Image.Image, quality: int) -> bytes:
    out = io.BytesIO()
    picture.save(out, "WEBP", quality=quality, method=3)
    return out.getvalue()


def _picture_pages(
    data: bytes, kind: str, most: int, width: int, height: int
) -> Iterator[tuple[tuple[int, int], int, Image.Image]]:
    with Image.open(io.BytesIO(data), formats=(_PILLOW[kind],)) as source:
        total = int(getattr(source, "n_frames", 1)) if kind == "tiff" else 1
        for index in range(min(total, most)):
            if index:
                source.seek(index)
            size = _upright(source)
            if kind == "jpg":
                source.draft("RGB" if source.mode == "YCbCr" else source.mode, (width, height))
            deep = _deep_planes(source, data) if kind == "tiff" else None
            source.load()
            if deep is not None:
                source.im = deep.im
            yield size, total, _finished(source, (width, height))


def _finished(source: Image.Image, fit: tuple[int, int]) -> Image.Image:
    """The loaded page upright, in its proportions, in sRGB, on white; where a refinement meets odd metadata, the bare
    picture: better one in flat colours than none."""
    try:
        picture = _plain(source)
        if source.format != "TIFF":  # Pillow turns those while loading
            picture = ImageOps.exif_transpose(picture)
        picture = _square_dots(picture, source)
        picture.thumbnail(fit, Image.Resampling.LANCZOS, reducing_gap=3.0)
        return _on_white(_to_srgb(picture, source.info.get("icc_profile")))
    except (ArithmeticError, LookupError, OSError, SyntaxError, TypeError, ValueError):
        picture = source.convert("RGB")
        picture.thumbnail(fit, Image.Resampling.LANCZOS)
        return picture


def _deep_planes(source: Image.Image, data: bytes) -> Image.Image | None:
    """Uncompressed channels of 16 bits that lie one after another: Pillow reads them as if they had 8, which draws
    noise. The upper bytes are the picture. None for every other TIFF."""
    tags: dict[int, Any] = getattr(source, "tag_v2", {})
    if (
        tags.get(_PLANAR) != 2
        or set(tags.get(_BITS_PER_SAMPLE, ())) != {16}
        or source.mode not in {"RGB", "CMYK"}
    ):
        return None
    upper = 0 if data[:2] == b"MM" else 1
    bands = {name: Image.new("L", source.size) for name in source.getbands()}
    for codec, (left, top, right, bottom), offset, args in getattr(source, "tile", ()):
        end = offset + (right - left) * (bottom - top) * 2
        if codec != "raw" or args[0] not in bands or end > len(data):
            return None
        part = Image.frombytes("L", (right - left, bottom - top), data[offset + upper : end : 2])
        bands[args[0]].paste(part, (left, top))
    return Image.merge(source.mode, list(bands.values()))


def _upright(source: Image.Image) -> tuple[int, int]:
    """The size as it will be seen: half of the orientations turn the picture on its side. Before loading."""
    turned = source.getexif().get(_ORIENTATION, 1) in {5, 6, 7, 8}
    return (source.height, source.width) if turned and source.format != "TIFF" else source.size


def _plain(source: Image.Image) -> Image.Image:
    """Eight bits a channel, no palette. Deep grey is scaled by its declared depth, or by what it holds."""
    if source.mode in {"1", "L", "RGB", "RGBA", "LA", "CMYK", "LAB"}:
        return source.convert("L") if source.mode == "1" else source.copy()
    if source.mode == "P":
        return source.convert("RGBA" if "transparency" in source.info else "RGB")
    if source.mode.startswith("I") or source.mode == "F":
        grey = source.convert("F")
        low, high = 0.0, 65535.0
        if source.mode.startswith("I;16"):
            high = 2.0 ** getattr(source, "tag_v2", {}).get(_BITS_PER_SAMPLE, (16,))[0] - 1
        else:
            extremes = grey.getextrema()
            low, high = float(extremes[0]), float(extremes[1])  # type: ignore[arg-type]
        scale = 255.0 / (high - low) if high > low else 1.0
        plain = grey.point(lambda value: value * scale - low * scale).convert("L")
        plain.info = dict(source.info)  # the orientation is there
        return plain
    return source.convert("RGBA" if "A" in source.mode or "a" in source.mode else "RGB")


def _square_dots(picture: Image.Image, source: Image.Image) -> Image.Image:
    """A fax has twice as many dots across as down (204 × 98): drawn as it is, it would be squashed."""
    if source.format != "TIFF" or "dpi" not in source.info:
        return picture
    across, down = (float(dots) for dots in source.info["dpi"])
    if not (across > 0 and down > 0 and 1.5 < across / down < 2.6):
        return picture
    return picture.resize((picture.width, max(1, round(picture.height * across / down))))


def _to_srgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """Colours for the screen. A profile that is broken or of another colour space is passed over."""
    srgb = ImageCms.createProfile("sRGB")
    alpha = picture.getchannel("A") if picture.mode in {"RGBA", "LA"} else None
    flat = picture.convert({"RGBA": "RGB", "LA": "L"}.get(picture.mode, picture.mode))
    result: Image.Image | None = None
    try:
        if flat.mode == "LAB":
            result = ImageCms.profileToProfile(flat, ImageCms.createProfile("LAB"), srgb, outputMode="RGB")
        elif profile:
            own = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            result = ImageCms.profileToProfile(flat, own, srgb, outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        result = None
    if result is None:
        result = flat.convert("RGB")
    if alpha is not None:
        result.putalpha(alpha)
    return result


def _on_white(picture: Image.Image) -> Image.Image:
    if picture.mode != "RGBA":
        return picture.convert("RGB")
    sheet = Image.new("RGB", picture.size, "white")
    sheet.paste(picture, mask=picture.getchannel("A"))
    return sheet


def _pdf_pages(
    data: bytes, most: int, width: int, height: int
) -> Iterator[tuple[tuple[int, int], int, Image.Image]]:
    with pypdfium2.PdfDocument(data) as document:
        total = len(document)
        if document.get_formtype():
            document.init_forms()  # what was filled in is part of the page; scripts are not built in
        for index in range(min(total, most)):
            page = document[index]
            across, down = page.get_size()  # points, turned as the page asks
            scale = min(width / max(across, 1.0), height / max(down, 1.0), 4.0)
            picture = page.render(scale=scale, may_draw_forms=True).to_pil().convert("RGB")
            page.close()
            yield (round(across * 96 / 72), round(down * 96 / 72)), total, picture
