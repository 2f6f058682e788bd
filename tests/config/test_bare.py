"""A stock written by a user who merely owns the database, which is how a centre runs its own."""

import os
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from tawasul.config.demo import bare, bulk, stock
from tawasul.tickets.models import Event, Message, Tagging, Ticket

Whole = list[tuple[Any, ...]]
TABLES = [model._meta.db_table for model in (Ticket, Message, Event, Tagging)]


@pytest.fixture
def plain_owner(db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """PostgreSQL asked by an owner of everything in it who is no superuser, and batches of 200; the owner's name."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no users")
    monkeypatch.setattr(stock, "BATCH", 200)
    owner = f"plain_{os.getpid()}"  # roles belong to the whole server
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE ROLE {owner} NOSUPERUSER")
        cursor.execute(f"GRANT USAGE, CREATE ON SCHEMA public TO {owner}")
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"ALTER TABLE {connection.ops.quote_name(table)} OWNER TO {owner}")
        cursor.execute(f"SET LOCAL ROLE {owner}")
    yield owner
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")


def whole() -> Whole:
    """Every constraint and index of this database, and whether it holds."""
    return _rows(
        "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid), convalidated, condeferred"
        " FROM pg_constraint WHERE connamespace = 'public'::regnamespace ORDER BY 1, 2"
    ) + _rows(
        "SELECT indrelid::regclass::text, pg_get_indexdef(indexrelid), indisvalid AND indisready"
        " FROM pg_index JOIN pg_class ON pg_class.oid = indrelid"
        " WHERE relnamespace = 'public'::regnamespace ORDER BY 1, 2"
    )


def _rows(query: str, *values: Any) -> Whole:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return list(cursor.fetchall())


@pytest.mark.usefixtures("plain_owner")
def test_the_seed_leaves_every_reference_and_index_as_it_was_and_every_reference_true(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen: list[Any] = []
    before = whole()
    monkeypatch.setattr(stock, "_show", lambda *_: seen.append(len(whole())))
    stock.grow(600, progress=True)
    assert all(many < len(before) for many in seen)  # what was away meanwhile
    assert len(seen) == 3
    assert whole() == before
    connection.check_constraints()
    for table in TABLES:
        for reference in _rows(
            "SELECT a.attname, c.confrelid::regclass::text FROM pg_constraint c"
            " JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]"
            " WHERE c.contype = 'f' AND c.conrelid = %s::regclass",
            table,
        ):
            column, other = reference
            lost = (
                f"SELECT COUNT(*) FROM {table} WHERE {column} IS NOT NULL"  # noqa: S608
                f" AND {column} NOT IN (SELECT id FROM {other})"
            )
            assert _rows(lost) == [(0,)], reference


@pytest.mark.usefixtures("plain_owner")
def test_the_planner_knows_how_much_the_seed_wrote() -> None:
    stock.grow(600)
    told = dict(_rows("SELECT relname, reltuples FROM pg_class WHERE relname = ANY(%s)", TABLES))
    assert told[Ticket._meta.db_table] == Ticket.objects.count() == 600
    assert told[Event._meta.db_table] == Event.objects.count()


@pytest.mark.usefixtures("plain_owner")
def test_a_reference_to_nothing_is_refused_before_and_after() -> None:
    stock.grow(600)
    row = Event.objects.all()[0]
    row.pk, row.ticket_id = None, 987_654_321
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save()
        connection.check_constraints()


@pytest.mark.usefixtures("plain_owner")
def test_rows_that_refer_to_nothing_do_not_get_in_while_nothing_is_looked_up() -> None:
    stock.grow(600)
    before, tagging = whole(), bulk.Table(Tagging)
    row = tagging.row(id=bulk.next_key(tagging, 1), tag_id=987_654_321, ticket_id=Ticket.objects.all()[0].pk)
    with pytest.raises(IntegrityError), bare.bare(TABLES), bulk.written([(tagging, [row])], alone=True):
        pass
    assert not Tagging.objects.filter(tag_id=987_654_321).exists()
    assert whole() == before


@pytest.mark.usefixtures("plain_owner")
def test_an_interrupted_seed_leaves_the_tables_as_it_found_them_and_a_second_one_goes_through(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def pulled(made: int, count: int, seconds: float) -> None:
        if made > 200:
            raise KeyboardInterrupt

    before = whole()
    with monkeypatch.context() as patched:
        patched.setattr(stock, "_show", pulled)
        with pytest.raises(KeyboardInterrupt):
            stock.grow(600, progress=True)
    assert whole() == before
    assert not Ticket.objects.exists()
    assert not Message.objects.exists()
    stock.grow(600)
    assert whole() == before
    assert Ticket.objects.count() == 600


@pytest.mark.usefixtures("plain_owner")
def test_a_stock_that_hardly_grows_keeps_its_indexes_meanwhile(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stock, "AT_LEAST", 0)
    seen: list[Any] = []
    before = whole()
    stock.grow(300)  # into empty tables: nothing is more than nothing
    monkeypatch.setattr(stock, "_show", lambda *_: seen.append(whole()))
    stock.grow(300, progress=True)
    assert seen == [before, before]
    assert Ticket.objects.count() == 600


def test_who_does_not_own_the_tables_writes_with_every_reference_looked_up(
    plain_owner: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    guest = f"{plain_owner}_guest"
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
        cursor.execute(f"CREATE ROLE {guest}")
        cursor.execute(f"GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA public TO {guest}")
        cursor.execute(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {guest}")
        cursor.execute(f"SET LOCAL ROLE {guest}")
    before, seen = whole(), list[Any]()
    monkeypatch.setattr(stock, "_show", lambda *_: seen.append(whole()))
    stock.grow(600, progress=True)
    assert seen == [before] * 3
    connection.check_constraints()


@pytest.mark.django_db(transaction=True)
def test_tables_that_somebody_is_at_work_in_are_left_alone() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite writes a row at a time anyway")
    before = whole()
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute("SELECT COUNT(*) FROM tickets_ticket")
            with bare.bare(TABLES) as alone:
                assert not alone
                assert whole() == before
            cursor.execute("ROLLBACK")
    finally:
        other.close()
    with bare.bare(TABLES) as alone:
        assert alone
        assert len(whole()) < len(before)
    assert whole() == before
