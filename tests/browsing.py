"""A real browser for the journeys: Debian's chromium, driven by Playwright.

``open_page(lang=…, width=…, scheme=…)`` gives a fresh page in a context of its own (no shared cookies), whose
addresses are relative to the live server. ``no_violations(page)`` holds a page to zero axe findings, ``fits`` to its
screen, and ``follow`` goes where a link leads.
"""

import asyncio
import os
import shutil
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from django.test import Client
    from playwright.sync_api import Browser, Locator, Page

# The shell is the same browser without the window's parts, which cost a fifth of the journeys' time.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
PATIENCE = 30_000  # milliseconds; a busy machine is no failure
OpenPage = Callable[..., "Page"]


def chromium_path() -> str | None:
    """The browser to drive: TAWASUL_CHROMIUM, else the first of the usual names on PATH."""
    return os.environ.get("TAWASUL_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


@pytest.fixture(scope="session")
def chromium() -> "Iterator[Browser]":
    """One browser a session. Skips where there is none; ``tawasul test`` sees to it that there is."""
    path = chromium_path()
    if path is None:
        pytest.skip("no chromium on this machine")
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        arguments = ["--disable-dev-shm-usage", "--disable-gpu", "--hide-scrollbars"]
        if os.geteuid() == 0:  # chromium's sandbox refuses root
            arguments.append("--no-sandbox")
        browser = playwright.chromium.launch(executable_path=path, args=arguments)
        loop = asyncio._get_running_loop()
        yield browser
        asyncio._set_running_loop(loop)  # the last test may be one that does not see it
        browser.close()


@pytest.fixture
def open_page(chromium: "Browser", live_server: Any) -> Iterator[OpenPage]:
    """Make pages: ``open_page(lang="ar", width=1280, height=900, scheme="light", scripts=True, touch=False)``.

    A script error or a failed request to our own server fails the test when it ends.
    """
    from django.core.cache import cache

    cache.clear()  # all browsers come from one address: what the tests before asked for counts against no limit
    yield from pages_of(chromium, live_server.url)


def pages_of(chromium: "Browser", url: str) -> Iterator[OpenPage]:
    """The same for a server at that address."""
    contexts: list[Any] = []
    faults: list[str] = []

    def make(
        lang: str = "ar",
        *,
        width: int = 1280,
        height: int = 900,
        scheme: str = "light",
        scripts: bool = True,
        touch: bool = False,
    ) -> "Page":
        context = chromium.new_context(
            base_url=url,
            locale={"ar": "ar-SA", "en": "en-GB"}[lang],
            viewport={"width": width, "height": height},
            color_scheme="dark" if scheme == "dark" else "light",
            java_script_enabled=scripts,
            has_touch=touch,
            timezone_id="Asia/Riyadh",
        )
        contexts.append(context)
        context.set_default_timeout(3 * PATIENCE)
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        return page

    yield make
    for context in contexts:
        context.close()
    assert not faults, faults


def enter(page: "Page", client: "Client", server: Any) -> "Page":
    """Give the browser the session of a client that has signed in; signing in has journeys of its own."""
    page.context.add_cookies(
        [{"name": name, "value": morsel.value, "url": server.url} for name, morsel in client.cookies.items()]
    )
    return page


def follow(wanted: "Locator") -> None:
    """Click what leads to another page, or sends a form, and wait until that page is there whole."""
    with wanted.page.expect_navigation():
        wanted.click()


def fits(page: "Page", width: int) -> None:
    """Nothing on a page is wider than the screen."""
    page.wait_for_load_state()  # before its style is there everything is wide
    assert page.evaluate("document.documentElement.scrollWidth") <= width, page.url


# The violations alone: what passed is most of what axe has to say. It stays in the page until that is left.
AXE = "axe.run({resultTypes: ['violations']}).then(({violations}) => ({violations}))"


@pytest.fixture
def no_violations() -> "Callable[[Page], None]":
    """Assert that axe finds nothing wrong on a page (WCAG A and AA and best practices)."""
    from axe_playwright_python.base import AXE_SCRIPT, AxeResults

    def check(page: "Page") -> None:
        page.wait_for_load_state()
        if page.evaluate("typeof axe") == "undefined":
            page.evaluate(AXE_SCRIPT)
        found = AxeResults(page.evaluate(AXE))
        assert found.violations_count == 0, f"{page.url}\n{found.generate_report()}"

    return check
