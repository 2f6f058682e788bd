"""What each measurement stands on: a folder, a database and an environment of its own, gone at the end."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from tawasul.config import postgres


@contextmanager
def laid(database: str) -> Iterator[dict[str, str]]:
    """The environment of a process on an empty folder and an empty database of that kind."""
    with tempfile.TemporaryDirectory(prefix="tawasul-bench-") as folder, _url_of(database) as url:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("TAWASUL_")}
        yield environment | {
            "TAWASUL_DATA": folder,
            "DATABASE_URL": url,
            "TAWASUL_BASE_URL": "http://localhost",
            "TAWASUL_STAFF_NEED_TWO_STEPS": "false",
            "TAWASUL_LOG_LEVEL": "ERROR",
            "DJANGO_SETTINGS_MODULE": "tawasul.config.settings",
        }


@contextmanager
def _url_of(database: str) -> Iterator[str]:
    if database == "sqlite":
        yield ""
    else:
        with postgres.server(durable=True) as url:
            yield url
