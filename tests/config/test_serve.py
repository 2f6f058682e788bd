"""The production server, as it is started: a real process on loopback."""

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.migrated import copied

SRC = Path(__file__).resolve().parents[2] / "src"
pytestmark = [pytest.mark.network, pytest.mark.timeout(180)]


@dataclass
class Server:
    process: "subprocess.Popen[str]"
    port: int

    def get(self, path: str, **headers: str) -> tuple[http.client.HTTPResponse, bytes]:
        """The answer to one request on a connection of its own; ``Host`` is localhost unless given."""
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)) as line:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            line.request("GET", path, headers={"Host": "localhost", **named})
            response = line.getresponse()
            return response, response.read()

    def children(self) -> list[int]:
        listed = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(pid) for pid in listed.read_text().split()]


def environment(folder: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TAWASUL_")}
    kept.pop("DATABASE_URL", None)
    kept.pop("DJANGO_SETTINGS_MODULE", None)
    return {
        **kept,
        "PYTHONPATH": str(SRC),
        "TAWASUL_DATA": str(folder),
        "TAWASUL_REQUEST_MAX_BYTES": "5000000",
    }


@pytest.fixture(scope="module")
def data(migrated: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copied(migrated, tmp_path_factory.mktemp("data"))


@contextmanager
def started(data: Path) -> Iterator[Server]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tawasul", "serve", "--port", "0", "--workers", "2"],
        env=environment(data),
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    with process.stdout as said:
        line = said.readline()
        found = re.fullmatch(r"Tawasul answers on http://127\.0\.0\.1:(\d+)/\n", line)
        assert found, line
        try:
            yield Server(process, int(found[1]))
        finally:
            process.terminate()
            assert process.wait(60) == 0


@pytest.fixture(scope="module")
def server(data: Path) -> Iterator[Server]:
    with started(data) as running:
        yield running


def test_it_answers_with_two_workers_and_says_when_it_is_not_ready(server: Server) -> None:
    assert len(server.children()) == 2
    assert json.loads(server.get("/healthz", Host="10.9.8.7")[1]) == {"alive": True}  # as a probe asks
    response, found = server.get("/readyz")
    assert response.status == 503  # no worker runs beside it here
    assert json.loads(found)["database"]["ok"] is True
    assert server.get("/ar/", Host="somebody.example")[0].status == 400


def test_a_page_and_its_style_sheets_are_served_compressed_and_for_ever(server: Server) -> None:
    response, page = server.get("/ar/")
    assert response.status == 200
    sheets = set(re.findall(r'href="(/static/[^"]+\.css)"', page.decode()))
    assert sheets
    for sheet in sheets:
        response, _ = server.get(sheet, Accept_Encoding="br")
        assert response.status == 200, sheet
        assert "immutable" in response.headers["Cache-Control"], sheet
    largest = max(sheets, key=lambda sheet: len(server.get(sheet)[1]))
    assert server.get(largest, Accept_Encoding="br")[0].headers["Content-Encoding"] == "br"


def test_a_body_that_is_far_too_large_is_refused_before_it_is_sent(server: Server) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as line:
        line.sendall(b"POST /ar/contact/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99000000000\r\n\r\n")
        assert line.recv(100).startswith(b"HTTP/1.1 413 ")


def test_a_request_under_way_is_answered_though_the_server_was_told_to_stop(data: Path) -> None:
    body = b"x" * 200_000
    head = f"POST /language/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(body)}\r\nExpect: 100-continue\r\n\r\n"
    with started(data) as server, socket.create_connection(("127.0.0.1", server.port), timeout=30) as line:
        line.sendall(head.encode())
        assert line.recv(100).startswith(
            b"HTTP/1.1 100 "
        )  # the head is read; the body comes late, as from a phone
        line.sendall(body[:1000])
        server.process.terminate()
        time.sleep(0.5)
        assert server.process.poll() is None
        line.sendall(body[1000:])
        assert line.recv(100).startswith(b"HTTP/1.1 ")
        assert server.process.wait(30) == 0


def test_a_web_process_that_dies_is_replaced_and_the_others_serve_on(server: Server) -> None:
    before = server.children()
    os.kill(before[0], signal.SIGKILL)
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and len(set(server.children()) | set(before)) < 3:
        assert server.get("/healthz")[0].status == 200
        time.sleep(0.05)
    assert len(server.children()) == 2
    assert before[0] not in server.children()


def test_slow_senders_hold_up_nobody(server: Server) -> None:
    """More of them than there are threads; each has begun a body and goes on no further."""
    slow = [socket.create_connection(("127.0.0.1", server.port), timeout=30) for _ in range(40)]
    try:
        for line in slow:
            line.sendall(b"POST /language/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5000\r\n\r\nx")
        time.sleep(0.2)
        started = time.monotonic()
        server.get("/readyz")
        assert time.monotonic() - started < 3
    finally:
        for line in slow:
            line.close()


def test_two_first_starts_on_one_data_folder_both_come_up(tmp_path: Path) -> None:
    ended: list[tuple[int, str]] = []

    def migrate() -> None:
        done = subprocess.run(
            [sys.executable, "-m", "tawasul", "migrate"],
            env=environment(tmp_path),
            capture_output=True,
            text=True,
            check=False,
        )
        ended.append((done.returncode, done.stderr))

    threads = [threading.Thread(target=migrate) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert [status for status, _ in ended] == [0, 0], ended
    assert sum("bringing the database up to date" in said for _, said in ended) == 1


def test_a_port_that_is_taken_is_named_in_one_line(data: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = subprocess.run(
            [sys.executable, "-m", "tawasul", "serve", "--port", port],
            env=environment(data),
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert port in done.stderr
