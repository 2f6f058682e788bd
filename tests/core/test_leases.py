"""Rows that are work: claimed by one worker at a time, back by themselves when it dies."""

from datetime import timedelta

import pytest
import time_machine

from tawasul.core import clock
from tawasul.core.leases import backoff
from tawasul.tickets.models import Event
from tests.at_once import at_once
from tests.world import OpenATicket


def events(open_a_ticket: OpenATicket, count: int) -> list[Event]:
    ticket = open_a_ticket()
    Event.objects.all().delete()
    return Event.objects.bulk_create([Event(ticket=ticket, kind=Event.Kind.NOTED) for _ in range(count)])


def test_a_claimed_row_is_nobody_elses_until_its_lease_runs_out(open_a_ticket: OpenATicket) -> None:
    events(open_a_ticket, 1)
    with time_machine.travel(clock.now(), tick=False) as travel:
        (first,) = Event.objects.claim(5, lease=timedelta(seconds=30))
        assert Event.objects.claim(5) == []
        travel.shift(31)
        (second,) = Event.objects.claim(5)
        assert (second.pk, second.attempts) == (first.pk, 2)
        assert not first.finish(), "who lost the lease cannot finish"
        assert not first.renew()
        assert not first.postpone(timedelta(), error="late")
        assert not first.give_up(error="late")
        assert second.finish()
        assert not second.finish(), "done is done"
        assert Event.objects.claim(5) == []


def test_a_renewed_lease_lasts_from_now(open_a_ticket: OpenATicket) -> None:
    events(open_a_ticket, 1)
    with time_machine.travel(clock.now(), tick=False) as travel:
        (row,) = Event.objects.claim(1, lease=timedelta(seconds=30))
        travel.shift(20)
        assert row.renew(timedelta(seconds=30))
        travel.shift(20)
        assert Event.objects.claim(1) == []


def test_a_postponed_row_says_why_and_comes_back(open_a_ticket: OpenATicket) -> None:
    events(open_a_ticket, 1)
    with time_machine.travel(clock.now(), tick=False) as travel:
        (row,) = Event.objects.claim(1)
        row.postpone(timedelta(seconds=10), error="x" * 3000)
        assert Event.objects.claim(1) == []
        travel.shift(11)
        (row,) = Event.objects.claim(1)
        assert row.last_error == "x" * 2000


def test_a_row_given_up_is_set_apart_and_never_claimed(open_a_ticket: OpenATicket) -> None:
    events(open_a_ticket, 2)
    row, other = Event.objects.claim(2)
    assert row.give_up(error="")
    assert other.finish()
    assert [found.pk for found in Event.objects.given_up()] == [row.pk]
    assert not Event.objects.due().exists()


def test_a_row_given_back_untouched_is_due_at_once_and_nothing_is_counted(open_a_ticket: OpenATicket) -> None:
    events(open_a_ticket, 2)
    rows = Event.objects.claim(2)
    rows[0].finish()
    assert Event.objects.release(rows) == 1
    (again,) = Event.objects.claim(2)
    assert (again.pk, again.attempts) == (rows[1].pk, 1)


def test_the_longest_waiting_come_first(open_a_ticket: OpenATicket) -> None:
    rows = events(open_a_ticket, 3)
    Event.objects.filter(pk=rows[2].pk).update(next_try_at=clock.now() - timedelta(hours=1))
    (first,) = Event.objects.claim(1)
    assert first.pk == rows[2].pk


@pytest.mark.parametrize(
    ("attempts", "least", "most"), [(1, 7.5, 12.5), (2, 15, 25), (3, 30, 50), (99, 75, 125)]
)
def test_the_wait_doubles_up_to_its_limit(attempts: int, least: float, most: float) -> None:
    for _ in range(50):
        wait = backoff(attempts, first=timedelta(seconds=10), most=timedelta(seconds=100)).total_seconds()
        assert least <= wait <= most


@pytest.mark.django_db(transaction=True)
def test_workers_that_claim_at_the_same_moment_get_different_rows(open_a_ticket: OpenATicket) -> None:
    events(open_a_ticket, 200)

    def work() -> list[int]:
        mine: list[int] = []
        idle = 0
        while idle < 5:
            rows = Event.objects.claim(5)
            mine += [row.pk for row in rows]
            idle = 0 if rows else idle + 1
        return mine

    everything = [pk for mine in at_once(*[work] * 4) for pk in mine]
    assert len(everything) == len(set(everything)) == 200
    assert Event.objects.filter(attempts=1).count() == 200
