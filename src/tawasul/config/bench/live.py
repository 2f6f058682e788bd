"""``tawasul bench live``: how late the slowest open page hears of a letter, with all of the staff at their desks.

Streams are opened to a real server with two web processes, letters are written through it, and each stream's time of
arrival is taken; meanwhile one client reads the queue, as it would be read. Each database in a process of its own.
"""

import argparse
import asyncio
import json
import os
import subprocess
import sys
import time
from statistics import median
from typing import Any
from urllib.parse import urlencode

LETTERS = 20
PAUSE = 1.0  # seconds between two letters


def run(arguments: list[str]) -> int:
    """0 when every stream heard of every letter."""
    from tawasul.config.bench import ground

    parser = argparse.ArgumentParser("tawasul bench live", description=__doc__)
    parser.add_argument("--staff", type=int, default=200, help="streams, one a member of staff (200)")
    parser.add_argument("--tickets", type=int, default=1000, help="size of the stock (1000)")
    parser.add_argument("--database", default="sqlite", metavar="NAME,…", help="sqlite, postgresql (sqlite)")
    given = parser.parse_args(arguments)
    for database in given.database.split(","):
        with ground.laid(database) as environment:
            command = [sys.executable, "-m", "tawasul.config.bench.live"]
            command += [str(given.staff), str(given.tickets), database]
            if subprocess.run(command, env=environment, check=False).returncode:
                print(f"the measurement of {database} failed", file=sys.stderr)
                return 1
    return 0


def main(staff: int, tickets: int, label: str) -> int:
    """Measure on this process's database and print one line of JSON."""
    from tawasul.config import preparation

    preparation.prepare()
    from tawasul.accounts.models import Person
    from tawasul.config.bench import measure
    from tawasul.config.bench import stage as stages

    stage = stages.prepare(tickets)
    Person.objects.bulk_create(
        Person(username=f"desk{n}", email=f"desk{n}@example.sa", full_name=f"موظف {n}", is_staff=True)
        for n in range(staff)
    )
    cookies = [_cookies(person) for person in Person.objects.filter(username__startswith="desk")]
    with measure.server(os.environ["DJANGO_SETTINGS_MODULE"]) as (port, _pid, _first):
        found = asyncio.run(_measured(port, cookies, stage))
    print(json.dumps({"database": label, "staff": staff, **found}), flush=True)
    return 0 if found["lost"] == 0 else 1


def _cookies(person: Any) -> str:
    from django.conf import settings

    from tawasul.config.bench import stage

    session = stage._sign_in(person, settings.AUTHENTICATION_BACKENDS[0])
    return f"{settings.SESSION_COOKIE_NAME}={session}"


async def _measured(port: int, cookies: list[str], stage: Any) -> dict[str, Any]:
    numbers = stage.waiting_tickets[: len(cookies)]
    heard: dict[int, list[float]] = {}
    ready = asyncio.Semaphore(0)
    ears = [
        asyncio.create_task(_ear(port, cookie, numbers[n % len(numbers)], heard, ready))
        for n, cookie in enumerate(cookies)
    ]
    for _ in ears:
        await ready.acquire()
    stop = asyncio.Event()
    reader = asyncio.create_task(_reads(port, stage.staff_cookies, stop))
    written = [await _write(port, stage, numbers[n]) for n in range(LETTERS)]
    await asyncio.sleep(3)
    stop.set()
    pages = await reader
    for ear in ears:
        ear.cancel()
    late = [at - began for began, key in written for at in heard.get(key, [])]
    lost = sum(len(ears) - len(heard.get(key, [])) for _, key in written)
    return {
        "letters": LETTERS,
        "slowest_ms": round(1000 * max(late)),
        "median_ms": round(1000 * median(late)),
        "lost": lost,
        "queue_p50_ms": round(1000 * median(pages), 1),
    }


async def _ear(
    port: int, cookies: str, number: str, heard: dict[int, list[float]], ready: asyncio.Semaphore
) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    path = f"/ar/desk/live/?ticket={number}"
    writer.write(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nCookie: {cookies}\r\n\r\n".encode())
    name = b""
    try:
        while line := await reader.readline():
            if line.startswith(b"event: "):
                name = line[7:].strip()
                if name == b"hello":
                    ready.release()
            elif line.startswith(b"data: ") and name == b"news":
                told = json.loads(line[6:])
                heard.setdefault(told["id"], []).append(time.perf_counter())
    finally:
        writer.close()


async def _write(port: int, stage: Any, number: str) -> tuple[float, int]:
    """Write a note through the server; when, and the key of its event."""
    from django.db import connections

    from tawasul.config.bench.stage import CSRF
    from tawasul.tickets.models import Event

    body = urlencode({"text": "ملاحظة", "draft": "", "csrfmiddlewaretoken": CSRF}).encode()
    began = time.perf_counter()
    status, _ = await _request(port, stage.staff_cookies, "POST", f"/ar/desk/tickets/{number}/notes/", body)
    if status != 302:
        raise RuntimeError(f"the note was answered with {status}")
    digits = number.replace("-", "")

    def newest() -> int:
        try:
            return Event.objects.filter(ticket__number=digits).latest("pk").pk
        finally:
            connections.close_all()  # of this thread

    key = await asyncio.to_thread(newest)
    await asyncio.sleep(PAUSE)
    return began, key


async def _reads(port: int, cookies: str, stop: asyncio.Event) -> list[float]:
    took = []
    while not stop.is_set():
        began = time.perf_counter()
        status, _ = await _request(port, cookies, "GET", "/ar/desk/?view=all")
        if status != 200:
            raise RuntimeError(f"the queue was answered with {status}")
        took.append(time.perf_counter() - began)
        await asyncio.sleep(0.1)
    return took


async def _request(port: int, cookies: str, method: str, path: str, body: bytes = b"") -> tuple[int, bytes]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    head = f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nCookie: {cookies}\r\n"
    if body:
        head += f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n"
    writer.write(head.encode() + b"\r\n" + body)
    answer = await reader.read()
    writer.close()
    return int(answer[9:12]), answer


if __name__ == "__main__":
    import django

    django.setup()
    raise SystemExit(main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]))
