"""The worker as a whole: it does everything, it survives trouble, it stops when told."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import OperationalError
from pytest_django import Settings

from tawasul.accounts.models import Person
from tawasul.config.commands import doctor
from tawasul.core import clock
from tawasul.mail.models import OutgoingMail
from tawasul.reactions import queries, schedule, worker
from tawasul.reactions.models import Chore, Heartbeat
from tawasul.tickets import actions
from tawasul.tickets.models import Status, Ticket
from tests.at_once import at_once
from tests.mail.raw_smtp import RawSmtp
from tests.world import OpenATicket

pytestmark = [pytest.mark.network, pytest.mark.django_db(transaction=True)]


def until(condition: Callable[[], bool], *, within: float = 15.0) -> None:
    deadline = time.monotonic() + within
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.05)


@contextmanager
def at_work() -> Iterator[threading.Thread]:
    stop = threading.Event()
    thread = threading.Thread(target=worker.run, args=(stop,))
    thread.start()
    try:
        yield thread
    finally:
        stop.set()
        thread.join(worker.GRACE + 5)
        assert not thread.is_alive()


def test_an_answer_is_told_and_delivered_within_seconds(
    open_a_ticket: OpenATicket, fahd: Person, settings: Settings
) -> None:
    with RawSmtp() as server:
        settings.SMTP_HOST, settings.SMTP_PORT = "127.0.0.1", server.port
        with at_work():
            ticket = open_a_ticket()
            until(lambda: len(server.taken) == 1)
            actions.answer(ticket, by=fahd, text="حُفظ.")
            until(lambda: len(server.taken) == 2)
            until(lambda: not OutgoingMail.objects.exclude(state="sent").exists())
        assert not Heartbeat.objects.exists(), "it says goodbye"


def test_a_slow_mail_server_delays_no_closing(
    open_a_ticket: OpenATicket, fahd: Person, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(
        schedule.CHORES, "close_silent", (timedelta(seconds=0.2), schedule.silence.close_silent)
    )
    with RawSmtp() as server:
        server.delay = 2.0
        settings.SMTP_HOST, settings.SMTP_PORT, settings.SMTP_TIMEOUT = "127.0.0.1", server.port, 3
        ticket = open_a_ticket()
        actions.answer(ticket, by=fahd, text="حُفظ.")
        with at_work():
            until(lambda: bool(server.conversations))
            Ticket.objects.filter(pk=ticket.pk).update(close_due_at=clock.now())
            until(lambda: Ticket.objects.get(pk=ticket.pk).status == Status.CLOSED, within=3)


def test_without_a_mail_server_events_are_told_and_mails_wait(
    open_a_ticket: OpenATicket, settings: Settings
) -> None:
    with RawSmtp() as gone:
        settings.SMTP_HOST, settings.SMTP_PORT = "127.0.0.1", gone.port
    with at_work():
        open_a_ticket()
        until(lambda: OutgoingMail.objects.exclude(last_error="").exists())
        until(lambda: queries.oldest_waiting_event() is None)
    assert OutgoingMail.objects.get().state == "waiting"


def test_it_gives_a_sign_of_life(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "BEAT", 0.1)
    Heartbeat.objects.create(worker="gone", at=clock.now() - timedelta(hours=2))
    with at_work():
        until(lambda: queries.last_heartbeat() is not None)
        first = queries.last_heartbeat()
        until(lambda: (queries.last_heartbeat() or clock.now()) > (first or clock.now()))
        assert Heartbeat.objects.count() == 1, "the dead one's row is gone"


def test_trouble_in_one_loop_ends_no_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[float] = []

    def troubled() -> int:
        calls.append(time.monotonic())
        if len(calls) < 3:
            raise (
                OperationalError("the database is away") if len(calls) == 1 else ValueError("a fault of ours")
            )
        return 0

    calm: list[float] = []
    monkeypatch.setattr(
        worker,
        "LOOPS",
        (
            worker.Loop("troubled", lambda stop: troubled),
            worker.Loop("calm", lambda stop: lambda: calm.append(1.0) or 0),
        ),
    )
    with at_work():
        until(lambda: len(calls) >= 4 and len(calm) >= 2)


def test_an_idle_worker_looks_less_often_and_a_busy_one_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[float] = []
    monkeypatch.setattr(worker, "LOOPS", (worker.Loop("idle", lambda stop: lambda: looks.append(1.0) or 0),))
    with at_work():
        time.sleep(2.5)
    assert 3 <= len(looks) <= 7
    busy: list[float] = []
    monkeypatch.setattr(
        worker, "LOOPS", (worker.Loop("busy", lambda stop: lambda: busy.append(1.0) or len(busy) < 50),)
    )
    started = time.monotonic()
    with at_work():
        until(lambda: len(busy) >= 50)
    assert time.monotonic() - started < 2


def test_told_to_stop_it_stops_within_seconds_even_in_a_slow_conversation(
    open_a_ticket: OpenATicket, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "GRACE", 1.0)
    with RawSmtp() as server:
        server.delay = 3.0
        settings.SMTP_HOST, settings.SMTP_PORT, settings.SMTP_TIMEOUT = "127.0.0.1", server.port, 5
        open_a_ticket()
        with at_work() as thread:
            until(lambda: bool(server.conversations))
            started = time.monotonic()
        assert not thread.is_alive() and time.monotonic() - started < 2.5
    # the mail in hand is left to its lease: nobody may touch the database of the next test
    until(lambda: not [t for t in threading.enumerate() if t.name.startswith("mail-")], within=20)


def test_a_chore_is_done_once_a_period_by_however_many_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[int] = []
    monkeypatch.setattr(schedule, "CHORES", {"count": (timedelta(hours=1), lambda: done.append(1))})
    schedule.prepare()
    schedule.prepare()
    at_once(*[schedule.do_due] * 4)
    assert done == [1]
    assert schedule.do_due() == 0
    Chore.objects.update(due_at=clock.now())
    assert schedule.do_due() == 1 and done == [1, 1]


def test_a_chore_that_fails_says_so_and_is_tried_again_within_minutes(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    outcomes: list[Exception | None] = [ValueError("no room"), None]

    def chore() -> None:
        outcome = outcomes.pop(0)
        if outcome is not None:
            raise outcome

    other: list[int] = []
    chores = {"failing": (timedelta(days=1), chore), "other": (timedelta(days=1), lambda: other.append(1))}
    monkeypatch.setattr(schedule, "CHORES", chores)
    schedule.prepare()
    schedule.do_due()
    (failing,) = queries.failing_chores()
    assert failing.last_error == "ValueError: no room"
    assert failing.due_at < clock.now() + timedelta(minutes=6)
    assert other == [1], "the others are done"
    doctor.run([])
    assert "note   the chore failing fails: ValueError: no room" in capsys.readouterr().out
    Chore.objects.update(due_at=clock.now())
    schedule.do_due()
    assert not queries.failing_chores()
