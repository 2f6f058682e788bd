"""A member of staff answers one private participant alone, and sees before sending that nobody else will read it."""

from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import expect

from tawasul.accounts.models import Person
from tests.browsing import enter, fits
from tests.taking_part import link_of, take_part
from tests.world import OpenATicket


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("lang", "scheme", "width"), [("ar", "light", 360), ("en", "dark", 1280)])
def test_from_the_choice_above_the_answer_to_their_page(
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
    part = take_part(ticket, fahd, is_private=True)
    clerk = enter(open_page(lang=lang, scheme=scheme, width=width), fahd_client, live_server)
    clerk.goto(f"/{lang}/desk/tickets/{ticket.spoken_number}/")
    alone = clerk.locator(".answer-to .alone")
    expect(alone).to_be_hidden()
    expect(clerk.locator(".goes-to")).to_be_visible()
    clerk.fill("#answer_text", "نرى رفض الطلب مبدئيًا")
    clerk.select_option("#answer_to", str(part.pk))
    expect(alone).to_be_visible()
    expect(clerk.locator(".goes-to")).to_be_hidden()
    no_violations(clerk)
    fits(clerk, width)
    clerk.locator(".composer .foot .btn.first").click()
    letter = clerk.locator(".letter:has(.for-few)")
    letter.wait_for()
    expect(letter.locator(".by")).to_contain_text("سالم الشمري")
    no_violations(clerk)

    salem = open_page(lang=lang, scheme=scheme, width=width)
    salem.goto(link_of(part))
    expect(salem.locator(".letters")).to_contain_text("نرى رفض الطلب مبدئيًا")
    no_violations(salem)
