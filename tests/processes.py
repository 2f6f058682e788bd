"""Other processes on the test's own database: for what only real processes show, such as being killed."""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import connections


@contextmanager
def beside(work: Callable[[], object]) -> Iterator[int]:
    """Run ``work`` in a process of its own, killed without warning (SIGKILL) at the end. Gives its id.

    A fork, so that it is at work at once. No database connection is shared: the parent lets go of its own first.
    """
    connections.close_all()
    pid = os.fork()
    if pid == 0:
        try:
            work()
        finally:
            os._exit(0)
    try:
        yield pid
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
