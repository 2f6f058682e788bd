"""The five kinds of file that may be attached, and the names of those that people try instead.

Everything here is judged by content; a declared Content-Type is never looked at. No Django here: the
decoder and ``tawasul files check`` import this module.
"""

import re
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final

HEAD: Final = (
    1100  # bytes that suffice to recognise a kind: a PDF's header may begin anywhere in the first 1024
)


@dataclass(frozen=True, slots=True)
class Kind:
    """One allowed kind: its short name, what people call it, its media type and its extensions."""

    name: str
    label: str
    mime: str
    extensions: tuple[str, ...]


PNG = Kind("png", "PNG", "image/png", (".png",))
JPG = Kind("jpg", "JPG", "image/jpeg", (".jpg", ".jpeg", ".jpe", ".jfif"))
GIF = Kind("gif", "GIF", "image/gif", (".gif",))
TIFF = Kind("tiff", "TIFF", "image/tiff", (".tif", ".tiff"))
PDF = Kind("pdf", "PDF", "application/pdf", (".pdf",))
ALLOWED: Final = (PNG, JPG, GIF, TIFF, PDF)
BY_EXTENSION: Final = {extension: kind for kind in ALLOWED for extension in kind.extensions}
BY_NAME: Final = {kind.name: kind for kind in ALLOWED}
BY_MIME: Final = {kind.mime: kind for kind in ALLOWED}


def of_name(name: str) -> Kind | None:
    """The kind that the extension of ``name`` promises; None where it is not an allowed one."""
    return BY_EXTENSION.get(PurePosixPath(name).suffix.lower())


def of_content(head: bytes) -> Kind | None:
    """The kind that the magic bytes in ``head`` (the first HEAD bytes) claim; a decode must still agree."""
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if head.startswith(b"\xff\xd8") and head[2:4] != b"\xff\xf7":  # SOF55 at once is JPEG-LS, another format
        return JPG
    if head.startswith((b"GIF87a", b"GIF89a")):
        return GIF
    if head.startswith((b"II*\0", b"MM\0*", b"II+\0\x08\0\0\0", b"MM\0+\0\x08\0\0")):
        return TIFF
    # Junk before the header is read past by every PDF reader (mail and printer headers, blanks), but a file
    # that begins as something else is that something.
    if b"%PDF" in head[:1028] and (head.lstrip().startswith(b"%PDF") or foreign(head) is None):
        return PDF
    return None


@dataclass(frozen=True, slots=True)
class Foreign:
    """A recognised kind that is not allowed. ``family`` decides the remedy: document, picture or other."""

    label: str
    family: str


_DOCUMENT, _PICTURE, _OTHER = "document", "picture", "other"

_MAGIC: Final[tuple[tuple[int, bytes, str, str], ...]] = (
    (0, b"PK\x03\x04", "ZIP", _OTHER),
    (0, b"PK\x05\x06", "ZIP", _OTHER),
    (0, b"PK\x07\x08", "ZIP", _OTHER),
    (0, b"Rar!\x1a\x07", "RAR", _OTHER),
    (0, b"7z\xbc\xaf\x27\x1c", "7Z", _OTHER),
    (0, b"\x1f\x8b", "GZ", _OTHER),
    (0, b"BZh", "BZ2", _OTHER),
    (0, b"\xfd7zXZ\0", "XZ", _OTHER),
    (0, b"\x28\xb5\x2f\xfd", "ZST", _OTHER),
    (257, b"ustar", "TAR", _OTHER),
    (0, b"!<arch>", "AR", _OTHER),
    (0, b"MZ", "EXE", _OTHER),
    (0, b"\x7fELF", "ELF", _OTHER),
    (0, b"\xca\xfe\xba\xbe", "CLASS", _OTHER),
    (0, b"\xcf\xfa\xed\xfe", "Mach-O", _OTHER),
    (0, b"\0asm", "WASM", _OTHER),
    (0, b"#!", "SCRIPT", _OTHER),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "DOC", _DOCUMENT),
    (0, b"{\\rtf", "RTF", _DOCUMENT),
    (0, b"%!PS", "PostScript", _DOCUMENT),
    (0, b"\xc5\xd0\xd3\xc6", "EPS", _DOCUMENT),
    (0, b"AT&TFORM", "DJVU", _DOCUMENT),
    (0, b"%FDF-", "FDF", _DOCUMENT),
    (0, b"BM", "BMP", _PICTURE),
    (8, b"WEBP", "WEBP", _PICTURE),
    (8, b"AVI ", "AVI", _OTHER),
    (8, b"WAVE", "WAV", _OTHER),
    (0, b"8BPS", "PSD", _PICTURE),
    (0, b"\0\0\x01\0", "ICO", _PICTURE),
    (0, b"\0\0\0\x0cjP  ", "JP2", _PICTURE),
    (0, b"\xff\x4f\xff\x51", "JP2", _PICTURE),
    (0, b"\xff\xd8\xff\xf7", "JPEG-LS", _PICTURE),
    (0, b"\xff\x0a", "JXL", _PICTURE),
    (0, b"\0\0\0\x0cJXL ", "JXL", _PICTURE),
    (0, b"qoif", "QOI", _PICTURE),
    (0, b"v/1\x01", "EXR", _PICTURE),
    (0, b"DDS ", "DDS", _PICTURE),
    (0, b"II\xbc\x01", "JXR", _PICTURE),
    (0, b"IIU\0", "RW2", _PICTURE),
    (0, b"IIRO", "ORF", _PICTURE),
    (0, b"gimp xcf", "XCF", _PICTURE),
    (0, b"\x8aMNG", "MNG", _PICTURE),
    (0, b"\x8bJNG", "JNG", _PICTURE),
    (0, b"ID3", "MP3", _OTHER),
    (0, b"fLaC", "FLAC", _OTHER),
    (0, b"OggS", "OGG", _OTHER),
    (0, b"FLV\x01", "FLV", _OTHER),
    (0, b"\x1aE\xdf\xa3", "MKV", _OTHER),
    (0, b"wOFF", "WOFF", _OTHER),
    (0, b"wOF2", "WOFF2", _OTHER),
    (0, b"OTTO", "OTF", _OTHER),
    (0, b"SQLite format 3\0", "SQLITE", _OTHER),
)
_BRANDS: Final = {
    b"heic": "HEIC",
    b"heix": "HEIC",
    b"mif1": "HEIC",
    b"hevc": "HEIC",
    b"avif": "AVIF",
    b"avis": "AVIF",
}
_MARKUP: Final = (
    (b"<svg", "SVG", _PICTURE),
    (b"<html", "HTML", _DOCUMENT),
    (b"<!doctype html", "HTML", _DOCUMENT),
    (b"<script", "HTML", _DOCUMENT),
    (b"<?php", "PHP", _OTHER),
    (b"<?xml", "XML", _DOCUMENT),
)
_OFFICE: Final = (
    (b"word/", "DOCX"),
    (b"xl/", "XLSX"),
    (b"ppt/", "PPTX"),
    (b"opendocument.text", "ODT"),
    (b"opendocument.spreadsheet", "ODS"),
    (b"opendocument.presentation", "ODP"),
    (b"epub+zip", "EPUB"),
)


def foreign(head: bytes) -> Foreign | None:
    """What a file that is not of an allowed kind looks like, for the message; None where nothing is recognised."""
    for offset, magic, label, family in _MAGIC:
        if head.startswith(magic, offset):
            if label == "ZIP":
                return next(
                    (Foreign(name, _DOCUMENT) for mark, name in _OFFICE if mark in head),
                    Foreign(label, family),
                )
            return Foreign(label, family)
    if head[4:8] == b"ftyp":
        brand = _BRANDS.get(head[8:12])
        return Foreign(brand, _PICTURE) if brand else Foreign("MP4", _OTHER)
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    for mark, label, family in _MARKUP:
        if text.startswith(mark):
            inner = Foreign("SVG", _PICTURE) if label == "XML" and b"<svg" in text else None
            return inner or Foreign(label, family)
    return None


_DOCUMENT_EXTENSIONS: Final = frozenset(
    re.findall(
        r"\w+",
        "doc docx docm dot dotx odt ott rtf txt md tex xls xlsx xlsm xltx ods csv ppt pptx ppsx odp pages numbers "
        "key html htm xhtml xml json eml msg epub djvu ps eps ai vsd vsdx pub log",
    )
)
_PICTURE_EXTENSIONS: Final = frozenset(
    re.findall(
        r"\w+",
        "webp heic heif avif bmp svg ico psd raw cr2 cr3 nef arw dng orf rw2 jp2 j2c jxl jls tga pcx ppm pgm pbm xcf "
        "apng mpo dib wmf emf exr qoi",
    )
)


def foreign_by_name(name: str) -> Foreign:
    """What an extension that is not allowed says, for the message. The label is ASCII, at most 10 letters or digits,
    and empty where the name has no usable extension."""
    extension = PurePosixPath(name).suffix[1:].lower()
    label = extension.upper() if extension.isascii() and extension.isalnum() and len(extension) <= 10 else ""
    if extension in _DOCUMENT_EXTENSIONS:
        return Foreign(label, _DOCUMENT)
    return Foreign(label, _PICTURE if extension in _PICTURE_EXTENSIONS else _OTHER)
