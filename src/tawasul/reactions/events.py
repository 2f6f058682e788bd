"""Reacting to events: claimed in bundles, each bundle's rows and marks written in one short transaction.

Whatever a reaction has to look up or to render happens before that transaction, so that on SQLite the write lock is
held for a few inserts only.
"""

import logging
from collections.abc import Iterable
from datetime import timedelta

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Model, Prefetch

from tawasul.core import clock
from tawasul.core.leases import backoff
from tawasul.mail.headers import mails_so_far
from tawasul.reactions.table import REACTIONS
from tawasul.tickets.models import Event, Participant

log = logging.getLogger(__name__)

BUNDLE = 50
LEASE = timedelta(seconds=30)
MOST_TRIES = 12
FIRST_DELAY, LONGEST_DELAY = timedelta(seconds=2), timedelta(minutes=10)
_RELATED = ("ticket__service", "ticket__requester", "message", "actor")


def _participants() -> "Prefetch[str]":
    return Prefetch(
        "ticket__participants", queryset=Participant.objects.select_related("person").order_by("pk")
    )


Work = list[tuple[Event, list[Model]]]


def react_to_due(most: int = BUNDLE) -> int:
    """React to up to ``most`` due events, oldest first; how many were claimed. Any number of workers may call this.

    An event whose reaction fails is tried again later and put aside after MOST_TRIES; it never holds up others.
    Raises only where the database itself is away; the events then come back when their lease has run out.
    """
    events = (
        Event.objects.select_related(*_RELATED)
        .prefetch_related(mails_so_far(), _participants(), "ticket__followers")
        .claim(most, lease=LEASE)
    )
    bundle: Work = []
    tickets: set[int] = set()
    for event in events:
        if event.ticket_id in tickets:  # its mails must be in the ledger before the next one refers to them
            _write(bundle)
            bundle, tickets = [], set()
        rows = _rows_for(event)
        if rows is not None:
            bundle.append((event, rows))
            tickets.add(event.ticket_id)
    _write(bundle)
    return len(events)


def _rows_for(event: Event) -> list[Model] | None:
    """What the event calls for; None where a reaction failed, which is noted on the event."""
    try:
        return [row for reaction in REACTIONS.get(event.kind, ()) for row in reaction(event)]
    except (OperationalError, InterfaceError):
        raise
    except Exception as problem:  # noqa: BLE001 - one event must not hold up the others
        _put_off(event, problem)
        return None


def _write(bundle: Work) -> None:
    """Write a bundle in one transaction; where that fails, each event in its own, so that only the culprit waits."""
    if not bundle:
        return
    try:
        _commit(bundle)
    except (OperationalError, InterfaceError):
        raise
    except Exception as problem:  # noqa: BLE001 - as above
        if len(bundle) == 1:
            _put_off(bundle[0][0], problem)
            return
        for one in bundle:
            _write([one])


def _commit(bundle: Work) -> None:
    with transaction.atomic():
        insert_missing(row for _, rows in bundle for row in rows)
        Event.objects.filter(
            pk__in=[event.pk for event, _ in bundle],
            lease__in={event.lease for event, _ in bundle},
            done_at__isnull=True,
        ).update(done_at=clock.now(), last_error="", lease=None)


def insert_missing(rows: Iterable[Model]) -> None:
    """Insert what is not there yet, by key. (Ignoring conflicts would, on SQLite, also swallow rows with faults.)"""
    by_model: dict[type[Model], dict[str, Model]] = {}
    for row in rows:
        by_model.setdefault(type(row), {})[row.key] = row  # type: ignore[attr-defined]
    for model, several in by_model.items():
        manager = model._default_manager
        for key in manager.filter(key__in=list(several)).values_list("key", flat=True):
            del several[key]
        manager.bulk_create(several.values())


def _put_off(event: Event, problem: Exception) -> None:
    error = f"{type(problem).__name__}: {problem}"
    if event.attempts >= MOST_TRIES:
        log.error("event %s is put aside after %s tries: %s", event.pk, event.attempts, error)
        event.give_up(error=error)
    else:
        log.exception("event %s, try %s", event.pk, event.attempts)
        event.postpone(backoff(event.attempts, first=FIRST_DELAY, most=LONGEST_DELAY), error=error)
