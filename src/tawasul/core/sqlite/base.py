"""The engine; Django looks for ``DatabaseWrapper`` here."""

import fcntl
import os
import threading
import time
from typing import Any

from django.db.backends.sqlite3 import base

PATIENCE = 5.0  # seconds in the queue; after that SQLite itself waits, as long as its timeout says
PAUSE = 0.0003  # seconds between two looks at another process's turn


class Queue:
    """Whose turn it is to write into one file: first among this process's threads, then among processes.

    SQLite has a writer sleep between its tries, up to a tenth of a second, and the lock is free most of that time. Here
    one thread of each process looks often, the others are woken. It is a courtesy, not a guard: who gives up waiting,
    or knows no queue, meets SQLite's own lock.
    """

    def __init__(self, path: str) -> None:
        self._threads = threading.Lock()
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def enter(self) -> bool:
        """Wait for the turn; False where patience ran out."""
        if not self._threads.acquire(timeout=PATIENCE):
            return False
        until = time.monotonic() + PATIENCE
        while True:
            try:
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > until:
                    self._threads.release()
                    return False
                time.sleep(PAUSE)
            else:
                return True

    def leave(self) -> None:
        """The next one's turn."""
        fcntl.flock(self._file, fcntl.LOCK_UN)
        self._threads.release()


_queues: dict[
    tuple[int, str], Queue
] = {}  # a fork has its own: locks of threads and of open files are not inherited
_making = threading.Lock()


def _queue_of(path: str) -> Queue:
    key = (os.getpid(), path)
    queue = _queues.get(key)
    if queue is None:
        with _making:
            queue = _queues.get(key) or _queues.setdefault(key, Queue(f"{path}-queue"))
    return queue


_Django: Any = base.DatabaseWrapper  # its stubs leave out what is overridden here


class DatabaseWrapper(_Django):  # type: ignore[misc]  # its base is Any, see above
    """SQLite's; a transaction takes its place in the queue before it begins."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._queue: Queue | None = None

    def _start_transaction_under_autocommit(self) -> None:
        if self.transaction_mode is not None and not self.is_in_memory_db():
            queue = _queue_of(str(self.settings_dict["NAME"]))
            if queue.enter():
                self._queue = queue
        try:
            super()._start_transaction_under_autocommit()
        except BaseException:
            self._leave()
            raise

    def _commit(self) -> None:
        try:
            super()._commit()
        finally:
            self._leave()

    def _rollback(self) -> None:
        try:
            super()._rollback()
        finally:
            self._leave()

    def _close(self) -> None:
        try:
            super()._close()
        finally:
            self._leave()

    def _leave(self) -> None:
        queue, self._queue = self._queue, None
        if queue is not None:
            queue.leave()
