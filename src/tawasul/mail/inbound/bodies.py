"""From the tree of parts to what is read and what is attached."""

import re
from dataclasses import dataclass, field
from typing import Final

from tawasul.mail.inbound import charsets, fields, flowed, limits, markup, tnef, transfer, words
from tawasul.mail.inbound.parsed import Attachment, Report
from tawasul.mail.inbound.structure import Part

_NEWLINES: Final = re.compile("\r+\n|\r|\u2028|\u2029|\x0b|\x0c|\x85")
_CONTROLS: Final = re.compile("[\x00-\x08\x0e-\x1f\x7f\ufeff\ufffe\uffff\ud800-\udfff]")
_TRAILING: Final = re.compile(r"(?<![ \t])[ \t]++$", re.MULTILINE)
_ENRICHED: Final = re.compile(r"<param>.{0,500}?</param>|</?[a-zA-Z][\w-]{0,60}>", re.DOTALL | re.IGNORECASE)
_META_CHARSET: Final = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([\w:.-]{2,40})", re.IGNORECASE)
_REPORTED: Final = frozenset(
    ("message/delivery-status", "message/global-delivery-status", "message/feedback-report",
     "message/disposition-notification", "message/global-disposition-notification", "message/delivery-report",
     "message/xdelivery-status")
)  # fmt: skip
_RETURNED: Final = frozenset(
    ("message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers", "text/rfc822",
     "message/rfc822-headers", "message/partial", "text/x-message-headers")
)  # fmt: skip
_MESSAGES: Final = frozenset(("message/rfc822", "message/global", "message/rfc2822", "message/news"))
_EXTENSIONS: Final = {
    "image/jpeg": ".jpg", "image/jpg": ".jpg", "image/pjpeg": ".jpg", "image/png": ".png", "image/x-png": ".png",
    "image/gif": ".gif", "image/tiff": ".tif", "application/pdf": ".pdf", "image/bmp": ".bmp", "image/webp": ".webp",
    "image/svg+xml": ".svg", "text/calendar": ".ics", "text/x-vcard": ".vcf", "text/vcard": ".vcf",
    "text/plain": ".txt", "text/html": ".html", "application/zip": ".zip", "message/rfc822": ".eml",
    "message/global": ".eml", "message/delivery-status": ".txt", "application/pgp-signature": ".asc",
    "application/pkcs7-signature": ".p7s", "application/x-pkcs7-signature": ".p7s", "application/ms-tnef": ".dat",
    "application/pkcs7-mime": ".p7m", "application/x-pkcs7-mime": ".p7m", "audio/mpeg": ".mp3", "audio/wav": ".wav",
    "text/csv": ".csv", "application/json": ".json", "text/rfc822-headers": ".txt",
}  # fmt: skip
_READ: Final = frozenset(("text/plain", "text/html", "text/enriched", "text/richtext"))


@dataclass(slots=True)
class Contents:
    """What the tree held. ``texts`` are (plain, quoted) where the second marks quotes of HTML with ``>``."""

    texts: list[tuple[str, str]] = field(default_factory=list)
    html: list[str] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    reports: list[Report] = field(default_factory=list)
    returned: str = ""
    calendar: str = ""


def collect(root: Part, budget: limits.Budget) -> Contents:
    """Everything in the tree below ``root``, in the order of the mail."""
    contents = Contents()
    _collect(root, contents, budget)
    if not any(plain.strip() for plain, _ in contents.texts) and contents.calendar:
        contents.texts = [(contents.calendar, contents.calendar)]
    return contents


def _collect(part: Part, contents: Contents, budget: limits.Budget) -> None:
    if not budget.in_time():
        return
    if part.type.startswith("multipart/") and part.children:
        if part.type == "multipart/alternative":
            _alternative(part, contents, budget)
        elif part.type == "multipart/related":
            _related(part, contents, budget)
        else:
            for child in part.children:
                _collect(child, contents, budget)
        return
    if part.type.startswith("multipart/"):
        return  # empty
    if part.type in _REPORTED:
        contents.reports.append(Report(part.type, normalised(charsets.decode(part.content[:200_000]))))
    if part.type in _RETURNED and not contents.returned:
        contents.returned = normalised(charsets.decode(part.content[:100_000]))
    if _is_body(part):
        _body(part, contents, budget)
    else:
        _attach(part, contents, budget)


def _alternative(part: Part, contents: Contents, budget: limits.Budget) -> None:
    """Plain text is read if it says anything, else HTML; files within any alternative are kept."""
    tries: list[Contents] = []
    for child in part.children:
        own = Contents()
        _collect(child, own, budget)
        tries.append(own)
    plain = [
        own for own in tries if own.texts and not own.html and "".join(text for text, _ in own.texts).strip()
    ]
    rich = [own for own in tries if own.html]
    shown = (
        plain[0] if plain else next((own for own in rich if "".join(t for t, _ in own.texts).strip()), None)
    )
    if shown is None and tries:
        shown = tries[0]
    for own in tries:
        if own is shown:
            contents.texts.extend(own.texts)
        contents.attachments.extend(own.attachments)
        contents.reports.extend(own.reports)
        contents.returned = contents.returned or own.returned
        contents.calendar = contents.calendar or own.calendar
    if rich:
        contents.html.extend(rich[-1].html)


def _related(part: Part, contents: Contents, budget: limits.Budget) -> None:
    start = part.params.get("start", "").strip("<> ")
    root = next((child for child in part.children if start and child.cid == start), part.children[0])
    _collect(root, contents, budget)
    for child in part.children:
        if child is not root:
            _collect(child, contents, budget)


def _is_body(part: Part) -> bool:
    if part.type not in _READ:
        return False
    if part.disposition == "attachment":
        return False
    if part.file_name:
        # A text with a name is a file, unless it is the first thing of the mail (Apple and Lotus name their bodies).
        return part.parent is None or (
            part.disposition != "inline" and part.type == "text/html" and _is_first(part)
        )
    return True


def _is_first(part: Part) -> bool:
    return part.parent is not None and part.parent.children[0] is part


def _body(part: Part, contents: Contents, budget: limits.Budget) -> None:
    raw = part.content
    if part.type == "text/plain":
        for name, content, start, end in reversed(transfer.uu_files(raw)):
            label = words.line(charsets.decode(name)) or "file"
            contents.attachments.append(Attachment(label, "application/octet-stream", content))
            raw = raw[:start] + raw[end:]
    if len(raw) > limits.MAX_TEXT * 4:
        budget.note("text_cut")
        raw = raw[: limits.MAX_TEXT * 4]
    declared = part.params.get("charset", "")
    if part.type == "text/html" and not charsets.codec_of(declared):
        named = _META_CHARSET.search(raw[:4000])
        declared = named[1].decode("ascii") if named else declared
    text = normalised(charsets.decode(raw, declared))
    if part.type in {"text/enriched", "text/richtext"}:
        text = (
            _ENRICHED.sub("", text.replace("<<", "<"))
            if part.type == "text/enriched"
            else markup.to_text(text)
        )
    if part.type == "text/html":
        contents.html.append(text)
        plain = markup.to_text(text)
        if contents.texts and _same(plain, contents.texts[-1][0]):
            return  # an alternative that calls itself mixed
        contents.texts.append((plain, markup.to_text(text, quotes=True)))
        return
    if part.params.get("format", "").lower() == "flowed":
        text = flowed.unflow(text, del_sp=part.params.get("delsp", "").lower() == "yes")
    contents.texts.append((text, text))


def _same(one: str, other: str) -> bool:
    return bool(one.strip()) and "".join(one.split()) == "".join(other.split())


def normalised(text: str) -> str:
    """Newlines as \\n, no controls, no trailing blanks (a signature's ``-- `` keeps its own)."""
    text = _CONTROLS.sub("", _NEWLINES.sub("\n", text)) if not text.isprintable() else text
    if len(text) > limits.MAX_TEXT:
        text = text[: limits.MAX_TEXT]
    return text


def trimmed(text: str) -> str:
    """Blanks at the ends of lines and blank lines at both ends are gone."""
    return _TRAILING.sub("", text).strip("\n")


def _attach(part: Part, contents: Contents, budget: limits.Budget) -> None:
    if len(contents.attachments) >= limits.MAX_ATTACHMENTS:
        budget.note("too_many_attachments")
        return
    content = part.content
    if part.type == "text/calendar" and not contents.calendar:
        contents.calendar = _calendar(charsets.decode(content[:200_000], part.params.get("charset", "")))
    if tnef.is_tnef(content):
        _unpack(content, part, contents)
        return
    name = words.line(part.file_name)
    if not content and not name:
        return
    if not name:
        name = _message_name(part) if part.type in _MESSAGES else _default_name(part)
    inline = bool(part.cid) and part.disposition != "attachment"
    contents.attachments.append(Attachment(name[:400], part.type, content, part.cid, inline))


def _unpack(content: bytes, part: Part, contents: Contents) -> None:
    opened = tnef.read(content)
    for file in opened.files:
        name = words.line(file.name) or "file"
        contents.attachments.append(
            Attachment(name, file.type or "application/octet-stream", file.content, file.cid, bool(file.cid))
        )
    said = any(plain.strip() for plain, _ in contents.texts)
    if not said and opened.text.strip():
        text = normalised(opened.text)
        contents.texts.append((text, text))
    if opened.html and not contents.html:
        contents.html.append(normalised(opened.html))
        if not said and not opened.text.strip():
            contents.texts.append((markup.to_text(opened.html), markup.to_text(opened.html, quotes=True)))
    if not opened.files and not opened.text and not opened.html:
        name = words.line(part.file_name) or "winmail.dat"
        contents.attachments.append(Attachment(name, part.type, content))


def _message_name(part: Part) -> str:
    content = part.content[:100_000]
    found, _ = fields.read(content, 0, len(content), top=True)
    return (found.line("subject")[:80] or "message") + ".eml"


def _default_name(part: Part) -> str:
    stem = {"image": "image", "audio": "audio", "video": "video", "message": "message"}.get(
        part.type.split("/")[0], "file"
    )
    if part.type == "text/calendar":
        stem = "invite"
    elif "signature" in part.type:
        stem = "signature"
    return stem + _EXTENSIONS.get(part.type, "")


_CALENDAR: Final = re.compile(r"^(SUMMARY|LOCATION|DESCRIPTION)[^:\n]{0,200}:(.*)$", re.MULTILINE)


def _calendar(text: str) -> str:
    """What an invitation says, where the mail says nothing else (RFC 5545)."""
    unfolded = re.sub(r"\r?\n[ \t]", "", text)
    said: dict[str, str] = {}
    for found in _CALENDAR.finditer(unfolded.replace("\r", "")):
        value = found[2].replace("\\n", "\n").replace("\\N", "\n").replace("\\,", ",").replace("\\;", ";")
        said.setdefault(found[1], value.replace("\\\\", "\\").strip())
    return "\n".join(said[key] for key in ("SUMMARY", "LOCATION", "DESCRIPTION") if said.get(key))
