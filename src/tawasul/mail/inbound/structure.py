"""The tree of parts in a mail, by positions in the raw bytes: nothing is copied until it is asked for."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from tawasul.mail.inbound import fields, limits, transfer

_GUESSED: Final = re.compile(
    rb"(?:^|[\r\n])--([^\s][^\r\n]{0,200}?)[ \t]*(?:\r+\n|\n|\r)"
    rb"(?:[A-Za-z-]+:[^\r\n]*(?:\r+\n|\n|\r)[ \t]*){0,6}?content-"
    rb"(?:type|transfer-encoding|disposition)[ \t]*:",
    re.IGNORECASE,
)
_TYPE: Final = re.compile(r"[\w!#$&^.+-]{1,80}/[\w!#$&^.+*-]{1,120}\Z")


@dataclass(slots=True)
class Part:
    """One part: its fields, its media type in lower case, and where its body lies in ``source``."""

    source: bytes
    fields: fields.Fields
    start: int
    end: int
    type: str
    params: dict[str, str]
    disposition: str
    disposition_params: dict[str, str]
    children: list["Part"] = field(default_factory=list)
    parent: "Part | None" = None
    depth: int = 0

    @property
    def body(self) -> bytes:
        """The body under its transfer encoding."""
        return self.source[self.start : self.end]

    @property
    def content(self) -> bytes:
        """The body decoded."""
        return transfer.decode(self.body, self.encoding)

    @property
    def encoding(self) -> str:
        """Content-Transfer-Encoding in lower case without comments; empty where none is named."""
        return fields.structured(self.fields.raw("content-transfer-encoding")).token

    @property
    def file_name(self) -> str:
        """The name under which it was attached, as written; empty where it has none."""
        for params in (self.disposition_params, self.params):
            for key in ("filename", "name", "file"):
                if params.get(key):
                    return params[key]
        return ""

    @property
    def cid(self) -> str:
        """Content-ID without its brackets."""
        return self.fields.text("content-id").strip().strip("<>")

    def walk(self) -> Iterator["Part"]:
        """This part and all below it, in their order."""
        waiting = [self]
        while waiting:
            part = waiting.pop()
            yield part
            waiting.extend(reversed(part.children))


def read(raw: bytes, budget: limits.Budget) -> Part:
    """The tree of a whole mail. Bytes beyond limits.MAX_BYTES are left out and noted."""
    if len(raw) > limits.MAX_BYTES:
        raw = raw[: limits.MAX_BYTES]
        budget.note("too_large")
    if b"\n" not in raw[:100_000] and b"\r" in raw:
        raw = raw.replace(b"\r", b"\n")
    return _part(raw, 0, len(raw), None, budget)


def _part(raw: bytes, start: int, end: int, parent: Part | None, budget: limits.Budget) -> Part:
    found, body = fields.read(raw, start, end, top=parent is None)
    declared = _content_type(found, raw, body, end)
    media = declared.token
    if not _TYPE.match(media):
        in_digest = parent is not None and parent.type == "multipart/digest"
        media = _without_subtype(media) if media else ("message/rfc822" if in_digest else "text/plain")
    disposition = fields.structured(found.raw("content-disposition"))
    part = Part(
        raw, found, body, end, media, declared.params, disposition.token, disposition.params, parent=parent,
        depth=parent.depth + 1 if parent else 0,
    )  # fmt: skip
    if media.startswith("multipart/"):
        _split(part, budget)
    elif (
        parent is None
        and media in {"text/plain", "application/octet-stream"}
        and not found.has("content-type")
    ):
        _split_undeclared(part, budget)
    return part


def _content_type(found: fields.Fields, raw: bytes, start: int, end: int) -> fields.Value:
    """The first Content-Type; of several the one whose boundary really occurs."""
    values = [fields.structured(value) for key, value in found.rows if key == "content-type"][:20]
    for value in values:
        boundary = value.params.get("boundary")
        if len(values) > 1 and boundary and raw.find(b"--" + _as_bytes(boundary), start, end) >= 0:
            return value
    return values[0] if values else fields.Value("", {})


def _without_subtype(token: str) -> str:
    kind = token.split("/")[0]
    if kind in {"text", "plain"}:
        return "text/plain"
    if kind == "html":
        return "text/html"
    if kind == "multipart":
        return "multipart/mixed"
    return (
        "text/plain" if kind not in {"image", "audio", "video", "application"} else "application/octet-stream"
    )


def _as_bytes(boundary: str) -> bytes:
    return boundary.encode("utf-8", "surrogateescape")


def _split(part: Part, budget: limits.Budget) -> None:
    if part.depth >= limits.MAX_DEPTH:
        budget.note("too_deep")
        return
    boundary = _as_bytes(part.params.get("boundary", "").rstrip())
    spans = _spans(part, boundary) if boundary else []
    if not spans and boundary and part.encoding in {"base64", "quoted-printable"}:
        # Forbidden for a multipart (RFC 2045 §6.4), and sent all the same.
        content = part.content
        if b"--" + boundary in content:
            budget.note("encoded_multipart")
            part.source, part.start, part.end = content, 0, len(content)
            spans = _spans(part, boundary)
    if not spans:
        guessed = _GUESSED.search(part.source, max(0, part.start - 1), min(part.end, part.start + 200_000))
        if guessed:
            budget.note("boundary_guessed")
            spans = _spans(part, guessed[1].strip())
    if not spans:
        # No part is to be found: the body is read as the text that it must be.
        budget.note("no_parts")
        if part.parent is None or part.source[part.start : part.end].strip():
            part.children.append(
                Part(part.source, fields.Fields(), part.start, part.end, "text/plain", {}, "", {}, parent=part,
                     depth=part.depth + 1)
            )  # fmt: skip
        return
    if boundary and part.source[part.end - 200 : part.end].find(boundary) < 0:
        budget.note("not_terminated")
    for start, end in spans:
        if not budget.part():
            break
        part.children.append(_part(part.source, start, end, part, budget))


def _split_undeclared(part: Part, budget: limits.Budget) -> None:
    """A mail without Content-Type whose body is plainly a multipart: its own first boundary is taken."""
    head = part.source[part.start : part.start + 3000].lstrip()
    if not head.startswith(b"--"):
        return
    guessed = _GUESSED.match(b"\n" + head)
    if guessed and head.count(b"--" + guessed[1].strip()) >= 1:
        budget.note("boundary_guessed")
        part.type = "multipart/mixed"
        part.params = {"boundary": fields.as_text(guessed[1].strip())}
        _split(part, budget)


def _spans(part: Part, boundary: bytes) -> list[tuple[int, int]]:
    """Where the parts between the lines ``--boundary`` begin and end; a missing last line is forgiven."""
    return _spans_after(part, b"\n--" + boundary) or _spans_after(part, b"\r--" + boundary)


def _spans_after(part: Part, needle: bytes) -> list[tuple[int, int]]:
    raw, end = part.source, part.end
    at = part.start - 1  # the newline before the body; -1 where the mail itself begins with its boundary
    if at < 0 and not raw.startswith(needle[1:]):
        at = 0
    spans: list[tuple[int, int]] = []
    opened = -1
    while len(spans) < limits.MAX_PARTS:
        newline_at = raw.find(needle, at, end) if at >= 0 else -1
        if newline_at < 0 and at >= 0:
            break
        found = newline_at + 1
        at = found + len(needle) - 1
        rest = raw[at : min(end, at + 200)]
        newline = re.search(rb"[\r\n]", rest)
        tail = rest[: newline.start()] if newline else rest
        closing = tail.startswith(b"--") and not tail[2:].strip()
        if tail.strip() and not closing:
            continue
        line_end = at + (newline.start() if newline else len(rest))
        if opened >= 0:
            spans.append((opened, _before_newline(raw, opened, found)))
        if closing:
            # What follows the end is an epilogue, unless the same boundary goes on: seen in mails glued together.
            opened = -1
            continue
        opened = _after_newline(raw, line_end, end)
    if opened >= 0 and len(spans) < limits.MAX_PARTS and raw[opened:end].strip():
        spans.append((opened, end))
    return spans


def _before_newline(raw: bytes, least: int, at: int) -> int:
    """The newline before a boundary belongs to the boundary (RFC 2046 §5.1.1)."""
    if at > least and raw[at - 1 : at] == b"\n":
        at -= 1
    while at > least and raw[at - 1 : at] == b"\r":
        at -= 1
    return at


def _after_newline(raw: bytes, at: int, end: int) -> int:
    while raw[at : at + 1] == b"\r":
        at += 1
    if raw[at : at + 1] == b"\n":
        at += 1
    return min(at, end)
