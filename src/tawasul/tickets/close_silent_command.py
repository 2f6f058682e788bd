"""``tawasul close-silent``: close tickets whose customer's time has run out, or list which would close."""

import argparse
import sys
from collections.abc import Sequence
from datetime import UTC, datetime

from tawasul.core import clock


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"{text!r} is not an ISO 8601 moment such as 2026-11-22T10:24+03:00"
        ) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def main(argv: Sequence[str]) -> int:
    """Entry. ``--now`` looks from another moment (without an offset: UTC); ``--dry-run`` changes nothing."""
    parser = argparse.ArgumentParser(prog="tawasul close-silent", description=__doc__)
    parser.add_argument("--now", type=_moment, default=None, metavar="ISO", help="the moment to look from")
    parser.add_argument("--dry-run", action="store_true", help="list what would close; change nothing")
    given = parser.parse_args(argv)
    now: datetime = given.now or clock.now()
    if now > clock.now() and not given.dry_run:
        parser.error("a moment in the future needs --dry-run: closing early would break the promise")

    import django

    django.setup()
    from tawasul.tickets import silence

    if given.dry_run:
        tickets = silence.silent(now, most=1_000_000)
        for ticket in tickets:
            assert ticket.close_due_at is not None
            sys.stdout.write(f"{ticket.spoken_number}\t{ticket.close_due_at.isoformat()}\n")
        sys.stdout.write(f"{len(tickets)} would close\n")
        return 0
    sys.stdout.write(f"{silence.close_silent(now)} closed\n")
    return 0
