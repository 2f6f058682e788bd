"""From one ticket to the next: in the order of the view, over the borders of its pages, and after an answer."""

import html
import re
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils.html import strip_tags

from tawasul.accounts.models import Person
from tawasul.tickets import actions, queries
from tawasul.tickets.models import Message, Ticket
from tests.world import signed_in

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 18, 9, 30, tzinfo=UTC)


@pytest.fixture
def three(open_a_ticket: Any) -> list[Ticket]:
    """Three tickets that wait, in the order in which they are due."""
    return [due(open_a_ticket(subject=f"ticket {number}"), number) for number in range(3)]


def due(ticket: Ticket, minutes: int) -> Ticket:
    Ticket.objects.filter(pk=ticket.pk).update(answer_due_at=NOW + timedelta(minutes=minutes))
    return ticket


def address(ticket: Ticket, query: str = "view=all") -> str:
    return f"/en/desk/tickets/{ticket.spoken_number}/?{query}"


def beside(client: Client, place: str, name: str) -> str:
    """Where the page's link to the next or previous ticket leads; empty where there is none."""
    page = client.get(place).content.decode()
    found = re.search(rf'data-do="{name}" href="([^"]*)"', page)
    return html.unescape(found[1]) if found else ""


def answered(client: Client, ticket: Ticket, query: str = "view=all", **given: str) -> Any:
    fields = {"text": "تم", "draft": str(uuid.uuid4()), "seen": "9999999", **given}
    return client.post(f"/en/desk/tickets/{ticket.spoken_number}/answers/?{query}", fields)


def test_a_ticket_leads_to_its_neighbours_in_the_view(fahd_client: Client, three: list[Ticket]) -> None:
    first, second, third = three
    assert beside(fahd_client, address(second), "next") == address(third)
    assert beside(fahd_client, address(second), "previous") == address(first)
    assert not beside(fahd_client, address(first), "previous")
    assert not beside(fahd_client, address(third), "next")


def test_the_last_ticket_of_a_page_leads_to_the_first_of_the_next_one(
    fahd_client: Client, open_a_ticket: Any
) -> None:
    tickets = [due(open_a_ticket(subject=str(number)), number) for number in range(queries.PAGE + 1)]
    onward = beside(fahd_client, address(tickets[-2]), "next")
    assert tickets[-1].spoken_number in onward
    assert "after=" in onward
    back = beside(fahd_client, onward, "previous")
    assert tickets[-2].spoken_number in back


def test_an_answer_leads_to_the_next_ticket_and_names_the_answered_one(
    fahd_client: Client, three: list[Ticket]
) -> None:
    first, second, _third = three
    answer = answered(fahd_client, first, then="next")
    assert answer.headers["Location"] == address(second)
    said = strip_tags(fahd_client.get(answer.headers["Location"]).content.decode())
    assert f"{first.spoken_number} is answered" in said.replace("\u2069", "")
    assert Message.objects.filter(ticket=first, kind="answer").count() == 1


@pytest.mark.undo
def test_on_the_next_ticket_the_answer_to_the_one_before_can_be_taken_back(
    fahd_client: Client, sara: Person, three: list[Ticket]
) -> None:
    first, second, _third = three
    landed = answered(fahd_client, first, then="next").headers["Location"]
    letter = Message.objects.get(ticket=first, kind="answer")
    assert landed == f"{address(second)}&answered={letter.pk}"
    page = fahd_client.get(landed).content.decode()
    assert f"{first.spoken_number}</bdi></a> is answered" in page
    taken_back = f"/en/desk/tickets/{first.spoken_number}/answers/{letter.pk}/retraction/?view=all"
    assert f'action="{taken_back}" data-undo="10"' in page
    assert taken_back not in signed_in(sara).get(landed).content.decode()
    back = fahd_client.post(taken_back)
    assert back.headers["Location"].startswith(f"{address(first)}&compose=answer")
    assert taken_back not in fahd_client.get(landed).content.decode()
    assert not Message.objects.filter(kind="answer").exists()


@pytest.mark.undo
@pytest.mark.parametrize("key", ["9" * 30, "x", "", "1"])
def test_an_address_that_names_no_answer_of_ones_own_shows_the_ticket_alone(
    fahd_client: Client, three: list[Ticket], key: str
) -> None:
    page = fahd_client.get(f"{address(three[0])}&answered={key}")
    assert page.status_code == 200
    assert "data-undo=" not in page.content.decode()


def test_an_answer_stays_where_no_next_ticket_was_asked_for(fahd_client: Client, three: list[Ticket]) -> None:
    answer = answered(fahd_client, three[0])
    assert three[0].spoken_number in answer.headers["Location"]


def test_the_last_answer_of_a_view_stays_with_its_ticket(fahd_client: Client, three: list[Ticket]) -> None:
    answer = answered(fahd_client, three[2], then="next")
    assert three[2].spoken_number in answer.headers["Location"]


def test_an_answer_that_is_not_sent_leads_nowhere(fahd_client: Client, three: list[Ticket]) -> None:
    assert answered(fahd_client, three[0], then="next", text="").status_code == 422
    assert not Message.objects.filter(kind="answer").exists()


def test_the_button_stands_where_there_is_a_next_ticket(fahd_client: Client, three: list[Ticket]) -> None:
    assert "data-send-and-next" in fahd_client.get(address(three[0])).content.decode()
    assert "data-send-and-next" not in fahd_client.get(address(three[2])).content.decode()
    assert "data-send-and-next" not in fahd_client.get(address(three[0], "compose=note")).content.decode()


def test_a_ticket_that_left_the_view_leads_to_what_the_view_holds(
    fahd: Person, fahd_client: Client, three: list[Ticket]
) -> None:
    actions.answer(three[1], by=fahd, text="a")
    assert beside(fahd_client, address(three[1]), "next") == address(three[0])
