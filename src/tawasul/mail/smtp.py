"""The deliverer: the only code that talks to a mail server. It sends rows of the ledger, never inside a transaction.

What a server says decides: 2xx sent; 4xx and a broken line, tried again later; 5xx to the mail itself, failed for
good with the server's words. A fault of ours or of the connection (no server, no sign-in, no TLS, no key to sign with)
is no mail's fault: all wait.
When the line breaks after the message and before the answer nobody can know; the mail goes again with the same
Message-ID, by which the other side can tell.
"""

import logging
import re
import smtplib
import socket
import ssl
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from threading import Event as Stop
from threading import Lock

from django.conf import settings
from django.db import DatabaseError, connection

from tawasul.core import clock
from tawasul.core.addresses import BadAddress
from tawasul.core.domains import to_ascii_host
from tawasul.core.leases import backoff
from tawasul.mail import headers, leaving, mime, signing
from tawasul.mail.models import OutgoingMail
from tawasul.mail.reasons import WITHDRAWN

log = logging.getLogger(__name__)
_LEADING_DOT = re.compile(rb"(?m)^\.")  # doubled on the wire (RFC 5321, 4.5.2)

BATCH = 20
MAILS_PER_CONNECTION = 100
KEEP_IDLE = 10.0  # seconds a connection is kept for the next mail
FRESH = 15.0  # seconds for which a lease counts as surely held
FIRST_DELAY, LONGEST_DELAY = timedelta(seconds=30), timedelta(hours=2)
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=1), timedelta(seconds=30)
ONE_AT_A_TIME = 2.0  # seconds that a thread waits for another one's last word
# Replies about this server's own set-up, though they come in answer to a mail's command.
_OUR_OWN_FAULT = {530, 534, 535, 538}


@dataclass
class Refused(Exception):
    """The server said no to this mail; ``code`` and ``words`` are its reply."""

    code: int
    words: str

    @property
    def for_good(self) -> bool:
        return self.code >= 500

    def __str__(self) -> str:
        return f"{self.code} {self.words}".strip()


class Unreachable(Exception):
    """Nothing can be sent at present, by no fault of any mail's: no usable connection, no key to sign with.

    ``code`` is of mail/reasons.py; the message says why, without secrets.
    """

    def __init__(self, why: str, *, code: str = "unreachable") -> None:
        super().__init__(why)
        self.code = code


# Held from the full stop after a mail's content until its fate is written down: what a killed process may have sent
# and not noted is one mail, however many threads it has. A server that dawdles there holds the others up for
# ONE_AT_A_TIME at most.
_last_word = Lock()


class LeaseLost(Exception):
    """Another deliverer took the row over while this one was slow."""


def lease() -> timedelta:
    """Longer than any one command may take, so that a living deliverer always renews in time."""
    return timedelta(seconds=2 * settings.SMTP_TIMEOUT + FRESH)


class Deliverer:
    """Sends what is due over one connection that it keeps for a while. One a thread; any number may run at once."""

    def __init__(self, stop: Stop | None = None) -> None:
        self._stop = stop or Stop()
        self._smtp: smtplib.SMTP | None = None
        self._sent_here = 0
        self._last_used = 0.0
        self._failures = 0
        self._has_last_word = False
        self._closed_until = 0.0  # after a failed connection nothing is claimed for a while

    def deliver_due(self, most: int = BATCH) -> int:
        """Try up to ``most`` due mails; how many were sent or refused. 0 also while the server is away."""
        now = time.monotonic()
        if now < self._closed_until:
            return 0
        rows = OutgoingMail.objects.claim(most, lease=lease())
        if not rows:
            if self._smtp is not None and now - self._last_used > KEEP_IDLE:
                self.close()
            return 0
        claimed = time.monotonic()
        departed = leaving.departed(rows)
        for position, mail in enumerate(rows):
            if self._stop.is_set():
                OutgoingMail.objects.release(rows[position:])
                break
            if mail.pk in departed:
                _failed(mail, WITHDRAWN, "", settled=True)
                continue
            try:
                self._deliver(mail, held_since=claimed)
            except Unreachable as problem:
                self._wait_for_server(rows[position:], problem)
                return position
        return len(rows)

    def close(self) -> None:
        """Say goodbye to the server if the line still stands."""
        smtp, self._smtp = self._smtp, None
        if smtp is not None:
            with suppress(smtplib.SMTPException, OSError):
                smtp.quit()
            smtp.close()

    def _deliver(self, mail: OutgoingMail, *, held_since: float) -> None:
        held = _Lease(mail, held_since)
        try:
            self._try(mail, held)
        finally:
            if self._has_last_word:
                self._has_last_word = False
                _last_word.release()

    def _try(self, mail: OutgoingMail, held: "_Lease") -> None:
        try:
            reply = self._send(mail, held)
        except LeaseLost:
            log.warning("mail %s: another deliverer took it over", mail.pk)
        except BadAddress as problem:
            _failed(mail, f"bad_address: {problem.code}", "")
        except mime.NeedsSmtputf8:
            _failed(mail, "no_smtputf8", "")
        except Refused as problem:
            if problem.for_good and problem.code not in _OUR_OWN_FAULT:
                _failed(mail, "refused", str(problem))
            else:
                _later(mail, "postponed", str(problem))
        except (OSError, smtplib.SMTPException) as problem:
            # The line broke in the middle of this mail: perhaps the mail's doing, so it alone waits longer.
            self._drop()
            _later(mail, f"line_broke: {_words(problem)}", "")
        except (Unreachable, DatabaseError):
            raise
        except Exception as problem:
            # A mail that breaks our own code must not hold up the others; it is tried again and stays visible.
            log.exception("mail %s cannot be sent", mail.pk)
            self._drop()
            _later(mail, f"own_fault: {type(problem).__name__}: {problem}", "")
        else:
            _sent(mail, reply)

    def _send(self, mail: OutgoingMail, held: "_Lease") -> str:
        """One conversation; the server's last words. Reconnects once where a kept connection turns out dead."""
        for may_be_stale in (True, False):
            kept = self._smtp
            smtp = self._connection()
            try:
                return self._converse(smtp, mail, held)
            except Refused as problem:
                self._reset(hang_up=problem.code == 421)
                if problem.code != 421 or not (may_be_stale and kept is smtp and held.nothing_said):
                    raise
            except (smtplib.SMTPServerDisconnected, ConnectionError):
                self._drop()
                if not (may_be_stale and kept is smtp and held.nothing_said):
                    raise
        raise AssertionError("unreachable")

    def _converse(self, smtp: smtplib.SMTP, mail: OutgoingMail, held: "_Lease") -> str:
        to = mime.envelope(mail, utf8_offered=smtp.has_extn("smtputf8"))
        try:
            message = signing.signed(mime.build(mail, to))
        except signing.CannotSign as problem:
            raise Unreachable(str(problem), code="dkim") from None
        smtp.command_encoding = "utf-8" if to.utf8 else "ascii"
        parameters = " BODY=8BITMIME SMTPUTF8" if to.utf8 else ""
        if smtp.has_extn("size"):
            parameters = f" SIZE={len(message)}{parameters}"
        held.nothing_said = True
        _expect(250, smtp.docmd("MAIL", f"FROM:<{to.return_path}>{parameters}"))
        held.nothing_said = False
        held.renew_if_old()
        _expect(250, smtp.docmd("RCPT", f"TO:<{to.recipient}>"), 251)
        held.renew_if_old()
        _expect(354, smtp.docmd("DATA"))
        smtp.send(_LEADING_DOT.sub(b"..", message))  # it ends with CRLF
        self._has_last_word = _last_word.acquire(timeout=ONE_AT_A_TIME)
        smtp.send(b".\r\n")
        code, words = smtp.getreply()
        self._last_used = time.monotonic()
        self._sent_here += 1
        _expect(250, (code, words))
        return f"{code} {_text(words)}"[:500]

    def _connection(self) -> smtplib.SMTP:
        """The kept connection, or a new one: greeted, encrypted and signed in as the settings say."""
        if self._smtp is not None and (
            self._sent_here >= MAILS_PER_CONNECTION or time.monotonic() - self._last_used > KEEP_IDLE
        ):
            self.close()
        if self._smtp is None:
            try:
                self._smtp = _connect()
            except (OSError, smtplib.SMTPException, ValueError) as problem:
                raise Unreachable(_words(problem)) from problem
            self._sent_here, self._failures = 0, 0
            self._last_used = time.monotonic()
        return self._smtp

    def _reset(self, *, hang_up: bool) -> None:
        """After a refusal: forget the mail, keep the line if the server does."""
        if hang_up or self._smtp is None:
            self._drop()
            return
        try:
            code, _words = self._smtp.rset()
        except (OSError, smtplib.SMTPException):
            code = 421
        self._last_used = time.monotonic()
        if code != 250:
            self._drop()

    def _drop(self) -> None:
        smtp, self._smtp = self._smtp, None
        if smtp is not None:
            smtp.close()

    def _wait_for_server(self, rows: list[OutgoingMail], why: Unreachable) -> None:
        self._drop()
        self._failures += 1
        pause = backoff(self._failures, first=FIRST_PAUSE, most=LONGEST_PAUSE)
        self._closed_until = time.monotonic() + pause.total_seconds()
        log.warning("no mail can be sent, next try in %.0f s: %s: %s", pause.total_seconds(), why.code, why)
        # The server was not asked, so this counts as no attempt.
        OutgoingMail.objects.release(rows, delay=pause, error=f"{why.code}: {why}")


class _Lease:
    """What a deliverer knows about its hold on a row."""

    def __init__(self, mail: OutgoingMail, since: float) -> None:
        self._mail = mail
        self._since = since
        self.nothing_said = True  # the server has not accepted anything of this mail yet
        self.renew_if_old()

    def renew_if_old(self) -> None:
        """Make sure of the row before going on. Raises LeaseLost."""
        if time.monotonic() - self._since > FRESH:
            if not self._mail.renew(lease()):
                raise LeaseLost
            self._since = time.monotonic()


def _connect() -> smtplib.SMTP:
    host = to_ascii_host(settings.SMTP_HOST)
    seconds, name = float(settings.SMTP_TIMEOUT), headers.own_host()
    smtp: smtplib.SMTP
    if settings.SMTP_SECURITY == "tls":
        smtp = smtplib.SMTP_SSL(timeout=seconds, local_hostname=name, context=ssl.create_default_context())
    else:
        smtp = smtplib.SMTP(timeout=seconds, local_hostname=name)
    try:
        # smtplib checks the certificate against the name that was given to the constructor
        smtp._host = host  # type: ignore[attr-defined]
        code, words = smtp.connect(host, settings.SMTP_PORT)
        if code != 220:
            raise smtplib.SMTPConnectError(code, words)
        if smtp.sock is not None:  # the full stop after the content must not wait for an acknowledgement
            smtp.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        smtp.ehlo_or_helo_if_needed()
        if settings.SMTP_SECURITY == "starttls":
            smtp.starttls(context=ssl.create_default_context())
            smtp.ehlo()
        if settings.SMTP_USER:
            smtp.login(settings.SMTP_USER, settings.SMTP_PASSWORD)
    except BaseException:
        smtp.close()
        raise
    return smtp


def _expect(wanted: int, reply: tuple[int, bytes], also: int = 0) -> None:
    code, words = reply
    if code not in {wanted, also}:
        raise _refusal(code, words)


def _refusal(code: int, words: bytes | str) -> Exception:
    """A reply that was not the wanted one. -1 is smtplib's way to say that the line is dead."""
    if code < 0:
        return smtplib.SMTPServerDisconnected("the server hung up")
    return Refused(code, _text(words))


def _text(words: bytes | str) -> str:
    """The server's words: one line, bounded, without control characters."""
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    return "".join(char if char.isprintable() else " " for char in text)[:400].strip()


def _words(problem: Exception) -> str:
    """An error of the connection in a few words. No command is in them, so no password either."""
    if isinstance(problem, smtplib.SMTPResponseException):
        return f"{problem.smtp_code} {_text(problem.smtp_error)}"
    if isinstance(problem, TimeoutError) or "timed out" in str(problem):  # smtplib wraps it in its own
        return f"no answer within {settings.SMTP_TIMEOUT} s"
    return _text(f"{type(problem).__name__}: {problem}")[:300]


def _sent(mail: OutgoingMail, reply: str) -> None:
    """Write down that it went. Tried again while the database is away: forgetting it would send it twice."""
    for pause in (0.1, 0.3, 1.0, 3.0, 5.0, None):
        try:
            now = clock.now()
            written = (
                OutgoingMail.objects.filter(pk=mail.pk)
                .exclude(state=OutgoingMail.State.SENT)
                .update(
                    state=OutgoingMail.State.SENT,
                    sent_at=now,
                    done_at=now,
                    lease=None,
                    last_error="",
                    smtp_reply=reply,
                )
            )
        except DatabaseError:
            connection.close()
            if pause is None:
                log.exception("mail %s was sent, but the database is away; it may go twice", mail.pk)
                raise
            time.sleep(pause)
        else:
            if not written:
                log.warning("mail %s was sent twice: a lease ran out meanwhile", mail.pk)
            return


def _failed(mail: OutgoingMail, error: str, reply: str, *, settled: bool = False) -> None:
    log.warning("mail %s failed for good: %s %s", mail.pk, error, reply)
    OutgoingMail.objects.filter(pk=mail.pk, lease=mail.lease).update(
        state=OutgoingMail.State.FAILED,
        done_at=clock.now(),
        lease=None,
        last_error=error[:2000],
        smtp_reply=reply[:500],
        **({"settled_at": clock.now()} if settled else {}),
    )


def _later(mail: OutgoingMail, error: str, reply: str, *, delay: timedelta | None = None) -> None:
    """Try again after a growing while; fail once the days for trying are over."""
    now = clock.now()
    if now >= mail.give_up_at:
        _failed(mail, f"expired: {error}", reply)
        return
    delay = delay or backoff(mail.attempts, first=FIRST_DELAY, most=LONGEST_DELAY)
    OutgoingMail.objects.filter(pk=mail.pk, lease=mail.lease).update(
        next_try_at=min(now + delay, mail.give_up_at),
        lease=None,
        last_error=error[:2000],
        smtp_reply=reply[:500],
    )
