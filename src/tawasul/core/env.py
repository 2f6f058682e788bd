"""Typed reading of environment variables; the only place that touches ``os.environ`` for settings."""

import os
from pathlib import Path


class BadSetting(ValueError):
    """An environment variable holds something its setting cannot use; the message names the variable."""


def text(name: str, default: str = "") -> str:
    """The variable as it stands, stripped; ``default`` where it is unset or empty."""
    return os.environ.get(name, "").strip() or default


def flag(name: str, default: bool) -> bool:
    """1/true/yes/on or 0/false/no/off. Raises BadSetting for anything else."""
    raw = text(name).lower()
    if not raw:
        return default
    if raw in {"1", "true", "yes", "on"}:
        return True
    if raw in {"0", "false", "no", "off"}:
        return False
    raise BadSetting(f"{name} must be true or false, not {raw!r}")


def number(name: str, default: int, *, least: int = 0) -> int:
    """A whole number not below ``least``. Raises BadSetting otherwise."""
    raw = text(name)
    if not raw:
        return default
    try:
        value = int(raw)
    except ValueError:
        raise BadSetting(f"{name} must be a whole number, not {raw!r}") from None
    if value < least:
        raise BadSetting(f"{name} must be at least {least}, not {value}")
    return value


def words(name: str, default: str = "") -> list[str]:
    """A comma-separated list without empty items."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def folder(name: str, default: Path) -> Path:
    """An absolute folder path; it is not created here."""
    raw = text(name)
    return (Path(raw).expanduser() if raw else default).absolute()
