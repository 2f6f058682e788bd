"""``./tawasul mail inspect`` and ``mail visible-text``: one line a mail, without a database, whatever comes."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tawasul.config import command
from tawasul.mail.inbound import inspection, parser
from tests.mail.inbound.making import mail, multipart

KEYS = [
    "file",
    "message_id",
    "from_name",
    "from_address",
    "to",
    "subject",
    "date",
    "text",
    "visible_text",
    "attachments",
    "class",
    "bounced_address",
    "seconds",
]
GIF = "R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"


def run(*arguments: str, folder: Path) -> subprocess.CompletedProcess[bytes]:
    """The command as a process of its own, with a data folder that does not exist."""
    environment = {
        **os.environ,
        "TAWASUL_DATA": str(folder / "none"),
        "DATABASE_URL": "postgres://nobody@127.0.0.1:1/none",
    }
    return subprocess.run(
        [sys.executable, "-m", "tawasul", "mail", *arguments],
        capture_output=True,
        env=environment,
        timeout=60,
        check=False,
    )


def test_a_mail_is_told_in_one_line_without_a_database(tmp_path: Path) -> None:
    raw = multipart(
        ("Content-Type: text/plain; charset=utf-8", "شكراً\r\n\r\nOn 05/01/2025 15:04, John wrote:\r\n> old"),
        ("Content-Type: image/gif; name=نقطة.gif\nContent-Transfer-Encoding: base64", GIF),
        ("Content-Type: application/zip; name=a.zip", "PK\3\4"),
    )
    path = tmp_path / "one.eml"
    path.write_bytes(raw)
    done = run("inspect", str(path), str(tmp_path / "missing.eml"), str(tmp_path), folder=tmp_path)
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0
    assert [list(line) for line in lines] == [KEYS] * 3
    assert [line["class"] for line in lines] == ["message", "unreadable", "unreadable"]
    first = lines[0]
    assert first["visible_text"] == "شكراً"
    assert first["text"].endswith("> old")
    assert first["to"] == ["support@centre.example"]
    assert [(file["name"], file["type"], file["accepted"]) for file in first["attachments"]] == [
        ("نقطة.gif", "gif", True),
        ("a.zip", "application/zip", False),
    ]
    assert "ZIP" in first["attachments"][1]["reason"]
    assert first["attachments"][0]["reason"] is None
    assert 0 < first["seconds"] < 5
    assert not (tmp_path / "none").exists()


def test_the_visible_text_of_a_body_is_printed(tmp_path: Path) -> None:
    path = tmp_path / "body.txt"
    path.write_bytes("نعم.\r\n\r\nفي 05/01/2025 10:00 ص، كتب محمد:\r\n> قديم\r\n".encode())
    done = run("visible-text", str(path), folder=tmp_path)
    assert (done.returncode, done.stdout.decode()) == (0, "نعم.\n")


def test_one_mail_that_breaks_the_reader_does_not_stop_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    good, bad = tmp_path / "good.eml", tmp_path / "bad.eml"
    good.write_bytes(mail("Hello"))
    bad.write_bytes(mail("break", Subject="break"))
    real = parser.parse

    def breaking(raw: bytes) -> object:
        if b"Subject: break" in raw:
            raise RecursionError
        return real(raw)

    monkeypatch.setattr(parser, "parse", breaking)
    assert inspection.inspect([str(bad), str(good)]) == 0
    lines = [json.loads(line) for line in capfdbinary.readouterr().out.splitlines()]
    assert [line["class"] for line in lines] == ["unreadable", "message"]


def test_a_mail_that_takes_too_long_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    path = tmp_path / "slow.eml"
    path.write_bytes(mail("Hello"))

    def slow(raw: bytes) -> object:
        if raw:
            while True:
                pass
        return parser.Parsed(fields=parser.Fields())

    monkeypatch.setattr(parser, "parse", slow)
    monkeypatch.setattr(inspection, "SECONDS", 0.2)
    assert inspection.inspect([str(path)]) == 0
    (line,) = capfdbinary.readouterr().out.splitlines()
    assert json.loads(line)["class"] == "unreadable"


@pytest.mark.parametrize(
    "arguments", [["mail"], ["mail", "inspect"], ["mail", "visible-text"], ["mail", "nothing"]]
)
def test_wrong_usage_says_what_is_right(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(arguments) == 2
    assert "usage: tawasul mail" in capsys.readouterr().err
