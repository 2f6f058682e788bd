"""Brakes: how many mails may act before staff look at them first. What is beyond is held, never lost.

Whoever writes more than this is a program, or somebody who wants the portal to answer a third person. What is
asked of the ledger is served by an index and bounded: never more rows than a limit.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from django.db.models.functions import Left

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
_COMPARED: Final = 4_000  # characters of a text
_VARIABLE: Final = re.compile(r"https?://\S+|[\w.+-]+@[\w.-]+|[\w-]*\d[\w-]*|[\W_]+")


def pulled(mail: IncomingMail, address: str) -> bool:
    """Whether too many mails came from this address (lower case) in a window that ends with this mail."""
    until = _ends(mail)
    from_it = IncomingMail.objects.filter(from_address=address, received_at__lte=until).exclude(pk=mail.pk)
    most = max(limit for limit, _, _ in WINDOWS.values())
    moments = list(from_it.order_by("-received_at").values_list("received_at", flat=True)[:most])
    return any(_full(moments, until, minutes, limit) for minutes, (limit, _, _) in WINDOWS.items())


def pulled_by_all(mail: IncomingMail) -> bool:
    """Whether too many mails came altogether. It stops what opens tickets, not who writes on their own."""
    if mail.decided_at is not None:  # somebody looked at it and wants it tried again
        return False
    return _flooded()


def opens_too_often(mail: IncomingMail, address: str, reading: Reading) -> str:
    """Why this address may open no further ticket by mail just now: ``brake``, or ``repeats`` where it looks like a
    machine that answers our answers; empty where it may."""
    now, ends = clock.now(), _ends(mail)
    most = max(limit for _, _, limit in WINDOWS.values())
    opened = list(
        IncomingMail.objects.filter(
            from_address=address,
            outcome__in=(IncomingMail.Outcome.OPENED, IncomingMail.Outcome.UNCONFIRMED),
            done_at__isnull=False,
        )
        .exclude(pk=mail.pk)
        .order_by("-received_at")
        .values_list("done_at", "received_at", "subject", Left("text", _COMPARED))[:most]
    )
    moments = sorted((done_at for done_at, _, _, _ in opened if done_at), reverse=True)
    if any(_full(moments, now, minutes, limit) for minutes, (_, _, limit) in WINDOWS.items()):
        return "brake"
    recent = [one for one in opened if one[1] > ends - REMEMBERED]
    mine = _constant(reading.subject[:300], reading.text)
    if len(mine) >= _SHORTEST and any(_constant(subject, text) == mine for _, _, subject, text in recent):
        return "repeats"
    fast = any(received_at > ends - FAST for _, received_at, _, _ in recent)
    return "repeats" if fast and carries_a_number(reading.subject) else ""


def _constant(subject: str, text: str) -> str:
    """What stays the same in a form letter: no numbers, addresses or links."""
    return _VARIABLE.sub(" ", f"{subject}\n{text[:_COMPARED]}").lower().strip()


def _ends(mail: IncomingMail) -> datetime:
    """The end of a mail's windows: when it came, or when somebody had it tried again."""
    return max(mail.received_at, mail.decided_at or mail.received_at)


def _full(moments: Sequence[datetime], until: datetime, minutes: int, limit: int) -> bool:
    """Whether ``limit`` of the moments (the newest first) lie in the window before ``until``."""
    return len(moments) >= limit and moments[limit - 1] > until - timedelta(minutes=minutes)


def _is_flooded() -> bool:
    now = clock.now()
    newest = IncomingMail.objects.order_by("-received_at", "-pk").values_list("received_at", flat=True)
    return any(
        moment > now - timedelta(minutes=minutes)
        for minutes, (_, limit, _) in WINDOWS.items()
        for moment in newest[limit - 1 : limit]
    )


_flooded = Kept(_is_flooded)
