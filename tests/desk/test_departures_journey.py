"""Who reads an answer is right at once while it is written: for whoever adds and removes a private participant in the
side panel, and for a colleague who has the ticket open."""

from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from tawasul.accounts.models import Person
from tawasul.tickets.actions import retraction
from tawasul.tickets.models import Message
from tests.browsing import enter, fits, follow
from tests.taking_part import SALEM
from tests.world import OpenATicket, signed_in

TEXT = "نص لم يكتمل"
LINE, CHOICE = "#goes-to .goes-to", "#answer_to"


def add(page: Page, width: int) -> None:
    to_panel(page, width)
    page.locator("details.edit:has(#participant-name) > summary").click()
    page.fill("#participant-name", "سالم الشمري")
    page.fill("#participant-email", SALEM)
    page.check("input[name=is_private]")
    page.locator("#participant-language").locator("xpath=ancestor::form//button").click()
    expect(page.locator(".participants li")).to_have_count(1)


def remove(page: Page, width: int) -> None:
    to_panel(page, width)
    page.locator(".participants li button").click()
    expect(page.locator(".participants li")).to_have_count(0)


def to_panel(page: Page, width: int) -> None:
    if width < 1280:
        page.locator(".ways .to-about").click()


def to_letters(page: Page, width: int) -> None:
    if width < 1280:
        page.locator(".ways .to-letters").click()


@pytest.mark.browser
@pytest.mark.undo
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("lang", "scheme", "width"), [("ar", "light", 360), ("en", "dark", 1280)])
def test_line_and_choice_follow_who_takes_part(
    open_page: Any,
    live_server: Any,
    no_violations: Any,
    fahd_client: Client,
    sara: Person,
    open_a_ticket: OpenATicket,
    lang: str,
    scheme: str,
    width: int,
) -> None:
    ticket = open_a_ticket()
    address = f"/{lang}/desk/tickets/{ticket.spoken_number}/"
    clerk = enter(open_page(lang=lang, scheme=scheme, width=width), fahd_client, live_server)
    clerk.goto(address)
    colleague = enter(open_page(lang=lang, scheme=scheme, width=1280), signed_in(sara), live_server)
    colleague.goto(address)
    for page in (clerk, colleague):
        page.fill("#answer_text", TEXT)
        expect(page.locator(CHOICE)).to_have_count(0)

    add(clerk, width)  # the first one
    to_letters(clerk, width)
    for page in (clerk, colleague):
        expect(page.locator(LINE)).to_be_visible()
        expect(page.locator(CHOICE)).to_have_value("everybody")
        expect(page.locator("#answer_text")).to_have_value(TEXT)
    no_violations(clerk)
    fits(clerk, width)

    colleague.select_option(CHOICE, label=colleague.locator(f"{CHOICE} [data-alone]").inner_text())
    expect(colleague.locator(".answer-to .alone")).to_be_visible()
    remove(clerk, width)  # the last one
    to_letters(clerk, width)
    expect(clerk.locator(CHOICE)).to_have_count(0)
    expect(clerk.locator(LINE)).to_have_count(0)
    # Whoever had chosen them alone does not write to everybody by itself
    expect(colleague.locator(CHOICE)).to_have_value("choose")
    expect(colleague.locator(".answer-to .why")).to_be_visible()
    expect(colleague.locator("#answer_text")).to_have_value(TEXT)
    expect(colleague.locator(LINE)).to_have_count(0)
    no_violations(colleague)
    colleague.select_option(CHOICE, "everybody")
    expect(colleague.locator(".answer-to .why")).to_have_count(0)


@pytest.mark.browser
@pytest.mark.undo
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("lang", "scheme", "width"), [("ar", "dark", 1280)])
def test_an_answer_whose_only_reader_is_removed_says_so_and_is_taken_back(
    open_page: Any,
    live_server: Any,
    no_violations: Any,
    fahd_client: Client,
    open_a_ticket: OpenATicket,
    monkeypatch: pytest.MonkeyPatch,
    lang: str,
    scheme: str,
    width: int,
) -> None:
    monkeypatch.setattr(retraction, "seconds", lambda: 180)  # a slow machine has time to take it back
    ticket = open_a_ticket()
    clerk = enter(open_page(lang=lang, scheme=scheme, width=width), fahd_client, live_server)
    clerk.goto(f"/{lang}/desk/tickets/{ticket.spoken_number}/")
    add(clerk, width)
    clerk.select_option(CHOICE, index=1)
    clerk.fill("#answer_text", TEXT)
    follow(clerk.locator(".composer .foot .btn.first"))
    remove(clerk, width)
    # Without streams the page asks for news, and the less often the longer an answer took
    expect(clerk.locator(".letter .untold")).to_be_visible(timeout=90_000)
    expect(clerk.locator("[data-undo-say]")).to_contain_text("يمكن سحبها")
    no_violations(clerk)
    follow(clerk.locator("[data-undo] button"))
    expect(clerk.locator("#answer_text")).to_have_value(TEXT)
    expect(clerk.locator(CHOICE)).to_have_value("choose")
    expect(clerk.locator(".answer-to .why")).to_be_visible()
    no_violations(clerk)
    assert not Message.objects.filter(kind=Message.Kind.ANSWER).exists()
