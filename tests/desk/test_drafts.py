"""What a colleague is writing can be read by whoever may see the ticket, and by nobody else."""

import uuid
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import expect

from tawasul.accounts.models import Person, Role, Team
from tawasul.accounts.roles import forget
from tawasul.live import visits
from tawasul.tickets import drafts
from tawasul.tickets.models import Draft, Ticket
from tests.browsing import enter, fits
from tests.world import signed_in

pytestmark = pytest.mark.django_db


def at(ticket: Ticket, *rest: str) -> str:
    return f"/en/desk/tickets/{ticket.spoken_number}/" + "".join(f"{part}/" for part in rest)


def writes(person: Person, ticket: Ticket, text: str, kind: str = Draft.Kind.ANSWER) -> None:
    drafts.keep(uuid.uuid4(), drafts.Whose(person), kind, fields={"text": text}, ticket=ticket)


def read(client: Client, ticket: Ticket, **headers: str) -> str:
    return client.get(at(ticket, "drafts"), headers=headers).content.decode()


def test_beside_who_is_writing_stands_the_way_to_read_it(
    fahd_client: Client, sara: Person, ticket: Ticket
) -> None:
    visits.write(ticket.pk, sara.pk, "answering")
    assert at(ticket, "drafts") in fahd_client.get(at(ticket)).content.decode()


def test_a_colleagues_drafts_are_read_as_text_with_their_name_and_kind(
    fahd_client: Client, sara: Person, ticket: Ticket
) -> None:
    writes(sara, ticket, "Your <b>domain</b> is saved.")
    writes(sara, ticket, "Wait for the bank.", Draft.Kind.NOTE)
    page = read(fahd_client, ticket)
    assert "Your &lt;b&gt;domain&lt;/b&gt; is saved." in page
    assert page.index("Wait for the bank.") < page.index("is saved.")  # the last touched first
    assert str(sara) in page
    assert "<textarea" not in page
    part = read(fahd_client, ticket, HX_Request="true")
    assert "Wait for the bank." in part
    assert "<html" not in part


def test_ones_own_the_customers_and_empty_ones_are_not_among_them(
    fahd: Person, fahd_client: Client, sara: Person, noura: Person, ticket: Ticket
) -> None:
    writes(fahd, ticket, "my own")
    writes(noura, ticket, "a word of Noura", Draft.Kind.FOLLOW_UP)
    writes(sara, ticket, "  ")
    page = read(fahd_client, ticket)
    assert "my own" not in page
    assert "a word of Noura" not in page
    assert "Nothing of it is kept yet" in page


def test_an_auditor_reads_them_and_nobody_reads_those_of_a_ticket_closed_to_them(
    fahd_client: Client, lama: Person, sara: Person, ticket: Ticket
) -> None:
    writes(sara, ticket, "Your domain is saved.")
    closed = Team.objects.create(name_ar="الامتثال", name_en="Compliance", is_closed=True)
    Ticket.objects.filter(pk=ticket.pk).update(team=closed)
    forget()
    assert fahd_client.get(at(ticket, "drafts")).status_code == 404
    Person.objects.filter(pk=lama.pk).update(role=Role.AUDITOR, is_superuser=False, is_staff=True)
    assert "Your domain is saved." in read(signed_in(Person.objects.get(pk=lama.pk)), ticket)


@pytest.mark.browser
@pytest.mark.undo
@pytest.mark.django_db(transaction=True)
def test_a_draft_is_shown_in_place_and_the_answer_before_taken_back_in_a_browser(
    open_page: Any,
    live_server: Any,
    fahd_client: Client,
    sara: Person,
    open_a_ticket: Any,
    no_violations: Any,
) -> None:
    first, second = open_a_ticket(subject="الأولى"), open_a_ticket(subject="الثانية")
    writes(sara, second, "نراجع السجل التجاري.")
    visits.write(second.pk, sara.pk, "answering")
    page = open_page(width=360)
    enter(page, fahd_client, live_server)
    page.goto(f"/ar/desk/tickets/{first.spoken_number}/?view=all")
    page.fill("#answer_text", "حُفظ التعديل.")
    page.locator("[data-send-and-next]").click()
    page.locator(".undo.answered").wait_for()
    page.locator("#here [data-doing=answering] a").click()
    page.locator("#drafts .mail-text", has_text="نراجع السجل التجاري.").wait_for()
    no_violations(page)
    fits(page, 360)
    page.locator("[data-hide-drafts]").click()
    expect(page.locator("#drafts .mail-text")).to_have_count(0)
    assert page.locator("#here [data-doing=answering] a").evaluate("link => link === document.activeElement")
    page.locator(".undo.answered button").click()
    page.wait_for_url(f"**/tickets/{first.spoken_number}/**")
    expect(page.locator("#answer_text")).to_have_value("حُفظ التعديل.")
