"""One connection to one IMAP mailbox: what lies there is stored, and only then moved away. RFC 3501, 2177, 4315, 6851.

Blocking, for a thread of its own. Raises ``imapclient``'s errors and OSError; ``failure`` turns them into a line for
the ledger. Nothing here writes to the database but ``store.keep``.
"""

import contextlib
import logging
import socket
import ssl
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.db import DataError
from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError, LoginError

from tawasul.mail.doors import store
from tawasul.mail.doors.mailboxes import Configured
from tawasul.mail.doors.oauth import NoToken, Tokens

log = logging.getLogger(__name__)
logging.getLogger("imapclient").setLevel(logging.INFO)  # below that it writes down what signs in

TIMEOUT = SocketTimeout(connect=20, read=60)  # seconds
WINDOW = 500  # messages looked at with one command: no answer grows without bound
BATCH_MESSAGES, BATCH_BYTES = 50, 4 * 2**20  # small messages fetched with one command
PIECE = 2**20  # octets of a larger message fetched with one command
SMALL = 2**18  # octets, as the server says; it may be wrong
IDLE_SECONDS = 300.0  # then IDLE is given anew: far below the 29 minutes of RFC 2177, and finds dead lines
POLL_SECONDS = 20.0  # between looks where the server has no IDLE
_ERROR_LENGTH = 500  # characters; Mailbox.error

Uid = tuple[int, int]  # UIDVALIDITY and UID: a message's name for good


class Connection:
    """Signed in, folders at hand. ``stored`` outlives connections: mails that are kept and not moved away yet."""

    def __init__(self, box: Configured, tokens: Tokens | None, stored: set[Uid]) -> None:
        self._box = box
        self._stored = stored
        self._client = _client(box)
        try:
            _sign_in(self._client, box, tokens)
            self._prefix, self._separator = self._namespace()
            self._source = self._name(box.folder, prefixed=False)
            self._done = self._folder(box.done)
            self._trouble = self._folder(box.trouble)
            self._client.select_folder(self._source)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Hang up; never raises."""
        try:
            self._client.shutdown()
        except Exception as problem:  # noqa: BLE001 - it is gone either way
            log.debug("mailbox %s: %s", self._box.name, type(problem).__name__)

    def take_all(self, before: Callable[[], bool], most: int = 10 * WINDOW) -> int:
        """Store what lies in the folder, up to about ``most`` mails, and move it away; how many were stored.

        ``before`` is asked before each batch and ends the round with False. A folder that takes no mail keeps none
        from being stored: the problem is raised at the end. Raises DatabaseError where nothing can be stored.
        """
        taken, start = 0, 1
        problem: IMAPClientError | None = None
        while taken < most:
            facts = self._client.select_folder(self._source)
            validity, count = int(facts.get(b"UIDVALIDITY", 0)), int(facts.get(b"EXISTS", 0))
            if start > count:
                break
            last = min(count, start + WINDOW - 1)
            uids = [int(uid) for uid in self._client.search([f"{start}:{last}", "UNDELETED"])]
            moved = 0
            for batch in self._batches([uid for uid in uids if (validity, uid) not in self._stored]):
                if not before():
                    return taken
                kept, refused = self._keep(batch)
                taken += len(kept)
                self._stored.update((validity, uid) for uid in kept)
                try:
                    moved += self._move(refused, self._trouble)
                    moved += self._move(kept, self._done)
                except IMAPClientAbortError:
                    raise
                except IMAPClientError as refusal:
                    problem = refusal
                else:
                    self._stored.difference_update((validity, uid) for uid in kept)
            left_over = [uid for uid in uids if (validity, uid) in self._stored]
            if left_over and problem is None:  # of an earlier connection
                moved += self._move(left_over, self._done)
                self._stored.difference_update((validity, uid) for uid in left_over)
            start = last + 1 - moved
        if problem is not None:
            raise problem
        return taken

    def wait(self, until: Callable[[], bool]) -> None:
        """Until something happens in the folder or it is time to look again; ``until`` is asked every second."""
        if not self._client.has_capability("IDLE"):
            deadline = time.monotonic() + POLL_SECONDS
            while time.monotonic() < deadline and not until():
                time.sleep(0.5)
            self._client.noop()
            return
        self._client.idle()
        deadline = time.monotonic() + IDLE_SECONDS
        while time.monotonic() < deadline and not until():
            asked_at = time.monotonic()
            heard = self._client.idle_check(timeout=1.0)
            # A line that has ended is always "readable" and says nothing: leaving IDLE will show it.
            if _is_news(heard) or (not heard and time.monotonic() - asked_at < 0.5):
                break
        self._client.idle_done()

    # -- what lies there

    def _batches(self, uids: list[int]) -> Iterator[list[tuple[int, int]]]:
        """(UID, size) of messages that are fetched together."""
        sizes = self._client.fetch(uids, ["RFC822.SIZE"]) if uids else {}
        batch: list[tuple[int, int]] = []
        for uid in uids:
            size = sizes.get(uid, {}).get(b"RFC822.SIZE")
            if not isinstance(size, int):
                continue  # somebody removed it meanwhile
            full = len(batch) >= BATCH_MESSAGES or sum(other for _, other in batch) + size > BATCH_BYTES
            if batch and (full or size > SMALL):
                yield batch
                batch = []
            batch.append((uid, size))
            if size > SMALL:
                yield batch
                batch = []
        if batch:
            yield batch

    def _keep(self, batch: list[tuple[int, int]]) -> tuple[list[int], list[int]]:
        """UIDs of what is committed, and of what is refused for good."""
        kept: list[int] = []
        refused: list[int] = []
        for uid, raw in self._contents(batch):
            try:
                if raw is None:
                    raise store.TooLarge(dict(batch)[uid])
                store.keep(raw, door="imap", mailbox=self._box.name)
            except store.TooLarge as problem:
                log.warning("mailbox %s: a mail goes to %s: %s", self._box.name, self._box.trouble, problem)
                refused.append(uid)
            except DataError as problem:
                log.error("mailbox %s: a mail stays where it is: %s", self._box.name, problem)
            else:
                kept.append(uid)
        return kept, refused

    def _contents(self, batch: list[tuple[int, int]]) -> Iterator[tuple[int, bytes | None]]:
        """(UID, raw bytes); None for what is larger than a mail may be."""
        from django.conf import settings

        if len(batch) == 1 and batch[0][1] > SMALL:
            ((uid, size),) = batch
            too_large = size > 2 * settings.MAIL_MAX_BYTES  # some servers only guess the size
            raw = None if too_large else self._in_pieces(uid, settings.MAIL_MAX_BYTES)
            if raw != b"":
                yield uid, raw
            return
        found = self._client.fetch([uid for uid, _ in batch], ["BODY.PEEK[]"])
        for uid, _ in batch:
            raw = found.get(uid, {}).get(b"BODY[]")
            if isinstance(raw, bytes):
                yield uid, raw

    def _in_pieces(self, uid: int, most: int) -> bytes | None:
        """The message; None where it has more than ``most`` octets, empty where it is gone."""
        content = bytearray()
        while True:
            answer = self._client.fetch([uid], [f"BODY.PEEK[]<{len(content)}.{PIECE}>"])
            piece = _piece(answer.get(uid, {}))
            content += piece
            if len(content) > most:
                return None
            if len(piece) < PIECE:
                return bytes(content)

    def _move(self, uids: list[int], folder: str) -> int:
        if not uids:
            return 0
        client = self._client
        if client.has_capability("MOVE"):
            client.move(uids, folder)
            return len(uids)
        client.copy(uids, folder)
        client.add_flags(uids, [b"\\Deleted"], silent=True)
        if client.has_capability("UIDPLUS"):
            client.uid_expunge(uids)
        elif set(client.search("DELETED")) <= set(uids):
            client.expunge()
        else:
            return 0  # somebody else's deleted mails are not ours to remove; ours are marked, and passed over
        return len(uids)

    # -- folders

    def _namespace(self) -> tuple[str, str]:
        """Prefix and separator of one's own folders."""
        if self._client.has_capability("NAMESPACE"):
            personal = self._client.namespace().personal
            if personal:
                return _text(personal[0][0]), _text(personal[0][1] or "/")
        listed = self._client.list_folders("", "")
        return "", _text(listed[0][1] or "/") if listed else "/"

    def _name(self, folder: str, *, prefixed: bool = True) -> str:
        if folder.casefold() == "inbox":
            return folder
        name = folder.replace("/", self._separator)
        return name if not prefixed or name.startswith(self._prefix) else self._prefix + name

    def _folder(self, folder: str) -> str:
        """The folder's name on this server; it is made where it is missing."""
        name = self._name(folder)
        if not self._client.folder_exists(name):
            try:
                self._client.create_folder(name)
            except IMAPClientAbortError:
                raise
            except IMAPClientError:
                if not self._client.folder_exists(name):  # else another worker was quicker
                    raise
            else:
                self._client.subscribe_folder(name)
        return name


def probe(box: Configured) -> str:
    """Sign in, and see that the folders are there or can be made: "" where all is well, else as ``failure``."""
    tokens = Tokens(box.oauth) if box.oauth else None
    try:
        Connection(box, tokens, set()).close()
    except Exception as problem:  # noqa: BLE001 - said to whoever asked
        return failure(problem, (*box.secrets, *(tokens.secrets if tokens else ())))
    return ""


def _client(box: Configured) -> Any:
    context = tls_context()
    client = IMAPClient(
        box.host,
        box.port,
        ssl=box.security == "imaps",
        ssl_context=context if box.security == "imaps" else None,
        timeout=TIMEOUT,
    )
    if box.security == "imap+starttls":
        try:
            client.starttls(context)
        except BaseException:
            with contextlib.suppress(OSError):  # the line may be closed already
                client.shutdown()
            raise
    client.socket().setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    return client


def tls_context() -> ssl.SSLContext:
    """Certificates are checked against the system's authorities."""
    return ssl.create_default_context()


def _sign_in(client: Any, box: Configured, tokens: Tokens | None) -> None:
    if tokens is not None:
        try:
            client.oauth2_login(box.user, tokens.token())
        except LoginError:
            tokens.forget()
            raise
    elif client.has_capability("AUTH=PLAIN"):
        client.plain_login(box.user, box.password)  # takes any letters
    else:
        client.login(box.user, box.password)


def _is_news(heard: Iterable[Any]) -> bool:
    """Anything but "still here" (OK) and marks on messages (FETCH)."""
    for line in heard:
        words = [word for word in line if isinstance(word, bytes)] if isinstance(line, tuple) else [b"?"]
        if not {b"OK", b"FETCH"} & set(words):
            return True
    return False


def _piece(answer: dict[Any, Any]) -> bytes:
    for name, value in answer.items():
        if isinstance(name, bytes) and name.startswith(b"BODY[]") and isinstance(value, bytes):
            return value
    return b""


def _text(found: object) -> str:
    return found.decode("ascii", "replace") if isinstance(found, bytes) else str(found)


def failure(problem: Exception, secrets: Iterable[str]) -> str:
    """``code: what the server said`` for the ledger, on one line, without any of the secrets."""
    if isinstance(problem, NoToken):
        code = "token"
    elif isinstance(problem, LoginError):
        code = "sign_in"
    elif isinstance(problem, ssl.SSLError):
        code = "certificate" if isinstance(problem, ssl.SSLCertVerificationError) else "line_broke"
    elif isinstance(problem, socket.gaierror | ConnectionRefusedError):
        code = "unreachable"
    elif isinstance(problem, OSError | IMAPClientAbortError):
        code = "line_broke"
    elif isinstance(problem, IMAPClientError):
        code = "refused"
    else:
        code = f"fault {type(problem).__name__}"
    words = " ".join(str(problem).split())
    for secret in secrets:
        words = words.replace(secret, "…")
    return f"{code}: {words}"[:_ERROR_LENGTH]
