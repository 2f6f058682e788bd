"""A small HTTP/1.1 client that costs the machine little, and clients of it that run side by side.

The measured server and the clients share the machine's cores, so the client must be cheap: one socket each, kept
alive, no parsing beyond the status line and the length.
"""

import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

MOST_HEADS = 1000  # of requests, kept by a connection


class BadAnswer(RuntimeError):
    """The server answered something else than the scene expects; the message holds the beginning of it."""


@dataclass(slots=True)
class Answer:
    """Status, raw header block and body of one response."""

    status: int
    head: bytes
    body: bytes

    def header(self, name: bytes) -> bytes:
        """The first header of that lower-case name, as our server writes them; empty where there is none."""
        start = self.head.find(b"\r\n" + name + b": ")
        if start < 0:
            return b""
        start += len(name) + 4
        end = self.head.find(b"\r\n", start)
        return self.head[start : end if end >= 0 else None].strip()


class Connection:
    """One kept-alive connection to the server on loopback, which keeps the site's cookies as a browser does."""

    def __init__(self, port: int, cookies: str = "") -> None:
        self.port = port
        self.socket: socket.socket | None = None
        self._jar = dict(part.split("=", 1) for part in cookies.split("; ") if part)
        self._heads: dict[tuple[str, str, str], bytes] = {}

    def request(self, method: str, path: str, body: bytes = b"", content_type: str = "") -> Answer:
        """Send one request and read all of its answer; reconnects once where the server closed an idle connection."""
        sent = self._head(method, path, content_type)
        sent += b"Content-Length: %d\r\n\r\n%b" % (len(body), body) if method == "POST" else b"\r\n"
        for fresh in (False, True):
            if self.socket is None or fresh:
                self.socket = socket.create_connection(("127.0.0.1", self.port), timeout=60)
                self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            try:
                self.socket.sendall(sent)
                answer = _read(self.socket)
            except (ConnectionError, EOFError):
                if fresh:
                    raise
                self.socket.close()
            else:
                if b"\r\nset-cookie:" in answer.head:
                    self._keep_cookies(answer.head)
                return answer
        raise AssertionError("unreachable")

    def close(self) -> None:
        """Hang up."""
        if self.socket is not None:
            self.socket.close()
            self.socket = None

    def _head(self, method: str, path: str, content_type: str) -> bytes:
        """All of a request's head but its length; made once."""
        head = self._heads.get((method, path, content_type))
        if head is None:
            cookies = "; ".join(f"{name}={value}" for name, value in self._jar.items())
            text = f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nCookie: {cookies}\r\n"
            text += f"Content-Type: {content_type}\r\n" if content_type else ""
            if len(self._heads) < MOST_HEADS:
                self._heads[(method, path, content_type)] = text.encode()
            return text.encode()
        return head

    def _keep_cookies(self, head: bytes) -> None:
        for line in head.split(b"\r\n")[1:]:
            name, _, value = line.partition(b":")
            pair, *rest = value.decode("latin-1").strip().split("; ")
            if name == b"set-cookie" and "Path=/" in rest:
                key, _, new = pair.partition("=")
                if self._jar.get(key) != new:
                    self._jar[key] = new
                    self._heads.clear()


def _read(connection: socket.socket) -> Answer:
    data = _some(connection)
    while (end := data.find(b"\r\n\r\n")) < 0:
        data += _some(connection)
    answer = Answer(int(data[9:12]), data[:end], b"")
    rest = data[end + 4 :]
    if answer.header(b"transfer-encoding").lower() == b"chunked":
        while not rest.endswith(b"0\r\n\r\n"):
            rest += _some(connection)
        answer.body = rest
        return answer
    length = int(answer.header(b"content-length") or 0)
    if len(rest) < length:
        parts, have = [rest], len(rest)
        while have < length:
            parts.append(_some(connection))
            have += len(parts[-1])
        rest = b"".join(parts)
    answer.body = rest
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
