"""For ten seconds an answer may be taken back: nobody has read it, and the ticket is as it was."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from tawasul.accounts.models import Person
from tawasul.core import centre, clock
from tawasul.core.models import CentreSettings
from tawasul.mail.models import OutgoingMail
from tawasul.reactions.events import react_to_due
from tawasul.tickets import actions, drafts
from tawasul.tickets.models import Draft, Event, Message, Status, Ticket
from tawasul.tickets.writers import Writer
from tests.portal.forms import png

pytestmark = [pytest.mark.django_db, pytest.mark.undo]

LATER = timedelta(seconds=11)


def page_of(client: Client, ticket: Ticket) -> str:
    return client.get(f"/ar/tickets/{ticket.spoken_number}/").content.decode()


def columns(ticket: Ticket) -> dict[str, Any]:
    left_out = {"version", "_state"}
    return {
        name: value
        for name, value in Ticket.objects.get(pk=ticket.pk).__dict__.items()
        if name not in left_out
    }


@pytest.fixture
def ticket(open_a_ticket: Any) -> Ticket:
    """Noura's, its receipt already on its way."""
    ticket: Ticket = open_a_ticket()
    react_to_due()
    OutgoingMail.objects.all().delete()
    return ticket


def test_the_customer_sees_nothing_until_the_seconds_have_passed(
    ticket: Ticket, fahd: Person, noura_client: Client
) -> None:
    draft = drafts.keep(uuid.uuid4(), drafts.Whose(fahd), Draft.Kind.ANSWER, ticket=ticket)
    assert draft is not None
    drafts.add_files(draft, [png()], by=fahd)
    letter = actions.answer(ticket, by=fahd, text="حُفظ التعديل.", draft=draft)
    file = letter.attachments.get().file
    react_to_due()
    assert not OutgoingMail.objects.exists()
    assert "حُفظ التعديل" not in page_of(noura_client, ticket)
    assert noura_client.get(f"/ar/files/{file.pk}/").status_code == 404
    with clock.pretend(clock.now() + LATER):
        assert "حُفظ التعديل" in page_of(noura_client, ticket)
        assert noura_client.get(f"/ar/files/{file.pk}/").status_code == 200
        react_to_due()
    assert OutgoingMail.objects.get().letter_id == letter.pk


def test_the_promise_is_kept_at_the_press(ticket: Ticket, fahd: Person) -> None:
    letter = actions.answer(ticket, by=fahd, text="تم.")
    ticket.refresh_from_db()
    assert (ticket.status, ticket.first_answered_at) == (Status.WITH_CUSTOMER, letter.at)


def test_taken_back_it_is_a_draft_again_and_the_ticket_is_as_it_was(ticket: Ticket, fahd: Person) -> None:
    before = columns(ticket)
    draft = drafts.keep(uuid.uuid4(), drafts.Whose(fahd), Draft.Kind.ANSWER, ticket=ticket)
    assert draft is not None
    drafts.add_files(draft, [png()], by=fahd)
    letter = actions.answer(ticket, by=fahd, text="تم **الحفظ**.", draft=draft, signature="فريق الدعم")
    assert letter.text.endswith("\n\nفريق الدعم")
    again = actions.retract(letter, by=fahd)
    assert columns(ticket) == before
    assert drafts.typed(again)["text"] == "تم **الحفظ**."
    assert len(drafts.files_of(again)) == 1
    assert not Message.objects.filter(kind="answer").exists()
    assert list(Event.objects.order_by("pk").values_list("kind", flat=True)) == [
        "opened",
        "answered",
        "retracted",
    ]
    with clock.pretend(clock.now() + LATER):
        react_to_due()
    assert not OutgoingMail.objects.exists()


def test_a_closing_answer_too(ticket: Ticket, fahd: Person, noura_client: Client) -> None:
    before = columns(ticket)
    actions.close(ticket, by=Writer.of(fahd), reason="solved_by_staff", comment="اكتمل.")
    assert "اكتمل." not in page_of(noura_client, ticket)
    actions.retract(Message.objects.get(kind="answer"), by=fahd)
    assert columns(ticket) == before
    with clock.pretend(clock.now() + LATER):
        react_to_due()
        assert "اكتمل." not in page_of(noura_client, ticket)
    assert not OutgoingMail.objects.exists()


def test_nobody_else_takes_it_back(ticket: Ticket, fahd: Person, sara: Person) -> None:
    letter = actions.answer(ticket, by=fahd, text="تم.")
    with pytest.raises(actions.NotRetractable) as refused:
        actions.retract(letter, by=sara)
    assert refused.value.reason == "foreign"


def test_not_after_the_seconds(ticket: Ticket, fahd: Person) -> None:
    letter = actions.answer(ticket, by=fahd, text="تم.")
    with clock.pretend(clock.now() + LATER), pytest.raises(actions.NotRetractable) as refused:
        actions.retract(letter, by=fahd)
    assert refused.value.reason == "late"


def test_not_when_the_ticket_went_on(ticket: Ticket, fahd: Person, noura: Person) -> None:
    letter = actions.answer(ticket, by=fahd, text="تم.")
    actions.follow_up(ticket, by=Writer.of(noura), text="لم يُحفظ.")
    with pytest.raises(actions.NotRetractable) as refused:
        actions.retract(letter, by=fahd)
    assert refused.value.reason == "changed"


def test_the_centre_may_send_at_once(ticket: Ticket, fahd: Person) -> None:
    CentreSettings.objects.update_or_create(pk=1, defaults={"undo_seconds": 0})
    centre.forget()
    letter = actions.answer(ticket, by=fahd, text="تم.")
    react_to_due()
    assert letter.shown_from is None
    assert OutgoingMail.objects.count() == 1


def test_an_answer_by_mail_waits_for_nobody(ticket: Ticket, fahd: Person) -> None:
    assert actions.answer(ticket, by=fahd, text="تم.", channel="mail").shown_from is None


@pytest.mark.parametrize("next_move", ["close", "hold"])
def test_what_is_told_next_waits_for_the_answer(ticket: Ticket, fahd: Person, next_move: str) -> None:
    letter = actions.answer(ticket, by=fahd, text="حُفظ التعديل.")
    if next_move == "close":
        actions.close(ticket, by=Writer.of(fahd), reason="solved_by_staff")
    else:
        actions.hold(ticket, by=fahd, reason="بانتظار البنك", party="البنك")
    react_to_due()
    assert not OutgoingMail.objects.exists()
    with clock.pretend(clock.now() + LATER):
        react_to_due()
    first, second = OutgoingMail.objects.order_by("pk")
    assert first.letter_id == letter.pk
    assert second.letter_id is None


def test_an_answer_stays_where_the_ticket_was_closed_after_it(ticket: Ticket, fahd: Person) -> None:
    letter = actions.answer(ticket, by=fahd, text="حُفظ التعديل.")
    actions.close(ticket, by=Writer.of(fahd), reason="solved_by_staff")
    with pytest.raises(actions.NotRetractable) as refused:
        actions.retract(letter, by=fahd)
    assert refused.value.reason == "changed"


def test_the_first_answer_stays_and_the_last_word_alone_is_taken_back(ticket: Ticket, fahd: Person) -> None:
    first = actions.answer(ticket, by=fahd, text="حُفظ التعديل.")
    before = columns(ticket)
    actions.close(ticket, by=Writer.of(fahd), reason="solved_by_staff", comment="اكتمل.")
    actions.retract(Message.objects.get(text="اكتمل."), by=fahd)
    assert columns(ticket) == before
    with clock.pretend(clock.now() + LATER):
        react_to_due()
    assert OutgoingMail.objects.get().letter_id == first.pk
