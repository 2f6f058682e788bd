"""What the mails say and how they are built, as a mail program sees them."""

import email
import email.policy
import re
from datetime import UTC, datetime
from email.header import decode_header, make_header
from email.message import EmailMessage
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import TestCase
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase as HypothesisTestCase

from tawasul.accounts.models import Person
from tawasul.mail import actions, headers, mime, rendering
from tawasul.mail.kinds import KINDS
from tawasul.mail.models import OutgoingMail
from tawasul.reactions.letters import File, Turn
from tawasul.tickets import actions as tickets
from tests.mail.conftest import WriteAMail
from tests.world import OpenATicket

pytestmark = pytest.mark.django_db
MOMENT = datetime(2026, 11, 22, 7, 24, tzinfo=UTC)
LINK = "https://portal.example/ar/somewhere/"
FSI, PDI = "\u2068", "\u2069"
STRANGERS_WORDS = "اشترِ الآن http://evil.example"

# What each kind is given; ticket kinds get ticket and letter besides.
SAMPLES: dict[str, dict[str, Any]] = {
    "ticket_opened": {"link": LINK, "due": MOMENT, "turn": Turn(2, 2), "guest": True},
    "guest_link": {"link": LINK, "expires_at": MOMENT},
    "answer": {
        "link": LINK,
        "close_due_at": MOMENT,
        "turn": Turn(7, 7),
        "files": [File("دليل.pdf", 2, LINK), File("screen.png", 1, LINK)],
    },
    "on_hold": {"link": LINK, "reason": "ننتظر خطاب الجهة", "party": "وزارة التجارة"},
    "close_warning": {"link": LINK, "close_due_at": MOMENT, "turn": Turn(2, 7), "answered_at": MOMENT},
    "closed": {
        "link": LINK,
        "receipt_link": LINK,
        "reason": "silence",
        "closed_at": MOMENT,
        "reopen_until": MOMENT,
    },
    "reopened": {"link": LINK, "at": MOMENT, "by_centre": True, "due": MOMENT, "turn": Turn(2, 2)},
    "participant_added": {
        "link": LINK,
        "asker": "فهد العتيبي",
        "guest": True,
        "is_private": True,
        "beside": "نورة",
    },
    "direct_confirm": {"link": LINK, "expires_at": MOMENT},
    "mail_confirm": {"link": LINK, "expires_at": MOMENT},
    "account_activate": {"link": LINK, "code": "271828", "days": 7},
    "account_exists": {"link": LINK, "reset_link": LINK},
    "unknown_account": {"link": LINK},
    "password_reset": {"link": LINK, "username": "noura"},
    "password_changed": {"link": LINK, "at": MOMENT},
    "email_change_confirm": {"link": LINK, "end": "old", "new_email": "دعم@سجل.السعودية", "days": 1},
    "email_changed": {"at": MOMENT, "new_email": "new@example.sa", "end": "old"},
    "new_device": {"link": LINK, "device": "Firefox, Windows", "network": "192.0.2.7", "at": MOMENT},
    "login_code": {"code": "271828"},
    "staff_notice": {
        "link": LINK,
        "choices_link": LINK,
        "what": "وردت متابعة",
        "by": "نورة الدوسري",
        "excerpt": "نص المتابعة",
        "due": MOMENT,
    },
    "staff_notices": {
        "link": LINK,
        "choices_link": LINK,
        "what": "وردت متابعة",
        "number": "4829-1736",
        "subject_of": "",
        "tickets": 3,
        "entries": [
            {
                "ticket": SimpleNamespace(spoken_number="4829-1736", subject=STRANGERS_WORDS),
                "link": LINK,
                "lines": [{"what": "وردت متابعة", "by": "نورة الدوسري"}],
                "more": 2,
                "due": MOMENT,
                "excerpt": "نص المتابعة",
            }
        ],
        "more": 2,
    },
    "generic": {"title": "تغيير", "paragraphs": ["نص"], "link": LINK, "link_text": "افتح"},
}
OF_TICKETS = (
    "staff_notice",
    *("ticket_opened", "guest_link", "answer", "on_hold", "close_warning", "closed", "reopened"),
    "participant_added",
)
ALL = [pytest.param(kind, language, id=f"{kind}-{language}") for kind in KINDS for language in ("ar", "en")]


def written(kind: str, language: str, open_a_ticket: OpenATicket, fahd: Person) -> OutgoingMail:
    about: dict[str, Any] = {}
    if kind in OF_TICKETS:
        ticket = open_a_ticket(subject=STRANGERS_WORDS)
        about["ticket"] = ticket
        if kind == "answer":
            about["letter"] = tickets.answer(
                ticket, by=fahd, text="نعم **فعلًا**.\n\n- ns1.example.com.sa\n- ثانيًا"
            )
    mail = actions.send(
        kind,
        to="noura@example.com.sa",
        name="نورة الدوسري",
        language=language,
        context=SAMPLES[kind],
        key=f"{kind}:1",
        **about,
    )
    assert mail is not None
    return mail


def parsed(mail: OutgoingMail) -> EmailMessage:
    raw = mime.build(mail, mime.envelope(mail, utf8_offered=True))
    assert max(map(len, raw.split(b"\r\n"))) < 998
    message = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return message


def test_every_kind_has_a_sample_here_and_a_folder_of_templates() -> None:
    assert set(SAMPLES) == set(KINDS)
    folder = rendering.TEMPLATES / "mail"
    assert {path.name for path in folder.iterdir() if path.is_dir()} == set(KINDS)


@pytest.mark.parametrize(("kind", "language"), ALL)
def test_every_mail_is_whole_in_both_parts(
    kind: str, language: str, open_a_ticket: OpenATicket, fahd: Person
) -> None:
    mail = written(kind, language, open_a_ticket, fahd)
    assert mail.subject and "\n" not in mail.subject
    for text in (mail.subject, mail.text):
        assert text.count(FSI) == text.count(PDI)
    direction = "rtl" if language == "ar" else "ltr"
    assert f'<html lang="{language}" dir="{direction}">' in mail.html
    assert "{{" not in mail.html + mail.text and "{%" not in mail.html + mail.text
    assert not re.search(r"(src|background)=|url\(|@import|<script|<link|<img", mail.html), (
        "nothing is fetched"
    )
    assert mail.html.count("<style>") == 1 and "prefers-color-scheme:dark" in mail.html
    if "link" in SAMPLES[kind]:
        assert f'href="{LINK}' in mail.html
        assert LINK in mail.text.splitlines(), "a link stands on a line of its own, nothing clings to it"
    if "code" in SAMPLES[kind]:
        assert "271828" in mail.text.splitlines() and "271828" in mail.html
    words = re.sub(r"\s+", " ", re.sub(r"<style>.*?</style>|<[^>]+>", " ", mail.html))
    arabic = len(re.findall(r"[\u0621-\u064a]", words)) / len(re.findall(r"[^\W\d_]", words))
    assert arabic > 0.75 if language == "ar" else arabic < 0.55, words
    assert 1 + mail.html.count("<table") == 1 + mail.html.count("</table>")


@pytest.mark.parametrize("language", ["ar", "en"])
@pytest.mark.parametrize("kind", [kind for kind, how in KINDS.items() if not how.known])
def test_what_a_stranger_typed_comes_back_in_no_mail_that_could_reach_someone_else(
    kind: str, language: str, open_a_ticket: OpenATicket, fahd: Person
) -> None:
    mail = written(kind, language, open_a_ticket, fahd)
    raw = mime.build(mail, mime.envelope(mail, utf8_offered=False))
    message = parsed(mail)
    everything = "".join([mail.subject, mail.text, mail.html, str(message["To"]), raw.decode()])
    for typed in ("اشترِ", "evil.example", "نورة", "الدوسري"):
        assert typed not in everything
    assert mail.to_name == ""


def test_the_number_stands_isolated_in_the_subject(open_a_ticket: OpenATicket, fahd: Person) -> None:
    mail = written("ticket_opened", "ar", open_a_ticket, fahd)
    assert mail.ticket is not None
    number = mail.ticket.spoken_number
    assert mail.subject == f"تذكرة {FSI}{number}{PDI}: {FSI}تعديل معلومات اسم نطاق{PDI}"
    assert str(parsed(mail)["Subject"]) == mail.subject
    english = rendering.render(
        "ticket_opened",
        language="en",
        context={"ticket": mail.ticket, **SAMPLES["ticket_opened"]},
    )
    assert english.subject == f"Ticket {FSI}{number}{PDI}: {FSI}Modify domain information{PDI}"


def test_the_mails_of_a_ticket_thread(open_a_ticket: OpenATicket, fahd: Person) -> None:
    ticket = open_a_ticket()
    kinds = ("ticket_opened", "answer", "close_warning", "closed")
    letter = tickets.answer(ticket, by=fahd, text="نعم")
    mails = []
    for kind in kinds:
        mail = actions.send(
            kind,
            to="noura@example.com.sa",
            language="ar",
            context=SAMPLES[kind],
            key=f"{kind}:1",
            ticket=ticket,
            letter=letter if kind == "answer" else None,
        )
        assert mail is not None
        mails.append(parsed(mail))
    ids = [str(message["Message-ID"]) for message in mails]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"<[0-9a-f]{32}@registry\.example>", message_id) for message_id in ids)
    assert mails[0]["In-Reply-To"] is None and mails[0]["References"] is None
    for position, message in enumerate(mails[1:], 1):
        assert message["In-Reply-To"] == ids[position - 1]
        assert str(message["References"]).split() == ids[:position]
    assert len({str(message["Subject"]) for message in mails}) == 1, "some programs thread by subject, too"


def test_a_mail_written_before_the_tickets_first_one_still_belongs_to_its_thread(
    open_a_ticket: OpenATicket, fahd: Person
) -> None:
    ticket = open_a_ticket()
    warning = actions.send(
        "close_warning",
        to="a@example.sa",
        language="ar",
        context=SAMPLES["close_warning"],
        key="w",
        ticket=ticket,
    )
    opened = actions.send(
        "ticket_opened",
        to="a@example.sa",
        language="ar",
        context=SAMPLES["ticket_opened"],
        key="o",
        ticket=ticket,
    )
    assert warning is not None and opened is not None
    assert warning.headers["References"] == opened.message_id == headers.thread_root(ticket)


def test_headers_say_that_the_mail_is_automatic_and_whose_it_is(
    open_a_ticket: OpenATicket, fahd: Person
) -> None:
    message = parsed(written("answer", "ar", open_a_ticket, fahd))
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["X-Auto-Response-Suppress"] == "DR, RN, NRN, OOF, AutoReply"
    assert message["List-Id"] == "<tickets.registry.example>"
    assert message["Content-Language"] == "ar"
    assert str(make_header(decode_header(str(message["From"])))).endswith("<tickets@registry.example>")
    assert message["To"].addresses[0].display_name == "نورة الدوسري"
    assert message["Reply-To"].addresses[0].addr_spec == "tickets@registry.example"
    assert message.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]


def test_the_same_row_gives_the_same_bytes_each_time(open_a_ticket: OpenATicket, fahd: Person) -> None:
    mail = written("answer", "ar", open_a_ticket, fahd)
    envelope = mime.envelope(mail, utf8_offered=False)
    assert mime.build(mail, envelope) == mime.build(OutgoingMail.objects.get(pk=mail.pk), envelope)


def test_a_second_mail_with_the_same_key_is_not_written(write_a_mail: WriteAMail) -> None:
    first = write_a_mail(key="once")
    again = actions.send("login_code", to="x@example.sa", language="ar", context={"code": "1"}, key="once")
    assert again is None
    assert OutgoingMail.objects.get().pk == first.pk


def test_a_ticket_has_one_first_mail_whatever_the_key(open_a_ticket: OpenATicket) -> None:
    ticket = open_a_ticket()
    for key in ("one", "two"):
        actions.send(
            "ticket_opened",
            to="a@example.sa",
            language="ar",
            context=SAMPLES["ticket_opened"],
            key=key,
            ticket=ticket,
        )
    assert OutgoingMail.objects.get().key == "one"


def test_a_missing_piece_of_context_is_an_error_and_never_a_mail_with_a_hole(
    write_a_mail: WriteAMail,
) -> None:
    with pytest.raises(Exception, match="'link' is undefined"):
        write_a_mail(kind="unknown_account", context={})
    assert not OutgoingMail.objects.exists()


def test_an_answer_shows_the_letter_as_the_page_does_and_escapes_the_rest(
    open_a_ticket: OpenATicket, fahd: Person
) -> None:
    ticket = open_a_ticket(subject="<script>alert(1)</script> & أخرى")
    letter = tickets.answer(ticket, by=fahd, text="نعم **فعلًا**\n\n<img src=x onerror=alert(1)>")
    mail = actions.send(
        "answer",
        to="a@example.sa",
        language="ar",
        context=SAMPLES["answer"],
        key="k",
        ticket=ticket,
        letter=letter,
    )
    assert mail is not None
    assert "<strong>فعلًا</strong>" in mail.html
    assert "<script" not in mail.html and "<img" not in mail.html
    assert "&lt;script&gt;" in mail.html
    assert "دليل.pdf" in mail.html and "(صفحتان)" in mail.html
    assert f"{FSI}<script>alert(1)</script> & أخرى{PDI}" in mail.text


def test_moments_are_told_in_the_persons_own_time_zone(noura: Person) -> None:
    noura.time_zone = "Europe/London"
    mail = actions.send(
        "password_changed",
        to=noura.email,
        language="en",
        context={"link": LINK, "at": MOMENT},
        key="k",
        person=noura,
    )
    assert mail is not None and "07:24" in mail.text and "10:24" not in mail.text


def test_names_and_subjects_survive_the_wire_whatever_letters_they_have(write_a_mail: WriteAMail) -> None:
    mail = write_a_mail()
    mail.subject = f"تذكرة {FSI}4829-1736{PDI}: {FSI}" + "طال به الزمن ولا ينتهي " * 8 + PDI
    mail.to_name = 'نورة, "أم خالد" <الدوسري>'
    message = parsed(mail)
    assert str(message["Subject"]) == mail.subject
    # Python's reader puts a space between two encoded words of a name; RFC 2047 (6.2) forbids it
    assert " ".join(message["To"].addresses[0].display_name.split()) == mail.to_name
    raw = mime.build(mail, mime.envelope(mail, utf8_offered=True))
    to = email.message_from_bytes(raw)["To"].replace("\r\n", "")
    assert str(make_header(decode_header(to))) == f"{mail.to_name} <{mail.to_address}>"
    assert message["To"].addresses[0].addr_spec == mail.to_address


@pytest.mark.parametrize("name", ["Khalid Al-Harbi", 'Khalid "K" O\'Neil, Jr. (CEO)', "a.b@c", "\\", "نورة"])
@pytest.mark.parametrize("to", ["a@example.sa", "دعم@سجل.السعودية"])
def test_a_name_of_any_kind_stays_a_name(write_a_mail: WriteAMail, name: str, to: str) -> None:
    mail = write_a_mail(to)
    mail.to_name = name
    raw = mime.build(mail, mime.envelope(mail, utf8_offered=True))
    (address,) = email.message_from_string(raw.decode(), policy=email.policy.default)["To"].addresses
    assert (address.display_name, address.addr_spec) == (name, to)


def test_a_line_break_in_a_field_is_refused(write_a_mail: WriteAMail) -> None:
    mail = write_a_mail()
    mail.headers = {"List-Id": "<x>\r\nBcc: everyone@example.sa"}
    with pytest.raises(ValueError, match="line break"):
        mime.build(mail, mime.envelope(mail, utf8_offered=False))


@pytest.mark.parametrize(
    "text",
    ["سطر\n\n.\n..نقطة\n", "plain = text \n.\n" + "x" * 2000 + "\nend", "From me \n\t tab\n", "=3D é"],
)
def test_any_body_arrives_as_it_was_written(write_a_mail: WriteAMail, text: str) -> None:
    mail = write_a_mail()
    mail.text = mail.html = text
    message = parsed(mail)
    for part in message.iter_parts():
        assert part.get_content().replace("\r\n", "\n").rstrip("\n") == text.rstrip("\n")


class AnySubject(HypothesisTestCase, TestCase):
    """Property tests over subjects and identifiers."""

    @given(st.text(st.characters(blacklist_categories=("Cc", "Cs", "Zl", "Zp")), min_size=1, max_size=200))
    @hypothesis_settings(deadline=None, max_examples=100, suppress_health_check=[HealthCheck.too_slow])
    def test_any_subject_arrives_as_it_was_written(self, text: str) -> None:
        subject = " ".join(text.split())
        mail = OutgoingMail(
            to_address="a@example.sa",
            subject=subject,
            text="x",
            html="<p>x</p>",
            message_id="<1@x>",
            created_at=MOMENT,
        )
        raw = mime.build(mail, mime.envelope(mail, utf8_offered=False))
        assert raw.isascii()
        found = email.message_from_bytes(raw)["Subject"]
        assert str(make_header(decode_header(found.replace("\r\n", "")))) == subject
