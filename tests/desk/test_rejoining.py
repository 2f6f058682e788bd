"""A split is taken back: the letters return, the number leads on, nobody is written to; and it can be split again."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from tawasul.accounts.models import Person, Role, Team
from tawasul.core import clock
from tawasul.mail.models import OutgoingMail
from tawasul.reactions import events
from tawasul.tickets import actions
from tawasul.tickets.models import (
    Attachment,
    CloseReason,
    Event,
    Message,
    MovedMessage,
    Status,
    Ticket,
    TicketLink,
)
from tawasul.tickets.writers import Writer
from tests.at_once import at_once
from tests.desk.test_links import at, second
from tests.world import make_person, signed_in

pytestmark = pytest.mark.django_db
__all__ = ["second"]


@pytest.fixture
def made(second: Message, fahd: Person) -> Ticket:
    """The ticket that Noura's second letter became, with the note about it."""
    note = second.ticket.messages.get(kind="note")
    return actions.split(
        second.ticket, [second.pk, note.pk], subject="أمر آخر", service=second.ticket.service, by=fahd
    )


@pytest.fixture
def origin(second: Message) -> Ticket:
    return second.ticket


def kinds(ticket: Ticket) -> list[str]:
    return list(ticket.messages.order_by("at", "pk").values_list("kind", flat=True))


def mails() -> list[tuple[str, str]]:
    while events.react_to_due():
        pass
    return list(OutgoingMail.objects.order_by("pk").values_list("kind", "ticket__number"))


def test_the_letters_stand_where_they_were_and_both_histories_say_so(
    fahd_client: Client, origin: Ticket, made: Ticket
) -> None:
    assert at(made, "unsplitting") in fahd_client.get(at(made)).content.decode()
    answer = fahd_client.post(at(made, "unsplitting"))
    assert answer["Location"].startswith(at(origin))
    made.refresh_from_db()
    origin.refresh_from_db()
    assert (made.status, made.close_reason, made.merged_into) == (Status.CLOSED, "merged", origin)
    assert kinds(origin) == ["opening", "follow_up", "note"] and kinds(made) == []
    assert (origin.message_count, made.message_count) == (3, 0)
    assert not MovedMessage.objects.exists() and not TicketLink.objects.exists()
    assert Attachment.objects.get().message.ticket == origin
    here, there = (fahd_client.get(at(one)).content.decode() for one in (origin, made))
    assert "أمر آخر" in here and made.spoken_number in here
    assert origin.spoken_number in there and at(made, "unmerging") in there


def test_nobody_is_written_to_and_the_number_leads_the_customer_on(
    fahd: Person, noura: Person, noura_client: Client, origin: Ticket, made: Ticket
) -> None:
    before = mails()
    assert ("ticket_opened", made.number) in before
    actions.rejoin(made, by=fahd)
    assert mails() == before
    page = noura_client.get(made.get_absolute_url()).content.decode()
    assert origin.get_absolute_url() in page and 'name="text"' not in page
    assert "أمر آخر" in noura_client.get(origin.get_absolute_url()).content.decode()
    receipt = f"/ar/tickets/{made.spoken_number}/receipt/"
    assert receipt not in page and noura_client.get(receipt).status_code == 404
    assert noura_client.get("/ar/tickets/").status_code == 200


def test_a_receipt_that_was_not_written_yet_is_not_written(fahd: Person, made: Ticket) -> None:
    actions.rejoin(made, by=fahd)
    assert made.number not in [number for _kind, number in mails()]
    actions.unmerge(made, by=fahd)
    assert ("ticket_opened", made.number) in mails(), "split off again, its number counts"


def test_it_is_split_off_again_under_the_same_number(
    fahd_client: Client, origin: Ticket, made: Ticket
) -> None:
    due = made.answer_due_at
    fahd_client.post(at(made, "unsplitting"))
    assert fahd_client.post(at(made, "unmerging")).status_code == 302
    made.refresh_from_db()
    origin.refresh_from_db()
    assert (made.status, made.merged_into, made.answer_due_at) == (Status.WITH_CENTRE, None, due)
    assert kinds(made) == ["opening", "note"] and kinds(origin) == ["opening"]
    assert (origin.message_count, made.message_count) == (1, 2)
    assert fahd_client.post(at(made, "unsplitting")).status_code == 302
    assert kinds(origin) == ["opening", "follow_up", "note"]


def test_what_was_moved_on_meanwhile_is_not_split_off_again(
    fahd: Person, origin: Ticket, made: Ticket, second: Message
) -> None:
    actions.rejoin(made, by=fahd)
    actions.split(origin, [second.pk], subject="ثالث", service=origin.service, by=fahd)
    with pytest.raises(actions.NotUnmergeable):
        actions.unmerge(made, by=fahd)
    made.refresh_from_db()
    assert made.status == Status.CLOSED


@pytest.mark.parametrize("written", ["answer", "letter", "note", "merge", "participant"])
def test_once_somebody_went_on_in_it_the_split_stays_and_the_reason_is_said(
    fahd: Person, fahd_client: Client, open_a_ticket: Any, made: Ticket, written: str
) -> None:
    with time_machine.travel(clock.now() + timedelta(minutes=1), tick=False):
        match written:
            case "answer":
                actions.answer(made, by=fahd, text="جواب")
                actions.follow_up(made, by=Writer.requester_of(made), text="؟")
            case "letter":
                actions.follow_up(made, by=Writer.requester_of(made), text="؟")
            case "note":
                actions.note(made, by=fahd, text="ملاحظة")
            case "merge":
                actions.merge(open_a_ticket(), into=made, by=fahd)
            case _:
                made.participants.create(name="سالم", email="salem@example.com")
    answer = fahd_client.post(at(made, "unsplitting").replace("/ar/", "/en/"), follow=True)
    assert "the ticket has gone on since" in answer.content.decode()
    made.refresh_from_db()
    assert made.status == Status.WITH_CENTRE and made.messages.count() >= 2


def test_it_stays_while_either_of_the_two_is_closed_or_waits(
    fahd: Person, fahd_client: Client, origin: Ticket, made: Ticket
) -> None:
    def said() -> str:
        answer = fahd_client.post(at(made, "unsplitting").replace("/ar/", "/en/"), follow=True)
        found: str = answer.content.decode()
        return found

    actions.close(origin, by=Writer.of(fahd), reason=CloseReason.SOLVED_BY_STAFF)
    assert "Reopen that one first" in said()
    actions.reopen(origin, by=Writer.of(fahd))
    actions.hold(made, by=fahd, reason="x", party="y")
    assert "on hold or closed" in said()
    assert (
        "on hold or closed"
        in fahd_client.post(at(origin, "unsplitting").replace("/ar/", "/en/"), follow=True).content.decode()
    )
    assert at(made, "unsplitting") not in fahd_client.get(at(made)).content.decode()


def test_the_customer_who_waited_there_waits_here_with_the_same_promise(
    fahd: Person, origin: Ticket, made: Ticket
) -> None:
    due = made.answer_due_at
    with time_machine.travel(clock.now() + timedelta(minutes=5), tick=False):
        actions.answer(origin, by=fahd, text="عن الأمر الأول")
        assert origin.status == Status.WITH_CUSTOMER
        actions.rejoin(made, by=fahd)
    origin.refresh_from_db()
    assert (origin.status, origin.answer_due_at) == (Status.WITH_CENTRE, due)


def test_what_was_answered_before_the_split_waits_for_nothing(
    fahd: Person, origin: Ticket, second: Message
) -> None:
    with time_machine.travel(clock.now() + timedelta(minutes=5), tick=False):
        actions.answer(origin, by=fahd, text="عن الأمرين")
    with time_machine.travel(clock.now() + timedelta(minutes=9), tick=False):
        made = actions.split(origin, [second.pk], subject="أمر", service=origin.service, by=fahd)
        actions.rejoin(made, by=fahd)
    origin.refresh_from_db()
    assert origin.status == Status.WITH_CUSTOMER


def test_a_void_ticket_is_not_opened_again_without_a_letter(
    fahd: Person, fahd_client: Client, made: Ticket
) -> None:
    actions.rejoin(made, by=fahd)
    assert at(made, "reopening") not in fahd_client.get(at(made)).content.decode()
    fahd_client.post(at(made, "reopening"))
    made.refresh_from_db()
    assert made.status == Status.CLOSED


def test_who_may_not_split_or_may_not_see_the_other_ticket_takes_nothing_back(
    fahd: Person, origin: Ticket, made: Ticket
) -> None:
    auditor = make_person("rania", "رانيا", is_staff=True, role=Role.AUDITOR)
    assert signed_in(auditor).post(at(made, "unsplitting")).status_code == 404
    closed = Team.objects.create(name_ar="سري", name_en="Secret", is_closed=True)
    Ticket.objects.filter(pk=origin.pk).update(team=closed)
    assert signed_in(fahd).post(at(made, "unsplitting")).status_code == 404
    assert made.events.filter(kind=Event.Kind.CLOSED).count() == 0


@pytest.mark.django_db(transaction=True)
def test_taken_back_by_two_at_one_moment_it_is_taken_back_once(
    fahd: Person, sara: Person, origin: Ticket, made: Ticket
) -> None:
    before = origin.messages.count()

    def take_back(person: Person) -> str:
        try:
            return str(actions.rejoin(Ticket.objects.get(pk=made.pk), by=person).number)
        except actions.NotRejoinable as refused:
            return refused.reason

    assert sorted(at_once(lambda: take_back(fahd), lambda: take_back(sara))) == sorted(
        [origin.number, "moved"]
    )
    origin.refresh_from_db()
    assert (origin.messages.count(), made.messages.count()) == (before + 2, 0)
    assert origin.events.filter(kind=Event.Kind.SPLIT, data__undone=True).count() == 1
