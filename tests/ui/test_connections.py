"""A browser keeps six connections to a server for all its pages: no script of ours holds one that it does not use."""

import re
from pathlib import Path

import pytest

import tawasul

SCRIPTS = sorted(
    path
    for path in Path(tawasul.__file__).parent.glob("*/static/**/*.js")
    if "vendor" not in path.parts and "fetch(" in path.read_text()
)
REFRESHING = {
    "live.js",
    "live-page.js",
    "notices.js",
    "offers.js",
    "palette.js",
    "domain.js",
    "asked.js",
    "preview.js",
}
NEAR = 700  # characters


def fetches(script: Path) -> list[str]:
    """What stands around each place where something is fetched."""
    text = script.read_text()
    places = [found.start() for found in re.finditer(r"\bfetch\(", text)]
    return [text[max(0, place - NEAR // 2) : place + NEAR] for place in places]


def test_there_are_scripts_that_fetch() -> None:
    assert {path.name for path in SCRIPTS} >= REFRESHING


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_every_answer_is_read_or_refused(script: Path) -> None:
    for around in fetches(script):
        after = around[around.index("fetch(") :]
        assert re.search(r"body\?\.cancel\(\)|await answer\??\.text\(\)", after), (
            "an answer that is not read keeps its connection"
        )


@pytest.mark.parametrize(
    "script", [path for path in SCRIPTS if path.name in REFRESHING], ids=lambda path: path.name
)
def test_what_only_refreshes_is_given_up_in_time(script: Path) -> None:
    assert re.search(r"AbortSignal\.timeout\(|signal: running\.signal", script.read_text())
