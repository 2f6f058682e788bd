"""The one clock. Every moment is an aware datetime in UTC; tests freeze it."""

from datetime import UTC, datetime


def now() -> datetime:
    """This moment, aware, in UTC, to the microsecond."""
    return datetime.now(UTC)
