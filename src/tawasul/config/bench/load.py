"""A small HTTP/1.1 client that costs the machine little, and clients of it that run side by side.

The measured server and the clients share the machine's cores, so the client must be cheap: one socket each, kept
alive, no parsing beyond the status line and the length.
"""

import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field


class BadAnswer(RuntimeError):
    """The server answered something else than the scene expects; the message holds the beginning of it."""


@dataclass(slots=True)
class Answer:
    """Status, raw header block and body of one response."""

    status: int
    head: bytes
    body: bytes

    def header(self, name: bytes) -> bytes:
        """The first header of that name, lower case, empty where there is none."""
        for line in self.head.split(b"\r\n")[1:]:
            key, _, value = line.partition(b":")
            if key.strip().lower() == name:
                return value.strip()
        return b""


class Connection:
    """One kept-alive connection to the server on loopback."""

    def __init__(self, port: int, cookies: str = "") -> None:
        self.port, self.cookies = port, cookies
        self.socket: socket.socket | None = None

    def request(self, method: str, path: str, body: bytes = b"", content_type: str = "") -> Answer:
        """Send one request and read all of its answer; reconnects once where the server closed an idle connection."""
        head = f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nCookie: {self.cookies}\r\n"
        if method == "POST":
            head += f"Content-Type: {content_type}\r\nContent-Length: {len(body)}\r\n"
        sent = head.encode() + b"\r\n" + body
        for fresh in (False, True):
            if self.socket is None or fresh:
                self.socket = socket.create_connection(("127.0.0.1", self.port), timeout=60)
                self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            try:
                self.socket.sendall(sent)
                return self._read(self.socket)
            except (ConnectionError, EOFError):
                if fresh:
                    raise
                self.socket.close()
        raise AssertionError("unreachable")

    def _read(self, connection: socket.socket) -> Answer:
        data = b""
        while b"\r\n\r\n" not in data:
            data += _some(connection)
        head, _, rest = data.partition(b"\r\n\r\n")
        answer = Answer(int(head[9:12]), head, b"")
        if answer.header(b"transfer-encoding").lower() == b"chunked":
            while not rest.endswith(b"0\r\n\r\n"):
                rest += _some(connection)
            answer.body = rest
            return answer
        length = int(answer.header(b"content-length") or 0)
        parts, have = [rest], len(rest)
        while have < length:
            part = _some(connection)
            parts.append(part)
            have += len(part)
        answer.body = b"".join(parts)
        return answer


def _some(connection: socket.socket) -> bytes:
    part = connection.recv(262144)
    if not part:
        raise EOFError
    return part


@dataclass(slots=True)
class Run:
    """What the clients saw: seconds of each counted request, and over what time."""

    seconds: list[float] = field(default_factory=list)
    elapsed: float = 0.0
    all_requests: int = 0  # those of the warm-up too

    def percentile(self, share: float) -> float:
        """Milliseconds below which that share of the requests stayed."""
        ordered = sorted(self.seconds)
        return 1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))]

    @property
    def per_second(self) -> float:
        """Counted requests a second, all clients together."""
        return len(self.seconds) / self.elapsed


Act = Callable[[], None]


def run(acts: list[Act], *, seconds: float, warm_up: float) -> Run:
    """Run each act over and over in a thread of its own; requests are counted after the warm-up.

    An act raises BadAnswer where an answer is wrong: then the whole run fails.
    """
    result, failures = Run(), []
    barrier = threading.Barrier(len(acts) + 1)
    stop = threading.Event()
    counting = threading.Event()
    together = threading.Lock()

    def client(act: Act) -> None:
        mine: list[float] = []
        made = 0
        barrier.wait()
        try:
            while not stop.is_set():
                counted = counting.is_set()
                began = time.perf_counter()
                act()
                made += 1
                if counted:
                    mine.append(time.perf_counter() - began)
        except Exception as error:  # noqa: BLE001 - handed to the caller below
            failures.append(error)
            stop.set()
        with together:
            result.seconds.extend(mine)
            result.all_requests += made

    threads = [threading.Thread(target=client, args=(act,), daemon=True) for act in acts]
    for thread in threads:
        thread.start()
    barrier.wait()
    stop.wait(warm_up)
    counting.set()
    began = time.perf_counter()
    stop.wait(seconds)
    stop.set()
    for thread in threads:
        thread.join()
    result.elapsed = time.perf_counter() - began
    if failures:
        raise failures[0]
    return result
