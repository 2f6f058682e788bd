"""The secret key: from the environment, else made once and kept in the data folder, readable by its owner only."""

import os
import secrets
from pathlib import Path

from tawasul.core import env


def secret_key(data_dir: Path) -> str:
    """The key that signs sessions and links. Created atomically, so that two first starts agree."""
    given = env.text("TAWASUL_SECRET_KEY")
    if given:
        return given
    path = data_dir / "secret.key"
    if not path.exists():
        data_dir.mkdir(parents=True, exist_ok=True)
        fresh = data_dir / f".secret.key.{os.getpid()}"
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as handle:
            handle.write(secrets.token_urlsafe(64))
        try:
            os.link(fresh, path)
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return path.read_text().strip()
