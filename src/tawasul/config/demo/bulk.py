"""Rows by the hundred thousand: models' tables as lists of columns, written by COPY or by one statement many times.

The ORM makes an object, a dictionary and a parameter list of every row, which is most of the time of a large stock.
"""

import json
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from django.db import ProgrammingError, connection, models, transaction

Row = Sequence[Any]


class Table:
    """A model's columns, and a blank row with the defaults of its fields; ``at[name]`` is a column's place."""

    def __init__(self, model: type[models.Model]) -> None:
        fields = model._meta.concrete_fields
        self.name = model._meta.db_table
        self.columns = [field.column or field.attname for field in fields]
        self.at = {field.attname: place for place, field in enumerate(fields)}
        self.blank = [_plain(field, field.get_default()) for field in fields]

    def row(self, **values: Any) -> list[Any]:
        """A blank row with these values in it."""
        row = self.blank[:]
        for name, value in values.items():
            row[self.at[name]] = value
        return row


def _plain(field: "models.Field[Any, Any]", value: Any) -> Any:
    if isinstance(field, models.JSONField):
        return json.dumps(value)
    if isinstance(value, datetime):
        return moment(value)
    return value if value is None or isinstance(value, (bool, int)) else str(value)


def moment(value: datetime) -> str:
    """A moment as both databases read it: UTC, in which every connection of ours speaks, without a zone's name."""
    return str(value.astimezone(UTC).replace(tzinfo=None))


Batch = Sequence[tuple[Table, Sequence[Row]]]


@contextmanager
def written(batch: Batch, *, alone: bool = False) -> Iterator[None]:
    """Insert rows with keys of their own, in one transaction that ends with the block.

    PostgreSQL does most of its work in the server, so there the block runs meanwhile and must not touch the database;
    on SQLite the rows are written before it. ``alone``: the tables are bare, and looked through afterwards.
    """
    with transaction.atomic():
        if not alone:
            _unchecked()
        raw = (
            connection.connection
        )  # past Django's cursors: one knows another thread, one other places of values
        statements = [_statement(table) for table, _ in batch]
        if connection.vendor != "postgresql":
            for statement, (_, rows) in zip(statements, batch, strict=True):
                raw.executemany(statement, rows)
            yield
            return
        with ThreadPoolExecutor(1) as beside:
            copied = beside.submit(_copy, raw, statements, batch)
            yield
            copied.result()


def _statement(table: Table) -> str:
    columns = ", ".join(map(connection.ops.quote_name, table.columns))
    if connection.vendor == "postgresql":
        return f"COPY {table.name} ({columns}) FROM STDIN"
    places = ", ".join("?" * len(table.columns))
    return f"INSERT INTO {table.name} ({columns}) VALUES ({places})"  # noqa: S608 - a model's own names


def _copy(raw: Any, statements: Sequence[str], batch: Batch) -> None:
    with raw.cursor() as cursor:
        for statement, (_, rows) in zip(statements, batch, strict=True):
            with cursor.copy(statement) as copy:
                for row in rows:
                    copy.write_row(row)


def _unchecked() -> None:
    """Until the transaction ends PostgreSQL looks no reference up, where this user may say so: a third of the time
    otherwise. Only for rows whose references were read from this database or are written with them."""
    if connection.vendor == "postgresql":
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SET LOCAL session_replication_role = replica")
        except ProgrammingError:  # left to superusers
            pass


def next_key(table: Table, many: int) -> int:
    """The first of ``many`` keys in a row that nobody else is given (SQLite: until the transaction ends)."""
    with connection.cursor() as cursor:
        if connection.vendor != "postgresql":  # its transactions hold the whole database
            cursor.execute("SELECT MAX(seq) + 1 FROM sqlite_sequence WHERE name = %s", [table.name])
            return int(cursor.fetchone()[0] or 1)
        while (
            True
        ):  # a sequence is never held: where somebody else took a key between ours, other keys are taken
            cursor.execute(
                "SELECT MIN(key), MAX(key) FROM (SELECT nextval(pg_get_serial_sequence(%s, 'id')) AS key"
                " FROM generate_series(1, %s)) AS keys",
                [table.name, many],
            )
            first, last = cursor.fetchone()
            if last - first + 1 == many:
                return int(first)
