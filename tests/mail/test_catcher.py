"""The demo's mail server and its letter box."""

import re
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

from tawasul.mail import catcher
from tawasul.mail.models import OutgoingMail
from tawasul.mail.smtp import Deliverer
from tests.mail.conftest import WriteAMail

pytestmark = [pytest.mark.network, pytest.mark.django_db]


@pytest.fixture
def folder(tmp_path: Path, settings: Settings) -> Iterator[Path]:
    """A running catcher that the settings point to, and its folder."""
    import socket

    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    settings.SMTP_HOST, settings.SMTP_PORT = "127.0.0.1", port
    settings.MAIL_CATCHER_DIR = tmp_path / "caught"
    stop = threading.Event()
    thread = threading.Thread(target=catcher.run, args=("127.0.0.1", port, stop))
    thread.start()
    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            break
        except OSError:
            time.sleep(0.05)
    yield settings.MAIL_CATCHER_DIR
    stop.set()
    thread.join(5)


def test_every_mail_is_caught_whole_and_shown_newest_first(
    folder: Path, write_a_mail: WriteAMail, client: Client
) -> None:
    write_a_mail("دعم@سجل.السعودية")
    write_a_mail("khalid@example.com.sa", language="en")
    deliverer = Deliverer()
    deliverer.deliver_due()
    deliverer.close()
    assert not OutgoingMail.objects.exclude(state="sent").exists()
    assert {path.suffix for path in folder.iterdir()} == {".eml"}, "no half file stands beside them"
    newest, older = catcher.newest(folder)
    assert (older.to, older.subject) == ("دعم@سجل.السعودية", "رمز الدخول")
    assert (newest.to, newest.subject) == ("khalid@example.com.sa", "Your sign-in code")

    page = client.get("/ar/demo/mail/").content.decode()
    assert page.index("Your sign-in code") < page.index("رمز الدخول")
    assert "<bdi>دعم@سجل.السعودية</bdi>" in page
    mail = client.get(f"/ar/demo/mail/{older.name}/")
    assert "frame-src 'self'" in mail["Content-Security-Policy"]
    assert "رمز الدخول" in mail.content.decode() and "auto-generated" in mail.content.decode()
    assert re.search(r'<iframe[^>]* sandbox="(?![^"]*allow-scripts)', mail.content.decode())
    html = client.get(f"/ar/demo/mail/{older.name}/html/")
    assert "sandbox" in html["Content-Security-Policy"] and "script" not in html["Content-Security-Policy"]
    assert html["X-Frame-Options"] == "SAMEORIGIN"
    assert "271828" in html.content.decode() and '<base target="_top">' in html.content.decode()
    raw = client.get(f"/ar/demo/mail/{older.name}/raw/")
    assert raw["Content-Type"] == "text/plain; charset=utf-8" and b"Message-ID: <" in raw.content


@pytest.mark.parametrize("name", ["../../etc/passwd", "..", "nothing", "1-2"])
def test_only_what_was_caught_can_be_read(folder: Path, client: Client, name: str) -> None:
    assert catcher.read(folder, name) is None
    assert client.get(f"/ar/demo/mail/{name}/").status_code == 404


@pytest.mark.parametrize("path", ["", "1-2/", "1-2/html/", "1-2/raw/"])
def test_outside_the_demo_there_is_no_letter_box(client: Client, settings: Settings, path: str) -> None:
    settings.MAIL_CATCHER_DIR = None
    assert client.get(f"/ar/demo/mail/{path}").status_code == 404


def test_the_oldest_make_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catcher, "MOST_KEPT", 3)
    names = [catcher.keep(tmp_path, b"Subject: x\r\n\r\ny\r\n", ["a@example.sa"]) for _ in range(5)]
    assert [mail.name for mail in catcher.newest(tmp_path)] == names[:1:-1]
