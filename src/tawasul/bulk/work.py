"""The worker's part of a job: a few tickets at a time, each in its own transaction together with its row.

A worker that is killed has either done a ticket and noted it, or neither; the next one goes on with those that wait.
"""

import logging
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from time import monotonic
from typing import Final

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import F

from tawasul.accounts.roles import hidden_teams
from tawasul.bulk import judge
from tawasul.bulk.actions import window
from tawasul.bulk.doing import DO, SAID, UNDO
from tawasul.bulk.judge import Outcome, Verdict
from tawasul.bulk.models import BulkItem, BulkJob
from tawasul.bulk.orders import KEPT, RECALLED, TOLD, Action, Gone, Order, is_allowed, order_of
from tawasul.core import clock
from tawasul.core.prepared import Prepared
from tawasul.tickets.actions import NotMergeable, NotUnmergeable, fields, tagging
from tawasul.tickets.actions.record import part_of
from tawasul.tickets.actions.reverting import Outdated, TooLate, state
from tawasul.tickets.models import Event, FieldValue, Message, Tagging, Ticket
from tawasul.tickets.workflow import IllegalMove

log = logging.getLogger(__name__)

BATCH: Final = 20
LEASE: Final = timedelta(seconds=30)
RENEW_AFTER: Final = 5.0  # seconds

_TICKET = Prepared(
    lambda pk: (
        Ticket.objects.select_for_update(of=("self",))
        .filter(pk=pk)
        .select_related("service", "team", "requester")
    )
)


def work_due() -> int:
    """Do the next few tickets of the job that has waited longest; how many there were. Any number of workers may call
    this: a job is leased for a few tickets, so that jobs go on side by side."""
    jobs = BulkJob.objects.select_related("person").claim(1, lease=LEASE)
    if not jobs:
        return 0
    job = jobs[0]
    undoing = job.undo_asked_at is not None
    outcome = Outcome.DONE if undoing else Outcome.WAITING
    waiting = job.items.filter(outcome=outcome, why="").order_by("pk")
    items = list(waiting[:BATCH])
    order = None if undoing else _order_of(job)
    renewed = monotonic()
    for item in items:
        if monotonic() - renewed > RENEW_AFTER:
            if not job.renew(LEASE):
                return len(items)
            renewed = monotonic()
        if undoing:
            _each(job, item, partial(_take_back, job, item))
        else:
            _each(job, item, partial(_do, job, order, item))
    if len(items) == BATCH:
        if not undoing:
            left = job.items.filter(outcome=Outcome.WAITING).count()
            BulkJob.objects.filter(pk=job.pk).update(finished=F("total") - left)
        BulkJob.objects.release([job])
    else:
        _finish(job, undoing=undoing)
    return len(items) or 1


def _order_of(job: BulkJob) -> Order | None:
    try:
        return order_of(job.action, job.params)
    except Gone:
        return None


def _each(job: BulkJob, item: BulkItem, do: Callable[[], None]) -> None:
    try:
        with transaction.atomic():
            do()
    except (OperationalError, InterfaceError):
        raise
    except Exception:  # one ticket must not hold up the others; the job's page tells of it
        log.exception("job %s, ticket %s", job.pk, item.ticket_id)
        undoing = item.outcome == Outcome.DONE
        told = {"why": judge.FAILED} if undoing else {"outcome": Outcome.REFUSED, "why": judge.FAILED}
        BulkItem.objects.filter(pk=item.pk, outcome=item.outcome).update(**told)


def _do(job: BulkJob, order: Order | None, item: BulkItem) -> None:
    """One ticket: looked at as it stands now, changed, and noted. Nothing where another worker has done it."""
    mine = BulkItem.objects.select_for_update(of=("self",)).filter(pk=item.pk, outcome=Outcome.WAITING)
    if mine.filter(job__undo_asked_at=None).first() is None:
        return
    person = job.person
    if order is None or not is_allowed(person, job.action):
        why = judge.GONE if order is None else judge.RIGHT
        BulkItem.objects.filter(pk=item.pk).update(outcome=Outcome.REFUSED, why=why)
        return
    if order.action == Action.MERGE:  # the order in which every merge locks
        for pk in sorted({item.ticket_id, order.object.pk}):
            Ticket.objects.locked(pk)
    ticket = _TICKET.first(item.ticket_id)
    assert ticket is not None  # a removed ticket takes its rows with it
    has_tag, tags = False, 0
    if order.action in {Action.TAG, Action.UNTAG}:
        worn = list(Tagging.objects.filter(ticket=ticket).values_list("tag", flat=True))
        has_tag, tags = order.object.pk in worn, len(worn)
    said = judge.said_in(order, FieldValue.objects.filter(ticket=ticket)).get(ticket.pk, {})
    found = judge.verdict(order, ticket, person, has_tag=has_tag, tags=tags, given=said)
    if found.outcome == Outcome.DONE:
        item.before = state(ticket)
        if order.action == Action.FIELD:
            item.before[SAID] = fields.kept(ticket, order.object)
        try:
            with part_of(told_from=window() if job.action in TOLD else None, bulk=job.pk):
                DO[job.action](order, ticket, person)
        except NotMergeable:
            found = Verdict(Outcome.REFUSED, judge.TARGET)
        except IllegalMove:
            found = Verdict(Outcome.REFUSED, judge.CLOSED)
        except tagging.TooManyTags:
            found = Verdict(Outcome.REFUSED, judge.TAGS)
        else:
            item.version = ticket.version
    item.outcome, item.why = found.outcome, found.why
    item.save(update_fields=["outcome", "why", "before", "version"])


def _take_back(job: BulkJob, item: BulkItem) -> None:
    mine = BulkItem.objects.select_for_update(of=("self",)).filter(pk=item.pk, outcome=Outcome.DONE, why="")
    if mine.first() is None:
        return
    ticket = _TICKET.first(item.ticket_id)
    assert ticket is not None and item.version is not None
    if item.before.get("team_id") in hidden_teams(job.person):
        item.outcome, item.why = Outcome.CHANGED_SINCE, judge.HIDDEN
        _let_go(job, item)
    else:
        try:
            with transaction.atomic(), part_of(bulk=job.pk):
                UNDO[job.action](job, item, ticket, item.version)
        except TooLate:
            item.why = judge.LATE
        except (Outdated, NotUnmergeable, IllegalMove, tagging.TooManyTags):
            item.outcome = Outcome.CHANGED_SINCE
            _let_go(job, item)
        else:
            item.outcome = Outcome.UNDONE
    item.save(update_fields=["outcome", "why"])


def _let_go(job: BulkJob, item: BulkItem) -> None:
    """It stays, so the customer hears of it now."""
    now = clock.now()
    held = Event.objects.filter(
        ticket=item.ticket_id, data__bulk=job.pk, done_at=None, lease=None, next_try_at__gt=now
    )
    for pk, letter in held.values_list("pk", "message"):
        Event.objects.filter(pk=pk).update(next_try_at=now)
        if letter is not None:
            Message.objects.filter(pk=letter, shown_from__gt=now).update(shown_from=now)


def _finish(job: BulkJob, *, undoing: bool) -> None:
    """Nothing waits any more: the job is over, unless it was asked back meanwhile."""
    with transaction.atomic():
        row = BulkJob.objects.select_for_update(of=("self",)).get(pk=job.pk)
        now = clock.now()
        if (row.undo_asked_at is not None) != undoing:
            BulkJob.objects.release([job])
            return
        if not job.finish():
            return
        if undoing:
            row.items.filter(outcome=Outcome.WAITING).update(outcome=Outcome.REFUSED, why=judge.STOPPED)
            row.undone_at = now
        else:
            row.undo_until = window() if job.action in RECALLED else now + KEPT
        row.finished_at = row.finished_at or now
        row.finished = row.total
        row.save(update_fields=["undone_at", "undo_until", "finished_at", "finished"])
