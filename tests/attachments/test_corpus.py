"""Real files of public test suites, where they are at hand: every kind gets the answer that its index expects.

TAWASUL_CORPUS names the folder; beside the repository it is found by itself. The files are never part of it.
"""

import csv
import os
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tawasul.attachments import gate, kinds, pool

_ROOT = Path(__file__).resolve().parents[2]
CORPUS = Path(os.environ.get("TAWASUL_CORPUS") or _ROOT.parent / "shared" / "corpus") / "files"

pytestmark = pytest.mark.skipif(
    not CORPUS.is_dir(), reason="no corpus of files: set TAWASUL_CORPUS to its folder"
)


def _cases() -> Iterator[tuple[Path, str]]:
    for folder in ("valid", "hostile", "disallowed"):
        with (CORPUS / folder / "INDEX.tsv").open(encoding="utf-8", newline="") as index:
            for row in csv.DictReader(index, delimiter="\t", quoting=csv.QUOTE_NONE):
                yield CORPUS / folder / row["file"], row["expected"]


def _must(expected: str) -> bool | None:
    """True: accept; False: refuse; None: either, as long as there is an answer."""
    if expected.startswith(("accept;", "accept (")):
        return True
    return False if expected.startswith(("reject:", "reject, whatever")) else None


def test_every_file_gets_the_answer_that_is_expected(record_property: Callable[[str, object], None]) -> None:
    agreed, wrong = Counter[str](), []
    for path, expected in _cases():
        verdict = gate.inspect(path, path.name)
        must = _must(expected)
        kind = {True: "accept", False: "refuse", None: "either"}[must]
        if must is not None and verdict.accepted is not must:
            wrong.append(f"{path.name}: expected {expected!r}, got {verdict.reason or 'accepted'}")
        else:
            agreed[kind] += 1
        assert verdict.reason != "busy"
    record_property("agreed", dict(agreed))  # in the report of --junitxml
    assert not wrong, "\n".join(wrong)
    assert agreed["accept"]
    assert agreed["refuse"]


@pytest.mark.parametrize("extension", ["png", "jpg", "gif", "tif", "pdf"])
def test_what_is_not_allowed_is_not_allowed_under_any_name(extension: str) -> None:
    taken = [
        path.name
        for path, expected in _cases()
        if _must(expected) is False and gate.inspect(path, f"{path.stem}.{extension}").accepted
    ]
    assert not taken


def test_whatever_is_accepted_as_drawable_can_be_drawn() -> None:
    blank = []
    for path, expected in _cases():
        if _must(expected) is not True:
            continue
        verdict = gate.inspect(path, path.name)
        if verdict.drawable:
            options = {"most_pages": 1, "width": 300, "height": 600, "max_pixels": 10**8}
            job = {"verb": "draw", "kind": kinds.BY_NAME[verdict.type].name, "options": options}
            if len(list(pool.decoder().run(path.read_bytes(), job, seconds=10))) < 2:
                blank.append(path.name)
    assert not blank
