"""Rows that are work: claimed by a conditional update, leased for a while, retried until done.

A worker that dies leaves its lease behind; when the lease has run out another worker claims the row.
"""

import uuid
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Self, TypeVar

from django.db import models
from django.db.models import F, Q

from tawasul.core import clock

LEASE = timedelta(minutes=2)

M = TypeVar("M", bound="LeasedRow", covariant=True)


class LeasedRowQuerySet(models.QuerySet[M]):
    """QuerySet of leased rows; ``due`` is what may be claimed now."""

    def due(self) -> Self:
        """Undone rows whose next try has come and that no living lease holds."""
        return self.filter(done_at__isnull=True, next_try_at__lte=clock.now())

    def claim(self, most: int, *, lease: timedelta = LEASE) -> list[M]:
        """Claim up to ``most`` due rows, oldest try first, for the length of ``lease``.

        Safe with several workers on SQLite and PostgreSQL: the update is conditional on the row's
        still being due, so two workers never hold one row. Each claim counts as an attempt and moves
        ``next_try_at`` to the lease's end, so a killed worker's rows come back by themselves.
        """
        ids: Sequence[Any] = list(self.due().order_by("next_try_at", "pk").values_list("pk", flat=True)[:most])
        if not ids:
            return []
        token = uuid.uuid4()
        self.due().filter(pk__in=ids).update(
            lease=token, attempts=F("attempts") + 1, next_try_at=clock.now() + lease
        )
        return list(self.filter(lease=token, pk__in=ids).order_by("pk"))


class LeasedRow(models.Model):
    """Columns of a row that is work. ``done_at`` is set once; ``next_try_at`` doubles as the lease's end."""

    attempts = models.PositiveIntegerField(default=0, editable=False)
    next_try_at = models.DateTimeField(default=clock.now, editable=False)
    lease = models.UUIDField(null=True, default=None, editable=False)
    last_error = models.TextField(blank=True, default="", editable=False)
    done_at = models.DateTimeField(null=True, default=None, editable=False)

    class Meta:
        abstract = True

    def finish(self) -> bool:
        """Mark the row done if this lease still holds it; False where another worker took it over."""
        done = type(self)._default_manager.filter(pk=self.pk, lease=self.lease, done_at__isnull=True).update(
            done_at=clock.now(), last_error="", lease=None
        )
        return bool(done)

    def postpone(self, delay: timedelta, *, error: str) -> None:
        """Give the row back, to be tried again after ``delay``; ``error`` says why (no secrets in it)."""
        type(self)._default_manager.filter(pk=self.pk, lease=self.lease, done_at__isnull=True).update(
            next_try_at=clock.now() + delay, last_error=error[:2000], lease=None
        )

    @classmethod
    def waiting(cls) -> Q:
        """Condition of the partial index that serves ``due``."""
        return Q(done_at__isnull=True)
