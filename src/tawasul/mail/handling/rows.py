"""The ledger's row of a mail that came in: claimed, filled with what was read, and settled once."""

import uuid
from typing import Any, Final

from django.db.models import Q, QuerySet

from tawasul.accounts.models import address_key
from tawasul.core import clock
from tawasul.core.addresses import BadAddress, parse_address
from tawasul.core.leases import ERROR_LENGTH
from tawasul.mail.handling.reading import Reading
from tawasul.mail.models import IncomingMail

State, Outcome = IncomingMail.State, IncomingMail.Outcome
DID_NOTHING: Final = (Outcome.BOUNCE, Outcome.AUTO_REPLY, Outcome.REPORT, Outcome.LIST, Outcome.LOOP)
_SUBMISSIONS: Final = uuid.UUID("6f1a3d0e-6a57-5d0b-9f0e-2f4f6f0c8a11")  # a name space of our own


class Overtaken(Exception):
    """Somebody else has the mail, or settled it meanwhile: what was begun must not be finished."""


def submission(mail: IncomingMail) -> uuid.UUID:
    """The key of the letter that this mail can become: the same for every try, so there is never a second letter."""
    return uuid.uuid5(_SUBMISSIONS, mail.digest)


def claimed(mail: IncomingMail) -> "QuerySet[IncomingMail]":
    """The row as long as the claim of this worker holds it."""
    return IncomingMail.objects.filter(
        pk=mail.pk, lease=mail.lease, lease__isnull=False, done_at__isnull=True
    )


def undecided(mail: IncomingMail) -> "QuerySet[IncomingMail]":
    """The row as long as staff may decide on it: it is held, or was taken for a machine's and became nothing."""
    became_nothing = Q(state=State.HELD) | Q(state=State.DONE, outcome__in=DID_NOTHING, letter=None)
    return IncomingMail.objects.filter(became_nothing, pk=mail.pk, done_at__isnull=False)


def facts(reading: Reading) -> dict[str, Any]:
    """What the ledger keeps of a reading."""
    return {
        "mail_class": reading.mail_class,
        "message_id": reading.message_id,
        "from_name": reading.from_name,
        "from_address": address(reading),
        "subject": reading.subject[:300],
        "text": reading.text,
        "html": reading.html,
        "notes": list(reading.notes),
    }


def address(reading: Reading) -> str:
    """The first author's address in the form that is looked for; empty where there is none."""
    if not reading.senders:
        return ""
    try:
        return parse_address(reading.senders[0]).key
    except BadAddress:
        return address_key(reading.senders[0])[:320]


def settle(rows: "QuerySet[IncomingMail]", *, state: str, error: str = "", **columns: Any) -> None:
    """Write what became of the mail, if ``rows`` still finds it. Raises Overtaken where it does not: then whatever
    was done in the same transaction must not stand."""
    settled = rows.update(
        state=state, done_at=clock.now(), lease=None, last_error=error[:ERROR_LENGTH], **columns
    )
    if not settled:
        raise Overtaken
