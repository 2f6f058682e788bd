"""How many mails a second come in and go out, beside the same mails sent to a bare SMTP server by a bare loop.

Started as a process of its own for each database, like ``measure``. Each row is proved against the ledger.
"""

import argparse
import asyncio
import json
import multiprocessing
import smtplib
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import policy
from email.message import EmailMessage
from itertools import pairwise
from threading import Thread
from typing import Any

MAILS = 600
SENDERS = 4  # of mail that comes in, as a mail server would open connections
DELIVERERS = 2  # as many as one worker has
HANDLERS = 1
Times = list[float]


def main(argv: list[str]) -> int:
    """Print the rows as JSON on the last line."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--label", required=True)
    parser.add_argument("--mails", type=int, default=MAILS)
    given = parser.parse_args(argv)
    from tawasul.config import preparation

    preparation.prepare()
    from tawasul.config.demo import stock

    stock.grow(50)
    rows = [
        _row(name, measure, given.label, given.mails)
        for name, measure in (
            ("mail:raw smtp", _raw),
            ("mail:delivered", _delivered),
            ("mail:received", _received),
            ("mail:handled", _handled),
        )
    ]
    for row in rows:
        row["per_second_to_raw"] = round(row["per_second"] / rows[0]["per_second"], 2)
    print("\n" + json.dumps({"rows": rows}))
    return 0


def _row(
    name: str, measure: Callable[[int], tuple[float, Times, int]], label: str, mails: int
) -> dict[str, Any]:
    took, each, proved = measure(mails)
    if proved != mails:
        raise RuntimeError(f"{name}: {proved} of {mails} mails are where they should be")
    each = sorted(each)
    row = {
        "page": name,
        "tickets": 50,
        "clients": {"mail:raw smtp": 1, "mail:delivered": DELIVERERS, "mail:received": SENDERS}.get(
            name, HANDLERS
        ),
        "p50_ms": round(1000 * each[len(each) // 2], 2),
        "p95_ms": round(1000 * each[int(len(each) * 0.95)], 2),
        "per_second": round(mails / took, 1),
        "queries": 0,  # counted for pages
        "bytes": len(_mail(0)),
        "database": label,
        "proved": proved,
    }
    print(json.dumps(row), file=sys.stderr, flush=True)
    return row


def _raw(mails: int) -> tuple[float, Times, int]:
    """A loop around smtplib over one connection to a server that throws everything away."""
    with _sink() as (port, taken):
        messages = [_mail(number) for number in range(mails)]
        began = time.perf_counter()
        each = _hand_in(smtplib.SMTP("127.0.0.1", port), messages)
        return time.perf_counter() - began, each, taken.value


def _delivered(mails: int) -> tuple[float, Times, int]:
    """Rows of the ledger through as many deliverers as a worker has, to the same server."""
    from django.conf import settings
    from django.db import connection

    from tawasul.mail import actions
    from tawasul.mail.models import OutgoingMail
    from tawasul.mail.smtp import Deliverer

    written = [
        actions.compose(
            "login_code", to=f"person{number}@example.com.sa", language="ar", context={"code": "271828"},
            key=f"bench:{number}",
        )
        for number in range(mails)
    ]  # fmt: skip
    OutgoingMail.objects.bulk_create(written)
    ours = OutgoingMail.objects.filter(key__startswith="bench:")
    with _sink() as (port, _taken):
        settings.SMTP_HOST, settings.SMTP_PORT = "127.0.0.1", port

        def work() -> None:
            deliverer = Deliverer()
            while deliverer.deliver_due():
                pass
            deliverer.close()
            connection.close()

        began = time.perf_counter()
        _side_by_side([work] * DELIVERERS)
        took = time.perf_counter() - began
    sent = ours.filter(state=OutgoingMail.State.SENT)
    moments = sorted(moment.timestamp() for moment in sent.values_list("sent_at", flat=True) if moment)
    gaps = [later - earlier for earlier, later in pairwise(moments)]
    return took, gaps, sent.count()


def _received(mails: int) -> tuple[float, Times, int]:
    """Through the real LMTP server, each acknowledged after its commit."""
    from tawasul.mail.models import IncomingMail

    port = _free_port()
    server = subprocess.Popen([sys.executable, "-m", "tawasul", "lmtp", "--port", str(port)])
    try:
        lines = [_lmtp(port) for _ in range(SENDERS)]
        each: Times = []
        shares = [[_mail(number) for number in range(first, mails, SENDERS)] for first in range(SENDERS)]
        began = time.perf_counter()
        _side_by_side(
            [
                lambda line=line, share=share: each.extend(_hand_in(line, share))  # type: ignore[misc]  # bound by its defaults
                for line, share in zip(lines, shares, strict=True)
            ]
        )
        took = time.perf_counter() - began
    finally:
        server.terminate()
        server.wait(timeout=30)
    return took, each, IncomingMail.objects.count()


def _handled(mails: int) -> tuple[float, Times, int]:
    """What came in: read in a child each, and, as their writers are new, requests that wait, a notice each."""
    from tawasul.mail import handling
    from tawasul.mail.models import IncomingMail

    each: Times = []
    began = time.perf_counter()
    while True:
        start = time.perf_counter()
        if not handling.handle_due(1):
            break
        each.append(time.perf_counter() - start)
    settled = IncomingMail.objects.exclude(state=IncomingMail.State.WAITING)
    return time.perf_counter() - began, each, settled.exclude(state=IncomingMail.State.PARKED).count()


def _mail(number: int) -> bytes:
    """A mail as people write it: some hundred words, each from an address of its own."""
    message = EmailMessage(policy=policy.SMTP)
    message["From"] = f"نورة الدوسري <writer{number}@example.com.sa>"
    message["To"] = "support@localhost"
    message["Subject"] = f"خوادم أسماء النطاق {number % 7}"
    message["Date"] = "Wed, 18 Nov 2026 09:30:00 +0300"
    message["Message-ID"] = f"<bench-{number}@example.com.sa>"
    message.set_content(
        "السلام عليكم، ما زالت المشكلة كما هي منذ الأمس ولم تُحدَّث الخوادم.\n" * 12, cte="base64"
    )
    return message.as_bytes()


def _hand_in(client: smtplib.SMTP, messages: list[bytes]) -> Times:
    each: Times = []
    with client:
        for number, message in enumerate(messages):
            start = time.perf_counter()
            client.sendmail(f"writer{number}@example.com.sa", ["support@localhost"], message)
            each.append(time.perf_counter() - start)
    return each


def _lmtp(port: int) -> smtplib.LMTP:
    until = time.monotonic() + 30
    while True:
        try:
            return smtplib.LMTP("127.0.0.1", port)
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)


def _side_by_side(works: list[Callable[[], Any]]) -> None:
    threads = [Thread(target=work) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@contextmanager
def _sink() -> Iterator[tuple[int, Any]]:
    """An SMTP server in a process of its own that counts what it takes and keeps nothing."""
    port = _free_port()
    context = multiprocessing.get_context("spawn")
    taken = context.Value("i", 0)
    process = context.Process(target=_sink_here, args=(port, taken), daemon=True)
    process.start()
    until = time.monotonic() + 30
    while True:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            break
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)
    try:
        yield port, taken
    finally:
        process.terminate()
        process.join()


def _sink_here(port: int, taken: Any) -> None:
    import logging

    from aiosmtpd import smtp

    class Thrown:
        async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - the name aiosmtpd calls
            taken.value += 1
            return "250 2.0.0 taken"

    async def serve() -> None:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(
            lambda: smtp.SMTP(Thrown(), enable_SMTPUTF8=True, loop=loop), "127.0.0.1", port
        )
        async with server:
            await server.serve_forever()

    logging.getLogger("mail.log").setLevel(logging.WARNING)
    asyncio.run(serve())


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
