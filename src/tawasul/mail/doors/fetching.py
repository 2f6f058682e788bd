"""Looking after one IMAP mailbox, for a loop of the worker's: one worker at a time, by the lease on its row."""

import logging
import time
from datetime import timedelta
from threading import Event

from django.db import DatabaseError, InterfaceError

from tawasul.core import clock
from tawasul.core.leases import backoff
from tawasul.mail.doors import imap
from tawasul.mail.doors.mailboxes import Configured
from tawasul.mail.doors.oauth import Tokens
from tawasul.mail.models import Mailbox

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=90)
RENEW = 20.0  # seconds
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=2), timedelta(minutes=5)  # after failures


class Fetcher:
    """Fetches while its lease lasts. ``step`` is what the worker's loop calls, ``close`` gives the mailbox back."""

    def __init__(self, box: Configured, stop: Event) -> None:
        self._box, self._stop = box, stop
        self._tokens = Tokens(box.oauth) if box.oauth else None
        self._stored: set[imap.Uid] = set()
        self._row: Mailbox | None = None
        self._line: imap.Connection | None = None
        self._renewed = 0.0  # time.monotonic()
        # Silence counts from the day that a mailbox is set up.
        Mailbox.objects.get_or_create(name=box.name, defaults={"message_at": clock.now()})

    def step(self) -> int:
        """Store and move what has come, then wait for more. How many mails were stored; 0 also after a failure,
        which stands in the row. Raises DatabaseError and InterfaceError: the mails wait on their server."""
        if self._row is None:
            rows = Mailbox.objects.filter(name=self._box.name).claim(1, lease=LEASE)
            if not rows:
                return 0  # another worker has it, or a failure's pause is not over
            self._row, self._renewed = rows[0], time.monotonic()
        try:
            return self._work()
        except (DatabaseError, InterfaceError):
            raise
        except Exception as problem:  # noqa: BLE001 - whatever a server does must be seen and outlived
            self._fail(problem)
            return 0

    def close(self) -> None:
        """Hang up and leave the mailbox to whoever looks next."""
        self._hang_up()
        row, self._row = self._row, None
        if row is not None:
            try:
                row.postpone(timedelta(), error="")
            except (DatabaseError, InterfaceError):
                log.warning("mailbox %s: its lease has to run out", self._box.name)

    def _work(self) -> int:
        if self._line is None:
            self._line = imap.Connection(self._box, self._tokens, self._stored)
            log.info("mailbox %s: signed in", self._box.name)
        taken = self._line.take_all(self._goes_on)
        self._seen(taken)
        if taken:
            return taken
        if self._goes_on():
            self._line.wait(lambda: not self._goes_on())
        if self._row is None:  # another worker took it over
            self._hang_up()
        return 0

    def _goes_on(self) -> bool:
        """Not told to stop, and the lease is ours; it is renewed every few seconds."""
        if self._stop.is_set() or self._row is None:
            return False
        if time.monotonic() - self._renewed >= RENEW:
            if not self._row.renew(LEASE):
                log.warning("mailbox %s: another worker looks after it", self._box.name)
                self._row = None
                return False
            self._renewed = time.monotonic()
        return True

    def _seen(self, taken: int) -> None:
        now = clock.now()
        news = {"message_at": now} if taken else {}
        Mailbox.objects.filter(name=self._box.name).update(
            seen_at=now, failing_since=None, error="", attempts=0, **news
        )

    def _fail(self, problem: Exception) -> None:
        self._hang_up()
        secrets = (*self._box.secrets, *(self._tokens.secrets if self._tokens else ()))
        error = imap.failure(problem, secrets)
        unexpected = error.startswith("fault ")
        log.log(
            logging.ERROR if unexpected else logging.WARNING,
            "mailbox %s: %s",
            self._box.name,
            error,
            exc_info=problem if unexpected else None,
        )
        row, self._row = self._row, None
        rows = Mailbox.objects.filter(name=self._box.name)
        rows.filter(failing_since__isnull=True).update(failing_since=clock.now())
        rows.update(error=error)
        if row is not None:
            row.refresh_from_db(fields=["attempts"])
            row.postpone(backoff(row.attempts, first=FIRST_PAUSE, most=LONGEST_PAUSE), error=error)

    def _hang_up(self) -> None:
        line, self._line = self._line, None
        if line is not None:
            line.close()
