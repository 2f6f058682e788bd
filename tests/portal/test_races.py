"""What is sent or uploaded at the same moment, in real transactions side by side."""

from typing import Any

import pytest
from django.test import Client

from tawasul.accounts.models import Person, TermsVersion
from tawasul.core.models import CentreSettings
from tawasul.tickets.models import Attachment, Draft, Message, Service, Ticket
from tests.at_once import at_once
from tests.portal.forms import hidden_fields, png
from tests.portal.test_new_ticket import ANSWERS, NEW, SCRIPT
from tests.world import OpenATicket, signed_in

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_double_click_makes_one_ticket(noura: Person, service: Service, terms: TermsVersion) -> None:
    browsers = [signed_in(noura) for _ in range(4)]
    form = ANSWERS | hidden_fields(browsers[0].get(NEW))
    answers = at_once(*(lambda b=b: b.post(NEW, form) for b in browsers))
    assert [a.status_code for a in answers] == [303] * 4
    assert len({a["Location"] for a in answers}) == 1
    assert Ticket.objects.count() == 1
    assert Message.objects.count() == 1


def test_a_double_click_with_a_kept_file_makes_one_ticket_with_one_file(
    noura: Person, service: Service, terms: TermsVersion
) -> None:
    browser = signed_in(noura)
    form = ANSWERS | hidden_fields(browser.get(NEW))
    browser.post(f"/ar/drafts/{form['draft']}/files/?kind=ticket", {"files": png()}, headers=SCRIPT)
    browsers = [signed_in(noura) for _ in range(3)]
    answers = at_once(*(lambda b=b: b.post(NEW, form) for b in browsers))
    assert [a.status_code for a in answers] == [303] * 3
    assert Ticket.objects.count() == 1
    assert Message.objects.get().file_count == Attachment.objects.filter(draft=None).count() == 1
    assert not Draft.objects.exists()


def test_a_follow_up_sent_twice_at_once_is_one_letter(noura: Person, open_a_ticket: OpenATicket) -> None:
    address = open_a_ticket().get_absolute_url()
    browsers = [signed_in(noura) for _ in range(3)]
    form = hidden_fields(browsers[0].get(address)) | {"text": "مرة"}
    at_once(*(lambda b=b: b.post(f"{address}follow-ups/", form) for b in browsers))
    assert Message.objects.filter(kind=Message.Kind.FOLLOW_UP).count() == 1


def test_uploads_side_by_side_keep_to_the_limit(noura: Person, service: Service, terms: TermsVersion) -> None:
    CentreSettings.objects.update_or_create(pk=1, defaults={"files_max_count": 2})
    browsers = [signed_in(noura) for _ in range(5)]
    key = hidden_fields(browsers[0].get(NEW))["draft"]
    uploads = f"/ar/drafts/{key}/files/?kind=ticket"

    def upload(browser: Client, number: int) -> Any:
        return browser.post(uploads, {"files": png(f"{number}.png")}, headers=SCRIPT)

    answers = at_once(*(lambda b=b, n=n: upload(b, n) for n, b in enumerate(browsers)))
    assert [a.status_code for a in answers] == [200] * 5
    assert Attachment.objects.count() == 2
    assert len(Draft.objects.get().fields["refused"]) == 3
