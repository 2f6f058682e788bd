"""Reads of the ledger: the mails of a ticket for the desk, and what waits for whoever watches the service."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from django.conf import settings
from django.db.models import Min

from tawasul.core import clock
from tawasul.core.prepared import Prepared
from tawasul.mail.kinds import TO_STAFF
from tawasul.mail.models import IncomingMail, Mailbox, OutgoingMail
from tawasul.tickets.models import Ticket

_MAILS_OF: Final = Prepared(
    lambda ticket: (
        OutgoingMail.objects.filter(ticket_id=ticket)
        .exclude(kind__in=TO_STAFF)
        .defer("text", "html", "headers")
        .order_by("created_at", "pk")
    )
)


def mails_of(ticket: Ticket) -> Sequence[OutgoingMail]:
    """The ticket's mails to customers, oldest first, without their texts. One query."""
    return _MAILS_OF(ticket.pk)


def oldest_waiting() -> datetime | None:
    """When the mail that waits longest was written; None where none waits."""
    found: datetime | None = OutgoingMail.objects.filter(done_at__isnull=True).aggregate(
        at=Min("created_at")
    )["at"]
    return found


def oldest_unhandled() -> datetime | None:
    """When the mail came in that waits longest to be handled; None where none waits."""
    found: datetime | None = IncomingMail.objects.filter(done_at__isnull=True).aggregate(
        at=Min("received_at")
    )["at"]
    return found


@dataclass(frozen=True, slots=True)
class MailboxTrouble:
    """An IMAP mailbox that staff should know of. ``since`` is None where no worker ever looked into it; ``error`` is
    what stands in the row: a code of ``doors.imap.failure`` and the server's words."""

    name: str
    kind: Literal["failing", "not_seen", "silent"]
    since: datetime | None
    error: str = ""


def mailboxes_in_trouble() -> list[MailboxTrouble]:
    """The configured mailboxes that have failed or not been seen for MAILBOX_ALARM_MINUTES, or brought no mail for
    MAILBOX_SILENT_HOURS (0: silence is no trouble). One query; none where no mailbox is configured."""
    names = [box.name for box in settings.MAILBOXES]
    if not names:
        return []
    rows = {row.name: row for row in Mailbox.objects.filter(name__in=names)}
    found = (_trouble(name, rows.get(name)) for name in names)
    return [trouble for trouble in found if trouble is not None]


def _trouble(name: str, row: Mailbox | None) -> MailboxTrouble | None:
    if row is None:
        return MailboxTrouble(name, "not_seen", None)
    now = clock.now()
    patience = timedelta(minutes=settings.MAILBOX_ALARM_MINUTES)
    if row.failing_since is not None:
        failing = now - row.failing_since > patience
        return MailboxTrouble(name, "failing", row.failing_since, row.error) if failing else None
    seen = row.seen_at or row.message_at  # the latter is the day it was set up
    if seen is None or now - seen > patience:
        return MailboxTrouble(name, "not_seen", row.seen_at)
    silence = timedelta(hours=settings.MAILBOX_SILENT_HOURS)
    if silence and (row.message_at is None or now - row.message_at > silence):
        return MailboxTrouble(name, "silent", row.message_at)
    return None
