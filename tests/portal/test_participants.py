"""Whoever takes part in somebody else's ticket: what they see, write and leave, and what nobody learns of them."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tawasul.accounts.models import Person
from tawasul.mail.models import OutgoingMail
from tawasul.portal.views import correspondence
from tawasul.tickets import actions, drafts
from tawasul.tickets.actions import participating
from tawasul.tickets.models import CloseReason, Draft, Event, Message, Status, Ticket
from tawasul.tickets.writers import Writer
from tests.portal.forms import png
from tests.taking_part import SALEM, link_of, mails_to, take_part
from tests.world import OpenATicket, signed_in

pytestmark = pytest.mark.django_db
KHALID = "khalid@example.com.sa"
PRIVATE = "رأي السجل: لا مانع"


def page(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, address
    return answer.content.decode()


def with_a_file(client: Client, person: Person, ticket: Ticket, by: Callable[..., Message]) -> str:
    """A letter with a file; the file's address."""
    whose = drafts.Whose(person)
    draft = drafts.keep(uuid.uuid4(), whose, Draft.Kind.FOLLOW_UP, fields={"text": "x"}, ticket=ticket)
    assert draft is not None
    drafts.add_files(draft, [png()], by=person)
    letter = by(draft)
    attachment = letter.attachments.get()
    return f"/ar/files/{attachment.file_id}/"


def test_a_participant_with_an_account_reads_writes_and_is_named(
    open_a_ticket: OpenATicket, fahd: Person, khalid_client: Client, noura_client: Client
) -> None:
    ticket = open_a_ticket()
    address = ticket.get_absolute_url()
    page(khalid_client, address, 404)
    take_part(ticket, fahd, KHALID)
    shown = page(khalid_client, address)
    assert "نقلنا الاستضافة" in shown and "نورة الدوسري" in shown
    actions.answer(ticket, by=fahd, text="جرّبوا الآن.")
    sent = khalid_client.post(f"{address}follow-ups/", {"text": "I see the same error."})
    assert sent.status_code == 303
    ticket.refresh_from_db()
    assert ticket.status == Status.WITH_CENTRE
    letter = ticket.messages.get(text="I see the same error.")
    assert (letter.author_name, letter.standing) == ("Khalid Al-Harbi", Message.Standing.PARTICIPANT)
    for client in (noura_client, khalid_client):
        seen = page(client, address)
        assert "I see the same error." in seen and "Khalid Al-Harbi" in seen


def test_a_participant_without_an_account_comes_by_a_link_of_their_own(
    open_a_ticket: OpenATicket, fahd: Person
) -> None:
    ticket = open_a_ticket()
    participant = take_part(ticket, fahd)
    browser = Client()
    link = link_of(participant)
    assert "نقلنا الاستضافة" in page(browser, link)
    assert browser.post(f"{link}follow-ups/", {"text": "وصلني الرابط."}).status_code == 303
    letter = ticket.messages.get(text="وصلني الرابط.")
    assert (letter.author, letter.author_name, letter.participant) == (None, "سالم الشمري", participant)


def test_closing_reopening_and_the_receipt_are_the_requesters_alone(
    open_a_ticket: OpenATicket, fahd: Person, khalid_client: Client
) -> None:
    ticket = open_a_ticket()
    take_part(ticket, fahd, KHALID)
    guest = take_part(ticket, fahd)
    for client, address in ((khalid_client, ticket.get_absolute_url()), (Client(), link_of(guest))):
        shown = page(client, address)
        assert "closure/" not in shown and "receipt/" not in shown
        assert client.get(f"{address}receipt/").status_code == 404
        assert client.post(f"{address}closure/").status_code == 404
        assert client.post(f"{address}reopening/", {"text": "x"}).status_code == 404
    actions.close(ticket, by=Writer.of(fahd), reason=CloseReason.SOLVED_BY_STAFF)
    assert "reopening/" not in page(khalid_client, ticket.get_absolute_url())


def test_a_removed_participant_sees_nothing_any_more(
    open_a_ticket: OpenATicket, fahd: Person, noura: Person, khalid_client: Client, noura_client: Client
) -> None:
    ticket = open_a_ticket()
    file = with_a_file(
        noura_client,
        noura,
        ticket,
        lambda draft: actions.follow_up(ticket, by=Writer.of(noura), text="مرفق", draft=draft),
    )
    khalids, salems = take_part(ticket, fahd, KHALID), take_part(ticket, fahd)
    browser, link = Client(), link_of(salems)
    page(browser, link)
    assert khalid_client.get(file).status_code == 200 and browser.get(file).status_code == 200
    for one in (khalids, salems):
        assert participating.remove(one, by=Writer.of(fahd))
    for client in (khalid_client, browser):
        assert client.get(file).status_code == 404
        assert client.get(f"{file}original/").status_code == 404
    page(khalid_client, ticket.get_absolute_url(), 404)
    page(browser, link, 404)
    assert browser.post(f"{link}follow-ups/", {"text": "x"}).status_code == 404
    before = len(mails_to(SALEM)), len(mails_to(KHALID))
    actions.answer(ticket, by=fahd, text="تم.")
    assert (len(mails_to(SALEM)), len(mails_to(KHALID))) == before


def test_another_tickets_participant_gets_nothing_of_this_one(
    open_a_ticket: OpenATicket, fahd: Person, noura: Person, khalid_client: Client, noura_client: Client
) -> None:
    theirs, other = open_a_ticket(), open_a_ticket()
    take_part(theirs, fahd, KHALID)
    file = with_a_file(
        noura_client,
        noura,
        other,
        lambda draft: actions.follow_up(other, by=Writer.of(noura), text="مرفق", draft=draft),
    )
    page(khalid_client, other.get_absolute_url(), 404)
    page(khalid_client, file, 404)
    for doing in ("follow-ups", "departure"):
        address = f"{other.get_absolute_url()}{doing}/"
        assert khalid_client.post(address, {"text": "x"}).status_code == 404


def test_a_private_participant_appears_nowhere_for_the_other_customers(
    open_a_ticket: OpenATicket, fahd: Person, khalid: Person, khalid_client: Client, noura_client: Client
) -> None:
    ticket = open_a_ticket()
    part = take_part(ticket, fahd, KHALID, is_private=True)
    guest = take_part(ticket, fahd)
    mails_to(SALEM)
    actions.answer(ticket, by=fahd, text="ننظر فيها.")
    mails_to(SALEM)
    file = with_a_file(
        khalid_client,
        khalid,
        ticket,
        lambda draft: actions.follow_up(ticket, by=Writer.beside(part), text=PRIVATE, draft=draft),
    )
    assert PRIVATE in page(khalid_client, ticket.get_absolute_url())
    assert khalid_client.get(file).status_code == 200
    assert "وصلت رسالتك" not in page(noura_client, ticket.get_absolute_url())  # she wrote nothing now
    actions.answer(ticket, by=fahd, text="شكرًا لكم.")
    link, browser = link_of(guest), Client()
    hidden = (PRIVATE, "Khalid", "khalid", file)
    for client, address in (
        (noura_client, ticket.get_absolute_url()),
        (noura_client, f"{ticket.get_absolute_url()}receipt/"),
        (browser, link),
    ):
        shown = page(client, address)
        assert not [word for word in hidden if word in shown], address
    assert noura_client.get(file).status_code == 404 and browser.get(file).status_code == 404
    his = {mail.message_id for mail in mails_to(KHALID)}
    assert len(his) == 3  # that he was added, and the answers
    for mail in OutgoingMail.objects.exclude(to_address=KHALID):
        everything = " ".join((mail.subject, mail.text, mail.html, *mail.headers.values()))
        assert not [word for word in (*hidden, *his) if word in everything], mail.kind
    participating.remove(part, by=Writer.of(fahd))
    shown = page(noura_client, ticket.get_absolute_url())
    assert not [word for word in hidden if word in shown]  # not after they left, either
    assert Event.objects.filter(ticket=ticket, kind=Event.Kind.LEFT).exists()


def test_a_private_participants_letter_cannot_be_split_off_to_the_requester(
    open_a_ticket: OpenATicket, fahd: Person
) -> None:
    ticket = open_a_ticket()
    part = take_part(ticket, fahd, is_private=True)
    letter = actions.follow_up(ticket, by=Writer.beside(part), text=PRIVATE)
    with pytest.raises(actions.NotSplittable):
        actions.split(ticket, [letter.pk], subject="x", service=ticket.service, by=fahd)


def test_a_participant_of_a_merged_ticket_is_shown_nothing_of_the_other_one(
    open_a_ticket: OpenATicket, fahd: Person, khalid_client: Client
) -> None:
    source, target = open_a_ticket(text="نص المصدر"), open_a_ticket(text="نص الهدف")
    take_part(source, fahd, KHALID)
    guest = take_part(target, fahd)
    actions.merge(source, into=target, by=fahd)
    shown = page(khalid_client, source.get_absolute_url())
    assert target.spoken_number not in shown and "نص الهدف" not in shown
    page(khalid_client, target.get_absolute_url(), 404)
    (_, closed) = mails_to(KHALID)
    assert closed.kind == "closed" and target.spoken_number not in closed.text + closed.html
    shown = page(Client(), link_of(guest))
    assert "نص الهدف" in shown and "نص المصدر" not in shown and source.spoken_number not in shown


def test_others_tickets_have_a_tab_of_their_own(
    open_a_ticket: OpenATicket, fahd: Person, khalid: Person, khalid_client: Client, noura_client: Client
) -> None:
    assert "turn=shared" not in page(khalid_client, "/ar/tickets/")
    ticket = open_a_ticket(subject="تذكرة نورة")
    take_part(ticket, fahd, KHALID)
    shown = page(khalid_client, "/ar/tickets/")  # he has none of his own, so it opens at once
    assert "تذكرة نورة" in shown and "نورة الدوسري" in shown
    open_a_ticket(by=khalid, subject="mine")
    assert "تذكرة نورة" not in page(khalid_client, "/ar/tickets/")
    assert "تذكرة نورة" in page(khalid_client, "/ar/tickets/?turn=shared")
    assert "turn=shared" not in page(noura_client, "/ar/tickets/")


def test_a_participant_leaves_by_a_button(
    open_a_ticket: OpenATicket, fahd: Person, khalid_client: Client, noura_client: Client
) -> None:
    ticket = open_a_ticket()
    take_part(ticket, fahd, KHALID)
    guest = take_part(ticket, fahd)
    address, link, browser = ticket.get_absolute_url(), link_of(guest), Client()
    assert f"{address}departure/" in page(khalid_client, address)
    assert "departure/" not in page(noura_client, address)
    assert khalid_client.post(f"{address}departure/").status_code == 303
    assert browser.post(f"{link}departure/").status_code == 303
    page(khalid_client, address, 404)
    page(browser, link, 404)
    assert noura_client.post(f"{address}departure/").status_code == 404


def test_a_lost_link_is_mailed_anew_to_the_participants_address(
    open_a_ticket: OpenATicket, fahd: Person
) -> None:
    ticket = open_a_ticket()
    guest = take_part(ticket, fahd)
    mails_to(SALEM)
    Client().post("/ar/follow/", {"number": ticket.number, "email": SALEM})
    mail = mails_to(SALEM)[-1]
    assert mail.kind == "guest_link"
    assert "سالم الشمري" in page(Client(), link_of(guest))


def test_a_new_account_of_the_requester_leaves_participants_their_links(
    open_a_ticket: OpenATicket, fahd: Person, noura: Person
) -> None:
    ticket = open_a_ticket(by=Writer(None, "نورة", noura.email))
    guest = take_part(ticket, fahd)
    link = link_of(guest)
    actions.claim(noura)
    assert "نقلنا الاستضافة" in page(Client(), link)


def test_the_shared_tab_costs_the_same_few_queries_however_many(
    open_a_ticket: OpenATicket, fahd: Person, khalid: Person
) -> None:
    client = signed_in(khalid)
    page(client, "/ar/tickets/?turn=shared")  # what is kept between requests
    counts = []
    for _ in range(2):
        for _ in range(4):
            take_part(open_a_ticket(), fahd, KHALID)
        with CaptureQueriesContext(connection) as queries:
            page(client, "/ar/tickets/?turn=shared")
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_who_is_removed_while_they_write_writes_nothing_more(
    open_a_ticket: OpenATicket, fahd: Person, khalid_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket = open_a_ticket()
    part = take_part(ticket, fahd, KHALID)
    whole = correspondence.writer_of

    def removed_at_that_moment(*asked: Any) -> Writer:
        found = whole(*asked)
        participating.remove(part, by=Writer.of(fahd))
        return found

    monkeypatch.setattr(correspondence, "writer_of", removed_at_that_moment)
    sent = khalid_client.post(f"{ticket.get_absolute_url()}follow-ups/", {"text": "One more thing."})
    assert sent.status_code == 404
    assert not ticket.messages.filter(text="One more thing.").exists()
    ticket.refresh_from_db()
    assert ticket.message_count == ticket.messages.count()
