"""A storage of the test's own, and uploads as the doors hand them over."""

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile, UploadedFile
from django.core.signals import request_finished
from django.db import close_old_connections
from django.http import HttpResponseBase


def body(response: HttpResponseBase) -> bytes:
    """What the response carries; closed afterwards as the server does, without ending the test's transaction."""
    request_finished.disconnect(close_old_connections)
    try:
        return b"".join(response)  # type: ignore[call-overload,no-any-return]
    finally:
        response.close()
        request_finished.connect(close_old_connections)


Upload = Callable[..., UploadedFile]


@pytest.fixture
def shelves(tmp_path: Path, settings: object) -> Path:
    """The folder in which attachments are kept."""
    folder = tmp_path / "files"
    settings.STORAGES = {  # type: ignore[attr-defined]
        **settings.STORAGES,  # type: ignore[attr-defined]
        "attachments": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(folder), "base_url": None, "file_permissions_mode": 0o600},
        },
    }
    return folder


@pytest.fixture
def upload() -> Iterator[Upload]:
    """An upload with a lying Content-Type; a large one lies in a temporary file, as Django keeps it."""
    on_the_disk: list[UploadedFile] = []

    def make(content: bytes, name: str = "a.png", *, on_disk: bool = False) -> UploadedFile:
        if not on_disk:
            return SimpleUploadedFile(name, content, content_type="text/html")
        file = TemporaryUploadedFile(name, "text/html", len(content), None)
        file.write(content)
        file.seek(0)
        on_the_disk.append(file)
        return file

    yield make
    for file in on_the_disk:
        with contextlib.suppress(FileNotFoundError):  # a test may have moved it
            file.close()
