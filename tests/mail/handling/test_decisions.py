"""What staff decide on a held mail is done once; what did nothing can be looked at again; nothing is made twice."""

from collections.abc import Callable
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from tawasul.accounts.models import Person
from tawasul.core.addresses import parse_address
from tawasul.mail import handling, tokens
from tawasul.mail.handling import decisions
from tawasul.mail.handling.decisions import Undecidable
from tawasul.mail.models import IncomingMail
from tawasul.tickets import actions
from tawasul.tickets.models import Channel, Draft, Event, Message, Status, Ticket
from tawasul.tickets.writers import Writer
from tests.mail.handling.conftest import OURS, Outcome, State, arrived, come, handle_all
from tests.mail.handling.test_files import PICTURE, part, with_files

OTHER = "somebody@else.example"


@pytest.fixture
def held(ticket: Ticket) -> IncomingMail:
    """Somebody else's answer, held beside Noura's ticket."""
    to = tokens.tagged(parse_address(OURS), tokens.make(tokens.TICKET, ticket.pk)).address
    mail = come("أنا وكيلها\n\nOn Sunday, Centre wrote:\n> سؤال", OTHER, to=to, From=f"الوكيل <{OTHER}>")
    assert (mail.state, mail.reason) == (State.HELD, "someone_else")
    return mail


def test_an_accepted_mail_becomes_a_follow_up_in_its_senders_name(
    held: IncomingMail, ticket: Ticket, fahd: Person
) -> None:
    letter = decisions.accept(held, by=fahd)
    assert (letter.ticket, letter.kind, letter.text) == (ticket, Message.Kind.FOLLOW_UP, "أنا وكيلها")
    assert (letter.author, letter.author_name, letter.channel) == (None, "الوكيل", Channel.MAIL)
    assert "> سؤال" in letter.rest
    assert (held.state, held.outcome, held.letter) == (State.DONE, Outcome.FOLLOWED_UP, letter)
    assert (held.decided_by, held.decided_at is not None) == (fahd, True)
    assert ticket.events.filter(kind=Event.Kind.FOLLOWED_UP).count() == 1


def test_accepting_for_a_closed_ticket_opens_it_again(
    held: IncomingMail, ticket: Ticket, fahd: Person
) -> None:
    actions.close(ticket, by=Writer.of(fahd), reason="solved_by_staff")
    decisions.accept(held, by=fahd)
    ticket.refresh_from_db()
    assert (ticket.status, held.outcome) == (Status.WITH_CENTRE, Outcome.REOPENED)


def test_an_accepted_mail_of_staff_is_the_answer_of_whoever_accepts_it(
    ticket: Ticket, fahd: Person, sara: Person
) -> None:
    to = tokens.tagged(parse_address(OURS), tokens.make(tokens.TICKET, ticket.pk)).address
    mail, late = come("حُفظ الخادمان.", fahd.email, to=to), come("وأضيف", fahd.email, to=to)
    assert mail.reason == "staff_not_proved"
    letter = decisions.accept(mail, by=sara)
    ticket.refresh_from_db()
    assert (letter.kind, letter.author, letter.text) == (Message.Kind.ANSWER, sara, "حُفظ الخادمان.")
    assert (ticket.status, mail.outcome) == (Status.WITH_CUSTOMER, Outcome.ANSWERED)
    assert (mail.person, mail.decided_by) == (fahd, sara)
    actions.close(ticket, by=Writer.of(sara), reason="solved_by_staff")
    with pytest.raises(Undecidable, match="closed"):
        decisions.accept(late, by=sara)


def test_a_ticket_made_of_it_is_the_senders_and_not_connected(
    held: IncomingMail, ticket: Ticket, fahd: Person
) -> None:
    made = decisions.make_ticket(held, by=fahd)
    assert made != ticket
    assert (made.requester, made.requester_email, made.follows) == (None, OTHER, None)
    assert (held.state, held.outcome, held.ticket) == (State.DONE, Outcome.OPENED, made)


def test_each_decision_is_made_once_and_the_later_one_finds_it_made(
    held: IncomingMail, ticket: Ticket, fahd: Person, sara: Person
) -> None:
    stale = IncomingMail.objects.get(pk=held.pk)
    letter = decisions.accept(held, by=fahd)
    assert decisions.accept(stale, by=sara) == letter
    assert decisions.make_ticket(stale, by=sara) == ticket
    with pytest.raises(Undecidable):
        decisions.discard(stale, by=sara)
    with pytest.raises(Undecidable):
        handling.replay(stale, by=sara)
    assert Message.objects.count() == 2
    assert IncomingMail.objects.get(pk=held.pk).decided_by == fahd


def test_a_discarded_mail_stays_and_can_be_replayed(held: IncomingMail, ticket: Ticket, fahd: Person) -> None:
    decisions.discard(held, by=fahd)
    decisions.discard(held, by=fahd)
    assert (held.state, held.decided_by) == (State.DISCARDED, fahd)
    with pytest.raises(Undecidable):
        decisions.accept(held, by=fahd)
    handling.replay(held, by=fahd)
    handle_all()
    held.refresh_from_db()
    assert (held.state, held.reason, held.ticket) == (State.HELD, "someone_else", ticket)


def test_what_is_held_beside_no_ticket_cannot_be_accepted(fahd: Person, noura: Person) -> None:
    Person.objects.filter(pk=noura.pk).update(is_active=False)
    mail = come()
    with pytest.raises(Undecidable, match="no_ticket"):
        decisions.accept(mail, by=fahd)


def test_where_nobody_wrote_nobody_can_be_written_to(fahd: Person, ticket: Ticket) -> None:
    mail = come("x", From="")
    with pytest.raises(Undecidable, match="no_sender"):
        decisions.make_ticket(mail, by=fahd)
    mail.refresh_from_db()
    assert mail.state == State.HELD


def test_files_of_an_accepted_mail_come_along(ticket: Ticket, fahd: Person) -> None:
    to = tokens.tagged(parse_address(OURS), tokens.make(tokens.TICKET, ticket.pk)).address
    mail = arrived(with_files(part("a.png", PICTURE), part("b.exe", b"MZ"), sender=OTHER), to=to)
    letter = decisions.accept(mail, by=fahd)
    assert (letter.file_count, letter.refused_files.count()) == (1, 1)
    assert not Draft.objects.exists()


@pytest.mark.parametrize("headers", [{"Auto_Submitted": "auto-replied"}, {"List_Id": "<x.y>"}])
def test_what_was_taken_for_a_machines_can_be_looked_at_again(
    noura: Person, headers: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    mail = come("أنا إنسانة", **headers)
    outcome = mail.outcome
    handling.replay(mail)
    handle_all()
    mail.refresh_from_db()
    assert (mail.state, mail.outcome) == (State.DONE, outcome)


def test_a_persons_mail_that_was_taken_for_a_machines_can_be_accepted_after_all(
    noura: Person, fahd: Person, ticket: Ticket
) -> None:
    to = tokens.tagged(parse_address(OURS), tokens.make(tokens.TICKET, ticket.pk)).address
    reply = come("أنا إنسانة", to=to, Auto_Submitted="auto-replied")
    assert decisions.accept(reply, by=fahd).ticket == ticket
    assert (reply.state, reply.outcome) == (State.DONE, Outcome.FOLLOWED_UP)
    new = come("وهذا سؤال", List_Id="<x.y>")
    assert decisions.make_ticket(new, by=fahd).requester == noura
    with pytest.raises(Undecidable):
        decisions.discard(come("x", List_Id="<x.y>"), by=fahd)


def test_a_mail_that_became_a_letter_is_never_replayed(noura: Person) -> None:
    mail = come()
    with pytest.raises(Undecidable):
        handling.replay(mail)


def test_a_row_that_is_handled_again_all_the_same_makes_no_second_letter(noura: Person) -> None:
    mail = come()
    letter = mail.letter
    for outcome in ("", Outcome.BOUNCE):
        IncomingMail.objects.filter(pk=mail.pk).update(
            state=State.WAITING, done_at=None, letter=None, ticket=None, outcome=outcome
        )
        handle_all()
        mail.refresh_from_db()
        assert (mail.state, mail.outcome, mail.letter) == (State.DONE, Outcome.OPENED, letter)
    assert Message.objects.count() == Ticket.objects.count() == 1


# -- the command ---------------------------------------------------------------------------------------------------


def said(*words: str) -> str:
    out = StringIO()
    call_command("mail", "replay", *words, stdout=out)
    return out.getvalue()


def test_the_command_replays_by_state_and_by_number(held: IncomingMail, fahd: Person) -> None:
    waiting: Callable[[], int] = IncomingMail.objects.filter(state=State.WAITING).count
    assert "nothing" in said("--parked")
    said("--held")
    assert waiting() == 1
    handle_all()
    said(str(held.pk))
    assert waiting() == 1
    with pytest.raises(CommandError, match="no mail"):
        said("999999")
    with pytest.raises(CommandError):
        said()


def test_a_dry_run_says_what_would_be_decided_and_changes_nothing(held: IncomingMail) -> None:
    line = said("--held", "--dry-run")
    assert f"{held.pk}" in line
    assert "hold" in line
    assert "someone_else" in line
    held.refresh_from_db()
    assert held.state == State.HELD
