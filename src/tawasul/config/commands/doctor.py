"""``tawasul doctor``: what is missing or wrong on this machine, one line each."""

import os
import shutil
import socket
import sys
from collections.abc import Iterator

from tawasul.config import assets, postgres
from tawasul.config.commands import test


def run(arguments: list[str]) -> int:
    """1 when something keeps the service from running; what is only missing comfort is said, too."""
    wrong = False
    for ok, needed, words in _findings():
        wrong |= needed and not ok
        print(f"{'ok' if ok else 'WRONG' if needed else 'note':<7}{words}")
    return 1 if wrong else 0


def _findings() -> Iterator[tuple[bool, bool, str]]:
    """(in order, needed, words)."""
    yield True, True, f"Python {sys.version.split()[0]}"
    yield (assets.VENDOR / ".stamp").exists(), False, "typeface and icons (tawasul assets fetches them)"
    import django

    django.setup()
    from django.conf import settings
    from django.db import Error, connection

    from tawasul.mail import signing, tokens

    yield (
        settings.DATA_DIR.is_dir() and os.access(settings.DATA_DIR, os.W_OK),
        True,
        f"data in {settings.DATA_DIR}",
    )
    free = shutil.disk_usage(settings.DATA_DIR if settings.DATA_DIR.exists() else "/").free // 2**20
    yield free > 500, True, f"{free} MB are free there"
    try:
        connection.ensure_connection()
        yield True, True, f"database: {connection.vendor} {'.'.join(map(str, _version(connection)))}"
    except Error as problem:
        yield False, True, f"database: {str(problem).splitlines()[0]}"
    try:
        with socket.create_connection((settings.SMTP_HOST, settings.SMTP_PORT), timeout=5):
            yield True, False, f"mail goes to {settings.SMTP_HOST} port {settings.SMTP_PORT}"
    except OSError as problem:
        yield (
            False,
            False,
            f"mail server {settings.SMTP_HOST} port {settings.SMTP_PORT}: {problem.strerror or problem}",
        )
    if settings.MAIL_TOKENS:
        least = f"{settings.MAIL_FROM.rpartition('@')[0]}+{tokens.make(tokens.MAIL, 1)}".encode()
        yield len(least) <= 64, True, "reply addresses with tokens fit into 64 octets before the @ (RFC 5321)"
    if signing.wanted():
        why = signing.trouble()
        yield (
            not why,
            True,
            f"mail is signed for {settings.DKIM_DOMAIN}" if not why else f"signing of mail: {why}",
        )
    yield from _worker()
    yield from _mail_in()
    yield settings.BEHIND_TLS, False, f"pages are at {settings.BASE_URL} (https in production)"
    yield bool(postgres.binaries()), False, "PostgreSQL's programs, for the suite's second run"
    yield (
        bool(next(filter(None, map(shutil.which, test.BROWSERS)), None)),
        False,
        "chromium, for the journeys",
    )


def _worker() -> Iterator[tuple[bool, bool, str]]:
    """Does a worker run, does it keep up, and which events and chores did it give up?"""
    from django.db import Error

    from tawasul.core import clock
    from tawasul.reactions import queries

    try:
        beat, oldest = queries.last_heartbeat(), queries.oldest_waiting_event()
        seconds = None if beat is None else round((clock.now() - beat).total_seconds())
        yield (
            seconds is not None and seconds < 120,
            False,
            "no worker ever ran" if seconds is None else f"the worker was last seen {seconds} seconds ago",
        )
        minutes = 0 if oldest is None else round((clock.now() - oldest).total_seconds() / 60)
        yield minutes < 10, False, f"the oldest event that nothing has reacted to waits {minutes} minutes"
        for event in queries.put_aside():
            last = event.last_error.strip().splitlines()[-1:] or [""]
            yield (
                False,
                False,
                f"event {event.pk} ({event.kind}) of ticket {event.ticket.spoken_number} was put aside: {last[0]}",
            )
        for chore in queries.failing_chores():
            yield False, False, f"the chore {chore.name} fails: {chore.last_error.strip().splitlines()[-1]}"
    except Error as problem:
        yield False, False, f"worker: {str(problem).splitlines()[0]}"


def _mail_in() -> Iterator[tuple[bool, bool, str]]:
    """Can each mailbox be signed in to from here, what does the worker say of it, and is what came in handled?"""
    from django.conf import settings
    from django.db import Error

    from tawasul.core import clock
    from tawasul.mail import queries
    from tawasul.mail.doors import imap

    for box in settings.MAILBOXES:
        problem = imap.probe(box)
        yield not problem, False, f"mailbox {box.name}: {problem or f'{box.user} at {box.host} opens'}"
    try:
        for trouble in queries.mailboxes_in_trouble():
            since = f"since {trouble.since:%Y-%m-%d %H:%M} UTC" if trouble.since else "ever"
            words = {"failing": "failing", "not_seen": "not seen by any worker", "silent": "no mail"}
            yield (
                False,
                False,
                f"mailbox {trouble.name}: {words[trouble.kind]} {since} {trouble.error}".rstrip(),
            )
        oldest = queries.oldest_unhandled()
        minutes = 0 if oldest is None else round((clock.now() - oldest).total_seconds() / 60)
        yield minutes < 60, False, f"the oldest mail that came in and is not handled waits {minutes} minutes"
    except Error as problem:
        yield False, False, f"mail that came in: {str(problem).splitlines()[0]}"


def _version(connection: object) -> tuple[int, ...]:
    return tuple(connection.get_database_version())  # type: ignore[attr-defined]
