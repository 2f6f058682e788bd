"""PostgreSQL's tables without their foreign keys and indexes while very many rows come, and whole again afterwards.

Looking up a row's references and entering it everywhere costs the server more than writing it. At the end an index is
sorted once, and a reference is looked up for all rows together.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.db import OperationalError, connection, transaction

PATIENCE = "500ms"  # below a server's deadlock_timeout, so that nobody's transaction is ended for our sake

_CONCERNED = """
    SELECT oid::regclass::text, pg_has_role(relowner, 'USAGE') AND has_schema_privilege(relnamespace, 'CREATE')
    FROM pg_class WHERE oid = ANY(%s::regclass[])
        OR oid IN (SELECT confrelid FROM pg_constraint WHERE contype = 'f' AND conrelid = ANY(%s::regclass[]))
    ORDER BY oid"""
_REFERENCES = """
    SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid)
    FROM pg_constraint WHERE contype = 'f' AND conrelid = ANY(%s::regclass[]) ORDER BY conrelid, conname"""
# Whatever must be unique is so all the time.
_INDEXES = """
    SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid)
    FROM pg_index WHERE indrelid = ANY(%s::regclass[]) AND NOT indisunique ORDER BY indrelid, indexrelid"""


@contextmanager
def bare(names: Sequence[str]) -> Iterator[bool]:
    """A transaction in which these tables are bare and nobody else's: whatever ends it, they are whole for everybody.

    Yields False, and takes nothing away, where this user may not or somebody is at work in the tables.
    """
    tables = list(names)
    with transaction.atomic(), connection.cursor() as cursor:
        if not _locked(tables):
            yield False
            return
        # A table for whose rows a check is still due is not altered.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        cursor.execute(_REFERENCES, [tables])
        references = cursor.fetchall()
        cursor.execute(_INDEXES, [tables])
        indexes = cursor.fetchall()
        for table, name, _ in references:
            cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
        for name, _ in indexes:
            cursor.execute(f"DROP INDEX {name}")
        yield True
        cursor.execute("SET LOCAL maintenance_work_mem = '256MB'")
        for _, definition in indexes:
            cursor.execute(definition)
        for table, name, definition in references:  # looks the rows up that are there, which makes it valid
            cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")


def _locked(tables: list[str]) -> bool:
    """Lock the tables and those that they refer to, which are altered with them; True where that could be."""
    with connection.cursor() as cursor:
        cursor.execute(_CONCERNED, [tables, tables])
        concerned = cursor.fetchall()
        if not all(ours for _, ours in concerned):
            return False
        try:
            with transaction.atomic():
                cursor.execute(f"SET LOCAL lock_timeout = '{PATIENCE}'")
                cursor.execute(f"LOCK TABLE {', '.join(name for name, _ in concerned)}")
                cursor.execute("SET LOCAL lock_timeout = DEFAULT")
        except OperationalError:
            return False
    return True
