"""Whoever leaves a ticket gets no mail of it that waits in the ledger, and staff read why it did not go."""

import uuid
from datetime import timedelta

import pytest
from django.test import Client
from pytest_django import Settings

from tawasul.accounts.models import Person
from tawasul.core import clock
from tawasul.mail import actions as mail_actions
from tawasul.mail import leaving
from tawasul.mail.models import OutgoingMail
from tawasul.mail.smtp import Deliverer
from tawasul.tickets import actions
from tawasul.tickets.actions import participating
from tawasul.tickets.models import Participant, Ticket
from tawasul.tickets.writers import Writer
from tests.mail.raw_smtp import RawSmtp
from tests.taking_part import SALEM, link_of, mails_to, take_part
from tests.world import OpenATicket

pytestmark = pytest.mark.django_db
State = OutgoingMail.State
WHY = "لم يعد مستلمها مشاركًا في التذكرة"


@pytest.fixture(autouse=True)
def _one_step_is_enough(settings: Settings) -> None:
    settings.STAFF_NEED_TWO_STEPS = False


@pytest.fixture
def part(ticket: Ticket, fahd: Person) -> Participant:
    """Somebody who takes part, and whom an answer awaits in the ledger."""
    made = take_part(ticket, fahd)
    actions.answer(ticket, by=fahd, text="حُفظ التعديل.")
    mails_to(SALEM)
    return made


def states(address: str) -> set[str]:
    return set(OutgoingMail.objects.filter(to_address=address).values_list("state", flat=True))


def test_what_waits_for_them_is_withdrawn_with_the_removal_and_the_others_mails_go(
    ticket: Ticket, part: Participant, fahd_client: Client, noura: Person
) -> None:
    address = f"/ar/desk/tickets/{ticket.spoken_number}/participants/{part.pk}/removal/"
    assert states(SALEM) == {State.WAITING}
    assert fahd_client.post(address).status_code == 302
    assert states(SALEM) == {State.FAILED} and states(noura.email) == {State.WAITING}


def test_who_leaves_by_their_own_button_gets_nothing_more_either(part: Participant) -> None:
    link = link_of(part)
    assert Client().post(f"{link}departure/").status_code == 303
    assert states(SALEM) == {State.FAILED}


def test_the_desk_says_why_and_offers_no_way_to_send_it_all_the_same(
    ticket: Ticket, part: Participant, fahd: Person, fahd_client: Client
) -> None:
    leaving.end_part(part, by=Writer.of(fahd))
    mail = mails_to(SALEM)[-1]
    assert not mail.needs_staff and mail.settled_by == fahd
    shown = fahd_client.get(f"/ar/desk/mail/out/{mail.pk}/").content.decode()
    assert WHY in shown and "resending/" not in shown and "address/" not in shown
    assert WHY in fahd_client.get(f"/ar/desk/tickets/{ticket.spoken_number}/").content.decode()
    fahd_client.post(f"/ar/desk/mail/out/{mail.pk}/resending/")
    assert not mail_actions.correct_address(mail, "other@example.sa")
    assert states(SALEM) == {State.FAILED}


def test_a_mail_that_is_being_delivered_is_left_alone(part: Participant, fahd: Person) -> None:
    in_hand = mails_to(SALEM)[-1]
    OutgoingMail.objects.filter(pk=in_hand.pk).update(
        lease=uuid.uuid4(), next_try_at=clock.now() + timedelta(minutes=1)
    )
    leaving.end_part(part, by=Writer.of(fahd))
    in_hand.refresh_from_db()
    assert (in_hand.state, in_hand.last_error) == (State.WAITING, "")
    assert states(SALEM) == {State.WAITING, State.FAILED}


def test_what_goes_to_them_under_a_corrected_address_and_copies_are_withdrawn_too(
    part: Participant, fahd: Person
) -> None:
    first, second = mails_to(SALEM)
    assert mail_actions.correct_address(first, "salem@new.example")
    OutgoingMail.objects.filter(pk=second.pk).update(state=State.SENT, done_at=clock.now())
    second.refresh_from_db()
    mail_actions.send_again(second, by=fahd, to="salem@new.example")
    leaving.end_part(part, by=Writer.of(fahd))
    assert states("salem@new.example") == {State.FAILED}


def test_their_mails_of_other_tickets_and_a_requesters_own_mails_stay(
    part: Participant, ticket: Ticket, fahd: Person, open_a_ticket: OpenATicket
) -> None:
    other = open_a_ticket(subject="أخرى")
    take_part(other, fahd)
    mails_to(SALEM)
    leaving.end_part(part, by=Writer.of(fahd))
    assert set(other.mails.filter(to_address=SALEM).values_list("state", flat=True)) == {State.WAITING}
    # who became the requester after they were added keeps what they get as such
    Ticket.objects.filter(pk=other.pk).update(requester_email=SALEM, requester=None)
    actions.answer(other, by=fahd, text="إليكم.")
    own = mails_to(SALEM)[-1]
    leaving.end_part(other.participants.select_related("ticket").get(), by=Writer.of(fahd))
    own.refresh_from_db()
    assert own.state == State.WAITING


def test_a_removal_that_fails_withdraws_nothing(
    part: Participant, fahd: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(leaving, "_withdraw", broken)
    with pytest.raises(RuntimeError):
        leaving.end_part(part, by=Writer.of(fahd))
    assert Participant.objects.filter(pk=part.pk).exists() and states(SALEM) == {State.WAITING}


@pytest.mark.network
def test_what_was_written_in_the_moment_of_the_removal_does_not_go_out(
    part: Participant, fahd: Person, noura: Person, server: RawSmtp, deliverer: Deliverer
) -> None:
    participating.remove(part, by=Writer.of(fahd))  # and the mail was not in the ledger yet
    deliverer.deliver_due()
    assert states(noura.email) == {State.SENT} and states(SALEM) == {State.FAILED}
    assert not [taken for taken in server.taken if b"xn--" in taken.rcpt or SALEM.encode() in taken.rcpt]
    assert not any(mail.needs_staff for mail in mails_to(SALEM))
