"""What was stored: one row a file, whatever it belongs to. Who may see it is the owner's business, not this room's."""

import uuid

from django.conf import settings
from django.db import models

from tawasul.core import clock
from tawasul.core.leases import LeasedRow, LeasedRowQuerySet


class StoredFile(LeasedRow):
    """An accepted file, kept byte for byte. The leased work is making its preview."""

    class Preview(models.TextChoices):
        WAITING = "waiting"
        READY = "ready"
        NONE = "none"  # valid, but this system cannot draw it

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=200)  # cleaned: Arabic kept, controls and bidi marks gone
    type = models.CharField(max_length=40)  # what it is by content: image/png …, application/pdf
    size = models.PositiveBigIntegerField()  # bytes
    sha256 = models.CharField(max_length=64)
    key = models.CharField(max_length=200)  # where the storage keeps the original
    pages = models.PositiveIntegerField(default=1)
    width = models.PositiveIntegerField(default=0)  # of the first page, pixels; 0 where unknown
    height = models.PositiveIntegerField(default=0)
    preview = models.CharField(max_length=10, choices=Preview, default=Preview.WAITING)
    preview_pages = models.PositiveIntegerField(default=0)  # how many page pictures were made
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    uploaded_at = models.DateTimeField(default=clock.now)

    objects = LeasedRowQuerySet["StoredFile"].as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["next_try_at"], condition=LeasedRow.waiting(), name="storedfile_waiting"),
        ]

    def __str__(self) -> str:
        return self.name
