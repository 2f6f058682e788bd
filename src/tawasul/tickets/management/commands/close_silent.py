"""``tawasul close-silent``: close tickets whose customer's time has run out, or list which would close."""

from argparse import ArgumentParser, ArgumentTypeError
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from tawasul.core import clock
from tawasul.tickets import silence


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(
            f"{text!r} is not an ISO 8601 moment such as 2026-11-22T10:24+03:00"
        ) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


class Command(BaseCommand):
    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--now",
            type=_moment,
            default=None,
            metavar="ISO",
            help="look from this moment (without an offset: UTC)",
        )
        parser.add_argument("--dry-run", action="store_true", help="list what would close; change nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        now: datetime = options["now"] or clock.now()
        if now > clock.now() and not options["dry_run"]:
            raise CommandError(
                "a moment in the future needs --dry-run: closing early would break the promise"
            )
        if not options["dry_run"]:
            self.stdout.write(f"{silence.close_silent(now)} closed")
            return
        tickets = silence.silent(now, most=1_000_000)
        for ticket in tickets:
            assert ticket.close_due_at is not None  # silent() selects by it
            self.stdout.write(f"{ticket.spoken_number}\t{ticket.close_due_at.isoformat()}")
        self.stdout.write(f"{len(tickets)} would close")
