"""A database that is up to date, made once a run of the suite and copied for whoever needs one.

Carrying out all migrations takes longer than most tests: each test process and each server that a test starts gets a
copy of what ``tawasul migrate`` made for the first of them.
"""

import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

SRC = Path(__file__).resolve().parents[1] / "src"
NAME = "tawasul.sqlite3"


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as ``tawasul migrate`` leaves it, on SQLite; not to be written to."""
    shared = _shared(tmp_path_factory)
    folder = shared / "sqlite"
    with _once(shared / "sqlite.lock") as first:
        if first:
            folder.mkdir(exist_ok=True)
            _migrate(folder, "")
    return folder


def copied(migrated: Path, folder: Path) -> Path:
    """That folder, with the database in it: what a server finds at its second start."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(migrated / NAME, folder / NAME)
    return folder


@pytest.fixture(scope="session")
def django_db_keepdb() -> bool:
    """The databases of the tests lie ready; see below."""
    return True


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    request: pytest.FixtureRequest,
    django_db_modify_db_settings_parallel_suffix: None,
    django_db_blocker: Any,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[None]:
    """Put this process's own test database in its place before Django looks for it."""
    from django.db import connection

    wanted = connection.creation._get_test_db_name()
    if connection.vendor == "sqlite":
        shutil.copy(request.getfixturevalue("migrated") / NAME, wanted)
        yield
        return
    shared = _shared(tmp_path_factory)
    template = f"test_{connection.settings_dict['NAME']}_migrated"
    with _once(shared / "postgresql.lock") as first:
        if first:
            with django_db_blocker.unblock():
                _run(f'DROP DATABASE IF EXISTS "{template}"', f'CREATE DATABASE "{template}"')
            (shared / "data").mkdir(exist_ok=True)
            given = urlsplit(os.environ["DATABASE_URL"])
            _migrate(shared / "data", given._replace(path=f"/{template}").geturl())
        with django_db_blocker.unblock():
            _run(f'DROP DATABASE IF EXISTS "{wanted}"', f'CREATE DATABASE "{wanted}" TEMPLATE "{template}"')
    yield
    connection.close()
    with django_db_blocker.unblock():
        _run(f'DROP DATABASE IF EXISTS "{wanted}" WITH (FORCE)')


def _shared(factory: pytest.TempPathFactory) -> Path:
    """A folder of this run, the same in all its processes."""
    base = factory.getbasetemp()
    shared = (base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base) / "migrated"
    shared.mkdir(exist_ok=True)
    return shared


@contextmanager
def _once(path: Path) -> Iterator[bool]:
    """One process at a time; true for the first one alone."""
    with path.open("a+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        lock.seek(0)
        yield not lock.read()
        lock.write("done")


def _migrate(folder: Path, url: str) -> None:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TAWASUL_")}
    kept |= {"PYTHONPATH": str(SRC), "TAWASUL_DATA": str(folder), "DATABASE_URL": url}
    kept.pop("DJANGO_SETTINGS_MODULE", None)
    done = subprocess.run(
        [sys.executable, "-m", "tawasul", "migrate"], env=kept, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def _run(*statements: str) -> None:
    from django.db import connection

    with connection._nodb_cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
