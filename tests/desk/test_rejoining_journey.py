"""A split is taken back by the keyboard: a question first, then the letters stand where they were, and the way on."""

from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import expect

from tawasul.accounts.models import Person
from tawasul.tickets import actions
from tawasul.tickets.models import Message, Ticket
from tawasul.tickets.writers import Writer
from tests.browsing import OpenPage, enter
from tests.portal.test_axe_portal import NoViolations, looks_right
from tests.world import OpenATicket

WORDS = {
    "ar": {"back": "ألغِ الفصل", "again": "افصلها من جديد"},
    "en": {"back": "Take the split back", "again": "Split it off again"},
}


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("lang", "scheme", "width"), [("ar", "dark", 360), ("en", "light", 1280)])
def test_a_split_is_taken_back_and_made_again_without_the_mouse(
    open_page: OpenPage,
    live_server: Any,
    no_violations: NoViolations,
    noura: Person,
    fahd: Person,
    fahd_client: Client,
    open_a_ticket: OpenATicket,
    lang: str,
    scheme: str,
    width: int,
) -> None:
    ticket = open_a_ticket()
    letter = actions.follow_up(ticket, by=Writer.of(noura), text="وعندي سؤال آخر عن النقل.")
    assert letter is not None
    made = actions.split(ticket, [letter.pk], subject="سؤال عن النقل", service=ticket.service, by=fahd)
    page = enter(open_page(lang=lang, scheme=scheme, width=width), fahd_client, live_server)
    page.goto(at(made, lang))
    page.locator(".open-palette").wait_for(state="attached")
    if width == 360:
        page.locator(".ways .to-about").press("Enter")  # what belongs together stands beside the letters
    opener = page.locator("summary", has_text=WORDS[lang]["back"])
    opener.press("Enter")
    dialog = page.get_by_role("dialog")
    dialog.wait_for()
    looks_right(page, no_violations)
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(opener).to_be_focused()
    opener.press("Enter")
    dialog.get_by_role("button", name=WORDS[lang]["back"]).press("Enter")

    page.wait_for_url(f"**{at(ticket, lang)}*")
    expect(page.locator(".letters")).to_contain_text("سؤال آخر عن النقل")
    looks_right(page, no_violations)
    page.goto(at(made, lang))
    expect(page.locator(".merged-into a")).to_have_text(ticket.spoken_number)
    looks_right(page, no_violations)
    page.get_by_role("button", name=WORDS[lang]["again"]).press("Enter")
    expect(page.locator(".letters")).to_contain_text("سؤال آخر عن النقل")
    assert Message.objects.get(pk=letter.pk).ticket == made


def at(ticket: Ticket, lang: str) -> str:
    return f"/{lang}/desk/tickets/{ticket.spoken_number}/"
