"""The desk in one hand: what comes first on a ticket, what is done often, and words that say it in one form."""

import re
from collections.abc import Iterable
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from tawasul.accounts.models import Person, Role
from tawasul.desk import bulk, palette
from tawasul.tickets import actions
from tawasul.tickets.models import Ticket
from tawasul.tickets.writers import Writer
from tawasul.ui.text import safe, whole
from tests.world import OpenATicket, make_person, signed_in

pytestmark = pytest.mark.django_db

# The noun of a verb, as headings and histories say it: none of it is an order.
NOUN = re.compile(r"^(إسناد|تحويل|إضافة|إزالة|تغيير|إغلاق|دمج|ربط|إيقاف|تأجيل|فتح|إعادة|كتابة|إرسال|ال)")


def page(client: Client, ticket: Ticket, language: str = "ar", **query: str) -> str:
    answer = client.get(f"/{language}/desk/tickets/{ticket.spoken_number}/", query)
    assert answer.status_code == 200
    return str(answer.content.decode())


def head(html: str) -> str:
    return html[html.index('<header class="top">') : html.index('<div class="scroll"')]


def in_arabic(words: Iterable[Any]) -> list[str]:
    with translation.override("ar"):
        return [str(each) for each in words]


def test_the_subject_and_the_promise_come_before_what_can_be_done(
    fahd_client: Client, open_a_ticket: OpenATicket
) -> None:
    top = head(page(fahd_client, open_a_ticket()))
    places = [
        top.index(part) for part in ("<h1>", "stands", "الدور عند المركز", "آخر موعد للإجابة", "doings")
    ]
    assert places == sorted(places)


def test_whoever_has_the_turn_stands_below_the_subject(
    fahd: Person, fahd_client: Client, open_a_ticket: OpenATicket
) -> None:
    ticket = open_a_ticket()
    actions.answer(ticket, by=fahd, text="تم")
    assert "الدور عند العميل" in head(page(fahd_client, ticket))
    actions.close(ticket, by=Writer.of(fahd), reason="solved_by_staff")
    assert "الدور عند" not in head(page(fahd_client, ticket))


def test_the_row_leads_to_the_answer_and_to_the_note(fahd_client: Client, open_a_ticket: OpenATicket) -> None:
    ticket = open_a_ticket()
    top = head(page(fahd_client, ticket))
    assert 'to-write" href="#answer_text"' in top, "what is on the page already needs no other page"
    assert "compose=note#note_text" in top
    noting = head(page(fahd_client, ticket, compose="note"))
    assert 'to-write" href="#note_text"' in noting
    assert "compose=answer#answer_text" in noting


def test_an_auditor_is_led_to_nothing_that_writes(open_a_ticket: OpenATicket) -> None:
    auditor = signed_in(make_person("huda", "هدى السبيعي", is_staff=True, role=Role.AUDITOR))
    html = page(auditor, open_a_ticket())
    assert "to-write" not in html
    assert "stands" in head(html), "what is true of the ticket is read by everybody"


def test_what_is_done_often_to_many_tickets_comes_first(lama: Person) -> None:
    offered = bulk.offered(lama)
    assert [action for action, _doing in offered][:3] == ["assign", "transfer", "close"]
    often = [doing.often for _action, doing in offered]
    assert often == sorted(often, reverse=True)


def test_the_bar_keeps_the_rest_behind_one_button(fahd_client: Client, open_a_ticket: OpenATicket) -> None:
    open_a_ticket()
    html = fahd_client.get("/ar/desk/?view=all").content.decode()
    row = html[html.index('id="bulk-doings"') : html.index("</form>", html.index('id="bulk-doings"'))]
    assert 'aria-controls="bulk-doings" hidden' in row, (
        "without scripts all stand in the bar and it does nothing"
    )
    assert row.count("rarer") == row.count('name="action"') - 3


def test_buttons_and_the_palette_say_orders_in_arabic(
    fahd: Person, lama: Person, open_a_ticket: OpenATicket
) -> None:
    said = in_arabic(doing.label for _action, doing in bulk.offered(lama))
    said += in_arabic(doing.order for _action, doing in bulk.offered(lama))
    ticket = open_a_ticket()
    with translation.override("ar"):
        offer = palette.offer("", fahd, ticket=ticket)
    said += in_arabic(each.label for each in offer.here if each.do not in {"next", "previous"})
    assert len(said) > 20
    assert not [words for words in said if NOUN.match(words)]


def test_headings_keep_the_noun() -> None:
    titles = in_arabic(bulk.DOINGS[action].title for action in ("assign", "transfer", "tag", "merge"))
    assert all(NOUN.match(title) for title in titles), titles


@pytest.mark.parametrize("typed", ["إسناد", "أسند التذاكر", "bulk", "assign tickets"])
def test_an_order_is_found_by_its_noun_too(fahd: Person, typed: str) -> None:
    with translation.override("ar"):
        assert "bulk-assign" in [each.do for each in palette.offer(typed, fahd).places]


def test_dates_and_names_in_a_sentence_are_whole() -> None:
    said = whole("Such as 2026-12-01, ticket 1234-5678, example.com.sa <b>")
    assert '<bdi dir="ltr">2026-12-01</bdi>' in said
    assert '<bdi dir="ltr">1234-5678</bdi>' in said
    assert '<bdi class="domain">example.com.sa</bdi>' in said
    assert "&lt;b&gt;" in said, "and what somebody typed stays text"
    assert whole(safe("<b>1-2</b>")) == "<b>1-2</b>", "what is laid out already stays as it is"


@pytest.mark.parametrize("language", ["ar", "en"])
def test_an_example_of_a_day_is_whole_in_its_hint(fahd_client: Client, language: str) -> None:
    html = fahd_client.get(f"/{language}/desk/absences/").content.decode()
    hint = re.search(r'<p class="hint" id="id_from_day-hint">(.*?)</p>', html, re.S) or re.search(
        r'<p class="hint"[^>]*from_day[^>]*>(.*?)</p>', html, re.S
    )
    assert hint is not None
    assert re.findall(r'<bdi dir="ltr">([\d-]+)</bdi>', hint[1]) == ["2026-12-01", "1448-06-21"]


def test_a_refused_number_reads_from_its_left(fahd_client: Client, open_a_ticket: OpenATicket) -> None:
    ticket = open_a_ticket()
    html = fahd_client.get(f"/ar/desk/tickets/{ticket.spoken_number}/merging/").content.decode()
    assert f'التذكرة <bdi dir="ltr">{ticket.spoken_number}</bdi></a>' in html
