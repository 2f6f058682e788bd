"""Access tokens: asked carefully, kept until shortly before they run out, never said aloud."""

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.parse import parse_qs

import pytest

from tawasul.core import outgoing
from tawasul.mail.doors import oauth
from tawasul.mail.doors.mailboxes import OAuth

pytestmark = pytest.mark.network


class Provider:
    """Answers each request for a token with the next of ``answers``: (status, body), or the last one again."""

    def __init__(self) -> None:
        self.answers: list[tuple[int, Any]] = [(200, {"access_token": "token-1", "expires_in": 3600})]
        self.asked: list[dict[str, str]] = []
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers["Content-Length"])
                fields = parse_qs(self.rfile.read(length).decode())
                provider.asked.append({name: values[0] for name, values in fields.items()})
                status, body = provider.answers.pop(0) if len(provider.answers) > 1 else provider.answers[0]
                content = body if isinstance(body, bytes) else json.dumps(body).encode()
                self.send_response(status)
                if status == 302:
                    self.send_header("Location", provider.url)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, format: str, *arguments: object) -> None:
                """Nothing."""

        self._server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/token"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture
def provider() -> Iterator[Provider]:
    found = Provider()
    yield found
    found.close()


def tokens(provider: Provider, **changed: str) -> oauth.Tokens:
    values = {"client_id": "client", "client_secret": "secret-1", "refresh_token": "", "scope": "mail"}
    return oauth.Tokens(OAuth(provider.url, **{**values, **changed}))


def test_the_client_signs_in_by_itself(provider: Provider) -> None:
    assert tokens(provider).token() == "token-1"
    (asked,) = provider.asked
    assert asked == {
        "grant_type": "client_credentials",
        "client_id": "client",
        "client_secret": "secret-1",
        "scope": "mail",
    }


def test_a_refresh_token_is_used_where_there_is_one_and_replaced_where_a_new_one_comes(
    provider: Provider,
) -> None:
    provider.answers = [(200, {"access_token": "token-1", "expires_in": 1, "refresh_token": "refresh-2"})]
    source = tokens(provider, refresh_token="refresh-1")
    source.token()
    source.token()
    assert [asked["refresh_token"] for asked in provider.asked] == ["refresh-1", "refresh-2"]
    assert {asked["grant_type"] for asked in provider.asked} == {"refresh_token"}
    assert set(source.secrets) == {"token-1", "refresh-2"}


def test_a_token_is_kept_until_shortly_before_its_end(
    provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 1000.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    source = tokens(provider)
    for later, asked in ((0, 1), (3600 - oauth.EARLY - 1, 1), (3600 - oauth.EARLY, 2)):
        now = 1000.0 + later
        source.token()
        assert len(provider.asked) == asked
    source.forget()
    source.token()
    assert len(provider.asked) == 3, "one that the mail server did not take is asked for anew"


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (400, {"error": "invalid_grant", "error_description": "secret-1"}, "HTTP 400 invalid_grant"),
        (401, b"secret-1", "HTTP 401"),
        (500, [], "HTTP 500"),
        (302, {"access_token": "token-1"}, "HTTP 302"),
        (200, b"<html>", "no JSON"),
        (200, b"[" * 200_000, "no JSON"),
        (200, ["token"], "no access_token"),
        (200, {"access_token": 7}, "no access_token"),
        (200, b" " * (outgoing.MOST_BYTES + 1), "HTTP 200"),
    ],
)
def test_an_answer_without_a_token_is_said_without_secrets(
    provider: Provider, status: int, body: Any, said: str
) -> None:
    provider.answers = [(status, body)]
    with pytest.raises(oauth.NoToken, match=said) as refused:
        tokens(provider).token()
    assert "secret-1" not in str(refused.value)
    assert len(provider.asked) == 1, "no redirect is followed"


def test_secrets_go_nowhere_in_the_clear() -> None:
    for address in (
        "http://login.example/",
        "ftp://login.example/",
        "https://",
        "//login.example",
        "https://[x",
    ):
        assert not outgoing.is_safe(address)
        with pytest.raises(ValueError, match="https"):
            outgoing.post_form(address, {})
    assert outgoing.is_safe("https://login.example/token")
