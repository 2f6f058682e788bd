"""All doors lead to one ledger: the same mail through any of them, in any number at once, is one."""

import io
import os
import smtplib
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tawasul.mail.doors import pipe, store
from tawasul.mail.doors.identity import digest
from tawasul.mail.models import IncomingMail, RawMail
from tests.at_once import at_once
from tests.mail.doors.making import a_mail, an_lmtp_server
from tests.mail.doors.servers import dovecot, needs_dovecot
from tests.mail.doors.test_imap import box_of, fetch, put

pytestmark = [pytest.mark.network, pytest.mark.django_db(transaction=True), needs_dovecot]

_CORPUS = Path(os.environ.get("TAWASUL_CORPUS") or Path(__file__).parents[4] / "shared" / "corpus") / "mail"


def through_the_pipe(raw: bytes) -> None:
    assert pipe.receive([], io.BytesIO(raw)) == 0


def over_lmtp(port: int, raw: bytes) -> None:
    with smtplib.LMTP("127.0.0.1", port) as client:
        client.ehlo()
        client.sendmail("a@x", ["b@x"], as_mail_servers_send(raw))


def as_mail_servers_send(raw: bytes) -> bytes:
    """With lines that end in CRLF."""
    return raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def test_five_copies_of_one_mail_through_all_doors_at_once_are_one_mail() -> None:
    trace = b"Received: from mx.example.com.sa by mx.registry.example; Thu, 26 Nov 2026 09:00:01 +0300\r\n"
    with dovecot() as imap_server, an_lmtp_server() as lmtp_server:
        put(imap_server, trace + a_mail())
        box = box_of(imap_server)
        ways: list[Callable[[], object]] = [
            lambda: through_the_pipe(a_mail().replace(b"\r\n", b"\n")),
            lambda: through_the_pipe(b"From noura@example.com.sa Thu Nov 26 09:00:00 2026\n" + a_mail()),
            lambda: over_lmtp(lmtp_server.port, trace + a_mail()),
            lambda: over_lmtp(lmtp_server.port, a_mail()),
            lambda: fetch(box),
        ]
        at_once(*ways)
    mail = IncomingMail.objects.get()
    assert mail.copies == 5
    assert RawMail.objects.count() == 1


@pytest.mark.skipif(not _CORPUS.is_dir(), reason="no corpus of mails: set TAWASUL_CORPUS to its folder")
def test_every_mail_of_the_corpus_is_the_same_through_every_door(
    record_property: Callable[[str, object], None],
) -> None:
    mails = {path.name: path.read_bytes() for path in sorted(_CORPUS.glob("*.eml"))}
    mails = {name: raw for name, raw in mails.items() if raw}
    assert mails
    found: dict[str, set[str]] = {}
    for raw in mails.values():
        through_the_pipe(raw)
    found["pipe"] = _digests_then_empty()
    with an_lmtp_server() as server, smtplib.LMTP("127.0.0.1", server.port) as client:
        client.ehlo()
        for raw in mails.values():
            client.sendmail("a@x", ["b@x"], as_mail_servers_send(raw))
    found["lmtp"] = _digests_then_empty()
    with dovecot() as imap_server:
        # Delivered as a mail server would, into the folder: IMAP's own APPEND refuses octets that mails do have.
        arrived = imap_server.maildir() / "new"
        fetch(box_of(imap_server))  # makes the folders
        for number, raw in enumerate(mails.values()):
            _deliver(arrived / f"{time.time_ns()}.{number}.x", raw)
        while fetch(box_of(imap_server)):
            pass
    found["imap"] = _digests_then_empty()
    record_property("mails", len(mails))
    names = {digest(raw): name for name, raw in mails.items()}
    differ = {
        door: sorted(names.get(one, one) for one in names.keys() ^ kept) for door, kept in found.items()
    }
    assert differ == {"pipe": [], "lmtp": [], "imap": []}


def _deliver(path: Path, raw: bytes) -> None:
    path.write_bytes(raw)
    folder = path.parent.stat()
    os.chown(path, folder.st_uid, folder.st_gid)


def _digests_then_empty() -> set[str]:
    found = set(IncomingMail.objects.values_list("digest", flat=True))
    for mail in IncomingMail.objects.all():
        assert digest(store.raw(mail)) == mail.digest
    IncomingMail.objects.all().delete()
    return found
