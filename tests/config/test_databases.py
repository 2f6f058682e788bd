"""Where the rows live, by DATABASE_URL."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from tawasul.config import databases


def settings_of(url: str, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    monkeypatch.setenv("DATABASE_URL", url)
    return databases.from_environment(Path("/data"))


def test_postgresql_plans_a_repeated_statement_once(monkeypatch: pytest.MonkeyPatch) -> None:
    options = settings_of("postgresql://h/n?sslmode=require", monkeypatch)["OPTIONS"]
    assert options == {"sslmode": "require", "server_side_binding": True, "prepare_threshold": 2}


@pytest.mark.parametrize(("said", "read"), [("none", None), ("0", 0), ("7", 7)])
def test_a_pooler_between_can_be_spared_prepared_statements(
    said: str, read: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    options = settings_of(f"postgresql://h/n?prepare_threshold={said}", monkeypatch)["OPTIONS"]
    assert options["prepare_threshold"] == read


@pytest.fixture
def alone(transactional_db: None) -> None:
    """Connections of this test are not inside of a transaction."""
    if connection.vendor != "postgresql":
        pytest.skip("a file does not go away")


def _end(pid: int) -> None:
    import psycopg

    with psycopg.connect(**_how()) as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])


def _how() -> dict[str, Any]:
    given = connection.get_connection_params()
    return {name: given[name] for name in ("dbname", "user", "password", "host", "port") if name in given}


@pytest.mark.network
def test_a_connection_that_the_server_ended_is_made_anew_for_the_next_request(
    alone: None, client: Client
) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    _end(pid)
    assert connection.is_usable() is False
    connection.close_if_unusable_or_obsolete()
    assert client.get("/readyz").status_code in {200, 503}
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        assert cursor.fetchone() != (pid,)


@pytest.mark.network
def test_a_living_connection_costs_no_question(alone: None, monkeypatch: pytest.MonkeyPatch) -> None:
    connection.ensure_connection()
    asked: list[str] = []
    real: Callable[..., Any] = type(connection.connection).cursor

    def cursor(self: Any, *given: Any, **named: Any) -> Any:
        asked.append("a cursor")
        return real(self, *given, **named)

    monkeypatch.setattr(type(connection.connection), "cursor", cursor)
    assert connection.is_usable() is True
    assert asked == []
