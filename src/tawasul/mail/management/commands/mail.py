"""``tawasul mail``: what waits and what failed, and sending it again."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from tawasul.core.addresses import BadAddress, message, parse_address
from tawasul.mail import actions
from tawasul.mail.models import OutgoingMail

State = OutgoingMail.State
MOST_SHOWN = 100


class Command(BaseCommand):
    """List the mails that have not gone out; send them again, or to a corrected address."""

    help = "Look after the mail ledger: list, retry, address."

    def add_arguments(self, parser: ArgumentParser) -> None:
        what = parser.add_subparsers(dest="what")
        what.add_parser("list", help="mails that wait or failed, the newest first (this is the default)")
        retry = what.add_parser("retry", help="try again now, for another five days")
        retry.add_argument("which", help="the number of a mail, or: failed, waiting")
        address = what.add_parser("address", help="send a mail that has not gone out to another address")
        address.add_argument("which", type=int, help="the number of the mail")
        address.add_argument("to", help="the right address")

    def handle(self, *_args: Any, **options: Any) -> None:
        match options["what"]:
            case "retry":
                self._retry(options["which"])
            case "address":
                self._readdress(options["which"], options["to"])
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


def _mail(which: str | int) -> OutgoingMail:
    try:
        return OutgoingMail.objects.get(pk=int(which))
    except (ValueError, OutgoingMail.DoesNotExist):
        raise CommandError(f"there is no mail number {which}") from None
