"""Whoever is asked to confirm mails that others send under their address can end these notices, and nothing else."""

import email
import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from pytest_django import Settings

from tawasul.core import clock
from tawasul.mail import mime, notices, tokens
from tawasul.mail.kinds import KINDS
from tawasul.mail.models import IncomingMail, OutgoingMail, RefusedNotices
from tests.mail.conftest import WriteAMail
from tests.mail.handling.conftest import GUEST, come, sent_kinds
from tests.mail.test_messages import SAMPLES

pytestmark = pytest.mark.django_db


def headers_of(mail: OutgoingMail) -> email.message.Message:
    return email.message_from_bytes(mime.build(mail, mime.envelope(mail, utf8_offered=True)))


def link_in(mail: OutgoingMail) -> str:
    found = re.fullmatch(r"<https?://[^/]+(/.+)>", str(headers_of(mail)["List-Unsubscribe"]))
    assert found is not None
    return found[1]


def a_day_later(clocks: Any) -> None:
    clocks.shift(timedelta(days=1, minutes=1))


@pytest.mark.parametrize("how", ["one click", "page"])
def test_one_click_ends_the_notices_to_this_address_and_to_no_other(how: str) -> None:
    with time_machine.travel(clock.now(), tick=True) as clocks:
        come(sender=GUEST)
        (notice,) = OutgoingMail.objects.all()
        browser, link = Client(enforce_csrf_checks=True), link_in(notice)
        answer = browser.post(link, {"List-Unsubscribe": "One-Click"} if how == "one click" else {})
        assert answer.status_code == 200, "a mail provider follows no redirect (RFC 8058)"
        a_day_later(clocks)
        mail = come(sender=GUEST)
        come(sender="somebody.else@example.sa")
        assert sent_kinds() == ["mail_confirm"] * 2
        assert set(OutgoingMail.objects.values_list("to_address", flat=True)) == {
            GUEST,
            "somebody.else@example.sa",
        }
        assert mail.outcome == IncomingMail.Outcome.UNCONFIRMED and mail.draft is not None, "the mail is kept"

        browser.post(link, {"again": "1"})
        a_day_later(clocks)
        come(sender=GUEST)
        assert sent_kinds() == ["mail_confirm"] * 3


def test_looking_at_the_page_changes_nothing_and_works_in_both_languages() -> None:
    come(sender=GUEST)
    link = link_in(OutgoingMail.objects.get())
    assert link.startswith("/ar/")
    for lang, word in (("ar", "إيقاف الإشعارات"), ("en", "No more notices")):
        page = Client().get(link.replace("/ar/", f"/{lang}/", 1))
        assert page.status_code == 200 and word in page.content.decode() and GUEST in page.content.decode()
        assert page["X-Robots-Tag"] == "noindex"
    assert not RefusedNotices.objects.exists()


def test_a_link_that_is_not_ours_opens_nothing(write_a_mail: WriteAMail) -> None:
    mail = write_a_mail()
    genuine = tokens.make(tokens.NOTICES, mail.pk)
    for token in (
        "x",
        genuine[:-1] + ("a" if genuine[-1] != "a" else "b"),
        tokens.make(tokens.MAIL, mail.pk),
    ):
        for answer in (Client().get(f"/ar/notices/{token}/"), Client().post(f"/ar/notices/{token}/")):
            assert answer.status_code == 404
    assert notices.address_of(genuine) == mail.to_address
    OutgoingMail.objects.all().delete()
    assert Client().get(f"/ar/notices/{genuine}/").status_code == 404
    assert not RefusedNotices.objects.exists()


@pytest.mark.parametrize("base", ["http://localhost:8000", "https://portal.example"])
@pytest.mark.parametrize(
    "kind", ["login_code", "direct_confirm", "account_activate", "generic", "mail_confirm"]
)
def test_only_a_notice_that_others_can_cause_has_an_end(
    write_a_mail: WriteAMail, settings: Settings, kind: str, base: str
) -> None:
    settings.BASE_URL = base
    message = headers_of(write_a_mail(kind=kind, context=SAMPLES[kind]))
    ends = kind == "mail_confirm"
    assert (message["List-Unsubscribe"] is not None) is KINDS[kind].unasked is ends
    one_click = "List-Unsubscribe=One-Click" if ends and base.startswith("https") else None
    assert message["List-Unsubscribe-Post"] == one_click
