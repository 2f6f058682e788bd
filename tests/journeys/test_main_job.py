"""The main job as a new user meets it: the demo's own command, a real browser, a real SMTP conversation, real files.

Request an account, activate it from the caught mail, sign in, open a ticket with one file of each allowed type, be
answered by staff, get the answer by mail, follow up, close; and the same service without an account. In Arabic and in
English. TAWASUL_TEST_PICTURES names a folder for pictures of what was seen.
"""

import io
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PIL import Image
from playwright.sync_api import expect

from tawasul.config.demo import papers
from tawasul.config.demo.seed import PASSWORD
from tests.browsing import OpenPage

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

NUMBER = re.compile(r"\b\d{4}-\d{4}\b")
WORDS = {
    "ar": {
        "send": "أرسل التذكرة",
        "answer": "أرسل الإجابة",
        "follow_up": "أرسل المتابعة",
        "solved": "حُلّت مشكلتي",
        "subject": "تعذّر تعديل خوادم الأسماء",
        "problem": "نقلنا الاستضافة فظهرت رسالة خطأ.\n\nوالنطاق مثال-تجريبي.السعودية.",
        "wanted": "أرجو حفظ الخادمين.",
        "said": "فحصنا الخادمين",
        "again": "فتح المزوّد المنفذ، وبقي سؤال.",
        "name": "ريم الشمري",
    },
    "en": {
        "send": "Send the ticket",
        "answer": "Send the answer",
        "follow_up": "Send the follow-up",
        "solved": "My problem is solved",
        "subject": "Name servers refused",
        "problem": "We moved our hosting and see an error.\n\nThe name is example-trading.com.sa.",
        "wanted": "Please save both servers.",
        "said": "We checked both servers",
        "again": "The port is open now; one question is left.",
        "name": "Reem Example",
    },
}


def picture(page: "Page", name: str, *, whole: bool = False) -> None:
    folder = os.environ.get("TAWASUL_TEST_PICTURES")
    if folder:
        seen = Image.open(io.BytesIO(page.screenshot(full_page=whole))).convert("RGB")
        seen = seen.crop((0, 0, seen.width, min(seen.height, 1400)))
        seen.save(Path(folder) / f"{name}.webp", quality=82, method=6)


def mail_to(page: "Page", lang: str, to: str, containing: str = "") -> str:
    """Wait for a caught mail to that address whose text holds the words; returns the text and leaves it open."""
    for _ in range(120):
        page.goto(f"/{lang}/demo/mail/")
        for link in page.locator("main a[href*='/demo/mail/']").all():
            href = link.get_attribute("href") or ""
            row = link.locator("xpath=ancestor-or-self::*[self::li or self::tr or self::a][1]")
            if to not in row.inner_text():
                continue
            raw = page.request.get(href)
            body = re.sub(r"<[^>]+>", " ", raw.text())
            if containing in body:
                page.goto(href)
                return body
        page.wait_for_timeout(500)
    raise AssertionError(f"no mail to {to} with {containing!r} was caught")


def sign_in(page: "Page", lang: str, login: str, password: str) -> None:
    page.goto(f"/{lang}/account/login/")
    page.fill("input[name=login]", login)
    page.fill("input[name=password]", password)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(lambda url: "/account/login" not in url)


def write_request(page: "Page", words: dict[str, str], domain: str) -> None:
    page.check("input[name=purpose][value=technical]")
    page.select_option("select[name=service]", "modify-domain")
    page.fill("input[name=domain]", domain)
    page.fill("input[name=subject]", words["subject"])
    page.fill("textarea[name=problem]", words["problem"])
    page.fill("textarea[name=wanted]", words["wanted"])
    page.check("input[name=terms]")


def attach_all_types(page: "Page") -> None:
    files = [papers.file_of(kind, 7) for kind in ("png", "jpg", "gif", "tiff", "pdf")]
    page.set_input_files(
        "input[type=file][name=files]",
        [
            {"name": name, "mimeType": "application/octet-stream", "buffer": content}
            for name, content in files
        ],
    )
    for name, _ in files:
        page.locator(".files .file[data-state=done]").filter(has_text=name).wait_for()


@pytest.mark.parametrize("lang", ["ar", "en"])
def test_from_no_account_to_a_closed_ticket(new_page: OpenPage, lang: str) -> None:
    words = WORDS[lang]
    customer, letters, staff = new_page(lang), new_page(lang), new_page(lang)
    username, address = f"reem.{lang}", f"reem.{lang}@example.com.sa"
    password = "four unrelated words 7391"

    # the account is requested …
    customer.goto(f"/{lang}/")
    picture(customer, f"home-{lang}")
    customer.goto(f"/{lang}/account/request/")
    for name, value in {
        "username": username,
        "email": address,
        "password1": password,
        "password2": password,
        "full_name": words["name"],
        "mobile": "٠٥١٢٣٤٥٦٧٨",
        "organisation": "Example",
        "position": "IT",
        "city": "Riyadh",
        "address_line": "RRRD2929",
    }.items():
        customer.fill(f"input[name={name}]", value)
    customer.check(f"input[name=language][value={lang}]")
    customer.check("input[name=terms]")
    picture(customer, f"account-request-{lang}", whole=True)
    customer.locator("form button.first").click()
    customer.wait_for_url("**/account/activate/**")

    # … and activated from the mail that came
    mail_to(letters, lang, address, "/account/activate/")
    link = re.search(r"https?://\S+/account/activate/[^\s\"<>]+", letters.content())
    assert link is not None
    customer.goto(link.group(0))
    customer.locator("main form button.first").click()
    customer.wait_for_load_state()
    sign_in(customer, lang, username, password)

    # a ticket with one file of each allowed type
    customer.goto(f"/{lang}/tickets/new/")
    write_request(customer, words, "مثال-تجريبي.السعودية" if lang == "ar" else "example-trading.com.sa")
    attach_all_types(customer)
    picture(customer, f"new-ticket-{lang}", whole=True)
    customer.get_by_role("button", name=words["send"]).last.click()
    customer.wait_for_url(re.compile(r"/tickets/\d{4}-\d{4}/"))
    found = NUMBER.search(customer.url)
    assert found is not None
    number = found.group(0)
    expect(customer.locator(".just-sent")).to_contain_text(number)
    confirmation = mail_to(letters, lang, address, number)
    assert (
        words["subject"] not in confirmation or "subject" in confirmation
    )  # the number, not the stranger's text

    # the centre answers with formatting
    sign_in(staff, lang, "fahd", PASSWORD)
    staff.goto(f"/{lang}/desk/?view=all")
    staff.goto(f"/{lang}/desk/tickets/{number}/")
    staff.fill("form[action*='/answers/'] textarea[name=text]", f"{words['said']}: **ns1**.\n\n1. 53\n2. 54")
    staff.get_by_role("button", name=words["answer"]).click()
    staff.wait_for_load_state()

    # which reaches the customer by mail and on the page
    mail_to(letters, lang, address, words["said"])
    if os.environ.get("TAWASUL_TEST_PICTURES"):
        letters.goto(f"{letters.url}html/")
        picture(letters, f"mail-{lang}", whole=True)
    customer.goto(f"/{lang}/tickets/{number}/")
    expect(customer.locator(".letter[data-from=centre]")).to_contain_text(words["said"])
    expect(customer.locator(".turn").first).to_have_attribute("data-turn", "you")
    for _ in range(120):  # the pictures are made by the worker
        if customer.locator(".proofs img").count() >= 5:
            break
        customer.wait_for_timeout(500)
        customer.reload()
    assert customer.locator(".proofs img").count() >= 5
    picture(customer, f"ticket-{lang}", whole=True)

    # who follows up, and closes
    customer.fill("textarea[name=text]", words["again"])
    customer.get_by_role("button", name=words["follow_up"]).click()
    customer.locator(".turn[data-turn=centre]").first.wait_for()
    customer.get_by_role("button", name=words["solved"]).click()
    customer.locator(".turn[data-turn=closed]").first.wait_for()
    picture(customer, f"ticket-closed-{lang}", whole=True)
    customer.goto(f"/{lang}/tickets/?turn=closed")
    expect(customer.locator("main")).to_contain_text(number)
    picture(customer, f"tickets-{lang}", whole=True)


@pytest.mark.parametrize("lang", ["ar", "en"])
def test_without_an_account_from_the_direct_form_to_a_closed_ticket(new_page: OpenPage, lang: str) -> None:
    words = WORDS[lang]
    stranger, letters, staff = new_page(lang), new_page(lang), new_page(lang)
    address = f"guest.{lang}@example.com.sa"

    stranger.goto(f"/{lang}/contact/")
    stranger.fill("input[name=name]", words["name"])
    stranger.fill("input[name=email]", address)
    write_request(stranger, words, "example.com.sa")
    picture(stranger, f"contact-{lang}")
    stranger.locator("form[data-autosave] .row button.first").click()
    stranger.wait_for_url("**/contact/sent/**")

    # the address is confirmed before the centre sees anything; the mail carries nothing the stranger typed
    body = mail_to(letters, lang, address, "/contact/confirm/")
    assert words["subject"] not in body
    assert words["name"] not in body
    link = re.search(r"https?://\S+/contact/confirm/[^\s\"<>]+", letters.content())
    assert link is not None
    stranger.goto(link.group(0))
    stranger.locator("main form button.first").click()
    stranger.wait_for_url(re.compile(r"/follow/"))
    found = NUMBER.search(stranger.locator("main").inner_text())
    assert found is not None
    number = found.group(0)

    sign_in(staff, lang, "sara", PASSWORD)
    staff.goto(f"/{lang}/desk/tickets/{number}/")
    staff.fill("form[action*='/answers/'] textarea[name=text]", words["said"])
    staff.get_by_role("button", name=words["answer"]).click()
    staff.wait_for_load_state()

    # the personal link in the mail opens the ticket, and nothing else does
    mail_to(letters, lang, address, words["said"])
    link = re.search(r"https?://\S+/follow/[^\s\"<>]+", letters.content())
    assert link is not None
    visitor = new_page(lang)
    visitor.goto(link.group(0))
    expect(visitor.locator(".letter[data-from=centre]")).to_contain_text(words["said"])
    expect(visitor.locator(".turn").first).to_have_attribute("data-turn", "you")

    # a reply by mail stands on the page like one typed there, and gives the turn to the centre
    letters.fill("#reply-text", words["again"])
    letters.locator("form.caught-reply button").click()
    for _ in range(60):
        visitor.reload()
        if visitor.locator(".turn[data-turn=centre]").count():
            break
        visitor.wait_for_timeout(500)
    expect(visitor.locator(".letter[data-from=you]").last).to_contain_text(words["again"])
    visitor.get_by_role("button", name=words["solved"]).click()
    visitor.locator(".turn[data-turn=closed]").first.wait_for()
    nobody = new_page(lang)
    answer = nobody.goto(f"/{lang}/tickets/{number}/")
    assert answer is not None
    assert "/account/login" in nobody.url or answer.status == 404
