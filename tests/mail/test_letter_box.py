"""The demo's letter box in a real browser."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client
from playwright.sync_api import Page, expect
from pytest_django import Settings

from tawasul.mail import catcher, handling, mime
from tawasul.reactions.events import react_to_due
from tests.browsing import OpenPage, fits
from tests.mail.conftest import write_a_mail_to
from tests.world import OpenATicket

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("lang", ["ar", "en"])
@pytest.mark.parametrize(("width", "scheme"), [(360, "dark"), (1280, "light")])
def test_a_caught_mail_is_read_and_its_link_followed(
    tmp_path: Path,
    settings: Settings,
    live_server: object,
    open_page: OpenPage,
    no_violations: Callable[[Page], None],
    lang: str,
    width: int,
    scheme: str,
) -> None:
    settings.MAIL_CATCHER_DIR = tmp_path
    target = f"{live_server.url}/{lang}/terms/"  # type: ignore[attr-defined]
    for to in ("دعم@سجل.السعودية", "khalid@example.com.sa"):
        mail = write_a_mail_to(
            to,
            kind="account_activate",
            language=lang,
            context={"link": target, "code": "271828", "days": 7},
        )
        catcher.keep(tmp_path, mime.build(mail, mime.envelope(mail, utf8_offered=True)), [to])
    page = open_page(lang=lang, width=width, scheme=scheme)
    page.goto(f"/{lang}/demo/mail/")
    no_violations(page)
    expect(page.locator(".caught-list li")).to_have_count(2)
    page.screenshot(path=str(tmp_path / f"list-{lang}-{width}.png"))
    page.locator(".caught-list a").first.click()
    page.frame_locator("iframe").get_by_text("271828").wait_for()
    no_violations(page)
    page.screenshot(path=str(tmp_path / f"mail-{lang}-{width}.png"), full_page=True)
    fits(page, width)
    frame = page.frame_locator("iframe")
    expect(frame.get_by_text("271828")).to_be_visible()
    frame.locator("td.btn a").click()
    page.wait_for_url(target)


@pytest.mark.parametrize("lang", ["ar", "en"])
def test_a_reply_from_the_letter_box_comes_in_as_any_mail_and_stands_on_the_ticket(
    tmp_path: Path, settings: Settings, client: Client, open_a_ticket: OpenATicket, lang: str
) -> None:
    settings.MAIL_CATCHER_DIR, settings.MAIL_TOKENS = tmp_path, True
    ticket = open_a_ticket()
    react_to_due()
    mail = ticket.mails.get()
    name = catcher.keep(tmp_path, mime.build(mail, mime.envelope(mail, utf8_offered=True)), [mail.to_address])
    said = "هذه متابعتي بالبريد." if lang == "ar" else "This is my follow-up by mail."
    answer = client.post(f"/{lang}/demo/mail/{name}/replies/", {"text": said})
    assert answer.status_code == 302
    assert handling.handle_due() == 1
    letter = ticket.messages.get(kind="follow_up")
    assert (letter.text, letter.channel) == (said, "mail")
    assert letter.rest  # the quoted mail is folded, not lost
