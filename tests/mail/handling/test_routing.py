"""Which ticket a mail reaches: what only we can have made names it, and who takes part in it may write there."""

from datetime import timedelta

import pytest
import time_machine
from pytest_django import Settings

from tawasul.accounts.models import Consent, Person
from tawasul.core import clock
from tawasul.mail import headers
from tawasul.mail.doors import store
from tawasul.mail.handling import acting, routing
from tawasul.mail.models import IncomingMail
from tawasul.tickets import actions
from tawasul.tickets.models import Channel, CloseReason, Event, Message, Purpose, Service, Status, Ticket
from tawasul.tickets.writers import Writer
from tests.mail.handling.conftest import (
    GUEST,
    Outcome,
    State,
    arrived,
    became,
    close,
    come,
    first_mail,
    handle_all,
    raw_mail,
    tagged,
)
from tests.world import OpenATicket

OTHER = "somebody@else.example"
PASS = "mx.registry.example; dmarc=pass header.from=example.com.sa"
ARABIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")


@pytest.fixture
def guests_ticket(open_a_ticket: OpenATicket) -> Ticket:
    return open_a_ticket(by=Writer(None, "سالم الحربي", GUEST), channel=Channel.DIRECT)


# -- a participant's reply -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("field", ["To", "Cc", "Delivered_To", "X_Original_To", "envelope"])
def test_a_token_in_any_recipient_makes_a_follow_up(ticket: Ticket, field: str) -> None:
    if field == "envelope":
        mail = come("شكرًا", to=tagged(ticket))
    else:
        mail = come("شكرًا", **{field: tagged(ticket).upper()})
    assert became(mail) == (State.DONE, Outcome.FOLLOWED_UP, "")
    assert mail.ticket == ticket
    assert mail.letter is not None
    assert (mail.letter.kind, mail.letter.channel) == (Message.Kind.FOLLOW_UP, Channel.MAIL)
    assert mail.letter.author == ticket.requester
    assert ticket.events.filter(kind=Event.Kind.FOLLOWED_UP, message=mail.letter).count() == 1


@pytest.mark.parametrize("field", ["In_Reply_To", "References"])
def test_our_message_id_makes_a_follow_up(ticket: Ticket, field: str) -> None:
    ours = first_mail(ticket).message_id
    mail = come("شكرًا", **{field: f"<x@y.example> {ours} <z@y.example>"})
    assert (mail.outcome, mail.ticket) == (Outcome.FOLLOWED_UP, ticket)


def test_a_thread_whose_first_mail_is_not_in_the_ledger_is_known_by_its_name(ticket: Ticket) -> None:
    mail = come("شكرًا", References=headers.thread_root(ticket))
    assert (mail.outcome, mail.ticket) == (Outcome.FOLLOWED_UP, ticket)


def test_an_answer_to_ones_own_first_mail_belongs_to_its_ticket(noura: Person) -> None:
    first = come("سؤالي")
    second = come("ونسيت أن أذكر", In_Reply_To=first.message_id)
    assert (second.outcome, second.ticket) == (Outcome.FOLLOWED_UP, first.ticket)
    stranger = come("وأنا أيضًا", OTHER, In_Reply_To=first.message_id)
    assert stranger.ticket is None


@pytest.mark.parametrize("arabic", [False, True])
@pytest.mark.parametrize("form", ["Re: Ticket {}: service", "رد: تذكرة \u2068{}\u2069: نطاق", "[{}]", "{}"])
def test_a_number_in_either_script_from_a_participant_makes_a_follow_up(
    ticket: Ticket, form: str, arabic: bool
) -> None:
    number = ticket.spoken_number.translate(ARABIC) if arabic else ticket.spoken_number
    mail = come("شكرًا", Subject=form.format(number))
    assert (mail.outcome, mail.ticket) == (Outcome.FOLLOWED_UP, ticket)


def test_a_number_alone_never_authorises(ticket: Ticket, khalid: Person) -> None:
    mail = come("ما رقم جوال صاحب التذكرة؟", khalid.email, Subject=f"Re: {ticket.spoken_number}")
    assert mail.outcome == Outcome.OPENED
    assert mail.ticket != ticket
    assert mail.ticket is not None
    assert (mail.ticket.requester, mail.ticket.follows) == (khalid, None)
    assert ticket.messages.count() == 1


@pytest.mark.parametrize("address", [GUEST, "سالم@xn--rgbn6c.xn--mgberp4a5d4ar", GUEST.upper()])
def test_a_guest_is_known_by_the_address_in_either_form(guests_ticket: Ticket, address: str) -> None:
    mail = come("شكرًا", address, Subject=guests_ticket.spoken_number)
    assert (mail.outcome, mail.ticket) == (Outcome.FOLLOWED_UP, guests_ticket)
    assert mail.letter is not None
    assert mail.letter.author_name == "سالم الحربي"


def test_an_account_is_known_by_its_present_address_and_by_the_tickets(ticket: Ticket, noura: Person) -> None:
    Person.objects.filter(pk=noura.pk).update(email="noura@new.example")
    for address in ("noura@new.example", "Noura@Example.com.sa"):
        mail = come(f"من {address}", address, to=tagged(ticket))
        assert (mail.outcome, mail.ticket) == (Outcome.FOLLOWED_UP, ticket)
        assert mail.letter is not None
        assert mail.letter.author == noura


def test_the_turn_goes_to_the_centre_and_the_silence_clock_stops(ticket: Ticket, fahd: Person) -> None:
    actions.answer(ticket, by=fahd, text="ما رقم الطلب؟")
    come("رقمه ١٢٣", to=tagged(ticket))
    ticket.refresh_from_db()
    assert (ticket.status, ticket.close_due_at) == (Status.WITH_CENTRE, None)


def test_quotations_are_folded_away_and_kept(ticket: Ticket) -> None:
    mail = come("شكرًا جزيلًا\n\nOn Sunday, Centre wrote:\n> الجواب الأول\n> والثاني", to=tagged(ticket))
    assert mail.letter is not None
    assert mail.letter.text == "شكرًا جزيلًا"
    assert "> الجواب الأول" in mail.letter.rest
    assert mail.text == "شكرًا جزيلًا"


# -- somebody else's -----------------------------------------------------------------------------------------------


def test_anybody_else_with_a_token_is_held_beside_the_ticket(ticket: Ticket, khalid: Person) -> None:
    for address in (OTHER, khalid.email):
        mail = come(f"أنا {address}", address, to=tagged(ticket))
        assert became(mail) == (State.HELD, "", "someone_else")
        assert (mail.ticket, mail.letter) == (ticket, None)
        assert mail.text == f"أنا {address}"
    assert ticket.messages.count() == 1
    assert Ticket.objects.count() == 1


def test_anybody_else_who_refers_to_our_mail_is_held_beside_the_ticket(ticket: Ticket) -> None:
    mail = come("أنا غيره", OTHER, In_Reply_To=first_mail(ticket).message_id)
    assert became(mail) == (State.HELD, "", "someone_else")
    assert mail.ticket == ticket


def test_a_token_made_elsewhere_names_nothing(ticket: Ticket, settings: Settings) -> None:
    settings.SECRET_KEY = "another one"
    forged = tagged(ticket)
    settings.SECRET_KEY = "the right one"
    mail = come("x", to=forged)
    assert mail.ticket != ticket


@pytest.mark.parametrize(
    ("sender", "reason"),
    [
        ("", "no_sender"),
        ("Noura", "bad_sender"),
        ("Noura <noura@-bad-.example>", "bad_sender"),
        ("Noura <noura@example.com.sa>, Other <a@b.example>", "several_senders"),
    ],
)
def test_a_mail_without_one_author_is_held(ticket: Ticket, sender: str, reason: str) -> None:
    mail = come("x", From=sender, to=tagged(ticket))
    assert became(mail) == (State.HELD, "", reason)
    assert mail.ticket == ticket


def test_the_mail_of_an_account_that_is_switched_off_is_held(ticket: Ticket, noura: Person) -> None:
    Person.objects.filter(pk=noura.pk).update(is_active=False)
    assert became(come("x", to=tagged(ticket))) == (State.HELD, "", "inactive")
    assert became(come("y")) == (State.HELD, "", "inactive")
    Person.objects.filter(pk=noura.pk).update(email="noura@new.example")
    assert became(come("z", to=tagged(ticket))) == (State.HELD, "", "inactive"), (
        "from the earlier address, too"
    )


# -- closed tickets ------------------------------------------------------------------------------------------------


def test_a_closed_ticket_is_reopened_within_the_days_allowed(ticket: Ticket) -> None:
    close(ticket, days=29)
    mail = come("ما زالت المشكلة", to=tagged(ticket))
    ticket.refresh_from_db()
    assert became(mail) == (State.DONE, Outcome.REOPENED, "")
    assert ticket.status == Status.WITH_CENTRE
    assert mail.letter is not None
    assert mail.letter.text == "ما زالت المشكلة"
    assert mail.letter.channel == Channel.MAIL


def test_afterwards_a_new_ticket_goes_on_from_it(ticket: Ticket, guests_ticket: Ticket) -> None:
    for old, sender in ((ticket, "noura@example.com.sa"), (guests_ticket, GUEST)):
        close(old, days=31)
        mail = come("ما زالت المشكلة", sender, to=tagged(old))
        assert mail.outcome == Outcome.OPENED
        assert mail.ticket is not None
        assert mail.ticket.follows == old
        assert mail.ticket.requester == old.requester
        old.refresh_from_db()
        assert old.status == Status.CLOSED


def test_the_days_count_until_the_mail_came_not_until_it_was_handled(ticket: Ticket) -> None:
    close(ticket, days=29)
    mail = store.keep(raw_mail("x"), door="lmtp", envelope_to=[tagged(ticket)])
    with time_machine.travel(clock.now() + timedelta(days=3)):
        handle_all()
    mail.refresh_from_db()
    assert mail.outcome == Outcome.REOPENED


@pytest.mark.parametrize("reason", [CloseReason.SPAM, CloseReason.MERGED])
def test_a_reply_to_spam_and_to_a_merged_ticket_without_a_target_is_held(ticket: Ticket, reason: str) -> None:
    close(ticket, reason)
    mail = come("x", to=tagged(ticket))
    assert became(mail) == (State.HELD, "", "spam" if reason == CloseReason.SPAM else "merged")
    assert mail.ticket == ticket


def test_a_reply_to_a_merged_ticket_goes_to_its_target_however_far_that_is(
    ticket: Ticket, open_a_ticket: OpenATicket, fahd: Person
) -> None:
    between, target = open_a_ticket(subject="بينهما"), open_a_ticket(subject="الهدف")
    actions.merge(ticket, into=between, by=fahd)
    actions.merge(between, into=target, by=fahd)
    mail = come("x", to=tagged(ticket))
    assert became(mail) == (State.DONE, Outcome.FOLLOWED_UP, "")
    assert mail.ticket == target
    assert ticket.messages.count() == 1
    with pytest.raises(actions.NotMergeable):
        actions.merge(target, into=target, by=fahd)
    with pytest.raises(actions.NotMergeable):
        actions.merge(target, into=ticket, by=fahd)  # which is closed


def test_a_reply_to_a_ticket_merged_into_somebody_elses_opens_the_senders_own_again(
    ticket: Ticket, open_a_ticket: OpenATicket, khalid: Person, fahd: Person
) -> None:
    target = open_a_ticket(by=khalid, subject="Khalid's")
    actions.merge(ticket, into=target, by=fahd)
    mail = come("سري", to=tagged(ticket))
    assert became(mail) == (State.DONE, Outcome.REOPENED, "")
    assert mail.ticket == ticket
    ticket.refresh_from_db()
    assert (ticket.status, ticket.merged_into) == (Status.WITH_CENTRE, None)
    assert target.messages.count() == 1


# -- new tickets ---------------------------------------------------------------------------------------------------


def test_an_account_holders_mail_opens_a_ticket_at_once(noura: Person) -> None:
    mail = come("كيف أجدد نطاقي؟", Subject="تجديد \u202eنطاق")
    ticket = mail.ticket
    assert became(mail) == (State.DONE, Outcome.OPENED, "")
    assert ticket is not None
    assert (ticket.requester, ticket.channel, ticket.purpose) == (noura, Channel.MAIL, Purpose.INQUIRY)
    assert (ticket.service.code, ticket.language, ticket.subject) == ("other", "ar", "تجديد نطاق")
    assert ticket.terms == Consent.objects.get(person=noura).terms
    assert mail.person == noura
    assert mail.letter == ticket.messages.get()
    assert mail.letter is not None
    assert (mail.letter.kind, mail.letter.text) == (Message.Kind.OPENING, "كيف أجدد نطاقي؟")
    assert first_mail(ticket).to_address == noura.email


def test_a_guest_who_confirmed_before_opens_a_ticket_at_once(guests_ticket: Ticket) -> None:
    mail = come("سؤال آخر", GUEST)
    assert mail.outcome == Outcome.OPENED
    assert mail.ticket is not None
    assert (mail.ticket.requester, mail.ticket.requester_email) == (None, GUEST)


@pytest.mark.parametrize(
    ("subject", "body", "language"),
    [
        ("سؤال", "كيف أجدد example.com.sa؟ Thanks", "ar"),
        ("A question", "How do I renew my domain?", "en"),
        ("123", "456", "ar"),
    ],
)
def test_the_language_is_that_of_the_script(noura: Person, subject: str, body: str, language: str) -> None:
    mail = come(body, Subject=subject)
    assert mail.ticket is not None
    assert mail.ticket.language == language


def test_where_there_is_no_script_the_accounts_language_counts(khalid: Person) -> None:
    mail = come("456", khalid.email, Subject="123")
    assert mail.ticket is not None
    assert mail.ticket.language == "en"


def test_a_mail_without_subject_gets_one_in_its_language(noura: Person) -> None:
    for body, subject in (
        ("How do I renew?", "A request by e-mail"),
        ("كيف أجدد؟", "طلب بالبريد الإلكتروني"),
    ):
        mail = come(body, Subject="")
        assert mail.ticket is not None
        assert mail.ticket.subject == subject


def test_a_mail_of_a_subject_alone_says_that(noura: Person) -> None:
    mail = come("", Subject="هل انتهى نطاقي؟")
    assert mail.letter is not None
    assert mail.letter.text == "هل انتهى نطاقي؟"


def test_a_centre_without_the_service_other_uses_its_first(noura: Person) -> None:
    Service.objects.filter(code="other").delete()
    mail = come()
    assert mail.outcome == Outcome.OPENED


# -- once ----------------------------------------------------------------------------------------------------------


def test_the_same_mail_by_several_doors_is_one_letter(noura: Person) -> None:
    raw = raw_mail()
    rows = {arrived(raw, door=door).pk for door in ("pipe", "lmtp", "imap", "lmtp", "pipe")}
    assert len(rows) == 1
    assert Message.objects.count() == 1


def test_a_ticket_that_closes_while_the_mail_is_handled_is_looked_at_again(
    ticket: Ticket, monkeypatch: pytest.MonkeyPatch
) -> None:
    decide = routing.decide

    def and_close(mail: IncomingMail, reading: object) -> routing.Decision:
        decision = decide(mail, reading)  # type: ignore[arg-type]
        if Ticket.objects.get(pk=ticket.pk).status != Status.CLOSED:
            close(Ticket.objects.get(pk=ticket.pk))
        return decision

    monkeypatch.setattr(acting.routing, "decide", and_close)
    mail = come("x", to=tagged(ticket))
    assert mail.outcome == Outcome.REOPENED
    assert ticket.messages.count() == 2
