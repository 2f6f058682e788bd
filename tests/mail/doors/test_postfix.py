"""Postfix hands its mail over by LMTP and through the pipe; what cannot be stored now stays in its queue."""

import shutil
import smtplib
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError
from pytest_django import Settings

from tawasul.mail.doors import lmtp, store
from tawasul.mail.models import IncomingMail
from tests.mail.doors.making import RECEIVE, ROOT, a_mail, an_lmtp_server, environment
from tests.mail.doors.servers import Postfix, free_port, needs_postfix, postfix

pytestmark = [pytest.mark.network, pytest.mark.django_db(transaction=True), needs_postfix]


LMTP_PORT = free_port()


@pytest.fixture(scope="module")
def shared() -> Iterator[Path]:
    """A folder in which Postfix's user may write."""
    folder = Path(tempfile.mkdtemp(prefix="tawasul-pipe-"))
    folder.chmod(0o777)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def running(shared: Path) -> Iterator[Postfix]:
    command = f"{shared}/command --mailbox post --from ${{sender}} --to ${{original_recipient}}"
    with postfix(lmtp=f"inet:127.0.0.1:{LMTP_PORT}", pipe=command) as server:
        yield server


@pytest.fixture
def server(running: Postfix) -> Iterator[Postfix]:
    """Postfix with an empty queue and an empty log; its LMTP goes to LMTP_PORT."""
    yield running
    running.forget()


def until(condition: Callable[[], bool], *, within: float = 20.0) -> None:
    deadline = time.monotonic() + within
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.05)


def send(server: Postfix, raw: bytes, *recipients: str, sender: str = "noura@example.com.sa") -> None:
    with smtplib.SMTP("127.0.0.1", server.port) as client:
        client.ehlo()
        options = (
            [] if sender.isascii() and all(map(str.isascii, recipients)) else ["SMTPUTF8", "BODY=8BITMIME"]
        )
        client.sendmail(sender, list(recipients), raw, mail_options=options)


def test_a_mail_goes_through_postfix_and_lmtp_as_it_was(server: Postfix) -> None:
    raw = b"Subject: long\r\n\r\n" + b"x" * 5000 + "\r\n.\r\nالسلام\r\n".encode()
    with an_lmtp_server(lmtp.Place(port=LMTP_PORT)):
        send(server, raw, "support@lmtp.example", "complaints@lmtp.example")
        send(server, a_mail(), "دعم@lmtp.example", sender="نورة@مثال.السعودية")
        until(lambda: IncomingMail.objects.count() == 2 and not server.waiting())
        log = server.log
    first, second = IncomingMail.objects.order_by("size")
    assert (first.envelope_from, first.envelope_to) == ("نورة@مثال.السعودية", ["دعم@lmtp.example"])
    assert store.raw(first).endswith(a_mail().partition(b"\r\n\r\n")[2])
    assert sorted(second.envelope_to) == ["complaints@lmtp.example", "support@lmtp.example"]
    assert store.raw(second).endswith(raw.partition(b"\r\n\r\n")[2])
    assert log.count("250 2.0.0 stored") == 3, "a reply for each recipient"


def test_what_cannot_be_stored_now_waits_in_the_queue_and_comes_again(
    server: Postfix, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(server, a_mail(), "support@lmtp.example")
    until(lambda: "Connection refused" in server.log)
    away = threading.Event()
    real = store.keep

    def keep(raw: bytes, **options: Any) -> IncomingMail:
        if not away.is_set():
            raise OperationalError("the database is away")
        return real(raw, **options)

    monkeypatch.setattr(store, "keep", keep)
    with an_lmtp_server(lmtp.Place(port=LMTP_PORT)):
        until(lambda: "451 4.3.0" in server.log)
        assert len(server.waiting()) == 1
        away.set()
        until(lambda: IncomingMail.objects.exists() and not server.waiting())
    assert "bounced" not in server.log


def test_a_mail_that_is_too_large_comes_back_to_its_sender(server: Postfix, settings: Settings) -> None:
    settings.MAIL_MAX_BYTES = 100_000
    with an_lmtp_server(lmtp.Place(port=LMTP_PORT)):
        send(server, a_mail(size=200_000), "support@lmtp.example", sender="noura@lmtp.example")
        # The notice goes to its sender, who for once has a mailbox here.
        until(lambda: IncomingMail.objects.exists())
        assert "status=bounced" in server.log
    assert IncomingMail.objects.get().envelope_from == "<>"


def test_postfix_takes_the_exit_status_of_the_pipe_as_it_is_meant(server: Postfix, shared: Path) -> None:
    """The command is a stand-in, for Postfix runs none as the user whose database this is; it keeps what Postfix gave
    it, and that is then given to the command itself."""

    def answer(status: int, said: str = "") -> None:
        (shared / "said").write_text(said)
        (shared / "status").write_text(str(status))

    (shared / "command").write_text(
        f'#!/bin/sh\ncat >{shared}/mail\nfor word; do echo "$word"; done >{shared}/arguments\n'
        f"cat {shared}/said >&2\nexit $(cat {shared}/status)\n"
    )
    (shared / "command").chmod(0o755)
    answer(75, "4.3.0 not now")
    send(server, a_mail(1), "support+t@pipe.example", sender="")
    until(lambda: "status=deferred" in server.log)
    assert len(server.waiting()) == 1
    answer(0)
    until(lambda: "status=sent" in server.log and not server.waiting())
    answer(69, "5.3.4 too large")
    send(server, a_mail(2), "support@pipe.example", sender="noura@lmtp.example")
    until(lambda: "status=bounced" in server.log)
    answer(0)
    given = (shared / "arguments").read_text().splitlines()
    assert given == ["--mailbox", "post", "--from", "noura@lmtp.example", "--to", "support@pipe.example"]
    done = subprocess.run(
        [*RECEIVE, *given], input=(shared / "mail").read_bytes(), env=environment(), cwd=ROOT, check=False
    )
    assert done.returncode == 0
    mail = IncomingMail.objects.get()
    assert (mail.envelope_from, mail.envelope_to) == ("noura@lmtp.example", ["support@pipe.example"])
    assert store.raw(mail).replace(b"\n", b"\r\n").endswith(a_mail(2).partition(b"\r\n\r\n")[2])
