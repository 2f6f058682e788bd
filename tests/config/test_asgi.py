"""The front: what reaches Django, and what is answered before it."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tawasul.config.asgi import Front

Message = dict[str, Any]


def serve(
    app: Callable[..., Any],
    *pieces: bytes,
    most_bytes: int = 1000,
    path: str = "/",
    headers: list[tuple[bytes, bytes]] | None = None,
    gone: bool = False,
) -> list[Message]:
    """What is sent for one request whose body comes in these pieces."""
    front = Front(app, most_bytes=most_bytes, threads=2, host="tickets.example")
    messages: list[Message] = [
        {"type": "http.request", "body": piece, "more_body": number < len(pieces)}
        for number, piece in enumerate(pieces, 1)
    ] or [{"type": "http.request", "body": b""}]
    if gone:
        messages = [{**messages[0], "more_body": True}, {"type": "http.disconnect"}]
    sent: list[Message] = []

    async def receive() -> Message:
        return messages.pop(0)

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": path,
        "query_string": b"",
        "http_version": "1.1",
        "headers": headers or [],
        "client": ("192.0.2.7", 1234),
        "server": ("127.0.0.1", 80),
    }
    asyncio.run(front(scope, receive, send))
    front.threads.shutdown()
    return sent


def body_of(sent: list[Message]) -> bytes:
    return b"".join(message.get("body", b"") for message in sent[1:])


def echo(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
    body = environ["wsgi.input"].read()
    start_response("200 OK", [("Content-Type", "text/plain"), ("X-Length", environ["CONTENT_LENGTH"])])
    return [body]


def never(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
    raise AssertionError("Django was asked")


def test_a_body_arrives_whole_with_its_length_even_if_the_client_named_none() -> None:
    sent = serve(echo, b"one ", b"two ", b"three")
    assert sent[0]["status"] == 200
    assert (b"x-length", b"13") in sent[0]["headers"]
    assert body_of(sent) == b"one two three"


def test_a_large_body_goes_by_the_disk_and_arrives_byte_for_byte() -> None:
    pieces = [bytes([number]) * 200_000 for number in range(9)]
    assert body_of(serve(echo, *pieces, most_bytes=10**7)) == b"".join(pieces)
    declared = [(b"content-length", b"1800000")]
    assert body_of(serve(echo, *pieces, most_bytes=10**7, headers=declared)) == b"".join(pieces)


@pytest.mark.parametrize(
    ("declared", "pieces"),
    [(b"1001", (b"x" * 1001,)), (b"1000000", ()), (b"", (b"x" * 600, b"x" * 600, b"x" * 600))],
    ids=["a little over", "far over", "unnamed length"],
)
def test_a_body_over_the_limit_gets_a_413_in_both_languages_and_never_reaches_django(
    declared: bytes, pieces: tuple[bytes, ...]
) -> None:
    sent = serve(never, *pieces, headers=[(b"content-length", declared)] if declared else [])
    assert sent[0]["status"] == 413
    page = body_of(sent).decode()
    assert "مجموع الملفات أكبر من المسموح" in page
    assert "The files are too large together" in page


def test_a_body_of_exactly_the_limit_passes() -> None:
    assert body_of(serve(echo, b"x" * 1000)) == b"x" * 1000


def test_a_client_that_goes_away_while_sending_is_not_answered() -> None:
    assert serve(never, b"half", gone=True) == []


def test_a_long_answer_is_sent_in_pieces_and_closed_once() -> None:
    closed: list[str] = []

    class Answer:
        def __iter__(self) -> Iterator[bytes]:
            for number in range(20):
                yield bytes([number]) * 65_536

        def close(self) -> None:
            closed.append(threading.current_thread().name)

    def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Answer:
        start_response("200 OK", [])
        return Answer()

    sent = serve(app)
    assert len(sent) > 4
    assert [message.get("more_body", False) for message in sent[1:]][-2:] == [True, False]
    assert body_of(sent) == b"".join(bytes([number]) * 65_536 for number in range(20))
    assert len(closed) == 1


def test_an_answer_that_fails_is_closed_too() -> None:
    closed: list[bool] = []

    class Answer:
        def __iter__(self) -> Iterator[bytes]:
            raise OSError("the disk is gone")

        def close(self) -> None:
            closed.append(True)

    def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Answer:
        start_response("200 OK", [])
        return Answer()

    with pytest.raises(OSError, match="the disk is gone"):
        serve(app)
    assert closed == [True]


def seen_by_django(name: str, **request: Any) -> str:
    def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        start_response("200 OK", [])
        return [str(environ.get(name)).encode()]

    return body_of(serve(app, **request)).decode()


def test_a_header_with_an_underscore_cannot_pose_as_one_with_a_hyphen() -> None:
    forged = [(b"x_forwarded_for", b"10.0.0.1")]
    assert seen_by_django("HTTP_X_FORWARDED_FOR", headers=forged) == "None"
    assert seen_by_django("REMOTE_ADDR") == "192.0.2.7"


def test_a_probe_that_asks_by_an_ip_address_is_answered_under_the_portals_name_and_nothing_else_is() -> None:
    host = [(b"host", b"10.1.2.3:8000")]
    assert seen_by_django("HTTP_HOST", headers=host, path="/readyz") == "tickets.example"
    assert seen_by_django("HTTP_HOST", headers=host, path="/ar/") == "10.1.2.3:8000"


def test_arabic_addresses_reach_django_as_wsgi_wants_them() -> None:
    path = "/ar/سجل/"
    assert (
        seen_by_django("PATH_INFO", path=path).encode("utf-8").decode("utf-8").encode("latin-1").decode()
        == path
    )
