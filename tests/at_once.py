"""Several at the same moment: each in a thread with a database connection of its own."""

import threading
from collections.abc import Callable
from typing import TypeVar

from django.db import connections

T = TypeVar("T")


def at_once(*acts: Callable[[], T], seconds: float = 60) -> list[T]:
    """Do the acts, begun together; what they return, in no particular order. What one of them raises is raised."""
    together = threading.Barrier(len(acts))
    results: list[T] = []
    faults: list[BaseException] = []

    def run(act: Callable[[], T]) -> None:
        try:
            together.wait(20)
            results.append(act())
        except BaseException as fault:  # noqa: BLE001 - raised below
            faults.append(fault)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(seconds)
    if faults:
        raise faults[0]
    assert len(results) == len(acts), f"not all have ended after {seconds} seconds"
    return results
