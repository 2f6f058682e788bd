"""What happens at its time: a literal table of chores, each done by whichever worker takes it, once a period."""

import logging
from collections.abc import Callable, Mapping
from datetime import timedelta

from django.contrib.sessions.backends.db import SessionStore
from django.db import InterfaceError, OperationalError

from tawasul.accounts import requests
from tawasul.attachments import actions as attachments
from tawasul.bulk import keeping as bulk
from tawasul.core import clock
from tawasul.live import attendance
from tawasul.notices import actions as notices
from tawasul.reactions import bundles, promises
from tawasul.reactions.models import Chore
from tawasul.tickets import actions, drafts, silence
from tawasul.tickets.actions import sharing_out, snoozing, standing_in
from tawasul.tickets.models import Draft

log = logging.getLogger(__name__)

DRAFT_LIFE = timedelta(days=30)
AFTER_FAILURE = timedelta(minutes=5)


def drop_stale_drafts(most: int = 1000) -> int:
    """Forget what nobody has touched for DRAFT_LIFE, with its files; how many."""
    stale = list(Draft.objects.filter(updated_at__lt=clock.now() - DRAFT_LIFE).order_by("updated_at")[:most])
    for draft in stale:
        drafts.discard(draft)
    return len(stale)


def drop_ended_sessions() -> None:
    """Forget sessions whose time is over."""
    SessionStore.clear_expired()


def give_out() -> int:
    """Tickets of the absent to whoever stands in, and unassigned ones to the members of teams that share; how many."""
    return standing_in.stand_in() + sharing_out.share_out(attendance.present)


CHORES: Mapping[str, tuple[timedelta, Callable[[], object]]] = {
    "close_silent": (timedelta(seconds=5), silence.close_silent),
    "give_out": (timedelta(seconds=2), give_out),
    "warn_silent": (timedelta(minutes=1), silence.warn_silent),
    "tell_of_promises": (timedelta(seconds=30), promises.tell_of_promises),
    "mail_notices": (timedelta(seconds=2), bundles.mail_what_waits),
    "wake_snoozed": (timedelta(seconds=30), snoozing.wake_due),
    # a change of the calendars recalculates at once; this mends what another process opened in that very second
    "recalculate_deadlines": (timedelta(days=1), actions.recalculate_deadlines),
    "expire_requests": (timedelta(hours=1), requests.expire_requests),
    "drop_stale_drafts": (timedelta(days=1), drop_stale_drafts),
    "drop_old_notices": (timedelta(days=1), notices.drop_old),
    "drop_old_jobs": (timedelta(days=1), bulk.drop_old),
    "drop_ended_sessions": (timedelta(days=1), drop_ended_sessions),
    "collect_orphan_files": (timedelta(days=1), attachments.collect_orphans),
}


def prepare() -> None:
    """Give every chore of the table its row; a chore that is new is due at once."""
    Chore.objects.bulk_create([Chore(name=name) for name in CHORES], ignore_conflicts=True)


def do_due() -> int:
    """Do the chores that are due and that no other worker takes first; how many were done.

    Taking a chore is one conditional update, so a period has one taker; a taker that is killed leaves the chore to
    the next period. A chore that fails says so in its row and is tried again within minutes.
    """
    done = 0
    for chore in Chore.objects.filter(due_at__lte=clock.now(), name__in=CHORES).order_by("due_at"):
        every, do = CHORES[chore.name]
        taken = Chore.objects.filter(pk=chore.pk, due_at=chore.due_at).update(due_at=clock.now() + every)
        if not taken:
            continue
        try:
            do()
        except (OperationalError, InterfaceError):
            raise
        except Exception as problem:
            log.exception("chore %s failed", chore.name)
            Chore.objects.filter(pk=chore.pk).update(
                last_error=f"{type(problem).__name__}: {problem}"[:2000],
                due_at=clock.now() + min(every, AFTER_FAILURE),
            )
        else:
            if chore.last_error:
                Chore.objects.filter(pk=chore.pk).update(last_error="")
            done += 1
    return done
