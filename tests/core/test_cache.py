"""A cache that cannot be written does not pass for one that holds the key."""

from typing import Any

import pytest
from django.core.cache import cache
from django.db import OperationalError
from django.db.backends.utils import CursorWrapper
from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.fixture
def full_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """The database refuses every new row of the cache, where the database itself would."""
    execute = CursorWrapper._execute  # type: ignore[attr-defined]

    def refuse(self: CursorWrapper, sql: str, *rest: Any) -> Any:
        if sql.startswith("INSERT INTO") and "core_cache" in sql:
            raise OperationalError("database or disk is full")
        return execute(self, sql, *rest)

    monkeypatch.setattr(CursorWrapper, "_execute", refuse)


def test_a_key_is_added_once() -> None:
    assert cache.add("once", 1, 60)
    assert not cache.add("once", 2, 60)
    assert cache.get("once") == 1


def test_a_cache_that_cannot_be_written_says_so(full_disk: None) -> None:
    with pytest.raises(OperationalError):
        cache.add("nowhere", 1, 60)


def test_signing_in_on_a_full_disk_is_no_matter_of_too_many_attempts(full_disk: None) -> None:
    visitor = Client(raise_request_exception=False)
    answer = visitor.post("/ar/account/login/", {"login": "noura", "password": "a long sentence 2026"})
    assert answer.status_code == 503
