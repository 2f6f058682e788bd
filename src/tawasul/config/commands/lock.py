"""``tawasul lock``: write the lock files anew from pyproject.toml and package.json. Needs uv and npm."""

import os
import shutil
import subprocess
import sys

from tawasul.config.bootstrap import ROOT, uv

# Each lock, and what of pyproject.toml it locks. Developers' tools follow the runtime's versions.
PYTHON_LOCKS = {
    "requirements.txt": ["pyproject.toml"],
    "requirements-dev.txt": ["--group", "dev", "--constraints", "requirements.txt"],
    "requirements-uv.txt": ["--group", "installer"],
    "requirements-node.txt": ["--group", "node"],
}
# Universal: one file for every platform and Python. Hashes, and no address: the index is the installer's choice.
UV_OPTIONS = ["--universal", "--python-version", "3.11", "--generate-hashes", "--no-header", "--quiet"]


def run(arguments: list[str]) -> int:
    """With ``--upgrade`` every version moves to the newest allowed one; else only what must."""
    tool = uv()
    if not tool or not shutil.which("npm"):
        print("tawasul lock needs uv and npm on PATH", file=sys.stderr)
        return 1
    environment = {**os.environ, "UV_SYSTEM_CERTS": "true", "UV_PYTHON_DOWNLOADS": "never"}
    for lock, what in PYTHON_LOCKS.items():
        command = [tool, "pip", "compile", *UV_OPTIONS, *what, "--output-file", lock, *arguments]
        subprocess.run(command, cwd=ROOT, env=environment, check=True)
    (ROOT / "package-lock.json").unlink(missing_ok=True) if "--upgrade" in arguments else None
    subprocess.run(["npm", "install", "--package-lock-only", "--ignore-scripts"], cwd=ROOT, check=True)
    return 0
