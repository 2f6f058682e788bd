"""A person who asked too often, at a browser: the page says until when, and the form is one press away."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browsing import follow

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize(
    ("lang", "width", "scheme", "again"),
    [("ar", 360, "dark", "يمكنك المحاولة مرة أخرى"), ("en", 1280, "light", "You can try again")],
)
def test_the_page_says_when_and_leads_back(
    open_page: Any, no_violations: Any, lang: str, width: int, scheme: str, again: str
) -> None:
    page = open_page(lang=lang, width=width, scheme=scheme)
    for _number in range(5):
        page.goto(f"/{lang}/account/password/reset/")
        page.locator("input[name=email]").fill("noura@example.com.sa")
        follow(page.locator("main form button").last)
    expect(page.locator(".when-again")).to_contain_text(again)
    no_violations(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    follow(page.locator(".error-page a.first"))
    expect(page.locator("input[name=email]")).to_be_visible()
