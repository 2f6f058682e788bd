"""``tawasul mail``: the ledger from the command line."""

import io

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from tawasul.mail.models import OutgoingMail
from tests.mail.conftest import WriteAMail

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> str:
    out = io.StringIO()
    call_command("mail", *arguments, stdout=out)
    return out.getvalue().strip()


def failed(write_a_mail: WriteAMail, to: str) -> OutgoingMail:
    mail = write_a_mail(to)
    (row,) = OutgoingMail.objects.claim(1)
    row.give_up(error="refused")
    OutgoingMail.objects.filter(pk=mail.pk).update(state="failed", smtp_reply="550 no such mailbox")
    return mail


def test_it_lists_what_has_not_gone_out_and_why(write_a_mail: WriteAMail) -> None:
    assert run() == "every mail has gone out"
    mail = failed(write_a_mail, "nuora@example.sa")
    assert run("list").startswith(f"{mail.pk}  failed  ")
    assert run("list").endswith("login_code  nuora@example.sa  refused 550 no such mailbox")


def test_it_sends_failed_mails_again(write_a_mail: WriteAMail) -> None:
    failed(write_a_mail, "one@example.sa")
    second = failed(write_a_mail, "two@example.sa")
    assert run("retry", str(second.pk)) == "1 of 1 will be tried now"
    assert run("retry", "failed") == "1 of 1 will be tried now"
    assert OutgoingMail.objects.due().count() == 2


def test_it_corrects_an_address(write_a_mail: WriteAMail) -> None:
    mail = failed(write_a_mail, "nuora@example.sa")
    assert run("address", str(mail.pk), "دعم@سجل.السعودية") == "it goes to دعم@سجل.السعودية"
    mail.refresh_from_db()
    assert (mail.to_address, mail.state, mail.last_error) == ("دعم@سجل.السعودية", "waiting", "")


@pytest.mark.parametrize("arguments", [("retry", "999"), ("retry", "x"), ("address", "999", "a@example.sa")])
def test_a_number_that_is_no_mail_is_an_error(db: None, arguments: tuple[str, ...]) -> None:
    with pytest.raises(CommandError, match="there is no mail number"):
        run(*arguments)


def test_an_impossible_address_is_an_error(write_a_mail: WriteAMail) -> None:
    mail = failed(write_a_mail, "nuora@example.sa")
    with pytest.raises(CommandError):
        run("address", str(mail.pk), "noura@")
