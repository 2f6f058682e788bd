"""The bell as it is served: one calls a colleague, whose open page says so."""

import time
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import expect

from tawasul.accounts.models import Person
from tawasul.notices.models import Notice
from tawasul.reactions import events
from tawasul.tickets import actions
from tests.live.conftest import Served
from tests.live.test_journeys import SOON, enter, until_live
from tests.world import OpenATicket, signed_in


@pytest.mark.network
@pytest.mark.django_db(transaction=True)
def test_a_notice_is_told_to_its_person_alone_within_two_seconds(
    listen_at: Any, fahd_client: Client, sara: Person, lama: Person, open_a_ticket: OpenATicket
) -> None:
    ticket = open_a_ticket()
    ear, other = listen_at(fahd_client), listen_at(signed_in(lama))
    assert ear.next("notices").value == {"unseen": 0, "tickets": [], "browser": []}
    other.next("notices")
    actions.note(ticket, by=sara, text="@fahd انظر")
    began = time.monotonic()
    events.react_to_due()
    told = ear.next("notices")
    assert told.at - began < 2
    notice = Notice.objects.get()
    assert told.value == {"unseen": 1, "tickets": [ticket.number], "browser": [notice.pk]}
    with pytest.raises(TimeoutError):
        other.next("notices", within=1.2)


COUNTED = """
  class Shown extends EventTarget {
    static permission = "granted";
    constructor(title, options) { super(); window.shown = [...(window.shown ?? []), { title, ...options }]; }
    close() {}
  }
  window.Notification = Shown;
"""


@pytest.mark.browser
@pytest.mark.network
@pytest.mark.django_db(transaction=True)
def test_one_calls_the_other_whose_bell_says_so_and_who_chooses_what_to_hear(
    open_page: Any,
    served: Served,
    no_violations: Any,
    fahd_client: Client,
    fahd: Person,
    sara: Person,
    open_a_ticket: OpenATicket,
) -> None:
    ticket, other = open_a_ticket(), open_a_ticket(subject="تذكرة ثانية")
    events.react_to_due()
    called = enter(open_page(), fahd_client, served)
    called.add_init_script(COUNTED)
    called.goto("/ar/desk/")
    until_live(called)
    beside = called.context.new_page()  # another page of the same browser
    beside.add_init_script(COUNTED)
    beside.goto("/ar/desk/?view=all")
    until_live(beside)
    expect(called.locator("#bell .n")).to_be_hidden()

    caller = enter(open_page(), signed_in(sara), served)
    caller.goto(f"/ar/desk/tickets/{ticket.spoken_number}/?compose=note")
    caller.locator("#note_text").fill("@fahd انظر في هذا")
    caller.locator("button[name=send]").click()
    caller.locator(".letter[data-from=note]").wait_for()
    events.react_to_due()
    for page in (called, beside):
        expect(page.locator("#bell [data-number]")).to_have_text("1", timeout=SOON)
    until = time.monotonic() + SOON / 1000
    shown: list[Any] = []
    while not shown and time.monotonic() < until:
        called.wait_for_timeout(300)  # also for the other page, which must not show it once more
        shown = called.evaluate("window.shown ?? []") + beside.evaluate("window.shown ?? []")
    assert [(one["title"], one["lang"]) for one in shown] == [("ورد ذكرك في ملاحظة داخلية", "ar")], (
        "once in a browser"
    )
    assert ticket.spoken_number in shown[0]["body"]

    called.bring_to_front()
    called.locator("#bell").click()
    sheet = called.locator("#bell-sheet")
    expect(sheet).to_contain_text("ورد ذكرك في ملاحظة داخلية")
    expect(sheet).to_contain_text("سارة القرني")
    no_violations(called)
    called.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    expect(called.locator("#bell")).to_be_focused()
    called.locator("#bell").click()
    sheet.locator("li a").first.click()
    called.wait_for_url("**/tickets/**")
    until_live(called)
    expect(called.locator("#bell .n")).to_be_hidden()
    expect(beside.locator("#bell .n")).to_be_hidden(timeout=SOON)

    beside.close()
    actions.note(ticket, by=sara, text="@fahd وهذا أيضًا")
    events.react_to_due()
    expect(called.locator(".letters")).to_contain_text("وهذا أيضًا", timeout=SOON)
    expect(called.locator("#bell .n")).to_be_hidden(timeout=SOON)
    assert not Notice.objects.filter(seen_at=None).exists(), "the ticket stands before them"

    actions.assign(other, to=fahd, by=sara)
    events.react_to_due()
    expect(called.locator("#bell [data-number]")).to_have_text("1", timeout=SOON)
    called.goto("/ar/desk/notices/")
    no_violations(called)
    called.get_by_role("button", name="عُدّها كلها مقروءة").click()
    expect(called.locator("#bell .n")).to_be_hidden()

    narrow = enter(open_page(width=360, scheme="dark"), fahd_client, served)
    narrow.goto("/ar/desk/notices/choices/")
    no_violations(narrow)
    assert narrow.evaluate("document.documentElement.scrollWidth") <= 360
    narrow.locator("input[name=followed][value=mail]").check()
    narrow.get_by_role("button", name="احفظ اختياراتي").click()
    expect(narrow.get_by_text("حُفظت اختياراتك.")).to_be_visible()
    english = enter(open_page(lang="en"), fahd_client, served)
    english.goto("/en/desk/notices/choices/")
    expect(english.locator("input[name=followed][value=mail]")).to_be_checked()
    no_violations(english)
    english.get_by_role("button", name="As the centre suggests").click()
    expect(english.locator("input[name=followed][value=mail]")).not_to_be_checked()
