"""What a customer sees of a letter that came by mail: the text, the rest folded, what was refused and why."""

import pytest
from django.test import Client

from tawasul.accounts.models import Person
from tawasul.mail.models import IncomingMail
from tawasul.tickets import actions, direct
from tawasul.tickets.models import Channel, Message, Ticket
from tawasul.tickets.writers import Writer
from tests.desk.mails import came_in
from tests.world import OpenATicket

pytestmark = pytest.mark.django_db
REST = "في 25 نوفمبر كتب المركز:\n> <b>اقتباس</b>"


@pytest.fixture
def ticket(open_a_ticket: OpenATicket, noura: Person) -> Ticket:
    """Noura's, followed up by mail, with two files that were not taken; a mail of somebody else is held beside it."""
    ticket = open_a_ticket()
    message = actions.follow_up(ticket, by=Writer.of(noura), text="كلماتي أنا.")
    assert message is not None
    Message.objects.filter(pk=message.pk).update(channel=Channel.MAIL, rest=REST)
    message.refused_files.create(name="<i>سجلات</i>.zip", size=2048, reason="kind_other?label=ZIP")
    message.refused_files.create(name="old.doc", size=1, reason="a reason of long ago")
    came_in(
        ticket=ticket,
        letter=message,
        html="<p>laid out by her</p>",
        state=IncomingMail.State.DONE,
        outcome="followed_up",
    )
    came_in(ticket=ticket, text="somebody else wrote this")
    return ticket


def seen_by_noura(client: Client, ticket: Ticket, language: str = "ar") -> str:
    answer = client.get(f"/{language}/tickets/{ticket.spoken_number}/")
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_rest_is_folded_and_there(noura_client: Client, ticket: Ticket) -> None:
    page = seen_by_noura(noura_client, ticket)
    folded = page[page.index('<details class="rest">') :]
    folded = folded[: folded.index("</details>")]
    assert "اعرض البقية" in folded
    assert "&gt; &lt;b&gt;اقتباس&lt;/b&gt;" in folded, "as text, every line of it"
    assert '<p dir="auto">كلماتي أنا.</p>' in page, "what she wrote stays what it was"
    assert "بالبريد" in page


@pytest.mark.parametrize(
    ("language", "sentences"),
    [
        ("en", ("2 files were not accepted", "ZIP files are not allowed", "The file was not accepted")),
        ("ar", ("لم يُقبل ملفان", "غير مسموح")),
    ],
)
def test_every_refused_file_is_named_with_its_reason(
    noura_client: Client, ticket: Ticket, language: str, sentences: tuple[str, ...]
) -> None:
    page = seen_by_noura(noura_client, ticket, language)
    assert "&lt;i&gt;سجلات&lt;/i&gt;.zip" in page and "<i>سجلات" not in page
    assert "old.doc" in page
    for sentence in sentences:
        assert sentence in page


def test_behind_a_personal_link_it_is_the_same(client: Client, open_a_ticket: OpenATicket) -> None:
    guests = open_a_ticket(by=Writer(None, "Guest", "guest@example.com"))
    message = guests.messages.get()
    Message.objects.filter(pk=message.pk).update(channel=Channel.MAIL, rest=REST)
    message.refused_files.create(name="logs.zip", size=2048, reason="kind_other?label=ZIP")
    page = client.get(f"/ar/follow/{direct.new_link(guests)}/", follow=True).content.decode()
    assert '<details class="rest">' in page and "logs.zip" in page


def test_a_customer_sees_nothing_of_the_ledger(noura_client: Client, ticket: Ticket) -> None:
    page = seen_by_noura(noura_client, ticket)
    assert "/desk/" not in page and "somebody else wrote this" not in page and "laid out by her" not in page
    assert noura_client.get("/ar/desk/mail/").status_code == 404


def test_letters_by_mail_cost_one_query_more_however_many(
    noura_client: Client, noura: Person, ticket: Ticket, django_assert_num_queries: object
) -> None:
    seen_by_noura(noura_client, ticket)
    for number in range(4):
        message = actions.follow_up(ticket, by=Writer.of(noura), text=str(number))
        assert message is not None
        Message.objects.filter(pk=message.pk).update(channel=Channel.MAIL, rest=REST)
        message.refused_files.create(name=f"{number}.zip", size=1, reason="kind_other?label=ZIP")
    # session, person, ticket with its service, letters, what was refused, events, draft
    with django_assert_num_queries(7):  # type: ignore[operator]
        page = seen_by_noura(noura_client, ticket)
    assert page.count('<details class="rest">') == 5
