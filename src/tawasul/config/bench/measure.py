"""One measurement: this process's database and data folder, one stock, one real server with two workers.

Started as a process of its own for each database and size, because a process has one set of settings.
"""

import argparse
import json
import os
import platform
import socket
import subprocess
import sys
import sysconfig
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

WARM_UP = 1.0
FLOOR = "tawasul.config.bench.floor_settings"
FLOOR_QUERIES = 2  # session and person; the floor's settings are another process's


def main(argv: list[str]) -> int:
    """Print the rows of this measurement as JSON on the last line."""
    parser = argparse.ArgumentParser()
    parser.add_argument("names", nargs="*")
    parser.add_argument("--tickets", type=int, required=True)
    parser.add_argument("--clients", default="1,8")
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--label", required=True)
    given = parser.parse_args(argv)
    from tawasul.config import preparation

    preparation.prepare()  # so that the server's start is one of every day
    from tawasul.config.bench import stage as stages

    stage = stages.prepare(given.tickets)
    out: dict[str, Any] = {"rows": []}
    with server(FLOOR) as (port, pid, _):
        floor = _scenes(given, stage, port, pid, only=["floor"])
    with server(os.environ["DJANGO_SETTINGS_MODULE"]) as (port, pid, first):
        out["first_page_ms"] = round(1000 * first, 1)
        out["rows"] = floor + _scenes(given, stage, port, pid, only=given.names, but="floor")
        out["memory_mb"] = round(_tree_memory(pid) / 2**20, 1)
    _tell_as_multiples(out["rows"])
    out["python"] = f"{platform.python_version()}, {_how_built()}"
    out["database"], out["tickets"] = given.label, given.tickets
    print("\n" + json.dumps(out))
    return 0


@contextmanager
def server(settings: str) -> Iterator[tuple[int, int, float]]:
    """A server with two workers: its port, its process, and seconds from its start to its first page."""
    port, began = _free_port(), time.perf_counter()
    server = subprocess.Popen(
        [sys.executable, "-m", "tawasul", "serve", "--port", str(port), "--workers", "2"],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": settings},
        stdout=subprocess.DEVNULL,
        stderr=None if os.environ.get("TAWASUL_BENCH_VERBOSE") else subprocess.DEVNULL,
    )
    try:
        yield port, server.pid, _first_page(port, began, server)
    finally:
        server.terminate()
        server.wait(timeout=20)


def _how_built() -> str:
    """Python built without profile-guided optimisation, as by pyenv's defaults, is a third slower or more."""
    optimised = "--enable-optimizations" in (sysconfig.get_config_var("CONFIG_ARGS") or "")
    return "optimised build" if optimised else "build without optimisation"


def _tell_as_multiples(rows: list[dict[str, Any]]) -> None:
    """Beside each row, its median and rate as multiples of the floor's with as many clients, in the same run."""
    floor = {row["clients"]: row for row in rows if row["page"] == "floor"}
    for row in rows:
        beneath = floor[row["clients"]]
        row["p50_to_floor"] = round(row["p50_ms"] / beneath["p50_ms"], 2)
        row["per_second_to_floor"] = round(row["per_second"] / beneath["per_second"], 2)


def _scenes(
    given: argparse.Namespace, stage: Any, port: int, server: int, *, only: Sequence[str] = (), but: str = ""
) -> list[dict[str, Any]]:
    from tawasul.config.bench.load import Connection, run
    from tawasul.config.bench.scenes import SCENES

    rows = []
    for scene_type in SCENES:
        if scene_type.name == but or (only and scene_type.name not in only):
            continue
        for clients in [int(n) for n in given.clients.split(",")]:
            scene = scene_type(stage)
            connections = [Connection(port, scene.cookies(n)) for n in range(clients)]
            for n, connection in enumerate(connections):
                scene.before(n, connection)
            spent, own = _tree_cpu(server), time.process_time()
            seen = run(
                [lambda n=n, c=c, scene=scene: scene.turn(n, c) for n, c in enumerate(connections)],  # type: ignore[misc]
                seconds=given.seconds,
                warm_up=WARM_UP,
            )
            spent, own = _tree_cpu(server) - spent, time.process_time() - own
            proved = scene.prove()
            queries, size = _one_turn_seen_from_inside(scene) if scene.name != "floor" else (FLOOR_QUERIES, 0)
            rows.append(
                {
                    "page": scene.name,
                    "tickets": given.tickets,
                    "clients": clients,
                    "p50_ms": round(seen.percentile(0.5), 2),
                    "p95_ms": round(seen.percentile(0.95), 2),
                    "per_second": round(seen.per_second, 1),
                    "queries": queries,
                    "bytes": size,
                    "database": given.label,
                    "requests": len(seen.seconds),
                    "server_cpu_ms": round(1000 * spent / seen.all_requests, 2),
                    "client_cpu_ms": round(1000 * own / seen.all_requests, 2),
                    "proved": proved,
                }
            )
            print(json.dumps(rows[-1], ensure_ascii=False), file=sys.stderr, flush=True)
    return rows


def _one_turn_seen_from_inside(scene: Any) -> tuple[int, int]:
    """Statements and bytes of one turn, through the same code in this process."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from tawasul.config.bench.load import Answer, Connection

    client = Client(enforce_csrf_checks=True, HTTP_HOST="localhost")
    for part in filter(None, scene.cookies(0).split("; ")):
        name, _, value = part.partition("=")
        client.cookies[name] = value
    size = 0

    class Inside(Connection):
        def request(self, method: str, path: str, body: bytes = b"", content_type: str = "") -> Answer:
            nonlocal size
            if method == "GET":
                response = client.get(path)
            else:
                response = client.generic("POST", path, body, content_type=content_type)
            size = len(response.content)
            head = b"HTTP/1.1 " + str(response.status_code).encode() + b"\r\n"
            head += b"".join(f"{k}: {v}\r\n".encode() for k, v in response.headers.items())
            return Answer(response.status_code, head, response.content)

    inside = Inside(0)
    scene.before(0, inside)
    scene.turn(0, inside)  # what a process keeps is warm, as it is in the server
    with CaptureQueriesContext(connection) as seen:
        scene.turn(0, inside)
    return len(seen), size


def _first_page(port: int, began: float, server: "subprocess.Popen[bytes]") -> float:
    while time.perf_counter() - began < 60:
        if server.poll() is not None:
            raise RuntimeError(f"the server ended with status {server.returncode}")
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/ar/", timeout=5) as answer:
                answer.read()
                return time.perf_counter() - began
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.02)
    raise RuntimeError("the server did not answer within a minute")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _tree(root: int) -> Iterator[Path]:
    """The /proc folders of a process and of all below it; nothing where there is no /proc."""
    waiting = [root]
    while waiting:
        base = Path(f"/proc/{waiting.pop()}")
        try:
            for task in (base / "task").iterdir():
                waiting.extend(int(child) for child in (task / "children").read_text().split())
        except OSError:
            continue
        yield base


def _tree_memory(root: int) -> int:
    """Proportional bytes of a process and all below it."""
    total = 0
    for base in _tree(root):
        for line in (base / "smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                total += int(line.split()[1]) * 1024
    return total


def _tree_cpu(root: int) -> float:
    """Processor seconds that a process and all below it have used: less noisy than time on a busy machine."""
    ticks = 0
    for base in _tree(root):
        fields = (base / "stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])  # utime, stime
    return ticks / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
