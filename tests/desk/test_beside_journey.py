"""The list beside a ticket, where it is narrow: a long promise leaves the name and the subject their room."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from tawasul.core import clock
from tawasul.tickets.models import Status, Ticket
from tests.browsing import enter
from tests.world import OpenATicket

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
ROOM = """() => {
  const row = document.querySelector(".queue .q");
  const wide = (name) => row.querySelector(name).getBoundingClientRect().width / row.clientWidth;
  const { scrollWidth, clientWidth } = row.querySelector(".due");
  return { subject: wide(".subj"), who: wide(".who"), whole: scrollWidth <= clientWidth };
}"""


@pytest.mark.parametrize("lang", ["ar", "en"])
@pytest.mark.parametrize("width", [1000, 1100])
def test_a_long_promise_cuts_no_name(
    open_page: Any,
    live_server: Any,
    no_violations: Any,
    fahd_client: Client,
    open_a_ticket: OpenATicket,
    lang: str,
    width: int,
) -> None:
    ticket = open_a_ticket(subject="Registering a name for a foreign company's branch")
    Ticket.objects.filter(pk=ticket.pk).update(
        requester_name="عبدالرحمن بن عبدالعزيز آل الشيخ، مؤسسة الواحة للتقنية",
        status=Status.WITH_CUSTOMER,
        close_due_at=clock.now() + timedelta(days=5),
    )
    page = enter(open_page(lang=lang, width=width, height=700), fahd_client, live_server)
    page.goto(f"/{lang}/desk/tickets/{ticket.spoken_number}/?view=with_customer")
    room = page.evaluate(ROOM)
    assert room["subject"] > 0.4 and room["who"] > 0.55 and room["whole"], room
    no_violations(page)
