"""``tawasul test``: the whole suite, browser journeys included, on SQLite and, where it is there, on PostgreSQL.

The second run leaves out what cannot differ between databases. DATABASE_URL given by hand runs everything on that one.
"""

import os
import shutil
import signal
import subprocess
import sys

from tawasul.config import assets, catalogues, postgres
from tawasul.config.bootstrap import ROOT, say

# The shell is the same browser without its windows, and the quickest.
BROWSERS = (
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome-stable",
    "google-chrome",
)

# pytest's statuses: some tests failed; there were none
FAILED, NO_TESTS = 1, 5


def run(arguments: list[str]) -> int:
    """pytest's exit status: of SQLite's run if that fails, else of PostgreSQL's. The arguments are pytest's.

    Both runs are made even where the first one fails, so that everything that is wrong is named at once.
    """
    if not browser():
        say(
            "the browser journeys need chromium: install it (Debian: apt-get install chromium) and start again"
        )
        return 1
    # Ended from outside, the throw-away server is still taken down.
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    line = assets.prepare()
    if line:
        say(line)
    catalogues.compile_all()
    command = [sys.executable, "-m", "pytest", *_processes(arguments), *arguments]
    # Hundreds of processes are started; each would compile everything anew where nothing may be kept.
    everything = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment = {
        name: value
        for name, value in everything.items()
        if name not in {"DATABASE_URL", "DJANGO_SETTINGS_MODULE"}
    }
    given = os.environ.get("DATABASE_URL", "")
    if given:
        say("on the database of DATABASE_URL")
        return subprocess.run(command, cwd=ROOT, env=everything, check=False).returncode
    say("on SQLite")
    status = subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode
    at_the_first = bool({"-x", "--exitfirst"}.intersection(arguments))
    if status not in {0, FAILED} or (status and at_the_first) or not postgres.binaries():
        return status
    try:
        with postgres.server() as url:
            say("on PostgreSQL")
            other = subprocess.run(
                [*command, "--another-database"],
                cwd=ROOT,
                env={**environment, "DATABASE_URL": url},
                check=False,
            ).returncode
            return status or (0 if other == NO_TESTS else other)
    except postgres.PostgresFailed as problem:
        say(f"PostgreSQL is installed, but does not start: {problem}")
        return 1


def _processes(arguments: list[str]) -> list[str]:
    """Two test processes more than there are processors, as many a test waits; unless the arguments say how many."""
    if any(
        word.startswith(("-n", "--numprocesses", "--pdb", "--collect-only", "--co")) for word in arguments
    ):
        return []
    return ["-n", str(min(8, (os.cpu_count() or 2) + 2))]


def browser() -> bool:
    """Whether there is a browser; Debian's is installed where that is allowed."""
    if os.environ.get("TAWASUL_CHROMIUM") or any(map(shutil.which, BROWSERS)):
        return True
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    say("installing chromium")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update"], ["install", "-y", "--no-install-recommends", "chromium", "fonts-noto-core"]):
        done = subprocess.run(
            ["apt-get", "-q", *command],
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
        )
        if done.returncode:
            sys.stderr.write(done.stderr.decode(errors="replace")[-500:])
    return any(map(shutil.which, BROWSERS))
