"""A demo for each file, and browsers of different people that are pointed at it."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.browsing import OpenPage, pages_of
from tests.journeys import demo

if TYPE_CHECKING:
    from playwright.sync_api import Browser


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a demo that was started for this file."""
    with demo.running(tmp_path_factory.mktemp("demo") / "data") as running:
        yield running


@pytest.fixture
def new_page(chromium: "Browser", address: str) -> Iterator[OpenPage]:
    """``new_page(lang, width=1280)``: each page has cookies of its own; a script error fails the test."""
    yield from pages_of(chromium, address)
