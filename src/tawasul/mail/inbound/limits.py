"""Bounds of one mail. What lies beyond them is left out and noted, never an error."""

from dataclasses import dataclass, field
from time import monotonic
from typing import Final

MAX_BYTES: Final = 60 * 2**20  # a mail as stored; the rest is not looked at
MAX_HEADER_BYTES: Final = 2 * 2**20  # of one header section
MAX_HEADERS: Final = 3000  # fields of one header section
MAX_FIELD: Final = 200_000  # bytes of one field that are decoded
MAX_ADDRESSES: Final = 500  # of one field
MAX_DEPTH: Final = 30  # multiparts within multiparts
MAX_PARTS: Final = 1500
MAX_TEXT: Final = 1_000_000  # characters of a body's text
MAX_HTML: Final = 4_000_000  # characters of markup that are read
MAX_ATTACHMENTS: Final = 500
SECONDS: Final = 4.0  # of parsing; what is left then is noted as not read


@dataclass(slots=True)
class Budget:
    """Time and parts that one mail may still use, and what had to be left out (``notes``: stable codes)."""

    until: float = field(default_factory=lambda: monotonic() + SECONDS)
    parts: int = MAX_PARTS
    notes: list[str] = field(default_factory=list)

    def note(self, code: str) -> None:
        """Remember ``code`` once."""
        if code not in self.notes:
            self.notes.append(code)

    def part(self) -> bool:
        """Take one part; False when there is none left or time is over."""
        if self.parts <= 0:
            self.note("too_many_parts")
            return False
        self.parts -= 1
        return self.in_time()

    def in_time(self) -> bool:
        """False once the seconds are spent."""
        if monotonic() > self.until:
            self.note("out_of_time")
            return False
        return True
