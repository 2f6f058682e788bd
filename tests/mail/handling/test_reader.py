"""No mail harms the worker: what breaks the reader is parked with its reason, and can be replayed."""

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import tawasul
from tawasul.accounts.models import Person
from tawasul.attachments import pool
from tawasul.mail import handling
from tawasul.mail.doors import store
from tawasul.mail.handling import child, reader, reading
from tawasul.mail.models import IncomingMail
from tests.mail.handling.conftest import Outcome, State, arrived, come, handle_all, raw_mail
from tests.mail.inbound.making import multipart


@pytest.fixture
def breakable(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The reader's process is one that mails can break."""
    source = Path(tawasul.__file__).parents[1]
    monkeypatch.setattr(pool, "_PACKAGE_ROOT", f"{source}{os.pathsep}{Path(__file__).parents[3]}")
    monkeypatch.setattr(reader, "MODULE", "tests.mail.handling.breaking")
    yield
    pool.decoder("tests.mail.handling.breaking").stop()


@pytest.mark.parametrize(
    ("word", "code"),
    [
        ("hang", "too_long_to_read"),
        ("die", "reader_broke"),
        ("fill", "reader_broke"),
        ("raise", "reader_broke"),
    ],
)
def test_whatever_breaks_the_reader_leaves_the_mail_parked_and_the_others_handled(
    word: str, code: str, breakable: None, noura: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        if word == "hang":  # the others break at once, however busy the machine
            patch.setattr(reader, "SECONDS", 1)
        broken = come(f"{word} now")
    assert (broken.state, broken.reason) == (State.PARKED, code)
    assert broken.last_error
    assert broken.attempts == 2, "a busy machine may have been the cause: it was tried twice"
    well = come("سؤال")
    assert (well.state, well.outcome) == (State.DONE, Outcome.OPENED)


def test_what_was_parked_can_be_replayed_once_the_reader_is_mended(
    breakable: None, noura: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    mail = come("die now")
    assert mail.state == State.PARKED
    monkeypatch.setattr(reader, "MODULE", "tawasul.mail.handling.child")
    handling.replay(mail)
    handle_all()
    mail.refresh_from_db()
    assert (mail.state, mail.outcome, mail.reason) == (State.DONE, Outcome.OPENED, "")


def test_a_fault_in_the_parser_is_told_by_its_name_and_not_tried_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(reading, "of", lambda raw: 1 / 0)
    frames: list[dict[str, object]] = []
    child.work(b"", {}, lambda note, content: frames.append(note))
    assert frames == [{"broken": "reader_broke", "what": "ZeroDivisionError: division by zero"}]


def test_no_reader_to_be_had_is_no_fault_of_the_mail(noura: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    def unavailable(self: pool.Decoder, *given: object, **more: object) -> object:
        raise pool.Unavailable("no process")

    with monkeypatch.context() as patch:
        patch.setattr(pool.Decoder, "run", unavailable)
        mail = handling_of_one()
        assert mail.state == State.WAITING
        assert mail.attempts == 0
        assert "no process" in mail.last_error
    handle_all()
    mail.refresh_from_db()
    assert mail.state == State.DONE


def handling_of_one() -> IncomingMail:
    mail = store.keep(raw_mail(), door="pipe")
    handling.handle_due()
    mail.refresh_from_db()
    return mail


def test_a_reading_travels_whole_between_the_processes() -> None:
    picture = bytes(range(256)) * 2000
    raw = multipart(
        ("Content-Type: text/plain; charset=utf-8", "سؤالي\n\nOn Sunday, Fahd wrote:\n> الجواب"),
        (
            'Content-Type: image/png; name="صورة.png"\nContent-ID: <logo@x>\nContent-Transfer-Encoding: 8bit',
            picture.replace(b"\r", b"x").replace(b"\n", b"x"),
        ),
        ('Content-Type: application/pdf; name="empty.pdf"', b""),
        From="نورة <noura@example.com.sa>",
        Subject="سؤال",
        X_Tawasul_Loop="abc",
    )
    assert reader.read(raw) == reading.of(raw)
    read = reading.of(raw)
    assert read.text == "سؤالي"
    assert "> الجواب" in read.rest
    assert read.files[0].cid == "logo@x"
    assert read.loops == ("abc",)


def test_a_mail_of_fifty_megabytes_is_read_in_its_time() -> None:
    line = b"QUJD" * 19 + b"\r\n"
    content = line * (50 * 2**20 // len(line))
    raw = multipart(
        ("Content-Type: text/plain", "see the file"),
        ("Content-Type: application/pdf; name=a.pdf\nContent-Transfer-Encoding: base64", content),
    )
    started = time.perf_counter()
    read = reader.read(raw)
    assert time.perf_counter() - started < reader.SECONDS + 1
    assert len(read.files[0].content) > 35 * 2**20


def test_nothing_readable_is_parked(db: None) -> None:
    mail = arrived(b"")
    assert (mail.state, mail.reason) == (State.PARKED, "unreadable")


def test_a_row_without_its_raw_mail_is_parked(noura: Person) -> None:
    mail = store.keep(raw_mail(), door="pipe")
    mail.raw.delete()
    handle_all()
    mail.refresh_from_db()
    assert (mail.state, mail.reason) == (State.PARKED, "raw_missing")
