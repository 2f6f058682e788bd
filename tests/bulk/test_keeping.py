"""Jobs that are long over are forgotten; what they did to the tickets is not."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from tawasul.accounts.models import Person
from tawasul.bulk import actions as bulk
from tawasul.bulk import keeping
from tawasul.bulk.models import BulkItem, BulkJob
from tawasul.bulk.orders import Action
from tawasul.core import clock
from tawasul.reactions import schedule
from tawasul.tickets.models import Event, Tag
from tests.bulk.test_jobs import ordered, word, work_off

pytestmark = pytest.mark.django_db
__all__ = ["word"]


def in_days(days: int) -> Any:
    return time_machine.travel(clock.now() + timedelta(days=days), tick=False)


def test_a_job_is_forgotten_ninety_days_after_its_end_and_its_trace_in_the_tickets_stays(
    fahd: Person, word: Tag, open_a_ticket: Any
) -> None:
    ticket = open_a_ticket()
    job = ordered(fahd, Action.TAG, word)
    work_off()
    with in_days(89):
        assert keeping.drop_old() == 0
    with in_days(91):
        schedule.prepare()
        schedule.do_due()
    assert not BulkJob.objects.exists() and not BulkItem.objects.exists()
    told = Event.objects.get(ticket=ticket, kind=Event.Kind.TAGGED)
    assert told.data["bulk"] == job.pk
    assert list(ticket.tags.all()) == [word]


def test_a_job_that_runs_is_kept_however_old_it_is(fahd: Person, word: Tag, open_a_ticket: Any) -> None:
    open_a_ticket()
    ordered(fahd, Action.TAG, word)
    with in_days(400):
        assert keeping.drop_old() == 0
        work_off()  # and from its end on it is kept as long as any other
        assert keeping.drop_old() == 0


def test_a_job_that_is_being_taken_back_or_may_still_be_is_kept(
    fahd: Person, word: Tag, open_a_ticket: Any
) -> None:
    open_a_ticket()
    job = ordered(fahd, Action.TAG, word)
    work_off()
    BulkJob.objects.update(undo_until=clock.now() + timedelta(days=200))
    with in_days(100):
        assert keeping.drop_old() == 0
        bulk.ask_undo(job, by=fahd)
    with in_days(300):
        assert keeping.drop_old() == 0
        work_off()
        assert keeping.drop_old() == 0
    with in_days(391):
        assert keeping.drop_old() == 1


def test_more_rows_than_one_bundle_go_as_well(
    fahd: Person, word: Tag, open_a_ticket: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "BUNDLE", 2)
    for _ in range(4):
        open_a_ticket()
    ordered(fahd, Action.TAG, word)
    work_off()
    with in_days(91):
        assert keeping.drop_old() == 1
    assert not BulkItem.objects.exists()
