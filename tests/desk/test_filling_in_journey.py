"""The centre's own fields are filled in by a macro on one ticket, and by a job over many that is taken back."""

from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import expect

from tawasul.accounts.models import Person
from tawasul.bulk.work import work_due
from tawasul.tickets import fields
from tawasul.tickets.models import Field, Ticket
from tests.browsing import OpenPage, enter
from tests.desk.test_ready import macro_of
from tests.portal.test_axe_portal import NoViolations, looks_right
from tests.tickets.test_own_fields import again, make_choice, make_field
from tests.world import OpenATicket

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
HOST = {"ar": "المستضيف", "en": "Host"}
LOOKS = [("ar", "dark", 360), ("en", "light", 1280)]


@pytest.fixture
def cause(db: None) -> str:
    """A list to choose from; gives back the choice that these journeys make."""
    make_field("cause", Field.Kind.CHOICE)
    made = make_choice("cause", HOST["ar"], HOST["en"])
    make_choice("cause", "المركز", "Centre")
    again("cause")
    return str(made.pk)


def said(ticket: Ticket) -> list[str]:
    return [fields.typed(one, value) for one, value in fields.values_of(ticket)]


@pytest.mark.parametrize(("lang", "scheme", "width"), LOOKS)
def test_a_macro_fills_in_what_it_has_said_before(
    open_page: OpenPage,
    live_server: Any,
    no_violations: NoViolations,
    fahd: Person,
    fahd_client: Client,
    cause: str,
    ticket: Ticket,
    lang: str,
    scheme: str,
    width: int,
) -> None:
    macro_of(fahd, {"do": "fields", "values": {"cause": cause}})
    page = enter(open_page(lang=lang, scheme=scheme, width=width), fahd_client, live_server)
    page.goto(f"/{lang}/desk/tickets/{ticket.spoken_number}/macros/")
    expect(page.locator(".macros ol li")).to_contain_text(HOST[lang])
    looks_right(page, no_violations)
    assert said(ticket) == []
    page.locator(".macros form button").press("Enter")
    page.wait_for_url(f"**/{lang}/desk/tickets/{ticket.spoken_number}/*")
    expect(page.locator("#dossier")).to_contain_text(HOST[lang])
    looks_right(page, no_violations)
    assert said(ticket) == [cause]


@pytest.mark.parametrize(("lang", "scheme", "width"), LOOKS)
def test_a_field_is_filled_in_on_many_tickets_and_emptied_again(
    open_page: OpenPage,
    live_server: Any,
    no_violations: NoViolations,
    fahd_client: Client,
    cause: str,
    open_a_ticket: OpenATicket,
    lang: str,
    scheme: str,
    width: int,
) -> None:
    tickets = [open_a_ticket() for _ in range(2)]
    page = enter(open_page(lang=lang, scheme=scheme, width=width), fahd_client, live_server)
    page.goto(f"/{lang}/desk/?view=all")
    page.locator(".open-palette").wait_for(state="attached")
    for key in "jxjx":
        page.keyboard.press(key)
    more = page.locator("[data-bulk-more]")
    if more.is_visible():
        more.press("Enter")
    page.locator('[name=action][value="field"]').press("Enter")
    page.select_option("#bulk_object", str(Field.objects.get().pk))
    page.locator(".bulk-choose button").press("Enter")
    value = page.locator("[name=value_cause]")
    looks_right(page, no_violations)
    value.select_option(cause)
    page.locator(".bulk-choose button").press("Enter")
    expect(page.locator(".will-happen .bulk-reasons")).to_contain_text(HOST[lang])
    looks_right(page, no_violations)
    page.locator("[data-order]").press("Enter")
    page.locator("#bulk-job").wait_for()
    while work_due():
        pass
    page.locator("#bulk-job:not([hx-get]) [data-outcome=done]").wait_for()
    assert [said(ticket) for ticket in tickets] == [[cause], [cause]]
    looks_right(page, no_violations)
    page.locator("#bulk-undo").press("Enter")
    page.locator("#bulk-job[hx-get]").wait_for()
    while work_due():
        pass
    expect(page.locator("[data-outcome=undone] dd")).to_have_text("2")
    page.locator("#bulk-job:not([hx-get])").wait_for()
    assert [said(ticket) for ticket in tickets] == [[], []]
