"""Reading what was stored. Access is decided before: these functions ask for a file that the reader may have."""

from typing import Any

from django.core.files.base import File

from tawasul.attachments.actions import page_key, storage, thumb_key
from tawasul.attachments.models import StoredFile


def open_original(file: StoredFile) -> "File[Any]":
    """The original as an open binary file, streamed from where it is kept. FileNotFoundError where it is gone."""
    return storage().open(file.key, "rb")


def page_picture(file: StoredFile, number: int) -> "File[Any] | None":
    """The WebP picture of page ``number`` (from 1); None where there is none."""
    if not (file.preview == StoredFile.Preview.READY and 1 <= number <= file.preview_pages):
        return None
    return _open(page_key(file.key, number))


def thumbnail(file: StoredFile) -> "File[Any] | None":
    """The WebP thumbnail, fitting into 400 × 400 pixels; None where there is none."""
    return _open(thumb_key(file.key)) if file.preview == StoredFile.Preview.READY else None


def _open(key: str) -> "File[Any] | None":
    try:
        return storage().open(key, "rb")
    except FileNotFoundError:
        return None
