"""The settings under test: the real ones, in a throw-away data folder, without what only costs time."""

import os
import shutil
import tempfile
from pathlib import Path

# One folder a test process, gone when it ends; the environment must be set before the settings are read.
_folder = Path(tempfile.mkdtemp(prefix="tawasul-test-"))
(_folder / "static").mkdir()  # WhiteNoise warns where it is missing
os.environ["TAWASUL_DATA"] = str(_folder)
for _name in [
    name for name in os.environ if name.startswith("TAWASUL_") and not name.startswith("TAWASUL_TEST_")
]:
    if _name not in {"TAWASUL_DATA", "TAWASUL_CORPUS", "TAWASUL_CHROMIUM"}:
        del os.environ[_name]  # the desk's own settings are not the suite's
# Playwright runs an event loop in the test's thread, which Django would take for an async view.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

from tawasul.config.settings import *  # noqa: E402, F403
from tawasul.config.settings import DATABASES, STORAGES  # noqa: E402

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
if DATABASES["default"]["ENGINE"].endswith("sqlite"):
    # A file, so that several threads and processes meet on it as they do in service; not synced to the disk.
    DATABASES["default"]["TEST"] = {"NAME": str(_folder / "test.sqlite3")}
    DATABASES["default"]["OPTIONS"] = {
        **DATABASES["default"]["OPTIONS"],
        "init_command": DATABASES["default"]["OPTIONS"]["init_command"].replace(
            "synchronous=FULL", "synchronous=OFF"
        ),
    }


def forget_folder() -> None:
    """Remove the data folder of this process; called when the session ends."""
    shutil.rmtree(_folder, ignore_errors=True)
