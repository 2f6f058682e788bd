"""``tawasul demo``: the whole service at once, with an invented centre, on what is embedded.

SQLite and files on disk, a worker beside the web server, and a mail catcher that shows every mail the portal
sent and takes replies to it. Nothing leaves this machine.
"""

import argparse
import contextlib
import fcntl
import multiprocessing
import os
import shutil
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

from tawasul.config import preparation, web
from tawasul.config.bootstrap import say
from tawasul.config.commands import worker
from tawasul.config.processes import Family

MARKER = ".tawasul-demo"  # stands in a data folder that the demo made, and nowhere else
# What would lead the demo out of its folder or off this machine.
FOREIGN = [
    "DATABASE_URL",
    "TAWASUL_REDIS_URL",
    "TAWASUL_S3_BUCKET",
    "TAWASUL_SMTP_USER",
    "TAWASUL_SMTP_PASSWORD",
    "TAWASUL_MAILBOXES",
]


def run(arguments: list[str]) -> int:
    """0 after Ctrl-C, 1 when the folder holds real data or the port is taken."""
    parser = argparse.ArgumentParser("tawasul demo", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (127.0.0.1)")
    parser.add_argument("--port", type=int, help="port to listen on (8000, or the next free one)")
    parser.add_argument("--data", metavar="DIR", help="the demo's data folder (./data/demo)")
    parser.add_argument("--fresh", action="store_true", help="forget the demo's data and seed anew")
    options = parser.parse_args(arguments)
    folder = Path(options.data or "data/demo").expanduser().absolute()
    try:
        listener = _listen(options.host, options.port)
        with listener, _owned(folder, fresh=options.fresh):
            return _run(listener, folder, options.host)
    except CannotRun as problem:
        say(str(problem))
        return 1
    except KeyboardInterrupt:  # before anything was started
        return 0


class CannotRun(Exception):
    """The message says why, for the person at the terminal."""


def _listen(host: str, port: int | None) -> socket.socket:
    candidates = [port] if port is not None else [*range(8000, 8020), 0]
    for candidate in candidates:
        try:
            return web.listen(host, candidate)
        except OSError as error:
            problem = error
    raise CannotRun(f"cannot listen on {host} port {candidates[0]}: {problem.strerror}")


@contextlib.contextmanager
def _owned(folder: Path, *, fresh: bool) -> Iterator[None]:
    """The data folder, marked as the demo's and held by this process alone. Raises CannotRun."""
    marker = folder / MARKER
    if folder.exists() and not folder.is_dir():
        raise CannotRun(f"{folder} is no folder")
    if folder.exists() and any(folder.iterdir()) and not marker.exists():
        raise CannotRun(f"{folder} holds data that the demo did not make; name another folder with --data")
    folder.mkdir(parents=True, exist_ok=True)
    with marker.open("a") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CannotRun(f"a demo is running in {folder} already") from None
        if fresh:
            for path in folder.iterdir():
                if path.is_dir() and not path.is_symlink():
                    shutil.rmtree(path)
                elif path != marker:
                    path.unlink()
        yield


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def _run(listener: socket.socket, folder: Path, host: str) -> int:
    port = listener.getsockname()[1]
    catcher_port = _free_port()
    for name in FOREIGN:
        if os.environ.pop(name, None) is not None:
            say(f"{name} is left aside: the demo keeps to its own folder")
    os.environ.update(
        TAWASUL_DEMO="1",
        TAWASUL_DATA=str(folder),
        TAWASUL_SMTP_HOST="127.0.0.1",
        TAWASUL_SMTP_PORT=str(catcher_port),
        TAWASUL_SMTP_SECURITY="none",
        TAWASUL_MAIL_TOKENS="true",  # the letter box replies to the address as it stands
    )
    os.environ.setdefault("TAWASUL_BASE_URL", f"http://localhost:{port}")
    os.environ.setdefault("TAWASUL_LOG_LEVEL", "WARNING")
    if host not in {"127.0.0.1", "localhost", "::1"}:
        os.environ.setdefault("TAWASUL_HOSTS", f"localhost,127.0.0.1,[::1],{socket.gethostname()}")
    preparation.prepare()
    if not _seed():
        return 1
    wsgi = web.application()
    preparation.let_go()
    family = Family(grace=10)
    family.add("mail catcher", lambda: _catch(catcher_port))
    for number in (1, 2):
        family.add(f"web {number}", web.worker(listener, wsgi, threads=4))
    family.add("worker", worker.work)
    status = family.run(ready=lambda: _welcome(os.environ["TAWASUL_BASE_URL"], folder))
    print("The demo has stopped.", flush=True)
    return status


def _seed() -> bool:
    """Seed in a process of its own, so that nothing of it stays in the ones that serve."""
    preparation.let_go()
    process = multiprocessing.get_context("fork").Process(target=_seed_here, name="seed")
    process.start()
    process.join()
    return process.exitcode == 0


def _seed_here() -> None:
    from tawasul.config.demo import seed

    try:
        if not seed.is_seeded():
            say("seeding the example centre")
        seed.run()
    except seed.HoldsRealData:
        say("this data folder holds real data; the demo leaves it alone")
        sys.exit(1)


def _catch(port: int) -> None:
    """The SMTP server that keeps every mail for the catcher's page."""
    from tawasul.config.processes import stop_event
    from tawasul.mail import catcher

    catcher.run("127.0.0.1", port, stop_event())


def _welcome(base: str, folder: Path) -> None:
    from django.urls import NoReverseMatch, reverse
    from django.utils import translation

    from tawasul.config.demo import seed

    rows = []
    with translation.override("ar"):
        for words, name in [
            ("Portal, Arabic", "portal:home"),
            ("Desk of the staff", "desk:queue"),
            ("Administration", "admin:index"),
            ("Caught mail", "portal:caught_mails"),
        ]:
            with contextlib.suppress(NoReverseMatch):
                rows.append((words, base + reverse(name)))
    rows.insert(1, ("Portal, English", f"{base}/en/"))
    staff: dict[str, list[str]] = {}
    for username, _name, _position, role in seed.STAFF:
        staff.setdefault(role.name.capitalize(), []).append(username)
    people = [
        ("Customers", ", ".join(username for username, *_ in seed.CUSTOMERS)),
        *((words, ", ".join(names)) for words, names in staff.items()),
        ("Password of all", seed.PASSWORD),
    ]
    print("\nTawasul's demo is running. Nothing leaves this machine.\n")
    for words, value in [*rows, ("", ""), *people, ("", ""), ("Data", str(folder)), ("Stop", "Ctrl-C")]:
        print(f"  {words:<18}{value}".rstrip())
    print(flush=True)
