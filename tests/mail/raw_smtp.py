"""A mail server of raw sockets: it keeps the very bytes of each command, and misbehaves as told.

A library's server would decode what it is given, and hide what really went over the wire.
"""

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

Answer = str | Callable[["Conversation"], str | None]


@dataclass
class Taken:
    """A mail that the server accepted: the envelope commands as bytes, and the content."""

    mail: bytes
    rcpt: bytes
    content: bytes


@dataclass
class Conversation:
    """One connection: every line the client sent, and the socket."""

    connection: socket.socket
    lines: list[bytes] = field(default_factory=list)


class RawSmtp:
    """Listens on a loopback port as a context manager. ``script`` maps a verb to answers used up one after the other;
    an answer may be a function, and None from it hangs up. Then come the ordinary answers. An entry for CONNECT greets,
    one for DOT answers the content, one for CONTENT (of any value) hangs up in the middle of it."""

    def __init__(self, *, extensions: Iterable[str] = ("8BITMIME", "SMTPUTF8"), port: int = 0) -> None:
        self.extensions = list(extensions)
        self.taken: list[Taken] = []
        self.conversations: list[Conversation] = []
        self.script: dict[str, list[Answer]] = {}
        self.delay = 0.0  # before each answer
        self.talking = 0  # connections that are open
        self._lock = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", port))
        self.port: int = self._listener.getsockname()[1]
        self._open: list[socket.socket] = []
        self._closing = False

    def __enter__(self) -> "RawSmtp":
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closing = True
        with contextlib.suppress(OSError):  # closing alone would leave the thread, and the port, in accept()
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connection in self._open:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            connection.close()

    @property
    def verbs(self) -> list[str]:
        """The verbs of all commands of all connections, in order."""
        return [
            line.split(b" ")[0].decode("ascii", "replace").upper()
            for conversation in self.conversations
            for line in conversation.lines
        ]

    def ids(self) -> list[bytes]:
        """The Message-IDs of what was taken, in order."""
        found = []
        for taken in self.taken:
            head = taken.content.partition(b"\r\n\r\n")[0]
            found += [
                line[11:].strip() for line in head.split(b"\r\n") if line.lower().startswith(b"message-id:")
            ]
        return found

    def _accept(self) -> None:
        while not self._closing:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self._open.append(connection)
            conversation = Conversation(connection)
            self.conversations.append(conversation)
            threading.Thread(target=self._converse, args=(conversation,), daemon=True).start()

    def _converse(self, conversation: Conversation) -> None:
        with self._lock:
            self.talking += 1
        try:
            self._talk(conversation)
        except OSError:
            pass
        finally:
            conversation.connection.close()
            with self._lock:
                self.talking -= 1

    def _answer(self, verb: str, conversation: Conversation, ordinary: str) -> str | None:
        time.sleep(self.delay)
        with self._lock:
            waiting = self.script.get(verb, [])
            answer: Answer = waiting.pop(0) if waiting else ordinary
        return answer(conversation) if callable(answer) else answer

    def _talk(self, conversation: Conversation) -> None:
        connection = conversation.connection
        reader = connection.makefile("rb")
        mail = rcpt = b""
        verb, ordinary = "CONNECT", "220 raw.example ESMTP"
        while True:
            answer = self._answer(verb, conversation, ordinary)
            if answer is None:
                return
            connection.sendall(answer.encode() + b"\r\n")
            if verb == "QUIT":
                return
            if verb == "DATA" and answer.startswith("354"):
                if self.script.get("CONTENT"):  # hang up in the middle of it
                    self.script["CONTENT"].pop(0)
                    reader.read(1000)
                    return
                content = self._content(reader)
                if content is None:
                    return
                answer = self._answer("DOT", conversation, "250 2.0.0 taken")
                if answer is None:
                    return
                if answer.startswith("250"):
                    with self._lock:
                        self.taken.append(Taken(mail, rcpt, content))
                connection.sendall(answer.encode() + b"\r\n")
            line = reader.readline()
            if not line:
                return
            line = line.rstrip(b"\r\n")
            conversation.lines.append(line)
            verb = line.split(b" ")[0].upper().decode("ascii", "replace")
            ordinary = {
                "EHLO": "\r\n".join([f"250-{e}" for e in ["raw.example", *self.extensions]] + ["250 HELP"]),
                "DATA": "354 go on",
                "QUIT": "221 bye",
            }.get(verb, "250 2.1.0 ok")
            if verb == "MAIL":
                mail = line
            elif verb == "RCPT":
                rcpt = line

    def _content(self, reader: "object") -> bytes | None:
        lines: list[bytes] = []
        while True:
            line: bytes = reader.readline()  # type: ignore[attr-defined]
            if not line:
                return None
            if line == b".\r\n":
                return b"".join(lines)
            lines.append(line[1:] if line.startswith(b".") else line)
