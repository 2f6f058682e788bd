"""The sheet of parts in a real browser: no violations, no sideways scroll, a light first load."""

import gzip
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import expect

from tests.browsing import OpenPage, follow


@pytest.mark.django_db
def test_customers_have_no_sheet_of_parts_but_the_staff_do(
    client: Client, noura_client: Client, fahd_client: Client, settings: Any
) -> None:
    settings.STAFF_NEED_TWO_STEPS = False
    assert client.get("/ar/components/").status_code == 404
    assert noura_client.get("/ar/components/").status_code == 404
    assert fahd_client.get("/ar/components/").status_code == 200


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("lang", ["ar", "en"])
def test_every_part_passes_axe_and_fits(
    open_page: OpenPage,
    no_violations: Callable[[Any], None],
    settings: Any,
    lang: str,
    width: int,
    scheme: str,
) -> None:
    settings.DEMO = True
    page = open_page(lang=lang, width=width, scheme=scheme)
    page.goto(f"/{lang}/components/")
    no_violations(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("address", ["", "privacy/", "accessibility/", "no-such-page/"])
@pytest.mark.parametrize("lang", ["ar", "en"])
def test_open_pages_pass_axe_and_fit_a_phone(
    open_page: OpenPage, no_violations: Callable[[Any], None], lang: str, address: str
) -> None:
    page = open_page(lang=lang, width=360)
    page.goto(f"/{lang}/{address}")
    no_violations(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("lang", ["ar", "en"])
def test_the_first_load_of_a_page_is_under_200_kilobytes(open_page: OpenPage, lang: str) -> None:
    page = open_page(lang=lang)
    weights: dict[str, int] = {}

    def weigh(response: Any) -> None:
        body = response.body()
        # Fonts are compressed already; everything else is sent compressed in service, as gzip at the least.
        weights[response.url] = len(body) if response.url.endswith(".woff2") else len(gzip.compress(body))

    page.on("response", weigh)
    page.goto(f"/{lang}/")
    page.wait_for_load_state("networkidle")
    fonts = [url for url in weights if url.endswith(".woff2")]
    if (Path(settings.PACKAGE) / "ui" / "static" / "vendor" / "fonts").exists():
        assert fonts
    assert sum(weights.values()) < 200_000, weights


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_a_chosen_theme_wins_over_the_systems(open_page: OpenPage) -> None:
    page = open_page(scheme="dark")
    page.goto("/ar/")
    by_system = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    follow(page.get_by_role("link", name="فاتح"))
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") != by_system


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_the_language_link_keeps_the_page(open_page: OpenPage) -> None:
    page = open_page()
    page.goto("/ar/privacy/")
    follow(page.get_by_role("link", name="English"))
    assert page.url.endswith("/en/privacy/")
    expect(page.locator("html")).to_have_attribute("dir", "ltr")
