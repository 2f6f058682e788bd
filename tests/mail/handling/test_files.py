"""The files of a mail pass the gate that uploads pass; what is refused is named with its reason."""

import base64

import pytest
from pytest_django import Settings

from tawasul.accounts.models import Person
from tawasul.attachments import antivirus
from tawasul.attachments.models import StoredFile
from tawasul.core import centre
from tawasul.core.models import CentreSettings
from tawasul.mail.models import IncomingMail
from tawasul.tickets import actions, drafts
from tawasul.tickets.models import Attachment, Draft, RefusedFile
from tests.mail.handling.conftest import GUEST, OURS, Outcome, State, arrived, handle_all
from tests.mail.inbound.making import multipart
from tests.portal.forms import png
from tests.world import signed_in

PICTURE = png("x.png").read()


def part(name: str, content: bytes, kind: str = "application/octet-stream", **more: str) -> tuple[str, bytes]:
    extra = "".join(f"\n{key.replace('_', '-')}: {value}" for key, value in more.items())
    head = f'Content-Type: {kind}; name="{name}"\nContent-Transfer-Encoding: base64{extra}'
    return head, base64.encodebytes(content).replace(b"\n", b"\r\n")


def with_files(
    *parts: tuple[str, bytes], body: str = "المرفقات", sender: str = "noura@example.com.sa"
) -> bytes:
    return multipart(
        ("Content-Type: text/plain; charset=utf-8", body),
        *parts,
        From=f"Noura <{sender}>",
        To=OURS,
        Subject="وثائق",
        Message_ID=f"<{hash(parts)}@mailer.example>",
    )


def test_good_files_are_attached_and_refused_ones_listed_with_their_reason(noura: Person) -> None:
    mail = arrived(
        with_files(
            part("صورة\u202egnp.png", PICTURE, "image/png", Content_ID="<logo@x>"),
            part("عقد.docx", b"PK\x03\x04" + b"x" * 100, "application/msword"),
            part("a.pdf", b""),
        )
    )
    letter = mail.letter
    assert letter is not None
    assert letter.file_count == 1
    attachment = letter.attachments.get()
    assert (attachment.content_id, attachment.file.type) == ("logo@x", "image/png")
    assert attachment.file.uploaded_by == noura
    assert "\u202e" not in attachment.file.name
    refused = list(letter.refused_files.order_by("pk"))
    assert [(one.name, one.reason.partition("?")[0]) for one in refused] == [
        ("عقد.docx", "kind_document"),
        ("a.pdf", "empty"),
    ]
    assert (refused[0].type, refused[0].size) == ("application/msword", 104)
    assert drafts.why(refused[0].reason)
    assert not Draft.objects.exists()


def test_a_mail_of_files_alone_is_a_letter_without_words(noura: Person) -> None:
    mail = arrived(with_files(part("a.png", PICTURE), body=""))
    assert mail.letter is not None
    assert (mail.letter.text, mail.letter.file_count) == ("", 1)


@pytest.fixture
def narrow(db: None) -> None:
    CentreSettings.objects.update_or_create(pk=CentreSettings.ONLY, defaults={"files_max_count": 2})
    centre.forget()


def test_the_centres_limit_on_the_count_holds_for_mails(noura: Person, narrow: None) -> None:
    mail = arrived(with_files(*(part(f"{number}.png", PICTURE) for number in range(60))))
    assert mail.letter is not None
    assert mail.letter.file_count == 2
    assert list(mail.letter.refused_files.values_list("reason", flat=True)) == [drafts.COUNT] * 58
    assert StoredFile.objects.count() == 2


def test_the_centres_limit_on_all_files_of_a_ticket_holds_for_mails(
    noura: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(CentreSettings, "files_max_total", property(lambda self: len(PICTURE) + 10))
    first = arrived(with_files(part("1.png", PICTURE)))
    assert first.letter is not None
    assert first.ticket is not None
    second = arrived(
        with_files(part("2.png", PICTURE)).replace(
            b"\r\nTo:", f"\r\nIn-Reply-To: {first.message_id}\r\nTo:".encode(), 1
        )
    )
    assert (second.outcome, second.ticket) == (Outcome.FOLLOWED_UP, first.ticket)
    assert second.letter is not None
    assert second.letter.file_count == 0
    assert second.letter.refused_files.get().reason == drafts.TOTAL


def test_while_the_scanner_is_away_the_mail_waits_and_keeps_nothing_half(
    noura: Person, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(chunks: object, address: str) -> str:
        raise antivirus.ScannerDown("no answer")

    settings.CLAMD = "/run/clamd"
    with monkeypatch.context() as patch:
        patch.setattr(antivirus, "scan", away)
        with pytest.raises(AssertionError, match="still wait"):
            arrived(with_files(part("a.png", PICTURE)))
    mail = IncomingMail.objects.get()
    assert (mail.state, mail.attempts, mail.last_error) == (State.WAITING, 0, "scanner_down")
    assert not Draft.objects.exists()
    assert not StoredFile.objects.exists()
    monkeypatch.setattr(antivirus, "scan", lambda chunks, address: "")
    handle_all()
    mail.refresh_from_db()
    assert (mail.state, mail.last_error) == (State.DONE, "")
    assert Attachment.objects.get().message == mail.letter


def test_a_strangers_files_wait_with_the_request(terms: object) -> None:
    mail = arrived(with_files(part("a.png", PICTURE), part("b.exe", b"MZ" + b"x" * 50), sender=GUEST))
    assert mail.outcome == Outcome.UNCONFIRMED
    assert mail.draft is not None
    assert mail.draft.attachments.count() == 1
    assert RefusedFile.objects.get().draft == mail.draft


def test_where_the_rest_fails_no_file_is_left_behind(noura: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(**given: object) -> None:
        raise RuntimeError("no")

    monkeypatch.setattr(actions, "open_ticket", broken)
    mail = arrived(with_files(part("a.png", PICTURE)))
    assert (mail.state, mail.reason) == (State.PARKED, "handling_failed")
    assert "RuntimeError: no" in mail.last_error
    assert not Draft.objects.exists()
    assert not StoredFile.objects.exists()


def test_a_letter_without_words_is_shown_to_both_sides(
    noura: Person, fahd: Person, settings: Settings
) -> None:
    settings.STAFF_NEED_TWO_STEPS = False
    mail = arrived(with_files(part("صورة.png", PICTURE), part("b.exe", b"MZ"), body=""))
    assert mail.ticket is not None
    for person, path in (
        (noura, mail.ticket.get_absolute_url()),
        (fahd, f"/ar/desk/tickets/{mail.ticket.spoken_number}/"),
    ):
        page = signed_in(person).get(path)
        assert page.status_code == 200
        assert "صورة.png" in page.content.decode()
