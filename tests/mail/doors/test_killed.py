"""Receivers killed without warning at any moment: what was acknowledged is there, what was not comes again, and
nothing is there twice.

Each receiver is killed KILLS times; TAWASUL_TEST_KILLS=200 takes its time.
"""

import os
import random
import signal
import smtplib
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection, connections

from tawasul.core import clock
from tawasul.mail.doors import lmtp, pipe, store
from tawasul.mail.doors.fetching import Fetcher
from tawasul.mail.models import IncomingMail, Mailbox, RawMail
from tests import processes
from tests.mail.doors.making import a_mail
from tests.mail.doors.servers import dovecot, free_port, needs_dovecot
from tests.mail.doors.test_imap import a_fetcher, box_of, lies_in, put

pytestmark = [pytest.mark.network, pytest.mark.django_db(transaction=True)]

KILLS = int(os.environ.get("TAWASUL_TEST_KILLS", "20"))
Record = Callable[[str, object], None]


def assert_each_is_there_once(numbers: set[int]) -> None:
    """Rows, and bytes: none lost, none twice."""
    rows = {mail.pk: store.raw(mail) for mail in IncomingMail.objects.all()}
    expected = sorted(a_mail(number, size=number % 7 * 10_000) for number in numbers)
    assert sorted(rows.values()) == expected
    assert RawMail.objects.count() == len(expected)


def mail_of(number: int) -> bytes:
    return a_mail(number, size=number % 7 * 10_000)


@pytest.mark.timeout(600)
def test_the_pipe_killed_at_any_moment(tmp_path: Path, record_property: Record) -> None:
    chance = random.Random(11)
    killed = number = 0
    while killed < KILLS:
        number += 1
        while True:  # as a mail server: again until the status is 0
            status = _receive(mail_of(number), after=chance.choice([None, chance.uniform(0, 0.04)]))
            if status == 0:
                break
            assert status == -signal.SIGKILL
            killed += 1
    record_property("killed", killed)
    record_property("copies", sum(IncomingMail.objects.values_list("copies", flat=True)) - number)
    assert_each_is_there_once(set(range(1, number + 1)))


def _receive(raw: bytes, *, after: float | None) -> int:
    """The status of a process that is given the mail on a pipe, and killed some seconds after its start, if it is."""
    connections.close_all()
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        status = 99
        try:
            os.close(writer)
            pipe._PARENT = os.getppid()
            with os.fdopen(reader, "rb") as stdin:
                status = pipe.receive(["--to", "support@registry.example"], stdin)
            time.sleep(0.005)  # an interpreter takes its time to end, and may be killed while it does
        finally:
            os._exit(status)
    os.close(reader)
    killer = threading.Timer(after, os.kill, (child, signal.SIGKILL)) if after is not None else None
    if killer:
        killer.start()
    try:
        with os.fdopen(writer, "wb") as stdin:
            stdin.write(raw)
    except BrokenPipeError:
        pass
    if killer:
        killer.join()  # before the wait: else another process might have its number by then
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


@pytest.mark.timeout(600)
def test_the_lmtp_server_killed_at_any_moment(record_property: Record) -> None:
    port = free_port()
    stop = threading.Event()
    acknowledged: list[int] = []
    tries: list[int] = []

    def serve() -> None:
        lmtp.run(lmtp.Place(port=port), threading.Event())

    def send(senders: int, which: int) -> None:
        """A mail server's queue: each mail until it is acknowledged; three of these send side by side."""
        number = which
        while not stop.is_set():
            tries.append(number)
            try:
                with smtplib.LMTP("127.0.0.1", port, timeout=10) as client:
                    while not stop.is_set():
                        client.sendmail("a@x", ["support@registry.example"], mail_of(number))
                        acknowledged.append(number)
                        number += senders
                        tries.append(number)
            except (OSError, smtplib.SMTPException):
                time.sleep(0.005)

    senders = [threading.Thread(target=send, args=(3, which)) for which in range(3)]
    chance = random.Random(12)
    for sender in senders:
        sender.start()
    for _ in range(KILLS):
        with processes.beside(serve):
            time.sleep(chance.uniform(0.03, 0.2))
    with processes.beside(serve):
        time.sleep(0.5)
        stop.set()
        for sender in senders:
            sender.join(30)
    there = {_number(store.raw(mail)) for mail in IncomingMail.objects.all()}
    assert len(acknowledged) == len(set(acknowledged)) > KILLS
    assert set(acknowledged) <= there, "what was acknowledged is there"
    assert there - set(acknowledged) <= set(tries), "what was not is still in its sender's queue"
    assert len(there - set(acknowledged)) <= 3
    record_property("killed", KILLS)
    record_property("acknowledged", len(acknowledged))
    record_property("copies", sum(IncomingMail.objects.values_list("copies", flat=True)) - len(there))
    assert_each_is_there_once(there)


def _number(raw: bytes) -> int:
    return int(raw.partition(b"<mail-")[2].partition(b"@")[0])


@needs_dovecot
@pytest.mark.timeout(600)
def test_the_imap_fetcher_killed_at_any_moment(
    record_property: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = random.Random(13)
    number = 0
    with dovecot() as server:
        box = box_of(server)
        with a_fetcher(box) as fetcher:
            fetcher.step()  # the folders are there

        def fetch() -> None:
            fetcher = Fetcher(box, threading.Event())
            while True:
                fetcher.step()

        for _ in range(KILLS):
            put(server, *(mail_of(number + one) for one in range(3)))
            number += 3
            Mailbox.objects.update(next_try_at=clock.now())  # as if the lease of the killed one had run out
            with processes.beside(fetch):
                time.sleep(chance.uniform(0.05, 0.4))
        Mailbox.objects.update(next_try_at=clock.now())
        with processes.beside(fetch):
            deadline = time.monotonic() + 60
            while lies_in(server, "INBOX") and time.monotonic() < deadline:
                time.sleep(0.1)
        assert lies_in(server, "INBOX") == []
        done = lies_in(server, "Tawasul/Done")
    record_property("killed", KILLS)
    record_property("copies", sum(IncomingMail.objects.values_list("copies", flat=True)) - number)
    assert sorted(done) == sorted(mail_of(one) for one in range(number)), "each lies in the done folder once"
    assert_each_is_there_once(set(range(number)))
    connection.close()
