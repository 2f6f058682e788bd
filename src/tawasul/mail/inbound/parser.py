"""``parse``: the bytes of a mail to what it says. Never raises, bounded in time and memory (limits)."""

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

from tawasul.mail.inbound import bodies, limits, mailboxes, markup, structure, words
from tawasul.mail.inbound.fields import Fields
from tawasul.mail.inbound.mailboxes import Mailbox
from tawasul.mail.inbound.parsed import Parsed

_ID: Final = re.compile(r"<([^<>]{1,900})>")


def parse(raw: bytes, budget: limits.Budget | None = None) -> Parsed:
    """Read a whole mail as it came over the wire. Whatever is broken is read as well as it can be, and noted."""
    budget = budget or limits.Budget()
    root = structure.read(raw, budget)
    parsed = Parsed(fields=root.fields, type=root.type)
    _headers(parsed, root.fields)
    contents = bodies.collect(root, budget)
    parsed.text = bodies.trimmed(_joined([plain for plain, _ in contents.texts]))
    parsed.quoted_text = _joined([quoted for _, quoted in contents.texts]).strip("\n")
    if not contents.html and root.type == "text/plain" and markup.looks_like(parsed.text):
        contents.html.append(parsed.text)
        parsed.quoted_text = markup.to_text(parsed.text, quotes=True)
        parsed.text = markup.to_text(parsed.text)
    parsed.html = "\n".join(contents.html)[: limits.MAX_HTML]
    parsed.attachments = tuple(contents.attachments)
    parsed.reports = tuple(contents.reports)
    parsed.returned = contents.returned
    parsed.notes = tuple(budget.notes)
    return parsed


def _joined(texts: list[str]) -> str:
    """Several bodies after each other: each from a line of its own, empty ones left out."""
    return "\n".join(text.strip("\n") if len(texts) > 1 else text for text in texts if text.strip())


def _headers(parsed: Parsed, fields: Fields) -> None:
    parsed.subject = fields.line("subject")[:2000]
    author, sender = _author(_boxes(fields, "from")), _author(_boxes(fields, "sender"))
    parsed.sender = sender if sender.address and not author.address else author
    parsed.reply_to = tuple(_boxes(fields, "reply-to"))
    parsed.to = tuple(_boxes(fields, "to"))
    parsed.cc = tuple(_boxes(fields, "cc"))
    parsed.date = date(fields.line("date"))
    parsed.message_id = _message_id(fields)
    parsed.in_reply_to = ids(fields.text("in-reply-to"))
    parsed.references = ids(fields.text("references"))


def _author(boxes: list[Mailbox]) -> Mailbox:
    """The first that can be written to, else the first that has an address of any kind, else the first."""
    ranked = sorted(boxes, key=lambda box: ("@" not in box.address, not box.address))
    return ranked[0] if ranked else Mailbox("", "")


def _boxes(fields: Fields, name: str) -> list[Mailbox]:
    return [box for text in fields.texts(name)[:20] for box in mailboxes.parse(text)][: limits.MAX_ADDRESSES]


def _message_id(fields: Fields) -> str:
    value = words.line(fields.text("message-id"))
    found = _ID.search(value)
    return f"<{found[1].strip()}>" if found else value.split(" ")[0][:900]


def ids(text: str) -> tuple[str, ...]:
    """The message ids in In-Reply-To or References, with their brackets, at most 200, the last ones kept."""
    return tuple(f"<{words.line(''.join(one.split()))}>" for one in _ID.findall(text)[-200:])


def date(text: str) -> datetime | None:
    """A Date field as an aware moment; None where it cannot be read. A zone that is missing counts as UTC."""
    text = re.sub(r"\([^()]*\)", " ", text[:200]).strip()
    if not text:
        return None
    try:
        moment = parsedate_to_datetime(text)
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        moment.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            return None
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return moment if 1970 <= moment.year <= 9000 else None
