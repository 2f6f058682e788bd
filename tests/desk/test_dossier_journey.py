"""A clerk in a browser beside a letter that is being written: the panel changes, the letter stays."""

from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import expect

from tawasul.accounts.models import Person
from tawasul.tickets.actions import properties
from tawasul.tickets.models import Tag
from tests.browsing import enter, fits
from tests.desk.test_dossier import at


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("lang", "scheme", "width"), [("ar", "light", 1280), ("en", "dark", 1000), ("ar", "dark", 360)]
)
def test_a_clerk_works_beside_the_letter_without_losing_it(
    open_page: Any,
    live_server: Any,
    no_violations: Any,
    fahd_client: Client,
    sara: Person,
    open_a_ticket: Any,
    lang: str,
    scheme: str,
    width: int,
) -> None:
    Tag.objects.create(name_ar="خوادم الأسماء", name_en="Name servers")
    ticket = open_a_ticket()
    browser = enter(open_page(lang=lang, scheme=scheme, width=width), fahd_client, live_server)
    browser.goto(at(ticket, lang=lang))
    browser.fill("#answer_text", "نص لم يكتمل")
    if width < 1280:
        expect(browser.locator("#dossier")).to_be_hidden()
        browser.click(".ways .to-about")
    browser.fill("#checklist-text", "اتصال")
    browser.press("#checklist-text", "Enter")
    browser.locator(".checklist .tick").click()
    browser.locator(".checklist [aria-checked=true]").wait_for()
    browser.locator("details.edit:has(#tag) > summary").click()
    browser.locator("#tag").press_sequentially("serv")
    browser.locator("#tag-offers button").click()
    browser.locator(".tags .tag").wait_for()
    browser.locator("details.edit:has(#property-subject) > summary").click()
    browser.fill("#property-subject", "موضوع فهد")
    properties.change(ticket, "subject", "موضوع سارة", by=sara)
    browser.press("#property-subject", "Enter")
    browser.locator(".overtaken-edit").wait_for()
    expect(browser.locator("#property-subject")).to_have_value("موضوع فهد")
    browser.locator("#about-events > summary").click()
    browser.locator(".history li").first.wait_for()
    no_violations(browser)
    fits(browser, width)
    expect(browser.locator("#answer_text")).to_have_value("نص لم يكتمل")
    if width < 1280:
        browser.locator(".dossier .to-thread a, .ways .to-letters").locator("visible=true").first.click()
        expect(browser.locator("#answer_text")).to_be_visible()
