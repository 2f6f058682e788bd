"""Other processes on the test's own database: for what only real processes show, such as being killed."""

import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

from django.conf import settings
from django.db import connection

_SETUP = "import django; django.setup()\n"


def database_url() -> str:
    """The address of the database that this test runs on."""
    found = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{found['NAME']}"
    host, port = str(found["HOST"]), str(found["PORT"])
    login = quote(found["USER"]) + (f":{quote(found['PASSWORD'])}" if found["PASSWORD"] else "")
    address = f"{host}:{port}" if port and not host.startswith("/") else host
    if host.startswith("/"):
        return f"postgresql://{login}@/{found['NAME']}?host={quote(host, safe='')}&port={port}"
    return f"postgresql://{login}@{address}/{found['NAME']}"


def start(program: str, **environment: str) -> "subprocess.Popen[str]":
    """Run a piece of Python beside the test, with Django set up. The test ends the process itself."""
    root = Path(__file__).resolve().parent.parent
    return subprocess.Popen(
        [sys.executable, "-c", _SETUP + program],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        cwd=root,
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "tawasul.config.settings",
            "PYTHONPATH": f"{root / 'src'}{os.pathsep}{root}",
            "TAWASUL_DATA": str(settings.DATA_DIR),
            "TAWASUL_MAIL_FROM": settings.MAIL_FROM,
            "TAWASUL_LOG_LEVEL": "ERROR",
            "DATABASE_URL": database_url(),
            **environment,
        },
    )
