"""A small family of processes: one parent that forks, watches, restarts and stops its children together."""

import ctypes
import logging
import multiprocessing
import os
import select
import signal
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from types import FrameType

logger = logging.getLogger(__name__)

PR_SET_PDEATHSIG = 1
ASKED_TO_STOP = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
SHORT_LIFE = 5  # seconds; a child that dies younger than this did not start properly
MOST_SHORT_LIVES = 3


def die_with_parent(parent: int) -> None:
    """Have this process ended when ``parent`` dies, however it dies: by the kernel on Linux, else by watching."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:  # it died before the call
            os.kill(os.getpid(), signal.SIGTERM)
        return

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, daemon=True, name="watch-parent").start()


def stop_event() -> threading.Event:
    """An event that SIGTERM and SIGINT set; for loops that stop between two pieces of work."""
    event = threading.Event()

    def stop(number: int, frame: FrameType | None) -> None:
        event.set()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    return event


@dataclass
class _Member:
    name: str
    work: Callable[[], None]
    process: BaseProcess | None = None
    born: float = 0.0
    short_lives: int = 0
    wake_at: float = 0.0


class Family:
    """Children forked from this process, so that what was imported before is shared between them.

    ``grace`` is how many seconds a child has for finishing its work after SIGTERM.
    """

    def __init__(self, *, grace: float = 30) -> None:
        self.grace = grace
        self.members: list[_Member] = []
        self._stopping = 0
        self._fork = multiprocessing.get_context("fork")

    def add(self, name: str, work: Callable[[], None]) -> None:
        """A child that runs ``work`` and is started again whenever it ends before the family does."""
        self.members.append(_Member(name, work))

    def run(self, *, ready: Callable[[], None] | None = None) -> int:
        """Start everyone and watch until SIGTERM or SIGINT. 0 after a clean stop, 1 when a child cannot live."""
        reader, writer = os.pipe()
        os.set_blocking(writer, False)
        old_wakeup = signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
        for number in ASKED_TO_STOP:
            signal.signal(number, self._hear)
        status = 0
        try:
            for member in self.members:
                self._start(member)
            if ready is not None:
                ready()
            while not self._stopping:
                sentinels = [member.process.sentinel for member in self.members if member.process]
                heard, _, _ = select.select([reader, *sentinels], [], [], 1.0)
                if reader in heard:
                    os.read(reader, 512)
                if not self._stopping and not self._look_after():
                    status = 1
                    break
        finally:
            self._stop()
            for number in ASKED_TO_STOP:  # a second one must not turn a clean stop into a failure
                signal.signal(number, signal.SIG_IGN)
            signal.set_wakeup_fd(old_wakeup)
            os.close(reader)
            os.close(writer)
        return status

    def _hear(self, number: int, frame: FrameType | None) -> None:
        self._stopping += 1

    def _start(self, member: _Member) -> None:
        parent = os.getpid()

        def child() -> None:
            signal.set_wakeup_fd(-1)
            for number in ASKED_TO_STOP:
                signal.signal(number, signal.SIG_DFL)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, ASKED_TO_STOP)
            os.setpgid(0, 0)  # Ctrl-C reaches the parent alone, which then stops its children in order
            die_with_parent(parent)
            member.work()

        sys.stdout.flush()
        sys.stderr.flush()
        member.process = self._fork.Process(target=child, name=member.name)
        # A signal between the fork and the child's own handlers would be heard by nobody.
        signal.pthread_sigmask(signal.SIG_BLOCK, ASKED_TO_STOP)
        member.process.start()
        signal.pthread_sigmask(signal.SIG_UNBLOCK, ASKED_TO_STOP)
        member.born = time.monotonic()

    def _look_after(self) -> bool:
        """Start again who has ended, a little later each time; False when somebody cannot be kept alive."""
        now = time.monotonic()
        for member in self.members:
            if member.process is not None and member.process.exitcode is not None:
                lived = now - member.born
                logger.error(
                    "%s ended with status %s after %.0f s", member.name, member.process.exitcode, lived
                )
                member.process.close()
                member.process = None
                member.short_lives = member.short_lives + 1 if lived < SHORT_LIFE else 0
                if member.short_lives >= MOST_SHORT_LIVES:
                    logger.critical("%s does not stay alive; stopping everything", member.name)
                    return False
                member.wake_at = now + member.short_lives
            if member.process is None and now >= member.wake_at:
                self._start(member)
        return True

    def _stop(self) -> None:
        """SIGTERM to all at once, then patience, then SIGKILL; a second signal shortens the patience."""
        living = [member.process for member in self.members if member.process is not None]
        for process in living:
            process.terminate()
        deadline = time.monotonic() + self.grace
        asked = self._stopping
        for process in living:
            while process.is_alive() and time.monotonic() < deadline and self._stopping <= max(asked, 1):
                process.join(0.1)
        for process in living:
            if process.is_alive():
                logger.warning("%s did not stop in time and was killed", process.name)
                process.kill()
            process.join()
