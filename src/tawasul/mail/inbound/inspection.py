"""``tawasul mail inspect FILE…`` and ``tawasul mail visible-text FILE``: no database, no running service."""

import json
import os
import resource
import signal
import stat
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from time import perf_counter
from types import FrameType
from typing import Any, Final

from tawasul.attachments import gate, reasons
from tawasul.core import env
from tawasul.mail.inbound import bounces, charsets, classes, limits, parser, visible
from tawasul.mail.inbound.parsed import Attachment, Parsed

INSPECT_USAGE: Final = "usage: tawasul mail inspect FILE…\n\nPrint one JSON line a mail.\n"
VISIBLE_USAGE: Final = (
    "usage: tawasul mail visible-text FILE\n\nPrint what the person wrote in a plain-text body.\n"
)
SECONDS: Final = 4.5  # for one mail, its attachments aside: the gate bounds each of those on its own
JUDGING: Final = (
    10.0  # seconds for all attachments of one mail; those that are left then are answered as busy
)
MEMORY: Final = 512 * 2**20  # bytes that this process may take for one mail


class _OutOfTime(BaseException):
    """The alarm rang. No ``except Exception`` on the way may swallow it."""


def inspect(argv: Sequence[str]) -> int:
    """One JSON line for each path in ``argv``. 0 even where mails are unreadable, 2 for wrong usage."""
    paths = _paths(argv)
    if paths is None:
        sys.stdout.write(INSPECT_USAGE)
        return 0
    if not paths:
        sys.stderr.write(INSPECT_USAGE)
        return 2
    bounds = gate.Limits(max_pixels=env.number("TAWASUL_FILE_MAX_PIXELS", gate.Limits().max_pixels, least=1))
    for path in paths:
        _print(line(path, bounds))
    return 0


def visible_text(argv: Sequence[str]) -> int:
    """Print the visible text of the body in ``argv[0]`` (``-`` reads standard input). 2 for wrong usage, 1 where the
    file cannot be read."""
    paths = _paths(argv)
    if paths is None:
        sys.stdout.write(VISIBLE_USAGE)
        return 0
    if len(paths) != 1:
        sys.stderr.write(VISIBLE_USAGE)
        return 2
    try:
        raw = sys.stdin.buffer.read(limits.MAX_BYTES) if paths[0] == "-" else _read(paths[0])
    except (OSError, ValueError) as error:
        sys.stderr.write(f"tawasul mail visible-text: {error}\n")
        return 1
    body = charsets.decode(raw)
    text = body
    with suppress(_OutOfTime), _alarm(SECONDS):
        text = visible.visible_text(body)
    sys.stdout.buffer.write(text.encode("utf-8", "replace") + b"\n")
    sys.stdout.buffer.flush()
    return 0


def line(path: str, bounds: gate.Limits) -> dict[str, Any]:
    """What is said of the mail in the file ``path``. Whatever happens, there is an answer."""
    started = perf_counter()
    parsed: Parsed | None = None
    kind, address, shown = classes.Class.UNREADABLE, "", ""
    try:
        raw = _read(path)
        with _bounded_memory(), _alarm(SECONDS):
            parsed = parser.parse(raw)
            del raw
            kind = classes.classify(parsed)
            if kind is classes.Class.BOUNCE:
                address = bounces.bounced_address(parsed)
            shown = parsed.text
            shown = parsed.visible_text
    except (OSError, ValueError, _OutOfTime, MemoryError):
        pass
    except Exception:  # noqa: BLE001, S110 - one mail must not keep the others from being answered
        pass
    answer = _said(parsed) if parsed is not None else _said(parser.parse(b""))
    answer |= {"visible_text": shown, "attachments": _attachments(parsed, bounds), "class": str(kind)}
    answer |= {"bounced_address": address or None, "seconds": round(perf_counter() - started, 4)}
    return {"file": path} | answer


def _said(parsed: Parsed) -> dict[str, Any]:
    return {
        "message_id": parsed.message_id or None,
        "from_name": parsed.from_name,
        "from_address": parsed.from_address,
        "to": [box.address for box in parsed.to],
        "subject": parsed.subject,
        "date": parsed.date.isoformat() if parsed.date else None,
        "text": parsed.text,
    }


def _attachments(parsed: Parsed | None, bounds: gate.Limits) -> list[dict[str, Any]]:
    until = perf_counter() + JUDGING
    return [_judged(attachment, bounds, until) for attachment in parsed.attachments] if parsed else []


def _judged(attachment: Attachment, bounds: gate.Limits, until: float) -> dict[str, Any]:
    try:
        if perf_counter() > until:
            verdict = gate.Verdict(False, reason="busy")
        else:
            verdict = gate.inspect(attachment.content, attachment.name, bounds)
    except Exception:  # noqa: BLE001 - one file must not keep the others from being answered
        verdict = gate.Verdict(False, reason="too_heavy")
    return {
        "name": verdict.name or attachment.name,
        "type": verdict.type or attachment.type,
        "size": attachment.size,
        "accepted": verdict.accepted,
        "reason": None
        if verdict.accepted
        else reasons.english(reasons.written(verdict.reason, verdict.params)),
    }


def _paths(argv: Sequence[str]) -> list[str] | None:
    """The paths; None where only help is asked for."""
    paths = list(argv)
    if "--" in paths:
        paths.remove("--")
    elif paths and paths[0] in {"-h", "--help"}:
        return None
    return paths


def _read(path: str) -> bytes:
    # NONBLOCK: opening a pipe that nobody writes to would wait for ever.
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb") as stream:
        if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
            raise OSError(f"not a file: {path}")
        return stream.read(limits.MAX_BYTES + 1)


@contextmanager
def _alarm(seconds: float) -> Iterator[None]:
    """Raise _OutOfTime in the block after ``seconds``; regular expressions are interrupted, too."""

    def ring(_number: int, _frame: FrameType | None) -> None:
        raise _OutOfTime

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@contextmanager
def _bounded_memory() -> Iterator[None]:
    """More memory than MEMORY is refused to this process within the block (not to the decoder of attachments)."""
    soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
    with suppress(OSError, ValueError):
        resource.setrlimit(
            resource.RLIMIT_DATA, (MEMORY if hard == resource.RLIM_INFINITY else min(MEMORY, hard), hard)
        )
    try:
        yield
    finally:
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))


def _print(answer: dict[str, Any]) -> None:
    text = json.dumps(answer, ensure_ascii=False)
    try:
        raw = text.encode()
    except UnicodeEncodeError:  # a path that is not UTF-8 comes back escaped
        raw = json.dumps(answer).encode()
    sys.stdout.buffer.write(raw + b"\n")
    sys.stdout.buffer.flush()
