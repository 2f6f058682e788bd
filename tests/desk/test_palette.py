"""The palette and the search page: whatever one has in hand finds its ticket, and all that is possible is offered."""

import re
from typing import Any

import pytest
from django.test import Client

from tawasul.accounts import roles
from tawasul.accounts.models import Person, Role, Team
from tawasul.core.domains import parse_domain
from tawasul.tickets import actions, finding
from tawasul.tickets.models import Ticket
from tawasul.tickets.writers import Writer
from tests.world import make_person, signed_in

pytestmark = pytest.mark.django_db


def page(client: Client, typed: str = "", language: str = "ar", **query: str) -> str:
    answer = client.get(f"/{language}/desk/palette/", {"q": typed, **query})
    assert answer.status_code == 200
    return str(answer.content.decode())


def numbers_in(html: str) -> list[str]:
    return re.findall(r'class="no"><bdi dir="ltr">([\d-]+)<', html)


def doings(html: str) -> list[str]:
    return re.findall(r'data-do-it="(\w+)"', html)


@pytest.fixture
def dotted(open_a_ticket: Any) -> Ticket:
    """A ticket about a name in Arabic letters."""
    ticket: Ticket = open_a_ticket(subject="تجديد السِّجِلّ التجاري", domain=parse_domain("مثال-تجريبي.السعودية"))
    return ticket


@pytest.mark.parametrize("digits", ["ascii", "arabic", "hyphen", "beginning"])
def test_a_ticket_is_found_by_its_number(fahd_client: Client, dotted: Ticket, digits: str) -> None:
    typed = {
        "ascii": dotted.number,
        "arabic": dotted.number.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")),
        "hyphen": dotted.spoken_number,
        "beginning": dotted.number[:6],
    }[digits]
    assert numbers_in(page(fahd_client, typed)) == [dotted.spoken_number]


def test_a_mistyped_number_is_said_to_be_one(fahd_client: Client, dotted: Ticket) -> None:
    wrong = dotted.number[:-1] + str((int(dotted.number[-1]) + 1) % 10)
    assert "a digit is wrong or missing" in page(fahd_client, wrong, "en")
    assert "a digit is wrong or missing" in fahd_client.get("/en/desk/search/", {"q": wrong}).content.decode()


@pytest.mark.parametrize(
    "typed",
    [
        "مثال-تجريبي.السعودية",
        "https://مثال-تجريبي.السعودية/x",
        "مثال-تجريبي",
        parse_domain("مثال-تجريبي.السعودية").ascii,
        parse_domain("مثال-تجريبي.السعودية").ascii[:12],
    ],
)
def test_a_ticket_is_found_by_its_domain_in_either_form(
    fahd_client: Client, dotted: Ticket, open_a_ticket: Any, typed: str
) -> None:
    open_a_ticket(subject="أخرى", domain=parse_domain("zzz.sa"))
    assert numbers_in(page(fahd_client, typed)) == [dotted.spoken_number]


@pytest.mark.parametrize("typed", ["gaz", "gaz-9", "gaz-99z.s", "GAZ-99"])
def test_the_beginning_of_a_latin_name_is_enough(fahd_client: Client, open_a_ticket: Any, typed: str) -> None:
    ticket = open_a_ticket(subject="x", domain=parse_domain("gaz-99z.sa"))
    open_a_ticket(subject="y", domain=parse_domain("gb.sa"))
    assert numbers_in(page(fahd_client, typed)) == [ticket.spoken_number]


@pytest.mark.parametrize(
    "typed", ["noura@example.com.sa", "NOURA@Example.com.sa", "noura@ex", "نوره", "الدوسري نورة"]
)
def test_a_ticket_is_found_by_who_asked(
    fahd_client: Client, dotted: Ticket, open_a_ticket: Any, khalid: Person, typed: str
) -> None:
    open_a_ticket(subject="another", by=khalid)
    assert numbers_in(page(fahd_client, typed)) == [dotted.spoken_number]


@pytest.mark.parametrize("typed", ["سجل", "تجديد تجاري", "التجارى"])
def test_a_ticket_is_found_by_words_of_its_subject_however_spelt(
    fahd_client: Client, dotted: Ticket, open_a_ticket: Any, typed: str
) -> None:
    open_a_ticket(subject="استفسار")
    assert numbers_in(page(fahd_client, typed)) == [dotted.spoken_number]


def test_a_closed_teams_ticket_is_found_by_its_members_only(
    fahd_client: Client, sara: Person, dotted: Ticket
) -> None:
    team = Team.objects.create(name_ar="التحقيق", name_en="Investigation", is_closed=True)
    team.members.add(sara)
    Ticket.objects.update(team=team)
    roles.forget()
    for typed in (dotted.number, dotted.number[:5], "مثال-تجريبي", "تجديد", "noura@example.com.sa"):
        assert not numbers_in(page(fahd_client, typed)), typed
        assert numbers_in(page(signed_in(sara), typed)), typed
    assert "answer" not in doings(page(fahd_client, on=dotted.spoken_number))


def test_what_may_be_done_now_stands_first(fahd: Person, fahd_client: Client, dotted: Ticket) -> None:
    html = page(fahd_client, on=dotted.spoken_number)
    assert doings(html)[:6] == ["answer", "note", "take", "assign", "hold", "close"]
    assert html.index('data-do-it="close"') < html.index("?view=mine")
    actions.close(dotted, by=Writer.of(fahd), reason="solved_by_staff")
    assert {"answer", "hold", "close"}.isdisjoint(doings(page(fahd_client, on=dotted.spoken_number)))
    assert "reopen" in doings(page(fahd_client, on=dotted.spoken_number))


def test_a_command_is_found_in_either_language(fahd_client: Client, dotted: Ticket) -> None:
    assert "hold" in doings(page(fahd_client, "hold", on=dotted.spoken_number))
    assert "?view=overdue" in page(fahd_client, "overdue")
    assert "?view=overdue" not in page(fahd_client, "theme")
    assert "to=dark" in page(fahd_client, "theme")
    assert "to=en" in page(fahd_client, "english")
    assert "sign" in page(fahd_client, "sign out") or "logout" in page(fahd_client, "sign out")


@pytest.mark.parametrize(
    ("typed", "done"), [("إيقاف", "hold"), ("إغلاق", "close"), ("إسناد", "assign"), ("تأجيل", "snooze")]
)
def test_a_command_that_speaks_in_verbs_is_found_by_its_noun(
    fahd_client: Client, dotted: Ticket, typed: str, done: str
) -> None:
    assert doings(page(fahd_client, typed, on=dotted.number)) == [done]


def test_a_colleagues_name_assigns_the_ticket(fahd_client: Client, sara: Person, dotted: Ticket) -> None:
    html = page(fahd_client, "سارة", on=dotted.spoken_number)
    assert f'data-do-it="assign" data-value="{sara.pk}"' in html


def test_an_auditor_is_offered_nothing_that_changes(dotted: Ticket) -> None:
    auditor = make_person("huda", "هدى", is_staff=True, role=Role.AUDITOR)
    assert set(doings(page(signed_in(auditor), on=dotted.spoken_number))) <= {
        "next",
        "previous",
        "up",
        "keys",
    }


def test_a_question_is_bounded_and_its_text_is_text(fahd_client: Client, open_a_ticket: Any) -> None:
    for number in range(finding.MOST + 2):
        open_a_ticket(subject=f"number <b>word</b> {number}")
    html = page(fahd_client, "number")
    assert len(numbers_in(html)) == finding.MOST
    assert "<b>" not in html
    assert "<script" not in page(fahd_client, "<script>" + "x" * 5000)


def test_a_question_costs_a_few_queries_however_many_tickets_there_are(
    fahd_client: Client, open_a_ticket: Any, django_assert_max_num_queries: Any
) -> None:
    for number in range(20):
        open_a_ticket(subject=f"word {number}", domain=parse_domain(f"word{number}.sa"))
    page(fahd_client, "word")
    for typed in ("word", "w", "noura@", "12345", "word1.sa", "zzzz"):
        with django_assert_max_num_queries(9):
            page(fahd_client, typed)


def test_each_question_is_answered_by_an_index(fahd: Person, dotted: Ticket) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    if connection.vendor != "sqlite":
        pytest.skip("how PostgreSQL plans depends on what the tables hold")
    for typed in (
        dotted.number,
        dotted.number[:5],
        "example-1.sa",
        "example-1",
        "noura@example.com.sa",
        "noura@ex",
    ):
        with CaptureQueriesContext(connection) as asked:
            finding.find(typed, fahd)
        of_tickets = [query["sql"] for query in asked if 'FROM "tickets_ticket"' in query["sql"]]
        assert of_tickets
        for sql in of_tickets[:2]:  # a third one looks for words, in a bounded list
            with connection.cursor() as cursor:
                cursor.execute("EXPLAIN QUERY PLAN " + sql)
                plan = " | ".join(row[3] for row in cursor.fetchall())
            assert "SEARCH tickets_ticket USING" in plan, (typed, plan, sql)


def test_the_search_page_works_without_scripts(fahd_client: Client, dotted: Ticket) -> None:
    bar = fahd_client.get("/ar/desk/").content.decode()
    assert '<form action="/ar/desk/search/">' in bar
    found = fahd_client.get("/ar/desk/search/", {"q": "تجديد"}).content.decode()
    assert f'href="/ar/desk/tickets/{dotted.spoken_number}/"' in found
    assert 'value="تجديد"' in found
    assert fahd_client.get("/ar/desk/search/").status_code == 200


def test_the_way_back_stays_within_the_house(fahd_client: Client) -> None:
    assert "next=%2Far%2Fdesk%2F" in page(fahd_client, "dark", **{"from": "/ar/desk/"})
    assert "evil" not in page(fahd_client, "dark", **{"from": "//evil.example/"})
