"""A morning at the desk with the hands on the keyboard, in both languages; nothing for axe to find on the way."""

from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from tawasul.accounts.models import Person
from tawasul.tickets.models import Mention, Message, Ticket
from tests.browsing import enter, fits
from tests.world import PASSWORD

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def four(open_a_ticket: Any) -> list[Ticket]:
    """Four tickets that wait, in the order in which they are due."""
    return [open_a_ticket(subject=f"تذكرة {number}") for number in range(4)]


def ready(page: "Page") -> None:
    """Wait until the page's scripts have run, as a person does without knowing."""
    page.locator(".open-palette").wait_for()


def arrived(page: "Page", ticket: Ticket) -> None:
    """Wait until the ticket's page is there."""
    page.locator(".head-row", has_text=ticket.spoken_number).wait_for()
    ready(page)


def focused(page: "Page") -> str:
    return str(page.evaluate("document.activeElement.textContent.trim()"))


@pytest.mark.parametrize("lang", ["ar", "en"])
def test_a_morning_without_the_mouse(
    open_page: Any, no_violations: Any, fahd: Person, four: list[Ticket], lang: str
) -> None:
    page = open_page(lang=lang)
    page.goto(f"/{lang}/desk/")
    page.locator("[name=login]").focus()
    page.keyboard.type("fahd")
    page.locator("[name=password]").focus()
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    ready(page)

    page.keyboard.press("j")
    page.evaluate("""document.activeElement.dispatchEvent(
        new KeyboardEvent("keydown", { key: "ت", code: "KeyJ", bubbles: true, cancelable: true }))""")
    assert focused(page) == "تذكرة 1", "a key is known by its place, whatever it writes"
    page.keyboard.press("k")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    arrived(page, four[1])

    page.keyboard.press("a")
    page.keyboard.type("jku؟ e h")
    expect(page.locator("#answer_text"), "no shortcut works while one types").to_have_value("jku؟ e h")
    page.keyboard.press("Control+Enter")
    arrived(page, four[2])
    expect(page.locator(".scroll > .notice")).to_contain_text(four[1].spoken_number)
    assert Message.objects.get(ticket=four[1], kind="answer").text == "jku؟ e h"

    page.keyboard.press("n")
    arrived(page, four[3])
    page.keyboard.press("p")
    arrived(page, four[2])
    page.keyboard.press("h")
    expect(page.locator("details.doing[open] #hold_party")).to_be_focused()
    page.keyboard.press("Escape")

    page.keyboard.press("Control+k")
    page.locator("#palette [role=option]").first.wait_for()
    no_violations(page)
    page.keyboard.type(four[0].number)
    page.keyboard.press("Enter")
    arrived(page, four[0])

    page.keyboard.press("t")
    page.locator(".scroll > .notice").wait_for()
    ready(page)
    page.keyboard.press("g")
    page.keyboard.press("m")
    page.locator(".desk-rows").wait_for()
    expect(page.locator(".desk-rows .subj")).to_have_text(["تذكرة 0"])

    page.keyboard.press("Shift+Slash")
    sheet = page.locator("#keys-sheet[open]")
    sheet.wait_for()
    no_violations(page)
    page.keyboard.press("Escape")
    expect(page.locator("dialog[open]")).to_have_count(0)
    page.keyboard.press("Shift+Slash")
    sheet.wait_for()
    sheet.locator(".choice button").focus()
    page.keyboard.press("Enter")
    page.locator(".queue.whole > .notice").wait_for()
    no_violations(page)
    page.goto(f"/{lang}/desk/?view=all")
    ready(page)
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement === document.body"), "they are switched off"
    fahd.refresh_from_db()
    assert fahd.desk_choices["keys"] == "off"


def test_the_palette_does_what_the_page_can_and_gives_the_focus_back(
    open_page: Any, live_server: Any, fahd_client: Any, four: list[Ticket]
) -> None:
    page = open_page()
    enter(page, fahd_client, live_server)
    page.goto(f"/ar/desk/tickets/{four[0].spoken_number}/?view=all")
    ready(page)
    button = page.locator(".open-palette")
    button.focus()
    page.keyboard.press("Enter")
    options = page.locator("#palette [role=option]")
    options.first.wait_for()
    first = options.first.get_attribute("id")
    expect(page.locator("#palette-ask")).to_have_attribute("aria-activedescendant", first)
    page.keyboard.press("ArrowDown")
    expect(page.locator("#palette-ask")).not_to_have_attribute("aria-activedescendant", first)
    page.keyboard.press("Escape")
    expect(button).to_be_focused()
    page.keyboard.press("Control+k")
    page.keyboard.type("أوقف")
    page.locator("#palette mark").first.wait_for()
    page.keyboard.press("Enter")
    expect(page.locator("#hold_party")).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("Control+k")
    page.keyboard.type("زميل")
    page.locator("#palette mark").first.wait_for()
    page.keyboard.press("Enter")
    expect(page.locator("#assignee_assignee")).to_be_focused()


def test_a_colleague_is_named_by_two_letters(
    open_page: Any, live_server: Any, no_violations: Any, fahd_client: Any, sara: Person, four: list[Ticket]
) -> None:
    page = open_page(width=360)
    enter(page, fahd_client, live_server)
    page.goto(f"/ar/desk/tickets/{four[0].spoken_number}/?view=all")
    ready(page)
    page.keyboard.press("m")
    page.locator("#note_text:focus").wait_for()
    page.keyboard.type("نظر @سا")
    page.locator(".names:not([hidden]) [role=option]").wait_for()
    no_violations(page)
    fits(page, 360)
    page.keyboard.press("Enter")
    expect(page.locator("#note_text")).to_have_value("نظر @sara ")
    page.keyboard.press("Control+Enter")
    page.locator(".letter .mention", has_text="@sara").wait_for()
    assert Mention.objects.get().person == sara
