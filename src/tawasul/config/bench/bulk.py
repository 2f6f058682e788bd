"""A job over many tickets, done by a real worker beside a real server: how many tickets it tags in a second, and what
the desk's queue and somebody's note take meanwhile, beside what they take without it.

Started as a process of its own for each database, like ``measure``. Each ticket is proved: it has the tag, one event
that names the job, and its row of the job says so.
"""

import argparse
import json
import os
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from itertools import pairwise
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from tawasul.config.bench.load import BadAnswer, Connection

if TYPE_CHECKING:
    from tawasul.bulk.models import BulkJob
    from tawasul.config.bench.stage import Stage

CALM = 40  # requests of the queue before the job, a quarter as many notes
PAUSE = 0.02  # seconds between two requests: somebody who works, not somebody who attacks
PATIENCE = 60.0  # seconds without a ticket's being done, after which the job is taken to stand still
ROOM = 1.25  # tickets of the stock for one of the job: some are of closed teams


def main(argv: list[str]) -> int:
    """Print the rows as JSON on the last line."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--label", required=True)
    parser.add_argument("--tickets", type=int, default=1000, help="of the job")
    given = parser.parse_args(argv)
    from tawasul.config import preparation

    preparation.prepare()
    from tawasul.config.bench import measure
    from tawasul.config.bench import stage as stages

    stage = stages.prepare(int(given.tickets * ROOM) + 20)
    queries = _queries(stage)
    with measure.server(os.environ["DJANGO_SETTINGS_MODULE"]) as (port, _pid, _first), _worker():
        desk = _Desk(port, stage)
        with closing(desk.connection):
            calm = desk.asked(lambda asked: asked < CALM)
            job = _ordered(stage, given.tickets)
            busy = desk.asked(_runs(job))
    took, gaps, proved = _proved(job)
    if proved != given.tickets:
        raise RuntimeError(f"{proved} of {given.tickets} tickets are tagged")
    rows = [_row("bulk:tag", given, gaps, took, queries=queries, proved=proved)]
    for name, times in (("before", calm), ("meanwhile", busy)):
        rows += [_row(f"bulk:{page} {name}", given, each, sum(each)) for page, each in times.items() if each]
    for row in rows:
        print(json.dumps(row), file=sys.stderr, flush=True)
    print("\n" + json.dumps({"rows": rows}))
    return 0


def _row(
    name: str, given: argparse.Namespace, each: list[float], took: float, *, queries: float = 0, **more: int
) -> dict[str, Any]:
    each = sorted(each)
    return {
        "page": name,
        "tickets": given.tickets,
        "clients": 1,
        "p50_ms": round(1000 * each[len(each) // 2], 2),
        "p95_ms": round(1000 * each[int(len(each) * 0.95)], 2),
        "per_second": round(len(each) / took, 1),
        "queries": queries,  # of a ticket; the pages' are counted elsewhere
        "bytes": 0,
        "database": given.label,
        **more,
    }


class _Desk:
    """A member of staff at work: the queue again and again, every fifth time a note."""

    def __init__(self, port: int, stage: "Stage") -> None:
        self.connection = Connection(port, stage.staff_cookies)
        self._number = stage.waiting_tickets[0]

    def asked(self, goes_on: Callable[[int], bool]) -> dict[str, list[float]]:
        """How long each request took, for as long as ``goes_on`` says of the number of them so far."""
        seen: dict[str, list[float]] = {"queue": [], "note": []}
        while goes_on(len(seen["queue"])):
            seen["queue"].append(self._timed("GET", "/ar/desk/", b"", 200))
            if len(seen["queue"]) % 5 == 0:
                seen["note"].append(self._note())
            time.sleep(PAUSE)
        return seen

    def _note(self) -> float:
        from tawasul.config.bench.stage import CSRF

        body = urlencode({"text": "ملاحظة", "draft": "", "csrfmiddlewaretoken": CSRF}).encode()
        return self._timed("POST", f"/ar/desk/tickets/{self._number}/notes/", body, 302)

    def _timed(self, method: str, path: str, body: bytes, status: int) -> float:
        began = time.perf_counter()
        kind = "application/x-www-form-urlencoded" if body else ""
        answer = self.connection.request(method, path, body, kind)
        if answer.status != status:
            raise BadAnswer(f"{path}: {answer.status}")
        return time.perf_counter() - began


@contextmanager
def _worker() -> Iterator[None]:
    worker = subprocess.Popen([sys.executable, "-m", "tawasul", "worker"])
    try:
        yield
    finally:
        worker.terminate()
        worker.wait(timeout=60)


def _queries(stage: "Stage") -> float:
    """Statements for each ticket, what a batch of them needs as a whole among them, seen from inside this process."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from tawasul.bulk import work

    _ordered(stage, work.BATCH)
    _ordered(stage, work.BATCH)
    work.work_due()  # what a process makes once is made
    with CaptureQueriesContext(connection) as asked:
        done = work.work_due()
    while work.work_due():
        pass
    return round(len(asked) / done, 2)


def _ordered(stage: "Stage", tickets: int) -> "BulkJob":
    """A job that puts a new word on the first so many tickets."""
    from tawasul.bulk import actions
    from tawasul.bulk.orders import Action, Order
    from tawasul.tickets.models import Tag, Ticket

    word = uuid.uuid4().hex
    tag = Tag.objects.create(name_ar=word, name_en=word)
    seen = Ticket.objects.exclude(team__is_closed=True)
    last = list(seen.order_by("pk").values_list("pk", flat=True)[:tickets])[-1]
    return actions.order(uuid.uuid4(), Order(Action.TAG, tag), seen.filter(pk__lte=last), by=stage.staff)


def _runs(job: "BulkJob") -> Callable[[int], bool]:
    """Says whether the job is still to be done. Raises RuntimeError where nothing becomes of it."""
    far, moved = 0, time.monotonic()

    def runs(_asked: int) -> bool:
        nonlocal far, moved
        job.refresh_from_db(fields=["done_at", "finished"])
        if job.finished != far:
            far, moved = job.finished, time.monotonic()
        elif time.monotonic() - moved > PATIENCE:
            raise RuntimeError(f"the job stands still at {job.finished} of {job.total}")
        return job.done_at is None

    return runs


def _proved(job: "BulkJob") -> tuple[float, list[float], int]:
    """Seconds from the first ticket to the last, from each to the next, and how many have what they should have."""
    from tawasul.bulk.models import BulkItem
    from tawasul.tickets.models import Event, Tagging

    told = Event.objects.filter(kind=Event.Kind.TAGGED, data__bulk=job.pk)
    moments = sorted(told.values_list("at", flat=True))
    gaps = [(later - earlier).total_seconds() for earlier, later in pairwise(moments)]
    tagged = Tagging.objects.filter(tag=job.params["object"]).count()
    done = job.items.filter(outcome=BulkItem.Outcome.DONE).count()
    proved = done if len(moments) == tagged == done else 0
    return (moments[-1] - moments[0]).total_seconds(), gaps, proved


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
