"""A throw-away PostgreSQL server from the binaries of this machine, for tests and measurements."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

USER = "tawasul"


class PostgresFailed(Exception):
    """The server could not be made or started; the message holds its last words."""


def binaries() -> Path | None:
    """The folder with initdb and pg_ctl: the newest of Debian's, else the one on PATH; None where there is none."""

    def version(folder: Path) -> float:
        try:
            return float(folder.parent.name)
        except ValueError:
            return 0

    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=version, reverse=True)
    on_path = shutil.which("initdb")
    for folder in [*found, *([Path(on_path).resolve().parent] if on_path else [])]:
        if (folder / "initdb").exists() and (folder / "pg_ctl").exists():
            return folder
    return None


def _as_someone() -> list[str]:
    """PostgreSQL refuses root: then another user's name goes before the command. Raises PostgresFailed."""
    if os.geteuid() != 0:
        return []
    for name in ("postgres", "nobody"):
        try:
            pwd.getpwnam(name)
        except KeyError:
            continue
        if shutil.which("runuser"):
            return ["runuser", "-u", name, "--"]
        if shutil.which("setpriv"):
            return ["setpriv", f"--reuid={name}", f"--regid={pwd.getpwnam(name).pw_gid}", "--clear-groups"]
    raise PostgresFailed("PostgreSQL does not run as root, and there is no other user to run it as")


@contextmanager
def server(*, durable: bool = False) -> Iterator[str]:
    """A running server; its DATABASE_URL, over a Unix socket. Stopped and removed at the end, however that comes.

    ``durable`` keeps fsync on, for measurements that count commits. Raises PostgresFailed.
    """
    folder = binaries()
    if folder is None:
        raise PostgresFailed("PostgreSQL is not installed")
    prefix = _as_someone()
    # A short path: a Unix socket's name has room for 107 bytes.
    place = Path(tempfile.mkdtemp(prefix="tawasul-pg-", dir="/tmp"))
    data = place / "data"
    try:
        if prefix:
            shutil.chown(place, prefix[2] if prefix[0] == "runuser" else prefix[1].partition("=")[2])
        fast = (
            []
            if durable
            else ["-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off"]
        )
        settings = [*fast, "-c", "listen_addresses=", "-c", f"unix_socket_directories={place}"]
        settings += ["-c", "max_connections=200", "-c", "shared_buffers=128MB"]
        make = [
            str(folder / "initdb"),
            "-D",
            str(data),
            "-U",
            USER,
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--no-locale",
            "-N",
        ]
        _do([*prefix, *make])
        control = [str(folder / "pg_ctl"), "-D", str(data), "-w", "-t", "60"]
        _do(
            [*prefix, *control, "-l", str(place / "log"), "-o", " ".join(settings), "start"],
            log=place / "log",
        )
        try:
            yield f"postgresql:///postgres?host={quote(str(place), safe='')}&user={USER}"
        finally:
            _do([*prefix, *control, "-m", "immediate", "stop"])
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _do(command: Sequence[str], *, log: Path | None = None) -> None:
    """The server outlives pg_ctl, so its output goes to a file: a pipe would never end."""
    with tempfile.TemporaryFile() as output:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd="/",
            check=False,
            env=_environment(),
        )
        if done.returncode == 0:
            return
        output.seek(0)
        words = output.read().decode(errors="replace").strip()
    if log is not None and log.exists():
        words += "\n" + log.read_text(errors="replace")[-1000:]
    raise PostgresFailed(words or f"{command[-1]}: exit status {done.returncode}")


def _environment() -> dict[str, str]:
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "LANG": "C"}
