"""What stands between an unpacked program and a running one: assets, translations, tables, collected files."""

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tawasul.config import assets, bootstrap, catalogues

MIGRATION_LOCK = 0x7A3A5  # any number; PostgreSQL's advisory locks are named by one

# Hidden files, and three versions of htmx that django-htmx carries beside the one in vendor.
NOT_SERVED = [".*", "django_htmx"]


def prepare() -> None:
    """Bring everything up to date; quick when it is. Several starts at once wait for each other.

    Sets Django up. Raises whatever the database raises when it cannot be reached.
    """
    line = assets.prepare()
    if line:
        bootstrap.say(line)
    if os.access(catalogues.PACKAGE, os.W_OK):  # an installed package carries its compiled catalogues
        catalogues.compile_all()
    with _data_folder():
        migrate()
        collect()


def tables() -> None:
    """Set Django up with its tables in place; enough for a command that shows no page."""
    with _data_folder():
        migrate()


@contextmanager
def _data_folder() -> Iterator[None]:
    """Django set up, and its data folder held alone."""
    import django
    from django.conf import settings

    django.setup()
    settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
    with _alone(settings.DATA_DIR):
        yield


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


@contextmanager
def _alone_in_the_database(connection: Any) -> Iterator[None]:
    """Other machines may be starting on the same PostgreSQL."""
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [MIGRATION_LOCK])
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [MIGRATION_LOCK])


def migrate() -> None:
    """Apply what migrations are missing, and make the shared cache's table."""
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    with _alone_in_the_database(connection):
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            bootstrap.say("bringing the database up to date")
            call_command("migrate", interactive=False, verbosity=0)
        call_command("createcachetable", verbosity=0)


def let_go() -> None:
    """Close this process's connections before it forks: no two processes may share one."""
    from django.core.cache import caches
    from django.db import connections

    connections.close_all()
    for cache in caches.all(initialized_only=True):
        cache.close()


def collect() -> None:
    """Copy static files under their hashed names, compressed, when one of them changed since the last time."""
    from django.conf import settings
    from django.contrib.staticfiles.finders import get_finders
    from django.core.management import call_command

    digest = hashlib.sha256(settings.STORAGES["staticfiles"]["BACKEND"].encode())
    for finder in get_finders():
        for name, storage in sorted(finder.list(NOT_SERVED), key=lambda found: found[0]):
            facts = Path(storage.path(name)).stat()
            digest.update(f"{name} {facts.st_mtime_ns} {facts.st_size}\n".encode())
    stamp = settings.STATIC_ROOT / ".stamp"
    if stamp.exists() and stamp.read_text() == digest.hexdigest():
        return
    bootstrap.say("collecting the static files")
    call_command("collectstatic", interactive=False, verbosity=0, ignore_patterns=NOT_SERVED)
    stamp.write_text(digest.hexdigest())
