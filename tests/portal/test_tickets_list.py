"""My tickets: by whose turn it is, found by number and words, page by page."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from pytest_django.fixtures import DjangoAssertNumQueries

from tawasul.accounts.models import Person
from tawasul.core import clock, domains
from tawasul.tickets import actions, queries
from tawasul.tickets.models import CloseReason, Ticket
from tawasul.tickets.writers import Writer
from tests.portal.forms import links
from tests.world import OpenATicket

LIST = "/ar/tickets/"


@pytest.fixture
def three(open_a_ticket: OpenATicket, noura: Person, fahd: Person) -> dict[str, Ticket]:
    """One ticket in each tab."""
    found = {turn: open_a_ticket(subject=f"تذكرة {turn}") for turn in ("centre", "you", "closed")}
    actions.answer(found["you"], by=fahd, text="جواب")
    actions.close(found["closed"], by=Writer.of(noura), reason=CloseReason.SOLVED_BY_CUSTOMER)
    return found


@pytest.mark.parametrize("turn", ["centre", "you", "closed"])
def test_each_ticket_stands_in_the_tab_of_whoever_must_act(
    noura_client: Client, three: dict[str, Ticket], turn: str
) -> None:
    html = noura_client.get(f"{LIST}?turn={turn}").text
    own = html.split('class="also"')[0]
    for name, ticket in three.items():
        assert (ticket.subject in own) == (name == turn)
    assert html.count('<span class="n">1</span>') == 3


def test_the_list_opens_where_something_waits_for_the_customer(
    noura_client: Client, three: dict[str, Ticket]
) -> None:
    html = noura_client.get(LIST).text
    assert html.index(three["you"].subject) < html.index(three["centre"].subject)


def test_nobody_elses_ticket_is_listed_or_found(khalid_client: Client, three: dict[str, Ticket]) -> None:
    for address in (LIST, f"{LIST}?turn=closed", f"{LIST}?q=تذكرة", f"{LIST}?q={three['you'].number}"):
        assert "تذكرة you" not in khalid_client.get(address).text


@pytest.mark.parametrize("write", [str, lambda n: f"{n[:4]}-{n[4:]}", lambda n: f" {n[:4]} {n[4:]} "])
def test_a_ticket_is_found_by_its_number(noura_client: Client, three: dict[str, Ticket], write) -> None:  # type: ignore[no-untyped-def]
    html = noura_client.get(LIST, {"q": write(three["closed"].number)}).text
    assert three["closed"].subject in html
    assert three["you"].subject not in html


def test_a_mistyped_number_is_recognised_as_mistyped(noura_client: Client, three: dict[str, Ticket]) -> None:
    number = three["you"].number
    wrong = number[:-1] + str((int(number[-1]) + 1) % 10)
    html = noura_client.get("/en/tickets/", {"q": wrong}).text
    assert "looks mistyped" in html
    assert "looks mistyped" not in noura_client.get("/en/tickets/", {"q": number}).text


def test_words_are_found_however_they_are_spelt(noura_client: Client, open_a_ticket: OpenATicket) -> None:
    open_a_ticket(subject="تعذّر تسجيل النطاق أحمد", domain=domains.parse_domain("متجر-العلا.السعودية"))
    for q in ("تعذر", "احمد", "متجر-العلا.السعودية", "xn--mgberp4a5d4ar"):
        assert "تعذّر تسجيل" in noura_client.get(LIST, {"q": q}).text, q
    assert "تعذّر تسجيل" not in noura_client.get(LIST, {"q": "لا شيء كهذا"}).text


def test_pages_lead_to_the_oldest_and_back_without_missing_one(
    noura_client: Client, open_a_ticket: OpenATicket
) -> None:
    many = 2 * queries.PAGE + 3
    start = clock.now() - timedelta(days=100)
    for number in range(many):
        with time_machine.travel(start + timedelta(minutes=number // 2), tick=False):  # ties in time, too
            open_a_ticket(subject=f"رقم {number} .")
    seen: list[str] = []
    address = f"{LIST}?turn=centre"
    pages = 0
    while address:
        html = noura_client.get(address).text
        seen += [f"رقم {n} ." for n in range(many) if f"رقم {n} ." in html]
        address = links(html, "next")
        pages += 1
    assert pages == 3
    assert len(seen) == len(set(seen)) == many
    assert links(html, "prev")
    back = noura_client.get(links(noura_client.get(links(html, "prev")).text, "prev")).text
    assert f"رقم {many - 1} ." in back
    assert not links(back, "prev")


@pytest.mark.parametrize("after", ["x", "1e999_1", "_", "99999999999999999999_1", "1_" + "9" * 40])
def test_a_broken_cursor_shows_the_first_page(
    noura_client: Client, three: dict[str, Ticket], after: str
) -> None:
    page = noura_client.get(LIST, {"turn": "centre", "after": after})
    assert page.status_code == 200


def test_an_empty_list_says_when_something_will_appear(noura_client: Client) -> None:
    assert "/ar/tickets/new/" in noura_client.get(LIST).text
    assert 'class="empty"' in noura_client.get(f"{LIST}?turn=closed").text


def test_the_list_costs_the_same_few_queries_however_long(
    noura_client: Client, open_a_ticket: OpenATicket, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    open_a_ticket()
    noura_client.get(LIST)
    # session, person, the bounded counts, the page's two statuses, the drafts
    with django_assert_num_queries(6):
        noura_client.get(LIST)
    for _ in range(queries.PAGE + 2):
        open_a_ticket()
    with django_assert_num_queries(6):
        noura_client.get(LIST)


def test_a_stranger_signs_in_first(client: Client) -> None:
    assert client.get(LIST).status_code == 302
