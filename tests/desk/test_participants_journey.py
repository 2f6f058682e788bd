"""Somebody is asked to take part: the mail arrives, they open the ticket and write, and staff see it."""

from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import expect

from tawasul.accounts.models import Person
from tawasul.tickets.models import Participant
from tests.browsing import enter, fits
from tests.taking_part import SALEM, link_of
from tests.world import OpenATicket


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("lang", "scheme", "width"), [("ar", "light", 360), ("en", "dark", 1280)])
def test_from_the_side_panel_to_the_participants_letter(
    open_page: Any,
    live_server: Any,
    no_violations: Any,
    fahd_client: Client,
    fahd: Person,
    open_a_ticket: OpenATicket,
    lang: str,
    scheme: str,
    width: int,
) -> None:
    ticket = open_a_ticket()
    address = f"/{lang}/desk/tickets/{ticket.spoken_number}/"
    clerk = enter(open_page(lang=lang, scheme=scheme, width=width), fahd_client, live_server)
    clerk.goto(address)
    clerk.set_default_timeout(15_000)
    clerk.fill("#answer_text", "نص لم يكتمل")
    if width < 1280:
        clerk.click(".ways .to-about")
    clerk.locator("details.edit:has(#participant-name) > summary").click()
    clerk.fill("#participant-name", "سالم الشمري")
    clerk.fill("#participant-email", "nobody")
    clerk.press("#participant-email", "Enter")
    clerk.locator("#participant-error").wait_for()
    no_violations(clerk)
    clerk.fill("#participant-email", SALEM)
    clerk.select_option("#participant-language", lang)
    clerk.locator("#participant-language").locator("xpath=ancestor::form//button").click()
    clerk.locator(".participants li").wait_for()
    expect(clerk.locator("#answer_text")).to_have_value("نص لم يكتمل")
    no_violations(clerk)

    part = Participant.objects.get()
    salem = open_page(lang=lang, scheme=scheme, width=width)
    salem.goto(link_of(part))
    expect(salem.locator(".letter")).to_have_count(1)
    salem.fill("[name=text]", "ظهر عندي العطل نفسه.")
    no_violations(salem)
    fits(salem, width)
    salem.locator("#reply button.first").click()
    salem.locator(".letter:nth-of-type(2), .letter + .letter, .event + .letter").last.wait_for()
    expect(salem.locator(".letters")).to_contain_text("ظهر عندي العطل نفسه.")

    clerk.goto(address)
    expect(clerk.locator(".letters")).to_contain_text("ظهر عندي العطل نفسه.")
    expect(clerk.locator("#goes-to .goes-to")).to_be_visible()
    no_violations(clerk)
    fits(clerk, width)
