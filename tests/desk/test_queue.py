"""The queue: the earliest promise first, bounded counts, one page at a time, always the same number of queries."""

import html
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from tawasul.accounts.models import Person
from tawasul.tickets import actions, queries
from tawasul.tickets.models import Ticket
from tawasul.tickets.writers import Writer

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 18, 9, 30, tzinfo=UTC)  # Wednesday, 12:30 in Riyadh


def due(ticket: Ticket, at: datetime) -> Ticket:
    Ticket.objects.filter(pk=ticket.pk).update(answer_due_at=at)
    return ticket


def rows(answer: Any) -> list[str]:
    """The subjects of a page of the queue, in its order."""
    assert answer.status_code == 200
    return re.findall(r'class="subj"[^>]*><bdi>([^<]*)</bdi></a>', answer.content.decode())


def subjects(client: Client, view: str, **query: str) -> list[str]:
    return rows(client.get("/ar/desk/", {"view": view, **query}))


def neighbour(answer: Any, rel: str) -> str:
    """Where the pager leads: prev or next; empty where there is none."""
    found = re.search(rf'<a href="([^"]*)"[^>]*rel="{rel}"', answer.content.decode())
    return html.unescape(found[1]) if found else ""


def test_the_earliest_promise_stands_first(fahd_client: Client, open_a_ticket: Any) -> None:
    with time_machine.travel(NOW, tick=False):
        for subject, hours in [("tomorrow", 24), ("late", -2), ("soon", 1)]:
            due(open_a_ticket(subject=subject), NOW + timedelta(hours=hours))
        assert subjects(fahd_client, "all") == ["late", "soon", "tomorrow"]
        assert subjects(fahd_client, "overdue") == ["late"]


def test_each_view_holds_what_its_name_says(
    fahd: Person, sara: Person, fahd_client: Client, open_a_ticket: Any
) -> None:
    mine, hers, free = (open_a_ticket(subject=s) for s in ("mine", "hers", "free"))
    actions.take(mine, by=fahd)
    actions.take(hers, by=sara)
    held, answered, closed = (open_a_ticket(subject=s) for s in ("held", "answered", "closed"))
    actions.hold(held, by=fahd, reason="r", party="p")
    actions.answer(answered, by=fahd, text="a")
    actions.close(closed, by=Writer.of(fahd), reason="spam")
    assert subjects(fahd_client, "mine") == ["mine"]
    assert subjects(fahd_client, "unassigned") == ["free"]
    assert subjects(fahd_client, "all") == ["mine", "hers", "free"]
    assert subjects(fahd_client, "with_customer") == ["answered"]
    assert subjects(fahd_client, "on_hold") == ["held"]
    assert subjects(fahd_client, "closed") == ["closed"]
    assert subjects(fahd_client, "nonsense") == ["mine", "hers", "free"]
    assert free.pk


def test_a_late_answer_is_said_in_words_and_in_red(fahd_client: Client, open_a_ticket: Any) -> None:
    with time_machine.travel(NOW, tick=False):
        due(open_a_ticket(), NOW - timedelta(hours=2))
        page = fahd_client.get("/ar/desk/").content.decode()
        english = fahd_client.get("/en/desk/").content.decode()
    assert "data-late" in page
    assert "قبل ساعتين" in page
    assert "2 hours ago" in english


@pytest.mark.parametrize(
    ("hours", "words"),
    [(26, "tomorrow 14:30"), (4.5, "today 17:00"), (2, "in 2 hours"), (24 * 4, "Sunday 12:30")],
)
def test_what_is_due_is_named_as_near_as_it_is(
    fahd_client: Client, open_a_ticket: Any, hours: float, words: str
) -> None:
    with time_machine.travel(NOW, tick=False):
        due(open_a_ticket(), NOW + timedelta(hours=hours))
        assert words in fahd_client.get("/en/desk/").content.decode()


def test_pages_follow_each_other_without_gap_or_repetition(fahd_client: Client, open_a_ticket: Any) -> None:
    for number in range(queries.PAGE + 3):
        due(
            open_a_ticket(subject=f"ticket {number:02}"), NOW
        )  # all due at one moment: only the key tells them apart
    first = fahd_client.get("/ar/desk/")
    second = fahd_client.get("/ar/desk/" + neighbour(first, "next"))
    back = fahd_client.get("/ar/desk/" + neighbour(second, "prev"))
    seen = [rows(page) for page in (first, second, back)]
    assert seen[0] + seen[1] == [f"ticket {number:02}" for number in range(queries.PAGE + 3)]
    assert seen[2] == seen[0]
    assert not neighbour(second, "next")


@pytest.mark.parametrize("cursor", ["nonsense", "1e400_1", "_", "9" * 500, "1.5_x"])
def test_a_cursor_that_means_nothing_shows_the_first_page(
    fahd_client: Client, open_a_ticket: Any, cursor: str
) -> None:
    open_a_ticket(subject="one")
    assert subjects(fahd_client, "all", after=cursor) == ["one"]


def test_a_hundred_is_shown_as_99_plus(fahd_client: Client, open_a_ticket: Any) -> None:
    ticket = open_a_ticket()
    copies = []
    for number in range(100):
        row = Ticket.objects.get(pk=ticket.pk)
        row.pk, row.number = None, f"{number:08}"
        copies.append(row)
    Ticket.objects.bulk_create(copies)
    assert "99+<" in fahd_client.get("/ar/desk/").content.decode()


def test_the_queue_costs_the_same_however_long_it_is(
    fahd: Person, fahd_client: Client, open_a_ticket: Any, django_assert_num_queries: Any
) -> None:
    for number in range(12):
        ticket = open_a_ticket(subject=str(number))
        if number % 2:
            actions.take(ticket, by=fahd)
    fahd_client.get("/ar/desk/")
    # session, person, one page of rows with service, assignee and team, the bounded counts, the saved views' names,
    # the counts of the mail, and what the bell counts
    with django_assert_num_queries(7):
        fahd_client.get("/ar/desk/")


def test_a_subject_is_text_and_nothing_else(fahd_client: Client, open_a_ticket: Any) -> None:
    ticket = open_a_ticket(subject="<script>alert(1)</script>")
    for address in ("/ar/desk/", f"/ar/desk/tickets/{ticket.spoken_number}/"):
        page = fahd_client.get(address).content.decode()
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert" in page
