"""Access tokens for a mailbox: asked of the provider, kept in this process until shortly before they run out.

RFC 6749 §4.4 (the client's own credentials: Microsoft 365) and §6 (a refresh token: Google).
"""

import json
import time
from dataclasses import replace

from tawasul.core import outgoing
from tawasul.mail.doors.mailboxes import OAuth

EARLY = 120.0  # seconds before its end that a token is no longer used
_USUAL_LIFE = 3600.0  # seconds, where the provider does not say


class NoToken(Exception):
    """The provider gave none; the message says why, without secrets."""


class Tokens:
    """The access token of one mailbox."""

    def __init__(self, oauth: OAuth) -> None:
        self._oauth = oauth
        self._token = ""
        self._good_until = 0.0  # time.monotonic()

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must stand in no log: the token of the moment, and a refresh token that replaced the first."""
        return tuple(filter(None, (self._token, self._oauth.refresh_token)))

    def token(self) -> str:
        """A token that is good for some minutes. Raises NoToken, or OSError where the provider cannot be reached."""
        if time.monotonic() >= self._good_until:
            self._ask()
        return self._token

    def forget(self) -> None:
        """The mail server did not take it: ask for another the next time."""
        self._good_until = 0.0

    def _ask(self) -> None:
        asked_at = time.monotonic()
        try:
            answer = json.loads(outgoing.post_form(self._oauth.token_url, self._fields()))
        except outgoing.Refused as refused:
            raise NoToken(_reason(refused)) from None
        except (ValueError, RecursionError):
            raise NoToken("the answer is no JSON") from None
        token = answer.get("access_token") if isinstance(answer, dict) else None
        if not isinstance(token, str) or not token:
            raise NoToken("the answer holds no access_token")
        try:
            life = float(answer.get("expires_in") or _USUAL_LIFE)
        except (TypeError, ValueError):
            life = _USUAL_LIFE
        self._token, self._good_until = token, asked_at + max(0.0, life - EARLY)
        renewed = answer.get("refresh_token")
        if self._oauth.refresh_token and isinstance(renewed, str) and renewed:
            self._oauth = replace(self._oauth, refresh_token=renewed)

    def _fields(self) -> dict[str, str]:
        fields = {"client_id": self._oauth.client_id, "grant_type": "client_credentials"}
        if self._oauth.refresh_token:
            fields.update(grant_type="refresh_token", refresh_token=self._oauth.refresh_token)
        if self._oauth.client_secret:
            fields["client_secret"] = self._oauth.client_secret
        if self._oauth.scope:
            fields["scope"] = self._oauth.scope
        return fields


def _reason(refused: outgoing.Refused) -> str:
    """The provider's code of error (RFC 6749 §5.2); its description may repeat what was sent."""
    try:
        code = json.loads(refused.body).get("error")
    except (ValueError, RecursionError, AttributeError):
        code = None
    return f"HTTP {refused.status} {code[:60]}" if isinstance(code, str) else f"HTTP {refused.status}"
