"""A participant's mail is a follow-up of theirs; from any other address, and after they left, it is held."""

import uuid

import pytest

from tawasul.accounts.models import Person
from tawasul.mail import tokens
from tawasul.mail.handling import decisions, rows
from tawasul.mail.models import IncomingMail
from tawasul.tickets import actions
from tawasul.tickets.actions import participating
from tawasul.tickets.models import CloseReason, Message
from tawasul.tickets.writers import Writer
from tests.mail.handling.conftest import OURS, Outcome, State, come
from tests.taking_part import SALEM, mails_to, take_part
from tests.world import OpenATicket

pytestmark = pytest.mark.django_db


def tagged(ticket_key: int) -> str:
    local, _, domain = OURS.partition("@")
    return f"{local}+{tokens.make(tokens.TICKET, ticket_key)}@{domain}"


def their_letter(mail: IncomingMail) -> Message:
    assert mail.outcome == Outcome.FOLLOWED_UP and mail.letter is not None
    return mail.letter


def test_by_the_token_the_thread_or_the_number_it_is_a_follow_up(
    open_a_ticket: OpenATicket, fahd: Person
) -> None:
    ticket = open_a_ticket()
    part = take_part(ticket, fahd)
    (added,) = mails_to(SALEM)
    ways = (
        come("بالرمز", SALEM, to=tagged(ticket.pk)),
        come("بالسلسلة", SALEM, In_Reply_To=added.message_id),
        come("بالرقم", SALEM, Subject=f"Re: {ticket.spoken_number}"),
    )
    for mail in ways:
        letter = their_letter(mail)
        assert (letter.ticket, letter.participant, letter.author_name) == (ticket, part, "سالم الشمري")


def test_with_an_account_it_is_the_accounts(open_a_ticket: OpenATicket, fahd: Person, khalid: Person) -> None:
    ticket = open_a_ticket()
    part = take_part(ticket, fahd, khalid.email)
    letter = their_letter(come("Me too.", khalid.email, Subject=f"Re: {ticket.spoken_number}"))
    assert (letter.author, letter.participant) == (khalid, part)


def test_a_private_ones_mail_stays_private(open_a_ticket: OpenATicket, fahd: Person) -> None:
    ticket = open_a_ticket()
    take_part(ticket, fahd, is_private=True)
    letter = their_letter(come("سرّي", SALEM, to=tagged(ticket.pk)))
    assert letter.standing == Message.Standing.PRIVATE


def test_from_another_address_and_after_they_left_it_is_held(
    open_a_ticket: OpenATicket, fahd: Person
) -> None:
    ticket = open_a_ticket()
    part = take_part(ticket, fahd)
    other = come("أنا سالم", "salem@elsewhere.example", to=tagged(ticket.pk))
    participating.remove(part, by=Writer.of(fahd))
    late = come("ما زلت هنا", SALEM, to=tagged(ticket.pk))
    for mail in (other, late):
        assert (mail.state, mail.reason, mail.letter) == (State.HELD, "someone_else", None)


def test_a_closed_ticket_is_not_reopened_by_a_participant(open_a_ticket: OpenATicket, fahd: Person) -> None:
    ticket = open_a_ticket()
    take_part(ticket, fahd)
    actions.close(ticket, by=Writer.of(fahd), reason=CloseReason.SOLVED_BY_STAFF)
    mail = come("عاد العطل", SALEM, to=tagged(ticket.pk))
    assert (mail.state, mail.reason) == (State.HELD, "participant_closed")
    with pytest.raises(decisions.Undecidable) as refused:
        decisions.accept(mail, by=fahd)
    assert refused.value.code == "closed"
    actions.reopen(ticket, by=Writer.of(fahd))
    assert decisions.accept(mail, by=fahd).standing == Message.Standing.PARTICIPANT


def test_a_merged_ticket_leads_a_participant_nowhere(open_a_ticket: OpenATicket, fahd: Person) -> None:
    source, target = open_a_ticket(), open_a_ticket()
    take_part(source, fahd)
    actions.merge(source, into=target, by=fahd)
    mail = come("إلى أين؟", SALEM, to=tagged(source.pk))
    assert mail.state == State.HELD
    assert not target.messages.filter(kind=Message.Kind.FOLLOW_UP).exists()


def test_who_is_removed_while_their_mail_is_read_has_it_held(
    open_a_ticket: OpenATicket, fahd: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket = open_a_ticket()
    part = take_part(ticket, fahd, is_private=True)
    whole = rows.submission

    def removed_at_that_moment(mail: IncomingMail) -> uuid.UUID:
        participating.remove(part, by=Writer.of(fahd))
        return whole(mail)

    monkeypatch.setattr(rows, "submission", removed_at_that_moment)
    mail = come("سرّي", SALEM, to=tagged(ticket.pk))
    assert (mail.state, mail.reason) == (State.HELD, "someone_else")
    assert ticket.messages.count() == 1
