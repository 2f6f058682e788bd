"""DKIM: what the other side receives bears a signature that it can check, or it receives nothing."""

import base64
from collections.abc import Callable
from pathlib import Path

import dkim
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from django.utils import translation
from pytest_django import Settings

from tawasul.config.commands import doctor
from tawasul.mail import signing
from tawasul.mail.models import OutgoingMail
from tawasul.mail.smtp import Deliverer
from tests.mail.conftest import WriteAMail, due_again
from tests.mail.raw_smtp import RawSmtp

pytestmark = [pytest.mark.network, pytest.mark.django_db]
PEM, PKCS8 = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PRIVATE = KEY.private_bytes(PEM, PKCS8, serialization.NoEncryption())
PUBLIC = base64.b64encode(
    KEY.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
)


@pytest.fixture
def key_file(tmp_path: Path, settings: Settings) -> Path:
    path = tmp_path / "dkim.pem"
    path.write_bytes(PRIVATE)
    settings.DKIM_DOMAIN, settings.DKIM_SELECTOR, settings.DKIM_KEY_FILE = "registry.example", "s1", str(path)
    return path


def dns(asked: list[bytes]) -> Callable[..., bytes]:
    """A stub of the DNS that knows one public key."""

    def look_up(name: bytes, timeout: int = 5) -> bytes:
        asked.append(name)
        return b"v=DKIM1; k=rsa; p=" + PUBLIC

    return look_up


def verified(content: bytes) -> bool:
    asked: list[bytes] = []
    good = bool(dkim.verify(content, dnsfunc=dns(asked)))
    assert asked == [b"s1._domainkey.registry.example."]
    return good


@pytest.mark.parametrize("to", ["noura@example.com.sa", "دعم@سجل.السعودية"])
def test_what_arrives_is_signed_and_unchanged(
    key_file: Path, server: RawSmtp, deliverer: Deliverer, write_a_mail: WriteAMail, to: str
) -> None:
    write_a_mail(to, name="نورة الدوسري")
    write_a_mail(to, kind="password_changed", context={"link": "https://x.example/", "at": None})
    deliverer.deliver_due()
    assert len(server.taken) == 2
    for taken in server.taken:
        assert taken.content.startswith(b"DKIM-Signature: ")
        assert verified(taken.content)
        assert taken.content.isascii() is (to.isascii())
        assert max(map(len, taken.content.split(b"\r\n"))) < 998


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"From: ", b"From: <other@evil.example>\r\nFrom: "),
        (b"\r\nSubject: ", b"\r\nSubject: other\r\nSubject: "),
        (b"\r\nReply-To: ", b"\r\nReply-To: <other@evil.example>\r\nReply-To: "),
        (b"\r\nList-Id: ", b"\r\nList-Id: other "),
        (b"\r\nDate: ", b"\r\nDate: x "),
        (b"\r\nMIME-Version: 1.0", b"\r\nMIME-Version: 1.1"),
        (b"\r\nContent-Type: multipart/alternative", b"\r\nContent-Type: multipart/mixed"),
        (b"271828", b"314159"),
    ],
)
def test_what_was_changed_on_the_way_shows(
    key_file: Path, server: RawSmtp, deliverer: Deliverer, write_a_mail: WriteAMail, old: bytes, new: bytes
) -> None:
    write_a_mail(language="en")
    deliverer.deliver_due()
    content = server.taken[0].content
    assert verified(content)
    assert old in content and not verified(content.replace(old, new, 1))


def test_without_the_settings_nothing_is_signed(
    server: RawSmtp, deliverer: Deliverer, write_a_mail: WriteAMail
) -> None:
    write_a_mail()
    deliverer.deliver_due()
    assert b"DKIM-Signature" not in server.taken[0].content
    assert signing.trouble() == ""


def _bad_keys() -> dict[str, bytes | None]:
    password = serialization.BestAvailableEncryption(b"secret")
    other = ed25519.Ed25519PrivateKey.generate()
    return {
        "missing": None,
        "empty": b"",
        "no key": b"hello\n",
        "cut off": PRIVATE[:900] + b"\n-----END PRIVATE KEY-----\n",
        "not base64": b"-----BEGIN PRIVATE KEY-----\n!!!\n-----END PRIVATE KEY-----\n",
        "of another kind": other.private_bytes(PEM, PKCS8, serialization.NoEncryption()),
        "behind a password": KEY.private_bytes(PEM, PKCS8, password),
    }


@pytest.mark.parametrize(("what", "content"), _bad_keys().items(), ids=_bad_keys())
def test_with_a_bad_key_all_mail_waits_and_goes_signed_once_it_is_right(
    key_file: Path,
    server: RawSmtp,
    write_a_mail: WriteAMail,
    capsys: pytest.CaptureFixture[str],
    what: str,
    content: bytes | None,
) -> None:
    key_file.unlink() if content is None else key_file.write_bytes(content)
    mails = [write_a_mail() for _ in range(3)]
    deliverer = Deliverer()
    assert deliverer.deliver_due() == 0
    deliverer.close()
    for mail in mails:
        mail.refresh_from_db()
        assert (mail.state, mail.attempts) == (OutgoingMail.State.WAITING, 0)
        assert mail.last_error.startswith("dkim: ") and "PRIVATE" not in mail.last_error
        with translation.override("ar"):
            assert "DKIM" in mail.why and "مفتاح" in mail.why
    assert server.taken == []
    assert doctor.run([]) == 1
    (line,) = [line for line in capsys.readouterr().out.splitlines() if "signing of mail" in line]
    assert line.startswith("WRONG") and str(key_file) in line

    key_file.write_bytes(PRIVATE)
    for mail in mails:
        due_again(mail)
    deliverer = Deliverer()
    assert deliverer.deliver_due() == 3
    deliverer.close()
    assert all(verified(taken.content) for taken in server.taken) and len(server.taken) == 3


@pytest.mark.parametrize("name", ["DKIM_DOMAIN", "DKIM_SELECTOR", "DKIM_KEY_FILE"])
def test_two_settings_of_three_are_a_mistake_and_not_a_way_to_send_unsigned(
    key_file: Path, settings: Settings, name: str
) -> None:
    setattr(settings, name, "")
    assert "needed together" in signing.trouble()


@pytest.mark.parametrize("name", ["a b", "x;d=other.example", "a..b", "سجل\u202e"])
def test_a_selector_that_is_no_name_is_refused(key_file: Path, settings: Settings, name: str) -> None:
    settings.DKIM_SELECTOR = name
    assert signing.trouble() == "the domain or the selector is no name"


def test_an_internationalised_domain_signs_in_a_labels(key_file: Path, settings: Settings) -> None:
    settings.DKIM_DOMAIN = "سجل.السعودية"
    signature = signing.signed(b"From: a@example.sa\r\n\r\nx\r\n")
    assert b"d=xn--rgbn6c.xn--mgberp4a5d4ar;" in signature


def test_the_doctor_says_for_whom_mail_is_signed(key_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    doctor.run([])
    assert "ok     mail is signed for registry.example" in capsys.readouterr().out.splitlines()
