"""Two members of staff at their browsers, on one desk."""

import time
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from playwright.sync_api import expect

from tawasul.accounts.models import Person
from tawasul.tickets import actions
from tawasul.tickets.models import Message
from tawasul.tickets.writers import Writer
from tests.browsing import enter
from tests.live.conftest import Served
from tests.world import OpenATicket, signed_in

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.network, pytest.mark.django_db(transaction=True)]
SOON = 6_000  # milliseconds; two seconds in service, more on a busy machine


def until_live(page: "Page") -> None:
    page.wait_for_selector("#live[data-state=stream]", state="attached")


def test_two_at_one_ticket_see_each_other_and_neither_writes_past_the_other(
    open_page: Any,
    served: Served,
    no_violations: Any,
    fahd_client: Client,
    sara: Person,
    open_a_ticket: OpenATicket,
) -> None:
    ticket = open_a_ticket()
    place = f"/ar/desk/tickets/{ticket.spoken_number}/"
    fahd, sara_page = (
        enter(open_page(), fahd_client, served),
        enter(open_page(), signed_in(sara), served),
    )
    fahd.goto(place)
    until_live(fahd)
    sara_page.goto(place)
    until_live(sara_page)
    expect(fahd.get_by_text("سارة القرني").and_(fahd.locator("#here bdi"))).to_be_visible(timeout=SOON)

    fahd.locator("#answer_text").fill("مسودة فهد")
    sara_page.locator("#answer_text").press_sequentially("جواب سارة")
    expect(fahd.locator("#here [data-doing=answering]")).to_contain_text("سارة القرني", timeout=SOON)
    expect(sara_page.locator("#here [data-doing=answering]")).to_contain_text("فهد العتيبي", timeout=SOON)
    no_violations(fahd)

    sara_page.locator("button[name=send]").click()
    expect(fahd.locator(".letters")).to_contain_text("جواب سارة", timeout=SOON)
    expect(fahd.locator("#answer_text")).to_have_value("مسودة فهد")

    fahd.locator("button[name=send]").click()  # what Sara wrote comes first
    expect(fahd.locator(".overtaken")).to_contain_text("جواب سارة")
    assert not Message.objects.filter(text__contains="مسودة فهد").exists()
    fahd.locator("button[name=send]").click()
    expect(sara_page.locator(".letters")).to_contain_text("مسودة فهد", timeout=SOON)

    sara_page.goto("/ar/desk/")
    expect(fahd.locator("#here")).to_be_hidden(timeout=SOON)


def test_the_list_shows_what_comes_and_moves_nothing_under_the_pointer(
    open_page: Any, served: Served, no_violations: Any, fahd_client: Client, open_a_ticket: OpenATicket
) -> None:
    first = open_a_ticket(subject="الأولى")
    page = enter(open_page(), fahd_client, served)
    page.goto("/ar/desk/?view=all")
    until_live(page)
    began = time.monotonic()
    open_a_ticket(subject="الثانية")
    page.get_by_role("link", name="الثانية").wait_for(timeout=SOON)
    assert time.monotonic() - began < SOON / 1000
    expect(page.locator("#live-say")).to_have_text("وصل جديد إلى هذه القائمة.")
    no_violations(page)

    page.get_by_role("link", name="الأولى").focus()
    third = open_a_ticket(subject="الثالثة")
    expect(page.locator("#live-say")).to_contain_text("تغيّرت القائمة.", timeout=SOON)
    expect(page.locator("a.subj", has_text="الثالثة")).to_have_count(0)
    assert page.evaluate("document.activeElement.textContent.trim()") == "الأولى"
    page.get_by_role("button", name="اعرض", exact=True).click()
    page.get_by_role("link", name="الثالثة").wait_for()

    assert first.requester is not None
    actions.close(third, by=Writer.of(first.requester), reason="solved_by_customer")
    expect(page.locator("a.subj", has_text="الثالثة")).to_have_count(0, timeout=SOON)


def test_without_streams_a_page_asks_and_without_scripts_it_shows_who_is_here(
    open_page: Any, served: Served, fahd_client: Client, sara: Person, open_a_ticket: OpenATicket
) -> None:
    ticket = open_a_ticket()
    place = f"/en/desk/tickets/{ticket.spoken_number}/"
    page = enter(open_page(lang="en"), signed_in(sara), served)
    page.add_init_script("delete window.EventSource")
    page.goto(place)
    page.wait_for_selector("#live[data-state=asking]", state="attached")
    plain = enter(open_page(lang="en", scripts=False), fahd_client, served)
    plain.goto(place)
    expect(plain.locator("#here")).to_contain_text("سارة القرني")
    actions.note(ticket, by=Person.objects.get(username="fahd"), text="ملاحظة بلا بث")
    expect(page.locator(".letters")).to_contain_text("ملاحظة بلا بث", timeout=15_000)
