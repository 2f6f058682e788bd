"""Small tables that every request needs and hardly anyone changes: read anew at most once in a short while.

Reading again after a moment costs less than asking on each request whether something changed, needs no mark that every
writer must remember to set, and holds for changes made by any process.
"""

from collections.abc import Callable
from time import monotonic
from typing import Generic, TypeVar

T = TypeVar("T")

SECONDS = 2.0  # how long a change made by another process may stay unseen
_all: list["Kept[object]"] = []


class Kept(Generic[T]):
    """The result of ``read``, at most ``SECONDS`` old. It is shared by the whole process: read it, never change it."""

    def __init__(self, read: Callable[[], T]) -> None:
        self._read = read
        self._value: tuple[float, T] | None = None
        _all.append(self)  # type: ignore[arg-type]  # only ever told to forget

    def __call__(self) -> T:
        kept, now = self._value, monotonic()
        if kept is None or now - kept[0] >= SECONDS:
            kept = self._value = (now, self._read())
        return kept[1]

    def forget(self) -> None:
        """Read anew next time; called after a change in this process."""
        self._value = None


def forget_all() -> None:
    """Read everything anew next time: the tables were changed or replaced as a whole."""
    for kept in _all:
        kept.forget()
