"""Queries whose SQL is made once a process. Django makes a query's SQL anew at each call, which for a look-up of one
row takes some ten times as long as the database does; pages ask the same few questions over and over.

A prepared query is an ordinary queryset with places for the values, written once::

    _BY_NUMBER = Prepared(lambda number: Ticket.objects.filter(number=number).select_related("service"))
    ticket = _BY_NUMBER.first("48291736")

A place is filled with a string, a number, a UUID or an aware datetime. None is no value: SQL compares nothing with it,
so a query for "is null" is one of its own. ``insert`` does the same for a new row, ``update`` for one that is there.
"""

import inspect
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Generic, TypeVar

from django.db import connections, router
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Case, Expression, Model, Q, QuerySet, Subquery, Value, When
from django.db.models.fields import Field, UUIDField
from django.db.models.lookups import Exact
from django.db.models.query import ModelIterable, ValuesListIterable, get_related_populators
from django.db.models.sql import InsertQuery, UpdateQuery

M = TypeVar("M", bound=Model)

_UUID: "UUIDField[uuid.UUID, uuid.UUID]" = UUIDField()


class Place(Expression):
    """Where a value will stand: the ``index``-th one of the call."""

    def __init__(self, index: int) -> None:
        super().__init__()
        self.index = index

    def as_sql(self, compiler: Any, connection: BaseDatabaseWrapper) -> tuple[str, list[Any]]:  # type: ignore[override]  # a node of its own, called by Django alone
        """One parameter, which is this place itself."""
        return "%s", [self]


class Written(Expression):
    """A word of our own, written into the SQL where a parameter would stand: SQLite takes an index over some rows only
    where it can read that the query asks for those. Never for anything that was typed."""

    def __init__(self, word: str) -> None:
        super().__init__()
        if not word.replace("_", "").isalpha() or not word.isascii():
            raise ValueError("only a plain word can be written into a query")
        self.word = str(word)

    def as_sql(self, compiler: Any, connection: BaseDatabaseWrapper) -> tuple[str, list[Any]]:  # type: ignore[override]  # a node of its own, called by Django alone
        """The word in quotes."""
        return f"'{self.word}'", []


def opaque(condition: Q) -> Q:
    """The same condition, said so that no database looks for an index by it, nor guesses from it how many rows there
    will be: it is asked of each row to which the rest of the query leads."""
    return Q(Exact(Case(When(condition, then=Value(1)), default=Value(0)), 1)) if condition else condition


def is_one(rows: "QuerySet[Any, Any]") -> Q:
    """Whether there is such a row, which names the outer one. PostgreSQL turns EXISTS into a join or a table of all the
    rows' keys wherever it guesses wrong; this is looked up for each outer row."""
    return Q(Exact(Subquery(rows.order_by().annotate(one=Value(1)).values("one")[:1]), 1))


class _Compiled:
    """The SQL of one queryset for one kind of database, and how its rows become objects."""

    def __init__(self, queryset: "QuerySet[Any, Any]", connection: BaseDatabaseWrapper) -> None:
        compiler = queryset.query.get_compiler(connection=connection)
        self.sql, self.params = compiler.as_sql()
        select = compiler.select or []
        self.converters = list(compiler.get_converters([column for column, _, _ in select]).items())
        self.model: type[Model] | None = None
        self.annotated = list((compiler.annotation_col_map or {}).items())
        if queryset._iterable_class is ModelIterable:
            info = compiler.klass_info
            assert info is not None  # rows of models have one
            fields = info["select_fields"]
            self.model = info["model"]
            self.start, self.end = fields[0], fields[-1] + 1
            self.names = [column.target.attname for column, _, _ in select[self.start : self.end]]
            self.related = get_related_populators(info, select, connection.alias)  # type: ignore[call-arg]  # stubs of Django 6
        elif queryset._iterable_class is not ValuesListIterable:
            raise TypeError("a prepared query yields model instances or value lists")

    def run(self, connection: BaseDatabaseWrapper, values: Sequence[Any]) -> Iterator[Any]:
        rows: Any = _rows(connection, self.sql, self.params, values)
        if self.converters:
            rows = self._converted(rows, connection)
        if self.model is None:
            yield from rows
            return
        for row in rows:
            found = self.model.from_db(connection.alias, self.names, row[self.start : self.end])
            for populator in self.related:
                populator.populate(row, found)
            for name, place in self.annotated:
                setattr(found, name, row[place])
            yield found

    def _converted(self, rows: Sequence[Any], connection: BaseDatabaseWrapper) -> Iterator[list[Any]]:
        for row in map(list, rows):
            for place, (converters, expression) in self.converters:
                value = row[place]
                for convert in converters:
                    value = convert(value, expression, connection)
                row[place] = value
            yield row


class Prepared(Generic[M]):
    """A queryset, built by ``build`` from as many places as it has arguments, whose SQL is made at the first call.

    ``places`` says how many where ``build`` takes any number (``*args``)."""

    def __init__(self, build: "Callable[..., QuerySet[M, Any]]", *, places: int | None = None) -> None:
        self._build, self._count = build, places
        self._compiled: dict[str, _Compiled] = {}

    def __call__(self, *values: Any) -> list[Any]:
        """The rows: model instances, or for ``values_list`` sequences of values."""
        connection = _connection()
        compiled = self._compiled.get(connection.vendor)
        if compiled is None:
            compiled = _Compiled(self._build(*_places(self._build, self._count)), connection)
            self._compiled[connection.vendor] = compiled
        return list(compiled.run(connection, values))

    def first(self, *values: Any) -> M | None:
        """The first row; None where there is none. The queryset itself says how many rows are fetched at most."""
        return next(iter(self(*values)), None)


class PreparedCounts:
    """Several counts in one statement: ``build`` returns a queryset for each name, which may be sliced."""

    _asked = "(SELECT COUNT(*) FROM (%s) counted)"

    def __init__(
        self, build: "Callable[..., Mapping[str, QuerySet[Any, Any]]]", *, places: int | None = None
    ) -> None:
        self._build, self._count = build, places
        self._compiled: dict[str, tuple[list[str], str, list[Any]]] = {}

    def __call__(self, *values: Any) -> dict[str, int]:
        """How many rows each queryset has."""
        connection = _connection()
        compiled = self._compiled.get(connection.vendor)
        if compiled is None:
            compiled = self._compiled[connection.vendor] = self._compile(connection)
        names, sql, params = compiled
        if not names:
            return {}
        (row,) = _rows(connection, sql, params, values)
        return dict(zip(names, row, strict=True))

    def _compile(self, connection: BaseDatabaseWrapper) -> tuple[list[str], str, list[Any]]:
        counted, all_params = [], []
        querysets = self._build(*_places(self._build, self._count))
        for queryset in querysets.values():
            rows = queryset.values_list("pk")
            sql, params = rows.query.get_compiler(connection=connection).as_sql()
            counted.append(self._asked.replace("%s", sql, 1))
            all_params += params
        return list(querysets), f"SELECT {', '.join(counted)}", all_params


class PreparedPresence(PreparedCounts):
    """In one statement, which of several querysets have any row at all."""

    _asked = "EXISTS (%s)"

    def present(self, *values: Any) -> frozenset[str]:
        """The names of those that have."""
        return frozenset(name for name, found in self(*values).items() if found)


_insertions: "dict[tuple[type[Model], str], tuple[str, list[Field[Any, Any]]]]" = {}


def insert(row: Model) -> None:
    """Insert a new row and give it its key, as ``save(force_insert=True)`` does, but without a signal.

    For models with an automatic key, and plain values. Raises what the database raises; call it in a transaction.
    """
    model = type(row)
    connection = connections[router.db_for_write(model, instance=row)]
    made = _insertions.get((model, connection.vendor))
    if made is None:
        made = _insertions[(model, connection.vendor)] = _insertion(row, connection)
    sql, fields = made
    values = [field.get_db_prep_save(field.pre_save(row, True), connection) for field in fields]
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        (row.pk,) = cursor.fetchone()
    row._state.adding, row._state.db = False, connection.alias


def _insertion(row: Model, connection: BaseDatabaseWrapper) -> "tuple[str, list[Field[Any, Any]]]":
    meta = row._meta
    fields = [field for field in meta.local_concrete_fields if field is not meta.pk and not field.generated]
    query = InsertQuery(type(row))
    query.insert_values(fields, [row])
    compiler = query.get_compiler(connection=connection)
    compiler.returning_fields = [meta.pk]
    ((sql, _values),) = compiler.as_sql()
    return sql, fields


_updates: "dict[tuple[type[Model], str, tuple[str, ...]], tuple[str, list[Field[Any, Any]]]]" = {}


def update(row: Model, names: Iterable[str]) -> bool:
    """Write these attributes of a row that is there, as ``save(update_fields=…)`` does, but without a signal; False
    where the row is gone. Plain values only, and few different sets of names: each is kept."""
    model, wanted = type(row), tuple(sorted(names))
    connection = connections[router.db_for_write(model, instance=row)]
    made = _updates.get((model, connection.vendor, wanted))
    if made is None:
        made = _updates[(model, connection.vendor, wanted)] = _change(model, wanted, connection)
    sql, fields = made
    values = [field.get_db_prep_save(field.pre_save(row, False), connection) for field in fields]
    with connection.cursor() as cursor:
        cursor.execute(sql, [*values, row.pk])
        return bool(cursor.rowcount)


def _change(
    model: type[Model], names: Sequence[str], connection: BaseDatabaseWrapper
) -> "tuple[str, list[Field[Any, Any]]]":
    fields = [field for field in model._meta.local_concrete_fields if field.attname in names]
    query = UpdateQuery(model)
    placed: Any = [(field, None, Place(index)) for index, field in enumerate(fields)]
    query.add_update_fields(placed)
    query.add_q(Q(pk=Place(len(fields))))
    sql, _places = query.get_compiler(connection=connection).as_sql()
    return sql, fields


def _connection() -> BaseDatabaseWrapper:
    return connections[router.db_for_read(Model)]


def _places(build: Callable[..., Any], count: int | None) -> list[Place]:
    return [Place(index) for index in range(count or len(inspect.signature(build).parameters))]


def _rows(connection: BaseDatabaseWrapper, sql: str, params: Sequence[Any], values: Sequence[Any]) -> Any:
    filled = [
        _adapted(values[param.index], connection) if isinstance(param, Place) else param for param in params
    ]
    with connection.cursor() as cursor:
        cursor.execute(sql, filled)
        return cursor.fetchall()


def _adapted(value: Any, connection: BaseDatabaseWrapper) -> Any:
    """The value as this database's driver takes it."""
    if value is None:
        raise ValueError("None is no value of a prepared query")
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    if isinstance(value, uuid.UUID):
        return _UUID.get_db_prep_value(value, connection)
    return value
