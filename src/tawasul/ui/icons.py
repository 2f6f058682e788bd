"""Lucide icons inlined as SVG. The names stand in icons.txt; the launcher makes the vendor file from them."""

import json
from functools import lru_cache
from pathlib import Path

from markupsafe import Markup

HERE = Path(__file__).resolve().parent
VENDOR = HERE / "static" / "vendor" / "icons.json"

# These point along the line of reading, so a right-to-left page mirrors them. No other icon is ever mirrored.
TURNS = frozenset(
    {"arrow-left", "arrow-right", "chevron-left", "chevron-right", "reply", "send", "log-in", "log-out"}
)


@lru_cache(maxsize=1)
def _shapes() -> dict[str, str]:
    try:
        shapes: dict[str, str] = json.loads(VENDOR.read_text(encoding="utf-8"))
    except FileNotFoundError:  # assets not fetched: pages read on without pictures
        return {}
    return shapes


@lru_cache(maxsize=256)
def icon(name: str, extra: str = "") -> Markup:
    """One icon, hidden from screen readers: the words beside it say what it means.

    ``extra`` adds classes. Raises LookupError for a name that icons.txt does not list.
    """
    shapes = _shapes()
    if shapes and name not in shapes:
        raise LookupError(f"icons.txt does not list {name!r}")
    classes = " ".join(filter(None, ["icon", "turns" if name in TURNS else "", extra]))
    return Markup('<svg class="{}" viewBox="0 0 24 24" aria-hidden="true">{}</svg>').format(
        classes,
        Markup(shapes.get(name, "")),  # noqa: S704 (our own vendored shapes)
    )
