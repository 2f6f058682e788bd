"""Taking a file in, and letting one go. Who may do so is decided by the doors."""

import hashlib
import logging
import os
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import Storage, storages
from django.db import transaction

from tawasul.attachments import antivirus, gate, kinds, reasons
from tawasul.attachments.models import StoredFile
from tawasul.core import centre, clock

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

    from tawasul.accounts.models import Person

log = logging.getLogger(__name__)
ORPHAN_AGE: Final = timedelta(hours=24)


class Refused(Exception):
    """The file was not taken. ``reason`` is what ``reasons.message`` reads, ``code`` its first word, and ``message``
    says it to the sender."""

    def __init__(self, code: str, params: Mapping[str, Any] | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.reason = reasons.written(code, params or {})

    @property
    def message(self) -> str:
        """Why, and the remedy, in the active language."""
        return reasons.message(self.reason)


def limits() -> gate.Limits:
    """The gate's limits: bytes as the centre chose, pixels as this installation's memory allows."""
    return gate.Limits(max_bytes=centre.current().file_max_bytes, max_pixels=settings.FILE_MAX_PIXELS)


def storage() -> Storage:
    """Where originals and their pictures are kept."""
    return storages["attachments"]


def store(uploaded: "UploadedFile[Any]", *, by: "Person | None") -> StoredFile:
    """Examine ``uploaded`` and keep it byte for byte. The row exists only after the bytes are safe on the disk.

    Raises Refused. How many files a ticket may have, and how large together, is its draft's business. Call it
    outside a transaction: it may take seconds, and a bucket may be far away.
    """
    verdict = gate.inspect(uploaded, uploaded.name or "", limits())  # type: ignore[arg-type]  # it is a binary stream
    if not verdict.accepted:
        raise Refused(verdict.reason, verdict.params)
    _scan(uploaded)
    digest = hashlib.sha256()
    for chunk in uploaded.chunks():
        digest.update(chunk)
    size = uploaded.size or 0
    file_id = uuid4()
    kept_as = uuid4().hex  # never the person's name, and not to be guessed from the file's address
    uploaded.seek(0)
    key = storage().save(f"{kept_as[:2]}/{kept_as}/original", File(uploaded))
    _make_durable(storage(), key)
    return StoredFile.objects.create(
        id=file_id,
        name=verdict.name,
        type=kinds.BY_NAME[verdict.type].mime,
        size=size,
        sha256=digest.hexdigest(),
        key=key,
        pages=verdict.pages,
        width=verdict.width,
        height=verdict.height,
        preview=StoredFile.Preview.WAITING if verdict.drawable else StoredFile.Preview.NONE,
        done_at=None if verdict.drawable else clock.now(),
        uploaded_by=by,
    )


def _scan(uploaded: "UploadedFile[Any]") -> None:
    """Ask the scanner where one is configured (TAWASUL_CLAMD). Without its answer nothing is taken: a file that is
    refused for now can be sent again in a minute, a file that was let in unscanned cannot be called back."""
    if not settings.CLAMD:
        return
    try:
        found = antivirus.scan(uploaded.chunks(), settings.CLAMD)
    except antivirus.ScannerDown as error:
        log.warning("virus scanner: %s", error)
        raise Refused("scanner_down") from error
    if found:
        raise Refused("infected", {"label": found})


def _make_durable(where: Storage, key: str) -> None:
    """On a disk: flush the file and the folders above it, so that no row outlives its bytes in a power cut."""
    try:
        path = Path(where.path(key))
    except NotImplementedError:
        return  # a bucket answers when it has it
    for place in (path, path.parent, path.parent.parent, path.parent.parent.parent):
        descriptor = os.open(place, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def discard(file: StoredFile) -> None:
    """Forget a file that nothing refers to any more; its bytes go when the transaction commits."""
    with transaction.atomic():
        key, pages = file.key, file.preview_pages
        StoredFile.objects.filter(pk=file.pk).delete()
        transaction.on_commit(lambda: _erase(key, pages))


def _erase(key: str, pages: int) -> None:
    where = storage()
    for name in (key, thumb_key(key), *(page_key(key, number) for number in range(1, pages + 1))):
        try:
            where.delete(name)
        except OSError as error:  # collect_orphans tries again
            log.warning("could not erase %s: %s", name, error)
    _drop_empty_folder(where, key)


def _drop_empty_folder(where: Storage, key: str) -> None:
    try:
        Path(where.path(key)).parent.rmdir()
    except (NotImplementedError, OSError):
        return


def thumb_key(key: str) -> str:
    """Where the thumbnail of the original at ``key`` is kept."""
    return key.removesuffix("original") + "thumb.webp"


def page_key(key: str, number: int) -> str:
    """Where the picture of page ``number`` (from 1) of the original at ``key`` is kept."""
    return key.removesuffix("original") + f"page-{number}.webp"


def collect_orphans() -> int:
    """Erase what the storage holds without a row: a process that died between the two leaves that behind.

    Only what is older than ORPHAN_AGE, so that an upload on its way is never touched. Returns how many were erased.
    """
    where, erased = storage(), 0
    oldest = clock.now() - ORPHAN_AGE
    for shelf in _folders(where, ""):
        for folder in _folders(where, shelf):
            base = f"{shelf}/{folder}"
            names = where.listdir(base)[1]
            if StoredFile.objects.filter(key=f"{base}/original").exists():
                continue
            if any(where.get_modified_time(f"{base}/{name}") > oldest for name in names):
                continue
            for name in names:
                where.delete(f"{base}/{name}")
            _drop_empty_folder(where, f"{base}/original")
            erased += bool(names)
    return erased


def _folders(where: Storage, path: str) -> list[str]:
    try:
        return where.listdir(path)[0]
    except FileNotFoundError:
        return []
