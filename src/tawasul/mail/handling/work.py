"""The worker's step: claim mails that wait, read each, act on it. Whatever goes wrong with one holds up no other."""

import logging
import time
from datetime import timedelta
from typing import Final

from django.db import InterfaceError, OperationalError

from tawasul.core.leases import backoff
from tawasul.mail.doors import store
from tawasul.mail.handling import acting, filing, reader, rows
from tawasul.mail.handling.reading import Reading
from tawasul.mail.models import IncomingMail, RawMail

log = logging.getLogger(__name__)

BUNDLE: Final = 8
LEASE: Final = timedelta(minutes=2)  # renewed while files are examined
RENEW_AFTER: Final = 30.0  # seconds
MOST_TRIES: Final = 10
TRIES_TO_READ: Final = 2  # where a busy machine may be why it could not be read
FIRST_DELAY, LONGEST_DELAY = timedelta(seconds=5), timedelta(minutes=30)
NO_FAULT_OF_ITS_OWN: Final = timedelta(
    minutes=1
)  # until the next try while a scanner or a reader cannot be had
State = IncomingMail.State


def handle_due(most: int = BUNDLE) -> int:
    """Handle up to ``most`` waiting mails, the longest waiting first; how many were claimed. Safe with several workers.

    Raises only where the database is away; the mails then come back when their lease has run out.
    """
    handled = 0
    while handled < most:
        # One at a time: should a mail end the worker, it is the only one whose tries are counted.
        claimed = IncomingMail.objects.defer("text", "html").claim(1, lease=LEASE)
        if not claimed:
            break
        handled += 1
        _handle(claimed[0])
    return handled


def _handle(mail: IncomingMail) -> None:
    if mail.attempts > MOST_TRIES:  # it never came to an end: perhaps the worker died of it each time
        _park(mail, "handling_failed", mail.last_error or "no end")
        return
    try:
        reading = _read(mail)
        if reading is not None:
            acting.handle(mail, reading, alive=_Alive(mail))
    except rows.Overtaken:
        log.info("mail %s was taken over by another worker", mail.pk)
    except (filing.Later, reader.NotNow) as problem:
        log.warning("mail %s waits: %s", mail.pk, problem)
        IncomingMail.objects.release([mail], delay=NO_FAULT_OF_ITS_OWN, error=str(problem))
    except (OperationalError, InterfaceError):
        raise
    except Exception as problem:  # noqa: BLE001 - one mail must not hold up the others
        _put_off(mail, problem)


def _read(mail: IncomingMail) -> Reading | None:
    """The mail, read; None where it was parked or put off instead."""
    try:
        return reader.read(store.raw(mail))
    except RawMail.DoesNotExist:
        _park(mail, "raw_missing", "no raw mail")
    except reader.Broken as broken:
        if broken.by_chance and mail.attempts < TRIES_TO_READ:
            mail.postpone(backoff(mail.attempts, first=FIRST_DELAY, most=LONGEST_DELAY), error=str(broken))
        else:
            _park(mail, broken.code, str(broken))
    return None


def _park(mail: IncomingMail, reason: str, error: str) -> None:
    log.error("mail %s is parked: %s (%s)", mail.pk, reason, error)
    try:
        rows.settle(rows.claimed(mail), state=State.PARKED, reason=reason, error=error)
    except rows.Overtaken:
        log.info("mail %s was taken over by another worker", mail.pk)


def _put_off(mail: IncomingMail, problem: Exception) -> None:
    error = f"{type(problem).__name__}: {problem}"
    if mail.attempts >= MOST_TRIES:
        _park(mail, "handling_failed", error)
    else:
        log.error("mail %s, try %s: %s", mail.pk, mail.attempts, error, exc_info=problem)
        mail.postpone(backoff(mail.attempts, first=FIRST_DELAY, most=LONGEST_DELAY), error=error)


class _Alive:
    """Called while a mail is worked on: holds its row for longer once in a while. Raises rows.Overtaken."""

    def __init__(self, mail: IncomingMail) -> None:
        self._mail = mail
        self._at = time.monotonic()

    def __call__(self) -> None:
        if time.monotonic() - self._at < RENEW_AFTER:
            return
        self._at = time.monotonic()
        if not self._mail.renew(LEASE):
            raise rows.Overtaken
