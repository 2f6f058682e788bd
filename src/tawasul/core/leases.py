"""Rows that are work: claimed by a conditional update, leased for a while, retried until done.

A worker that dies leaves its lease behind; when the lease has run out another worker claims the row. The same
happens when a worker merely dawdles, so whoever does something that cannot be undone renews its lease right before.
Clocks of several machines must agree to well within a lease.
"""

import random
import uuid
from collections.abc import Iterable
from datetime import timedelta
from typing import Self, TypeVar

from django.db import connections, models, transaction
from django.db.models import F, Q

from tawasul.core import clock

LEASE = timedelta(minutes=2)
ERROR_LENGTH = 2000  # characters of last_error

M = TypeVar("M", bound="LeasedRow", covariant=True)


def backoff(attempts: int, *, first: timedelta, most: timedelta) -> timedelta:
    """How long to wait after so many attempts: doubling from ``first`` up to ``most``, a quarter more or less.

    The jitter keeps rows that failed together from coming back together.
    """
    delay = min(first.total_seconds() * 2 ** min(max(attempts - 1, 0), 30), most.total_seconds())
    return timedelta(seconds=delay * random.uniform(0.75, 1.25))  # noqa: S311


class LeasedRowQuerySet(models.QuerySet[M]):
    """QuerySet of leased rows; ``due`` is what may be claimed now."""

    def due(self) -> Self:
        """Undone rows whose next try has come and that no living lease holds."""
        return self.filter(done_at__isnull=True, next_try_at__lte=clock.now())

    def given_up(self) -> Self:
        """Rows that failed too often and were put aside; ``last_error`` says why."""
        return self.filter(done_at__isnull=False).exclude(last_error="")

    def claim(self, most: int, *, lease: timedelta = LEASE) -> list[M]:
        """Claim up to ``most`` due rows, oldest try first, for the length of ``lease``.

        Safe with several workers on SQLite and PostgreSQL: the update is conditional on the row's still being
        due, so two workers never hold one row. Each claim counts as an attempt and moves ``next_try_at`` to the
        lease's end, so a killed worker's rows come back by themselves. Must not run inside a transaction of the
        caller's: the claim has to be visible to others before the work begins.
        """
        token = uuid.uuid4()
        candidates = self.due().order_by("next_try_at", "pk").values_list("pk", flat=True)
        if connections[self.db].features.has_select_for_update_skip_locked:
            # Two workers that look at once get different rows; without this the slower one would get none.
            with transaction.atomic(using=self.db):
                ids = list(candidates.select_for_update(skip_locked=True)[:most])
                taken = self._take(ids, token, lease)
        else:
            ids = list(candidates[:most])  # no write lock is taken while there is nothing to do
            taken = self._take(ids, token, lease)
        if not taken:
            return []
        return list(self.filter(pk__in=ids, lease=token).order_by("pk"))

    def _take(self, ids: list[object], token: uuid.UUID, lease: timedelta) -> int:
        if not ids:
            return 0
        return (
            self.due()
            .filter(pk__in=ids)
            .update(lease=token, attempts=F("attempts") + 1, next_try_at=clock.now() + lease)
        )

    def release(self, rows: Iterable["LeasedRow"], *, delay: timedelta = timedelta(), error: str = "") -> int:
        """Give back rows that were claimed and not begun, due after ``delay``; the attempt is not counted."""
        rows = list(rows)
        if not rows:
            return 0
        return self.filter(
            pk__in=[row.pk for row in rows], lease__in={row.lease for row in rows}, done_at__isnull=True
        ).update(
            lease=None,
            next_try_at=clock.now() + delay,
            attempts=F("attempts") - 1,
            **({"last_error": error[:ERROR_LENGTH]} if error else {}),
        )


class LeasedRow(models.Model):
    """Columns of a row that is work. ``done_at`` is set once; ``next_try_at`` doubles as the lease's end.

    A row that is done with ``last_error`` set was given up.
    """

    attempts = models.PositiveIntegerField(default=0, editable=False)
    next_try_at = models.DateTimeField(default=clock.now, editable=False)
    lease = models.UUIDField(null=True, default=None, editable=False)
    last_error = models.TextField(blank=True, default="", editable=False)
    done_at = models.DateTimeField(null=True, default=None, editable=False)

    class Meta:
        abstract = True

    def renew(self, lease: timedelta = LEASE) -> bool:
        """Hold the row for another ``lease`` from now; False where another worker took it over: leave it alone."""
        return bool(self._held().update(next_try_at=clock.now() + lease))

    def finish(self) -> bool:
        """Mark the row done if this lease still holds it; False where another worker took it over."""
        return bool(self._held().update(done_at=clock.now(), last_error="", lease=None))

    def postpone(self, delay: timedelta, *, error: str) -> bool:
        """Give the row back, to be tried again after ``delay``; ``error`` says why (no secrets in it)."""
        return bool(
            self._held().update(next_try_at=clock.now() + delay, last_error=error[:ERROR_LENGTH], lease=None)
        )

    def give_up(self, *, error: str) -> bool:
        """Put the row aside for good; ``error`` (never empty, no secrets in it) says why."""
        return bool(
            self._held().update(done_at=clock.now(), last_error=error[:ERROR_LENGTH] or "?", lease=None)
        )

    def _held(self) -> models.QuerySet["LeasedRow"]:
        """The row as long as this object's lease holds it."""
        rows: models.QuerySet[LeasedRow] = type(self)._default_manager.filter(
            pk=self.pk, lease=self.lease, lease__isnull=False, done_at__isnull=True
        )
        return rows

    @classmethod
    def waiting(cls) -> Q:
        """Condition of the partial index that serves ``due``."""
        return Q(done_at__isnull=True)
