"""The ledger: every mail in both directions, by state and by search; what needs staff first; bounded, and indexed."""

import html
import re
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tawasul.mail import ledger
from tawasul.mail.models import IncomingMail, Mailbox, OutgoingMail
from tests.desk.mails import In, Out, came_back, came_in, failed, went_out
from tests.world import OpenATicket

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 18, 9, 30, tzinfo=UTC)  # Wednesday, 12:30 in Riyadh


def rows(answer: Any) -> list[str]:
    """The subjects on a page of the ledger, in its order."""
    assert answer.status_code == 200
    return re.findall(r'class="subj"[^>]*><bdi>([^<]*)</bdi></a>', answer.content.decode())


def subjects(client: Client, box: str, **query: str) -> list[str]:
    return rows(client.get(f"/ar/desk/mail/{box}/", query))


def neighbour(answer: Any, rel: str) -> str:
    """Where the pager leads: prev or next; empty where there is none."""
    found = re.search(rf'<a href="([^"]*)"[^>]*rel="{rel}"', answer.content.decode())
    return html.unescape(found[1]) if found else ""


def test_what_needs_staff_comes_first_and_nothing_else(fahd_client: Client) -> None:
    came_in(subject="held")
    came_in(subject="parked", state=In.PARKED, reason="unreadable")
    came_in(subject="handled", state=In.DONE, outcome="followed_up", reason="")
    failed(subject="failed")
    came_back(subject="bounced")
    went_out(subject="sent")
    came_back(subject="seen to", settled_at=NOW)
    assert sorted(rows(fahd_client.get("/ar/desk/mail/"))) == ["bounced", "failed", "held", "parked"]


def test_each_filter_holds_what_its_name_says(fahd_client: Client) -> None:
    for state in In:
        came_in(subject=f"in {state}", state=state)
    failed(subject="out failed")
    came_back(subject="out bounced")
    went_out(subject="out sent")
    went_out(subject="out waiting", state=Out.WAITING, done_at=None, sent_at=None)
    for state in In:
        assert subjects(fahd_client, "in", state=state) == [f"in {state}"]
    assert len(subjects(fahd_client, "in")) == len(In)
    assert subjects(fahd_client, "out", state="failed") == ["out failed"]
    assert subjects(fahd_client, "out", state="bounced") == ["out bounced"]
    assert subjects(fahd_client, "out", state="sent") == ["out sent", "out bounced"]
    assert subjects(fahd_client, "out", state="waiting") == ["out waiting"]
    assert len(subjects(fahd_client, "out", state="nonsense")) == 4


@pytest.mark.parametrize(
    ("given", "english", "arabic"),
    [
        ({"state": In.HELD, "reason": "someone_else"}, "Held: staff decide", "موقوفة حتى يقرّر"),
        ({"state": In.PARKED, "reason": "unreadable"}, "Set aside: it could not be", "نُحّيت جانبًا"),
        ({"state": In.DONE, "outcome": "auto_reply"}, "An automatic reply", "ردّ آلي"),
        ({"state": In.DONE, "outcome": "opened"}, "Opened a ticket", "فُتحت بها تذكرة"),
        ({"state": In.DISCARDED}, "Discarded by staff", "استبعدها"),
    ],
)
def test_every_state_is_said_in_words(
    fahd_client: Client, given: dict[str, str], english: str, arabic: str
) -> None:
    mail = came_in(**given)
    for place in ("", f"{mail.pk}/"):
        if place or mail.state in {In.DONE, In.DISCARDED}:  # the list says less where a reason follows
            assert english in fahd_client.get(f"/en/desk/mail/in/{place}").content.decode()
            assert arabic in fahd_client.get(f"/ar/desk/mail/in/{place}").content.decode()


def test_the_server_s_own_words_stand_in_the_list(fahd_client: Client) -> None:
    failed()
    assert "550 no such user" in fahd_client.get("/en/desk/mail/out/").content.decode()


@pytest.mark.parametrize("box", ["in", "out"])
@pytest.mark.parametrize("state", ["", "done_or_sent"])
def test_pages_follow_each_other_without_gap_or_repetition(fahd_client: Client, box: str, state: str) -> None:
    write = came_in if box == "in" else went_out
    with time_machine.travel(NOW, tick=False):  # all at one moment: only the key tells them apart
        for number in range(ledger.PAGE + 3):
            write(subject=f"mail {number:02}", **({"state": In.DONE} if box == "in" else {}))
    query = {"state": "done" if box == "in" else "sent"} if state else {}
    place = f"/ar/desk/mail/{box}/"
    first = fahd_client.get(place, query)
    second = fahd_client.get(place + neighbour(first, "next"))
    back = fahd_client.get(place + neighbour(second, "prev"))
    seen = [rows(page) for page in (first, second, back)]
    assert seen[0] + seen[1] == [f"mail {number:02}" for number in reversed(range(ledger.PAGE + 3))]
    assert seen[2] == seen[0]
    assert not neighbour(second, "next")


@pytest.mark.parametrize("cursor", ["nonsense", "1e400_1", "_", "9" * 500, "1.5_x", f"0_{'9' * 40}"])
def test_a_cursor_that_means_nothing_shows_the_first_page(fahd_client: Client, cursor: str) -> None:
    came_in(subject="one")
    went_out(subject="two")
    assert subjects(fahd_client, "in", after=cursor) == ["one"]
    assert subjects(fahd_client, "out", before=cursor) == ["two"]


def test_a_hundred_is_shown_as_99_plus_in_the_menu_and_the_filter(fahd_client: Client) -> None:
    for _ in range(101):
        came_in()
    page = fahd_client.get("/ar/desk/mail/in/").content.decode()
    assert page.count("99+<") == 2
    assert "99+<" in fahd_client.get("/ar/desk/").content.decode()


@pytest.mark.parametrize(
    "typed",
    ["ahmad@hosting.example", " AHMAD@hosting.example ", "<77@hosting.example>", "77@hosting.example"],
)
def test_an_incoming_mail_is_found_by_its_address_and_its_message_id(fahd_client: Client, typed: str) -> None:
    came_in(subject="found", message_id="<77@hosting.example>")
    came_in(subject="other", from_address="else@hosting.example", message_id="<78@hosting.example>")
    assert subjects(fahd_client, "in", q=typed) == ["found"]


@pytest.mark.parametrize(
    ("typed", "address"),
    [("noura@example.com.sa", "Noura@example.com.sa"), ("دعم@سجل.السعودية", "دعم@سجل.السعودية"),
     ("دعم@xn--rgbn6c.xn--mgberp4a5d4ar", "دعم@سجل.السعودية"), ("<1@registry.example>", "a@b.example")],
)  # fmt: skip
def test_an_outgoing_mail_is_found_by_its_address_and_its_message_id(
    fahd_client: Client, typed: str, address: str
) -> None:
    went_out(subject="found", to_address=address, message_id="<1@registry.example>")
    went_out(subject="other", to_address="else@example.com.sa", message_id="<2@registry.example>")
    assert subjects(fahd_client, "out", q=typed) == ["found"]


def test_mails_are_found_by_their_ticket_in_either_script(
    fahd_client: Client, open_a_ticket: OpenATicket
) -> None:
    ticket = open_a_ticket()
    came_in(subject="its", ticket=ticket)
    came_in(subject="other")
    went_out(subject="its too", ticket=ticket)
    number = ticket.spoken_number
    assert subjects(fahd_client, "in", q=number) == ["its"]
    assert subjects(fahd_client, "out", q=number.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))) == [
        "its too"
    ]


def test_words_are_found_in_any_spelling_among_the_newest_and_the_page_says_so(fahd_client: Client) -> None:
    came_in(subject="تعذّر تعديل أسماء الخوادم", from_name="أحمد")
    came_in(subject="other", from_name="Sara")
    page = fahd_client.get("/ar/desk/mail/in/", {"q": "احمد اسماء"})
    assert rows(page) == ["تعذّر تعديل أسماء الخوادم"]
    assert str(ledger.WORDS_AMONG) in page.content.decode()
    assert subjects(fahd_client, "in", q="احمد nothing") == []
    assert subjects(fahd_client, "in", q="...") == []


def test_a_page_costs_the_same_however_long_the_ledger_is(
    fahd_client: Client, open_a_ticket: OpenATicket, django_assert_num_queries: Any
) -> None:
    ticket = open_a_ticket()
    for write in (came_in, went_out, failed, came_back):
        write(ticket=ticket)
    fahd_client.get("/ar/desk/mail/")
    costs = {}
    for place in ("", "in/", "out/", "in/?q=words", "out/?q=words"):
        with CaptureQueriesContext(
            connection,
        ) as few:
            fahd_client.get(f"/ar/desk/mail/{place}")
        costs[place] = len(few)
    for _ in range(15):
        for write in (came_in, went_out, failed, came_back):
            write(ticket=ticket)
    for place, cost in costs.items():
        with django_assert_num_queries(cost):
            fahd_client.get(f"/ar/desk/mail/{place}")
    # session, person; eight counts of the menu; the two ages of the alarm; held, parked, and what did not arrive
    assert costs[""] <= 16


def test_no_list_of_the_ledger_reads_a_whole_table(fahd_client: Client) -> None:
    """Each read is served by an index: the database says how it would go about it."""
    came_in()
    failed()
    with CaptureQueriesContext(connection) as queries:
        for place in ("", "in/", "in/?state=held", "out/", "out/?state=failed", "out/?state=bounced",
                      "in/?q=a@b.example", "out/?q=a@b.example"):  # fmt: skip
            fahd_client.get(f"/ar/desk/mail/{place}")
    tables = (IncomingMail._meta.db_table, OutgoingMail._meta.db_table)
    asked = {query["sql"] for query in queries if any(table in query["sql"] for table in tables)}
    assert len(asked) > 12
    for sql in asked:
        whole, plan = _whole_reads(sql)
        if whole:  # in the order of the keys and cut off is no whole table
            assert "ORDER BY" in sql and "LIMIT" in sql and "TEMP B-TREE" not in plan, (sql, plan)


def _whole_reads(sql: str) -> tuple[bool, str]:
    """Whether the database reads a table of mails from end to end for this, and how it goes about it."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
            steps = [row[3] for row in cursor.fetchall()]
            whole = [step for step in steps if re.match(r"SCAN mail_(in|out)", step) and "INDEX" not in step]
            return bool(whole), "; ".join(steps)
        cursor.execute("SET LOCAL enable_seqscan = off")  # with so few rows it would never ask an index
        cursor.execute(f"EXPLAIN {sql}")
        plan = "; ".join(row[0] for row in cursor.fetchall())
        return "Seq Scan on mail_" in plan, plan


def test_mail_that_waits_too_long_raises_an_alarm(fahd_client: Client) -> None:
    with time_machine.travel(NOW, tick=False):
        went_out(state=Out.WAITING, done_at=None, created_at=NOW - timedelta(minutes=50))
        came_in(state=In.WAITING, done_at=None, received_at=NOW - timedelta(minutes=9))
        assert 'role="alert"' not in fahd_client.get("/en/desk/mail/").content.decode()
        went_out(state=Out.WAITING, done_at=None, created_at=NOW - timedelta(hours=2))
        came_in(state=In.WAITING, done_at=None, received_at=NOW - timedelta(minutes=11))
        for box in ("", "in/", "out/"):
            page = fahd_client.get(f"/en/desk/mail/{box}").content.decode()
            assert "the oldest mail that waits was written 2 hours ago" in page
            assert "the oldest mail that waits came in 11 minutes ago" in page


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        (
            {"failing_since": NOW - timedelta(days=1), "error": "sign_in: no such user"},
            "cannot be read, first 1 day ago",
        ),
        ({"seen_at": NOW, "message_at": NOW - timedelta(days=400)}, "Check that mail reaches it"),
        ({"seen_at": NOW - timedelta(days=2), "message_at": NOW}, "was last looked into 2 days ago"),
        ({}, "No worker has looked into"),
    ],
)
def test_a_mailbox_that_fails_or_keeps_silent_raises_an_alarm(
    fahd_client: Client, settings: Any, fields: dict[str, Any], sentence: str
) -> None:
    settings.MAILBOXES = [SimpleNamespace(name="support")]
    settings.MAILBOX_ALARM_MINUTES, settings.MAILBOX_SILENT_HOURS = 15, 24
    with time_machine.travel(NOW, tick=False):
        if fields:
            Mailbox.objects.create(name="support", **fields)
        page = fahd_client.get("/en/desk/mail/").content.decode()
        assert sentence in page and 'role="alert"' in page
        assert "the server refused the sign-in. \u2068no such user\u2069" in page or "error" not in fields
        Mailbox.objects.update_or_create(
            name="support", defaults={"seen_at": NOW, "message_at": NOW, "failing_since": None}
        )
        assert 'role="alert"' not in fahd_client.get("/en/desk/mail/").content.decode()


def test_the_menu_counts_what_needs_staff(fahd_client: Client) -> None:
    assert 'class="n late"' not in fahd_client.get("/ar/desk/").content.decode()
    came_in()
    failed()
    assert '<span class="n late">2</span>' in fahd_client.get("/ar/desk/").content.decode()


def test_markup_in_a_mail_s_fields_is_text(fahd_client: Client) -> None:
    evil = "<script>alert(1)</script>"
    came_in(subject=evil, from_name=evil, from_address=evil)
    failed(subject=evil, to_name=evil, to_address=evil, smtp_reply=evil)
    for place in ("", "in/", "out/", f"in/?q={evil}"):
        page = fahd_client.get(f"/ar/desk/mail/{place}").content.decode()
        assert "<script>alert" not in page
