"""Work on what a stranger sent, in a limited child: the loop of a small process that forks one for each job.

The process loads its libraries once, then reads jobs from a control socket (``pool`` is the other end). A job is one
JSON message with two descriptors: the file to read and a socket to answer on. Each job runs in a fresh fork (about
3 ms), so memory, processor time and damage end with the file that caused them, and a file that hangs holds up no other.
The kernel ends a child that passes its wall time: no signal handler needs to run.
"""

import contextlib
import gc
import json
import os
import resource
import signal
import socket
import struct
import sys
import warnings
from collections.abc import Callable
from typing import Any, Final

MESSAGE: Final = 65536

Answer = Callable[[dict[str, Any], bytes], None]
Work = Callable[[bytes, dict[str, Any], Answer], None]


def serve(work: Work, *, memory: int) -> None:
    """Serve jobs until the parent closes its end. ``work`` takes the file, the job and what sends one frame of the
    answer; ``memory`` bounds, in bytes of address space, what a child may map."""
    control = socket.socket(fileno=int(sys.argv[1]))
    signal.signal(
        signal.SIGINT, signal.SIG_IGN
    )  # Ctrl-C reaches the whole group: the parent decides when to end
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # children are reaped by the kernel
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1)
    os.dup2(silence, 2)  # libtiff writes its warnings to the error output
    warnings.simplefilter("ignore")
    gc.collect()
    gc.freeze()  # the collector of a child must not touch, and so copy, the pages it shares with its parent
    control.send(b"+")
    while True:
        message, descriptors, _, _ = socket.recv_fds(control, MESSAGE, 2)
        if not message:
            return
        if len(descriptors) == 2:
            if os.fork() == 0:
                _child(work, memory, control, json.loads(message), *descriptors)
            for descriptor in descriptors:
                os.close(descriptor)
        control.send(b"+")


def _child(
    work: Work, memory: int, control: socket.socket, job: dict[str, Any], source: int, answer: int
) -> None:
    status = 1
    try:
        control.close()
        _limit(int(job["seconds"]), memory)
        with socket.socket(fileno=answer) as out:
            work(_read(source), job, lambda note, content: _answer(out, note, content))
        status = 0
    except BaseException:  # noqa: BLE001, S110 - whatever it is, this process ends here and the parent sees no answer
        pass
    finally:
        os._exit(status)


def _limit(seconds: int, memory: int) -> None:
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.alarm(seconds)
    for what, most in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, 64),
    ):
        with contextlib.suppress(ValueError, OSError):  # not every system has every limit
            resource.setrlimit(what, (most, most))


def _read(source: int) -> bytes:
    """The whole file, without moving the position that the parent shares."""
    size, parts, at = os.fstat(source).st_size, [], 0
    while at < size:
        part = os.pread(source, size - at, at)
        if not part:
            break
        parts.append(part)
        at += len(part)
    os.close(source)
    return parts[0] if len(parts) == 1 else b"".join(parts)


def _answer(out: socket.socket, note: dict[str, Any], content: bytes) -> None:
    """One frame: the lengths of a JSON note and of a content, then both."""
    text = json.dumps(note).encode()
    out.sendall(struct.pack(">II", len(text), len(content)) + text)
    out.sendall(content)
