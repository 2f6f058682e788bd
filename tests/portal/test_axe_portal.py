"""The customers' pages in a real browser: nothing for axe to find, nothing to scroll sideways for."""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from django.conf import settings
from playwright.sync_api import expect

from tawasul.accounts.models import Person
from tawasul.attachments import previews
from tawasul.mail.models import OutgoingMail
from tawasul.tickets import actions, direct
from tawasul.tickets.models import CloseReason, Ticket
from tawasul.tickets.writers import Writer
from tests.browsing import OpenPage
from tests.portal.forms import png
from tests.portal.test_contact import ANSWERS
from tests.portal.test_files import attach
from tests.world import OpenATicket, signed_in

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
NoViolations = Callable[["Page"], None]
LOOKS = [("ar", 1280, "light"), ("en", 360, "dark")]


def sign_in(page: "Page", person: Person) -> None:
    """Give the browser the person's session; the sign-in page has its own journey."""
    answer = page.goto("/healthz")
    assert answer is not None
    value = signed_in(person).cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": answer.url.removesuffix("/healthz")}]
    )


def looks_right(page: "Page", no_violations: NoViolations) -> None:
    no_violations(page)
    too_wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert too_wide <= 0, f"{page.url} is {too_wide}px too wide"


@pytest.fixture
def tickets(noura: Person, fahd: Person, open_a_ticket: OpenATicket) -> dict[str, Ticket]:
    """One in each state, one with a file."""
    draft, file = attach(noura)
    previews.make(file)
    made = {
        "you": open_a_ticket(draft=draft),
        "centre": open_a_ticket(subject="DNSSEC key rollover fails"),
        "held": open_a_ticket(subject="تسوية نزاع"),
        "closed": open_a_ticket(subject="قديمة"),
    }
    actions.answer(made["you"], by=fahd, text="1. افتح المنفذ\n2. أعد الحفظ\n\n**شكرًا** `example.sa`")
    actions.hold(made["held"], by=fahd, reason="ننتظر رأي اللجنة.", party="لجنة المنازعات")
    actions.close(made["closed"], by=Writer.of(noura), reason=CloseReason.SOLVED_BY_CUSTOMER, comment="شكرًا")
    return made


@pytest.mark.parametrize(("lang", "width", "scheme"), LOOKS)
def test_the_account_holders_pages(
    open_page: OpenPage,
    no_violations: NoViolations,
    noura: Person,
    tickets: dict[str, Ticket],
    lang: str,
    width: int,
    scheme: str,
) -> None:
    page = open_page(lang=lang, width=width, scheme=scheme)
    sign_in(page, noura)
    file = tickets["you"].messages.earliest("pk").attachments.get().file
    own = [f"/{lang}/tickets/{ticket.spoken_number}/" for ticket in tickets.values()]
    for path in (
        f"/{lang}/tickets/",
        f"/{lang}/tickets/?turn=closed",
        f"/{lang}/tickets/?q=nothing",
        f"/{lang}/tickets/new/",
        *own,
        f"{own[0]}receipt/",
        f"/{lang}/files/{file.pk}/",
        f"/{lang}/files/{file.pk}/?size=large",
        f"/{lang}/terms/",
    ):
        assert page.goto(path).status == 200, path  # type: ignore[union-attr]
        looks_right(page, no_violations)


@pytest.mark.parametrize(("lang", "width", "scheme"), LOOKS)
def test_the_strangers_pages(
    open_page: OpenPage,
    no_violations: NoViolations,
    tickets: dict[str, Ticket],
    lang: str,
    width: int,
    scheme: str,
) -> None:
    page = open_page(lang=lang, width=width, scheme=scheme)
    token = direct.new_link(tickets["centre"])
    for path in (
        f"/{lang}/contact/",
        f"/{lang}/contact/sent/",
        f"/{lang}/contact/confirm/unknown/",
        f"/{lang}/follow/",
        f"/{lang}/follow/{token}/",
    ):
        page.goto(path)
        looks_right(page, no_violations)


def test_a_new_ticket_is_written_sent_and_seen(
    open_page: OpenPage, no_violations: NoViolations, noura: Person, service: object
) -> None:
    page = open_page()
    sign_in(page, noura)
    page.goto("/ar/tickets/new/")
    page.get_by_role("button", name="أرسل التذكرة").last.click()
    page.wait_for_selector(".summary")
    assert page.evaluate("document.activeElement.className") == "summary"
    looks_right(page, no_violations)
    page.get_by_label("مشكلة تقنية").check()
    page.get_by_label("الخدمة").select_option("modify-domain")
    page.get_by_label("اسم النطاق").fill("مثال-تجريبي.السعودية")
    page.get_by_label("الموضوع").fill("تعذّر التعديل")
    page.wait_for_selector("#domain-said .say")
    expect(page.locator("#domain-said")).to_contain_text("xn--mgberp4a5d4ar")
    page.get_by_label("ما المشكلة؟").fill("نقلنا الاستضافة.")
    page.get_by_label("ما المساعدة التي تريدها؟").fill("أرجو الحفظ.")
    with page.expect_response(lambda answer: "/files/" in answer.url):
        page.locator("#files-input").set_input_files(
            {"name": "صورة.png", "mimeType": "image/png", "buffer": _png()}
        )
    page.wait_for_selector('li.file[data-state="done"]')
    with page.expect_response(lambda answer: "/files/" in answer.url):
        page.locator("#files-input").set_input_files(
            {"name": "x.png", "mimeType": "image/png", "buffer": b"not a picture"}
        )
    page.wait_for_selector('li.file[data-state="refused"]')
    looks_right(page, no_violations)
    page.locator('li.file[data-state="refused"] button').click()
    page.wait_for_selector('li.file[data-state="refused"]', state="detached")
    page.locator("#id_terms").check()
    page.get_by_role("button", name="أرسل التذكرة").last.click()
    page.wait_for_selector(".just-sent")
    looks_right(page, no_violations)
    ticket = Ticket.objects.get()
    expect(page.locator(".just-sent")).to_contain_text(ticket.spoken_number)
    assert ticket.messages.get().file_count == 1


def test_the_whole_form_works_without_scripts(open_page: OpenPage, noura: Person, service: object) -> None:
    page = open_page(lang="en", scripts=False)
    sign_in(page, noura)
    page.goto("/en/tickets/new/")
    page.get_by_label("Inquiry").check()
    page.get_by_label("Service").select_option("modify-domain")
    page.get_by_label("Subject").fill("A question")
    page.locator("#files-input").set_input_files({"name": "a.png", "mimeType": "image/png", "buffer": _png()})
    page.get_by_role("button", name="Upload").click()
    page.wait_for_url("**/tickets/new/?draft=*")
    expect(page.locator("#id_subject")).to_have_value("A question")
    expect(page.locator('li.file[data-state="done"]')).to_have_count(1)
    page.get_by_label("What is the problem?").fill("How?")
    page.get_by_label("What help do you need?").fill("Steps")
    page.locator("#id_terms").check()
    page.locator("#id_subject").press("Enter")  # sends the ticket, not the files
    page.wait_for_url("**/tickets/*-*/")
    assert Ticket.objects.get().messages.get().file_count == 1


def test_a_stranger_writes_confirms_and_follows(
    open_page: OpenPage, no_violations: NoViolations, service: object, terms: object
) -> None:
    page = open_page(width=360)
    page.goto("/ar/contact/")
    for label in ("name", "email", "subject", "problem", "wanted"):
        page.fill(f"#id_{label}", ANSWERS[label])
    page.locator("input[name=purpose]").first.check()
    page.select_option("#id_service", "modify-domain")
    page.check("#id_terms")
    page.get_by_role("button", name="أرسل الرابط إلى بريدي").click()
    page.wait_for_url("**/contact/sent/**")
    looks_right(page, no_violations)
    link = re.search(r"https?://[^/\s]+(/\S+)", OutgoingMail.objects.get().text)
    assert link
    page.goto(link[1])
    looks_right(page, no_violations)
    page.get_by_role("button", name="أرسل الطلب").click()
    page.wait_for_selector(".just-sent")
    looks_right(page, no_violations)
    page.fill("#id_text", "معلومة أخرى")
    page.get_by_role("button", name="أرسل المتابعة").click()
    page.wait_for_selector(".page-notice")
    assert Ticket.objects.get().messages.count() == 2


def _png() -> bytes:
    return png(size=64).read()
