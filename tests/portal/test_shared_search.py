"""What others share with a customer is found by the search of their tickets, and marked as theirs."""

import pytest
from django.test import Client
from pytest_django.fixtures import DjangoAssertNumQueries

from tawasul.accounts.models import Person
from tawasul.core import domains
from tawasul.tickets import queries
from tawasul.tickets.models import Ticket
from tests.portal.forms import links
from tests.taking_part import take_part
from tests.world import OpenATicket

pytestmark = pytest.mark.django_db
LIST = "/en/tickets/"
MARK = "Shared with you: the ticket of"


@pytest.fixture
def shared(open_a_ticket: OpenATicket, fahd: Person, khalid: Person) -> Ticket:
    """A ticket of Noura's in which Khalid takes part."""
    made = open_a_ticket(subject="نقل نطاق المتجر", domain=domains.parse_domain("متجر-العلا.السعودية"))
    take_part(made, fahd, khalid.email)
    return made


def found(client: Client, q: str) -> str:
    return client.get(LIST, {"q": q}).content.decode()


def test_by_number_subject_and_domain_with_a_mark_and_whose_it_is(
    shared: Ticket, khalid_client: Client
) -> None:
    for q in (shared.number, shared.spoken_number, "المتجر", "متجر-العلا"):
        html = found(khalid_client, q)
        assert shared.subject in html and MARK in html and "نورة الدوسري" in html, q
    assert MARK in khalid_client.get(f"{LIST}?turn=shared").content.decode()


def test_ones_own_stand_beside_them_without_the_mark(
    shared: Ticket, khalid: Person, khalid_client: Client, noura_client: Client, open_a_ticket: OpenATicket
) -> None:
    own = open_a_ticket(by=khalid, subject="المتجر نفسه")
    html = found(khalid_client, "المتجر")
    assert html.index(own.subject) < html.index(shared.subject)  # the last changed first
    assert html.count(MARK) == 1
    assert MARK not in found(noura_client, "المتجر")


def test_anothers_part_finds_nothing_private_or_not(
    open_a_ticket: OpenATicket, fahd: Person, khalid: Person, khalid_client: Client
) -> None:
    ticket = open_a_ticket(by=fahd, subject="نقل سري")
    take_part(ticket, fahd, is_private=True)
    take_part(ticket, fahd, "noura@example.com.sa", is_private=True)
    for q in (ticket.number, "سري"):
        assert ticket.subject not in found(khalid_client, q)


def test_a_private_part_is_found_by_its_holder_alone(
    open_a_ticket: OpenATicket, fahd: Person, khalid: Person, khalid_client: Client, noura_client: Client
) -> None:
    ticket = open_a_ticket(subject="نقل سري")
    take_part(ticket, fahd, khalid.email, is_private=True)
    assert MARK in found(khalid_client, "سري")
    html = found(noura_client, "سري")
    assert ticket.subject in html and "Khalid" not in html and MARK not in html


def test_who_left_finds_it_no_longer(shared: Ticket, khalid_client: Client) -> None:
    khalid_client.post(f"{shared.get_absolute_url()}departure/")
    assert shared.subject not in found(khalid_client, "المتجر")


def test_pages_of_both_lead_to_the_oldest_without_missing_one(
    open_a_ticket: OpenATicket, fahd: Person, khalid: Person, noura: Person, khalid_client: Client
) -> None:
    many = queries.PAGE + 4
    for number in range(many):
        by = khalid if number % 2 else noura
        made = open_a_ticket(by=by, subject=f"متجر رقم-{number}.")
        if by == noura:
            take_part(made, fahd, khalid.email)
    seen: list[int] = []
    address = f"{LIST}?q=متجر"
    while address:
        html = khalid_client.get(address).content.decode()
        seen += [one for one in range(many) if f"رقم-{one}." in html]
        address = links(html, "next")
    assert sorted(seen) == list(range(many))


def test_the_search_costs_the_same_queries_however_much_is_shared(
    shared: Ticket,
    fahd: Person,
    khalid: Person,
    khalid_client: Client,
    open_a_ticket: OpenATicket,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    found(khalid_client, "المتجر")  # what is kept between requests
    for more in range(2):
        with django_assert_num_queries(4):  # session, person, the tabs' counts, the tickets
            assert found(khalid_client, "المتجر").count(MARK) == 1 + 3 * more
        for _ in range(3):
            take_part(open_a_ticket(subject="المتجر"), fahd, khalid.email)
