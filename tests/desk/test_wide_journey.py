"""Very long names and very long tickets in a real browser: nothing is pushed away, and both ends can be reached."""

from typing import Any

import pytest
from django.test import Client

from tawasul.accounts.models import Person
from tawasul.core import clock
from tawasul.tickets import actions
from tawasul.tickets.models import Message, Ticket
from tests.browsing import enter, fits

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize(("lang", "scheme", "width"), [("ar", "light", 1280), ("en", "dark", 1600)])
def test_however_long_the_names_everything_has_its_place(
    open_page: Any,
    live_server: Any,
    no_violations: Any,
    fahd: Person,
    fahd_client: Client,
    open_a_ticket: Any,
    lang: str,
    scheme: str,
    width: int,
) -> None:
    ticket: Ticket = open_a_ticket(subject="X" * 180)
    Ticket.objects.filter(pk=ticket.pk).update(requester_name="ي" * 150)
    Message.objects.bulk_create(
        Message(
            ticket=ticket,
            kind="follow_up",
            author_name="نورة",
            text="نص",
            html='<p dir="auto">نص</p>',
            at=clock.now(),
        )
        for _number in range(300)
    )
    page = open_page(lang=lang, scheme=scheme, width=width)
    enter(page, fahd_client, live_server)
    page.goto(f"/{lang}/desk/?view=all")
    row = page.locator(".desk-rows tbody tr").first
    box = row.locator(".assignee").bounding_box()
    assert box and box["x"] >= 0 and box["x"] + box["width"] <= width, "the last column is on the screen"
    assert row.bounding_box()["height"] < 120
    no_violations(page)

    page.goto(f"/{lang}/desk/tickets/{ticket.spoken_number}/")
    letters = page.locator(".letter")
    assert page.locator("h1").bounding_box()["height"] < 120
    assert letters.count() == 301
    page.wait_for_function("document.querySelector('.scroll').scrollTop > 1000")  # it opens at the newest
    page.locator(".ends a").first.click()
    page.wait_for_function("document.querySelector('.scroll').scrollTop < 200")
    page.locator(".ends a").last.click()
    page.wait_for_function("document.querySelector('.scroll').scrollTop > 1000")
    doing = letters.last.locator(".letter-doing")
    letters.last.hover()
    page.wait_for_function("link => getComputedStyle(link).opacity === '1'", arg=doing.element_handle())
    no_violations(page)
    fits(page, width)

    page.goto(f"/{lang}/desk/tickets/0000-0000/")
    no_violations(page)


def test_a_printed_ticket_is_a_correspondence(
    open_page: Any, live_server: Any, sara: Person, fahd: Person, fahd_client: Client, open_a_ticket: Any
) -> None:
    ticket: Ticket = open_a_ticket()
    actions.assign(ticket, to=sara, by=fahd)
    actions.note(ticket, by=fahd, text="للزملاء وحدهم")
    actions.answer(ticket, by=fahd, text="تم الحفظ")
    page = open_page(lang="ar", width=1280)
    enter(page, fahd_client, live_server)
    page.goto(f"/ar/desk/tickets/{ticket.spoken_number}/")
    page.emulate_media(media="print")
    seen = page.locator("body").inner_text()
    for words in [ticket.spoken_number, ticket.requester_name, "تم الحفظ", "لم تُحفظ التغييرات"]:
        assert words in seen, words
    for words in ["للزملاء وحدهم", "أُسندت", "فصلها", "ملاحظة داخلية", "كل المنتظِرة", "أرسل الإجابة"]:
        assert words not in seen, words
