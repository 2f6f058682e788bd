"""What is said by mail between staff and a private participant goes to nobody else, nor does what a reply quotes."""

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from tawasul.accounts.models import Person
from tawasul.mail import leaving
from tawasul.mail.handling import decisions
from tawasul.mail.models import IncomingMail, OutgoingMail
from tawasul.tickets import actions
from tawasul.tickets.models import Message, Participant, Ticket
from tawasul.tickets.writers import Writer
from tests.mail.handling.conftest import Outcome, State, became, come, everything_follows, tagged
from tests.mail.handling.test_staff_by_mail import PASS
from tests.taking_part import SALEM, take_part
from tests.world import OpenATicket

pytestmark = pytest.mark.django_db
SECRET = "نرى رفض الطلب مبدئيًا"


@pytest.fixture(autouse=True)
def _trusted(settings: Settings) -> None:
    settings.MAIL_AUTHSERV_ID = "mx.registry.example"


@pytest.fixture
def ticket(open_a_ticket: OpenATicket) -> Ticket:
    return open_a_ticket()


@pytest.fixture
def part(ticket: Ticket, fahd: Person) -> Participant:
    return take_part(ticket, fahd, is_private=True)


def from_fahd(ticket: Ticket, fahd: Person, **given: str) -> IncomingMail:
    """Fahd presses "reply to all" in his mail program."""
    text = f"نعم، كما قلتَ.\n\nOn Sunday, Salem wrote:\n> {SECRET}"
    return come(text, fahd.email, to=tagged(ticket), Authentication_Results=PASS, **given)


def test_a_reply_to_an_answer_that_one_participant_alone_was_mailed_waits_for_a_decision(
    ticket: Ticket, part: Participant, fahd: Person, noura_client: Client
) -> None:
    actions.answer_alone(ticket, to=part, by=fahd, text=SECRET)
    everything_follows()
    ours = OutgoingMail.objects.get(kind="answer", to_address=SALEM)
    mail = from_fahd(ticket, fahd, In_Reply_To=ours.message_id)
    assert became(mail) == (State.HELD, "", "staff_private")
    assert mail.ticket == ticket
    assert SECRET not in noura_client.get(ticket.get_absolute_url()).content.decode()


def test_such_a_reply_cannot_be_let_in_for_everybody_either(
    ticket: Ticket, part: Participant, fahd: Person, fahd_client: Client, settings: Settings
) -> None:
    settings.STAFF_NEED_TWO_STEPS = False
    theirs = come(SECRET, SALEM, to=tagged(ticket))
    mail = from_fahd(ticket, fahd, In_Reply_To=theirs.message_id)
    with pytest.raises(decisions.Undecidable) as refused:
        decisions.accept(mail, by=fahd)
    assert refused.value.code == "private"
    answer = fahd_client.post(reverse("desk:mail_in_acceptance", args=[mail.pk]), follow=True)
    assert "مشارك خاص" in answer.content.decode()
    assert not Message.objects.filter(kind=Message.Kind.ANSWER).exists()


def test_a_reply_to_the_mail_that_a_private_participant_wrote_waits_for_a_decision(
    ticket: Ticket, part: Participant, fahd: Person, noura_client: Client
) -> None:
    theirs = come(SECRET, SALEM, to=tagged(ticket))
    assert theirs.letter is not None and theirs.letter.standing == Message.Standing.PRIVATE
    mail = from_fahd(ticket, fahd, References=f"<older@mailer.example> {theirs.message_id}")
    assert became(mail) == (State.HELD, "", "staff_private")
    assert SECRET not in noura_client.get(ticket.get_absolute_url()).content.decode()


def test_a_private_participants_mail_from_another_address_is_not_let_in_for_everybody(
    ticket: Ticket, part: Participant, fahd: Person, noura_client: Client
) -> None:
    actions.answer(ticket, by=fahd, text="للجميع")
    everything_follows()
    ours = OutgoingMail.objects.get(kind="answer", to_address=SALEM)
    mail = come(SECRET, "salem@home.example", to=tagged(ticket), In_Reply_To=ours.message_id)
    assert became(mail) == (State.HELD, "", "someone_else")
    with pytest.raises(decisions.Undecidable) as refused:
        decisions.accept(mail, by=fahd)
    assert refused.value.code == "private"
    take_part(ticket, fahd, "salem@home.example", is_private=True)
    assert decisions.accept(mail, by=fahd).standing == Message.Standing.PRIVATE
    assert SECRET not in noura_client.get(ticket.get_absolute_url()).content.decode()


def test_what_they_were_mailed_or_wrote_stays_private_after_they_have_left(
    ticket: Ticket, part: Participant, fahd: Person, noura_client: Client
) -> None:
    actions.answer(ticket, by=fahd, text="للجميع")
    everything_follows()
    ours = OutgoingMail.objects.get(kind="answer", to_address=SALEM)
    leaving.end_part(part, by=Writer.of(fahd))
    mail = from_fahd(
        ticket, fahd, In_Reply_To=ours.message_id
    )  # quotes what Salem wrote below it, to Fahd alone
    assert became(mail) == (State.HELD, "", "staff_private")
    assert SECRET not in noura_client.get(ticket.get_absolute_url()).content.decode()


def test_any_other_reply_of_staff_is_an_answer_although_somebody_takes_part_privately(
    ticket: Ticket, part: Participant, fahd: Person
) -> None:
    actions.answer(ticket, by=fahd, text="للجميع")
    everything_follows()
    ours = OutgoingMail.objects.filter(kind="answer").exclude(to_address=SALEM).get()
    mail = from_fahd(ticket, fahd, In_Reply_To=ours.message_id)
    assert became(mail) == (State.DONE, Outcome.ANSWERED, "")
