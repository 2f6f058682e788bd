"""Settings. Installation choices come from the environment (docs/configuration.md lists them all);
the centre's choices (services, calendars, texts, limits) live in the database with their history."""

from pathlib import Path

from tawasul.config import databases, secrets
from tawasul.config.sign_in import *  # noqa: F403 - accounts, passwords, two-step sign-in
from tawasul.core import domains, env, zones
from tawasul.mail.doors import mailboxes

PACKAGE = Path(__file__).resolve().parent.parent
DATA_DIR = env.folder("TAWASUL_DATA", Path.cwd() / "data")
DEMO = env.flag("TAWASUL_DEMO", False)
DEBUG = False
SECRET_KEY = secrets.secret_key(DATA_DIR)

# Host names: any number, internationalised ones in either form. Links in mail use BASE_URL, never a request.
BASE_URL = env.text("TAWASUL_BASE_URL", "http://localhost:8000").rstrip("/")
ALLOWED_HOSTS = [
    domains.to_ascii_host(host)
    for host in [*env.words("TAWASUL_HOSTS", "localhost,127.0.0.1,[::1]"), domains.host_of(BASE_URL)]
]
BEHIND_TLS = BASE_URL.startswith("https://")
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS] if BEHIND_TLS else []
SECURE_PROXY_SSL_HEADER = (
    ("HTTP_X_FORWARDED_PROTO", "https") if env.flag("TAWASUL_BEHIND_PROXY", False) else None
)
SECURE_SSL_REDIRECT = BEHIND_TLS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = 31536000 if BEHIND_TLS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = BEHIND_TLS
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = BEHIND_TLS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME, LANGUAGE_COOKIE_NAME = (
    "tawasul_session",
    "tawasul_csrf",
    "tawasul_language",
)
SESSION_COOKIE_AGE = 60 * 60 * 24 * 14
CSRF_FAILURE_VIEW = "tawasul.ui.views.errors.csrf_failure"

INSTALLED_APPS = [
    "tawasul.portal",
    "tawasul.desk",
    "tawasul.ui",
    "tawasul.reactions",
    "tawasul.bulk",
    "tawasul.mail",
    "tawasul.knowledge",
    "tawasul.replies",
    "tawasul.live",
    "tawasul.notices",
    "tawasul.tickets",
    "tawasul.search",
    "tawasul.service_levels",
    "tawasul.attachments",
    "tawasul.accounts",
    "tawasul.core",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "django_htmx",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
]
MIDDLEWARE = [
    "tawasul.ui.middleware.security_headers",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "tawasul.ui.middleware.unavailable",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "tawasul.accounts.middleware.session_seen",
    "tawasul.ui.middleware.personal_preferences",
]
ROOT_URLCONF = "tawasul.config.urls"
WSGI_APPLICATION = "tawasul.config.wsgi.application"

JINJA_DIRS = [PACKAGE / room / "templates" for room in ("ui", "portal", "desk", "mail")]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "NAME": "jinja2",
        "DIRS": JINJA_DIRS,
        "OPTIONS": {
            "environment": "tawasul.ui.jinja.environment",
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "tawasul.ui.context.form_token",
            ],
        },
    },
    {  # Django's admin only; everything of ours is Jinja2
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "NAME": "django",
        "DIRS": [PACKAGE / "desk" / "admin_templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

DATABASES = {"default": databases.from_environment(DATA_DIR)}
CACHES = {"default": databases.cache_from_environment()}
STORAGES = databases.storages_from_environment(DATA_DIR)

LANGUAGE_CODE = "ar"
LANGUAGES = [("ar", "العربية"), ("en", "English")]
USE_I18N = USE_TZ = True
TIME_ZONE = "Asia/Riyadh"
FORMAT_MODULE_PATH = ["tawasul.ui.formats"]
LOCALE_PATHS: list[Path] = []

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
WHITENOISE_USE_FINDERS = False
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"

STAFF_NEED_TWO_STEPS = env.flag("TAWASUL_STAFF_NEED_TWO_STEPS", not DEMO)

# Mail out: our own ledger over SMTP. Django's mail framework is not used for delivery.
MAIL_FROM = env.text("TAWASUL_MAIL_FROM", "support@localhost")
SMTP_HOST, SMTP_PORT = (
    env.text("TAWASUL_SMTP_HOST", "localhost"),
    env.number("TAWASUL_SMTP_PORT", 25, least=1),
)
SMTP_USER, SMTP_PASSWORD = env.text("TAWASUL_SMTP_USER"), env.text("TAWASUL_SMTP_PASSWORD")
SMTP_SECURITY = env.text("TAWASUL_SMTP_SECURITY", "none")  # none, starttls, tls
SMTP_TIMEOUT = env.number("TAWASUL_SMTP_TIMEOUT", 30, least=1)
DKIM_DOMAIN, DKIM_SELECTOR = env.text("TAWASUL_DKIM_DOMAIN"), env.text("TAWASUL_DKIM_SELECTOR")
DKIM_KEY_FILE = env.text("TAWASUL_DKIM_KEY_FILE")  # RSA, PEM; see mail/signing.py
# Mail in. A token in our reply addresses and return path needs a server that delivers support+anything@… to support@…
MAIL_TOKENS = env.flag("TAWASUL_MAIL_TOKENS", False)
MAIL_REPLIES = env.flag("TAWASUL_MAIL_REPLIES", False)  # a pipe or LMTP brings what is sent to MAIL_FROM
MAIL_AUTHSERV_ID = env.text(
    "TAWASUL_MAIL_AUTHSERV_ID"
)  # whose Authentication-Results are believed; none by default
MAIL_MAX_BYTES = env.number("TAWASUL_MAIL_MAX_BYTES", 50 * 2**20, least=2**16)  # of one mail that comes in
MAILBOXES = mailboxes.from_environment()  # IMAP mailboxes to fetch from
MAILBOX_ALARM_MINUTES = env.number("TAWASUL_MAILBOX_ALARM_MINUTES", 30, least=10)  # failing, or not seen
MAILBOX_SILENT_HOURS = env.number("TAWASUL_MAILBOX_SILENT_HOURS", 72)  # without a mail; 0: may be silent
MAIL_CATCHER_DIR = DATA_DIR / "caught-mail" if DEMO else None
SMS_GATEWAY_URL, SMS_GATEWAY_TOKEN = (
    env.text("TAWASUL_SMS_GATEWAY_URL"),
    env.text("TAWASUL_SMS_GATEWAY_TOKEN"),
)

# Files. How large and how many is the centre's choice (core.centre); these bound what a process may be asked
REQUEST_MAX_BYTES = env.number(
    "TAWASUL_REQUEST_MAX_BYTES", 104 * 2**20, least=2**20
)  # files and fields together
FILE_MAX_PIXELS = env.number("TAWASUL_FILE_MAX_PIXELS", 100_000_000, least=1)
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 2**20
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000  # the longest form of ours, a tree of 150 branches, has 800
DATA_UPLOAD_MAX_NUMBER_FILES = 100
FILE_UPLOAD_TEMP_DIR = None
CLAMD = env.text("TAWASUL_CLAMD")  # a virus scanner: its socket's path or host:port

ZONES = env.words("TAWASUL_ZONES", zones.DEFAULT)  # the registry's own zones, in Unicode

# Promises
ACCOUNT_REQUEST_DAYS = env.number("TAWASUL_ACCOUNT_REQUEST_DAYS", 7, least=1)

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "filters": {"hide_tokens": {"()": "tawasul.core.logs.HideTokens"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["hide_tokens"]}
    },
    "root": {"handlers": ["console"], "level": env.text("TAWASUL_LOG_LEVEL", "INFO")},
}
