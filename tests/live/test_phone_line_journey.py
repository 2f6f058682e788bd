"""Two at one ticket, one of them on a phone: what the other does is told in a line that is in nobody's way, and what
is half written stays."""

from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from playwright.sync_api import expect

from tawasul.accounts.models import Person
from tawasul.tickets import actions
from tawasul.tickets.models import Ticket
from tawasul.tickets.writers import Writer
from tests.browsing import enter, follow
from tests.live.conftest import Served
from tests.live.test_journeys import SOON, until_live
from tests.world import OpenATicket, signed_in

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.network, pytest.mark.django_db(transaction=True)]
HALF = "نراجع سجل النطاق الآن، و"
SAID = "راجعنا خوادم الأسماء، وتم التحديث."

# What a finger would press at its middle, and meets the line instead.
UNDER_THE_LINE = """() => [...document.querySelectorAll("a, button, summary, select, textarea, .input")]
.filter((one) => {
  const box = one.getBoundingClientRect();
  if (!box.width || one.closest("#live-say")) return false;
  const met = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
  return met?.closest("#live-say");
}).map((one) => one.textContent.trim() || one.name)"""


@pytest.fixture
def long_ticket(open_a_ticket: OpenATicket) -> Ticket:
    ticket = open_a_ticket(subject="تعذّر تحديث خوادم الأسماء")
    for number in range(5):
        actions.follow_up(ticket, by=Writer.requester_of(ticket), text=f"تفصيل {number}.\n\nوسطر آخر.")
    return ticket


def on_a_phone(open_page: Any, client: Client, served: Served, ticket: Ticket) -> "Page":
    page: Page = enter(open_page(width=360, height=640, touch=True, scheme="dark"), client, served)
    page.goto(f"/ar/desk/tickets/{ticket.spoken_number}/")
    until_live(page)
    return page


def about_to_answer(open_page: Any, person: Person, served: Served, ticket: Ticket) -> "Page":
    """The other one, at a large screen, has an answer ready."""
    page: Page = enter(open_page(), signed_in(person), served)
    page.goto(f"/ar/desk/tickets/{ticket.spoken_number}/")
    page.locator("#answer_text").fill(SAID)
    return page


def send(page: "Page") -> None:
    follow(page.locator("button[name=send]").first)
    expect(page.locator(".letters")).to_contain_text(SAID)


def test_while_one_writes_the_line_leads_to_the_letter_and_what_is_written_stays(
    open_page: Any,
    served: Served,
    no_violations: Any,
    fahd_client: Client,
    sara: Person,
    long_ticket: Ticket,
) -> None:
    other = about_to_answer(open_page, sara, served, long_ticket)
    page = on_a_phone(open_page, fahd_client, served, long_ticket)
    expect(page.locator("#here")).to_contain_text("سارة", timeout=SOON)
    page.locator(".doings .to-write").first.tap()
    box = page.locator("#answer_text")
    expect(box).to_be_focused()
    box.press_sequentially(HALF)
    stood = box.bounding_box()
    send(other)

    line = page.locator("#live-say")
    expect(line).to_contain_text("وصلت رسالة جديدة", timeout=SOON)
    assert stood is not None and box.bounding_box() == pytest.approx(stood, abs=2), (
        "the field stays where it is"
    )
    assert page.evaluate(UNDER_THE_LINE) == []
    no_violations(page)

    line.get_by_role("button", name="اعرض").tap()
    expect(line).to_be_empty(timeout=SOON)  # by the tap; it goes by itself only after half a minute
    expect(box).to_be_focused()
    letter = page.locator(".letters > .letter").last
    expect(letter).to_contain_text(SAID)
    expect(letter).to_be_in_viewport()
    ways, shown = page.locator(".ways").bounding_box(), letter.bounding_box()
    assert shown["y"] >= ways["y"] + ways["height"] - 1, "the letter begins below what stands on top"
    expect(box).to_have_value(HALF)


def test_a_changed_ticket_is_drawn_anew_with_what_was_half_written(
    open_page: Any,
    served: Served,
    no_violations: Any,
    fahd_client: Client,
    sara: Person,
    long_ticket: Ticket,
) -> None:
    page = on_a_phone(open_page, fahd_client, served, long_ticket)
    page.locator("#answer_text").press_sequentially(HALF)
    page.locator("#answer_text").blur()
    page.locator(".doings .more > summary").tap()
    send(about_to_answer(open_page, sara, served, long_ticket))

    line = page.locator("#live-say")
    expect(line).to_contain_text("تغيّرت التذكرة", timeout=SOON)
    assert page.evaluate(UNDER_THE_LINE) == []
    no_violations(page)
    page.locator("#answer_text").evaluate("(box) => { box.value += 'ن'; }")  # a key just before the tap
    with page.expect_navigation():
        line.get_by_role("button", name="اعرض").tap()
    expect(page.locator(".letters")).to_contain_text(SAID)
    expect(page.locator("#answer_text")).to_have_value(f"{HALF}ن")


def test_where_the_draft_cannot_be_kept_the_page_stays(
    open_page: Any, served: Served, fahd_client: Client, sara: Person, long_ticket: Ticket
) -> None:
    page = on_a_phone(open_page, fahd_client, served, long_ticket)
    page.route("**/drafts/**", lambda route: route.abort())
    page.locator("#answer_text").press_sequentially(HALF)
    page.locator("#answer_text").blur()
    page.locator(".doings .more > summary").tap()
    send(about_to_answer(open_page, sara, served, long_ticket))
    line = page.locator("#live-say")
    expect(line).to_contain_text("تغيّرت التذكرة", timeout=SOON)
    line.get_by_role("button", name="اعرض").tap()
    expect(line).to_contain_text("تغيّرت التذكرة")
    expect(page.locator("#answer_text")).to_have_value(HALF)
