"""Which IMAP mailboxes are fetched from, as the environment names them.

TAWASUL_MAILBOXES=support,complaints, and for each, here for ``support``:

TAWASUL_MAILBOX_SUPPORT_URL       imaps://user@host:993/INBOX, imap+starttls:// or, on this machine alone, imap://
TAWASUL_MAILBOX_SUPPORT_PASSWORD  or, for OAuth2:
TAWASUL_MAILBOX_SUPPORT_OAUTH_TOKEN_URL, TAWASUL_MAILBOX_SUPPORT_OAUTH_CLIENT_ID,
TAWASUL_MAILBOX_SUPPORT_OAUTH_CLIENT_SECRET, TAWASUL_MAILBOX_SUPPORT_OAUTH_SCOPE,
TAWASUL_MAILBOX_SUPPORT_OAUTH_REFRESH_TOKEN
                                  with a refresh token the grant of that name (Google), without one the client's own
                                  credentials (Microsoft 365)
TAWASUL_MAILBOX_SUPPORT_DONE      folder for what was stored
TAWASUL_MAILBOX_SUPPORT_TROUBLE   folder for what cannot be stored
"""

import re
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import unquote, urlsplit

from tawasul.core import env

DONE, TROUBLE = "Tawasul/Done", "Tawasul/Trouble"
PORTS: Final = {"imaps": 993, "imap+starttls": 143, "imap": 143}
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}")  # Mailbox.name has 60 characters


@dataclass(frozen=True, slots=True)
class OAuth:
    """Where an access token is had, and with what. An empty ``refresh_token``: by the client's own credentials."""

    token_url: str
    client_id: str
    client_secret: str = field(repr=False)
    refresh_token: str = field(repr=False)
    scope: str


@dataclass(frozen=True, slots=True)
class Configured:
    """A mailbox to fetch from. Secrets are not in its ``repr``."""

    name: str
    security: str  # a scheme of PORTS
    host: str
    port: int
    user: str
    folder: str = "INBOX"
    password: str = field(default="", repr=False)
    oauth: OAuth | None = None
    done: str = DONE
    trouble: str = TROUBLE

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must stand in no log and no error."""
        of_oauth = (self.oauth.client_secret, self.oauth.refresh_token) if self.oauth else ()
        return tuple(filter(None, (self.password, *of_oauth)))


def from_environment() -> tuple[Configured, ...]:
    """Every mailbox of TAWASUL_MAILBOXES. Raises env.BadSetting, which names the variable."""
    names = env.words("TAWASUL_MAILBOXES")
    prefixes = [_prefix(name) for name in names]
    for name in names:
        if not _NAME.fullmatch(name):
            raise env.BadSetting(
                f"TAWASUL_MAILBOXES: {name!r} is no name of small letters, digits, - and _ (60 at most)"
            )
        if prefixes.count(_prefix(name)) > 1:
            raise env.BadSetting(f"TAWASUL_MAILBOXES: {name!r} is there twice")
    return tuple(_one(name, prefix) for name, prefix in zip(names, prefixes, strict=True))


def _prefix(name: str) -> str:
    return f"TAWASUL_MAILBOX_{name.upper().replace('-', '_')}"


def _one(name: str, prefix: str) -> Configured:
    from tawasul.core import outgoing  # here, for every command reads the settings and few have mailboxes

    variable = f"{prefix}_URL"
    try:
        url = urlsplit(env.text(variable))
        port = url.port
    except ValueError as problem:
        raise env.BadSetting(f"{variable}: {problem}") from None
    if url.scheme not in PORTS:
        raise env.BadSetting(f"{variable} must begin with imaps:// or imap+starttls://")
    if not url.hostname or not url.username:
        raise env.BadSetting(f"{variable} must name a user and a host: imaps://user@host/INBOX")
    if url.password is not None:
        raise env.BadSetting(f"{variable} must not hold the password, which belongs into {prefix}_PASSWORD")
    if url.scheme == "imap" and not outgoing.is_loopback(url.hostname):
        raise env.BadSetting(f"{variable}: imap:// sends the password in the clear; use imap+starttls://")
    password, oauth = env.text(f"{prefix}_PASSWORD"), _oauth(prefix)
    if bool(password) == bool(oauth):
        raise env.BadSetting(f"{prefix}_PASSWORD or {prefix}_OAUTH_TOKEN_URL must be given, and not both")
    folder = unquote(url.path.removeprefix("/")) or "INBOX"
    done = env.text(f"{prefix}_DONE", DONE)
    trouble = env.text(f"{prefix}_TROUBLE", TROUBLE)
    for ending, other in (("DONE", done), ("TROUBLE", trouble)):
        # A mail moved to where it is fetched from would be fetched for ever.
        if other.casefold() == folder.casefold():
            raise env.BadSetting(f"{prefix}_{ending} is the folder that mail is fetched from")
    return Configured(
        name=name,
        security=url.scheme,
        host=url.hostname,
        port=port or PORTS[url.scheme],
        user=unquote(url.username),
        folder=folder,
        password=password,
        oauth=oauth,
        done=done,
        trouble=trouble,
    )


def _oauth(prefix: str) -> OAuth | None:
    url = env.text(f"{prefix}_OAUTH_TOKEN_URL")
    if not url:
        return None
    from tawasul.core import outgoing

    if not outgoing.is_safe(url):
        raise env.BadSetting(f"{prefix}_OAUTH_TOKEN_URL must begin with https://")
    client = env.text(f"{prefix}_OAUTH_CLIENT_ID")
    if not client:
        raise env.BadSetting(f"{prefix}_OAUTH_CLIENT_ID is missing")
    secret, refresh = env.text(f"{prefix}_OAUTH_CLIENT_SECRET"), env.text(f"{prefix}_OAUTH_REFRESH_TOKEN")
    if not secret and not refresh:
        raise env.BadSetting(f"{prefix}_OAUTH_CLIENT_SECRET or {prefix}_OAUTH_REFRESH_TOKEN is missing")
    return OAuth(url, client, secret, refresh, env.text(f"{prefix}_OAUTH_SCOPE"))
