"""Two at one ticket change the same thing: the one sees what the other did, and puts nothing in its place unread."""

from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import expect

from tawasul.accounts.models import Person
from tests.browsing import enter
from tests.live.conftest import Served
from tests.live.test_journeys import SOON, until_live
from tests.portal.test_axe_portal import NoViolations, looks_right
from tests.world import OpenATicket, signed_in

pytestmark = [pytest.mark.browser, pytest.mark.network, pytest.mark.django_db(transaction=True)]

_USABLE_BENEATH_THE_LINE = """() => {
  const line = document.getElementById("live-say").getBoundingClientRect();
  return [...document.querySelectorAll("a, button, summary, input, select, textarea")].filter((one) => {
    if (one.closest("#live-say") || !one.checkVisibility()) return false;
    const box = one.getBoundingClientRect();
    return box.width && box.left < line.right && line.left < box.right && box.top < line.bottom && line.top < box.bottom
      && !one.closest(".scroll"); // what has scrolled out of sight
  }).map((one) => one.outerHTML);
}"""


def test_what_one_changes_the_other_sees_and_is_told_before_replacing_it(
    open_page: Any,
    served: Served,
    no_violations: NoViolations,
    fahd_client: Client,
    sara: Person,
    open_a_ticket: OpenATicket,
) -> None:
    ticket = open_a_ticket()
    place = f"desk/tickets/{ticket.spoken_number}/"
    fahd = enter(open_page(lang="en"), fahd_client, served)
    other = enter(open_page(width=360, scheme="dark"), signed_in(sara), served)
    for page, lang in ((fahd, "en"), (other, "ar")):
        page.goto(f"/{lang}/{place}")
        until_live(page)

    # a changed field comes into the open page
    other.locator(".ways .to-about").click()
    other.locator("details.edit:has(#property-subject) > summary").press("Enter")
    other.fill("#property-subject", "موضوع سارة")
    other.press("#property-subject", "Enter")
    expect(fahd.locator(".thread .top h1")).to_have_text("موضوع سارة", timeout=SOON)
    expect(fahd.locator("#dossier")).to_contain_text("موضوع سارة", timeout=SOON)

    # but not into the form in which somebody writes
    fahd.locator("details.edit:has(#property-subject) > summary").press("Enter")
    fahd.fill("#property-subject", "Fahd's subject")
    expect(other.locator("details.edit:has(#property-subject)")).not_to_have_attribute("open", "")
    other.locator("details.edit:has(#property-subject) > summary").press("Enter")
    other.fill("#property-subject", "موضوع آخر")
    other.press("#property-subject", "Enter")
    expect(fahd.get_by_role("button", name="Show", exact=True)).to_be_visible(timeout=SOON)
    assert fahd.input_value("#property-subject") == "Fahd's subject"
    # the line that says so lies over nothing that can be used
    assert fahd.evaluate(_USABLE_BENEATH_THE_LINE) == []
    fahd.locator("#about-events > summary").click(timeout=SOON)
    fahd.get_by_role("button", name="Dismiss").click()
    expect(fahd.locator("#live-say")).to_be_empty()
    fahd.press("#property-subject", "Enter")
    expect(fahd.locator(".overtaken-edit")).to_contain_text("موضوع آخر")
    assert fahd.input_value("#property-subject") == "Fahd's subject"
    looks_right(fahd, no_violations)
    fahd.press("#property-subject", "Enter")  # now that it was read
    expect(other.locator("#dossier")).to_contain_text("Fahd's subject", timeout=SOON)
    looks_right(other, no_violations)
