"""``tawasul mail``: what waits and what failed, sending it again, and looking again at what came in."""

from argparse import ArgumentParser
from collections.abc import Sequence
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from tawasul.core.addresses import BadAddress, message, parse_address
from tawasul.mail import actions
from tawasul.mail.handling import decisions, routing
from tawasul.mail.models import IncomingMail, OutgoingMail

State = OutgoingMail.State
MOST_SHOWN = 100


class Command(BaseCommand):
    """List the mails that have not gone out; send them again, or to a corrected address."""

    help = "Look after the mail ledger: list, retry, address, replay."

    def add_arguments(self, parser: ArgumentParser) -> None:
        what = parser.add_subparsers(dest="what")
        what.add_parser("list", help="mails that wait or failed, the newest first (this is the default)")
        retry = what.add_parser("retry", help="try again now, for another five days")
        retry.add_argument("which", help="the number of a mail, or: failed, waiting")
        address = what.add_parser("address", help="send a mail that has not gone out to another address")
        address.add_argument("which", type=int, help="the number of the mail")
        address.add_argument("to", help="the right address")
        replay = what.add_parser("replay", help="look again at mails that came in and became nothing")
        replay.add_argument("which", nargs="*", type=int, metavar="ID", help="the number of a mail")
        replay.add_argument("--parked", action="store_true", help="all that could not be read or handled")
        replay.add_argument("--held", action="store_true", help="all that wait for a decision of staff")
        replay.add_argument(
            "--dry-run", action="store_true", help="say what would be decided; change nothing"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        match options["what"]:
            case "retry":
                self._retry(options["which"])
            case "address":
                self._readdress(options["which"], options["to"])
            case "replay":
                states = [
                    name for name in (IncomingMail.State.PARKED, IncomingMail.State.HELD) if options[name]
                ]
                self._replay(options["which"], states, dry=options["dry_run"])
            case _:
                self._list()

    def _list(self) -> None:
        rows = (
            OutgoingMail.objects.exclude(state=State.SENT).defer("text", "html").order_by("-pk")[:MOST_SHOWN]
        )
        for mail in rows:
            why = " ".join(filter(None, [mail.last_error, mail.smtp_reply]))
            self.stdout.write(
                f"{mail.pk}  {mail.state}  {mail.created_at:%Y-%m-%d %H:%M}  tries {mail.attempts}  "
                f"{mail.kind}  {mail.to_address}  {why}"
            )
        if not rows:
            self.stdout.write("every mail has gone out")

    def _retry(self, which: str) -> None:
        if which in {State.FAILED, State.WAITING}:
            mails = list(OutgoingMail.objects.filter(state=which).only("pk"))
        else:
            mails = [_mail(which)]
        self.stdout.write(
            f"{sum(actions.retry_now(mail) for mail in mails)} of {len(mails)} will be tried now"
        )

    def _readdress(self, which: int, to: str) -> None:
        try:
            address = parse_address(to)
        except BadAddress as problem:
            raise CommandError(message(problem)) from None
        if not actions.correct_address(_mail(which), address.address):
            raise CommandError("this mail has gone out, or is being tried this moment")
        self.stdout.write(f"it goes to {address.address}")

    def _replay(self, which: Sequence[int], states: Sequence[str], *, dry: bool) -> None:
        if not which and not states:
            raise CommandError("name mails by their numbers, or --parked, or --held")
        known = set(IncomingMail.objects.filter(pk__in=which).values_list("pk", flat=True))
        for number in which:
            if number not in known:
                raise CommandError(f"there is no mail number {number}")
        found = IncomingMail.objects.filter(pk__in=which) | IncomingMail.objects.filter(state__in=states)
        pks = list(found.order_by("received_at", "pk").values_list("pk", flat=True))
        again = 0
        for pk in pks:
            mail = IncomingMail.objects.get(pk=pk)
            try:
                if dry:
                    self.stdout.write(f"{_head(mail)}  would be: {_would_be(mail)}")
                else:
                    decisions.replay(mail, by=None)
                    again += 1
            except decisions.Undecidable as no:
                self.stdout.write(f"{_head(mail)}  stays as it is: {no.code}")
        if not dry:
            self.stdout.write(
                f"{again} of {len(pks)} will be looked at again" if pks else "there is nothing to replay"
            )


def _head(mail: IncomingMail) -> str:
    return f"{mail.pk}  {mail.state}  {mail.reason or mail.outcome}  {mail.from_address}"


def _would_be(mail: IncomingMail) -> str:
    """What would be decided on the mail now, and why; reading it may fail as it did before."""
    if not IncomingMail.objects.filter(decisions.replayable(), pk=mail.pk, letter=None).exists():
        raise decisions.Undecidable("decided")
    decision = routing.decide(mail, decisions.read_again(mail))
    number = decision.ticket.spoken_number if decision.ticket is not None else ""
    return "  ".join(filter(None, [decision.step, decision.outcome, decision.reason, number]))


def _mail(which: str | int) -> OutgoingMail:
    try:
        return OutgoingMail.objects.get(pk=int(which))
    except (ValueError, OutgoingMail.DoesNotExist):
        raise CommandError(f"there is no mail number {which}") from None
