"""A new address waits until it is confirmed, is written to once a day at most, and loses nothing of what it sent."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from tawasul.accounts.models import TermsVersion
from tawasul.core import centre, clock
from tawasul.core.models import CentreSettings
from tawasul.mail import handling
from tawasul.mail.models import OutgoingMail
from tawasul.tickets.models import Channel, Draft, Ticket
from tests.mail.handling.conftest import GUEST, Outcome, State, come, handle_all, sent_kinds
from tests.portal.forms import hidden_fields

pytestmark = pytest.mark.usefixtures("terms")
OTHER = "أخرى@سجل.السعودية"


def link(mail: OutgoingMail) -> str:
    found = re.search(r"https?://[^/\s]+(/\S+)", mail.text)
    assert found
    return found[1]


def confirm(browser: Client, mail: OutgoingMail) -> str:
    """Open the notice's link and press the button; where that leads."""
    page = browser.get(link(mail))
    assert page.status_code == 200
    done = browser.post(link(mail), hidden_fields(page, 'method="post"'))
    assert done.status_code == 303
    return str(done["Location"])


def test_a_strangers_mail_waits_and_one_notice_asks_for_the_confirmation() -> None:
    mail = come("اشتر الآن http://spam.example", GUEST, Subject="عرض لا يفوّت", From=f"المحتال <{GUEST}>")
    assert (mail.state, mail.outcome, mail.ticket) == (State.DONE, Outcome.UNCONFIRMED, None)
    assert mail.draft is not None
    assert (mail.draft.kind, mail.draft.owner) == (Draft.Kind.DIRECT, None)
    assert not Ticket.objects.exists()
    notice = OutgoingMail.objects.get()
    assert (notice.kind, notice.to_address, notice.language) == ("mail_confirm", GUEST, "ar")
    for text in (notice.subject, notice.text, notice.html, notice.to_name):
        for typed in ("اشتر", "spam.example", "عرض", "المحتال"):
            assert typed not in text


def test_further_mails_of_the_day_wait_silently_and_another_address_has_its_own_notice() -> None:
    for number in range(3):
        assert come(f"رسالة {number}", GUEST, Subject=f"س {number}").outcome == Outcome.UNCONFIRMED
    assert sent_kinds() == ["mail_confirm"]
    come("غيره", OTHER)
    assert sent_kinds() == ["mail_confirm"] * 2
    with time_machine.travel(clock.now() + timedelta(days=1)):
        come("في الغد", GUEST)
        assert sent_kinds() == ["mail_confirm"] * 3


def test_confirming_lets_in_all_that_waits_from_the_address(client: Client, terms: TermsVersion) -> None:
    mails = [come(f"رسالة {number}", GUEST, Subject=f"س {number}") for number in range(3)]
    other = come("غيره", OTHER)
    notice = OutgoingMail.objects.get(to_address=GUEST)
    page = client.get(link(notice)).content.decode()
    assert all(f"س {number}" in page for number in range(3))
    assert "غيره" not in page
    where = confirm(client, notice)
    assert client.get(where).status_code == 200
    tickets = list(Ticket.objects.order_by("pk"))
    assert [ticket.subject for ticket in tickets] == ["س 0", "س 1", "س 2"]
    for ticket, mail in zip(tickets, mails, strict=True):
        mail.refresh_from_db()
        assert (mail.outcome, mail.ticket, mail.draft) == (Outcome.OPENED, ticket, None)
        assert mail.letter == ticket.messages.get()
        assert (ticket.channel, ticket.requester, ticket.requester_email) == (Channel.MAIL, None, GUEST)
        assert ticket.terms == terms, "they were accepted with the confirmation"
    other.refresh_from_db()
    assert other.outcome == Outcome.UNCONFIRMED
    assert Draft.objects.count() == 1


def test_after_the_confirmation_mails_open_tickets_at_once(client: Client) -> None:
    come("أول", GUEST)
    confirm(client, OutgoingMail.objects.get())
    assert come("ثانٍ", GUEST).outcome == Outcome.OPENED


def test_pressing_twice_opens_it_once(client: Client) -> None:
    come("أول", GUEST)
    notice = OutgoingMail.objects.get()
    page = client.get(link(notice))
    fields = hidden_fields(page, 'method="post"')
    first, second = client.post(link(notice), fields), client.post(link(notice), fields)
    assert (first.status_code, second.status_code) == (303, 303)
    assert Ticket.objects.count() == 1


def test_the_confirmation_accepts_the_terms_that_the_page_names(client: Client) -> None:
    come("أول", GUEST)
    page = client.get(link(OutgoingMail.objects.get())).content.decode()
    assert "/ar/terms/" in page


def test_what_was_folded_away_of_a_waiting_mail_is_in_its_letter(client: Client) -> None:
    come("سؤالي\n\nOn Sunday, Centre wrote:\n> القديم", GUEST)
    confirm(client, OutgoingMail.objects.get())
    letter = Ticket.objects.get().messages.get()
    assert letter.text == "سؤالي"
    assert "> القديم" in letter.rest


def test_with_the_switch_off_strangers_are_held_and_can_be_replayed() -> None:
    CentreSettings.objects.update_or_create(pk=CentreSettings.ONLY, defaults={"mail_opens_tickets": False})
    centre.forget()
    mail = come("سؤال", GUEST)
    assert (mail.state, mail.reason) == (State.HELD, "strangers_off")
    assert not OutgoingMail.objects.exists()
    CentreSettings.objects.update(mail_opens_tickets=True)
    centre.forget()
    handling.replay(mail)
    handle_all()
    mail.refresh_from_db()
    assert mail.outcome == Outcome.UNCONFIRMED
