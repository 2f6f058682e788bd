"""``tawasul mail receive``: one mail on standard input, as Postfix's pipe and Exim's pipe transport hand it over.

The exit status is the whole answer (sysexits.h): 0 once the mail is on the disk, 69 for one that is larger than any
may be, 75 for everything else, which makes the mail server keep it and come again. No other status leaves here: mail
servers take most of them for a refusal. What is said on standard error begins with an enhanced status code (RFC 3463).
"""

import argparse
import os
import sys
from collections.abc import Sequence
from typing import BinaryIO, NoReturn

TAKEN, TOO_LARGE, LATER = 0, 69, 75
_CHUNK = 2**16
_PARENT = os.getppid()


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """A wrong option in a mail server's configuration must bounce no mail."""
        raise ValueError(message)


def options(arguments: Sequence[str]) -> argparse.Namespace:
    """``mailbox``, ``sender`` and ``recipients``; the latter two from the environment where no option names them.
    Raises ValueError."""
    parser = _Parser("tawasul mail receive", description=__doc__, add_help=False, allow_abbrev=False)
    parser.add_argument("--mailbox", default="", metavar="NAME")
    parser.add_argument("--from", dest="sender", default=None, metavar="ADDRESS")
    parser.add_argument("--to", dest="recipients", action="append", default=[], metavar="ADDRESS")
    found = parser.parse_args(arguments)
    if found.sender is None:
        found.sender = os.environ.get("SENDER")
    if found.sender is not None:
        sender = found.sender.strip().removeprefix("<").removesuffix(">")
        # Postfix writes the null return path as MAILER-DAEMON unless null_sender= says otherwise.
        found.sender = "<>" if sender.upper() in {"", "MAILER-DAEMON"} else sender
    found.recipients = found.recipients or [os.environ.get("RECIPIENT", "")]
    return found


def receive(arguments: Sequence[str], stdin: BinaryIO) -> int:
    """Store the mail; the exit status. Django is set up before. Raises nothing."""
    from django.conf import settings

    from tawasul.mail.doors import store

    try:
        found = options(arguments)
        raw = read(stdin, settings.MAIL_MAX_BYTES)
        if os.getppid() != _PARENT:
            return later("the mail server ended before the mail did")  # what was read may be a part
        if not raw:
            return later("there was no mail on standard input")
        store.keep(
            raw,
            door="pipe",
            mailbox=found.mailbox[:60],
            envelope_from=found.sender or "",
            envelope_to=found.recipients,
        )
    except store.TooLarge as problem:
        say(f"5.3.4 {problem}")
        return TOO_LARGE
    except BaseException as problem:  # noqa: BLE001 - also an interrupt: the mail server keeps the mail
        return later(problem)
    return TAKEN


def read(stdin: BinaryIO, most: int) -> bytes:
    """All of it, or the first octets beyond ``most``; the rest is read and dropped, for a mail server that cannot
    write to the end may take that for another kind of failure."""
    content = bytearray()
    while chunk := stdin.read(_CHUNK):
        if len(content) <= most:
            content += chunk
    return bytes(content)


def later(reason: object) -> int:
    """75, with the reason on standard error."""
    words = f"{type(reason).__name__}: {reason}" if isinstance(reason, BaseException) else str(reason)
    say(f"4.3.0 {words}")
    return LATER


def say(line: str) -> None:
    """One line for the mail server's log, which must not fail us either."""
    try:
        sys.stderr.write(" ".join(line.split())[:500] + "\n")
        sys.stderr.flush()
    except (OSError, ValueError):
        pass
