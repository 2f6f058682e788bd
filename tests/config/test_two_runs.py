"""The suite's second run, on another database, leaves out what the first one has told already, and nothing else."""

from types import SimpleNamespace
from typing import Any

import pytest

from tests.conftest import _can_differ


def item(*fixtures: str, marked: bool = False, once: bool = False) -> Any:
    marks = {"django_db": marked, "same_everywhere": once}
    return SimpleNamespace(
        fixturenames=list(fixtures),
        get_closest_marker=lambda name: getattr(pytest.mark, name) if marks[name] else None,
    )


@pytest.mark.parametrize("fixture", ["db", "transactional_db", "live_server"])
def test_what_touches_the_database_runs_again(fixture: str) -> None:
    assert _can_differ(item("request", fixture))


def test_what_is_marked_as_touching_it_runs_again() -> None:
    assert _can_differ(item("client", marked=True))


def test_what_touches_no_database_or_only_looks_at_pages_does_not() -> None:
    assert not _can_differ(item("tmp_path", "monkeypatch"))
    assert not _can_differ(item("live_server", "no_violations", "transactional_db", marked=True))
    assert not _can_differ(item("client", marked=True, once=True))


def test_this_very_test_needs_no_second_run(request: pytest.FixtureRequest) -> None:
    assert not _can_differ(request.node)


@pytest.mark.django_db
def test_and_this_one_does(request: pytest.FixtureRequest) -> None:
    assert _can_differ(request.node)
