"""A desk that is live: the front as it is served, on a loop in a thread of the test, before the test's own database."""

import asyncio
import contextlib
import http.client
import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.wsgi import get_wsgi_application
from django.db import connections
from django.test import Client

from tawasul.config.asgi import Front
from tawasul.config.web import listen
from tawasul.live import hub as hubs
from tests.browsing import OpenPage, pages_of


@pytest.fixture(autouse=True)
def _one_step_is_enough(settings: Any) -> None:
    settings.STAFF_NEED_TWO_STEPS = False


@dataclass
class Served:
    """A web process, so to speak."""

    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@pytest.fixture
def served(transactional_db: None) -> Iterator[Served]:
    """The portal behind its own front, so that there are streams."""
    import uvicorn

    hub = hubs.Hub()
    before, hubs._hub = hubs._hub, hub
    front = Front(StaticFilesHandler(get_wsgi_application()), most_bytes=10**7, threads=4, host="localhost")
    listener = listen("127.0.0.1", 0)
    server = uvicorn.Server(
        uvicorn.Config(
            front, lifespan="off", ws="none", log_config=None, access_log=False, timeout_graceful_shutdown=5
        )
    )

    async def serve() -> None:
        with contextlib.suppress(asyncio.CancelledError):
            await server.serve(sockets=[listener])

    thread = threading.Thread(target=asyncio.run, args=(serve(),))
    thread.start()
    try:
        yield Served(listener.getsockname()[1])
    finally:
        hub.close()
        server.should_exit = True
        thread.join(20)
        for pool in (hub._reader, hub._clerk):
            if pool is not None:
                pool.shutdown()
        for _ in range(4):
            front.threads.submit(_let_go)
        front.threads.shutdown()
        hubs._hub = before
    assert not thread.is_alive()


def _let_go() -> None:
    time.sleep(0.02)  # so that each thread takes one
    connections.close_all()


@pytest.fixture
def open_page(chromium: Any, served: Served) -> Iterator[OpenPage]:
    """Pages of that front."""
    yield from pages_of(chromium, served.url)


@dataclass
class Told:
    """One server-sent event as it came."""

    name: str
    value: Any
    id: str
    at: float = field(default_factory=time.monotonic)


class Ear:
    """A client of one stream."""

    def __init__(self, served: Served, client: Client, path: str = "/ar/desk/live/", **headers: str) -> None:
        self.line = http.client.HTTPConnection("127.0.0.1", served.port, timeout=10)
        cookies = "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())
        self.line.request("GET", path, headers={"Host": "localhost", "Cookie": cookies, **headers})
        self.answer = self.line.getresponse()
        self.status = self.answer.status

    def next(self, *names: str, within: float = 5) -> Told:
        """The next event, of these names where some are given. Raises TimeoutError, or EOFError at the end."""
        until = time.monotonic() + within
        while True:
            told = self._one(until)
            if not names or told.name in names:
                return told

    def _one(self, until: float) -> Told:
        fields: dict[str, str] = {}
        while True:
            assert self.line.sock is not None or self.answer.fp is not None
            left = until - time.monotonic()
            if left <= 0:
                raise TimeoutError
            self._wait(left)
            line = self.answer.readline().decode()
            if not line:
                raise EOFError
            if line == "\n":
                if "data" in fields:
                    return Told(fields["event"], json.loads(fields["data"]), fields.get("id", ""))
                fields = {}
                continue
            name, _, value = line.rstrip("\n").partition(": ")
            fields[name] = value

    def _wait(self, seconds: float) -> None:
        fp: Any = self.answer.fp
        fp.raw._sock.settimeout(seconds)

    def close(self) -> None:
        self.answer.close()
        self.line.close()


@pytest.fixture
def listen_at(served: Served) -> Iterator[Any]:
    """``listen_at(client, path)`` opens a stream; all are closed at the end."""
    ears: list[Ear] = []

    def opened(client: Client, path: str = "/ar/desk/live/", **headers: str) -> Ear:
        ear = Ear(served, client, path, **headers)
        ears.append(ear)
        return ear

    yield opened
    for ear in ears:
        ear.close()
