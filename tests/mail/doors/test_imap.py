"""IMAP mailboxes at a real server: stored first, moved second, as soon as it comes, whatever happens on the way."""

import contextlib
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import DataError, OperationalError, connection
from imapclient import IMAPClient
from pytest_django import Settings

from tawasul.core import clock
from tawasul.mail.doors import imap, store
from tawasul.mail.doors.fetching import Fetcher
from tawasul.mail.doors.mailboxes import Configured, OAuth
from tawasul.mail.models import IncomingMail, Mailbox
from tawasul.reactions import worker
from tests.mail.doors.making import a_mail
from tests.mail.doors.servers import PASSWORD, USER, Dovecot, dovecot, needs_dovecot
from tests.mail.doors.test_oauth import Provider

pytestmark = [pytest.mark.network, pytest.mark.django_db(transaction=True), needs_dovecot]


@pytest.fixture(scope="module")
def running() -> Iterator[Dovecot]:
    with dovecot() as server:
        yield server


@pytest.fixture
def server(running: Dovecot) -> Dovecot:
    """Dovecot with an empty mailbox."""
    empty(running)
    return running


def empty(server: Dovecot) -> None:
    with someone(server) as client:
        for flags, _, name in client.list_folders():
            if b"\\Noselect" in flags:
                continue
            client.select_folder(name)
            client.delete_messages("1:*", silent=True) if client.search() else None
            client.expunge()
            client.close_folder()
            if name != "INBOX":
                client.delete_folder(name)


@contextlib.contextmanager
def someone(server: Dovecot) -> Iterator[Any]:
    """A person's own mail program on the same mailbox."""
    with IMAPClient("127.0.0.1", server.port, ssl=False) as client:
        client.plain_login(USER, PASSWORD)
        yield client


def box_of(server: Dovecot, **changed: Any) -> Configured:
    box = Configured("support", "imap", "127.0.0.1", server.port, USER, password=PASSWORD)
    return replace(box, **changed)


@contextlib.contextmanager
def a_fetcher(box: Configured) -> Iterator[Fetcher]:
    fetcher = Fetcher(box, threading.Event())
    try:
        yield fetcher
    finally:
        fetcher.close()


def fetch(box: Configured) -> int:
    """Everything that lies there; how many were stored."""
    with a_fetcher(box) as fetcher:
        return fetcher.step()


def put(server: Dovecot, *mails: bytes, folder: str = "INBOX", flags: tuple[bytes, ...] = ()) -> None:
    with someone(server) as client:
        for mail in mails:
            client.append(folder, mail, flags)


def lies_in(server: Dovecot, folder: str) -> list[bytes]:
    with someone(server) as client:
        if not client.folder_exists(folder):
            return []
        client.select_folder(folder, readonly=True)
        found = client.fetch(client.search(), ["BODY.PEEK[]"])
    return [found[uid][b"BODY[]"] for uid in sorted(found)]


def kept() -> list[bytes]:
    return [store.raw(mail) for mail in IncomingMail.objects.order_by("pk")]


def row() -> Mailbox:
    return Mailbox.objects.get(name="support")


def until(condition: Callable[[], bool], *, within: float = 15.0) -> None:
    deadline = time.monotonic() + within
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.05)


def test_what_lies_there_is_stored_and_moved(server: Dovecot) -> None:
    mails = [a_mail(number) for number in range(3)]
    put(server, mails[0])
    put(server, mails[1], flags=(b"\\Seen",))  # somebody read it: it is stored all the same
    put(server, mails[2])
    assert fetch(box_of(server)) == 3
    assert kept() == mails
    assert lies_in(server, "INBOX") == []
    assert lies_in(server, "Tawasul/Done") == mails
    mail = IncomingMail.objects.first()
    assert mail is not None
    assert (mail.door, mail.mailbox, mail.envelope_to) == ("imap", "support", [])


def test_a_large_mail_comes_in_pieces_and_whole(server: Dovecot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imap, "PIECE", 100_000)
    mails = [a_mail(1, size=1_000_000), a_mail(2), a_mail(3, size=imap.SMALL + 1)]
    put(server, *mails)
    assert fetch(box_of(server)) == 3
    assert sorted(kept()) == sorted(mails)


def test_many_mails_are_looked_at_a_window_at_a_time(
    server: Dovecot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imap, "WINDOW", 7)
    monkeypatch.setattr(imap, "BATCH_MESSAGES", 3)
    put(server, a_mail(99), flags=(b"\\Deleted",))  # by a person: not ours
    put(server, *(a_mail(number) for number in range(20)))
    assert fetch(box_of(server)) == 20
    assert kept() == [a_mail(number) for number in range(20)]
    assert lies_in(server, "INBOX") == [a_mail(99)]


def test_a_mail_that_is_too_large_goes_to_the_folder_for_trouble(server: Dovecot, settings: Settings) -> None:
    settings.MAIL_MAX_BYTES = 400_000
    large, larger, small = a_mail(1, size=500_000), a_mail(2, size=1_000_000), a_mail(3)
    put(server, large, larger, small)
    assert fetch(box_of(server, trouble="للنظر/كبيرة")) == 1
    assert kept() == [small]
    assert lies_in(server, "للنظر/كبيرة") == [large, larger]
    assert lies_in(server, "INBOX") == []


@pytest.mark.parametrize(
    ("without", "separator", "prefix"),
    [
        (("MOVE",), "/", ""),
        (("MOVE", "UIDPLUS"), "/", ""),
        (("IDLE", "NAMESPACE"), "/", ""),
        ((), ".", "INBOX."),
        (("NAMESPACE",), ".", ""),
    ],
    ids=str,
)
def test_a_poorer_server_will_do(without: tuple[str, ...], separator: str, prefix: str) -> None:
    with dovecot(without=without, separator=separator, prefix=prefix) as server:
        mails = [a_mail(number) for number in range(3)]
        put(server, *mails)
        assert fetch(box_of(server)) == 3
        assert kept() == mails
        assert lies_in(server, f"{prefix}Tawasul{separator}Done") == mails
        assert lies_in(server, "INBOX") == []


def test_a_mail_that_somebody_deleted_is_not_removed_by_us() -> None:
    with dovecot(without=("MOVE", "UIDPLUS")) as server:
        put(server, a_mail(1), flags=(b"\\Deleted",))
        put(server, a_mail(2))
        assert fetch(box_of(server)) == 1
        assert lies_in(server, "INBOX") == [a_mail(1), a_mail(2)], "only a bare EXPUNGE would be left"
        assert lies_in(server, "Tawasul/Done") == [a_mail(2)]
        assert fetch(box_of(server)) == 0, "it is marked, and not fetched again"


def test_a_mail_is_moved_only_after_the_commit(server: Dovecot, monkeypatch: pytest.MonkeyPatch) -> None:
    real = store.keep

    def keep(raw: bytes, **options: Any) -> IncomingMail:
        if b"<mail-2@" in raw:
            raise OperationalError("the database is away")
        return real(raw, **options)

    put(server, a_mail(1), a_mail(2), a_mail(3))
    with a_fetcher(box_of(server)) as fetcher:
        with monkeypatch.context() as patched, pytest.raises(OperationalError):
            patched.setattr(store, "keep", keep)
            fetcher.step()
        assert a_mail(2) in lies_in(server, "INBOX")
        fetcher.step()
    assert sorted(kept()) == [a_mail(1), a_mail(2), a_mail(3)]
    assert lies_in(server, "INBOX") == []


def test_a_mail_that_no_database_takes_holds_up_no_other(
    server: Dovecot, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = store.keep

    def keep(raw: bytes, **options: Any) -> IncomingMail:
        if b"<mail-1@" in raw:
            raise DataError("too big")
        return real(raw, **options)

    monkeypatch.setattr(store, "keep", keep)
    put(server, a_mail(1), a_mail(2))
    assert fetch(box_of(server)) == 1
    assert lies_in(server, "INBOX") == [a_mail(1)]


def test_a_folder_that_takes_nothing_keeps_no_mail_from_being_stored(
    server: Dovecot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imap, "BATCH_MESSAGES", 1)
    put(server, a_mail(1), a_mail(2))
    with a_fetcher(box_of(server)) as fetcher:
        real = imap.Connection._folder

        def forgetful(self: imap.Connection, folder: str) -> str:
            return real(self, folder) if folder != "Tawasul/Done" else "No/Such"

        with monkeypatch.context() as patched:
            patched.setattr(imap.Connection, "_folder", forgetful)
            assert fetcher.step() == 0
        assert kept() == [a_mail(1), a_mail(2)]
        assert row().error.startswith("refused: ")
        assert lies_in(server, "INBOX") == [a_mail(1), a_mail(2)]
        Mailbox.objects.update(next_try_at=clock.now())
        fetcher.step()
    assert lies_in(server, "INBOX") == []
    assert {mail.copies for mail in IncomingMail.objects.all()} == {1}, "it was not fetched again"
    assert row().error == ""


def test_a_mail_that_comes_is_stored_within_seconds_by_the_worker(
    server: Dovecot, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "LOOPS", ())
    monkeypatch.setattr(imap, "IDLE_SECONDS", 300.0)
    settings.MAILBOXES = (box_of(server),)
    stop = threading.Event()
    thread = threading.Thread(target=worker.run, args=(stop,))
    thread.start()
    try:
        until(lambda: Mailbox.objects.filter(seen_at__isnull=False).exists())
        time.sleep(0.5)  # it waits in IDLE by now
        for number in range(3):
            put(server, a_mail(number))
            came = time.monotonic()
            until(lambda: IncomingMail.objects.count() == number + 1)  # noqa: B023
            assert time.monotonic() - came < 4
        until(lambda: len(lies_in(server, "Tawasul/Done")) == 3)
        assert row().lease is not None
    finally:
        asked = time.monotonic()
        stop.set()
        thread.join(30)
    assert time.monotonic() - asked < 5
    assert row().lease is None and row().next_try_at <= clock.now(), "the next worker need not wait"


def test_without_idle_it_looks_now_and_then() -> None:
    with dovecot(without=("IDLE",)) as server, a_fetcher(box_of(server)) as fetcher:
        assert fetcher.step() == 0
        put(server, a_mail())
        assert fetcher.step() == 1


def test_idle_is_given_anew_long_before_the_server_tires_of_it(
    server: Dovecot,
) -> None:
    with a_fetcher(box_of(server)) as fetcher:
        fetcher.step()
        first = row().seen_at
        fetcher.step()
        assert first is not None and (row().seen_at or first) > first


def test_a_server_that_went_away_is_seen_and_come_back_to() -> None:
    with dovecot() as server:
        box = box_of(server)
        fetcher = Fetcher(box, threading.Event())
        fetcher.step()
        assert row().failing_since is None
    fetcher.step()
    assert row().error.partition(":")[0] in {"line_broke", "refused"}
    since = row().failing_since
    for _ in range(3):
        Mailbox.objects.update(next_try_at=clock.now())
        fetcher.step()
    found = row()
    assert found.error.startswith("unreachable: ")
    assert found.failing_since == since, "it counts from the first failure"
    assert found.next_try_at > clock.now() + timedelta(seconds=5), "the pause grows"
    assert fetcher.step() == 0, "and is kept"
    with dovecot() as server:
        put(server, a_mail())
        fetcher = Fetcher(box_of(server), threading.Event())
        Mailbox.objects.update(next_try_at=clock.now())
        assert fetcher.step() == 1
        fetcher.close()
    found = row()
    assert (found.failing_since, found.error, found.attempts) == (None, "", 0)


@pytest.mark.parametrize("security", ["imaps", "imap+starttls"])
def test_a_certificate_is_checked(server: Dovecot, security: str, monkeypatch: pytest.MonkeyPatch) -> None:
    port = server.tls_port if security == "imaps" else server.port
    box = box_of(server, security=security, port=port)
    put(server, a_mail())
    assert fetch(box) == 0
    assert row().error.startswith("certificate: ")
    context = ssl.create_default_context(cafile=server.certificate)
    monkeypatch.setattr(imap, "tls_context", lambda: context)
    Mailbox.objects.update(next_try_at=clock.now())
    assert fetch(box) == 1


def test_a_wrong_password_is_said_and_not_told(server: Dovecot) -> None:
    assert fetch(box_of(server, password="not-this-one")) == 0
    assert row().error.startswith("sign_in: ")
    assert "not-this-one" not in row().error + row().last_error


def test_the_doctor_signs_in_and_takes_nothing(server: Dovecot) -> None:
    put(server, a_mail())
    assert imap.probe(box_of(server)) == ""
    assert imap.probe(box_of(server, password="not-this-one")).startswith("sign_in: ")
    assert not kept() and lies_in(server, "INBOX") == [a_mail()]


def test_no_secret_gets_into_an_error() -> None:
    said = imap.failure(ValueError("sent\nhunter2 and token"), ("hunter2", "token"))
    assert said == "fault ValueError: sent … and …"
    assert len(imap.failure(OSError("x" * 5000), ())) == 500


def test_a_mailbox_signs_in_with_a_token() -> None:
    provider = Provider()
    provider.answers = [(200, {"access_token": "token-1", "active": True, "email": USER})]
    try:
        with dovecot(introspection=provider.url) as server:
            put(server, a_mail())
            box = box_of(server, password="", oauth=OAuth(provider.url, "client", "secret-1", "", ""))
            assert fetch(box) == 1, row().error + (server.folder / "log").read_text()
    finally:
        provider.close()


def test_two_workers_share_one_mailbox_and_one_looks_after_it(server: Dovecot) -> None:
    put(server, a_mail(1))
    with a_fetcher(box_of(server)) as first, a_fetcher(box_of(server)) as second:
        assert first.step() == 1
        put(server, a_mail(2))
        assert second.step() == 0, "it is held"
        first.close()
        assert second.step() == 1
    assert {mail.copies for mail in IncomingMail.objects.all()} == {1}


def test_a_worker_that_dawdles_leaves_the_mailbox_to_the_next(
    server: Dovecot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tawasul.mail.doors.fetching.RENEW", 0.0)
    with a_fetcher(box_of(server)) as slow, a_fetcher(box_of(server)) as next_one:
        put(server, a_mail(1))
        assert slow.step() == 1
        Mailbox.objects.update(next_try_at=clock.now())  # as if its lease had run out
        put(server, a_mail(2))
        assert next_one.step() == 1
        put(server, a_mail(3))
        assert slow.step() == 0, "it finds out before it takes anything"
        assert next_one.step() == 1


def test_a_new_mailbox_is_silent_from_the_day_it_is_set_up(server: Dovecot) -> None:
    with a_fetcher(box_of(server)):
        first = row().message_at
        assert first is not None
    put(server, a_mail())
    fetch(box_of(server))
    assert (row().message_at or first) > first
    connection.close()
