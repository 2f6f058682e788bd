"""The pipe: the exit status is the answer, and it is never one that a mail server takes for a refusal by mistake."""

import io
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError
from pytest_django import Settings

from tawasul.mail.doors import pipe, store
from tawasul.mail.models import IncomingMail
from tests.mail.doors.making import RECEIVE, ROOT, a_mail, environment

Say = pytest.CaptureFixture[str]


def receive(*arguments: str, raw: bytes = a_mail()) -> int:
    return pipe.receive(arguments, io.BytesIO(raw))


@pytest.mark.django_db
def test_a_stored_mail_is_a_0(capsys: Say) -> None:
    arguments = ["--mailbox", "support", "--from", "noura@example.com.sa", "--to", "a@x", "--to", "b@x"]
    assert receive(*arguments) == 0
    mail = IncomingMail.objects.get()
    assert (mail.door, mail.mailbox, mail.envelope_from) == ("pipe", "support", "noura@example.com.sa")
    assert mail.envelope_to == ["a@x", "b@x"]
    assert store.raw(mail) == a_mail()
    assert capsys.readouterr() == ("", ""), "a mail server returns what is said to the sender"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("given", "kept"),
    [("a@x", "a@x"), ("<a@x>", "a@x"), ("", "<>"), ("<>", "<>"), ("MAILER-DAEMON", "<>"), (None, "")],
)
def test_the_envelope_is_what_the_mail_server_put_into_the_environment(
    given: str | None, kept: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SENDER", raising=False)
    if given is not None:
        monkeypatch.setenv("SENDER", given)
    monkeypatch.setenv("RECIPIENT", "support@registry.example")
    assert receive() == 0
    mail = IncomingMail.objects.get()
    assert (mail.envelope_from, mail.envelope_to) == (kept, ["support@registry.example"])


@pytest.mark.django_db
def test_a_mail_that_is_too_large_is_a_69_and_read_to_its_end(settings: Settings, capsys: Say) -> None:
    settings.MAIL_MAX_BYTES = 70_000
    stdin = io.BytesIO(b"x" * 500_000)
    assert pipe.receive([], stdin) == 69
    assert stdin.tell() == 500_000, "a mail server that cannot write to the end may take it for a crash"
    assert capsys.readouterr().err.startswith("5.3.4 ")
    assert not IncomingMail.objects.exists()


def test_no_mail_at_all_is_a_75(capsys: Say) -> None:
    assert receive(raw=b"") == 75
    assert capsys.readouterr().err.startswith("4.3.0 ")


def test_a_wrong_option_bounces_no_mail(capsys: Say) -> None:
    assert receive("--fron", "noura@example.com.sa") == 75
    assert receive("--mailbox") == 75
    assert receive("stray") == 75


def _boom(problem: BaseException) -> Callable[..., Any]:
    def raise_it(*arguments: object, **options: object) -> None:
        raise problem

    return raise_it


@pytest.mark.parametrize(
    "problem",
    [OperationalError("locked"), MemoryError(), KeyboardInterrupt(), SystemExit(1), OSError(28, "full")],
)
def test_whatever_goes_wrong_is_a_75(
    problem: BaseException, monkeypatch: pytest.MonkeyPatch, capsys: Say
) -> None:
    monkeypatch.setattr(store, "keep", _boom(problem))
    assert receive() == 75
    assert capsys.readouterr().err.startswith(f"4.3.0 {type(problem).__name__}")


def test_a_mail_server_that_died_while_it_wrote_leaves_no_half_mail(
    monkeypatch: pytest.MonkeyPatch, capsys: Say
) -> None:
    monkeypatch.setattr(os, "getppid", lambda: 1)  # what was its child is another's now
    assert receive() == 75


def _run(raw: bytes = a_mail(), *arguments: str, **changed: str) -> tuple[int, str]:
    done = subprocess.run(
        [*RECEIVE, *arguments], input=raw, env={**environment(), **changed}, cwd=ROOT,
        capture_output=True, check=False, timeout=60,
    )  # fmt: skip
    assert not done.stdout
    return done.returncode, done.stderr.decode()


@pytest.mark.network
@pytest.mark.django_db(transaction=True)
def test_the_command_itself_stores_and_says_so() -> None:
    assert _run(a_mail(), "--mailbox", "support") == (0, "")
    assert store.raw(IncomingMail.objects.get()) == a_mail()


def _is_a_75(answer: tuple[int, str]) -> None:
    assert answer[0] == 75, answer
    assert answer[1].startswith("4.3.0 "), answer


@pytest.mark.network
@pytest.mark.parametrize(
    "changed",
    [
        {"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"},
        {"DATABASE_URL": "mysql://nobody@127.0.0.1/none"},
        {"DATABASE_URL": "sqlite:////nonexistent/folder/x.sqlite3"},
        {"TAWASUL_MAIL_MAX_BYTES": "many"},
        {"TAWASUL_MAILBOXES": "support"},
        {"DJANGO_SETTINGS_MODULE": "none.such"},
    ],
    ids=str,
)
@pytest.mark.django_db(transaction=True)
def test_without_a_database_or_with_a_wrong_setting_the_mail_server_keeps_the_mail(
    changed: dict[str, str],
) -> None:
    _is_a_75(_run(**changed))


@pytest.mark.django_db(transaction=True)
def test_without_tables_the_mail_server_keeps_the_mail(tmp_path: Path) -> None:
    _is_a_75(_run(DATABASE_URL=f"sqlite:///{tmp_path}/empty.sqlite3"))
    _is_a_75(_run(a_mail(), "--data"))


def test_a_launcher_that_cannot_even_start_is_a_75_for_this_command_alone(tmp_path: Path) -> None:
    launcher = tmp_path / "tawasul"  # alone in a folder: nothing that it needs is there
    launcher.write_bytes((ROOT / "tawasul").read_bytes())
    for words, status in ((["mail", "receive"], 75), (["mail", "list"], 1)):
        done = subprocess.run(["sh", launcher, *words], input=b"x", capture_output=True, check=False)
        assert done.returncode == status, done.stderr
