"""What staff may do by mail: answer with the token, where the trusted server proves who they are; else nothing."""

import pytest
from pytest_django import Settings

from tawasul.accounts.models import Person
from tawasul.mail import mime
from tawasul.mail.models import OutgoingMail
from tawasul.reactions import bundles
from tawasul.tickets import actions
from tawasul.tickets.models import Channel, Message, Status, Ticket
from tests.mail.handling.conftest import (
    Outcome,
    State,
    became,
    close,
    come,
    everything_follows,
    first_mail,
    tagged,
)
from tests.world import OpenATicket

PASS = "mx.registry.example; dmarc=pass header.from=example.com.sa"


# -- staff ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def _trusted(settings: Settings) -> None:
    settings.MAIL_AUTHSERV_ID = "mx.registry.example"


@pytest.mark.usefixtures("_trusted")
def test_staff_answer_by_mail_with_the_token_and_a_pass_by_the_trusted_server(
    ticket: Ticket, fahd: Person
) -> None:
    mail = come(
        "حُفظ الخادمان.\n\nOn Sunday, Noura wrote:\n> سؤال",
        fahd.email,
        to=tagged(ticket),
        Authentication_Results=PASS,
    )
    ticket.refresh_from_db()
    assert became(mail) == (State.DONE, Outcome.ANSWERED, "")
    assert ticket.status == Status.WITH_CUSTOMER
    assert mail.letter is not None
    assert (mail.letter.kind, mail.letter.author, mail.letter.text) == (
        Message.Kind.ANSWER,
        fahd,
        "حُفظ الخادمان.",
    )
    assert mail.letter.channel == Channel.MAIL


@pytest.mark.usefixtures("_trusted")
@pytest.mark.parametrize(
    "said", ["", "other.example; dmarc=pass header.from=example.com.sa", PASS.replace("pass", "fail")]
)
def test_staff_who_are_not_proved_are_held(ticket: Ticket, fahd: Person, said: str) -> None:
    mail = come("جواب", fahd.email, to=tagged(ticket), Authentication_Results=said)
    assert became(mail) == (State.HELD, "", "staff_not_proved")
    assert mail.ticket == ticket
    assert ticket.messages.count() == 1


def test_staff_never_answer_by_mail_where_no_server_is_trusted(ticket: Ticket, fahd: Person) -> None:
    mail = come("جواب", fahd.email, to=tagged(ticket), Authentication_Results=PASS)
    assert became(mail) == (State.HELD, "", "staff_not_proved")


@pytest.mark.usefixtures("_trusted")
def test_staff_need_the_token_not_only_a_reference_or_a_number(ticket: Ticket, fahd: Person) -> None:
    ours = first_mail(ticket).message_id
    for given in ({"In_Reply_To": ours}, {"Subject": ticket.spoken_number}):
        mail = come(f"جواب {given}", fahd.email, Authentication_Results=PASS, **given)
        assert became(mail) == (State.HELD, "", "staff_not_proved")
        assert mail.ticket == ticket


@pytest.mark.usefixtures("_trusted")
def test_a_reply_to_a_notice_is_held_and_never_reaches_the_customer(
    ticket: Ticket, fahd: Person, sara: Person, settings: Settings
) -> None:
    settings.MAIL_TOKENS = True
    actions.note(ticket, by=sara, text="@fahd انظر")
    everything_follows()
    bundles.mail_what_waits()
    notice = OutgoingMail.objects.get(kind="staff_notice")
    mail = come(
        "بيننا فقط",
        fahd.email,
        to=mime.envelope(notice, utf8_offered=True).reply_to,
        Authentication_Results=PASS,
        Subject=f"Re: {notice.subject}",
        In_Reply_To=notice.message_id,
    )
    assert became(mail) == (State.HELD, "", "staff_not_proved")
    assert mail.ticket == ticket and not ticket.messages.filter(text__contains="بيننا").exists()


@pytest.mark.usefixtures("_trusted")
def test_a_reply_to_a_mail_of_several_notices_is_held_beside_its_first_ticket_and_opens_none(
    ticket: Ticket, open_a_ticket: OpenATicket, fahd: Person, sara: Person, settings: Settings
) -> None:
    settings.MAIL_TOKENS = True
    other = open_a_ticket()
    for one in (ticket, other):
        actions.note(one, by=sara, text="@fahd انظر")
    everything_follows()
    bundles.mail_what_waits()
    notice = OutgoingMail.objects.get(kind="staff_notices")
    assert "References" not in notice.headers, "it stands in no ticket's thread"
    mail = come(
        "بيننا فقط",
        fahd.email,
        to=mime.envelope(notice, utf8_offered=True).reply_to,
        Authentication_Results=PASS,
        Subject=f"Re: {notice.subject}",
        In_Reply_To=notice.message_id,
    )
    assert became(mail) == (State.HELD, "", "staff_not_proved")
    assert mail.ticket in {ticket, other} and Ticket.objects.count() == 2


@pytest.mark.usefixtures("_trusted")
def test_a_staff_answer_to_a_closed_ticket_or_without_words_is_held(
    ticket: Ticket, open_a_ticket: OpenATicket, fahd: Person
) -> None:
    bare = come("", fahd.email, to=tagged(ticket), Authentication_Results=PASS)
    assert became(bare) == (State.HELD, "", "staff_no_text")
    close(ticket)
    late = come("جواب", fahd.email, to=tagged(ticket), Authentication_Results=PASS)
    assert became(late) == (State.HELD, "", "staff_too_late")


def test_a_member_of_staff_who_asks_is_a_customer_like_any_other(
    fahd: Person, open_a_ticket: OpenATicket
) -> None:
    own = open_a_ticket(by=fahd)
    mail = come("سؤال زميل", fahd.email, to=tagged(own))
    assert (mail.outcome, mail.ticket) == (Outcome.FOLLOWED_UP, own)
    assert come("سؤال آخر", fahd.email).outcome == Outcome.OPENED
