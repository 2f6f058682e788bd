"""The desk in a real browser: nothing for axe to find, room on a phone, and everything by keyboard."""

from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import expect

from tawasul.accounts.models import Person
from tawasul.tickets import actions
from tawasul.tickets.models import Message, Ticket
from tawasul.tickets.writers import Writer
from tests.browsing import enter, fits, follow

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def written(open_a_ticket: Any, noura: Person, fahd: Person, sara: Person) -> Ticket:
    """A ticket with every kind of letter."""
    ticket: Ticket = open_a_ticket()
    actions.answer(ticket, by=fahd, text="راجعنا **الطلب**:\n\n- بند\n- `dig ns1`\n\n> اقتباس")
    actions.note(ticket, by=sara, text="ملاحظة للزملاء")
    actions.follow_up(ticket, by=Writer.of(noura), text="The log says: connection timed out.")
    return ticket


# What stands in the sheet of further actions and crosses its edge, where it would be cut.
CUT_OFF = """() => [...document.querySelectorAll(".more-sheet *")].filter((one) => {
  const box = one.getBoundingClientRect(), sheet = one.closest(".more-sheet").getBoundingClientRect();
  return one.checkVisibility() && box.width > 1 && (box.right > sheet.right || box.left < sheet.left);
}).map((one) => one.className || one.tagName)"""


@pytest.mark.parametrize(
    ("lang", "scheme", "width"),
    [("ar", "light", 360), ("en", "dark", 360), ("ar", "dark", 1280), ("en", "light", 1280)],
)
def test_nothing_for_axe_to_find(
    open_page: Any,
    live_server: Any,
    no_violations: Any,
    fahd: Person,
    fahd_client: Client,
    written: Ticket,
    open_a_ticket: Any,
    lang: str,
    scheme: str,
    width: int,
) -> None:
    closed = open_a_ticket(subject="closed")
    actions.close(closed, by=Writer.of(fahd), reason="solved_by_staff")
    page = open_page(lang=lang, scheme=scheme, width=width)
    enter(page, fahd_client, live_server)
    blocked: list[str] = []
    page.on("console", lambda line: blocked.append(line.text) if "Content Security" in line.text else None)
    place = f"/{lang}/desk/tickets/{written.spoken_number}/"
    for address in [
        f"/{lang}/desk/",
        f"/{lang}/desk/?view=on_hold",
        place,
        f"{place}?compose=note",
        f"/{lang}/desk/tickets/{closed.spoken_number}/",
    ]:
        page.goto(address)
        no_violations(page)
        fits(page, width)
    page.goto(place)
    page.locator("details.more > summary").click()
    for opened in [*page.locator(".more details.doing > summary").all(), page.locator("[data-do=close]")]:
        opened.click()  # the last one lies outside the list, which closes by that
        no_violations(page)
        fits(page, width)
        assert page.evaluate(CUT_OFF) == []
        opened.click()
    assert not blocked


def test_an_answer_is_written_formatted_previewed_and_sent(
    open_page: Any, live_server: Any, fahd_client: Client, written: Ticket
) -> None:
    page = open_page()
    enter(page, fahd_client, live_server)
    page.goto(f"/ar/desk/tickets/{written.spoken_number}/")
    box = page.locator("#answer_text")
    box.fill("تم الحفظ")
    box.press("Control+a")
    box.press("Control+b")
    expect(box).to_have_value("**تم الحفظ**")
    page.get_by_role("button", name="معاينة").click()
    page.locator("#preview strong").wait_for()
    assert page.url.endswith(f"{written.spoken_number}/"), "the preview came into the page"
    page.get_by_role("button", name="أرسل الإجابة").click()
    page.locator(".letter strong", has_text="تم الحفظ").wait_for()
    assert Message.objects.filter(ticket=written, kind="answer").count() == 2


def test_what_is_being_written_is_kept_by_itself(
    open_page: Any, live_server: Any, fahd_client: Client, written: Ticket
) -> None:
    page = open_page()
    enter(page, fahd_client, live_server)
    address = f"/ar/desk/tickets/{written.spoken_number}/"
    page.goto(address)
    page.locator("#answer_text").press_sequentially("نصف إجابة")
    page.locator("[data-autosave-say]", has_text="حُفظت المسودة").wait_for()
    page.goto(address)
    expect(page.locator("#answer_text")).to_have_value("نصف إجابة")


def test_a_note_is_written_by_keyboard_alone(
    open_page: Any, live_server: Any, fahd_client: Client, written: Ticket
) -> None:
    page = open_page()
    enter(page, fahd_client, live_server)
    page.goto(f"/ar/desk/tickets/{written.spoken_number}/")
    tab = page.get_by_role("link", name="ملاحظة داخلية")
    for _press in range(60):
        page.keyboard.press("Tab")
        if tab.evaluate("element => element === document.activeElement"):
            break
    page.keyboard.press("Enter")
    page.locator(".composer.note").wait_for()
    page.locator("#note_text").focus()
    page.keyboard.type("للزملاء فقط")
    for _press in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.name") == "send":
            break
    page.keyboard.press("Enter")
    page.locator(".letter[data-from=note]", has_text="للزملاء فقط").wait_for()


def test_without_scripts_everything_still_works(
    open_page: Any, live_server: Any, fahd_client: Client, written: Ticket
) -> None:
    page = open_page(scripts=False)
    enter(page, fahd_client, live_server)
    page.goto(f"/ar/desk/tickets/{written.spoken_number}/")
    page.locator("#answer_text").fill("بلا **نصوص برمجية**")
    follow(page.get_by_role("button", name="معاينة"))
    expect(page.locator("#preview strong")).to_have_count(1)
    expect(page.locator("#answer_text")).to_have_value("بلا **نصوص برمجية**")
    page.get_by_role("button", name="أرسل الإجابة").click()
    expect(page.locator(".letter strong", has_text="نصوص برمجية")).to_have_count(1)
    page.locator(".doings [data-do=close]").click()
    page.locator("input[value=solved_by_staff]").check()
    follow(page.locator("form[action*=closure] button"))
    written.refresh_from_db()
    assert written.close_reason == "solved_by_staff"
