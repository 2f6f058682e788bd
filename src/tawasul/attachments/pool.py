"""The web process's side of the decoder: one decoder a process, started at the first file, replaced when it dies.

The worker keeps another such process for reading mails: whatever serves jobs by ``forks.serve`` can stand here."""

import atexit
import contextlib
import json
import os
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any, BinaryIO, Final

AT_ONCE: Final = 3  # files under examination in one process; the memory limit of each is decoder.MEMORY
WAIT: Final = 20.0  # seconds a file waits for its turn before the sender is asked to try again
DECODER: Final = "tawasul.attachments.decoder"
_PACKAGE_ROOT: Final = Path(__file__).resolve().parents[2]


class Busy(RuntimeError):
    """Every place was taken for WAIT seconds."""


class Unavailable(RuntimeError):
    """The decoder cannot be started on this machine."""


class Decoder:
    """A decoder process and its control socket. Safe to call from several threads. ``module`` is what it runs."""

    def __init__(self, at_once: int = AT_ONCE, module: str = DECODER) -> None:
        self._module = module
        self._lock = threading.Lock()
        self._places = threading.BoundedSemaphore(at_once)
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None

    def run(
        self, source: BinaryIO | bytes, job: dict[str, Any], *, seconds: int
    ) -> Generator[tuple[dict[str, Any], bytes]]:
        """Frames that the child answers for ``source``; ``seconds`` of wall time for each frame.

        No more frames come when the child ends: done, out of time or memory, or broken by the file. Raises Busy
        or Unavailable before the first.
        """
        if not self._places.acquire(timeout=WAIT):
            raise Busy
        try:
            with _descriptor(source) as descriptor:
                ours = self._submit(descriptor, {**job, "seconds": seconds})
            with ours:
                yield from _frames(ours, seconds + 2.0)
        finally:
            self._places.release()

    def stop(self) -> None:
        """End the decoder; running jobs are cut off with their sockets."""
        with self._lock:
            self._discard()

    def _submit(self, descriptor: int, job: dict[str, Any]) -> socket.socket:
        ours, theirs = socket.socketpair()
        message = json.dumps(job).encode()
        with theirs, self._lock:
            for attempt in (1, 2):
                try:
                    control = self._running()
                    socket.send_fds(control, [message], [descriptor, theirs.fileno()])
                    if control.recv(1) != b"+":
                        raise ConnectionError
                except OSError as error:
                    self._discard()
                    if attempt == 2:
                        ours.close()
                        raise Unavailable(str(error)) from error
                else:
                    break
        return ours

    def _running(self) -> socket.socket:
        if self._control is None or self._process is None or self._process.poll() is not None:
            self._discard()
            ours, theirs = socket.socketpair()
            with theirs:
                ours.settimeout(30)
                self._process = subprocess.Popen(
                    [sys.executable, "-m", self._module, str(theirs.fileno())],
                    pass_fds=[theirs.fileno()],
                    stdin=subprocess.DEVNULL,
                    env={
                        "PATH": os.environ.get("PATH", ""),
                        "PYTHONPATH": str(_PACKAGE_ROOT),
                        "LC_ALL": "C.UTF-8",
                    },
                    cwd=tempfile.gettempdir(),
                )
            self._control = ours
            if ours.recv(1) != b"+":
                raise ConnectionError("the decoder did not start")
        return self._control

    def _discard(self) -> None:
        if self._control is not None:
            self._control.close()
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        self._control = self._process = None


@contextlib.contextmanager
def _descriptor(source: BinaryIO | bytes) -> Iterator[int]:
    """A readable descriptor of the whole source; bytes and streams without one go through memory or a temporary
    file that no path leads to."""
    if not isinstance(source, bytes):
        own = _own_descriptor(source)
        if own is not None:
            yield own
            return
        source.seek(0)
        source = source.read()
    with (
        os.fdopen(os.memfd_create("attachment"), "wb")
        if sys.platform == "linux"
        else tempfile.TemporaryFile() as file
    ):
        file.write(source)
        file.flush()
        yield file.fileno()


def _own_descriptor(source: BinaryIO) -> int | None:
    try:
        descriptor = source.fileno()
        source.flush()
        return descriptor
    except (OSError, AttributeError, ValueError):
        return None


def _frames(ours: socket.socket, seconds: float) -> Iterator[tuple[dict[str, Any], bytes]]:
    while True:
        until = time.monotonic() + seconds
        head = _exactly(ours, 8, until)
        if not head:
            return
        note_length, picture_length = struct.unpack(">II", head)
        note = _exactly(ours, note_length, until)
        picture = _exactly(ours, picture_length, until)
        if len(note) < note_length or len(picture) < picture_length:
            return
        yield json.loads(note), picture


def _exactly(ours: socket.socket, length: int, until: float) -> bytes:
    """``length`` bytes, or fewer where the child ended or ``until`` (monotonic seconds) passed."""
    got = bytearray()
    while len(got) < length:
        ours.settimeout(max(0.001, until - time.monotonic()))
        try:
            part = ours.recv(min(length - len(got), 2**20))
        except OSError:
            break
        if not part:
            break
        got += part
    return bytes(got) if len(got) == length else b""


@atexit.register
def _stop_mine() -> None:
    for key in [key for key in _decoders if key[0] == os.getpid()]:
        _decoders.pop(key).stop()


_decoders: dict[tuple[int, str], Decoder] = {}
_decoders_lock = threading.Lock()


def decoder(module: str = DECODER) -> Decoder:
    """This process's decoder; a forked process gets one of its own."""
    key = (os.getpid(), module)
    mine = _decoders.get(key)
    if mine is None:
        with _decoders_lock:
            mine = _decoders.setdefault(key, Decoder(module=module))
    return mine
