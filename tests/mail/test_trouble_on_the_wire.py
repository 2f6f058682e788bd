"""A server in trouble at every stage of a conversation: the mail waits and arrives once, and the others pass by it."""

from datetime import timedelta

import pytest
from pytest_django import Settings

from tawasul.core import clock
from tawasul.mail import smtp
from tawasul.mail.models import OutgoingMail
from tawasul.mail.smtp import Deliverer
from tests.mail.conftest import WriteAMail, due_again
from tests.mail.raw_smtp import RawSmtp

pytestmark = [pytest.mark.network, pytest.mark.django_db]
State = OutgoingMail.State
OF_ONE_MAIL = ["MAIL", "RCPT", "DATA", "DOT"]


@pytest.mark.parametrize("answer", ["421 4.3.2 shutting down", "451 4.3.0 try later", "452 4.2.2 full"])
@pytest.mark.parametrize("stage", OF_ONE_MAIL)
def test_a_no_for_now_to_one_mail_makes_it_wait_and_no_other(
    server: RawSmtp, deliverer: Deliverer, write_a_mail: WriteAMail, stage: str, answer: str
) -> None:
    server.script[stage] = [answer]
    first, second = write_a_mail(), write_a_mail("khalid@example.com.sa")
    assert deliverer.deliver_due() == 2
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, first.last_error, first.smtp_reply, first.attempts) == (
        State.WAITING,
        "postponed",
        answer,
        1,
    )
    assert timedelta(seconds=20) < first.next_try_at - clock.now() <= smtp.FIRST_DELAY * 1.25
    assert second.state == State.SENT
    due_again(first)
    deliverer.deliver_due()
    first.refresh_from_db()
    assert (first.state, first.attempts, first.last_error) == (State.SENT, 2, "")
    assert sorted(server.ids()) == sorted(mail.message_id.encode() for mail in (first, second))


@pytest.mark.parametrize("answer", ["550 5.1.1 unknown", "554 5.7.1 no"])
@pytest.mark.parametrize("stage", OF_ONE_MAIL)
def test_a_no_for_good_to_one_mail_is_final_and_never_asked_again(
    server: RawSmtp, deliverer: Deliverer, write_a_mail: WriteAMail, stage: str, answer: str
) -> None:
    server.script[stage] = [answer]
    first, second = write_a_mail(), write_a_mail("khalid@example.com.sa")
    deliverer.deliver_due()
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, first.last_error, first.smtp_reply) == (State.FAILED, "refused", answer)
    assert second.state == State.SENT
    asked = len(server.conversations[0].lines)
    due_again(first)
    assert deliverer.deliver_due() == 0 and len(server.conversations[0].lines) == asked


@pytest.mark.parametrize("answer", ["421 4.3.2 too many connections", "554 5.3.2 go away", "hello?"])
@pytest.mark.parametrize("stage", ["CONNECT", "EHLO"])
def test_a_server_that_lets_nobody_in_fails_no_mail_and_costs_it_no_attempt(
    server: RawSmtp,
    write_a_mail: WriteAMail,
    monkeypatch: pytest.MonkeyPatch,
    stage: str,
    answer: str,
) -> None:
    server.script[stage] = [answer]
    if stage == "EHLO":
        server.script["HELO"] = [answer]
    mails = [write_a_mail() for _ in range(3)]
    deliverer = Deliverer()
    assert deliverer.deliver_due() == 0
    for mail in mails:
        mail.refresh_from_db()
        assert (mail.state, mail.attempts, mail.lease) == (State.WAITING, 0, None)
        assert mail.last_error.startswith("unreachable: ")
        due_again(mail)
    assert deliverer.deliver_due() == 0 and len(server.conversations) == 1, "it does not knock again at once"
    monkeypatch.setattr(deliverer, "_closed_until", 0.0)
    assert deliverer.deliver_due() == 3
    deliverer.close()
    assert sorted(server.ids()) == sorted(mail.message_id.encode() for mail in mails)


def test_a_line_that_breaks_in_the_middle_of_the_content_is_tried_again(
    server: RawSmtp, deliverer: Deliverer, write_a_mail: WriteAMail
) -> None:
    server.script["CONTENT"] = ["hang up"]
    long, other = write_a_mail(), write_a_mail("khalid@example.com.sa")
    OutgoingMail.objects.filter(pk=long.pk).update(text="سطر طويل من الكلام\n" * 200_000)
    deliverer.deliver_due()
    long.refresh_from_db()
    other.refresh_from_db()
    assert long.state == State.WAITING and long.last_error.startswith("line_broke")
    assert other.state == State.SENT and server.ids() == [other.message_id.encode()], "a half mail is none"
    due_again(long)
    deliverer.deliver_due()
    assert server.ids() == [other.message_id.encode(), long.message_id.encode()]
    assert len(server.taken[1].content) > 4_000_000


@pytest.mark.parametrize("stage", ["EHLO", "MAIL", "RCPT", "DATA", "DOT"])
def test_a_line_that_breaks_at_any_moment_loses_nothing(
    server: RawSmtp, write_a_mail: WriteAMail, monkeypatch: pytest.MonkeyPatch, stage: str
) -> None:
    server.script[stage] = [lambda _conversation: None]
    mails = [write_a_mail() for _ in range(3)]
    deliverer = Deliverer()
    for _ in range(4):
        deliverer.deliver_due()
        monkeypatch.setattr(deliverer, "_closed_until", 0.0)
        for mail in mails:
            due_again(mail)
    deliverer.close()
    assert OutgoingMail.objects.filter(state=State.SENT).count() == 3
    assert sorted(server.ids()) == sorted(mail.message_id.encode() for mail in mails)


@pytest.mark.parametrize("extensions", [["8BITMIME"], ["8BITMIME", "STARTTLS"]])
def test_without_encryption_that_was_asked_for_nothing_is_said(
    server: RawSmtp, write_a_mail: WriteAMail, settings: Settings, extensions: list[str]
) -> None:
    settings.SMTP_SECURITY, settings.SMTP_USER, settings.SMTP_PASSWORD = "starttls", "portal", "secret"
    server.extensions = extensions
    server.script["STARTTLS"] = ["454 4.7.0 TLS not available"]
    mail = write_a_mail()
    deliverer = Deliverer()
    assert deliverer.deliver_due() == 0
    deliverer.close()
    mail.refresh_from_db()
    assert (mail.state, mail.attempts) == (State.WAITING, 0)
    assert mail.last_error.startswith("unreachable: ")
    assert not {"MAIL", "AUTH", "DATA"} & set(server.verbs), "neither a mail nor a password went in the clear"


def test_a_mail_tried_for_five_days_is_given_up_even_if_it_was_never_refused_for_good(
    server: RawSmtp, deliverer: Deliverer, write_a_mail: WriteAMail
) -> None:
    server.script["DOT"] = ["451 4.7.1 greylisted"]
    mail = write_a_mail()
    OutgoingMail.objects.filter(pk=mail.pk).update(give_up_at=clock.now())
    deliverer.deliver_due()
    mail.refresh_from_db()
    assert (mail.state, mail.last_error) == (State.FAILED, "expired: postponed")
