"""A mail server for the demo: it takes every mail and keeps it as a file, and sends nothing anywhere.

The portal's demo pages read the folder; the files are ordinary .eml, which any mail program opens.
"""

import argparse
import asyncio
import logging
import os
import secrets
import signal
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, message_from_string, policy
from email.message import EmailMessage
from email.utils import make_msgid
from pathlib import Path
from threading import Event

from aiosmtpd.smtp import SMTP, Envelope, Session
from django.conf import settings

log = logging.getLogger(__name__)

MOST_KEPT = 2000  # the oldest make room
MOST_BYTES = 25 * 2**20


@dataclass(frozen=True, slots=True)
class Caught:
    """A caught mail in the list. ``name`` is its file's name without the ending; ``at`` when it came."""

    name: str
    at: datetime
    to: str
    subject: str


class _Keeper:
    """aiosmtpd's handler: one file a mail, complete or not there."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        keep(self._folder, bytes(envelope.original_content or b""), envelope.rcpt_tos)
        return "250 2.0.0 kept"


def keep(folder: Path, message: bytes, recipients: list[str]) -> str:
    """Write one mail into the folder, under a name that sorts by time. Returns the name."""
    folder.mkdir(parents=True, exist_ok=True)
    name = f"{time.time_ns():020d}-{secrets.token_hex(4)}"
    fresh = folder / f".{name}"
    envelope = "".join(f"X-Caught-For: {address}\r\n" for address in recipients).encode()
    with fresh.open("wb") as handle:
        handle.write(envelope + message)
        handle.flush()
        os.fsync(handle.fileno())
    fresh.rename(folder / f"{name}.eml")
    for old in sorted(folder.glob("*.eml"))[:-MOST_KEPT]:
        old.unlink(missing_ok=True)
    return name


def newest(folder: Path, most: int = 200) -> list[Caught]:
    """What was caught, the newest first."""
    found: list[Caught] = []
    for path in sorted(folder.glob("*.eml"), reverse=True)[:most]:
        try:
            message = _parse(path.read_bytes())
        except OSError:
            continue  # made room meanwhile
        found.append(Caught(path.stem, _at(path.stem), _recipient(message), str(message.get("Subject", ""))))
    return found


def read(folder: Path, name: str) -> tuple[EmailMessage, bytes] | None:
    """A caught mail, parsed and raw; None where there is none of that name."""
    if not name.replace("-", "").isalnum():
        return None
    try:
        raw = (folder / f"{name}.eml").read_bytes()
    except OSError:
        return None
    return _parse(raw), raw


def part(message: EmailMessage, subtype: str) -> str:
    """The text of the ``plain`` or ``html`` part; empty where it has none."""
    body = message.get_body(preferencelist=(subtype,))
    if body is None:
        return ""
    content = body.get_content()
    return content if isinstance(content, str) else ""


def reply(message: EmailMessage, text: str) -> tuple[bytes, str, str]:
    """The answer that a mail program would send to a caught mail, quoting it: raw, its sender and its recipient.

    Raises ValueError where the mail does not say whom to answer.
    """
    sender = _recipient(message)
    to = message["Reply-To"] or message["From"]
    if not sender or not to or not to.addresses:
        raise ValueError("a mail without a sender cannot be answered")
    arabic = str(message.get("Content-Language", "")).startswith("ar")
    opening = "في {at} كتب {who}:" if arabic else "On {at}, {who} wrote:"
    opening = opening.format(
        at=message["Date"], who=to.addresses[0].display_name or to.addresses[0].addr_spec
    )
    quoted = "".join(f"> {line}\n" for line in part(message, "plain").strip().splitlines())
    answer = EmailMessage(policy=policy.SMTPUTF8)
    subject = str(message.get("Subject", ""))
    answer["From"] = sender
    answer["To"] = str(to)
    answer["Subject"] = subject if subject.lower().startswith("re:") else f"Re: {subject}"
    answer["Date"] = datetime.now(UTC)
    answer["Message-ID"] = make_msgid(domain="letter-box.invalid")
    answer["In-Reply-To"] = str(message["Message-ID"])
    answer["References"] = " ".join(f"{message.get('References', '')} {message['Message-ID']}".split())
    answer.set_content(f"{text.strip()}\n\n{opening}\n{quoted}", cte="base64")
    return answer.as_bytes(), sender, to.addresses[0].addr_spec


def _parse(raw: bytes) -> EmailMessage:
    # Raw UTF-8 in headers (RFC 6532) only comes out right from decoded text.
    try:
        return message_from_string(raw.decode("utf-8"), policy=policy.default)
    except UnicodeDecodeError:
        return message_from_bytes(raw, policy=policy.default)


def _recipient(message: EmailMessage) -> str:
    return str(message.get("X-Caught-For") or message.get("To", ""))


def _at(name: str) -> datetime:
    return datetime.fromtimestamp(int(name.partition("-")[0]) / 1e9, UTC)


def run(host: str, port: int, stop: Event, folder: Path | None = None) -> None:
    """Catch mail until ``stop`` is set. Raises OSError where the port is taken."""
    folder = folder or settings.MAIL_CATCHER_DIR
    assert folder is not None, "only the demo has a folder of its own for caught mail"
    folder.mkdir(parents=True, exist_ok=True)
    logging.getLogger("mail.log").setLevel(logging.WARNING)  # else each command of each mail is a line
    asyncio.run(_serve(host, port, stop, folder))


async def _serve(host: str, port: int, stop: Event, folder: Path) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(_Keeper(folder), enable_SMTPUTF8=True, data_size_limit=MOST_BYTES, loop=loop), host, port
    )
    async with server:
        log.info("mail is caught on %s port %s", host, server.sockets[0].getsockname()[1])
        while not stop.is_set():
            await asyncio.sleep(0.2)


def main(argv: list[str] | None = None) -> int:
    """Catch mail until told to stop. Exit status 1 where the port is taken."""
    parser = argparse.ArgumentParser("tawasul.mail.catcher", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (127.0.0.1)")
    parser.add_argument("--port", type=int, default=2525, help="port to listen on (2525)")
    parser.add_argument("--dir", type=Path, required=True, help="folder that keeps the mails")
    options = parser.parse_args(argv)
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    try:
        run(options.host, options.port, stop, options.dir)
    except OSError as problem:
        print(f"cannot catch mail on port {options.port}: {problem.strerror}", file=sys.stderr)  # noqa: T201
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
