"""An answer to one private participant alone: they and staff read it, and nobody else learns of it by anything."""

import re
import uuid

import pytest
from django.test import Client

from tawasul.accounts.models import Person
from tawasul.core import clock
from tawasul.mail import leaving
from tawasul.mail.models import OutgoingMail
from tawasul.tickets import actions, drafts
from tawasul.tickets.actions import participating
from tawasul.tickets.models import CloseReason, Draft, Message, Participant, Ticket
from tawasul.tickets.workflow import IllegalMove
from tawasul.tickets.writers import Writer
from tests.portal.forms import png
from tests.taking_part import SALEM, link_of, mails_to, take_part
from tests.world import OpenATicket

pytestmark = pytest.mark.django_db
SECRET = "نرى رفض الطلب مبدئيًا"
LEFT = "لم يعد مشاركًا"


@pytest.fixture
def ticket(open_a_ticket: OpenATicket) -> Ticket:
    return open_a_ticket()


@pytest.fixture
def part(ticket: Ticket, fahd: Person) -> Participant:
    return take_part(ticket, fahd, is_private=True)


def desk(ticket: Ticket) -> str:
    return f"/ar/desk/tickets/{ticket.spoken_number}/"


def shown(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


def send(client: Client, ticket: Ticket, to: object, text: str = SECRET) -> int:
    sent = {"text": text, "to": str(to), "draft": str(uuid.uuid4()), "seen": "0"}
    newest = ticket.messages.exclude(kind=Message.Kind.NOTE).order_by("pk").last()
    assert newest is not None
    return client.post(f"{desk(ticket)}answers/", {**sent, "seen": str(newest.pk)}).status_code


def still(text: str) -> str:
    """A page without what differs each time it is drawn."""
    return re.sub(r'(value|nonce|name|content|data-autosave|action|href|data-[\w-]+)="[^"]*"', "", text)


def test_the_choice_stands_there_only_beside_a_private_participant(
    ticket: Ticket, fahd: Person, fahd_client: Client
) -> None:
    take_part(ticket, fahd, "open@example.sa")
    assert 'name="to"' not in shown(fahd_client, desk(ticket))
    take_part(ticket, fahd, is_private=True)
    html = shown(fahd_client, desk(ticket))
    assert 'name="to"' in html and html.count("data-alone>") == 1
    assert 'name="to"' not in shown(fahd_client, f"{desk(ticket)}?compose=note")


def test_they_alone_read_it_and_are_mailed_and_the_desk_says_to_whom_it_went(
    ticket: Ticket, part: Participant, fahd: Person, fahd_client: Client
) -> None:
    assert send(fahd_client, ticket, part.pk) == 302
    mail = mails_to(SALEM)[-1]
    assert mail.kind == "answer" and SECRET in mail.text and SECRET in mail.html
    assert "لا يقرأ هذه الإجابة إلا أنت والمركز" in mail.text
    assert not OutgoingMail.objects.filter(kind="answer").exclude(to_address=SALEM).exists()
    assert SECRET in shown(Client(), link_of(part))
    html = shown(fahd_client, desk(ticket))
    letter = ticket.messages.get(kind=Message.Kind.ANSWER)
    head = html.split(f'id="message-{letter.pk}"')[1].split('class="said"')[0]
    assert "سالم الشمري" in head and "فقط" in head
    assert "سالم الشمري" in shown(fahd_client, f"{desk(ticket)}events/").split("فقط")[0][-200:]


def test_the_requester_and_the_other_participants_learn_nothing(
    ticket: Ticket,
    part: Participant,
    fahd: Person,
    fahd_client: Client,
    noura: Person,
    noura_client: Client,
    khalid: Person,
    khalid_client: Client,
) -> None:
    take_part(ticket, fahd, khalid.email)
    guest = take_part(ticket, fahd, "guest@example.sa", is_private=True)
    page, link = ticket.get_absolute_url(), link_of(guest)
    places = [
        *[(noura_client, at) for at in (page, f"{page}receipt/", "/ar/tickets/", "/ar/tickets/?q=خوادم")],
        *[
            (khalid_client, at)
            for at in (page, "/ar/tickets/?turn=shared", f"/ar/tickets/?q={ticket.number}")
        ],
        (Client(), link),
    ]
    before = [still(shown(client, at)) for client, at in places]
    mails = {at: len(mails_to(at)) for at in (noura.email, khalid.email, guest.email)}
    assert send(fahd_client, ticket, part.pk) == 302
    assert [still(shown(client, at)) for client, at in places] == before
    assert {at: len(mails_to(at)) for at in mails} == mails
    assert (
        SECRET
        not in shown(noura_client, f"/ar/tickets/?q={SECRET.split()[1]}")
        .split('id="q"')[1]
        .split("</form>")[1]
    )
    actions.answer(ticket, by=fahd, text="للجميع")
    for address in mails:  # nor by the thread of a later mail
        later = mails_to(address)[-1]
        hidden = {mail.message_id for mail in mails_to(SALEM)}
        assert not [one for one in hidden if one in str(later.headers)]
        assert SECRET not in later.text + later.html


def test_turn_clocks_promise_assignee_and_place_in_the_lists_stay(
    ticket: Ticket, part: Participant, fahd: Person
) -> None:
    names = [
        *("status", "updated_at", "answer_due_at", "first_answered_at", "last_answered_at", "close_due_at"),
        *("waiting_since", "assignee_id", "answer_clock_at"),
    ]
    ticket.refresh_from_db()
    before = [getattr(ticket, name) for name in names]
    actions.answer_alone(ticket, to=part, by=fahd, text=SECRET)
    ticket.refresh_from_db()
    assert [getattr(ticket, name) for name in names] == before
    assert ticket.message_count == ticket.messages.count() == 2


def test_its_files_are_theirs_and_the_centres(
    ticket: Ticket, part: Participant, fahd: Person, fahd_client: Client, noura_client: Client
) -> None:
    draft = drafts.keep(
        uuid.uuid4(), drafts.Whose(fahd), Draft.Kind.ANSWER, fields={"text": "x"}, ticket=ticket
    )
    assert draft is not None
    drafts.add_files(draft, [png()], by=fahd)
    letter = actions.answer_alone(ticket, to=part, by=fahd, text=SECRET, draft=draft)
    file = f"/ar/files/{letter.attachments.get().file_id}/"
    browser = Client()
    browser.get(link_of(part))
    assert [client.get(file).status_code for client in (browser, fahd_client, noura_client)] == [
        200,
        200,
        404,
    ]


def test_whoever_left_is_not_answered_and_the_text_goes_to_nobody_else(
    ticket: Ticket, part: Participant, fahd: Person, fahd_client: Client
) -> None:
    leaving.end_part(part, by=Writer.of(fahd))
    newest = ticket.messages.get()
    given = {"text": SECRET, "to": str(part.pk), "draft": str(uuid.uuid4()), "seen": str(newest.pk)}
    answer = fahd_client.post(f"{desk(ticket)}answers/", given)
    assert answer.status_code == 422
    html = answer.content.decode()
    assert LEFT in html and SECRET in html
    assert 'value="choose" selected' in html  # not "everybody"
    assert 'value="choose" selected' in shown(fahd_client, desk(ticket))  # nor from the draft that is kept
    assert ticket.messages.count() == 1
    with pytest.raises(actions.Departed):
        actions.answer_alone(ticket, to=part, by=fahd, text=SECRET)


@pytest.mark.parametrize("to", ["choose", "0", "-1", "٣", "x" * 30, "999999999999999999999"])
def test_a_choice_that_is_none_sends_nothing(
    ticket: Ticket, part: Participant, fahd_client: Client, to: str
) -> None:
    assert send(fahd_client, ticket, to) == 422
    assert ticket.messages.count() == 1


def test_an_open_participant_or_one_of_another_ticket_is_no_choice(
    ticket: Ticket, part: Participant, fahd: Person, fahd_client: Client, open_a_ticket: OpenATicket
) -> None:
    others = take_part(open_a_ticket(), fahd, is_private=True)
    known = take_part(ticket, fahd, "open@example.sa")
    assert [send(fahd_client, ticket, one.pk) for one in (others, known)] == [422, 422]


def test_everybody_is_still_everybody(
    ticket: Ticket, part: Participant, fahd_client: Client, noura: Person
) -> None:
    assert send(fahd_client, ticket, "everybody", "للجميع") == 302
    assert [mails_to(at)[-1].kind for at in (noura.email, SALEM)] == ["answer", "answer"]
    assert "لا يقرأ هذه الإجابة" not in mails_to(SALEM)[-1].text


def test_a_draft_keeps_whom_it_is_for(ticket: Ticket, part: Participant, fahd_client: Client) -> None:
    key = uuid.uuid4()
    kept = fahd_client.post(f"{desk(ticket)}drafts/answer/{key}/", {"text": SECRET, "to": str(part.pk)})
    assert kept.status_code == 204
    assert f'value="{part.pk}" selected' in shown(fahd_client, desk(ticket))


@pytest.mark.undo
def test_taken_back_it_is_a_draft_for_them_alone_and_nobody_heard_of_it(
    ticket: Ticket, part: Participant, fahd: Person, fahd_client: Client
) -> None:
    letter = actions.answer_alone(ticket, to=part, by=fahd, text=SECRET)
    assert letter.shown_from is not None and letter.shown_from > clock.now()
    assert SECRET not in shown(Client(), link_of(part))
    draft = actions.retract(letter, by=fahd)
    assert drafts.typed(draft)["to"] == str(part.pk)
    assert f'value="{part.pk}" selected' in shown(fahd_client, desk(ticket))
    assert not OutgoingMail.objects.filter(kind="answer").exists()


def test_after_they_left_staff_alone_read_it_and_a_closed_ticket_takes_none(
    ticket: Ticket, part: Participant, fahd: Person, fahd_client: Client, noura_client: Client
) -> None:
    actions.answer_alone(ticket, to=part, by=fahd, text=SECRET)
    participating.remove(part, by=Writer.of(fahd))
    assert SECRET in shown(fahd_client, desk(ticket))
    assert SECRET not in shown(noura_client, ticket.get_absolute_url())
    again = take_part(ticket, fahd, is_private=True)
    actions.close(ticket, by=Writer.of(fahd), reason=CloseReason.SOLVED_BY_STAFF)
    with pytest.raises(IllegalMove):
        actions.answer_alone(ticket, to=again, by=fahd, text=SECRET)


def test_who_writes_it_reads_first_what_came_meanwhile(
    ticket: Ticket, part: Participant, fahd: Person, noura: Person
) -> None:
    seen = ticket.messages.get().pk
    actions.follow_up(ticket, by=Writer.of(noura), text="وهذا أيضًا")
    with pytest.raises(actions.Overtaken):
        actions.answer_alone(ticket, to=part, by=fahd, text=SECRET, seen=seen)
