"""Ordering a job over many tickets, and taking it back."""

import uuid
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from tawasul.accounts.models import Person
from tawasul.bulk.models import BulkItem, BulkJob
from tawasul.bulk.orders import HOLD, MOST, TOLD, Order, is_allowed, params_of
from tawasul.core import clock
from tawasul.replies.models import CannedReply
from tawasul.tickets.actions import retraction
from tawasul.tickets.models import Event, Message, Ticket

CHUNK = 1000
_FAR = timedelta(days=1)  # what waits while a job is being taken back; the worker lets go of what stays


class NotOrderable(Exception):
    """Why there is no job: ``code`` is "right", "none" (no ticket) or "many" (more than MOST)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class NotUndoable(Exception):
    """The job was taken back already, or its time has passed."""


def order(
    key: uuid.UUID,
    what: Order,
    tickets: QuerySet[Ticket],
    *,
    by: Person,
    query: str = "",
    reply: CannedReply | None = None,
) -> BulkJob:
    """A job over these tickets as they are now; those that come later are not touched. Two sendings of one ``key`` are
    one job. ``query`` is the filter that they were chosen by, ``reply`` where an answer's texts are from.

    Raises NotOrderable.
    """
    if not is_allowed(by, what.action):
        raise NotOrderable("right")
    try:
        with transaction.atomic():
            job = BulkJob.objects.create(
                key=key, person=by, action=what.action, params=params_of(what, reply), query=query
            )
            keys = list(tickets.order_by("pk").values_list("pk", flat=True)[: MOST + 1])
            if not keys or len(keys) > MOST:
                raise NotOrderable("many" if keys else "none")
            for start in range(0, len(keys), CHUNK):
                BulkItem.objects.bulk_create(
                    BulkItem(job=job, ticket_id=pk) for pk in keys[start : start + CHUNK]
                )
            job.total = len(keys)
            job.save(update_fields=["total"])
            return job
    except IntegrityError:
        return BulkJob.objects.get(key=key, person=by)


def window() -> datetime:
    """Until when what is done now waits before the customer hears of it."""
    return clock.now() + max(HOLD, timedelta(seconds=retraction.seconds()))


def may_undo(job: BulkJob) -> bool:
    """Whether the job may be taken back now: while it runs, and until ``undo_until`` afterwards."""
    if job.undo_asked_at is not None:
        return False
    return job.finished_at is None or (job.undo_until is not None and clock.now() < job.undo_until)


@transaction.atomic
def ask_undo(job: BulkJob, *, by: Person) -> BulkJob:
    """Stop the job and take back what it did, as far as nobody has gone on with it. What the customer would hear of
    is stopped with this very statement; the worker does the rest. Raises NotUndoable."""
    row = BulkJob.objects.select_for_update(of=("self",)).get(pk=job.pk, person=by)
    if not may_undo(row):
        raise NotUndoable
    now = clock.now()
    if row.action in TOLD:
        _hold(row, now)
    row.undo_asked_at = now
    changed = ["undo_asked_at"]
    if row.done_at is not None:  # the worker has left it: give it back
        row.done_at, row.lease, row.next_try_at, row.attempts = None, None, now, 0
        changed += ["done_at", "lease", "next_try_at", "attempts"]
    row.save(update_fields=changed)
    return row


def _hold(job: BulkJob, now: datetime) -> None:
    events = Event.objects.filter(done_at=None, lease=None, next_try_at__gt=now, data__bulk=job.pk)
    events = events.filter(ticket__in=job.items.filter(outcome=BulkItem.Outcome.DONE).values("ticket"))
    kept = list(events.select_for_update().values_list("pk", "message"))
    letters = [letter for _event, letter in kept if letter is not None]
    for start in range(0, len(kept), CHUNK):
        several = [pk for pk, _letter in kept[start : start + CHUNK]]
        Event.objects.filter(pk__in=several).update(next_try_at=now + _FAR)
        Message.objects.filter(pk__in=letters[start : start + CHUNK]).update(shown_from=now + _FAR)
