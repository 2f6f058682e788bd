"""``tawasul files check PATH…``: one JSON line a file, without a database or a running service."""

import json
import os
import stat
import sys
from collections.abc import Sequence
from typing import Any

from tawasul.attachments import gate, reasons
from tawasul.core import env

USAGE = "usage: tawasul files check PATH…\n\nPrint one JSON line a file: path, accepted, type, reason.\n"


def main(argv: Sequence[str]) -> int:
    """Check the paths in ``argv`` in their order. Returns 0 even when files are refused, 2 for wrong usage."""
    paths = list(argv)
    if "--" in paths:
        paths.remove("--")
    elif paths and paths[0] in {"-h", "--help"}:
        sys.stdout.write(USAGE)
        return 0
    if not paths:
        sys.stderr.write(USAGE)
        return 2
    most = env.number("TAWASUL_FILE_MAX_PIXELS", gate.Limits().max_pixels, least=1)
    limits = gate.Limits(max_pixels=most)
    for path in paths:
        _print(check(path, limits))
    return 0


def check(path: str, limits: gate.Limits) -> dict[str, Any]:
    """The line for ``path``: ``type`` is png, jpg, gif, tiff, pdf or None, ``reason`` an English sentence or None."""
    try:
        verdict = _inspect(path, limits)
    except (OSError, ValueError):  # ValueError: a path with a NUL
        verdict = gate.Verdict(False, reason="unreadable")
    except Exception:  # noqa: BLE001 - one file must not keep the others from being answered
        verdict = gate.Verdict(False, reason="too_heavy")
    return {
        "path": path,
        "accepted": verdict.accepted,
        "type": verdict.type or None,
        "reason": None
        if verdict.accepted
        else reasons.english(reasons.written(verdict.reason, verdict.params)),
    }


def _inspect(path: str, limits: gate.Limits) -> gate.Verdict:
    # NONBLOCK: opening a pipe that nobody writes to would wait for ever.
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        return gate.Verdict(False, reason="not_a_file")
    with os.fdopen(descriptor, "rb") as stream:
        return gate.inspect(stream, os.path.basename(path), limits)  # noqa: PTH119 - a path may hold any bytes


def _print(line: dict[str, Any]) -> None:
    text = json.dumps(line, ensure_ascii=False)
    try:
        raw = text.encode()
    except UnicodeEncodeError:  # a path that is not UTF-8 comes back escaped
        raw = json.dumps(line).encode()
    sys.stdout.buffer.write(raw + b"\n")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
