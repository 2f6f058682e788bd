"""The one clock. Every moment is an aware datetime in UTC; tests freeze it, the demo writes its history in the past."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

_pretended: ContextVar[datetime | None] = ContextVar("pretended", default=None)


def now() -> datetime:
    """This moment, aware, in UTC, to the microsecond."""
    return _pretended.get() or datetime.now(UTC)


@contextmanager
def pretend(moment: datetime) -> Iterator[None]:
    """Within the block, in this thread, it is ``moment``: for seeding a history, never for serving."""
    token = _pretended.set(moment)
    try:
        yield
    finally:
        _pretended.reset(token)
