"""``tawasul lmtp``: mail from the mail server next door (RFC 2033), stored before it is acknowledged.

aiosmtpd carries the conversation. What it leaves to do: a reply for each recipient, lines of any length (a mail
server that broke them up would break signatures), no refusal for a fault of ours (451, and the mail comes again),
addresses in whatever form the mail server took them, limits, and an orderly end.
"""

import asyncio
import collections
import contextlib
import errno
import logging
import os
import socket
import stat
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from threading import Barrier, BrokenBarrierError, Event
from typing import Any, Final

from aiosmtpd.lmtp import LMTP
from django.conf import settings
from django.db import connection

from tawasul.mail.doors import store

log = logging.getLogger(__name__)

WRITERS = 4  # threads that store; each has a database connection
CONNECTIONS = 30  # at once; one more is told to come again
RECIPIENTS = 100  # of one mail; RFC 5321 §4.5.3.1.8
IDLE = 300.0  # seconds without a word; RFC 5321 §4.5.3.2.7
GRACE = 25.0  # seconds for mails under way when told to stop
_COMMAND_LENGTH = 2048  # octets
_CHUNK = 2**16
_END: Final = b"\r\n.\r\n"

STORED = "250 2.0.0 stored"
TOO_LARGE = "552 5.3.4 this mail is larger than any may be"
NOT_NOW = "451 4.3.0 it cannot be stored now, come again"
FAREWELL = "421 4.3.2 shutting down, come again"


class _Conversation(LMTP):
    """One connection. ``transacting`` is true from DATA until its replies are out."""

    command_size_limit = _COMMAND_LENGTH
    command_size_limits: dict[str, int] = collections.defaultdict(lambda: _COMMAND_LENGTH)
    line_length_limit = _CHUNK  # of asyncio's buffer; DATA is not read by lines here

    def __init__(self, server: "Server", loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(
            server,
            data_size_limit=settings.MAIL_MAX_BYTES,
            enable_SMTPUTF8=True,
            hostname="tawasul",  # else a name server is asked for each connection
            ident="LMTP",
            timeout=IDLE,
            loop=loop,
        )
        self._server = server
        self.transacting = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if not self._server.admit(self):
            assert isinstance(transport, asyncio.WriteTransport)
            transport.write(b"421 4.3.2 too many connections, come again\r\n")
            transport.close()
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        self._server.depart(self)
        super().connection_lost(error)

    def say_farewell(self) -> None:
        """Between two mails: tell the other side and hang up."""
        if isinstance(self.transport, asyncio.WriteTransport):
            self.transport.write(FAREWELL.encode() + b"\r\n")
            self.transport.close()

    def break_off(self) -> None:
        """Hang up without waiting for the other side to listen."""
        if isinstance(self.transport, asyncio.WriteTransport):
            self.transport.abort()

    def _getaddr(self, arg: str) -> tuple[str | None, str | None]:
        """The address as written, and the parameters after it. The mail server took it; it is not ours to judge."""
        arg = arg.strip()
        if not arg.startswith("<"):
            address, _, rest = arg.partition(" ")
            return address, rest
        end = _closing(arg)
        if end < 0:
            return None, None
        # As aiosmtpd has it: the null return path keeps its brackets, so that it is not "nothing".
        return arg[1:end].strip() or "<>", arg[end + 1 :]

    async def handle_exception(self, error: Exception) -> str:
        log.error("a conversation failed: %s", error, exc_info=error)
        return NOT_NOW

    async def smtp_DATA(self, arg: str | None) -> None:  # noqa: N802 - aiosmtpd's name
        if await self.check_helo_needed("LHLO"):
            return
        envelope = self.envelope
        assert envelope is not None
        if not envelope.rcpt_tos:
            await self.push("503 5.5.1 there is no recipient")
            return
        if arg:
            await self.push("501 5.5.4 DATA takes no argument")
            return
        self.transacting = True
        try:
            await self.push("354 go on, and end with a dot on a line of its own")
            raw = await self._read_mail()
            reply = TOO_LARGE
            if raw is not None:
                assert self._timeout_handle is not None
                self._timeout_handle.cancel()  # what takes time now is ours
                sender = envelope.mail_from or ""
                reply = await self._server.store(raw, sender, list(envelope.rcpt_tos))
            # RFC 2033 §4.2: as many replies as recipients were taken.
            await self.push("\r\n".join([reply] * len(envelope.rcpt_tos)))
        finally:
            self.transacting = False
        self.envelope = self._create_envelope()
        self._reset_timeout()
        if self._server.stopping:
            self.say_farewell()

    async def _read_mail(self) -> bytes | None:
        """The mail without its dots; None for one that is too large, which is read to its end all the same.

        Read in pieces, not in lines. A dot alone counts as the end only between two CRLF, so that nobody smuggles in
        a second mail.
        """
        most: int = settings.MAIL_MAX_BYTES
        content = bytearray(b"\r\n")  # the end of DATA's own line: the mail may be a dot alone
        dropped = False
        while True:
            looked_at = max(0, len(content) - len(_END) + 1)
            content += await self._piece()
            end = content.find(_END, looked_at)
            if end >= 0:
                # What was sent after it belongs to the next command.
                self._give_back(bytes(content[end + len(_END) :]))
                del content[end + 2 :]
                break
            if dropped or len(content) > 2 * most + _CHUNK:  # dots may be doubled
                dropped = True
                del content[: -len(_END)]
        if dropped:
            return None
        mail = content.replace(b"\r\n.", b"\r\n")
        del content, mail[:2]
        return bytes(mail) if len(mail) <= most else None

    async def _piece(self) -> bytes:
        piece: bytes = await self._reader.read(_CHUNK)
        if not piece:
            raise ConnectionResetError("the mail broke off")
        self._reset_timeout()
        return piece

    def _give_back(self, rest: bytes) -> None:
        if rest:
            self._reader._buffer[:0] = rest  # type: ignore[attr-defined]  # nothing public puts octets back


def _closing(arg: str) -> int:
    """Where the bracket closes that opens the text; one inside a quoted mailbox does not count."""
    quoted = escaped = False
    for place, char in enumerate(arg):
        if escaped:
            escaped = False
        elif char == "\\":
            escaped = True
        elif char == '"':
            quoted = not quoted
        elif char == ">" and not quoted:
            return place
    return -1


@dataclass(frozen=True, slots=True)
class Place:
    """Where to listen: a path, or a host and a port (0: any free one)."""

    host: str = "127.0.0.1"
    port: int = 8024
    path: Path | None = None
    mode: int = 0o660  # of the path


class Server:
    """Takes mail until told to stop. Made and run in one thread; ``port`` is known once it listens."""

    def __init__(self) -> None:
        self.stopping = False
        self.port = 0
        self._open: set[_Conversation] = set()
        self._writers = ThreadPoolExecutor(WRITERS, thread_name_prefix="lmtp-store")

    def admit(self, conversation: _Conversation) -> bool:
        """Whether there is room for one more."""
        if len(self._open) >= CONNECTIONS:
            log.warning("more than %d connections: one is sent away", CONNECTIONS)
            return False
        self._open.add(conversation)
        return True

    def depart(self, conversation: _Conversation) -> None:
        self._open.discard(conversation)

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        if len(envelope.rcpt_tos) >= RECIPIENTS:
            return "452 4.5.3 too many recipients for one mail"
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 2.1.5 ok"

    async def store(self, raw: bytes, sender: str, recipients: list[str]) -> str:
        """The reply that this mail gets; 250 only after the commit."""
        loop = asyncio.get_running_loop()
        # Shielded: a connection that ends now must not tear the thread's work out of its order.
        return await asyncio.shield(loop.run_in_executor(self._writers, _keep, raw, sender, recipients))

    async def serve(self, place: Place, stop: Event, *, ready: Event | None = None) -> None:
        """Listen until ``stop`` is set, then let the mails under way be stored. Raises OSError where it cannot
        listen."""
        loop = asyncio.get_running_loop()
        listener = await self._listen(place, loop)
        async with listener:
            if ready is not None:
                ready.set()
            while not stop.is_set():
                await asyncio.sleep(0.1)
            self.stopping = True
            listener.close()
            for conversation in [one for one in self._open if not one.transacting]:
                conversation.say_farewell()
            deadline = loop.time() + GRACE
            while self._open and loop.time() < deadline:
                await asyncio.sleep(0.05)
            for conversation in list(self._open):
                conversation.break_off()  # too slow: its mail was not acknowledged and comes again
            await asyncio.sleep(0)
        together = Barrier(WRITERS)
        for _ in range(WRITERS):
            self._writers.submit(_let_go, together)
        self._writers.shutdown(wait=True)
        if place.path is not None:
            place.path.unlink(missing_ok=True)

    async def _listen(self, place: Place, loop: asyncio.AbstractEventLoop) -> asyncio.Server:
        def converse() -> _Conversation:
            return _Conversation(self, loop)

        if place.path is None:
            listener = await loop.create_server(converse, place.host, place.port)
            self.port = listener.sockets[0].getsockname()[1]
            return listener
        _make_room(place.path)
        before = os.umask(0o777 & ~place.mode)
        try:
            return await loop.create_unix_server(converse, place.path)
        finally:
            os.umask(before)


def _keep(raw: bytes, sender: str, recipients: list[str]) -> str:
    connection.close_if_unusable_or_obsolete()  # hours may lie between two mails
    try:
        store.keep(raw, door="lmtp", envelope_from=sender, envelope_to=recipients)
    except store.TooLarge:
        return TOO_LARGE
    except Exception as problem:  # noqa: BLE001 - whatever it is, the mail comes again
        log.warning(
            "a mail could not be stored: %s: %s", type(problem).__name__, str(problem).partition("\n")[0]
        )
        connection.close()  # it may be the connection that is broken; the next query opens another
        return NOT_NOW
    return STORED


def _let_go(together: Barrier) -> None:
    """Close this writer's connection; each waits for the others, so that each of them gets here."""
    with contextlib.suppress(BrokenBarrierError):
        together.wait(5)
    connection.close()


def _make_room(path: Path) -> None:
    """Remove the socket of a server that is gone. Raises OSError where one lives, or where the path is no socket."""
    try:
        kind = path.lstat().st_mode
    except FileNotFoundError:
        return
    if not stat.S_ISSOCK(kind):
        raise OSError(errno.EEXIST, "there is something that is no socket")
    with contextlib.closing(socket.socket(socket.AF_UNIX)) as probe:
        try:
            probe.connect(str(path))
        except OSError:
            path.unlink(missing_ok=True)
            return
    raise OSError(errno.EADDRINUSE, "another server listens there")


def run(place: Place, stop: Event, *, ready: Event | None = None) -> None:
    """Take mail until ``stop`` is set. Raises OSError where it cannot listen."""
    logging.getLogger("mail.log").setLevel(logging.ERROR)  # else each command of each mail is a line
    asyncio.run(Server().serve(place, stop, ready=ready))
