"""What mail carries to and from the desk, read and answered in the demo's letter box: a private participant's word, and
the mail that tells staff of several things at once."""

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from playwright.sync_api import expect
from pytest_django import Settings

from tawasul.accounts.models import Person
from tawasul.mail import catcher, handling, mime
from tawasul.mail.models import OutgoingMail
from tawasul.reactions import bundles, events
from tawasul.tickets import actions
from tawasul.tickets.models import Message, Ticket
from tests.browsing import OpenPage, enter
from tests.portal.test_axe_portal import NoViolations, looks_right
from tests.taking_part import mails_to, take_part
from tests.world import OpenATicket, signed_in

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LOOKS = [("ar", "dark", 360), ("en", "light", 1280)]


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path, live_server: Any) -> Path:
    """Where mails are caught; their links lead to the test's own server."""
    settings.MAIL_CATCHER_DIR, settings.MAIL_TOKENS, settings.BASE_URL = tmp_path, True, live_server.url
    return tmp_path


def delivered(page: "Page", lang: str, mail: OutgoingMail, folder: Path) -> None:
    """The mail comes into the letter box and is opened there."""
    catcher.keep(folder, mime.build(mail, mime.envelope(mail, utf8_offered=True)), [mail.to_address])
    page.goto(f"/{lang}/demo/mail/")
    page.locator(".caught-list a").first.press("Enter")
    page.locator(".caught-reply").wait_for()


@pytest.mark.parametrize(("lang", "scheme", "width"), LOOKS)
def test_whoever_is_answered_alone_answers_by_mail_and_the_desk_alone_reads_it(
    open_page: OpenPage,
    live_server: Any,
    no_violations: NoViolations,
    fahd: Person,
    fahd_client: Client,
    noura_client: Client,
    ticket: Ticket,
    folder: Path,
    lang: str,
    scheme: str,
    width: int,
) -> None:
    part = take_part(ticket, fahd, is_private=True)
    actions.answer_alone(ticket, to=part, by=fahd, text="نرى رفض الطلب مبدئيًا")
    salem = open_page(lang=lang, scheme=scheme, width=width)
    delivered(salem, lang, mails_to(part.email)[-1], folder)
    expect(salem.frame_locator("iframe").locator("body")).to_contain_text("نرى رفض الطلب مبدئيًا")
    salem.locator("#reply-text").fill("لا مانع لدينا من رفضه.")
    salem.locator(".caught-reply button").press("Enter")
    salem.locator(".page-notice").wait_for()
    assert handling.handle_due() == 1

    clerk = enter(open_page(lang=lang, scheme=scheme, width=width), fahd_client, live_server)
    clerk.goto(f"/{lang}/desk/tickets/{ticket.spoken_number}/")
    letter = clerk.locator(".letter", has_text="لا مانع لدينا")
    expect(letter.locator(".by")).to_contain_text("سالم الشمري")
    expect(letter.locator(".private, .for-few").first).to_be_visible()
    looks_right(clerk, no_violations)
    assert Message.objects.get(text="لا مانع لدينا من رفضه.").channel == "mail"
    noura = enter(open_page(lang=lang, scheme=scheme, width=width), noura_client, live_server)
    noura.goto(f"/{lang}/tickets/{ticket.spoken_number}/")
    expect(noura.locator("main")).not_to_contain_text("رفض")


@pytest.mark.parametrize(("lang", "scheme", "width"), LOOKS)
def test_several_events_come_in_one_mail_which_leads_to_each_ticket(
    open_page: OpenPage,
    live_server: Any,
    no_violations: NoViolations,
    fahd: Person,
    sara: Person,
    open_a_ticket: OpenATicket,
    folder: Path,
    lang: str,
    scheme: str,
    width: int,
) -> None:
    Person.objects.filter(pk=fahd.pk).update(language=lang)
    fahd.refresh_from_db()
    page = enter(open_page(lang=lang, scheme=scheme, width=width), signed_in(fahd), live_server)
    page.goto(f"/{lang}/desk/notices/choices/")
    page.locator("input[name=assigned][value=mail]").focus()
    page.keyboard.press("Space")
    page.locator("form:has(input[name=assigned]) button.first").press("Enter")
    page.locator(".notice").first.wait_for()
    expect(page.locator("input[name=assigned][value=mail]")).to_be_checked()

    given, named = open_a_ticket(subject="الأولى"), open_a_ticket(subject="الثانية")
    actions.assign(given, to=fahd, by=sara)
    actions.note(named, by=sara, text="@fahd كلمة السر في الدرج")
    while events.react_to_due():
        pass
    bundles.mail_what_waits()
    mail = OutgoingMail.objects.get(kind__startswith="staff_notice", to_address=fahd.email)
    delivered(page, lang, mail, folder)
    inside = page.frame_locator("iframe").locator("body")
    for ticket in (given, named):
        expect(inside).to_contain_text(ticket.spoken_number)
    expect(inside).not_to_contain_text("الدرج")
    looks_right(page, no_violations)
    inside.locator(f"a[href*='{given.spoken_number}']").first.press("Enter")
    page.wait_for_url(re.compile(f"/{lang}/desk/tickets/{given.spoken_number}/"))
    expect(page.locator(".thread h1")).to_have_text("الأولى")
    looks_right(page, no_violations)
    bundles.mail_what_waits()
    assert OutgoingMail.objects.filter(kind__startswith="staff_notice").count() == 1, "what was seen is told"
