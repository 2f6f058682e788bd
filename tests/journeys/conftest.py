"""A demo for each file, and browsers of different people that are pointed at it."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

from tests.journeys import demo

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

NewPage = Callable[..., "Page"]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a demo that was started for this file."""
    with demo.running(tmp_path_factory.mktemp("demo") / "data") as running:
        yield running


@pytest.fixture
def new_page(chromium: "Browser", address: str) -> Iterator[NewPage]:
    """``new_page(lang, width=1280)``: each page has cookies of its own; a script error fails the test."""
    contexts, faults = [], []

    def make(lang: str, *, width: int = 1280, height: int = 900) -> "Page":
        context = chromium.new_context(
            base_url=address,
            locale={"ar": "ar-SA", "en": "en-GB"}[lang],
            viewport={"width": width, "height": height},
        )
        context.set_default_timeout(90_000)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        return page

    yield make
    for context in contexts:
        context.close()
    assert not faults
