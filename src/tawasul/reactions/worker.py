"""The worker: a handful of loops, each in a thread with its own database connection.

They are threads of their own so that a slow mail server never delays a closing, and a long preview never delays a
mail. Any number of workers may run; rows are leased, so one that is killed loses nothing.
"""

import logging
import os
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from threading import Event as Stop
from threading import Thread

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection

from tawasul.accounts.sms import deliver_due_sms
from tawasul.attachments.previews import make_due_previews
from tawasul.bulk.work import work_due
from tawasul.core import clock
from tawasul.mail import handling
from tawasul.mail.doors.fetching import Fetcher
from tawasul.mail.doors.mailboxes import Configured
from tawasul.mail.smtp import Deliverer
from tawasul.reactions import events, schedule
from tawasul.reactions.models import Heartbeat

log = logging.getLogger(__name__)

BEAT = 5.0  # seconds between signs of life
FORGET_AFTER = 3600.0  # seconds after which a dead worker's row is dropped
SHORTEST_REST, LONGEST_REST = 0.2, 1.0  # seconds between looks while there is nothing to do
LONGEST_TROUBLE = 10.0  # seconds between looks while something is wrong
GRACE = 8.0  # seconds for the work under way when told to stop

Step = Callable[[], int]


@dataclass(frozen=True)
class Loop:
    """One kind of work: ``begin`` gives a function that does a piece of it and says how much there was."""

    name: str
    begin: Callable[[Stop], Step]
    end: Callable[[Step], None] = lambda step: None
    calm: float = 1.0  # how many times slower than usual it may look around


def _mail(stop: Stop) -> Step:
    return Deliverer(stop).deliver_due


def _hang_up(step: Step) -> None:
    step.__self__.close()  # type: ignore[attr-defined]


def _mailbox(box: Configured) -> Loop:
    """The loop that looks after one IMAP mailbox; its step waits for news by itself."""
    return Loop(f"mailbox-{box.name}", lambda stop: Fetcher(box, stop).step, _hang_up)


def _chores(stop: Stop) -> Step:
    schedule.prepare()
    return schedule.do_due


LOOPS = (
    Loop("events", lambda stop: events.react_to_due),
    Loop("mail-1", _mail, _hang_up),
    Loop("mail-2", _mail, _hang_up),
    Loop("incoming", lambda stop: handling.handle_due),
    Loop("schedule", _chores),
    Loop("previews", lambda stop: lambda: make_due_previews(1)),
    Loop("bulk", lambda stop: work_due),
    Loop("sms", lambda stop: deliver_due_sms, calm=3.0),
)


def run(stop: Stop) -> None:
    """Work until ``stop`` is set; then finish the piece under way, or leave it to its lease, within seconds."""
    name = f"{socket.gethostname()[:60]}:{os.getpid()}"
    loops = [*LOOPS, *map(_mailbox, settings.MAILBOXES)]
    threads = [Thread(target=_loop, args=(loop, stop), name=loop.name, daemon=True) for loop in loops]
    for thread in threads:
        thread.start()
    log.info("worker %s is at work", name)
    while not stop.is_set():
        _beat(name)
        stop.wait(BEAT)
    deadline = time.monotonic() + GRACE
    for thread in threads:
        thread.join(max(0.0, deadline - time.monotonic()))
    late = [thread.name for thread in threads if thread.is_alive()]
    if late:
        log.warning("worker %s leaves unfinished work to its lease: %s", name, ", ".join(late))
    _depart(name)
    log.info("worker %s stopped", name)


def _loop(loop: Loop, stop: Stop) -> None:
    """Do pieces of work until told to stop, resting when there is nothing to do. Nothing that goes wrong ends it."""
    step: Step | None = None
    rest = SHORTEST_REST
    trouble = 0.0
    while not stop.is_set():
        try:
            step = step or loop.begin(stop)
            busy = step() > 0
        except Exception as problem:  # noqa: BLE001 - a loop outlives whatever goes wrong in it
            trouble = min(max(trouble * 2, SHORTEST_REST), LONGEST_TROUBLE)
            _report(loop.name, problem, trouble)
            connection.close()  # it may be the connection that is broken; the next query opens another
            stop.wait(trouble)
            continue
        trouble = 0.0
        if busy:
            rest = SHORTEST_REST
        else:
            stop.wait(rest * loop.calm)
            rest = min(rest * 1.5, LONGEST_REST)
    if step is not None:
        loop.end(step)
    connection.close()


def _report(what: str, problem: Exception, pause: float) -> None:
    if isinstance(problem, DatabaseError | InterfaceError):
        log.warning("%s: the database is away, next look in %.1f s: %s", what, pause, _first_line(problem))
    else:
        log.error("%s: %s, next look in %.1f s", what, problem, pause, exc_info=problem)


def _first_line(problem: Exception) -> str:
    return str(problem).partition("\n")[0]


def _beat(name: str) -> None:
    """Say "alive"; while the database is away nobody could hear it anyway."""
    now = clock.now()
    try:
        if not Heartbeat.objects.filter(worker=name).update(at=now):
            Heartbeat.objects.filter(at__lt=now - timedelta(seconds=FORGET_AFTER)).delete()
            Heartbeat.objects.create(worker=name, at=now)
    except (DatabaseError, InterfaceError) as problem:
        log.warning("no sign of life could be given: %s", _first_line(problem))
        connection.close()


def _depart(name: str) -> None:
    try:
        Heartbeat.objects.filter(worker=name).delete()
    except (DatabaseError, InterfaceError):
        pass
    finally:
        connection.close()
