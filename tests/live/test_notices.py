"""The bell as it is served: one calls a colleague, whose open page says so."""

import time
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from playwright.sync_api import expect

from tawasul.accounts.models import Person
from tawasul.live import hub as hubs
from tawasul.notices.models import Notice
from tawasul.reactions import events
from tawasul.tickets import actions
from tests.browsing import fits
from tests.live.conftest import Served
from tests.live.test_journeys import SOON, enter, until_live
from tests.world import OpenATicket, signed_in

if TYPE_CHECKING:
    from playwright.sync_api import Page


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


@pytest.mark.network
@pytest.mark.django_db(transaction=True)
def test_a_page_in_the_background_hears_of_notices_alone_and_nobody_sits_before_it(
    listen_at: Any, fahd_client: Client, fahd: Person, sara: Person, open_a_ticket: OpenATicket
) -> None:
    ear = listen_at(fahd_client, "/ar/desk/live/?only=notices")
    assert ear.next().name == "notices", "no news, no greeting"
    assert [one.only for one in hubs.hub().listeners] == ["notices"]
    ticket = open_a_ticket()
    actions.note(ticket, by=sara, text="@fahd انظر")
    events.react_to_due()
    assert ear.next().value["tickets"] == [ticket.number], "the ticket's own news were not told before"
    assert listen_at(fahd_client, "/ar/desk/live/?only=mails").status == 404


@pytest.mark.network
@pytest.mark.django_db(transaction=True)
def test_a_page_in_the_background_keeps_nobody_at_the_desk(
    listen_at: Any, fahd_client: Client, sara: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hubs.visits, "RENEW", 0.2)
    noted: set[int] = set()
    monkeypatch.setattr(hubs.attendance, "note", noted.update)
    away, here = listen_at(fahd_client, "/ar/desk/live/?only=notices"), listen_at(signed_in(sara))
    away.next("notices")
    here.next("notices")
    noted.clear()  # each asked for a page
    until = time.monotonic() + 5
    while not noted and time.monotonic() < until:
        time.sleep(0.05)
    assert noted == {sara.pk}


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
    fits(narrow, 360)
    narrow.locator("input[name=followed][value=mail]").check()
    narrow.get_by_role("button", name="احفظ اختياراتي").click()
    expect(narrow.get_by_text("حُفظت اختياراتك.")).to_be_visible()
    english = enter(open_page(lang="en"), fahd_client, served)
    english.goto("/en/desk/notices/choices/")
    expect(english.locator("input[name=followed][value=mail]")).to_be_checked()
    no_violations(english)
    english.get_by_role("button", name="As the centre suggests").click()
    expect(english.locator("input[name=followed][value=mail]")).not_to_be_checked()


CALLED = {"ar": "ورد ذكرك في ملاحظة داخلية", "en": "You are mentioned in an internal note"}
AWAY = """
  window.away = false;
  Object.defineProperty(document, "visibilityState", { get: () => (window.away ? "hidden" : "visible") });
  window.leave = (away) => { window.away = away; document.dispatchEvent(new Event("visibilitychange")); };
"""


def shown_by(pages: "list[Page]", within: float = SOON / 1000) -> tuple[list[Any], float]:
    """What the browser showed outside of its window, and after how many seconds it was there."""
    began = time.monotonic()
    while time.monotonic() - began < within:
        shown = [one for page in pages for one in page.evaluate("window.shown ?? []")]
        if shown:
            return shown, time.monotonic() - began
        pages[0].wait_for_timeout(50)
    return [], within


@pytest.mark.browser
@pytest.mark.network
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("lang", "scheme", "width"),
    [("ar", "dark", 360), ("en", "light", 1280)],
)
def test_pages_in_the_background_share_one_line_and_the_browser_shows_a_notice_within_two_seconds(
    open_page: Any,
    served: Served,
    no_violations: Any,
    fahd_client: Client,
    sara: Person,
    open_a_ticket: OpenATicket,
    lang: str,
    scheme: str,
    width: int,
) -> None:
    ticket = open_a_ticket()
    events.react_to_due()
    first = enter(open_page(lang=lang, scheme=scheme, width=width), fahd_client, served)
    second = first.context.new_page()
    pages = [first, second]
    places = (f"/{lang}/desk/", f"/{lang}/desk/tickets/{ticket.spoken_number}/")
    for page, place in zip(pages, places, strict=True):
        page.add_init_script(COUNTED + AWAY)
        page.goto(place)
        until_live(page)
    assert len(hubs.hub().listeners) == 2, "one connection a page that is looked at"
    for page in pages:
        page.evaluate("leave(true)")
    held = "document.getElementById('live').dataset.line === 'held'"
    for _ in range(100):
        lines = [page.evaluate(held) for page in pages]
        if any(lines) and len(hubs.hub().listeners) == 1:
            break
        first.wait_for_timeout(100)
    assert sorted(lines) == [False, True]
    assert [(one.only, one.ticket) for one in hubs.hub().listeners] == [("notices", None)], (
        "one for the whole browser, and nobody is at the ticket"
    )

    actions.note(ticket, by=sara, text="@fahd انظر")
    events.react_to_due()
    shown, took = shown_by(pages)
    assert [(one["title"], one["lang"]) for one in shown] == [(CALLED[lang], lang)] and took < 2
    for page in pages:
        expect(page.locator("#bell [data-number]")).to_have_text("1", timeout=SOON)
    assert len(shown_by(pages)[0]) == 1, "once"

    leader, other = pages if lines[0] else pages[::-1]
    leader.close()  # the other takes over
    other.wait_for_selector("#live[data-line=held]", state="attached")
    actions.note(ticket, by=sara, text="@fahd وهذا")
    events.react_to_due()
    assert shown_by([other])[0] and len(hubs.hub().listeners) == 1

    other.evaluate("leave(false)")
    until_live(other)
    for _ in range(50):
        if [one.only for one in hubs.hub().listeners] == [""]:
            break
        other.wait_for_timeout(100)
    assert [one.only for one in hubs.hub().listeners] == [""], "looked at again, it has its own line alone"
    no_violations(other)
    fits(other, width)
