"""Staff let somebody take part in a ticket, see who does, and answer them too."""

import re

import pytest
from django.test import Client

from tawasul.accounts.models import Person, Role
from tawasul.tickets import actions
from tawasul.tickets.models import Event, Participant
from tawasul.tickets.participation import MOST
from tawasul.tickets.writers import Writer
from tests.taking_part import SALEM, mails_to, take_part
from tests.world import OpenATicket, signed_in

pytestmark = pytest.mark.django_db
GIVEN = {"name": "سالم الشمري", "email": SALEM, "language": "ar"}


def desk(ticket_number: str) -> str:
    return f"/ar/desk/tickets/{ticket_number}/"


def test_staff_add_somebody_who_is_mailed_who_asks_and_the_way(
    open_a_ticket: OpenATicket, fahd_client: Client
) -> None:
    ticket = open_a_ticket()
    address = desk(ticket.spoken_number)
    assert fahd_client.post(f"{address}participants/", GIVEN).status_code == 302
    shown = fahd_client.get(address).content.decode()
    assert "سالم الشمري" in shown and SALEM in shown
    (mail,) = mails_to(SALEM)
    assert mail.kind == "participant_added"
    for words in ("فهد العتيبي", ticket.spoken_number, ticket.subject, "/ar/follow/"):
        assert words in mail.text and words in mail.html, words


def test_an_account_is_found_by_its_address_and_keeps_its_name_and_language(
    open_a_ticket: OpenATicket, fahd: Person, fahd_client: Client, khalid: Person
) -> None:
    ticket = open_a_ticket()
    given = {**GIVEN, "email": "Khalid@Example.com.sa"}
    fahd_client.post(f"{desk(ticket.spoken_number)}participants/", given)
    part = ticket.participants.get()
    assert (part.person, part.name, part.language) == (khalid, "Khalid Al-Harbi", "en")
    (mail,) = mails_to(khalid.email)
    assert f"/en/tickets/{ticket.spoken_number}/" in mail.text and "/follow/" not in mail.text


def test_each_participant_gets_the_answer_as_a_mail_of_their_own(
    open_a_ticket: OpenATicket, fahd: Person, noura: Person, khalid: Person
) -> None:
    ticket = open_a_ticket()
    take_part(ticket, fahd, khalid.email)
    take_part(ticket, fahd)
    mails_to(SALEM)
    actions.answer(ticket, by=fahd, text="حُفظ التعديل.")
    for address in (noura.email, khalid.email, SALEM):
        mail = mails_to(address)[-1]
        assert mail.kind == "answer" and "حُفظ التعديل." in mail.text
        others = {noura.email, khalid.email, SALEM} - {address}
        assert not [one for one in others if one in mail.text + mail.html + str(mail.headers)]
    assert mails_to(SALEM)[-1].key != mails_to(khalid.email)[-1].key
    own = mails_to(SALEM)
    assert own[0].message_id in own[1].headers["References"]  # one thread of their own


@pytest.mark.parametrize(
    ("email", "why"),
    [
        ("noura@example.com.sa", "مقدّم الطلب"),
        ("sara@example.com.sa", "منسوبي المركز"),
        ("not an address", "عنوان"),
    ],
)
def test_who_cannot_take_part_is_said_with_the_reason_and_what_was_typed(
    open_a_ticket: OpenATicket, fahd_client: Client, sara: Person, email: str, why: str
) -> None:
    ticket = open_a_ticket()
    answer = fahd_client.post(f"{desk(ticket.spoken_number)}participants/", {**GIVEN, "email": email})
    shown = answer.content.decode()
    assert answer.status_code == 422 and email in shown and "سالم الشمري" in shown
    assert why in shown.split('id="participant-error"')[1][:600]
    assert not Participant.objects.exists()


def test_nobody_takes_part_twice_and_twenty_are_enough(
    open_a_ticket: OpenATicket, fahd: Person, fahd_client: Client
) -> None:
    ticket = open_a_ticket()
    for number in range(MOST - 1):
        take_part(ticket, fahd, f"p{number}@example.sa")
    address = f"{desk(ticket.spoken_number)}participants/"
    assert fahd_client.post(address, {**GIVEN, "email": "P1@EXAMPLE.SA"}).status_code == 422
    assert fahd_client.post(address, GIVEN).status_code == 302
    assert fahd_client.post(address, {**GIVEN, "email": "more@example.sa"}).status_code == 422
    assert ticket.participants.count() == MOST


def test_a_private_one_stands_with_a_lock_beside_the_ticket_at_the_letter_and_where_one_answers(
    open_a_ticket: OpenATicket, fahd: Person, fahd_client: Client
) -> None:
    ticket = open_a_ticket()
    part = take_part(ticket, fahd, is_private=True)
    letter = actions.follow_up(ticket, by=Writer.beside(part), text="للمركز وحده")
    shown = fahd_client.get(desk(ticket.spoken_number)).content.decode()
    assert "للمركز وحده" in shown
    assert 'class="for-few"' in shown.split(f'id="message-{letter.pk}"')[1][:1500]
    assert shown.count('class="private"') == 2  # in the panel and above the answer
    assert re.search(r'class="small goes-to".{0,400}نورة الدوسري', shown, re.DOTALL)


def test_a_removal_is_told_by_the_history_and_ends_it(
    open_a_ticket: OpenATicket, fahd: Person, fahd_client: Client
) -> None:
    ticket = open_a_ticket()
    part = take_part(ticket, fahd)
    address = f"{desk(ticket.spoken_number)}participants/{part.pk}/removal/"
    assert fahd_client.post(address).status_code == 302
    assert not ticket.participants.exists()
    assert fahd_client.post(address).status_code == 404
    kinds = [event.kind for event in ticket.events.order_by("pk")]
    assert kinds == [Event.Kind.OPENED, Event.Kind.JOINED, Event.Kind.LEFT]
    history = fahd_client.get(f"{desk(ticket.spoken_number)}events/").content.decode()
    assert history.count("سالم الشمري") == 2


def test_an_auditor_sees_who_takes_part_and_changes_nothing(open_a_ticket: OpenATicket, fahd: Person) -> None:
    ticket = open_a_ticket()
    part = take_part(ticket, fahd)
    Person.objects.filter(pk=fahd.pk).update(role=Role.AUDITOR)
    client = signed_in(Person.objects.get(pk=fahd.pk))
    shown = client.get(desk(ticket.spoken_number)).content.decode()
    assert "سالم الشمري" in shown and "participants/" not in shown
    assert client.post(f"{desk(ticket.spoken_number)}participants/", GIVEN).status_code == 404
    assert client.post(f"{desk(ticket.spoken_number)}participants/{part.pk}/removal/").status_code == 404
