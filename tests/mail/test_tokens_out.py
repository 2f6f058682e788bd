"""What goes out can be told when it comes back: the reply by its address, the bounce by its return path, and a mail
of our own by its mark."""

import email
import email.policy

import pytest
from pytest_django import Settings

from tawasul.config.commands import doctor
from tawasul.core.models import CentreSettings
from tawasul.mail import actions, headers, mime, tokens
from tawasul.mail.models import OutgoingMail
from tawasul.mail.smtp import Deliverer
from tests.mail.conftest import WriteAMail
from tests.mail.raw_smtp import RawSmtp
from tests.world import OpenATicket

pytestmark = [pytest.mark.network, pytest.mark.django_db]


def of_a_ticket(open_a_ticket: OpenATicket, to: str = "noura@example.com.sa") -> OutgoingMail:
    mail = actions.send(
        "on_hold",
        to=to,
        language="ar",
        context={"link": "https://portal.example/ar/x/", "reason": "خطاب", "party": ""},
        key="hold",
        ticket=open_a_ticket(),
    )
    assert mail is not None
    return mail


def field(content: bytes, name: str) -> str:
    message = email.message_from_string(content.decode(), policy=email.policy.default)
    return str(message[name].addresses[0].addr_spec)


def test_a_reply_goes_to_its_ticket_and_a_bounce_to_its_mail(
    server: RawSmtp, deliverer: Deliverer, open_a_ticket: OpenATicket, settings: Settings
) -> None:
    settings.MAIL_TOKENS = True
    mail = of_a_ticket(open_a_ticket)
    deliverer.deliver_due()
    (taken,) = server.taken
    return_path = taken.mail.decode().partition("<")[2].partition(">")[0]
    reply_to = field(taken.content, "Reply-To")
    assert tokens.read(tokens.MAIL, return_path) == mail.pk
    assert tokens.read(tokens.TICKET, reply_to) == mail.ticket_id
    assert tokens.read(tokens.TICKET, return_path) is tokens.read(tokens.MAIL, reply_to) is None
    for address in (return_path, reply_to):
        assert address.startswith("tickets+") and address.endswith("@registry.example")
    assert field(taken.content, "From") == "tickets@registry.example", "people see the plain address"


def test_a_mail_without_a_ticket_names_itself_in_its_return_path_alone(
    server: RawSmtp, deliverer: Deliverer, write_a_mail: WriteAMail, settings: Settings
) -> None:
    settings.MAIL_TOKENS = True
    mail = write_a_mail()
    deliverer.deliver_due()
    (taken,) = server.taken
    assert tokens.read(tokens.MAIL, taken.mail.decode().partition("<")[2].partition(">")[0]) == mail.pk
    assert field(taken.content, "Reply-To") == "tickets@registry.example"


def test_switched_off_there_is_no_token_anywhere(
    server: RawSmtp, deliverer: Deliverer, open_a_ticket: OpenATicket
) -> None:
    of_a_ticket(open_a_ticket)
    deliverer.deliver_due()
    (taken,) = server.taken
    assert taken.mail.startswith(b"MAIL FROM:<tickets@registry.example>")
    assert field(taken.content, "Reply-To") == "tickets@registry.example"


def test_the_published_address_gives_way_to_the_one_that_finds_the_ticket(
    open_a_ticket: OpenATicket, settings: Settings
) -> None:
    CentreSettings.objects.update(email="care@registry.example")
    mail = of_a_ticket(open_a_ticket)
    assert mime.envelope(mail, utf8_offered=False).reply_to == "care@registry.example"
    settings.MAIL_TOKENS = True
    reply_to = mime.envelope(mail, utf8_offered=False).reply_to
    assert tokens.read(tokens.TICKET, reply_to) == mail.ticket_id and reply_to.startswith("tickets+")


@pytest.mark.parametrize(
    ("own", "begins", "ends", "utf8"),
    [
        ("دعم@سجل.السعودية", "دعم+", "@سجل.السعودية", True),
        ("support@سجل.السعودية", "support+", "@xn--rgbn6c.xn--mgberp4a5d4ar", False),
    ],
)
def test_an_internationalised_address_of_our_own_carries_tokens_as_well(
    server: RawSmtp,
    deliverer: Deliverer,
    open_a_ticket: OpenATicket,
    settings: Settings,
    own: str,
    begins: str,
    ends: str,
    utf8: bool,
) -> None:
    settings.MAIL_TOKENS, settings.MAIL_FROM = True, own
    headers.mail_domain.cache_clear()
    mail = of_a_ticket(open_a_ticket)
    deliverer.deliver_due()
    (taken,) = server.taken
    return_path = taken.mail.decode().partition("<")[2].partition(">")[0]
    assert return_path.startswith(begins) and return_path.endswith(ends)
    assert tokens.read(tokens.MAIL, return_path) == mail.pk
    assert (b"SMTPUTF8" in taken.mail) is utf8
    reply_to = taken.content.decode().partition("Reply-To: ")[2].partition(">")[0].partition("<")[2]
    assert reply_to.startswith(begins) and reply_to.endswith(ends)
    assert tokens.read(tokens.TICKET, reply_to) == mail.ticket_id


def test_every_mail_bears_the_mark_of_this_portal_and_of_no_other(
    server: RawSmtp, deliverer: Deliverer, write_a_mail: WriteAMail, settings: Settings
) -> None:
    write_a_mail()
    deliverer.deliver_due()
    message = email.message_from_bytes(server.taken[0].content)
    assert headers.is_own_loop_mark(message["X-Tawasul-Loop"])
    assert headers.is_own_loop_mark(f" {message['X-Tawasul-Loop'].upper()} ")
    for other in ("", "yes", "علامة", "\udcff", message["X-Tawasul-Loop"][:-1]):
        assert not headers.is_own_loop_mark(other)
    settings.SECRET_KEY = "another portal's"
    assert not headers.is_own_loop_mark(message["X-Tawasul-Loop"])


@pytest.mark.parametrize("language", ["ar", "en"])
def test_a_mail_says_that_it_can_be_answered_only_where_an_answer_arrives(
    open_a_ticket: OpenATicket, settings: Settings, language: str
) -> None:
    ticket = open_a_ticket()

    def foot(key: str) -> tuple[str, str]:
        mail = actions.send(
            "on_hold",
            to="noura@example.com.sa",
            language=language,
            context={"link": "https://portal.example/x/", "reason": "", "party": ""},
            key=key,
            ticket=ticket,
        )
        assert mail is not None
        return mail.text, mail.html

    no, yes = {
        "ar": ("فالردّ على هذه الرسالة لا يصل", "ردّ على هذه الرسالة أو افتح"),
        "en": ("a reply to this mail does not reach the ticket", "answer this mail or open the ticket"),
    }[language]
    assert all(no in part and yes not in part for part in foot("off"))
    settings.MAIL_TOKENS = True
    assert all(yes in part and no not in part for part in foot("on"))
    settings.MAIL_TOKENS, settings.MAIL_REPLIES = False, True
    assert all(yes in part and no not in part for part in foot("a pipe brings it"))


@pytest.mark.parametrize(("mailbox", "word"), [("tickets", "ok"), ("t" * 39, "WRONG"), ("دعم" * 7, "WRONG")])
def test_the_doctor_says_when_our_mailbox_has_no_room_for_a_token(
    settings: Settings, capsys: pytest.CaptureFixture[str], mailbox: str, word: str
) -> None:
    settings.MAIL_TOKENS, settings.MAIL_FROM = True, f"{mailbox}@registry.example"
    doctor.run([])
    (line,) = [line for line in capsys.readouterr().out.splitlines() if "with tokens" in line]
    assert line.startswith(word)
