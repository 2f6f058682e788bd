"""What nobody wrote is told by the ledger and does nothing: no ticket, no turn, no clock, no answer."""

from collections.abc import Callable

import pytest
from django.utils import timezone

from tawasul.accounts.models import Person
from tawasul.core.addresses import parse_address
from tawasul.mail import headers, tokens
from tawasul.mail.models import AddressState, Bounce, IncomingMail, OutgoingMail
from tawasul.tickets import actions
from tawasul.tickets.models import Message, Status, Ticket
from tawasul.tickets.writers import Writer
from tests.mail.conftest import write_a_mail_to
from tests.mail.handling.conftest import OURS, Outcome, State, arrived, come, first_mail, sent_kinds
from tests.mail.inbound.making import multipart
from tests.world import OpenATicket


@pytest.fixture
def ticket(open_a_ticket: OpenATicket, fahd: Person) -> Ticket:
    """Noura's, answered: the clock that closes for silence runs."""
    opened = open_a_ticket()
    actions.answer(opened, by=fahd, text="ما رقم الطلب؟")
    return opened


def bounce(
    *, about: str = "", status: str = "5.1.1", action: str = "failed", to: str = OURS, **fields: str
) -> IncomingMail:
    """A delivery report (RFC 3464) that came to ``to``; ``about`` is the Message-ID of what came back."""
    raw = multipart(
        ("Content-Type: text/plain", "Your message could not be delivered."),
        (
            "Content-Type: message/delivery-status",
            "Reporting-MTA: dns; mx.example\n\nFinal-Recipient: rfc822; noura@example.com.sa\n"
            f"Action: {action}\nStatus: {status}\nDiagnostic-Code: smtp; 550 5.1.1 <noura>: no such\n mailbox here",
        ),
        ("Content-Type: text/rfc822-headers", f"Message-ID: {about}\nSubject: x" if about else "Subject: x"),
        kind="report; report-type=delivery-status",
        From="Mail Delivery System <MAILER-DAEMON@mx.example>",
        To=OURS,
        Subject="Undelivered Mail Returned to Sender",
        Message_ID=f"<{timezone.now().timestamp()}@mx.example>",
        **fields,
    )
    return arrived(raw, to=to, envelope_from="<>")


def return_path(mail: OutgoingMail) -> str:
    return tokens.tagged(parse_address(OURS), tokens.make(tokens.MAIL, mail.pk)).address


AUTO = {
    "rfc 3834": {"Auto_Submitted": "auto-replied"},
    "vacation": {"X_Autoreply": "yes"},
    "precedence": {"Precedence": "auto_reply"},
    "subject": {"Subject": "Out of Office: back on Sunday"},
    "arabic": {"Subject": "رد تلقائي: خارج المكتب"},
    "null path": {"Return_Path": "<>"},
    "list": {"List_Id": "<news.example>"},
}


@pytest.mark.parametrize("fields", AUTO.values(), ids=list(AUTO))
@pytest.mark.parametrize("place", ["token", "reference", "number", "nothing"])
def test_no_automatic_mail_moves_a_ticket_or_is_answered(
    ticket: Ticket, fields: dict[str, str], place: str
) -> None:
    before = first_mail(ticket)
    kinds, close_due_at = sent_kinds(), ticket.close_due_at
    given: dict[str, str] = dict(fields)
    to = OURS
    if place == "token":
        to = tokens.tagged(parse_address(OURS), tokens.make(tokens.TICKET, ticket.pk)).address
    elif place == "reference":
        given["In_Reply_To"] = before.message_id
    elif place == "number":
        given["Subject"] = f"{fields.get('Subject', '')} {ticket.spoken_number}".strip()
    mail = come("أنا في إجازة", to=to, **given)
    assert (mail.state, mail.letter) == (State.DONE, None)
    assert mail.outcome in {Outcome.AUTO_REPLY, Outcome.LIST}
    assert (mail.ticket == ticket) == (place in {"token", "reference"})
    assert (mail.about == before) == (place == "reference")
    ticket.refresh_from_db()
    assert (ticket.status, ticket.close_due_at) == (Status.WITH_CUSTOMER, close_due_at)
    assert Ticket.objects.count() == 1
    assert sent_kinds() == kinds


def test_an_automatic_reply_reopens_nothing_and_closes_silently(ticket: Ticket) -> None:
    actions.close(ticket, by=Writer(None, "", ""), reason="solved_by_staff")
    kinds = sent_kinds()
    come("في إجازة", Auto_Submitted="auto-replied", In_Reply_To=first_mail(ticket).message_id)
    ticket.refresh_from_db()
    assert ticket.status == Status.CLOSED
    assert sent_kinds() == kinds


@pytest.mark.parametrize("by", ["return path", "message id"])
def test_a_bounce_marks_its_mail_and_the_address(ticket: Ticket, by: str) -> None:
    about = first_mail(ticket)
    kinds = sent_kinds()
    mail = bounce(to=return_path(about)) if by == "return path" else bounce(about=about.message_id)
    about.refresh_from_db()
    assert (mail.outcome, mail.about, mail.ticket, mail.person) == (
        Outcome.BOUNCE,
        about,
        ticket,
        ticket.requester,
    )
    assert about.bounce == Bounce.PERMANENT
    assert about.bounced_at is not None
    state = AddressState.objects.get()
    assert (state.address, state.bounce, state.mail) == ("noura@example.com.sa", Bounce.PERMANENT, about)
    assert state.reason == "550 5.1.1 <noura>: no such mailbox here"
    ticket.refresh_from_db()
    assert ticket.status == Status.WITH_CUSTOMER
    assert sent_kinds() == kinds


def test_the_return_path_is_stronger_than_what_the_report_quotes(ticket: Ticket, khalid: Person) -> None:
    about, other = first_mail(ticket), write_a_mail_to(khalid.email)
    mail = bounce(about=other.message_id, to=return_path(about))
    assert mail.about == about
    assert AddressState.objects.get().address == "noura@example.com.sa"


def test_a_delay_is_for_now_and_does_not_take_back_what_is_for_good(ticket: Ticket) -> None:
    about = first_mail(ticket)
    bounce(to=return_path(about), status="4.2.2", action="delayed")
    about.refresh_from_db()
    assert (about.bounce, AddressState.objects.get().bounce) == (Bounce.TEMPORARY, Bounce.TEMPORARY)
    bounce(to=return_path(about))
    bounce(to=return_path(about), status="4.2.2", action="delayed")
    about.refresh_from_db()
    assert (about.bounce, AddressState.objects.get().bounce) == (Bounce.PERMANENT, Bounce.PERMANENT)


@pytest.mark.parametrize("forge", ["nothing", "token", "id"])
def test_a_bounce_that_is_not_about_a_mail_of_ours_marks_nothing(ticket: Ticket, forge: str) -> None:
    about = first_mail(ticket)
    token = return_path(about)
    forged = token.replace("@", "a@") if forge == "token" else OURS
    mail = bounce(about=about.message_id.replace("<", "<0") if forge == "id" else "", to=forged)
    assert (mail.outcome, mail.reason, mail.about) == (Outcome.BOUNCE, "not_ours", None)
    about.refresh_from_db()
    assert about.bounce == ""
    assert not AddressState.objects.exists()


def test_an_empty_envelope_sender_is_no_person_whatever_the_mail_says(ticket: Ticket) -> None:
    kinds = sent_kinds()
    mail = come("تعذّر التسليم", envelope_from="<>", In_Reply_To=first_mail(ticket).message_id)
    assert (mail.outcome, mail.about, mail.letter) == (Outcome.AUTO_REPLY, first_mail(ticket), None)
    assert sent_kinds() == kinds


def test_what_looks_like_a_persons_mail_to_a_return_path_is_held_for_staff(ticket: Ticket) -> None:
    about = first_mail(ticket)
    mail = come("في إجازة", to=return_path(about), In_Reply_To=about.message_id)
    assert (mail.state, mail.reason, mail.ticket) == (State.HELD, "return_path", ticket)


OWN: dict[str, Callable[[], dict[str, str]]] = {
    "our mark": lambda: {"X_Tawasul_Loop": headers.loop_mark()},
    "our From": lambda: {"From": f"Centre <{OURS}>"},
    "our tagged From": lambda: {"From": OURS.replace("@", "+anything@").upper()},
    "our envelope": lambda: {"envelope_from": f"<{OURS.replace('@', '+tx@')}>"},
}


@pytest.mark.parametrize("how", OWN)
def test_our_own_mail_that_comes_back_does_nothing(ticket: Ticket, how: str) -> None:
    kinds = sent_kinds()
    mail = come("x", In_Reply_To=first_mail(ticket).message_id, **OWN[how]())
    assert (mail.state, mail.outcome) == (State.DONE, Outcome.LOOP)
    assert Message.objects.count() == 2
    assert sent_kinds() == kinds


def test_another_portals_mark_is_an_automatic_mail(noura: Person) -> None:
    mail = come("x", X_Tawasul_Loop="another portal's")
    assert mail.outcome == Outcome.AUTO_REPLY


def test_a_report_of_abuse_is_told_and_does_nothing(ticket: Ticket) -> None:
    about = first_mail(ticket)
    raw = multipart(
        ("Content-Type: text/plain", "This is an email abuse report"),
        ("Content-Type: message/feedback-report", "Feedback-Type: abuse\nUser-Agent: x\nVersion: 1"),
        ("Content-Type: message/rfc822", f"Message-ID: {about.message_id}\nSubject: x\n\nx"),
        kind="report; report-type=feedback-report",
        From="fbl@provider.example",
        To=OURS,
    )
    mail = arrived(raw)
    assert (mail.outcome, mail.about, mail.ticket) == (Outcome.REPORT, about, ticket)
    assert Ticket.objects.count() == 1
