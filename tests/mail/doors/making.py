"""Mails as people send them, the doors as a test opens them, and the database as a process of its own finds it."""

import asyncio
import contextlib
import os
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

from django.db import connection

from tawasul.mail.doors import lmtp

ROOT = Path(__file__).resolve().parents[3]


def a_mail(number: int = 0, *, size: int = 0) -> bytes:
    """A mail with CRLF line ends, different for each number, with a body of at least ``size`` octets."""
    body = f"السلام عليكم، لم يُجدَّد نطاقي رقم {number}.\r\n".encode() + b"0123456789abcde\r\n" * (size // 17)
    return (
        b"Message-ID: <mail-%d@example.com.sa>\r\n"
        b"Date: Thu, 26 Nov 2026 09:00:00 +0300\r\n"
        b"From: =?utf-8?b?2YbZiNix2Kk=?= <noura@example.com.sa>\r\n"
        b"To: support@registry.example\r\n"
        b"Subject: =?utf-8?b?2YbYt9in2YLZig==?= %d\r\n"
        b"MIME-Version: 1.0\r\n"
        b"Content-Type: text/plain; charset=utf-8\r\n"
        b"Content-Transfer-Encoding: 8bit\r\n"
        b"\r\n" % (number, number)
    ) + body


@contextlib.contextmanager
def an_lmtp_server(place: lmtp.Place | None = None) -> Iterator[lmtp.Server]:
    """A listening server in a thread; told to stop at the end, it must."""
    stop, ready = threading.Event(), threading.Event()
    servers: list[lmtp.Server] = []

    def work() -> None:
        server = lmtp.Server()
        servers.append(server)
        asyncio.run(server.serve(place or lmtp.Place(port=0), stop, ready=ready))

    thread = threading.Thread(target=work)
    thread.start()
    assert ready.wait(10)
    try:
        yield servers[0]
    finally:
        stop.set()
        thread.join(lmtp.GRACE + 10)
        assert not thread.is_alive()


def environment() -> dict[str, str]:
    """What a command needs to work on the test's own database."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TAWASUL_")}
    return {
        **kept,
        "DJANGO_SETTINGS_MODULE": "tawasul.config.settings",
        "DATABASE_URL": database_url(),
        "TAWASUL_DATA": os.environ["TAWASUL_DATA"],
        "PYTHONPATH": str(ROOT / "src"),
        "PYTHONWARNINGS": "",
    }


def database_url() -> str:
    facts = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{facts['NAME']}"
    options = {name: str(value) for name, value in facts["OPTIONS"].items() if name in {"user", "sslmode"}}
    where = {
        "host": facts["HOST"],
        "port": str(facts["PORT"]),
        "user": facts["USER"],
        "password": facts["PASSWORD"],
    }
    query = urlencode({**options, **{name: value for name, value in where.items() if value}})
    return f"postgresql:///{facts['NAME']}?{query}"


RECEIVE = [sys.executable, "-m", "tawasul", "mail", "receive"]
