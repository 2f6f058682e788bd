"""The demo as a new user starts it: the real command, its own folder and port, stopped with Ctrl-C."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

START_SECONDS = 90


@contextlib.contextmanager
def running(folder: Path) -> Iterator[str]:
    """A running demo; its address. At the end it must stop by itself on Ctrl-C with status 0."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("TAWASUL_")}
    environment.pop("DATABASE_URL", None)
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    command = [sys.executable, "-m", "tawasul", "demo", "--port", str(port), "--data", str(folder)]
    log = folder.with_suffix(".log")
    with log.open("w") as out:
        demo = subprocess.Popen(command, env=environment, stdout=out, stderr=subprocess.STDOUT)
    address = f"http://localhost:{port}"
    try:
        _wait(demo, f"{address}/readyz", log)
        yield address
    finally:
        demo.send_signal(signal.SIGINT)
        try:
            status = demo.wait(timeout=30)
        except subprocess.TimeoutExpired:
            demo.kill()
            raise
    assert status == 0, log.read_text()


def _wait(demo: "subprocess.Popen[bytes]", address: str, log: Path) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        assert demo.poll() is None, log.read_text()
        try:
            with urllib.request.urlopen(address, timeout=5) as answer:  # noqa: S310 - our own address on loopback
                if answer.status == 200:
                    return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            pass
        time.sleep(0.2)
    raise AssertionError(f"the demo was not ready within {START_SECONDS} s: {log.read_text()}")
