"""Answers that carry a file. The door has already decided that the reader may have it."""

from typing import Any, Final
from urllib.parse import quote

from django.core.files.base import File
from django.http import FileResponse, HttpResponseBase

from tawasul.attachments import kinds, queries
from tawasul.attachments.models import StoredFile

# Whatever a browser makes of the bytes, they run nothing, load nothing and are nobody's frame.
_CSP: Final = "default-src 'none'; sandbox"
_MONTH: Final = 60 * 60 * 24 * 30


def original_response(file: StoredFile) -> HttpResponseBase:
    """The original byte for byte, to be saved under its own name. FileNotFoundError where the storage lost it."""
    response = FileResponse(queries.open_original(file), content_type=_media_type(file))
    response["Content-Length"] = str(file.size)
    response["Content-Disposition"] = disposition("attachment", file.name)
    response["Cache-Control"] = "private, no-cache"
    return _safe(response)


def picture_response(picture: "File[Any] | None") -> HttpResponseBase | None:
    """A thumbnail or a page's picture (``queries.thumbnail``, ``queries.page_picture``), to be shown in a page;
    None where there is no picture: the door answers as for any unknown address."""
    if picture is None:
        return None
    response = FileResponse(picture, content_type="image/webp")
    response["Content-Length"] = str(picture.size)
    response["Content-Disposition"] = "inline"
    response["Cache-Control"] = f"private, max-age={_MONTH}, immutable"
    return _safe(response)


def disposition(kind: str, name: str) -> str:
    """RFC 6266: the name in UTF-8 (RFC 8187) for every browser, and an ASCII one for what does not read that."""
    plain = "".join(c if c.isascii() and (c.isalnum() or c in " .-_()") else "_" for c in name)
    stem = plain.rpartition(".")[0] or plain
    if not stem.strip("_ .-()"):
        plain = "file" + plain[len(stem) :]
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def _media_type(file: StoredFile) -> str:
    return file.type if file.type in kinds.BY_MIME else "application/octet-stream"


def _safe(response: FileResponse) -> FileResponse:
    response["Content-Security-Policy"] = _CSP
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response
