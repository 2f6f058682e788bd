"""What comes while a ticket is open on a phone is seen, and lies over nothing that one presses there."""

from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import expect

from tawasul.tickets import actions
from tawasul.tickets.actions import retraction
from tawasul.tickets.writers import Writer
from tests.browsing import enter
from tests.live.conftest import Served
from tests.live.test_journeys import SOON, until_live
from tests.world import OpenATicket

pytestmark = [pytest.mark.browser, pytest.mark.network, pytest.mark.django_db(transaction=True)]

# Each of these is met by a finger at its middle.
COVERED = """() => [...document.querySelectorAll(".ways a, .doings > .btn, .doings > * > .btn")].filter((one) => {
  const box = one.getBoundingClientRect();
  const met = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
  return box.width && !one.contains(met);
}).map((one) => one.textContent.trim())"""


def test_a_letter_that_comes_is_told_above_the_thumb_and_the_ways_stay_on_top(
    open_page: Any, served: Served, no_violations: Any, fahd_client: Client, open_a_ticket: OpenATicket
) -> None:
    ticket = open_a_ticket(subject="تعذّر تحديث خوادم الأسماء")
    for number in range(6):
        actions.follow_up(ticket, by=Writer.requester_of(ticket), text=f"تفصيل {number}.\n\nوسطر آخر.")
    page = enter(open_page(width=360, height=640, touch=True), fahd_client, served)
    page.goto(f"/ar/desk/tickets/{ticket.spoken_number}/")
    until_live(page)
    page.evaluate("scrollTo(0, 300)")
    actions.follow_up(ticket, by=Writer.requester_of(ticket), text="زال الخلل.")
    line = page.locator("#live-say")
    expect(line).to_contain_text("وصلت رسالة جديدة", timeout=SOON)
    told, row = line.bounding_box(), page.locator(".doings").first.bounding_box()
    assert told["y"] > 320
    assert told["y"] + told["height"] <= row["y"]
    assert page.locator(".ways").bounding_box()["y"] == 0
    assert page.evaluate(COVERED) == []
    no_violations(page)


def test_ones_own_answer_counts_down_once_though_the_letters_are_drawn_anew(
    open_page: Any,
    served: Served,
    fahd_client: Client,
    open_a_ticket: OpenATicket,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(retraction, "seconds", lambda: 60)
    ticket = open_a_ticket()
    page = enter(open_page(), fahd_client, served)
    page.goto(f"/ar/desk/tickets/{ticket.spoken_number}/")
    page.locator("#answer_text").fill("نفيدكم بزوال الخلل.")
    page.locator("button[name=send]").first.click()
    until_live(page)
    expect(page.locator(".undo")).to_have_count(1)
    actions.follow_up(ticket, by=Writer.requester_of(ticket), text="شكرًا لكم.")
    expect(page.locator(".letters")).to_contain_text("شكرًا لكم.", timeout=SOON)
    expect(page.locator(".letters .undo")).to_have_count(0)
