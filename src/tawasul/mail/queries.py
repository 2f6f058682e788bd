"""Reads of the ledger: the mails of a ticket for the desk, and what waits for whoever watches the service."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Min

from tawasul.mail.models import IncomingMail, OutgoingMail
from tawasul.tickets.models import Ticket


def mails_of(ticket: Ticket) -> Sequence[OutgoingMail]:
    """The ticket's mails, oldest first, without their texts. One query."""
    return list(
        OutgoingMail.objects.filter(ticket=ticket)
        .defer("text", "html", "headers")
        .order_by("created_at", "pk")
    )


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
