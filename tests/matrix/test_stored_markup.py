"""What somebody typed is shown as text wherever it comes back: pages of both sides, the administration, mails."""

from typing import Any

import pytest

from tawasul.accounts.models import Person
from tawasul.mail.models import OutgoingMail
from tawasul.reactions import events
from tawasul.tickets import actions
from tawasul.tickets.writers import Writer
from tests.world import OpenATicket, signed_in

pytestmark = pytest.mark.django_db
EVIL = "<img src=x onerror=alert(1)>'\"</title><script>alert(1)</script>"


def test_markup_in_names_subjects_letters_and_reasons_stays_text(
    open_a_ticket: OpenATicket, noura: Person, fahd: Person, lama: Person, settings: Any
) -> None:
    settings.STAFF_NEED_TWO_STEPS = False
    Person.objects.update(full_name=EVIL, organisation=EVIL, position=EVIL, city=EVIL)
    for person in (noura, fahd, lama):
        person.refresh_from_db()
    ticket = open_a_ticket(by=noura, subject=EVIL, text=EVIL, wanted=EVIL, request_number=EVIL[:40])
    actions.answer(ticket, by=fahd, text=f"{EVIL}\n\n[x](javascript:alert(1)) <script>alert(1)</script>")
    actions.follow_up(ticket, by=Writer.of(noura), text=EVIL)
    actions.note(ticket, by=fahd, text=EVIL)
    actions.hold(ticket, by=fahd, reason=EVIL, party=EVIL)
    while events.react_to_due():
        pass
    number = ticket.spoken_number
    seen = [signed_in(noura).get(f"/ar/{page}") for page in ("tickets/?turn=centre", f"tickets/{number}/")]
    seen += [
        signed_in(noura).get(f"/en/{page}") for page in ("account/", "account/profile/", "account/record/")
    ]
    seen += [
        signed_in(noura).get(f"/ar/tickets/{number}/receipt/"),
        signed_in(noura).get(f"/ar/tickets/?q={EVIL}"),
    ]
    seen += [signed_in(fahd).get(f"/en/desk/{page}") for page in ("?view=on_hold", f"tickets/{number}/")]
    seen += [signed_in(lama).get(f"/ar/admin/accounts/person/{page}") for page in ("", f"{noura.pk}/change/")]
    texts = [answer.content.decode() for answer in seen]
    assert {answer.status_code for answer in seen} == {200}
    texts += OutgoingMail.objects.values_list("html", flat=True)
    assert len(texts) > 11
    for text in texts:
        assert "<img src=x" not in text
        assert "<script>alert" not in text
        assert "</title><script" not in text
        assert 'href="javascript' not in text
