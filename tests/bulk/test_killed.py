"""Workers killed without warning in the middle of a job: each ticket is done with its event and its row of the job, or
not at all; the next worker goes on where the job stands, and so does taking it back."""

import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tawasul.accounts.models import Person
from tawasul.bulk import actions as bulk
from tawasul.bulk import work
from tawasul.bulk.judge import Outcome
from tawasul.bulk.models import BulkJob
from tawasul.bulk.orders import Action
from tawasul.core import clock
from tawasul.tickets.models import Event, Tag, Ticket
from tests import processes
from tests.bulk.test_jobs import ordered, word
from tests.world import OpenATicket

pytestmark = pytest.mark.django_db(transaction=True)
__all__ = ["word"]

TICKETS = 90
KILLS = 5


def test_killed_again_and_again_a_job_does_each_ticket_once_and_its_page_says_how_far_it_is(
    fahd: Person,
    fahd_client: Client,
    word: Tag,
    open_a_ticket: OpenATicket,
    monkeypatch: pytest.MonkeyPatch,
    settings: Any,
) -> None:
    settings.STAFF_NEED_TWO_STEPS = False
    job = a_job(fahd, word, open_a_ticket, monkeypatch)
    for kill in range(KILLS):
        killed_when(job, Outcome.WAITING, at_most=TICKETS - (kill + 1) * 12)
        done = assert_whole(job, word)
        assert 0 < done < TICKETS, "it was killed in the middle"
        answer = fahd_client.get(f"/ar/desk/bulk/{job.key}/")
        assert f'<progress max="{TICKETS}" value="{done}">' in answer.content.decode()
    to_the_end(job)
    assert assert_whole(job, word) == TICKETS
    assert job.finished == job.total == TICKETS and job.finished_at is not None


def test_taken_back_after_a_kill_and_killed_while_it_is_every_ticket_is_as_it_was(
    fahd: Person, word: Tag, open_a_ticket: OpenATicket, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = a_job(fahd, word, open_a_ticket, monkeypatch)
    killed_when(job, Outcome.WAITING, at_most=TICKETS - 45)
    done = assert_whole(job, word)
    bulk.ask_undo(job, by=fahd)
    for left in (done - 10, done - 20, done - 30):
        killed_when(job, Outcome.DONE, at_most=left)
        assert assert_whole(job, word) > 0, "it was killed in the middle"
    to_the_end(job)
    assert assert_whole(job, word) == 0
    outcomes = Counter(job.items.values_list("outcome", "why"))
    assert outcomes == {(Outcome.UNDONE, ""): done, (Outcome.REFUSED, "stopped"): TICKETS - done}
    assert job.finished == TICKETS and job.undone_at is not None
    told = Counter(Event.objects.filter(kind=Event.Kind.TAGGED).values_list("data__removed", flat=True))
    assert told == {False: done, True: done}


def a_job(by: Person, word: Tag, open_a_ticket: OpenATicket, monkeypatch: pytest.MonkeyPatch) -> BulkJob:
    monkeypatch.setattr(work, "BATCH", 8)
    for _ in range(TICKETS):
        open_a_ticket()
    return ordered(by, Action.TAG, word)


def killed_when(job: BulkJob, waits: str, *, at_most: int) -> None:
    """Have a worker at it, and kill it as soon as so few rows are left in that state."""
    the_lease_runs_out(job)
    with processes.beside(at_work):
        wait_for(lambda: job.items.filter(outcome=waits).count() <= at_most)


def at_work() -> None:
    while True:
        if not work.work_due():
            time.sleep(0.01)


def to_the_end(job: BulkJob) -> None:
    the_lease_runs_out(job)
    while work.work_due():
        pass
    job.refresh_from_db()


def the_lease_runs_out(job: BulkJob) -> None:
    BulkJob.objects.filter(pk=job.pk, done_at=None).update(next_try_at=clock.now())


def assert_whole(job: BulkJob, word: Tag) -> int:
    """What is done is done whole, and the rest not at all; how many are done."""
    done = dict(job.items.filter(outcome=Outcome.DONE).values_list("ticket", "version"))
    assert set(word.taggings.values_list("ticket", flat=True)) == done.keys()
    assert dict(Ticket.objects.filter(pk__in=done).values_list("pk", "version")) == done
    events: Counter[int] = Counter()
    for ticket, removed in Event.objects.filter(kind=Event.Kind.TAGGED, data__bulk=job.pk).values_list(
        "ticket", "data__removed"
    ):
        events[ticket] += -1 if removed else 1
    assert {ticket for ticket, number in events.items() if number} == done.keys()
    assert all(number in (0, 1) for number in events.values())
    return len(done)


def wait_for(condition: Callable[[], bool], seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.002)
