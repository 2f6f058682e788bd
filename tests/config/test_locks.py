"""The lock files: hashes for everything, an address for nothing."""

import json
import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOCKS = sorted([*ROOT.glob("requirements*.txt"), ROOT / "package-lock.json"])
# A scheme, a host name with a well-known ending, an option that names an index, a bare IP address.
ADDRESS = re.compile(
    r"://|\b(?:[a-z0-9-]+\.)+(?:org|com|net|io|dev|sa|cn)\b|--(?:index|extra-index|find-links|trusted)|\b\d{1,3}(?:\.\d{1,3}){3}\b"
)
# Package names may look like hosts.
NOT_ADDRESSES = {"htmx.org"}


def test_there_are_locks_for_python_and_for_the_front_end() -> None:
    assert {path.name for path in LOCKS} >= {"requirements.txt", "requirements-dev.txt", "package-lock.json"}


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_no_download_address_stands_in_a_lock_file(lock: Path) -> None:
    found = [
        match[0]
        for line in lock.read_text().splitlines()
        for match in ADDRESS.finditer(line)
        if match[0] not in NOT_ADDRESSES and not re.match(r"\S+==", line)
    ]
    assert found == []


@pytest.mark.parametrize(
    "lock", [path for path in LOCKS if path.suffix == ".txt"], ids=lambda path: path.name
)
def test_every_locked_package_has_an_exact_version_and_a_hash(lock: Path) -> None:
    entries = re.split(r"\n(?=[a-zA-Z0-9])", re.sub(r"(?m)^\s*#.*\n?", "", lock.read_text()).strip())
    assert entries
    for entry in entries:
        assert re.match(r"[a-zA-Z0-9._-]+(\[[a-z0-9,-]+\])?==[^\s;]+", entry), entry[:80]
        assert "--hash=sha256:" in entry, entry[:80]


def test_every_front_end_package_is_pinned_by_its_integrity_and_has_no_place() -> None:
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    for name, package in packages.items():
        assert "resolved" not in package, name
        assert not name or package["integrity"].startswith("sha512-"), name


def test_the_locks_hold_everything_that_pyproject_asks_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    normal = lambda text: re.match(r"[a-zA-Z0-9._-]+", text)[0].lower().replace("_", "-").replace(".", "-")  # type: ignore[index] # noqa: E731
    for lock, wanted in {
        "requirements.txt": project["project"]["dependencies"],
        "requirements-dev.txt": project["dependency-groups"]["dev"],
    }.items():
        text = (ROOT / lock).read_text().lower()
        missing = [
            name for name in map(normal, wanted) if not re.search(rf"(?m)^{re.escape(name)}[\[=]", text)
        ]
        assert missing == [], f"run ./tawasul lock: {lock}"


def test_django_stays_on_its_long_term_release() -> None:
    assert re.search(r"(?m)^django==5\.2\.", (ROOT / "requirements.txt").read_text())
    assert "django>=5.2,<6" in (ROOT / "pyproject.toml").read_text()
