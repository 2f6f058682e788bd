"""Reading a mail outside of the worker's process, which no mail can harm, stop or fill."""

import time
from contextlib import closing
from typing import Any, Final

from tawasul.attachments import pool
from tawasul.mail.handling import reading
from tawasul.mail.handling.reading import Reading

SECONDS: Final = 5  # of wall time, for one mail
MODULE: Final = "tawasul.mail.handling.child"


class Broken(Exception):
    """The mail could not be read. ``code`` is one of ``mail.reasons``; ``what`` is the fault itself, for the log.

    ``by_chance``: out of time or killed, which a busy machine may be the cause of.
    """

    def __init__(self, code: str, what: str = "", *, by_chance: bool = False) -> None:
        super().__init__(f"{code}: {what}" if what else code)
        self.code = code
        self.by_chance = by_chance


class NotNow(Exception):
    """No process could be had to read it; the mail has nothing to do with that."""


def read(raw: bytes) -> Reading:
    """Read the bytes of a mail within SECONDS and the child's memory. Raises Broken or NotNow."""
    started = time.monotonic()
    notes: list[dict[str, Any]] = []
    contents: list[bytes] = []
    try:
        with closing(pool.decoder(MODULE).run(raw, {"verb": "read"}, seconds=SECONDS)) as frames:
            for note, content in frames:
                notes.append(note)
                contents.append(content)
                if "broken" in note:
                    raise Broken(note["broken"], note.get("what", ""))
    except (pool.Busy, pool.Unavailable) as error:
        raise NotNow(f"{type(error).__name__}: {error}") from error
    if not notes or not notes[-1].get("end"):
        late = time.monotonic() - started >= SECONDS - 0.5
        raise Broken("too_long_to_read" if late else "reader_broke", "no answer", by_chance=True)
    found = reading.from_note(notes[0]["reading"], contents[1:-1])
    if found.is_cut:
        raise Broken("too_long_to_read", "out of time", by_chance=True)
    return found
