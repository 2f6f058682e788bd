"""Somebody leaves, or the ticket goes on, while an answer waits its seconds: nothing goes to more than was meant, and
its author may still take it back."""

import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.test import Client

from tawasul.accounts.models import Person
from tawasul.core import clock
from tawasul.mail import leaving
from tawasul.mail.models import OutgoingMail
from tawasul.tickets import actions, drafts
from tawasul.tickets.actions import merging
from tawasul.tickets.models import CloseReason, Draft, Event, Message, Participant, Status, Ticket
from tawasul.tickets.writers import Writer
from tests.portal.forms import png
from tests.taking_part import SALEM, link_of, mails_to, take_part
from tests.world import OpenATicket, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.undo]
SECRET = "نرى رفض الطلب مبدئيًا"
LEFT = "لم يعد مشاركًا"
NOBODY = "لم تصل هذه الإجابة إلى أحد"
UNSENT = "لم تُرسل هذه الإجابة بالبريد الإلكتروني"
KEPT_BACK = "سُحبت الإجابة قبل إرسالها"


@pytest.fixture
def ticket(open_a_ticket: OpenATicket) -> Ticket:
    return open_a_ticket()


@pytest.fixture
def part(ticket: Ticket, fahd: Person) -> Participant:
    return take_part(ticket, fahd, is_private=True)


@contextmanager
def later(seconds: int = 12) -> Iterator[None]:
    with clock.pretend(clock.now() + timedelta(seconds=seconds)):
        yield


def desk(ticket: Ticket) -> str:
    return f"/ar/desk/tickets/{ticket.spoken_number}/"


def shown(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


def send(client: Client, ticket: Ticket, to: object, text: str = SECRET) -> Message:
    newest = ticket.messages.exclude(kind=Message.Kind.NOTE).order_by("pk").last()
    assert newest is not None
    sent = {"text": text, "to": str(to), "draft": str(uuid.uuid4()), "seen": str(newest.pk)}
    assert client.post(f"{desk(ticket)}answers/", sent).status_code == 302
    return ticket.messages.get(submission=sent["draft"])


def remove(client: Client, part: Participant) -> None:
    assert client.post(f"{desk(part.ticket)}participants/{part.pk}/removal/").status_code == 302


def take_back(client: Client, ticket: Ticket, letter: Message) -> tuple[int, str]:
    answer = client.post(f"{desk(ticket)}answers/{letter.pk}/retraction/", follow=True)
    return answer.status_code, answer.content.decode()


def letter_on(html: str, letter: Message) -> str:
    return html.split(f'id="message-{letter.pk}"')[1].split("</li>")[0]


def answers() -> list[str]:
    while_all = mails_to("nobody@example.sa")
    assert not while_all
    return list(OutgoingMail.objects.filter(kind="answer").values_list("to_address", flat=True))


# ---------- one participant alone, who is removed ----------


def test_its_author_takes_it_back_and_chooses_anew_who_reads_it(
    ticket: Ticket, part: Participant, fahd_client: Client
) -> None:
    letter = send(fahd_client, ticket, part.pk)
    remove(fahd_client, part)
    status, html = take_back(fahd_client, ticket, letter)
    assert status == 200 and KEPT_BACK in html
    assert SECRET in html.split('id="answer_text"')[1]
    choice = html.split('id="answer-to"')[1].split("<template>")[0]
    assert LEFT in choice and 'value="choose" selected' in choice and 'data-state="error"' in choice
    assert "data-alone" not in choice
    sent = {"text": SECRET, "to": "choose", "draft": str(uuid.uuid4()), "seen": "0"}
    assert fahd_client.post(f"{desk(ticket)}answers/", sent).status_code == 422
    with later():
        assert answers() == [] and not ticket.messages.filter(kind=Message.Kind.ANSWER).exists()


def test_its_files_come_back_and_the_ticket_stays_as_it_stood(
    ticket: Ticket, part: Participant, fahd: Person, fahd_client: Client
) -> None:
    draft = drafts.keep(uuid.uuid4(), drafts.Whose(fahd), Draft.Kind.ANSWER, ticket=ticket)
    assert draft is not None
    drafts.add_files(draft, [png()], by=fahd)
    letter = actions.answer_alone(ticket, to=part, by=fahd, text=SECRET, draft=draft)
    remove(fahd_client, part)
    ticket.refresh_from_db()
    before = {**ticket.__dict__, "_state": None, "message_count": 1}
    status, html = take_back(fahd_client, ticket, letter)
    assert status == 200 and 'data-file="' in html
    ticket.refresh_from_db()
    assert {**ticket.__dict__, "_state": None} == before


def test_the_page_says_at_once_and_afterwards_that_it_reached_nobody(
    ticket: Ticket, part: Participant, fahd_client: Client, sara: Person, noura_client: Client
) -> None:
    letter = send(fahd_client, ticket, part.pk)
    assert NOBODY not in shown(fahd_client, desk(ticket))
    remove(fahd_client, part)
    html = letter_on(shown(fahd_client, desk(ticket)), letter)
    assert NOBODY in html and "سالم الشمري" in html
    assert (
        "يمكن سحبها" in html and "تُرسل الإجابة بعد" not in html
    )  # it goes out no more, so no seconds until it does
    assert NOBODY in letter_on(shown(signed_in(sara), desk(ticket)), letter)
    with later():
        assert answers() == []
        html = letter_on(shown(fahd_client, desk(ticket)), letter)
        assert NOBODY in html and "retraction" not in html
        assert SECRET not in shown(noura_client, ticket.get_absolute_url())
        status, html = take_back(fahd_client, ticket, letter)
        assert status == 409 and SECRET in letter_on(html, letter)


def test_of_one_who_left_by_themselves_it_says_so(
    ticket: Ticket, part: Participant, fahd_client: Client
) -> None:
    letter = send(fahd_client, ticket, part.pk)
    leaving.end_part(part, by=Writer.beside(part))
    html = letter_on(shown(fahd_client, desk(ticket)), letter)
    assert NOBODY in html and "لمغادرة" in html and "لإزالة" not in html


def test_an_answer_that_had_gone_out_says_nothing_of_the_kind(
    ticket: Ticket, part: Participant, fahd_client: Client
) -> None:
    letter = send(fahd_client, ticket, part.pk)
    with later():
        assert answers() == [SALEM]
        remove(fahd_client, part)
        html = letter_on(shown(fahd_client, desk(ticket)), letter)
    assert NOBODY not in html and UNSENT not in html
    left = ticket.events.get(kind=Event.Kind.LEFT)
    assert "untold" not in left.data


def test_what_their_page_showed_but_no_mail_told_is_not_said_to_have_reached_nobody(
    ticket: Ticket, part: Participant, fahd_client: Client
) -> None:
    letter = send(fahd_client, ticket, part.pk)
    with later():  # nothing has been mailed: the worker is away
        remove(fahd_client, part)
        assert answers() == []
        html = letter_on(shown(fahd_client, desk(ticket)), letter)
    assert UNSENT in html and NOBODY not in html


def test_it_says_so_too_where_the_ticket_goes_on(
    ticket: Ticket, part: Participant, fahd: Person, fahd_client: Client, open_a_ticket: OpenATicket
) -> None:
    letter = send(fahd_client, ticket, part.pk)
    remove(fahd_client, part)
    other = open_a_ticket()
    merging.merge(ticket, into=other, by=fahd)
    with later():
        assert NOBODY in letter_on(shown(fahd_client, desk(other)), letter)


def test_nobody_else_takes_it_back(
    ticket: Ticket, part: Participant, fahd_client: Client, sara: Person
) -> None:
    letter = send(fahd_client, ticket, part.pk)
    remove(fahd_client, part)
    assert take_back(signed_in(sara), ticket, letter)[0] == 409
    assert ticket.messages.filter(pk=letter.pk).exists()


def test_added_again_they_are_somebody_else_for_what_was_written_before(
    ticket: Ticket, part: Participant, fahd: Person, fahd_client: Client
) -> None:
    letter = send(fahd_client, ticket, part.pk)
    remove(fahd_client, part)
    again = take_part(ticket, fahd, is_private=False)
    html = take_back(fahd_client, ticket, letter)[1]
    choice = html.split('id="answer-to"')[1].split("<template>")[0]
    assert 'value="choose" selected' in choice and f'value="{again.pk}"' not in choice
    sent = {"text": SECRET, "to": str(again.pk), "draft": str(uuid.uuid4()), "seen": "0"}
    assert fahd_client.post(f"{desk(ticket)}answers/", sent).status_code == 422  # they are no secret now
    assert SECRET not in shown(Client(), link_of(again))


def test_a_draft_for_one_who_is_private_no_more_waits_for_a_choice(
    ticket: Ticket, part: Participant, fahd: Person, fahd_client: Client
) -> None:
    kept = {"text": SECRET, "to": str(part.pk)}
    fahd_client.post(f"{desk(ticket)}drafts/answer/{uuid.uuid4()}/", kept)
    remove(fahd_client, part)
    take_part(ticket, fahd, is_private=False)
    html = shown(fahd_client, desk(ticket))
    assert (
        'value="choose" selected' in html and LEFT in html.split('id="answer-to"')[1].split("<template>")[0]
    )


def test_whoever_s_account_is_shut_is_no_choice_is_not_counted_and_the_panel_says_so(
    ticket: Ticket, fahd: Person, fahd_client: Client, khalid: Person
) -> None:
    part = take_part(ticket, fahd, khalid.email, is_private=True)
    letter = send(fahd_client, ticket, part.pk)
    Person.objects.filter(pk=khalid.pk).update(is_active=False)
    html = shown(fahd_client, desk(ticket))
    assert "data-alone" not in html and 'class="small goes-to"' not in html
    assert "الحساب موقوف" in html.split('class="participants"')[1]
    sent = {"text": SECRET, "to": str(part.pk), "draft": str(uuid.uuid4()), "seen": str(letter.pk)}
    assert fahd_client.post(f"{desk(ticket)}answers/", sent).status_code == 422
    with pytest.raises(actions.Departed):
        actions.answer_alone(ticket, to=part, by=fahd, text=SECRET)


def test_on_the_next_ticket_it_is_not_said_to_go_out_either(
    ticket: Ticket, part: Participant, fahd_client: Client, open_a_ticket: OpenATicket
) -> None:
    letter = send(fahd_client, ticket, part.pk)
    onward = f"{desk(open_a_ticket())}?answered={letter.pk}"
    assert "تُرسل الإجابة بعد" in shown(fahd_client, onward)
    remove(fahd_client, part)
    html = shown(fahd_client, onward)
    assert "يمكن سحبها خلال" in html and "تُرسل الإجابة بعد" not in html


# ---------- an answer to everybody ----------


@pytest.mark.parametrize("is_private", [True, False])
def test_whoever_is_removed_while_it_waits_is_not_mailed_and_the_others_are(
    ticket: Ticket, fahd: Person, fahd_client: Client, noura: Person, is_private: bool
) -> None:
    part = take_part(ticket, fahd, is_private=is_private)
    letter = send(fahd_client, ticket, "everybody", "للجميع")
    remove(fahd_client, part)
    with later():
        assert answers() == [noura.email]
        assert NOBODY not in letter_on(shown(fahd_client, desk(ticket)), letter)


def test_it_is_taken_back_although_somebody_was_added_or_removed_and_they_stay_so(
    ticket: Ticket, part: Participant, fahd: Person, fahd_client: Client
) -> None:
    ticket.refresh_from_db()
    stood = (ticket.status, ticket.answer_due_at, ticket.assignee_id)
    letter = send(fahd_client, ticket, "everybody", "للجميع")
    remove(fahd_client, part)
    new = take_part(ticket, fahd, "new@example.sa", name="هند")
    status, html = take_back(fahd_client, ticket, letter)
    assert status == 200 and "للجميع" in html.split('id="answer_text"')[1]
    ticket.refresh_from_db()
    assert (ticket.status, ticket.answer_due_at, ticket.assignee_id) == stood
    assert list(ticket.participants.all()) == [new]
    with later():
        assert answers() == []


def test_not_where_the_ticket_went_on_as_well(
    ticket: Ticket, part: Participant, fahd: Person, fahd_client: Client, noura: Person
) -> None:
    letter = send(fahd_client, ticket, "everybody", "للجميع")
    remove(fahd_client, part)
    actions.follow_up(ticket, by=Writer.of(noura), text="وأيضًا")
    assert take_back(fahd_client, ticket, letter)[0] == 409
    ticket.refresh_from_db()
    assert ticket.status == Status.WITH_CENTRE and ticket.messages.filter(pk=letter.pk).exists()


# ---------- the ticket goes on while it waits ----------


def test_one_for_a_single_participant_is_taken_back_whatever_happened_and_that_stays(
    ticket: Ticket, part: Participant, fahd: Person, fahd_client: Client, noura: Person
) -> None:
    letter = send(fahd_client, ticket, part.pk)
    actions.answer(ticket, by=fahd, text="للجميع")
    actions.follow_up(ticket, by=Writer.of(noura), text="وأيضًا")
    ticket.refresh_from_db()
    stood = (ticket.status, ticket.answer_due_at, ticket.waiting_since, ticket.assignee_id)
    assert take_back(fahd_client, ticket, letter)[0] == 200
    ticket.refresh_from_db()
    assert (ticket.status, ticket.answer_due_at, ticket.waiting_since, ticket.assignee_id) == stood
    assert ticket.message_count == ticket.messages.count() == 3
    with later():
        assert SALEM not in [mail.to_address for mail in OutgoingMail.objects.filter(letter_id=letter.pk)]


def test_taking_it_back_does_not_hold_an_answer_to_everybody_that_waits_too(
    ticket: Ticket, part: Participant, fahd_client: Client
) -> None:
    public = send(fahd_client, ticket, "everybody", "للجميع")
    alone = send(fahd_client, ticket, part.pk)
    assert take_back(fahd_client, ticket, alone)[0] == 200
    assert take_back(fahd_client, ticket, public)[0] == 200
    ticket.refresh_from_db()
    assert ticket.status == Status.WITH_CENTRE and ticket.message_count == 1


def test_closed_meanwhile_its_text_waits_until_the_ticket_is_open_again(
    ticket: Ticket, part: Participant, fahd: Person, fahd_client: Client
) -> None:
    letter = send(fahd_client, ticket, part.pk)
    actions.close(ticket, by=Writer.of(fahd), reason=CloseReason.SOLVED_BY_STAFF)
    status, html = take_back(fahd_client, ticket, letter)
    assert status == 200 and KEPT_BACK in html and "أُغلقت التذكرة في أثناء ذلك" in html
    ticket.refresh_from_db()
    assert ticket.status == Status.CLOSED
    actions.reopen(ticket, by=Writer.of(fahd))
    assert SECRET in shown(fahd_client, desk(ticket)).split('id="answer_text"')[1]


def test_merged_meanwhile_it_is_taken_back_in_the_ticket_where_it_was_written(
    ticket: Ticket, part: Participant, fahd: Person, fahd_client: Client, open_a_ticket: OpenATicket
) -> None:
    letter = send(fahd_client, ticket, part.pk)
    other = open_a_ticket()
    merging.merge(ticket, into=other, by=fahd)
    html = letter_on(shown(fahd_client, desk(other)), letter)
    found = re.search(r'action="([^"?]+/retraction/)', html)
    assert found and found[1] == f"{desk(ticket)}answers/{letter.pk}/retraction/"
    assert fahd_client.post(found[1]).status_code == 302
    assert not Message.objects.filter(pk=letter.pk).exists()


def test_merged_meanwhile_an_answer_to_everybody_stays_goes_out_and_says_why(
    ticket: Ticket, fahd: Person, fahd_client: Client, noura: Person, open_a_ticket: OpenATicket
) -> None:
    letter = send(fahd_client, ticket, "everybody", "للجميع")
    merging.merge(ticket, into=open_a_ticket(), by=fahd)
    status, html = take_back(fahd_client, ticket, letter)
    assert status == 409 and "طرأ جديد على التذكرة بعد الإجابة" in html
    with later(14):
        assert answers() == [noura.email]


# ---------- the page while one writes ----------


def test_the_side_panels_answer_brings_line_and_choice_with_it(ticket: Ticket, fahd_client: Client) -> None:
    html = shown(fahd_client, desk(ticket))
    assert html.count('id="answer-to"') == html.count('id="goes-to"') == 1
    assert 'hx-select-oob="#goes-to,#answer-to"' in html
    given = {"name": "سالم", "email": SALEM, "language": "ar", "is_private": "1"}
    htmx = {"HTTP_HX_REQUEST": "true"}
    html = fahd_client.post(f"{desk(ticket)}participants/", given, follow=True, **htmx).content.decode()
    assert "data-alone" in html.split('id="answer-to"')[1] and "سالم" in html.split('id="answer-to"')[1]
    assert "goes-to" in html.split('id="goes-to"')[1][:200]
    part = ticket.participants.get()
    gone = f"{desk(ticket)}participants/{part.pk}/removal/"
    html = fahd_client.post(gone, follow=True, **htmx).content.decode()
    assert "data-alone" not in html
    assert 'id="answer-to"' not in shown(fahd_client, f"{desk(ticket)}?compose=note")
