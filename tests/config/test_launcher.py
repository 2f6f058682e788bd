"""The launcher: plain sh that needs Python alone, and goes straight on at a second start."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# Puts a program where the environment's Python would stand; it says with what it was called.
FAKE_BOOTSTRAP = """
import sys
from pathlib import Path
root = Path(__file__).resolve().parents[3]
print("set up", sys.argv[1])
(root / ".venv/bin").mkdir(parents=True, exist_ok=True)
python = root / ".venv/bin/python"
python.write_text('#!/bin/sh\\n[ "$1" = -c ] && exit 1\\necho "ran $*"\\n')
python.chmod(0o755)
(root / f".venv/.tawasul-{sys.argv[1]}").write_text(sys.argv[2] + "\\n")
"""


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The launcher in a folder of its own, whose set-up is pretended. The folder's name has spaces and Arabic."""
    root = tmp_path / "some folder تواصل"
    (root / "src/tawasul/config").mkdir(parents=True)
    shutil.copy(ROOT / "tawasul", root / "tawasul")
    for name in ("requirements.txt", "requirements-dev.txt"):
        (root / name).write_text("a==1\n")
    (root / "src/tawasul/config/bootstrap.py").write_text(FAKE_BOOTSTRAP)
    return root


def start(launcher: Path | str, *words: str, cwd: Path | None = None, path: str | None = None) -> list[str]:
    environment = {"PATH": path or f"{Path(sys.executable).parent}:/usr/bin:/bin", "HOME": "/nonexistent"}
    done = subprocess.run(
        [str(launcher), *words],
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return (done.stdout + done.stderr).splitlines()


@pytest.mark.parametrize("shell", ["sh", "dash"])
def test_the_launcher_is_plain_sh(shell: str) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"no {shell} here")
    assert subprocess.run([shell, "-n", ROOT / "tawasul"], check=False).returncode == 0


def test_a_first_start_sets_up_and_goes_on_and_a_second_only_goes_on(copy: Path) -> None:
    assert start(copy / "tawasul", "demo", "--fresh") == ["set up runtime", "ran -m tawasul demo --fresh"]
    assert start(copy / "tawasul", "demo", "--fresh") == ["ran -m tawasul demo --fresh"]


def test_developers_tools_are_only_set_up_for_the_commands_that_need_them(copy: Path) -> None:
    assert start(copy / "tawasul", "serve")[0] == "set up runtime"
    assert start(copy / "tawasul", "test", "-q") == ["set up dev", "ran -m tawasul test -q"]
    assert start(copy / "tawasul", "check") == ["ran -m tawasul check"]


@pytest.mark.parametrize("changed", ["requirements.txt", "src/tawasul/config/bootstrap.py"])
def test_a_changed_lock_is_installed_at_the_next_start(copy: Path, changed: str) -> None:
    start(copy / "tawasul", "serve")
    with (copy / changed).open("a") as handle:
        handle.write("# changed\n")
    assert start(copy / "tawasul", "serve")[0] == "set up runtime"


def test_it_can_be_called_from_anywhere_and_through_a_link(copy: Path, tmp_path: Path) -> None:
    start(copy / "tawasul", "version")
    bin_folder = tmp_path / "bin"
    bin_folder.mkdir()
    (bin_folder / "tawasul").symlink_to(os.path.relpath(copy / "tawasul", bin_folder))
    assert start(bin_folder / "tawasul", "version", cwd=tmp_path) == ["ran -m tawasul version"]
    assert start("../bin/tawasul", "files", "check", "a b.png", cwd=bin_folder) == [
        "ran -m tawasul files check a b.png"
    ]


def test_without_a_python_it_says_which_one_it_needs(copy: Path, tmp_path: Path) -> None:
    tools = tmp_path / "tools"
    tools.mkdir()
    for name in ("sh", "cat", "cksum", "dirname", "readlink"):
        (tools / name).symlink_to(shutil.which(name) or name)
    old = tools / "python3"  # too old, or a shim of nothing
    old.write_text("#!/bin/sh\nexit 1\n")
    old.chmod(0o755)
    said = start(copy / "tawasul", "demo", path=str(tools))
    assert said == ["tawasul needs Python 3.11 or later, and found none on PATH."]


def test_going_straight_on_takes_next_to_no_time(copy: Path) -> None:
    start(copy / "tawasul", "version")
    started = time.monotonic()
    start(copy / "tawasul", "version")
    assert time.monotonic() - started < 1  # of the three seconds that a second start may take


def test_the_command_itself_answers_without_loading_django() -> None:
    asked = "import sys; from tawasul.config.command import main; main(['--help']); print('django' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", asked], cwd=ROOT / "src", capture_output=True, text=True, check=True
    )
    assert "demo" in done.stdout
    assert done.stdout.splitlines()[-1] == "False"


def test_a_word_that_is_no_command_is_answered_with_the_list_of_those_that_are() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tawasul", "dmeo"],
        cwd=ROOT / "src",
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "'dmeo'" in done.stderr
    assert "close-silent" in done.stderr
