"""``tawasul check``: everything that can be known without running the tests; one line a step."""

import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tawasul.config import assets, catalogues
from tawasul.config.bootstrap import ROOT, say

PACKAGE = ROOT / "src" / "tawasul"
BIN = Path(sys.executable).parent
NAMES_THAT_SAY_NOTHING = {"utils.py", "helpers.py", "services.py", "misc.py", "common.py"}
# As it would stand behind TLS: `check --deploy` must have nothing to say about it.
DEPLOYED = {
    "TAWASUL_BASE_URL": "https://tickets.example",
    "TAWASUL_HOSTS": "tickets.example",
    "TAWASUL_BEHIND_PROXY": "1",
    "TAWASUL_SECRET_KEY": "only-for-this-check-0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFGH",
}


def run(arguments: list[str]) -> int:
    """1 when a step found something. Arguments pick steps by the beginning of their names."""
    chosen = [step for step in STEPS if not arguments or any(step[0].startswith(word) for word in arguments)]
    if not chosen:
        say("there is no such step; they are: " + ", ".join(name for name, _ in STEPS))
        return 2
    line = assets.prepare()
    if line:
        say(line)
    catalogues.compile_all()
    failed: list[str] = []
    for name, step in chosen:
        started = time.monotonic()
        found = step().strip()
        print(f"{'FAIL' if found else 'ok':<5}{name:<24}{time.monotonic() - started:6.1f} s", flush=True)
        if found:
            failed.append(name)
            print("     " + found.replace("\n", "\n     "), flush=True)
    print(
        f"{len(chosen) - len(failed)} of {len(chosen)} passed"
        + (f"; look at {', '.join(failed)}" if failed else "")
    )
    return 1 if failed else 0


def _tool(*command: str, extra: dict[str, str] | None = None) -> str:
    """ "" when the tool is content, else all that it said."""
    program = [str(BIN / command[0])] if (BIN / command[0]).exists() else [sys.executable, "-m", command[0]]
    with tempfile.TemporaryDirectory(prefix="tawasul-check-") as folder:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("TAWASUL_")}
        environment.pop("DATABASE_URL", None)
        environment.update(TAWASUL_DATA=folder, PYTHONPATH=str(ROOT / "src"), NO_COLOR="1", **(extra or {}))
        done = subprocess.run(
            [*program, *command[1:]],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode == 0:
        return ""
    return (done.stdout + done.stderr).strip() or f"exit status {done.returncode}"


def _format() -> str:
    return _tool("ruff", "format", "--check", "src", "tests")


def _lint() -> str:
    return _tool("ruff", "check", "--quiet", "--output-format", "concise", "src", "tests")


def _types() -> str:
    return _tool("mypy", "--no-error-summary", "--no-color-output")


def _templates() -> str:
    """djlint's rules, and every template compiles with the names that pages have."""
    folders = [
        str(path.relative_to(ROOT))
        for path in sorted(PACKAGE.glob("*/templates"))
        if any(path.rglob("*.html"))
    ]
    found = _tool("djlint", *folders, "--lint", "--quiet") if folders else ""
    return "\n".join(filter(None, [found, _tool("tawasul.config.templates")]))


def _contracts() -> str:
    said = _tool("lint-imports", "--no-cache")
    return said.partition("Broken contracts")[2].strip("-\n ") or said


def _migrations() -> str:
    return _tool("tawasul", "django", "makemigrations", "--check", "--dry-run")


def _translations() -> str:
    return "\n".join(catalogues.problems())


def _deployment() -> str:
    return _tool("tawasul", "django", "check", "--deploy", "--fail-level", "WARNING", extra=DEPLOYED)


def _dependencies() -> str:
    return _tool("deptry", "--no-ansi", ".")


def _locks() -> str:
    """The locks hold what pyproject.toml asks for, with hashes and without an address: their tests say so."""
    alone = (
        "-p",
        "no:django",
        "--noconftest",
        "--override-ini",
        "addopts=",
        "--override-ini",
        "filterwarnings=",
    )
    return _tool("pytest", "-q", *alone, "tests/config/test_locks.py")


def _names() -> str:
    """File names that say nothing, files that grew too long, and words that do not belong here."""
    found = []
    for path in sorted([*PACKAGE.rglob("*.py"), *(ROOT / "tests").rglob("*.py")]):
        place = path.relative_to(ROOT)
        # In the administration "services" is a noun of the field: what a ticket may be about.
        if path.name in NAMES_THAT_SAY_NOTHING and path.parent.name != "admin":
            found.append(f"{place}: name it after what it holds")
        lines = len(path.read_bytes().splitlines())
        if lines > 450 and "migrations" not in path.parts:
            found.append(f"{place}: {lines} lines; split it by noun")
    for path in sorted(PACKAGE.glob("*/templates/**/*.html")):
        text = path.read_text(encoding="utf-8")
        if "/mail/" not in path.as_posix() and re.search(r"\s(?:style|on[a-z]+)\s*=\s*[\"']", text):
            found.append(
                f"{path.relative_to(ROOT)}: an inline style or handler, which the policy of the pages forbids"
            )
    return "\n".join(found)


def _shell() -> str:
    """The launcher is plain sh."""
    scripts = ["tawasul"]
    found = [_tool("shellcheck", *scripts)] if (BIN / "shellcheck").exists() else []
    for script in scripts:
        done = subprocess.run(["sh", "-n", script], cwd=ROOT, capture_output=True, text=True, check=False)
        found.append(done.stderr)
    return "\n".join(filter(None, found))


STEPS: list[tuple[str, Callable[[], str]]] = [
    ("format", _format),
    ("lint", _lint),
    ("types", _types),
    ("templates", _templates),
    ("import contract", _contracts),
    ("missing migrations", _migrations),
    ("translations", _translations),
    ("deployment", _deployment),
    ("dependencies", _dependencies),
    ("lock files", _locks),
    ("names", _names),
    ("shell", _shell),
]
