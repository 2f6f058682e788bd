"""Pictures of what was attached, made by the worker outside of any request, in the decoder's limited child."""

import logging
import time
from datetime import timedelta
from typing import Any, Final

from django.conf import settings
from django.core.files.base import ContentFile

from tawasul.attachments import kinds, pool, queries
from tawasul.attachments.actions import page_key, storage, thumb_key
from tawasul.attachments.models import StoredFile
from tawasul.core import clock

log = logging.getLogger(__name__)

MOST_PAGES: Final = 50
PAGE_WIDTH: Final = 1400  # pixels; sharp on a phone and on a desk
PAGE_HEIGHT: Final = 5600
SECONDS_A_PAGE: Final = 10
SECONDS: Final = 120.0  # for all pages of one file; what is drawn by then is kept
LEASE: Final = timedelta(minutes=5)  # more than SECONDS and the storing of 50 pictures
MOST_TRIES: Final = 4
RETRY: Final = timedelta(minutes=1)


def make_due_previews(most: int) -> int:
    """Draw up to ``most`` files that wait for it, one after the other. Returns how many were worked on.

    Safe with several workers: each file is claimed for LEASE. A file whose drawing fails has no preview, its
    original is untouched; a storage that fails is tried again.
    """
    worked = 0
    for _ in range(most):
        claimed = StoredFile.objects.claim(1, lease=LEASE)
        if not claimed:
            break
        worked += 1
        file = claimed[0]
        try:
            make(file)
        except (OSError, pool.Busy, pool.Unavailable) as error:
            log.warning("preview of file %s, try %s: %s", file.pk, file.attempts, error)
            if file.attempts >= MOST_TRIES:
                _finish(file, preview=StoredFile.Preview.NONE)
            else:
                file.postpone(RETRY * file.attempts, error=f"{type(error).__name__}: {error}")
    return worked


def make(file: StoredFile) -> bool:
    """Draw the thumbnail and the pages of ``file`` and say so in its row; False where it cannot be drawn.

    Running it twice gives the same pictures under the same keys. Raises OSError where the storage fails, and
    Busy or Unavailable where the decoder could not begin.
    """
    kind = kinds.BY_MIME.get(file.type)
    try:
        with queries.open_original(file) as original:
            data = original.read()
    except FileNotFoundError:
        log.error("the original of file %s is missing", file.pk)
        kind = None
    if kind is None:
        return _finish(file, preview=StoredFile.Preview.NONE)
    facts: dict[str, Any] = {}
    drawn, thumb, until = 0, False, time.monotonic() + SECONDS
    options = {
        "most_pages": MOST_PAGES, "width": PAGE_WIDTH, "height": PAGE_HEIGHT, "max_pixels": settings.FILE_MAX_PIXELS,
    }  # fmt: skip
    frames = pool.decoder().run(
        data, {"verb": "draw", "kind": kind.name, "options": options}, seconds=SECONDS_A_PAGE
    )
    for note, picture in frames:
        if "thumb" in note:
            _put(thumb_key(file.key), picture)
            thumb = True
        else:
            drawn = note["page"]
            _put(page_key(file.key, drawn), picture)
            if drawn == 1:
                facts = {"pages": note["pages"], "width": note["width"], "height": note["height"]}
        if time.monotonic() > until:
            break
    frames.close()
    if not (drawn and thumb):
        return _finish(file, preview=StoredFile.Preview.NONE)
    return _finish(file, preview=StoredFile.Preview.READY, preview_pages=drawn, **facts)


def _put(key: str, picture: bytes) -> None:
    storage().delete(key)  # from a try that was cut off: the storage would give the new one another name
    storage().save(key, ContentFile(picture))


def _finish(file: StoredFile, **columns: Any) -> bool:
    """Write the outcome unless another worker has taken the file over; pictures of a file that was discarded
    meanwhile go with it."""
    mine = StoredFile.objects.filter(pk=file.pk, lease=file.lease, done_at__isnull=True)
    written = mine.update(**columns, done_at=clock.now(), last_error="", lease=None)
    if not written and not StoredFile.objects.filter(pk=file.pk).exists():
        for key in (
            thumb_key(file.key),
            *(page_key(file.key, n + 1) for n in range(columns.get("preview_pages", 0))),
        ):
            storage().delete(key)
    for name, value in columns.items() if written else ():
        setattr(file, name, value)
    return bool(written) and columns["preview"] == StoredFile.Preview.READY
