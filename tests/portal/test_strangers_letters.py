"""A mail of somebody who takes no part in the ticket, once staff took it in: everybody reads who wrote it."""

import pytest
from django.test import Client
from pytest_django import Settings

from tawasul.accounts.models import Person
from tawasul.mail.handling import decisions
from tawasul.tickets import actions
from tawasul.tickets.models import CloseReason, Message, Ticket
from tawasul.tickets.writers import Writer
from tests.desk.mails import RAW, STRANGER, came_in
from tests.taking_part import link_of, mails_to, take_part
from tests.world import OpenATicket

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _one_step_is_enough(settings: Settings) -> None:
    settings.STAFF_NEED_TWO_STEPS = False


@pytest.fixture
def ticket(open_a_ticket: OpenATicket) -> Ticket:
    return open_a_ticket()


def head(client: Client, address: str, letter: Message) -> str:
    """Who wrote the letter, as the page says it."""
    shown = client.get(address).content.decode()
    return shown.split(f'id="message-{letter.pk}"')[1].split('class="said"')[0]


def test_requester_participants_and_staff_read_the_writers_name_and_that_it_is_someone_else(
    ticket: Ticket,
    fahd: Person,
    noura_client: Client,
    khalid_client: Client,
    fahd_client: Client,
    khalid: Person,
) -> None:
    take_part(ticket, fahd, khalid.email)
    guest = take_part(ticket, fahd)
    letter = decisions.accept(came_in(ticket=ticket), by=fahd)
    assert letter.standing == Message.Standing.STRANGER
    for client, address in (
        (noura_client, ticket.get_absolute_url()),
        (khalid_client, ticket.get_absolute_url()),
        (Client(), link_of(guest)),
        (fahd_client, f"/ar/desk/tickets/{ticket.spoken_number}/"),
    ):
        said = head(client, address, letter)
        assert "<bdi>Ahmad</bdi>" in said and "شخص آخر" in said, address
        assert "<span>أنت</span>" not in said


def test_without_a_name_the_address_stands_there_and_so_it_does_for_who_bears_the_requesters_name(
    ticket: Ticket, fahd: Person, noura_client: Client
) -> None:
    nameless = came_in(RAW.replace(b"Ahmad <ahmad@hosting.example>", STRANGER.encode()), ticket=ticket)
    namesake = came_in(
        RAW.replace(b"Ahmad <", "نورة الدوسري <".encode()).replace(b"<one@", b"<two@"), ticket=ticket
    )
    for mail in (nameless, namesake):
        letter = decisions.accept(mail, by=fahd)
        assert f"<bdi>{STRANGER}</bdi>" in head(noura_client, ticket.get_absolute_url(), letter)


def test_the_requester_is_not_told_that_they_wrote_or_asked(
    ticket: Ticket, fahd: Person, noura: Person, noura_client: Client
) -> None:
    actions.close(ticket, by=Writer.of(fahd), reason=CloseReason.SOLVED_BY_STAFF)
    decisions.accept(came_in(ticket=ticket), by=fahd)
    shown = noura_client.get(ticket.get_absolute_url()).content.decode()
    assert "أُعيد فتح التذكرة" in shown and "أُعيد فتح التذكرة بطلب منك" not in shown
    assert "وصلت رسالتك" not in shown
    mail = mails_to(noura.email)[-1]
    assert mail.kind == "reopened" and "بطلب منك" not in mail.text


def test_a_participants_and_the_requesters_own_held_mail_stays_their_own(
    ticket: Ticket, fahd: Person, noura: Person, khalid: Person, noura_client: Client
) -> None:
    take_part(ticket, fahd, khalid.email)
    theirs = came_in(RAW.replace(STRANGER.encode(), khalid.email.encode()), ticket=ticket)
    own = came_in(
        RAW.replace(STRANGER.encode(), noura.email.encode()).replace(b"<one@", b"<two@"), ticket=ticket
    )
    assert decisions.accept(theirs, by=fahd).standing == Message.Standing.PARTICIPANT
    letter = decisions.accept(own, by=fahd)
    assert letter.standing == "" and "<span>أنت</span>" in head(
        noura_client, ticket.get_absolute_url(), letter
    )
