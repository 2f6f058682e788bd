"""A clerk in a browser selects rows by the keyboard, sees what will happen, follows the job and takes it back."""

from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import expect

from tawasul.accounts.models import Person
from tawasul.bulk.work import work_due
from tawasul.tickets.models import Ticket
from tests.browsing import enter, fits


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("lang", "scheme", "width"), [("ar", "dark", 360), ("en", "light", 1280)])
def test_a_clerk_selects_by_the_keyboard_orders_and_takes_back(
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
    for number in range(5):
        open_a_ticket(subject=f"تعذّر التحديث {number}")
    browser = enter(open_page(lang=lang, scheme=scheme, width=width), fahd_client, live_server)
    browser.goto(f"/{lang}/desk/?view=all")
    bar = browser.locator(".bulk-bar")
    expect(bar, "while nothing is selected there is nothing to do").to_be_hidden()
    browser.keyboard.press("j")
    browser.keyboard.press("x")
    browser.keyboard.press("j")
    browser.keyboard.press("x")
    expect(browser.locator(".desk-rows tr[data-picked]")).to_have_count(2)
    boxes = browser.locator(".desk-rows input[name=ticket]")
    boxes.nth(3).click(modifiers=["Shift"])
    expect(browser.locator("[data-count]"), "all between, from the last one that was chosen").to_contain_text(
        "4"
    )
    no_violations(browser)
    fits(browser, width)
    browser.locator('[data-do="bulk-assign"]').click()
    browser.select_option("#bulk_object", str(sara.pk))
    browser.locator(".bulk-choose button").click()
    browser.locator(".will-happen").wait_for()
    no_violations(browser)
    fits(browser, width)
    browser.locator("[data-order]").click()
    browser.locator("#bulk-job progress").wait_for()
    while work_due():
        pass
    browser.locator("#bulk-job:not([hx-get])").wait_for()
    expect(browser.locator("[data-outcome=done] dd")).to_have_text("4")
    assert Ticket.objects.filter(assignee=sara).count() == 4
    no_violations(browser)
    browser.locator("#bulk-undo").press("Enter")
    browser.locator("#bulk-job[hx-get]").wait_for()
    while work_due():
        pass
    browser.locator("[data-outcome=undone]").wait_for()
    browser.locator("#bulk-job:not([hx-get])").wait_for()
    assert not Ticket.objects.filter(assignee=sara).exists()
    fits(browser, width)
