"""The family of processes: kept alive together, stopped together, and never left behind."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

SRC = Path(__file__).resolve().parents[2] / "src"

# Two children note their process ids; "short" ends at once, "stubborn" ignores being asked to stop.
PROGRAM = """
import os, signal, sys, time
from pathlib import Path
from tawasul.config.processes import Family, stop_event

folder, kind = Path(sys.argv[1]), sys.argv[2]

def note(name):
    (folder / f"{name}-{os.getpid()}").touch()

def steady():
    stop = stop_event()
    note("steady")
    stop.wait()
    note("stopped")

def other():
    note(kind)
    if kind == "short":
        sys.exit(3)
    if kind == "stubborn":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        note("deaf")
    while True:
        time.sleep(0.05)

family = Family(grace=1)
family.add("steady", steady)
family.add("other", other)
sys.exit(family.run())
"""


@pytest.fixture
def begin(tmp_path: Path) -> "Callable[[str], subprocess.Popen[bytes]]":
    def start(kind: str) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(
            [sys.executable, "-c", PROGRAM, str(tmp_path), kind],
            env={**os.environ, "PYTHONPATH": str(SRC)},
            stderr=subprocess.DEVNULL,
        )

    return start


def wait_for(condition: Callable[[], bool], seconds: float = 15) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def noted(folder: Path, name: str) -> list[int]:
    return [int(path.name.rpartition("-")[2]) for path in folder.glob(f"{name}-*")]


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{pid}/stat")
    return not status.exists() or status.read_text().rpartition(")")[2].split()[0] != "Z"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_all_stop_together_and_the_status_is_0(begin: Callable, tmp_path: Path, number: int) -> None:
    parent = begin("calm")
    wait_for(lambda: bool(noted(tmp_path, "steady") and noted(tmp_path, "calm")))
    parent.send_signal(number)
    assert parent.wait(10) == 0
    assert noted(tmp_path, "stopped") == noted(tmp_path, "steady")  # it was let finish
    assert not any(map(alive, noted(tmp_path, "calm")))


def test_a_child_that_was_killed_is_started_again(begin: Callable, tmp_path: Path) -> None:
    parent = begin("calm")
    wait_for(lambda: len(noted(tmp_path, "calm")) == 1)
    os.kill(noted(tmp_path, "calm")[0], signal.SIGKILL)
    wait_for(lambda: len(noted(tmp_path, "calm")) == 2)
    parent.terminate()
    assert parent.wait(10) == 0


def test_a_child_that_cannot_live_ends_the_family_with_a_failure(begin: Callable, tmp_path: Path) -> None:
    parent = begin("short")
    assert parent.wait(30) == 1
    assert len(noted(tmp_path, "short")) == 3
    assert not any(map(alive, noted(tmp_path, "steady")))


def test_a_child_that_does_not_listen_is_killed_after_its_grace(begin: Callable, tmp_path: Path) -> None:
    parent = begin("stubborn")
    wait_for(lambda: bool(noted(tmp_path, "deaf")))
    parent.terminate()
    assert parent.wait(10) == 0
    assert not any(map(alive, noted(tmp_path, "stubborn")))


def test_no_child_outlives_a_parent_that_was_killed(begin: Callable, tmp_path: Path) -> None:
    parent = begin("calm")
    wait_for(lambda: bool(noted(tmp_path, "steady") and noted(tmp_path, "calm")))
    parent.kill()
    parent.wait(10)
    wait_for(lambda: not any(map(alive, noted(tmp_path, "steady") + noted(tmp_path, "calm"))))
