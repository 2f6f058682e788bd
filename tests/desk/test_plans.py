"""No page of the desk reads more because there is more: what each of them asks, and how the database finds it.

The stock has some thousand tickets. PostgreSQL is asked without its scans of whole tables, which it prefers on small
ones: where it scans in spite of that, no index leads to the rows.
"""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from tawasul.accounts.models import Person
from tawasul.config.bench import needles
from tawasul.config.demo import stock
from tawasul.desk.shelves import SHELVES
from tawasul.tickets import narrowed
from tawasul.tickets.models import Event, Message, Status, Tag, Tagging, Ticket
from tests.world import signed_in

TICKETS = 5000
MOST_STEPS = 60_000  # of SQLite's machine for a statement; five thousand rows take several times as many
# That PostgreSQL may look at in one place of a plan: as far as a filter's walk goes, and less than all tickets. It
# plans so small a stock by how full its pages are, which depends on the tests before; a large one is the bench's.
MOST_ROWS = narrowed.FAR + 500
LARGE = {model._meta.db_table for model in (Ticket, Message, Event, Tagging)}

Asked = list[tuple[str, Any]]


@contextmanager
def listening() -> Iterator[Asked]:
    asked: Asked = []

    def hear(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith("SELECT"):
            asked.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(hear):
        yield asked


def of_page(client: Client, path: str) -> Asked:
    """What a page asks when everything that a process keeps is there."""
    client.get(path)
    with listening() as asked:
        assert client.get(path).status_code == 200, path
    return asked


def faults(sql: str, params: Any) -> list[str]:
    return (
        _faults_on_postgresql(sql, params)
        if connection.vendor == "postgresql"
        else _faults_on_sqlite(sql, params)
    )


def _faults_on_sqlite(sql: str, params: Any) -> list[str]:
    names = {name: name for name in LARGE}
    names |= {
        alias: table for table, alias in re.findall(r'"(\w+)" "?([A-Z]+\d+)"?\b', sql) if table in LARGE
    }
    steps = 0

    def count() -> int:
        nonlocal steps
        steps += 1000
        return 0

    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}", params)
        details = [str(row[3]) for row in cursor.fetchall()]
        connection.connection.set_progress_handler(count, 1000)
        try:
            cursor.execute(sql, params)
            cursor.fetchall()
        finally:
            connection.connection.set_progress_handler(None, 0)
    found = []
    for detail in details:
        scan = re.match(r"SCAN (\w+)", detail)
        if scan and scan[1] in names and "USING" not in detail:
            found.append(detail)
    if steps > MOST_STEPS:
        found.append(f"{steps} steps: {'; '.join(details)}")
    return found


def _faults_on_postgresql(sql: str, params: Any) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {sql}", params)
        (plan,) = cursor.fetchone()
    plan = json.loads(plan) if isinstance(plan, str) else plan
    found = []
    for node in _nodes(plan[0]["Plan"]):
        table = node.get("Relation Name")
        rows = node["Actual Loops"] * (node["Actual Rows"] + node.get("Rows Removed by Filter", 0))
        if table in LARGE and (node["Node Type"] == "Seq Scan" or rows > MOST_ROWS):
            found.append(f"{node['Node Type']} of {rows} rows in {table} by {node.get('Index Name')}")
    return found


def _nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for below in node.get("Plans", ()):
        yield from _nodes(below)


def check(asked: Asked) -> None:
    assert asked
    wrong = {sql[:3000]: found for sql, params in asked if (found := faults(sql, params))}
    assert not wrong, json.dumps(wrong, indent=1)


@pytest.fixture
def at_desk(db: None) -> Client:
    stock.grow(TICKETS)
    return signed_in(Person.objects.get(username="stock-staff-1"))


def some_ticket(status: str) -> str:
    found = Ticket.objects.filter(status=status, team__is_closed=False).order_by("-pk").first()
    assert found is not None
    return found.spoken_number


def test_every_views_pages_and_the_counts_beside_them_are_found_by_indexes(at_desk: Client) -> None:
    for view in SHELVES:
        path = f"/ar/desk/?view={view}"
        check(of_page(at_desk, path))
        older = re.search(r'href="(\?[^"]*after=[^"]*)"', at_desk.get(path).content.decode())
        if older:
            check(of_page(at_desk, "/ar/desk/" + older[1].replace("&amp;", "&")))
        assert older or view not in {"all", "with_customer", "closed"}  # of these there are several pages


def test_the_filters_that_staff_ask_most_are_found_by_indexes(at_desk: Client) -> None:
    for asked in (
        "view=all&language=ar&channel=portal",
        "view=mine&turn=with_centre&purpose=technical",
        "view=closed&channel=mail&language=en",
    ):
        check(of_page(at_desk, f"/ar/desk/?{asked}"))


def test_a_filter_by_tag_is_found_by_indexes_whether_the_tag_is_rare_or_not(at_desk: Client) -> None:
    often = Tag.objects.order_by("pk").values_list("pk", flat=True)[0]
    seldom = Tag.objects.create(name_ar="نادر", name_en="Rare")
    seldom.tickets.add(*Ticket.objects.filter(status=Status.WITH_CENTRE).order_by("pk")[:3])
    for tag in (often, seldom.pk):
        for asked in (f"turn=open&tag={tag}&sort=waiting", f"tag={tag}&sort=newest"):
            check(of_page(at_desk, f"/ar/desk/?{asked}"))


def test_a_filter_of_whatever_parts_reads_little_on_its_first_page_and_on_the_next(
    at_desk: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    needles.plant()
    monkeypatch.setattr(narrowed, "FAR", 1000)  # less than the stock, as it is less than a large one
    for cached in (narrowed._stretch, narrowed._horizon):
        cached.cache_clear()
    client = at_desk
    for name, one in needles.filters().items():
        if "organisation" in name and connection.vendor == "postgresql":
            continue  # of so small a stock it rightly reads the index of all requesters
        path = f"/ar/desk/?{one.canonical()}"
        check(of_page(client, path))
        older = re.search(r'href="(\?[^"]*after=[^"]*)"', client.get(path).content.decode())
        if older:
            check(of_page(client, "/ar/desk/" + older[1].replace("&amp;", "&")))
    for cached in (narrowed._stretch, narrowed._horizon):
        cached.cache_clear()


def test_a_tickets_letters_facts_drafts_tags_and_mails_are_found_by_its_key(at_desk: Client) -> None:
    for status in Status.values:
        check(of_page(at_desk, f"/ar/desk/tickets/{some_ticket(status)}/"))


def test_a_scan_and_a_long_sort_would_be_noticed(at_desk: Client) -> None:
    for sql in (
        "SELECT id FROM tickets_message WHERE text = 'x'",
        "SELECT id, subject FROM tickets_ticket ORDER BY subject LIMIT 20",
    ):
        assert faults(sql, None)
