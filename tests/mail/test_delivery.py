"""What goes over the wire, and what becomes of a mail when the server does not do as it should."""

import itertools
import time
from datetime import timedelta

import pytest
import time_machine
from django.utils import translation
from pytest_django import Settings

from tawasul.core import clock
from tawasul.mail import actions
from tawasul.mail.models import OutgoingMail
from tawasul.mail.smtp import Deliverer
from tests.mail.conftest import WriteAMail, due_again
from tests.mail.raw_smtp import RawSmtp

pytestmark = [pytest.mark.network, pytest.mark.django_db]
State = OutgoingMail.State


def test_a_mail_goes_out_and_says_what_the_server_said(
    server: RawSmtp, deliverer: Deliverer, write_a_mail: WriteAMail
) -> None:
    mail = write_a_mail()
    assert deliverer.deliver_due() == 1
    mail.refresh_from_db()
    assert (mail.state, mail.smtp_reply, mail.last_error, mail.lease) == (
        State.SENT,
        "250 2.0.0 taken",
        "",
        None,
    )
    assert mail.sent_at is not None and mail.done_at is not None
    assert server.taken[0].rcpt == b"RCPT TO:<noura@example.com.sa>"
    assert b"SMTPUTF8" not in server.taken[0].mail
    assert deliverer.deliver_due() == 0, "what was sent is not sent again"


@pytest.mark.parametrize(
    "address",
    ["دعم@سجل.السعودية", "电子邮件测试@普遍适用测试.我爱你", "info5é@universal-acceptance-test.icu"],
)
def test_an_internationalised_mailbox_goes_out_as_it_is_written(
    server: RawSmtp, deliverer: Deliverer, write_a_mail: WriteAMail, address: str
) -> None:
    mail = write_a_mail(address)
    deliverer.deliver_due()
    mail.refresh_from_db()
    assert mail.state == State.SENT
    taken = server.taken[0]
    assert taken.rcpt == f"RCPT TO:<{address}>".encode()
    assert taken.mail.startswith(b"MAIL FROM:<tickets@registry.example>")
    assert taken.mail.endswith(b" BODY=8BITMIME SMTPUTF8")
    assert f"\r\nTo: {address}\r\n".encode() in taken.content


def test_without_smtputf8_an_internationalised_mailbox_fails_and_says_why(
    server: RawSmtp, deliverer: Deliverer, write_a_mail: WriteAMail
) -> None:
    server.extensions = ["8BITMIME"]
    mail, other = write_a_mail("دعم@سجل.السعودية"), write_a_mail()
    deliverer.deliver_due()
    mail.refresh_from_db()
    other.refresh_from_db()
    assert (mail.state, mail.last_error) == (State.FAILED, "no_smtputf8")
    with translation.override("ar"):
        assert mail.why.startswith("في اسم صندوق البريد حروف غير لاتينية")
    assert other.state == State.SENT
    assert [taken.rcpt for taken in server.taken] == [b"RCPT TO:<noura@example.com.sa>"]
    assert "RCPT" in server.verbs and server.verbs.count("RCPT") == 1, "the server never saw the address"


@pytest.mark.parametrize(
    ("address", "on_the_wire"),
    [
        ("info@هاتف1.السعودية", b"info@xn--1-ymcj6g1a.xn--mgberp4a5d4ar"),
        ("info@faß.de", b"info@xn--fa-hia.de"),
        ("email-test@普遍适用测试。我爱你", b"email-test@xn--tkvs6ms8gqpywye3ma.xn--6qq986b3xl"),
    ],
)
@pytest.mark.parametrize("extensions", [(), ("8BITMIME", "SMTPUTF8")])
def test_an_ascii_mailbox_at_an_internationalised_domain_reaches_any_server(
    server: RawSmtp,
    deliverer: Deliverer,
    write_a_mail: WriteAMail,
    address: str,
    on_the_wire: bytes,
    extensions: tuple[str, ...],
) -> None:
    server.extensions = list(extensions)
    write_a_mail(address)
    deliverer.deliver_due()
    assert server.taken[0].rcpt == b"RCPT TO:<" + on_the_wire + b">"
    assert b"SMTPUTF8" not in server.taken[0].mail
    assert server.taken[0].content.isascii()


def test_the_server_is_greeted_by_the_portals_own_name(
    server: RawSmtp, deliverer: Deliverer, write_a_mail: WriteAMail
) -> None:
    write_a_mail()
    deliverer.deliver_due()
    assert server.conversations[0].lines[0] == b"ehlo localhost"


def test_several_mails_go_over_one_connection(
    server: RawSmtp, deliverer: Deliverer, write_a_mail: WriteAMail
) -> None:
    for _ in range(7):
        write_a_mail()
    assert deliverer.deliver_due() == 7
    assert len(server.taken) == 7 and len(server.conversations) == 1


def test_a_greylisted_mail_is_tried_again_later_and_then_arrives(
    server: RawSmtp, deliverer: Deliverer, write_a_mail: WriteAMail
) -> None:
    server.script["RCPT"] = ["451 4.7.1 come back later"]
    mail, other = write_a_mail(), write_a_mail("khalid@example.com.sa")
    deliverer.deliver_due()
    mail.refresh_from_db()
    other.refresh_from_db()
    assert (mail.state, mail.last_error, mail.smtp_reply) == (
        State.WAITING,
        "postponed",
        "451 4.7.1 come back later",
    )
    wait = mail.next_try_at - clock.now()
    assert timedelta(seconds=20) < wait < timedelta(seconds=45)
    with translation.override("en"):
        assert mail.why == "The mail server put it off: \u2068451 4.7.1 come back later\u2069"
    with translation.override("en"):
        assert mail.why == "The mail server put it off: \u2068451 4.7.1 come back later\u2069"
    assert other.state == State.SENT, "the others do not wait for it"
    due_again(mail)
    deliverer.deliver_due()
    mail.refresh_from_db()
    assert (mail.state, mail.attempts, mail.last_error) == (State.SENT, 2, "")


def test_the_wait_grows_with_each_try_and_ends_after_five_days(
    server: RawSmtp, deliverer: Deliverer, write_a_mail: WriteAMail
) -> None:
    server.script["RCPT"] = ["451 4.7.1 come back later"] * 200
    mail = write_a_mail()
    waits: list[float] = []
    start = clock.now()
    with time_machine.travel(start, tick=False) as travel:
        while mail.state == State.WAITING and len(waits) < 150:
            deliverer.deliver_due()
            mail.refresh_from_db()
            waits.append((mail.next_try_at - clock.now()).total_seconds())
            travel.move_to(max(mail.next_try_at, clock.now()))
        ended = clock.now()
    assert mail.state == State.FAILED
    assert mail.last_error == "expired: postponed"
    assert timedelta(days=5) <= ended - start < timedelta(days=5, hours=1)
    assert waits[0] < 45 and max(waits) < 2.6 * 3600
    assert all(later > earlier for earlier, later in itertools.pairwise(waits[:6]))


def test_a_mail_refused_for_good_fails_with_the_servers_words(
    server: RawSmtp, deliverer: Deliverer, write_a_mail: WriteAMail
) -> None:
    server.script["RCPT"] = ["550 5.1.1 no such mailbox: لا صندوق\x07" + "x" * 600]
    mail, other = write_a_mail(), write_a_mail()
    deliverer.deliver_due()
    mail.refresh_from_db()
    other.refresh_from_db()
    assert (mail.state, mail.last_error) == (State.FAILED, "refused")
    assert mail.smtp_reply.startswith("550 5.1.1 no such mailbox: لا صندوق ")
    assert len(mail.smtp_reply) <= 500 and "\x07" not in mail.smtp_reply
    assert other.state == State.SENT and len(server.conversations) == 1


def test_a_mail_refused_after_its_content_fails_too(
    server: RawSmtp, deliverer: Deliverer, write_a_mail: WriteAMail
) -> None:
    server.script["DOT"] = ["554 5.7.1 looks like spam"]
    mail = write_a_mail()
    deliverer.deliver_due()
    mail.refresh_from_db()
    assert (mail.state, mail.smtp_reply) == (State.FAILED, "554 5.7.1 looks like spam")


def test_a_server_that_closes_the_door_with_421_gets_the_mail_later(
    server: RawSmtp, deliverer: Deliverer, write_a_mail: WriteAMail
) -> None:
    server.script["MAIL"] = ["421 4.3.2 shutting down"]
    mail = write_a_mail()
    deliverer.deliver_due()
    mail.refresh_from_db()
    assert (mail.state, mail.smtp_reply) == (State.WAITING, "421 4.3.2 shutting down")
    due_again(mail)
    deliverer.deliver_due()
    mail.refresh_from_db()
    assert mail.state == State.SENT and len(server.conversations) == 2


def test_a_kept_connection_that_died_meanwhile_is_no_mails_fault(
    server: RawSmtp, deliverer: Deliverer, write_a_mail: WriteAMail
) -> None:
    write_a_mail()
    deliverer.deliver_due()
    server.conversations[0].connection.shutdown(2)
    second = write_a_mail()
    server.script["MAIL"] = ["421 4.4.2 idle for too long"]
    deliverer.deliver_due()
    second.refresh_from_db()
    # the dead line is noticed, the next one says 421 at once: the second try may wait, but never fails
    assert second.state in {State.SENT, State.WAITING}
    third = write_a_mail()
    deliverer.deliver_due()
    third.refresh_from_db()
    assert third.state == State.SENT


def test_a_line_that_breaks_in_the_middle_of_a_mail_costs_at_most_a_repeat_with_the_same_id(
    server: RawSmtp, deliverer: Deliverer, write_a_mail: WriteAMail
) -> None:
    def take_and_hang_up(conversation: object) -> None:
        return None

    server.script["DOT"] = [take_and_hang_up]
    mail, other = write_a_mail(), write_a_mail()
    deliverer.deliver_due()
    mail.refresh_from_db()
    other.refresh_from_db()
    assert mail.state == State.WAITING and mail.last_error.startswith("line_broke")
    assert other.state == State.SENT
    due_again(mail)
    deliverer.deliver_due()
    mail.refresh_from_db()
    assert mail.state == State.SENT
    assert server.ids().count(mail.message_id.encode()) == 1


def test_a_silent_server_is_left_after_the_time_out(
    server: RawSmtp, deliverer: Deliverer, write_a_mail: WriteAMail, settings: Settings
) -> None:
    settings.SMTP_TIMEOUT = 1

    def say_nothing(conversation: object) -> None:
        time.sleep(3)

    server.script["MAIL"] = [say_nothing]
    mail = write_a_mail()
    started = time.monotonic()
    deliverer.deliver_due()
    assert time.monotonic() - started < 2.5
    mail.refresh_from_db()
    assert (mail.state, mail.last_error) == (State.WAITING, "line_broke: no answer within 1 s")


def test_without_a_server_all_mails_wait_and_go_when_it_is_back(
    write_a_mail: WriteAMail, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tawasul.mail.smtp.FIRST_PAUSE", timedelta(seconds=0.2))
    with RawSmtp() as gone:
        port = gone.port
    settings.SMTP_HOST, settings.SMTP_PORT = "127.0.0.1", port
    mails = [write_a_mail() for _ in range(30)]
    deliverer = Deliverer()
    assert deliverer.deliver_due() == 0
    assert deliverer.deliver_due() == 0, "it does not knock again at once"
    tried = OutgoingMail.objects.exclude(last_error="")
    assert tried.count() == 20
    assert all(mail.last_error.startswith("unreachable: ") and mail.attempts == 0 for mail in tried)
    assert all(mail.state == State.WAITING for mail in OutgoingMail.objects.all())
    with RawSmtp(port=port) as back:
        deadline = time.monotonic() + 10
        while len(back.taken) < len(mails) and time.monotonic() < deadline:
            deliverer.deliver_due()
            time.sleep(0.05)
        deliverer.close()
    assert sorted(back.ids()) == sorted(mail.message_id.encode() for mail in mails)


def test_a_server_that_wants_a_password_we_do_not_have_fails_no_mail(
    server: RawSmtp, deliverer: Deliverer, write_a_mail: WriteAMail, settings: Settings
) -> None:
    server.extensions = ["AUTH PLAIN"]
    settings.SMTP_USER, settings.SMTP_PASSWORD = "portal", "a secret word"
    server.script["AUTH"] = ["535 5.7.8 wrong password"]
    mail = write_a_mail()
    assert deliverer.deliver_due() == 0
    mail.refresh_from_db()
    assert mail.state == State.WAITING
    assert mail.last_error == "unreachable: 535 5.7.8 wrong password"
    assert "secret" not in mail.last_error + mail.smtp_reply


def test_a_mail_that_breaks_our_own_code_holds_up_nobody(
    server: RawSmtp, deliverer: Deliverer, write_a_mail: WriteAMail
) -> None:
    mail, other = write_a_mail(), write_a_mail()
    OutgoingMail.objects.filter(pk=mail.pk).update(headers=["no", "headers"])
    deliverer.deliver_due()
    mail.refresh_from_db()
    other.refresh_from_db()
    assert mail.state == State.WAITING and mail.last_error.startswith("own_fault: ")
    assert other.state == State.SENT


def test_told_to_stop_it_gives_back_what_it_has_not_begun(server: RawSmtp, write_a_mail: WriteAMail) -> None:
    from threading import Event

    stop = Event()
    mails = [write_a_mail() for _ in range(3)]

    def stop_now(conversation: object) -> str:
        stop.set()
        return "250 2.0.0 taken"

    server.script["DOT"] = [stop_now]
    deliverer = Deliverer(stop)
    deliverer.deliver_due()
    deliverer.close()
    states = sorted(OutgoingMail.objects.values_list("state", "attempts", "lease"))
    assert states == [(State.SENT, 1, None), (State.WAITING, 0, None), (State.WAITING, 0, None)]
    assert len(mails) == 3


def test_staff_send_a_failed_mail_again_or_to_a_corrected_address(
    server: RawSmtp, deliverer: Deliverer, write_a_mail: WriteAMail
) -> None:
    server.script["RCPT"] = ["550 5.1.1 no such mailbox"] * 2
    again, elsewhere = write_a_mail("one@example.sa"), write_a_mail("nuora@example.sa")
    deliverer.deliver_due()
    assert actions.retry_now(again)
    assert actions.correct_address(elsewhere, "noura@example.sa")
    deliverer.deliver_due()
    assert [taken.rcpt for taken in server.taken] == [
        b"RCPT TO:<one@example.sa>",
        b"RCPT TO:<noura@example.sa>",
    ]
    assert not actions.retry_now(again), "a mail that was sent is not sent again"
    assert not actions.correct_address(elsewhere, "other@example.sa")


def test_a_mail_in_a_deliverers_hands_is_left_to_it(write_a_mail: WriteAMail) -> None:
    mail = write_a_mail()
    (claimed,) = OutgoingMail.objects.claim(1)
    assert not actions.retry_now(claimed)
    assert not actions.correct_address(mail, "other@example.sa")
