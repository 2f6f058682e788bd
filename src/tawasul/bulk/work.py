"""The worker's part of a job: a few tickets at a time, each in its own transaction together with its row.

A worker that is killed has either done a ticket and noted it, or neither; the next one goes on with those that wait.
What a ticket costs is held by ``tests/bulk/test_costs.py``: a statement more is ten thousand more for a large job.
"""

import logging
from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial
from time import monotonic
from typing import Final

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import F

from tawasul.accounts.models import Team
from tawasul.accounts.roles import hidden_teams
from tawasul.bulk import judge
from tawasul.bulk.actions import window
from tawasul.bulk.doing import DO, SAID, UNDO
from tawasul.bulk.judge import Outcome, Verdict
from tawasul.bulk.models import BulkItem, BulkJob
from tawasul.bulk.orders import KEPT, RECALLED, TOLD, Action, Gone, Order, is_allowed, order_of
from tawasul.core import clock
from tawasul.core.kept import Kept
from tawasul.core.prepared import Prepared, update
from tawasul.tickets.actions import NotMergeable, NotUnmergeable, fields, tagging
from tawasul.tickets.actions.record import part_of
from tawasul.tickets.actions.reverting import Outdated, TooLate, state
from tawasul.tickets.models import Event, FieldValue, Message, Service, Ticket
from tawasul.tickets.models.ticket import holding
from tawasul.tickets.workflow import IllegalMove

log = logging.getLogger(__name__)

BATCH: Final = 50  # a quarter of a second: as often the job's page is told how far it is
LEASE: Final = timedelta(seconds=30)
RENEW_AFTER: Final = 5.0  # seconds

# The row of the job and its ticket, locked in one statement. It joins nothing that somebody may be changing, such as
# the ticket's service: PostgreSQL looks at the join again once it has the lock, and would find no row.
_TO_DO = Prepared(
    lambda pk: (
        BulkItem.objects.select_for_update(of=("self", "ticket"))
        .filter(pk=pk, outcome=Outcome.WAITING, job__undo_asked_at=None)
        .select_related("ticket")
    )
)
_TO_TAKE_BACK = Prepared(
    lambda pk: (
        BulkItem.objects.select_for_update(of=("self", "ticket"))
        .filter(pk=pk, outcome=Outcome.DONE, why="")
        .select_related("ticket")
    )
)
_services = Kept(lambda: Service.objects.in_bulk())
_teams = Kept(lambda: Team.objects.in_bulk())

_NOTED: Final = ("outcome", "why", "before", "version")

# What a verb raises where the verdict could not know
_WHY: Final[Mapping[type[Exception], str]] = {
    NotMergeable: judge.TARGET,
    IllegalMove: judge.CLOSED,
    tagging.TooManyTags: judge.TAGS,
}


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
    except Exception as problem:  # one ticket must not hold up the others; the job's page tells of it
        why = next((why for kind, why in _WHY.items() if isinstance(problem, kind)), judge.FAILED)
        if why == judge.FAILED:
            log.exception("job %s, ticket %s", job.pk, item.ticket_id)
        undoing = item.outcome == Outcome.DONE
        told = {"why": why} if undoing else {"outcome": Outcome.REFUSED, "why": why}
        BulkItem.objects.filter(pk=item.pk, outcome=item.outcome).update(**told)


def _do(job: BulkJob, order: Order | None, item: BulkItem) -> None:
    """One ticket: looked at as it stands now, changed, and noted. Nothing where another worker has done it."""
    if order is not None and order.action == Action.MERGE:  # the order in which every merge locks
        BulkItem.objects.select_for_update(of=("self",)).filter(pk=item.pk).first()
        for pk in sorted({item.ticket_id, order.object.pk}):
            Ticket.objects.locked(pk)
    mine = _TO_DO.first(item.pk)
    if mine is None:
        return
    person, ticket = job.person, _acquainted(mine.ticket)
    if order is None or not is_allowed(person, job.action):
        mine.outcome, mine.why = Outcome.REFUSED, judge.GONE if order is None else judge.RIGHT
        update(mine, _NOTED)
        return
    values = list(judge.values_for(order, FieldValue.objects.filter(ticket=ticket)))
    said = judge.said_in(order, values).get(ticket.pk, {})
    # Whether it has the tag, and as many as it may, the verb says: it must look in any case
    found = judge.verdict(order, ticket, person, has_tag=order.action == Action.UNTAG, given=said)
    if found.outcome == Outcome.DONE:
        mine.before = state(ticket)
        if order.action == Action.FIELD:
            own = next((value for value in values if value.field_id == order.object.pk), None)
            mine.before[SAID] = fields.kept(own)
        held = window() if job.action in TOLD else None
        with holding(ticket), part_of(told_from=held, bulk=job.pk):
            if DO[job.action](order, ticket, person) is False:
                found, mine.before = Verdict(Outcome.UNCHANGED), {}
        if found.outcome == Outcome.DONE:
            mine.version = ticket.version
    mine.outcome, mine.why = found.outcome, found.why
    update(mine, _NOTED)


def _acquainted(ticket: Ticket) -> Ticket:
    """The same, with the service and the team that verbs and texts read, as far as they are known."""
    service = _services().get(ticket.service_id)
    if service is not None:
        ticket.service = service
    team = _teams().get(ticket.team_id) if ticket.team_id is not None else None
    if team is not None:
        ticket.team = team
    return ticket


def _take_back(job: BulkJob, item: BulkItem) -> None:
    mine = _TO_TAKE_BACK.first(item.pk)
    if mine is None:
        return
    item, ticket = mine, _acquainted(mine.ticket)
    assert item.version is not None
    if item.before.get("team_id") in hidden_teams(job.person):
        item.outcome, item.why = Outcome.CHANGED_SINCE, judge.HIDDEN
        _let_go(job, item)
    else:
        try:
            with transaction.atomic(), holding(ticket), part_of(bulk=job.pk):
                UNDO[job.action](job, item, ticket, item.version)
        except TooLate:
            item.why = judge.LATE
        except (Outdated, NotUnmergeable, IllegalMove, tagging.TooManyTags):
            item.outcome = Outcome.CHANGED_SINCE
            _let_go(job, item)
        else:
            item.outcome = Outcome.UNDONE
    update(item, ("outcome", "why"))


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
