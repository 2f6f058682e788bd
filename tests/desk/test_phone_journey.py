"""A morning at the desk on a phone, in one hand: the list, a ticket, its answer, the next one, several at once."""

from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from playwright.sync_api import expect

from tawasul.accounts.models import Person
from tawasul.bulk.work import work_due
from tawasul.notices.models import Notice
from tawasul.tickets.models import Message, Ticket
from tests.browsing import enter, fits
from tests.desk.mails import came_in
from tests.world import OpenATicket

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WIDTH, HEIGHT, FINGER = 360, 740, 44

# What a finger cannot well meet: lower than 44 px. A link in the middle of a sentence is as high as its line, and
# where a whole row is the target, the row is.
TOO_SMALL = """() => [...document.querySelectorAll("a, button, summary, select, textarea, .input")].filter((one) => {
  if (!one.checkVisibility({ visibilityProperty: true }) || one.closest(".skip")) return false;
  const after = getComputedStyle(one, "::after");
  if (after.content !== "none" && after.position === "absolute") return false;
  const box = one.getBoundingClientRect();
  return box.width > 2 && box.height < 43.5;
}).map((one) => `${one.className} ${one.textContent.trim().slice(0, 40)}`)"""


def suits(page: "Page") -> None:
    fits(page, WIDTH)
    assert page.evaluate(TOO_SMALL) == [], page.url


def within_reach(page: "Page", one: "Locator") -> None:
    """In the lower part of the screen, and large enough."""
    box = one.bounding_box()
    assert box is not None
    assert box["y"] > HEIGHT / 2
    assert box["y"] + box["height"] <= HEIGHT
    assert box["height"] >= FINGER


def test_a_morning_in_one_hand(
    open_page: Any,
    live_server: Any,
    no_violations: Any,
    fahd_client: Client,
    sara: Person,
    open_a_ticket: OpenATicket,
) -> None:
    for number in range(4):
        open_a_ticket(subject=f"تعذّر تحديث خوادم الأسماء {number}")
    page = open_page(width=WIDTH, height=HEIGHT, touch=True)
    enter(page, fahd_client, live_server)

    page.goto("/ar/desk/?view=all")
    suits(page)
    page.locator("a.subj").first.tap()
    page.locator("#thread").wait_for()
    suits(page)
    no_violations(page)
    subject, stands = page.locator(".top h1").bounding_box(), page.locator(".top .stands").bounding_box()
    row = page.locator(".top > .doings")
    within_reach(page, row)
    assert subject["y"] < stands["y"] < HEIGHT / 2 < row.bounding_box()["y"]

    row.locator(".more > summary").tap()
    sheet = page.locator(".more-sheet")
    assert sheet.bounding_box()["y"] + sheet.bounding_box()["height"] <= row.bounding_box()["y"] + 1
    no_violations(page)
    suits(page)
    row.locator(".more > summary").tap()

    row.locator(".to-write").first.tap()
    box = page.locator("#answer_text")
    expect(box).to_be_focused()
    expect(row, "the keyboard needs the room").to_be_hidden()
    box.fill("راجعنا الطلب، وتم التحديث.")
    page.get_by_role("button", name="أجب وانتقل إلى التالية").tap()
    page.get_by_text("وهذه هي التالية").wait_for()
    assert Message.objects.filter(kind="answer").count() == 1
    suits(page)
    no_violations(page)

    page.locator(".ways .to-list").tap()
    boxes = page.locator(".desk-rows td.pick label")
    boxes.nth(0).tap()
    boxes.nth(1).tap()
    bar = page.locator(".bulk-bar")
    within_reach(page, bar.locator("[value=assign]"))
    assert bar.evaluate("bar => bar.scrollWidth <= bar.clientWidth")
    expect(bar.locator("[value=spam]")).to_be_hidden()
    bar.locator("[data-bulk-more]").tap()
    expect(bar.locator("[value=spam]")).to_be_visible()
    suits(page)
    no_violations(page)
    bar.locator("[value=assign]").tap()
    page.select_option("#bulk_object", str(sara.pk))
    page.locator(".bulk-choose button").tap()
    page.locator(".will-happen").wait_for()
    suits(page)
    page.locator("[data-order]").tap()
    page.locator("#bulk-job").wait_for()
    while work_due():
        pass
    page.locator("#bulk-job:not([hx-get])").wait_for()
    assert Ticket.objects.filter(assignee=sara).count() == 2
    suits(page)


@pytest.mark.parametrize(("lang", "scheme"), [("ar", "light"), ("en", "dark")])
def test_every_page_of_the_desk_fits_a_phone(
    open_page: Any,
    live_server: Any,
    lama_client: Client,
    open_a_ticket: OpenATicket,
    lang: str,
    scheme: str,
) -> None:
    ticket = open_a_ticket()
    held = came_in()
    page = open_page(lang=lang, scheme=scheme, width=WIDTH, height=HEIGHT, touch=True)
    enter(page, lama_client, live_server)
    place = f"tickets/{ticket.spoken_number}/"
    for address in [
        *("", "filter/", "saved-views/", "search/?q=تعذّر", "notices/", "notices/choices/", "keys/", "board/"),
        *("absences/", "bulk/", "mail/", "mail/in/", "mail/out/", f"mail/in/{held.pk}/"),
        *(
            "ready/replies/",
            "ready/replies/new/",
            "ready/macros/new/",
            "ready/signatures/",
            "ready/articles/",
        ),
        *("settings/services/", "settings/teams/new/", "settings/tags/", "settings/fields/new/"),
        *("settings/forms/", "settings/forms/others/", "settings/people/", "settings/permissions/"),
        "settings/history/",
        *(
            f"{place}{part}"
            for part in ("merging/", "links/", "macros/", "events/", "requester/", "#dossier")
        ),
    ]:
        page.goto(f"/{lang}/desk/{address}")
        suits(page)


def test_a_day_in_a_narrow_hint_stays_on_one_line(
    open_page: Any, live_server: Any, fahd_client: Client
) -> None:
    page = open_page(lang="en", width=WIDTH, height=HEIGHT, touch=True)
    enter(page, fahd_client, live_server)
    page.goto("/en/desk/absences/")
    lines = page.locator(".hint bdi").evaluate_all("all => all.map((one) => one.getClientRects().length)")
    assert lines
    assert set(lines) == {1}


def test_the_bell_counts_in_one_line_and_the_head_of_an_error_keeps_its_mark(
    open_page: Any,
    live_server: Any,
    fahd_client: Client,
    fahd: Person,
    open_a_ticket: OpenATicket,
) -> None:
    ticket = open_a_ticket()
    Notice.objects.bulk_create(
        Notice(person=fahd, kind="written", ticket=ticket, key=f"many:{one}") for one in range(12)
    )
    page = open_page(lang="en", width=WIDTH, height=HEIGHT, touch=True)
    enter(page, fahd_client, live_server)
    page.goto("/en/desk/")
    count = page.locator(".bell .n")
    assert count.inner_text().endswith("12")
    assert count.bounding_box()["height"] <= 20

    page.goto("/en/desk/tickets/1111-1111/")
    assert page.locator(".letterhead .mark").bounding_box()["width"] == 32
    suits(page)
