"""The centre's choices, cheap to ask for: at most one query in two seconds a process."""

from datetime import datetime, timedelta

from tawasul.core import clock
from tawasul.core.models import CentreSettings

KEEP = timedelta(seconds=2)
_kept: tuple[datetime, CentreSettings] | None = None


def current() -> CentreSettings:
    """The settings as they stood at most ``KEEP`` ago; the defaults where there is no row yet.

    The object is shared by the whole process: read it, never change it.
    """
    global _kept
    kept, now = _kept, clock.now()
    if kept is not None and timedelta() <= now - kept[0] < KEEP:
        return kept[1]
    row = CentreSettings.objects.filter(pk=CentreSettings.ONLY).first() or CentreSettings(
        pk=CentreSettings.ONLY
    )
    _kept = (now, row)
    return row


def forget() -> None:
    """Ask the database next time; called after a change in this process."""
    global _kept
    _kept = None
