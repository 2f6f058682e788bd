"""An optional virus scanner: clamd, spoken to over its socket (clamd(8), command INSTREAM)."""

import socket
import struct
from collections.abc import Iterable
from typing import Final

_SECONDS: Final = 30.0
_MOST_ANSWER: Final = 4096


class ScannerDown(RuntimeError):
    """No verdict: the scanner does not answer, or answers with an error."""


def scan(chunks: Iterable[bytes], address: str) -> str:
    """The name of what clamd found in ``chunks``; an empty text where it found nothing.

    ``address`` is a socket's path (``/run/clamav/clamd.ctl``) or ``host:port``. Raises ScannerDown.
    """
    try:
        with _connect(address) as connection:
            connection.sendall(b"zINSTREAM\0")
            for chunk in chunks:
                if chunk:
                    connection.sendall(struct.pack(">I", len(chunk)) + chunk)
            connection.sendall(b"\0\0\0\0")
            answer = _answer(connection)
    except OSError as error:
        raise ScannerDown(str(error)) from error
    if answer.endswith("FOUND"):
        return answer.removeprefix("stream:").removesuffix("FOUND").strip()[:100] or "?"
    if answer.endswith("OK"):
        return ""
    raise ScannerDown(answer[:200] or "no answer")


def _connect(address: str) -> socket.socket:
    if address.startswith("/"):
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.settimeout(_SECONDS)
        try:
            connection.connect(address)
        except OSError:
            connection.close()
            raise
        return connection
    host, _, port = address.rpartition(":")
    return socket.create_connection((host.strip("[]") or "127.0.0.1", int(port)), timeout=_SECONDS)


def _answer(connection: socket.socket) -> str:
    got = b""
    while len(got) < _MOST_ANSWER and not got.endswith(b"\0"):
        part = connection.recv(_MOST_ANSWER)
        if not part:
            break
        got += part
    return got.rstrip(b"\0\n").decode("utf-8", "replace")
