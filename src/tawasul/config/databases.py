"""Where rows, cache and files live: embedded by default, elsewhere by configuration."""

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from tawasul.core import env

SQLITE = "tawasul.core.sqlite"

# WAL lets readers go on beside one writer; FULL makes a commit survive a power cut; IMMEDIATE takes the
# write lock at BEGIN, where waiting is possible, instead of failing at the first write.
SQLITE_OPTIONS: dict[str, Any] = {
    "timeout": 20,
    "transaction_mode": "IMMEDIATE",
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; "
    "PRAGMA cache_size=-65536; PRAGMA mmap_size=268435456; PRAGMA temp_store=MEMORY;",
}

# Values go beside the statement, not into its text, and a statement that comes again is planned once a connection.
POSTGRESQL_OPTIONS: dict[str, Any] = {"server_side_binding": True, "prepare_threshold": 2}


def from_environment(data_dir: Path) -> dict[str, Any]:
    """Django's database settings from DATABASE_URL (``postgresql://user:password@host:port/name?option=…``
    or ``sqlite:///path``); SQLite in the data folder where it is unset. Raises BadSetting for other schemes."""
    url = urlsplit(env.text("DATABASE_URL"))
    if url.scheme in {"", "sqlite"}:
        path = unquote(url.path)[1:] if url.scheme else str(data_dir / "tawasul.sqlite3")
        return {
            "ENGINE": SQLITE,
            "NAME": path,
            "OPTIONS": SQLITE_OPTIONS,
            "CONN_MAX_AGE": None,
        }
    if url.scheme not in {"postgres", "postgresql"}:
        raise env.BadSetting(f"DATABASE_URL must begin with postgresql:// or sqlite:///, not {url.scheme}://")
    options: dict[str, Any] = {**POSTGRESQL_OPTIONS, **dict(parse_qsl(url.query))}
    threshold = str(options["prepare_threshold"])
    options["prepare_threshold"] = int(threshold) if threshold.isdigit() else None
    host = options.pop("host", "") or unquote(url.hostname or "")
    return {
        "ENGINE": "tawasul.core.postgresql",
        "NAME": unquote(url.path[1:]),
        "USER": unquote(url.username or ""),
        "PASSWORD": unquote(url.password or ""),
        "HOST": host,
        "PORT": str(url.port or options.pop("port", "")),
        "OPTIONS": options,
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
    }


def cache_from_environment() -> dict[str, Any]:
    """Redis or Valkey by TAWASUL_REDIS_URL; else the database, which every process shares: rate limits need that."""
    url = env.text("TAWASUL_REDIS_URL")
    if url:
        return {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": url,
            "KEY_PREFIX": "tawasul",
        }
    return {
        "BACKEND": "tawasul.core.cache.Cache",
        "LOCATION": "core_cache",
        # Of Django's 300 entries a stranger could push out the limits he ran into.
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    }


def storages_from_environment(data_dir: Path) -> dict[str, Any]:
    """Attachments on disk below the data folder, or in an S3 bucket by TAWASUL_S3_BUCKET."""
    files: dict[str, Any] = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(data_dir / "files"), "base_url": None, "file_permissions_mode": 0o600},
    }
    bucket = env.text("TAWASUL_S3_BUCKET")
    if bucket:
        files = {
            "BACKEND": "storages.backends.s3.S3Storage",
            "OPTIONS": {
                "bucket_name": bucket,
                "endpoint_url": env.text("TAWASUL_S3_ENDPOINT") or None,
                "region_name": env.text("TAWASUL_S3_REGION") or None,
                "access_key": env.text("TAWASUL_S3_ACCESS_KEY") or None,
                "secret_key": env.text("TAWASUL_S3_SECRET_KEY") or None,
                "default_acl": None,
                "querystring_auth": True,
                "file_overwrite": False,
            },
        }
    return {
        "default": files,
        "attachments": files,
        "staticfiles": {"BACKEND": "tawasul.config.staticfiles.Storage"},
    }
