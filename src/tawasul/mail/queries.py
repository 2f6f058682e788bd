"""Reads of the ledger: the mails of a ticket for the desk, and what waits for whoever watches the service."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Min
from django.utils.translation import gettext

from tawasul.mail.models import OutgoingMail
from tawasul.tickets.models import Ticket

State = OutgoingMail.State


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


def state_in_words(mail: OutgoingMail) -> str:
    """The state of a mail in the active language, for staff."""
    if mail.state == State.SENT:
        return gettext("The mail server took it.")
    if mail.state == State.FAILED:
        return gettext("It was not sent.")
    return gettext("It waits to be sent again.") if mail.last_error else gettext("It waits to be sent.")


def reason_in_words(mail: OutgoingMail) -> str:
    """Why a mail waits or failed, in the active language, for staff; empty where all is well.

    The mail server's own words are in ``mail.smtp_reply``, in whatever language the server speaks.
    """
    code, _, rest = mail.last_error.partition(":")
    if code == "expired":
        code = rest.partition(":")[0].strip()
        return gettext("It was tried for five days.") + " " + _reasons().get(code, "")
    return _reasons().get(code, gettext("Something went wrong at our end.") if code else "")


def _reasons() -> dict[str, str]:
    return {
        "bad_address": gettext("The address is not one that mail can be sent to."),
        "no_smtputf8": gettext(
            "The mailbox has letters outside of ASCII, and our mail server cannot carry such addresses."
        ),
        "refused": gettext("The mail server refused it for good:"),
        "postponed": gettext("The mail server put it off:"),
        "line_broke": gettext("The connection to the mail server broke off."),
        "unreachable": gettext("The mail server cannot be reached."),
    }
