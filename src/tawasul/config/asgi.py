"""What uvicorn serves: Django over WSGI on a few threads, with slow clients kept off those threads.

A request's body is read here, on the event loop, before a thread is taken, and a large answer is sent piece by
piece with a thread only while a piece is read. So a phone on a bad line holds no thread, and a body beyond the
limit is refused before Django hears of it. An answer that goes on for hours, such as the news that an open page
is told, is begun by Django on a thread and goes on here.
"""

import asyncio
import contextvars
import sys
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from io import BytesIO
from typing import Any, BinaryIO, cast

from a2wsgi.wsgi import build_environ

from tawasul.live.handover import HANDOVER, Taken

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]

IN_MEMORY = 512 * 1024  # bytes of a body before it goes to a temporary file
AT_ONCE = 256 * 1024  # bytes of an answer that are collected before anything is sent
SILENCE = 60  # seconds without a byte of the body before the client is given up
MACHINES = {"/healthz", "/readyz"}


class TooLarge(Exception):
    """The body is longer than the limit."""


class ClientGone(Exception):
    """Nobody is there any more to be answered."""


class Front:
    """The ASGI application around a WSGI one.

    ``most_bytes`` bounds a request's body; ``threads`` is how many requests Django works on at once in this
    process; ``host`` is the name under which machines' health questions are passed on, because a probe asks by
    an IP address that is none of the portal's host names.
    """

    def __init__(self, wsgi: Callable[..., Any], *, most_bytes: int, threads: int, host: str) -> None:
        self.wsgi = wsgi
        self.most_bytes = most_bytes
        self.host = host.encode("ascii")
        self.threads = ThreadPoolExecutor(threads, thread_name_prefix="web")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1000})
            return
        if scope["type"] != "http":
            raise NotImplementedError(scope["type"])
        try:
            body, length = await self._body(scope, receive)
        except TooLarge:
            await _refuse(send, 413, TOO_LARGE)
            return
        except TimeoutError:
            await _refuse(send, 408, TOO_SLOW)
            return
        except ClientGone:
            return
        try:
            await self._answer(self._environ(scope, body, length), receive, send)
        finally:
            body.close()

    async def _body(self, scope: Scope, receive: Receive) -> tuple[BinaryIO, int]:
        """The whole body, rewound, and its length. Raises TooLarge, TimeoutError or ClientGone."""
        declared = next((value for name, value in scope["headers"] if name == b"content-length"), b"")
        expected = int(declared) if declared.isdigit() else 0
        if expected > self.most_bytes:
            await self._drain(receive, expected)
            raise TooLarge
        body: Any = tempfile.SpooledTemporaryFile(IN_MEMORY) if expected > IN_MEMORY else BytesIO()  # noqa: SIM115
        length, more = 0, True
        while more:
            async with asyncio.timeout(SILENCE):
                message = await receive()
            if message["type"] == "http.disconnect":
                raise ClientGone
            piece = message.get("body", b"")
            more = message.get("more_body", False)
            length += len(piece)
            if length > self.most_bytes:
                body.close()
                await self._drain(receive, length)
                raise TooLarge
            if length > IN_MEMORY and isinstance(body, BytesIO):  # a body that did not say its length
                on_disk = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115
                on_disk.write(body.getvalue())
                body = on_disk
            body.write(piece)
        body.seek(0)
        return cast(BinaryIO, body), length

    async def _drain(self, receive: Receive, expected: int) -> None:
        """Read and drop a body that is somewhat too long: a browser shows our answer only after it sent all."""
        if expected > 4 * self.most_bytes:
            return
        dropped, more = 0, True
        try:
            async with asyncio.timeout(SILENCE):
                while more and dropped <= 4 * self.most_bytes:
                    message = await receive()
                    dropped += len(message.get("body", b""))
                    more = message.get("more_body", False)
        except TimeoutError:
            return

    def _environ(self, scope: Scope, body: BinaryIO, length: int) -> dict[str, Any]:
        """The WSGI environment. A header with an underscore is dropped: it could pose as one with a hyphen."""
        headers = [(name, value) for name, value in scope["headers"] if b"_" not in name]
        if scope["path"] in MACHINES:
            headers = [(name, self.host if name == b"host" else value) for name, value in headers]
        environ = cast(
            dict[str, Any], build_environ(cast(Any, {**scope, "headers": headers}), cast(Any, body))
        )
        environ["CONTENT_LENGTH"] = str(length)
        environ["wsgi.errors"] = sys.stderr
        environ["wsgi.input_terminated"] = True
        environ[HANDOVER] = None
        del environ["asgi.scope"]
        return environ

    async def _answer(self, environ: dict[str, Any], receive: Receive, send: Send) -> None:
        run = asyncio.get_running_loop().run_in_executor
        context = contextvars.copy_context()
        status, headers, content, rest = await run(self.threads, context.run, _call, self.wsgi, environ)
        taken: Taken | None = environ[HANDOVER]
        if taken is not None and status == 200:
            headers = [(name, value) for name, value in headers if name != b"content-length"]
            await send({"type": "http.response.start", "status": status, "headers": headers})
            await taken(receive, send)
            return
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": content, "more_body": rest is not None})
        if rest is None:
            return
        try:
            while content := await run(self.threads, context.run, _read, rest.pieces):
                await send({"type": "http.response.body", "body": content, "more_body": True})
        finally:
            await run(self.threads, context.run, _close, rest.answer)
        await send({"type": "http.response.body", "body": b""})


@dataclass
class _Rest:
    """What of an answer is still to be read."""

    answer: Any
    pieces: Iterator[bytes]


def _close(answer: Any) -> None:
    close = getattr(answer, "close", None)
    if close is not None:
        close()


def _read(pieces: Iterator[bytes], most: int = AT_ONCE) -> bytes:
    """Up to about ``most`` bytes; b"" at the end."""
    read: list[bytes] = []
    size = 0
    for piece in pieces:
        read.append(piece)
        size += len(piece)
        if size >= most:
            break
    return b"".join(read)


def _call(wsgi: Callable[..., Any], environ: dict[str, Any]) -> tuple[int, Headers, bytes, _Rest | None]:
    """On a thread: run the application; status, headers, the first piece, and the rest where there is one."""
    started: list[tuple[int, Headers]] = []

    def start_response(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> None:
        pairs = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
        started.append((int(status[:3]), pairs))

    answer = wsgi(environ, start_response)
    try:
        rest = _Rest(answer, iter(answer))
        content = _read(rest.pieces)
    except BaseException:
        _close(answer)
        raise
    if len(content) < AT_ONCE:
        _close(answer)
        return (*started[-1], content, None)
    return (*started[-1], content, rest)


def _page(title_ar: str, text_ar: str, title_en: str, text_en: str) -> bytes:
    """A small page in both languages; the request was never read, so its language is unknown."""
    return (
        '<!doctype html><html lang="ar" dir="rtl"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">'
        f"<title>{title_ar}</title><main><h1>{title_ar}</h1><p>{text_ar}</p>"
        f'<div lang="en" dir="ltr"><h2>{title_en}</h2><p>{text_en}</p></div></main></html>'
    ).encode()


TOO_LARGE = _page(
    "مجموع الملفات أكبر من المسموح",
    "ارجع إلى الصفحة السابقة وأرفق ملفات أقل أو أصغر. ما كتبته باقٍ فيها.",
    "The files are too large together",
    "Go back to the previous page and attach fewer or smaller files. What you typed is still there.",
)
TOO_SLOW = _page(
    "انقطع الإرسال",
    "لم يصل ما أُرسل كاملًا. ارجع إلى الصفحة السابقة وحاول من جديد.",
    "Sending broke off",
    "What was sent did not arrive whole. Go back to the previous page and try again.",
)


async def _refuse(send: Send, status: int, page: bytes) -> None:
    headers = [
        (b"content-type", b"text/html; charset=utf-8"),
        (b"content-length", str(len(page)).encode()),
        (b"cache-control", b"no-store"),
        (b"content-security-policy", b"default-src 'none'"),
        (b"x-content-type-options", b"nosniff"),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": page})
