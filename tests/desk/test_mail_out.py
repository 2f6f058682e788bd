"""One mail that goes out: whether it went and why not, sending it again, and what nobody but its receiver may read."""

import re
from email import message_from_bytes, policy
from typing import Any

import pytest
from django.test import Client

from tawasul.accounts.models import Person
from tawasul.core import clock
from tawasul.mail import actions
from tawasul.mail.models import AddressState, OutgoingMail
from tawasul.mail.smtp import Deliverer
from tawasul.reactions import events
from tawasul.tickets import actions as ticket_actions
from tawasul.tickets import direct
from tawasul.tickets.models import Ticket
from tawasul.tickets.writers import Writer
from tests.desk.mails import Out, came_back, failed, went_out
from tests.mail.raw_smtp import RawSmtp
from tests.world import OpenATicket

pytestmark = pytest.mark.django_db


def at(mail: OutgoingMail, *rest: str) -> str:
    return f"/en/desk/mail/out/{mail.pk}/" + "".join(rest)


def page(client: Client, mail: OutgoingMail, query: str = "") -> str:
    answer = client.get(at(mail, query))
    assert answer.status_code == 200
    return answer.content.decode()


def fresh(mail: OutgoingMail) -> OutgoingMail:
    return OutgoingMail.objects.get(pk=mail.pk)


def test_the_page_says_what_became_of_it_and_shows_the_text_as_sent(
    fahd_client: Client, ticket: Ticket
) -> None:
    mail = failed(ticket=ticket, attempts=4)
    seen = page(fahd_client, mail)
    for words in (
        "Not sent",
        "550 no such user",
        "النص كما أُرسل",
        ticket.spoken_number,
        "noura@example.com.sa",
    ):
        assert words in seen, words
    waiting = went_out(state=Out.WAITING, done_at=None, last_error="postponed", smtp_reply="451 later")
    seen = page(fahd_client, waiting)
    for words in ("Delayed", "451 later", "Next attempt", "Try it now"):
        assert words in seen, words


def test_a_mail_that_has_not_gone_out_is_tried_again_at_once(fahd_client: Client, fahd: Person) -> None:
    mail = failed()
    answer = fahd_client.post(at(mail, "resending/"), follow=True)
    assert "tried again now" in answer.content.decode()
    again = fresh(mail)
    assert (again.state, again.done_at, again.message_id) == (Out.WAITING, None, mail.message_id)
    assert OutgoingMail.objects.count() == 1


def test_a_mail_that_came_back_is_sent_again_as_one_copy_however_often_it_is_pressed(
    fahd_client: Client, fahd: Person, lama_client: Client, ticket: Ticket
) -> None:
    mail = came_back(ticket=ticket, headers={"References": "<root@x>", "List-Id": "<tickets.x>"})
    for client in (fahd_client, fahd_client, lama_client):
        answer = client.post(at(mail, "resending/"))
    copy = OutgoingMail.objects.exclude(pk=mail.pk).get()
    assert answer["Location"] == at(copy)
    assert copy.message_id != mail.message_id
    assert (copy.state, copy.text, copy.headers, copy.ticket) == (
        Out.WAITING,
        mail.text,
        mail.headers,
        ticket,
    )
    settled = fresh(mail)
    assert (settled.state, settled.bounce, settled.smtp_reply) == (mail.state, mail.bounce, mail.smtp_reply)
    assert (settled.settled_by, settled.needs_staff) == (fahd, False)
    assert f"/en/desk/mail/out/{copy.pk}/" in page(fahd_client, mail), "the mail leads to its copy"


def test_the_copy_of_a_first_mail_stays_in_its_thread(fahd: Person, ticket: Ticket) -> None:
    while events.react_to_due():
        pass
    first = OutgoingMail.objects.get(ticket=ticket, kind="ticket_opened")
    OutgoingMail.objects.filter(pk=first.pk).update(state=Out.SENT, done_at=clock.now())
    copy = actions.send_again(fresh(first), by=fahd)
    assert copy.headers["In-Reply-To"] == copy.headers["References"] == first.message_id
    assert copy.headers["X-Tawasul-Ticket"] == ticket.spoken_number


def test_the_address_of_what_failed_is_corrected_and_the_mail_goes_there(fahd_client: Client) -> None:
    mail = failed()
    answer = fahd_client.post(at(mail, "address/"), {"address": " دعم@سجل.السعودية "}, follow=True)
    assert "دعم@سجل.السعودية" in answer.content.decode()
    again = fresh(mail)
    assert (again.to_address, again.state, again.attempts) == ("دعم@سجل.السعودية", Out.WAITING, 0)
    assert OutgoingMail.objects.count() == 1


def test_the_address_of_what_came_back_is_corrected_in_a_copy(fahd_client: Client, fahd: Person) -> None:
    mail = came_back()
    fahd_client.post(at(mail, "address/"), {"address": "right@example.com.sa"})
    copy = OutgoingMail.objects.exclude(pk=mail.pk).get()
    assert copy.to_address == "right@example.com.sa"
    assert fresh(mail).to_address == mail.to_address
    answer = fahd_client.post(at(mail, "address/"), {"address": "other@example.com.sa"}, follow=True)
    assert "A copy was sent before" in answer.content.decode()
    assert OutgoingMail.objects.count() == 2


@pytest.mark.parametrize(
    ("language", "typed", "sentence"),
    [
        ("en", "noura.example.com", "has an @ in it"),
        ("ar", "noura.example.com", "@"),
        ("en", "", "Enter an e-mail address"),
        ("en", "a@b.example, c@d.example", "one address alone"),
    ],
)
def test_a_wrong_address_comes_back_with_what_was_typed_and_a_remedy(
    fahd_client: Client, language: str, typed: str, sentence: str
) -> None:
    mail = failed()
    answer = fahd_client.post(f"/{language}/desk/mail/out/{mail.pk}/address/", {"address": typed})
    seen = answer.content.decode()
    assert answer.status_code == 422
    assert f'value="{typed}"' in seen and sentence in seen
    assert 'aria-invalid="true"' in seen and 'href="#mail_address"' in seen
    assert re.search(r'<details class="correct" id="correct" open>', seen)
    assert fresh(mail).to_address == mail.to_address


def test_a_mail_that_no_longer_needs_anybody_leaves_the_list_and_stays_in_the_ledger(
    fahd_client: Client, fahd: Person
) -> None:
    mail = failed(subject="a lost letter")
    fahd_client.post(at(mail, "settlement/"))
    assert fresh(mail).settled_by == fahd
    assert "a lost letter" not in fahd_client.get("/en/desk/mail/").content.decode()
    assert "a lost letter" in fahd_client.get("/en/desk/mail/out/?state=failed").content.decode()


def test_a_mail_being_sent_this_moment_is_left_alone(fahd_client: Client) -> None:
    mail = went_out(state=Out.WAITING, done_at=None, sent_at=None, next_try_at=clock.now())
    assert OutgoingMail.objects.claim(1)
    for deed, fields in (("resending/", {}), ("address/", {"address": "x@example.com.sa"})):
        answer = fahd_client.post(at(mail, deed), fields, follow=True)
        assert "is being sent this moment" in answer.content.decode()
    assert fresh(mail).to_address == mail.to_address


@pytest.mark.parametrize(
    "kind", ["password_reset", "login_code", "account_activate", "guest_link", "direct_confirm"]
)
def test_what_opens_an_account_is_read_by_nobody_and_goes_to_no_other_address(
    fahd_client: Client, lama_client: Client, kind: str
) -> None:
    mail = failed(kind=kind, text="the code is 271828", html="<p>the code is 271828</p>")
    for client in (fahd_client, lama_client):
        seen = page(client, mail)
        assert "271828" not in seen and "only its receiver may use" in seen
        assert 'id="correct"' not in seen
        assert client.get(at(mail, "html/")).status_code == 404
        assert client.get(at(mail, "original/")).status_code == 404
        assert client.post(at(mail, "address/"), {"address": "me@example.com.sa"}).status_code == 404
    assert fresh(mail).to_address == mail.to_address
    with pytest.raises(actions.NotSentAgain):
        actions.send_again(
            came_back(kind=kind), by=Person.objects.get(username="fahd"), to="me@example.com.sa"
        )


def test_a_personal_link_in_a_mail_is_shown_without_its_key(
    fahd_client: Client, open_a_ticket: OpenATicket
) -> None:
    guests = open_a_ticket(by=Writer(None, "Guest", "guest@example.com"))
    while events.react_to_due():
        pass
    mail = OutgoingMail.objects.get(ticket=guests, kind="ticket_opened")
    token = re.search(r"/follow/([\w-]{40,})/", mail.text)
    assert token and direct.used_link(token[1]).ticket == guests
    shown = [page(fahd_client, mail), fahd_client.get(at(mail, "html/")).content.decode()]
    raw = message_from_bytes(fahd_client.get(at(mail, "original/")).content, policy=policy.default)
    shown += [part.get_content() for part in raw.walk() if part.get_content_maintype() == "text"]
    assert len(shown) == 4
    for text in shown:
        assert token[1] not in text and "/follow/…" in text


def test_the_mail_as_it_goes_out_is_octets(fahd_client: Client) -> None:
    mail = went_out(to_address="دعم@سجل.السعودية")
    answer = fahd_client.get(at(mail, "original/"))
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"] == f'attachment; filename="{mail.pk}.eml"'
    assert mail.message_id.encode() in answer.content
    assert fahd_client.get(at(went_out(to_address="no address"), "original/")).status_code == 404


def test_the_layout_is_shown_in_a_frame_that_may_do_nothing(fahd_client: Client) -> None:
    mail = went_out()
    seen = page(fahd_client, mail, "?view=html")
    assert 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in seen
    answer = fahd_client.get(at(mail, "html/"))
    assert '<base target="_blank">' in answer.content.decode()
    assert "img-src data:;" in answer["Content-Security-Policy"]


def test_a_failure_is_seen_at_once_on_the_ticket_with_what_can_be_done(
    fahd_client: Client, ticket: Ticket
) -> None:
    place = f"/en/desk/tickets/{ticket.spoken_number}/"
    assert 'class="alerts"' not in fahd_client.get(place).content.decode()
    mail = failed(ticket=ticket)
    seen = fahd_client.get(place).content.decode()
    assert "A mail was not sent" in seen and "550 no such user" in seen
    assert f"/en/desk/mail/out/{mail.pk}/resending/" in seen
    assert f"/en/desk/mail/out/{mail.pk}/#correct" in seen
    answer = fahd_client.post(at(mail, "resending/"), {"from": "ticket"})
    assert answer["Location"] == place
    assert 'class="alerts"' not in fahd_client.get(place).content.decode()


def test_a_bounce_is_seen_on_the_ticket_and_beside_the_requester(
    fahd_client: Client, ticket: Ticket, noura: Person
) -> None:
    mail = came_back(ticket=ticket, to_address=noura.email)
    AddressState.objects.create(
        address=noura.email, bounce="permanent", reason="550 mailbox unknown", mail=mail
    )
    seen = fahd_client.get(f"/en/desk/tickets/{ticket.spoken_number}/").content.decode()
    assert "A mail came back and did not arrive" in seen
    assert "Mails to this address come back since" in seen
    assert seen.count("550 mailbox unknown") == 2


@pytest.mark.network
def test_a_refusal_by_a_real_server_reaches_staff_on_the_ticket_and_in_the_list_with_the_same_attempt(
    fahd_client: Client, fahd: Person, ticket: Ticket, settings: Any
) -> None:
    """Well within a minute: the deliverer's first attempt is all it takes, no further step stands between."""
    ticket_actions.answer(ticket, by=fahd, text="The answer.")
    while events.react_to_due():
        pass
    with RawSmtp() as server:
        settings.SMTP_HOST, settings.SMTP_PORT = "127.0.0.1", server.port
        server.script["RCPT"] = ["250 ok", "550 5.1.1 No such mailbox here"]
        deliverer = Deliverer()
        try:
            started = clock.now()
            deliverer.deliver_due()
        finally:
            deliverer.close()
    mail = OutgoingMail.objects.get(ticket=ticket, state=Out.FAILED)
    assert mail.done_at is not None and (mail.done_at - started).total_seconds() < 60
    on_ticket = fahd_client.get(f"/en/desk/tickets/{ticket.spoken_number}/").content.decode()
    in_list = fahd_client.get("/en/desk/mail/").content.decode()
    for seen in (on_ticket, in_list):
        assert "550 5.1.1 No such mailbox here" in seen
        assert f"/en/desk/mail/out/{mail.pk}/" in seen
    assert '<span class="n late">1</span>' in fahd_client.get("/en/desk/").content.decode()
