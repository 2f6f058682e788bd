"""A note that names a person or a team calls them, once; and what called them is seen when they open the ticket."""

import uuid
from typing import Any

import pytest
from django.test import Client

from tawasul.accounts import roles
from tawasul.accounts.models import Person, Team
from tawasul.tickets import actions, mentions
from tawasul.tickets.models import Mention, Message, Ticket
from tests.world import signed_in

pytestmark = pytest.mark.django_db


def noted(client: Client, ticket: Ticket, text: str) -> Message:
    """Write a note as staff do."""
    fields = {"text": text, "draft": str(uuid.uuid4()), "seen": "0"}
    answer = client.post(f"/ar/desk/tickets/{ticket.spoken_number}/notes/", fields)
    assert answer.status_code == 302, answer.content
    return Message.objects.filter(ticket=ticket, kind="note").latest("pk")


def called(message: Message) -> set[str]:
    return set(message.mentions.values_list("person__username", flat=True))


def test_a_person_is_called_by_user_name_and_marked(
    fahd_client: Client, sara: Person, ticket: Ticket
) -> None:
    message = noted(fahd_client, ticket, "هل راجعتِها؟ @Sara، شكرًا.")
    assert called(message) == {"sara"}
    assert '<bdi class="mention">@Sara</bdi>' in message.html
    shown = fahd_client.get(f"/ar/desk/tickets/{ticket.spoken_number}/").content.decode()
    assert '<bdi class="mention">@Sara</bdi>' in shown


def test_a_team_calls_its_members_but_not_the_author(
    fahd_client: Client, sara: Person, team: Team, lama: Person, ticket: Ticket
) -> None:
    message = noted(fahd_client, ticket, "@[خدمة العملاء] انظروا، و@[لمى الشهري] أيضًا، و @[Customer care]")
    assert called(message) == {"sara", "lama"}
    assert message.mentions.get(person=sara).team == team
    assert message.mentions.get(person=lama).team is None
    assert '<bdi class="mention">@خدمة العملاء</bdi>' in message.html


@pytest.mark.parametrize(
    "text",
    [
        "write to x@sara.sa",
        "@nobody and @[no team]",
        "@noura is a customer",
        "`@` and @ alone",
        "a@sara",
        "@sarah",
    ],
)
def test_what_names_nobody_calls_nobody(
    fahd_client: Client, sara: Person, noura: Person, ticket: Ticket, text: str
) -> None:
    message = noted(fahd_client, ticket, text)
    assert not called(message)
    assert "mention" not in message.html


def test_a_name_in_code_or_beside_a_tag_is_no_hole(fahd_client: Client, sara: Person, ticket: Ticket) -> None:
    message = noted(fahd_client, ticket, "`@sara` **@sara** <b>@sara</b> [@sara](https://x.sa/@sara)")
    assert called(message) == {"sara"}
    assert "<code" in message.html
    assert ">@sara</code>" in message.html
    assert 'href="https://x.sa/@sara"' in message.html
    assert '<strong><bdi class="mention">@sara</bdi></strong>' in message.html
    assert "&lt;b&gt;" in message.html


def test_nobody_is_called_to_a_ticket_that_is_hidden_from_them(
    fahd: Person, sara: Person, lama: Person, ticket: Ticket
) -> None:
    closed = Team.objects.create(name_ar="التحقيق", name_en="Investigation", is_closed=True)
    closed.members.add(fahd)
    Ticket.objects.update(team=closed)
    roles.forget()
    message = noted(signed_in(fahd), ticket, "@sara @lama")
    assert called(message) == {"lama"}  # an administrator sees every team's


def test_opening_the_ticket_is_seeing_what_called_one_to_it(
    fahd_client: Client, sara: Person, lama: Person, ticket: Ticket, django_assert_num_queries: Any
) -> None:
    noted(fahd_client, ticket, "@sara @lama")
    address = f"/ar/desk/tickets/{ticket.spoken_number}/"
    fahd_client.get(address)
    assert Mention.objects.filter(seen_at=None).count() == 2
    signed_in(sara).get(address)
    assert Mention.objects.get(person=sara).seen_at is not None
    assert Mention.objects.get(person=lama).seen_at is None
    with django_assert_num_queries(1):
        mentions.see(ticket, sara)


def test_an_answer_to_the_customer_calls_nobody(fahd: Person, sara: Person, ticket: Ticket) -> None:
    actions.answer(ticket, by=fahd, text="@sara")
    assert not Mention.objects.exists()


def test_a_few_letters_offer_people_and_teams(
    fahd_client: Client, sara: Person, lama: Person, noura: Person, team: Team
) -> None:
    def offered(typed: str) -> list[str]:
        answer = fahd_client.get("/ar/desk/names/", {"q": typed})
        return [each["written"] for each in answer.json()["names"]]

    assert offered("سا") == ["@sara"]
    assert offered("قرني") == ["@sara"] or offered("القرني") == ["@sara"]
    assert offered("خدمه") == ["@[خدمة العملاء]"]
    assert offered("نورة") == []
    assert len(offered("")) == 4


def test_a_note_costs_no_query_more_where_it_names_nobody(
    fahd: Person, ticket: Ticket, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(0):
        assert not mentions.named_in("nothing of the kind", ticket=ticket, by=fahd)
