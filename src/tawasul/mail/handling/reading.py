"""What handling needs to know of a mail, as one plain value that can travel between processes. Pure.

Everything is bounded, and clean enough for a database: no NULs, no halves of surrogate pairs, no direction controls.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Final

from tawasul.attachments import names
from tawasul.core.text import clean_line, clean_text
from tawasul.mail.handling import cleaning
from tawasul.mail.inbound import bounces, limits, mailboxes, parser
from tawasul.mail.inbound.classes import Class, classify
from tawasul.mail.inbound.parsed import Parsed
from tawasul.mail.inbound.visible import split

MOST_TEXT: Final = 60_000  # characters of a letter; what is beyond it is folded away with the quotations
MOST_REST: Final = 200_000
MOST_RECIPIENTS: Final = 200
TO_WHOM: Final = ("to", "cc", "delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "resent-to")


@dataclass(frozen=True, slots=True)
class File:
    """An attached file as its sender describes it; ``name`` is cleaned, ``cid`` names it within the HTML."""

    name: str
    type: str
    cid: str
    content: bytes = b""


@dataclass(frozen=True, slots=True)
class Reading:
    """A mail, read. ``senders`` are the addresses of all From fields as written, each once; ``recipients`` whatever
    the header names as a recipient. ``text`` is what the writer wrote, ``rest`` what was folded away, ``html`` cleaned.

    ``authentication`` are the Authentication-Results fields from the top, ``loops`` the marks against loops.
    ``words`` are what the server that sent a bounce says, ``returned`` the Message-IDs of the mail that came back.
    """

    mail_class: str = Class.UNREADABLE
    message_id: str = ""
    references: tuple[str, ...] = ()
    from_name: str = ""
    senders: tuple[str, ...] = ()
    recipients: tuple[str, ...] = ()
    return_path: str = ""
    authentication: tuple[str, ...] = ()
    loops: tuple[str, ...] = ()
    subject: str = ""
    text: str = ""
    rest: str = ""
    html: str = ""
    notes: tuple[str, ...] = ()
    permanence: str = ""
    returned: tuple[str, ...] = ()
    words: str = ""
    files: tuple[File, ...] = ()

    @property
    def is_cut(self) -> bool:
        """Whether time ran out before all of it was read."""
        return "out_of_time" in self.notes


def of(raw: bytes) -> Reading:
    """Read the bytes of a mail. May take long or much memory, and may raise: see ``reader`` for the safe way."""
    parsed = parser.parse(raw)
    kind = classify(parsed)
    body = parsed.quoted_text or parsed.text
    visible, rest = map(clean_text, split(body))
    if len(visible) > MOST_TEXT:
        rest = f"{visible[MOST_TEXT:]}\n\n{rest}".strip()
        visible = visible[:MOST_TEXT]
    html = cleaning.clean(clean_text(parsed.html[: limits.MAX_HTML])) if parsed.html else ""
    return Reading(
        mail_class=str(kind),
        message_id=clean_line(parsed.message_id)[:1000],
        references=_unique([clean_line(one) for one in (*parsed.in_reply_to, *reversed(parsed.references))])[
            :100
        ],
        from_name=clean_line(parsed.from_name)[:150],
        senders=_senders(parsed),
        recipients=_recipients(parsed),
        return_path=clean_line(parsed.fields.text("return-path"))[:320],
        authentication=tuple(parsed.fields.texts("authentication-results")[:5]),
        loops=tuple(clean_line(text)[:200] for text in parsed.fields.texts("x-tawasul-loop")[:5]),
        subject=clean_line(parsed.subject)[:2000],
        text=visible,
        rest=rest[:MOST_REST],
        html=html,
        notes=_unique([*parsed.notes, *(["html_left_out"] if parsed.html and not html else [])]),
        permanence=bounces.permanence(parsed) if kind is Class.BOUNCE else "",
        returned=tuple(clean_line(one) for one in bounces.returned_message_ids(parsed)),
        words=server_words(parsed) if kind is Class.BOUNCE else "",
        files=tuple(
            File(
                names.clean(one.name),
                clean_line(one.type)[:100],
                clean_line(one.cid).strip("<>")[:200],
                one.content,
            )
            for one in parsed.attachments
        ),
    )


_DIAGNOSTIC: Final = re.compile(
    r"^[ \t]*Diagnostic-Code[ \t]*:[ \t]*(?:[\w-]+[ \t]*;)?[ \t]*(.+(?:\n[ \t]+.+)*)",
    re.IGNORECASE | re.MULTILINE,
)
_CODED: Final = re.compile(r"^.*?\b([45]\d\d[ -][^\n]{3,}|[45]\.\d{1,3}\.\d{1,3}\b[^\n]{3,})", re.MULTILINE)


def server_words(parsed: Parsed) -> str:
    """What the other server said, in a line of at most 500 characters: the diagnostic code of the report, else the
    first line with a status code, else the beginning of the text."""
    for report in parsed.reports:
        found = _DIAGNOSTIC.search(report.text[:50_000])
        if found:
            return clean_line(found[1])[:500]
    coded = _CODED.search(parsed.text[:10_000])
    return clean_line(coded[1] if coded else parsed.text[:500])[:500]


def _senders(parsed: Parsed) -> tuple[str, ...]:
    found = (box.address for text in parsed.fields.texts("from")[:20] for box in mailboxes.parse(text))
    return _unique([clean_line(address)[:400] for address in found if address])[:20]


def _recipients(parsed: Parsed) -> tuple[str, ...]:
    found: list[str] = []
    for name in TO_WHOM:
        for text in parsed.fields.texts(name)[:20]:
            found += [clean_line(box.address)[:400] for box in mailboxes.parse(text) if box.address]
    return _unique(found)[:MOST_RECIPIENTS]


def _unique(values: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in values if value))


def as_note(reading: Reading) -> dict[str, Any]:
    """The reading without its files' contents, as JSON can carry it."""
    note: dict[str, Any] = {
        one.name: getattr(reading, one.name) for one in fields(Reading) if one.name != "files"
    }
    note["files"] = [(file.name, file.type, file.cid) for file in reading.files]
    return note


def from_note(note: Mapping[str, Any], contents: Sequence[bytes]) -> Reading:
    """The reading that ``as_note`` wrote, with the contents of its files in their order."""
    values: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in note.items()
        if name != "files"
    }
    files = tuple(
        File(name, kind, cid, content)
        for (name, kind, cid), content in zip(note["files"], contents, strict=True)
    )
    return Reading(**values, files=files)
