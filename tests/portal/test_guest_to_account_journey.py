"""Somebody who took part by a personal link asks for an account with the same address, and finds the ticket in it."""

import re

import pytest
from playwright.sync_api import expect

from tawasul.accounts.models import Person, TermsVersion
from tawasul.tickets import actions
from tawasul.tickets.models import Ticket
from tests.accounts.test_requests import GOOD_PASSWORD, code_in, newest_mail
from tests.browsing import OpenPage
from tests.portal.test_account_journeys import fill_request, sign_in
from tests.portal.test_axe_portal import NoViolations, looks_right
from tests.taking_part import link_of, take_part

HUDA = "huda@example.com.sa"


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("lang", "scheme", "width"), [("ar", "dark", 360), ("en", "light", 1280)])
def test_from_the_mailed_link_to_the_ticket_among_ones_own(
    open_page: OpenPage,
    no_violations: NoViolations,
    terms: TermsVersion,
    fahd: Person,
    ticket: Ticket,
    lang: str,
    scheme: str,
    width: int,
) -> None:
    part = take_part(ticket, fahd, HUDA, name="هدى السبيعي")
    link = link_of(part)
    page = open_page(lang=lang, scheme=scheme, width=width)
    page.goto(link)
    expect(page.locator("main")).to_contain_text(ticket.subject)
    page.goto(f"/{lang}/account/request/")
    fill_request(page, email=HUDA)
    page.check("[name=terms]")
    page.press("[name=full_name]", "Enter")
    page.wait_for_url(re.compile("/account/activate/"))
    page.fill("[name=code]", code_in(newest_mail(HUDA)))
    page.press("[name=code]", "Enter")
    page.wait_for_url(re.compile("/account/login/"))
    sign_in(page, lang, "huda", GOOD_PASSWORD)

    shared = page.get_by_role("link", name=ticket.subject)
    shared.wait_for()
    looks_right(page, no_violations)  # the list says whose it is
    expect(page.locator("main")).to_contain_text("نورة الدوسري")
    shared.press("Enter")
    page.wait_for_url(f"**/{lang}/tickets/{ticket.spoken_number}/*")
    looks_right(page, no_violations)
    page.fill("#id_text", "وصلتني الأخطاء نفسها.")
    page.locator("#reply button.first").press("Enter")
    page.locator(".page-notice").wait_for()
    letter = ticket.messages.latest("pk")
    assert (letter.text, letter.author) == ("وصلتني الأخطاء نفسها.", Person.objects.get(username="huda"))
    actions.answer(ticket, by=fahd, text="نتحقق من ذلك.")
    page.goto(link)  # which leads on to where they are known now
    expect(page.locator("main")).to_contain_text("نتحقق من ذلك.")
