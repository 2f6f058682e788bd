"""Brakes: how many mails may act before staff look at them first. What is beyond is held, never lost.

Whoever writes more than this is a program, or somebody who wants the portal to answer a third person. Counting is by
index over the ledger, and bounded: no count goes beyond its limit.
"""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from django.db.models import QuerySet

from tawasul.core import clock
from tawasul.core.kept import Kept
from tawasul.mail.handling.reading import Reading
from tawasul.mail.handling.references import carries_a_number
from tawasul.mail.models import IncomingMail

# minutes → mails that may have come within them: from one address, from everybody together, and the tickets that one
# address may open by mail (each of these is confirmed by an automatic mail to it)
WINDOWS: Final[Mapping[int, tuple[int, int, int]]] = {
    10: (15, 2_000, 4),
    30: (25, 4_000, 6),
    60: (40, 6_000, 9),
    180: (80, 12_000, 14),
    600: (150, 30_000, 24),
}
FAST: Final = timedelta(minutes=10)  # two portals that answer each other do it faster than this
REMEMBERED: Final = timedelta(
    minutes=600
)  # for how long the same text from the same address counts as a repeat
_SHORTEST: Final = 100  # characters; two short texts may be alike by chance
_RECENT: Final = 20  # of an address' mails that are compared
_VARIABLE: Final = re.compile(r"https?://\S+|[\w.+-]+@[\w.-]+|[\w-]*\d[\w-]*|[\W_]+")


def pulled(mail: IncomingMail, address: str) -> bool:
    """Whether too many mails came from this address (lower case) in a window that ends with this mail."""
    until = _ends(mail)
    from_it = IncomingMail.objects.filter(from_address=address, received_at__lte=until).exclude(pk=mail.pk)
    return any(_reached(from_it, until, minutes, most) for minutes, (most, _, _) in WINDOWS.items())


def pulled_by_all(mail: IncomingMail) -> bool:
    """Whether too many mails came altogether. It stops what opens tickets, not who writes on their own."""
    if mail.decided_at is not None:  # somebody looked at it and wants it tried again
        return False
    return _flooded()


def opens_too_often(mail: IncomingMail, address: str, reading: Reading) -> str:
    """Why this address may open no further ticket by mail just now: ``brake``, or ``repeats`` where it looks like a
    machine that answers our answers; empty where it may."""
    now = clock.now()
    opened = IncomingMail.objects.filter(
        from_address=address, outcome__in=(IncomingMail.Outcome.OPENED, IncomingMail.Outcome.UNCONFIRMED)
    ).exclude(pk=mail.pk)
    if any(
        _at(opened.filter(done_at__gt=now - timedelta(minutes=minutes)), most)
        for minutes, (_, _, most) in WINDOWS.items()
    ):
        return "brake"
    recent = list(
        opened.filter(received_at__gt=_ends(mail) - REMEMBERED)
        .order_by("-received_at")
        .values_list("received_at", "text", "subject")[:_RECENT]
    )
    mine = _constant(reading.subject, reading.text)
    if len(mine) >= _SHORTEST and any(_constant(subject, text) == mine for _, text, subject in recent):
        return "repeats"
    fast = any(received_at > _ends(mail) - FAST for received_at, _, _ in recent)
    return "repeats" if fast and carries_a_number(reading.subject) else ""


def _constant(subject: str, text: str) -> str:
    """What stays the same in a form letter: no numbers, addresses or links."""
    return _VARIABLE.sub(" ", f"{subject}\n{text[:4000]}").lower().strip()


def _ends(mail: IncomingMail) -> datetime:
    """The end of a mail's windows: when it came, or when somebody had it tried again."""
    return max(mail.received_at, mail.decided_at or mail.received_at)


def _reached(rows: "QuerySet[IncomingMail]", until: datetime, minutes: int, most: int) -> bool:
    return _at(rows.filter(received_at__gt=until - timedelta(minutes=minutes)), most)


def _at(rows: "QuerySet[IncomingMail]", most: int) -> bool:
    """Whether there are ``most`` rows or more."""
    return rows.order_by().values_list("pk", flat=True)[:most].count() >= most


def _is_flooded() -> bool:
    now = clock.now()
    return any(
        _reached(IncomingMail.objects.all(), now, minutes, most) for minutes, (_, most, _) in WINDOWS.items()
    )


_flooded = Kept(_is_flooded)
