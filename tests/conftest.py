"""One small named world, frozen time where a test asks for it, and no network."""

import asyncio
import ipaddress
import socket
from collections.abc import Iterator
from typing import Any

import hypothesis
import pytest
from django.utils import translation

from tawasul.config import catalogues
from tawasul.core import centre, kept
from tawasul.live import attendance
from tawasul.service_levels import calendar
from tawasul.tickets.actions import retraction
from tests import settings as under_test

pytest_plugins = ["tests.migrated", "tests.world", "tests.browsing"]


# A machine that was busy for a moment is no finding; how long things may take is measured by the bench.
hypothesis.settings.register_profile(
    "suite", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("suite")


class NetworkIsClosed(OSError):
    """A test tried to reach a machine: loopback takes the mark ``network`` or ``browser``, the rest is closed."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--another-database",
        action="store_true",
        help="the suite has just passed on one database, and this run is on another: leave out what cannot differ, "
        "tests that touch no database and those that only look at pages in a browser",
    )


_DATABASE = {"db", "transactional_db", "django_db_reset_sequences", "live_server"}


def _can_differ(item: pytest.Item) -> bool:
    """Whether the database may matter to a test."""
    asked = set(getattr(item, "fixturenames", ()))
    if "no_violations" in asked:  # how a page looks; what stands on it is told by tests without a browser
        return False
    if item.get_closest_marker("same_everywhere") is not None:
        return False
    told = getattr(item, "callspec", None)
    if told is not None and "en" in (told.params.get("lang"), told.params.get("language")):
        return False  # the same is asked in Arabic
    return _touches_the_database(item)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--another-database"):
        left_out = [item for item in items if not _can_differ(item)]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if _can_differ(item)]
    items.sort(key=lambda item: not _is_long(item))


# Minutes in all, of which a processor works half: begun last, they would go on when everything else is done.
_LONG = (
    "tests/journeys/",
    "tests/config/test_bench.py",
    "tests/config/test_serve.py",
    "tests/config/test_seed.py",
)


def _is_long(item: pytest.Item) -> bool:
    """Whether a test takes long, and may be begun first since it leaves the process's own database alone."""
    return item.nodeid.startswith(_LONG) and not _touches_the_database(item)


def _touches_the_database(item: pytest.Item) -> bool:
    asked = set(getattr(item, "fixturenames", ()))
    return bool(asked & _DATABASE) or item.get_closest_marker("django_db") is not None


def pytest_sessionstart(session: pytest.Session) -> None:
    """Arabic pages speak Arabic in tests too."""
    catalogues.compile_all()


def pytest_unconfigure(config: pytest.Config) -> None:
    under_test.forget_folder()


@pytest.fixture(autouse=True)
def _tables_are_read_anew(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No test sees what another one's rolled-back tables left in the process, and a slow one reads them once."""
    monkeypatch.setattr(calendar, "KEEP_SECONDS", 3600.0)
    monkeypatch.setattr(kept, "SECONDS", 3600.0)
    centre.forget()
    calendar.changed()
    kept.forget_all()
    attendance.forget()
    yield
    centre.forget()
    calendar.changed()
    kept.forget_all()


@pytest.fixture(autouse=True)
def _nobody_speaks_a_language_yet() -> None:
    """The language of the last page of the test before is no default of this one."""
    translation.deactivate()


@pytest.fixture(autouse=True)
def _answers_go_out_at_once(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """No answer waits to be taken back, except in a test with the mark ``undo``."""
    if not request.node.get_closest_marker("undo"):
        monkeypatch.setattr(retraction, "seconds", lambda: 0)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Playwright leaves its event loop running in the thread for the whole session; only its own tests may see it,
    from their setup to their teardown: Django keeps a database's connection for each loop."""
    loop = asyncio._get_running_loop()
    if loop is None or item.get_closest_marker("browser"):
        return (yield)
    asyncio._set_running_loop(None)
    try:
        return (yield)
    finally:
        asyncio._set_running_loop(loop)


def _is_loopback(host: Any) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@pytest.fixture(autouse=True)
def _no_network(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sockets reach loopback in marked tests, else nothing. PostgreSQL's driver is outside of this."""
    loopback = any(request.node.get_closest_marker(name) for name in ("network", "browser"))

    def guarded(real: Any) -> Any:
        def connect(self: socket.socket, address: Any, *rest: Any) -> Any:
            if self.family != socket.AF_UNIX and not (loopback and _is_loopback(address[0])):
                raise NetworkIsClosed(f"no network in tests: {address!r}")
            return real(self, address, *rest)

        return connect

    for name in ("connect", "connect_ex"):
        monkeypatch.setattr(socket.socket, name, guarded(getattr(socket.socket, name)))
    find = socket.getaddrinfo

    def getaddrinfo(host: Any, *rest: Any, **options: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else host
        if name and not _is_loopback(name):
            raise NetworkIsClosed(f"no name is looked up in tests: {name!r}")
        return find(host, *rest, **options)

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
