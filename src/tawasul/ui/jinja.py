"""The Jinja2 environment of every page and mail."""

from typing import Any

from jinja2 import Environment


def environment(**options: Any) -> Environment:
    """Autoescaping, gettext in the active language, and the names templates use."""
    return Environment(**options)  # noqa: S701
