"""Settings of the floor: our server, database and people, and of Django only what a new project has."""

from pathlib import Path

from tawasul.config.databases import POSTGRESQL_OPTIONS
from tawasul.config.settings import *  # noqa: F403 - the real settings, less what follows
from tawasul.config.settings import DATA_DIR, DATABASES

INSTALLED_APPS = [
    "tawasul.accounts",
    "tawasul.core",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    # not the floor's, but its server imports their models
    "tawasul.attachments",
    "tawasul.tickets",
    "tawasul.live",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
STATIC_ROOT = DATA_DIR / "floor-static"
ROOT_URLCONF = "tawasul.config.bench.floor"
SESSION_ENGINE = "django.contrib.sessions.backends.db"
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "NAME": "jinja2",
        "DIRS": [Path(__file__).resolve().parent / "templates"],
    },
]
if DATABASES["default"]["ENGINE"] == "tawasul.core.sqlite":
    DATABASES["default"]["ENGINE"] = "django.db.backends.sqlite3"
else:
    given = DATABASES["default"]["OPTIONS"].items()
    DATABASES["default"] |= {
        "ENGINE": "django.db.backends.postgresql",
        "OPTIONS": {name: value for name, value in given if name not in POSTGRESQL_OPTIONS},
    }
