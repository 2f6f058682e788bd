"""Makes ``.venv`` and installs the locked packages. Run by the launcher with the system's Python, so it uses
the standard library only and imports nothing of ours."""

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
LOCKS = {
    "runtime": ["requirements.txt"],
    "dev": ["requirements.txt", "requirements-dev.txt"],
}


class SetupFailed(Exception):
    """The message is for the person at the terminal."""


def say(text: str) -> None:
    """One line on standard error: standard output belongs to the subcommand."""
    print(f"tawasul: {text}", file=sys.stderr, flush=True)


def _environment() -> dict[str, str]:
    """uv as we need it: the system's certificates, the Python that is here, a cache only where one can be kept."""
    env = dict(os.environ)
    env.pop("PYTHONPATH", None)  # a foreign path must not satisfy a requirement
    env.pop("VIRTUAL_ENV", None)
    env.update(UV_SYSTEM_CERTS="true", UV_NATIVE_TLS="true", UV_PYTHON_DOWNLOADS="never", UV_NO_PROGRESS="1")
    env.setdefault("UV_HTTP_TIMEOUT", "60")
    home = Path(env.get("HOME") or "/nonexistent")
    if not os.access(home, os.W_OK):
        env["UV_NO_CACHE"] = "1"
    return env


def _quietly(command: Sequence[str | Path]) -> str:
    """Run a command; "" when it worked, else the end of what it said."""
    try:
        done = subprocess.run(
            command,
            env=_environment(),
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
    except OSError as error:
        return str(error)
    if done.returncode == 0:
        return ""
    return (done.stdout + done.stderr).strip()[-2000:] or f"exit status {done.returncode}"


def uv() -> str | None:
    """A uv that runs: the environment's own or one on PATH (which may be the shim of nothing)."""
    for candidate in (str(VENV / "bin" / "uv"), shutil.which("uv")):
        if candidate and Path(candidate).exists() and not _quietly([candidate, "--version"]):
            return candidate
    return None


def make_venv() -> None:
    """A fresh ``.venv`` unless a working one stands there. Raises SetupFailed."""
    if PYTHON.exists() and not _quietly([PYTHON, "-c", "import sys; sys.exit(sys.version_info < (3, 11))"]):
        return
    if VENV.exists() and not (VENV / "pyvenv.cfg").exists() and any(VENV.iterdir()):
        raise SetupFailed(f"{VENV} is in the way: it is no Python environment")
    say(f"making .venv with Python {sys.version.split()[0]}")
    found = uv()
    if found and not _quietly([found, "venv", "--quiet", "--clear", "--python", sys.executable, VENV]):
        return
    problem = _quietly([sys.executable, "-m", "venv", "--clear", VENV])
    if problem:
        raise SetupFailed(
            f"could not make .venv: {problem}\nOn Debian and Ubuntu: apt-get install python3-venv (or have uv on PATH)"
        )


def install(locks: list[str], *, target: Path | None = None) -> None:
    """Install from hash-checked locks into ``.venv`` or a folder. Raises SetupFailed.

    uv takes a tenth of pip's time; it does not read pip's configuration (a mirror, say), so pip is asked
    whenever uv cannot be had or cannot reach its index.
    """
    files = [part for lock in locks for part in ("-r", lock)]
    into: list[str | Path] = ["--target", target] if target else []
    has_pip = not _quietly([PYTHON, "-m", "pip", "--version"])
    found = uv()
    if not found and has_pip:
        pip_uv = ["-m", "pip", "install", "--quiet", "--require-hashes", "--only-binary=:all:"]
        _quietly([PYTHON, *pip_uv, "-r", "requirements-uv.txt"])
        found = uv()
    problem = "no uv, and no pip in .venv"
    if found:
        compiled = [] if target else ["--compile-bytecode"]
        command = [
            found,
            "pip",
            "install",
            "--quiet",
            "--python",
            PYTHON,
            "--require-hashes",
            *compiled,
            *files,
            *into,
        ]
        problem = _quietly([*command])
        if not problem:
            return
    if not has_pip:
        has_pip = not _quietly([PYTHON, "-m", "ensurepip"])
    if has_pip:
        problem = _quietly([PYTHON, "-m", "pip", "install", "--quiet", "--require-hashes", *files, *into])
    if problem:
        raise SetupFailed(f"could not install {' and '.join(locks)}:\n{problem}")


def add_ourselves() -> None:
    """The package itself, by a path relative to site-packages: nothing is built, and the folder may be moved."""
    where = subprocess.run(
        [PYTHON, "-I", "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
        capture_output=True, text=True, check=True,
    ).stdout.strip()  # fmt: skip
    site = Path(where)
    (site / "tawasul-source.pth").write_text(os.path.relpath(ROOT / "src", site.resolve()) + "\n")


def main(stage: str, wanted: str) -> int:
    """Set up one stage, alone: a second start waits here and then finds the work done."""
    stamp = VENV / f".tawasul-{stage}"
    folder = os.open(ROOT, os.O_RDONLY)
    try:
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("another start is setting up; waiting for it")
            fcntl.flock(folder, fcntl.LOCK_EX)
        if PYTHON.exists() and stamp.exists() and stamp.read_text().rstrip("\n") == wanted:
            return 0
        make_venv()
        say("installing the locked packages" + (" and the developers' tools" if stage == "dev" else ""))
        install(LOCKS[stage])
        add_ourselves()
        for done in ("runtime", stage):
            with tempfile.NamedTemporaryFile("w", dir=VENV, delete=False) as fresh:
                fresh.write(wanted + "\n")
            Path(fresh.name).replace(VENV / f".tawasul-{done}")
    except SetupFailed as problem:
        say(str(problem))
        return 1
    finally:
        os.close(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
