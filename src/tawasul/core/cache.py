"""The cache in the database, which says so when it could not be written."""

from collections.abc import Callable
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.db import DatabaseCache
from django.db import OperationalError, connections, router


class Cache(DatabaseCache):
    """Django's answers False to ``add`` both when the key is there and when the database is locked or full; who
    counts attempts by it then tells an innocent visitor that there were too many. This raises OperationalError."""

    def add(
        self, key: Any, value: Any, timeout: float | None = DEFAULT_TIMEOUT, version: int | None = None
    ) -> bool:
        """Whether the key was not there and is now. Raises OperationalError."""
        problems: list[OperationalError] = []

        def watch(execute: Callable[..., Any], *call: Any) -> Any:
            try:
                return execute(*call)
            except OperationalError as problem:
                problems.append(problem)
                raise

        with connections[router.db_for_write(self.cache_model_class)].execute_wrapper(watch):
            added = super().add(key, value, timeout, version)
        if problems and not added:
            raise problems[0]
        return added
