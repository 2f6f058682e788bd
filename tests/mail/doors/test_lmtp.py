"""LMTP: 250 only after the commit, a reply for each recipient, 451 for whatever is our fault."""

import signal
import smtplib
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError
from pytest_django import Settings

from tawasul.mail.doors import lmtp, store
from tawasul.mail.models import IncomingMail
from tests.mail.doors.making import ROOT, a_mail, an_lmtp_server, environment
from tests.mail.doors.servers import free_port, until_it_listens

pytestmark = [pytest.mark.network, pytest.mark.django_db(transaction=True)]


class Client:
    """A conversation by hand: ``say`` gives the reply's lines."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=20)
        self._file = self._socket.makefile("rb")
        self.greeting = self.hear()

    def hear(self) -> str:
        lines = []
        while line := self._file.readline():
            lines.append(line.decode())
            if line[3:4] != b"-":
                break
        return "".join(lines)

    def send(self, octets: bytes) -> None:
        self._socket.sendall(octets)

    def say(self, line: str | bytes) -> str:
        self.send((line.encode() if isinstance(line, str) else line) + b"\r\n")
        return self.hear()

    def begin(self, *recipients: str, sender: str = "noura@example.com.sa") -> None:
        assert self.say("LHLO mx.registry.example").startswith("250")
        assert self.say(f"MAIL FROM:<{sender}>").startswith("250")
        for recipient in recipients or ("support@registry.example",):
            assert self.say(f"RCPT TO:<{recipient}>").startswith("250")
        assert self.say("DATA").startswith("354")

    def deliver(self, raw: bytes, *recipients: str) -> list[str]:
        self.begin(*recipients)
        self.send(raw.replace(b"\r\n.", b"\r\n..") + b".\r\n")
        return [self.hear() for _ in recipients or ("",)]

    def close(self) -> None:
        self._file.close()
        self._socket.close()

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *problem: object) -> None:
        self.close()


@pytest.fixture
def port() -> Iterator[int]:
    with an_lmtp_server() as server:
        yield server.port


def test_a_mail_is_stored_when_its_reply_comes(port: int) -> None:
    with smtplib.LMTP("127.0.0.1", port) as client:
        client.ehlo()
        assert {"size", "8bitmime", "smtputf8"} <= set(client.esmtp_features)
        client.sendmail("noura@example.com.sa", ["support@registry.example"], a_mail())
        mail = IncomingMail.objects.get()
    assert store.raw(mail) == a_mail()
    assert (mail.door, mail.envelope_from) == ("lmtp", "noura@example.com.sa")
    assert mail.envelope_to == ["support@registry.example"]


def test_each_recipient_gets_a_reply_and_the_mail_is_one(port: int) -> None:
    with Client(port) as client:
        replies = client.deliver(a_mail(), "a@x", "b@x", "c@x")
        assert [reply[:3] for reply in replies] == ["250"] * 3
        assert client.say("NOOP").startswith("250"), "no reply is left over"
    assert IncomingMail.objects.get().envelope_to == ["a@x", "b@x", "c@x"]


def test_a_mail_that_is_too_large_is_refused_for_each_recipient(port: int, settings: Settings) -> None:
    settings.MAIL_MAX_BYTES = 100_000
    with Client(port) as client:
        replies = client.deliver(b"x" * 998 + b"\r\n" + a_mail(size=400_000), "a@x", "b@x")
        assert [reply[:9] for reply in replies] == ["552 5.3.4"] * 2
        assert client.deliver(a_mail(size=90_000))[0].startswith("250"), "the conversation goes on"
        assert client.say("MAIL FROM:<a@x> SIZE=100001").startswith("552")
    assert IncomingMail.objects.count() == 1


def test_a_fault_of_ours_is_a_451_for_each_recipient_and_the_mail_can_come_again(
    port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, faults = store.keep, [OperationalError("away"), ValueError("a fault"), MemoryError()]

    def keep(*arguments: Any, **options: Any) -> IncomingMail:
        if faults:
            raise faults.pop()
        return real(*arguments, **options)

    monkeypatch.setattr(store, "keep", keep)
    with Client(port) as client:
        for _ in range(3):
            assert [reply[:9] for reply in client.deliver(a_mail(), "a@x", "b@x")] == ["451 4.3.0"] * 2
        assert client.deliver(a_mail())[0].startswith("250")


MAILS = {
    "nothing": b"",
    "an empty line": b"\r\n",
    "a dot": b".\r\n",
    "dots": b"..\r\n.\r\n...\r\n",
    "a long line": b"Subject: x\r\n\r\n" + b"y" * 300_000 + b"\r\n",
    "LF": b"Subject: x\n\nbare line ends\n.\nand a dot\r\n",
    "octets": b"\xff\xfe\0\x80\r\n",
    "much": a_mail(size=3_000_000),
}


@pytest.mark.parametrize("piece", [10**9, 1000])
def test_every_octet_arrives_however_it_is_cut(port: int, piece: int) -> None:
    for what, raw in MAILS.items():
        with Client(port) as client:
            client.begin()
            stuffed = (b"\r\n" + raw).replace(b"\r\n.", b"\r\n..")[2:] + b".\r\n"
            for start in range(0, len(stuffed), piece):
                client.send(stuffed[start : start + piece])
            assert client.hear().startswith("250"), what
            assert client.say("NOOP").startswith("250"), what
        assert store.raw(IncomingMail.objects.get()) == raw, what
        IncomingMail.objects.all().delete()


def test_a_dot_between_other_line_ends_does_not_end_the_mail(port: int) -> None:
    smuggled = b"Subject: x\r\n\r\na\n.\nb\n.\r\nc\r\n.\nMAIL FROM:<evil@x>\r\n"
    with Client(port) as client:
        assert len(client.deliver(smuggled)) == 1
        assert client.say("NOOP").startswith("250")
    mail = IncomingMail.objects.get()
    assert b"MAIL FROM:<evil@x>" in store.raw(mail)
    assert mail.envelope_from == "noura@example.com.sa"


def test_a_sender_that_the_mail_server_took_is_taken(port: int) -> None:
    senders = {
        "<>": "<>",
        "<noura@example.com.sa>": "noura@example.com.sa",
        "<نورة@مثال.السعودية>": "نورة@مثال.السعودية",
        '<"a>b c"@example.sa>': '"a>b c"@example.sa',
        "<two words@example.sa>": "two words@example.sa",
        "<a..b@example.sa>": "a..b@example.sa",
        "<no-at>": "no-at",
        "noura@example.com.sa": "noura@example.com.sa",
    }
    with Client(port) as client:
        assert client.say("LHLO mx").startswith("250")
        for number, (written, kept) in enumerate(senders.items()):
            assert client.say(f"MAIL FROM:{written} BODY=8BITMIME SMTPUTF8 SIZE=10").startswith("250"), (
                written
            )
            assert client.say("RCPT TO:<support@registry.example>").startswith("250")
            assert client.say("DATA").startswith("354")
            assert client.say(a_mail(number) + b".").startswith("250")
            assert IncomingMail.objects.latest("pk").envelope_from == kept


def test_a_long_or_senseless_command_ends_no_conversation(port: int) -> None:
    with Client(port) as client:
        assert client.say("LHLO mx").startswith("250")
        assert client.say("MAIL FROM:<" + "x" * 100_000 + ">").startswith("500")
        assert client.say("EHLO mx").startswith("500"), "LMTP has LHLO"
        assert client.say("DATA").startswith("503")
        assert client.say(b"VRFY \xff\xfe\xfd").startswith(("252", "451", "50"))
        assert client.say("MAIL FROM:<").startswith("553")
        assert client.deliver(a_mail())[0].startswith("250")


def test_a_mail_with_too_many_recipients_gets_its_others_later(
    port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lmtp, "RECIPIENTS", 2)
    with Client(port) as client:
        client.say("LHLO mx")
        client.say("MAIL FROM:<a@x>")
        answers = [client.say(f"RCPT TO:<r{number}@x>")[:3] for number in range(3)]
    assert answers == ["250", "250", "452"]


def test_one_connection_too_many_is_told_to_come_again(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lmtp, "CONNECTIONS", 2)
    with Client(port) as first, Client(port) as second:
        with Client(port) as third:
            assert third.greeting.startswith("421")
            assert third.hear() == ""
        assert first.deliver(a_mail())[0].startswith("250")
        second.close()
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            with Client(port) as again:
                if again.greeting.startswith("220"):
                    return
    raise AssertionError("a place that became free stays taken")


def test_who_says_nothing_is_hung_up_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lmtp, "IDLE", 0.3)
    with an_lmtp_server() as server, Client(server.port) as client:
        assert client.hear() == ""


def test_who_goes_away_in_the_middle_of_a_mail_leaves_nothing(port: int) -> None:
    with Client(port) as client:
        client.begin()
        client.send(a_mail())
    with Client(port) as client:
        assert client.deliver(a_mail(2))[0].startswith("250")
    assert [store.raw(mail) for mail in IncomingMail.objects.all()] == [a_mail(2)]


def test_a_slow_database_holds_up_no_other_conversation(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    real, gate = store.keep, threading.Event()

    def keep(raw: bytes, **options: Any) -> IncomingMail:
        if b"<mail-1@" in raw:
            assert gate.wait(20)
        return real(raw, **options)

    monkeypatch.setattr(store, "keep", keep)
    with Client(port) as slow, Client(port) as quick:
        slow.begin()
        slow.send(a_mail(1) + b".\r\n")
        assert quick.deliver(a_mail(2))[0].startswith("250")
        gate.set()
        assert slow.hear().startswith("250")


def test_told_to_stop_it_stores_the_mail_under_way_and_hangs_up(monkeypatch: pytest.MonkeyPatch) -> None:
    with an_lmtp_server() as server:
        idle, busy = Client(server.port), Client(server.port)
        idle.say("LHLO mx")
        busy.begin()
        busy.send(a_mail()[:100])
        done = threading.Timer(0.5, lambda: busy.send(a_mail()[100:] + b".\r\n"))
        done.start()
    assert busy.hear().startswith("250") and busy.hear().startswith("421")
    assert idle.hear().startswith("421")
    assert store.raw(IncomingMail.objects.get()) == a_mail()
    idle.close()
    busy.close()


def _command(*arguments: object) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, "-m", "tawasul", "lmtp", *map(str, arguments)], env=environment(), cwd=ROOT,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


def test_the_command_serves_until_it_is_told_to_stop() -> None:
    port = free_port()
    process = _command("--port", port)
    until_it_listens(port, process)
    with Client(port) as client:
        assert client.deliver(a_mail())[0].startswith("250")
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
    process.communicate()
    assert IncomingMail.objects.count() == 1


def test_a_socket_of_the_file_system_lets_in_whom_it_should_and_is_taken_over_from_the_dead(
    tmp_path: Path,
) -> None:
    path = tmp_path / "lmtp"
    dead = socket.socket(socket.AF_UNIX)
    dead.bind(str(path))
    dead.close()
    with an_lmtp_server(lmtp.Place(path=path, mode=0o620)):
        assert path.stat().st_mode & 0o777 == 0o620
        with smtplib.LMTP(str(path)) as client:
            client.sendmail("a@x", ["b@x"], a_mail())
        with pytest.raises(OSError, match="another server"):
            lmtp.run(lmtp.Place(path=path), threading.Event())
    assert not path.exists()
    assert IncomingMail.objects.count() == 1
    path.write_text("something of somebody's")
    with pytest.raises(OSError, match="no socket"):
        lmtp.run(lmtp.Place(path=path), threading.Event())
    assert path.exists()


def test_a_port_that_is_taken_is_said_in_one_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        process = _command("--port", taken.getsockname()[1])
        _, said = process.communicate(timeout=60)
    assert process.returncode == 1
    assert b"cannot listen on 127.0.0.1" in said and b"Traceback" not in said
