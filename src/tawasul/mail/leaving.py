"""Whoever takes part in a ticket no longer gets no mail of it any more, not even one that waits in the ledger."""

import re
from collections.abc import Iterable
from typing import Final

from django.db import transaction
from django.db.models import Q

from tawasul.accounts.models import address_key
from tawasul.core import clock
from tawasul.core.addresses import BadAddress, parse_address
from tawasul.mail.actions import copy_key_of
from tawasul.mail.kinds import TO_STAFF
from tawasul.mail.models import OutgoingMail
from tawasul.mail.reasons import WITHDRAWN
from tawasul.tickets.actions import participating
from tawasul.tickets.models import Participant
from tawasul.tickets.writers import Writer

State = OutgoingMail.State
_OF_A_PART: Final = re.compile(r":participant:(\d{1,18})\Z")


def end_part(participant: Participant, *, by: Writer) -> bool:
    """Remove a participant, and take back what waits for them in the ledger. False where they had left before.

    A mail that a deliverer has in hand at this moment is left alone: it may be with the server already."""
    with transaction.atomic():
        if not participating.remove(participant, by=by):
            return False
        _withdraw(_theirs(participant), by)
    return True


def departed(mails: Iterable[OutgoingMail]) -> set[int]:
    """Which of the mails (keys) are for participants who left since: what was written at that very moment, or is tried
    again. At most one query."""
    parts = {mail.pk: int(found[1]) for mail in mails if (found := _OF_A_PART.search(mail.key))}
    if not parts:
        return set()
    here = set(Participant.objects.filter(pk__in=set(parts.values())).values_list("pk", flat=True))
    return {mail for mail, part in parts.items() if part not in here}


def _theirs(participant: Participant) -> list[int]:
    """Keys of the ticket's mails to them: written for their part, to their address, and copies of either. Oldest first,
    so that a copy follows what it is a copy of."""
    ticket, person = participant.ticket, participant.person
    addresses = _forms(participant.email) | (_forms(person.email) if person is not None else set())
    if _forms(ticket.requester_email) & addresses or (
        person is not None and ticket.requester_id == person.pk
    ):
        addresses = set()  # they have become its requester: what goes to their address as such stays
    rows = OutgoingMail.objects.filter(ticket=ticket).exclude(kind__in=TO_STAFF).order_by("pk")
    found: list[int] = []
    copies: set[str] = set()
    for pk, key, to in rows.values_list("pk", "key", "to_address"):
        part = _OF_A_PART.search(key)
        if (int(part[1]) == participant.pk) if part else (key in copies or bool(_forms(to) & addresses)):
            found.append(pk)
            copies.add(copy_key_of(pk))
    return found


def _withdraw(mails: list[int], by: Writer) -> None:
    now = clock.now()
    resting = OutgoingMail.objects.filter(pk__in=mails, state=State.WAITING, done_at=None).filter(
        Q(lease=None) | Q(next_try_at__lte=now)
    )
    # Nobody has to see to it: it failed by decision.
    resting.update(
        state=State.FAILED,
        done_at=now,
        lease=None,
        last_error=WITHDRAWN,
        smtp_reply="",
        settled_at=now,
        settled_by=by.person if by.person is not None and by.person.is_staff else None,
    )


def _forms(text: str) -> set[str]:
    """The address as it may stand in a table."""
    try:
        return participating.forms_of(parse_address(text))
    except BadAddress:
        return {address_key(text)}
