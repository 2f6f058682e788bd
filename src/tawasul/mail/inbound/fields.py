"""Header sections: finding them, splitting them into fields, and reading structured values with parameters."""

import re
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import unquote_to_bytes

from tawasul.mail.inbound import charsets, limits, words

_NEWLINE: Final = re.compile(rb"\r+\n|\n|\r")
_FIELD: Final = re.compile(rb"([!-9;-~]{1,120})[ \t]*:(.*)", re.DOTALL)
_KNOWN: Final = re.compile(
    rb"(?:From|To|Cc|Subject|Date|Message-I[Dd]|MIME-Version|Mime-Version|Received|Return-[Pp]ath|Reply-To|Sender"
    rb"|Content-[A-Za-z-]+|X-[A-Za-z-]+|In-Reply-To|References|DKIM-Signature|Delivered-To|List-[A-Za-z]+)[ \t]*:",
    re.IGNORECASE,
)
_FIELDS_BEGIN: Final = re.compile(rb"\s{0,200}(?:>?From [^\r\n]*(?:\r+\n|\n|\r))?")


@dataclass(slots=True)
class Fields:
    """The fields of one header section in their order, with raw values."""

    rows: list[tuple[str, bytes]] = field(default_factory=list)

    def raw(self, name: str) -> bytes:
        """The first value under ``name`` (lower case), unfolded; empty where there is none."""
        return next((value for key, value in self.rows if key == name), b"")

    def has(self, name: str) -> bool:
        """Whether a field of that name (lower case) stands there, even an empty one."""
        return any(key == name for key, _ in self.rows)

    def text(self, name: str) -> str:
        """The first value as text before RFC 2047, unfolded."""
        return as_text(self.raw(name))

    def line(self, name: str) -> str:
        """The first value decoded, as one clean line."""
        return words.line(words.decode(self.text(name)))

    def texts(self, name: str) -> list[str]:
        """All values as text before RFC 2047."""
        return [as_text(value) for key, value in self.rows if key == name]


def as_text(value: bytes) -> str:
    """A raw value as text: UTF-8 (RFC 6532) or what its bytes look like; cut at limits.MAX_FIELD bytes."""
    return charsets.decode(value[: limits.MAX_FIELD])


def read(raw: bytes, start: int, end: int, *, top: bool = False) -> tuple[Fields, int]:
    """The header section of ``raw[start:end]`` and where its body begins.

    Lines that are no field are skipped where fields follow, and otherwise are where the body begins, as if the
    blank line were missing. ``top`` allows what stands before a whole mail: blank lines and an mbox ``From`` line.
    """
    fields = Fields()
    at = start
    if top:
        begin = _FIELDS_BEGIN.match(raw, at, end)
        at = begin.end() if begin else at
    stop = min(end, at + limits.MAX_HEADER_BYTES)
    name, value = "", bytearray()
    while at < stop:
        newline = _NEWLINE.search(raw, at, end)
        line_end, after = (newline.start(), newline.end()) if newline else (end, end)
        line = raw[at : min(line_end, at + limits.MAX_HEADER_BYTES)]
        if not line.strip(b" \t"):
            # A line of blanks within a folded value is a continuation for sloppy mailers; only a real field may follow.
            if not line or not name or not _KNOWN.match(raw, after, min(end, after + 200)):
                _keep(fields, name, value)
                return fields, after
            at = after
            continue
        found = None if line[:1] in b" \t" else _FIELD.match(line)
        if line[:1] in b" \t" and name:
            value += line
        elif found is not None:
            _keep(fields, name, value)
            name, value = found[1].decode("ascii", "replace").lower(), bytearray(found[2].strip(b" \t"))
        elif not _fields_follow(raw, after, end, fields, name):
            _keep(fields, name, value)
            return fields, at
        at = after
        if len(fields.rows) >= limits.MAX_HEADERS:
            blank = re.compile(rb"(?:\r?\n){2}").search(raw, at, end)
            return fields, blank.end() if blank else end
    _keep(fields, name, value)
    if at < end and at >= stop:
        blank = re.compile(rb"\r?\n\r?\n").search(raw, at, end)
        at = blank.end() if blank else end
    return fields, at


def _keep(fields: Fields, name: str, value: bytearray) -> None:
    if name:
        fields.rows.append((name, bytes(value)))


def _fields_follow(raw: bytes, at: int, end: int, fields: Fields, name: str) -> bool:
    """Whether known fields stand in the lines up to the next blank one, so that a strange line is only junk."""
    for _ in range(12):
        newline = _NEWLINE.search(raw, at, min(end, at + 4000))
        if newline is None or newline.start() == at:
            return False
        if _KNOWN.match(raw, at, newline.start()):
            return True
        at = newline.end()
    return False


@dataclass(slots=True)
class Value:
    """A structured value such as Content-Type: the token in lower case and the parameters, decoded."""

    token: str
    params: dict[str, str]


_PIECE: Final = re.compile(r'"(?:[^"\\]|\\.)*"?|\((?:[^()\\]|\\.)*\)?|[^;"(]+|;|.', re.DOTALL)
_ESCAPED: Final = re.compile(r'\\(["\\])')
_NUMBERED: Final = re.compile(r"(.+?)\*(\d{1,3})(\*)?\Z")


def structured(raw: bytes) -> Value:
    """``text/plain; charset="x"; name*0*=…`` with comments, quotes, RFC 2231 and its broken kin. Never raises."""
    text = as_text(raw[:20_000])
    parts: list[str] = [""]
    for piece in _PIECE.findall(text):
        if piece == ";":
            parts.append("")
        elif piece.startswith("(") and piece.endswith(")"):
            if "=" in parts[-1] and parts[-1].split("=", 1)[1].strip():
                parts[-1] += piece  # report (1).pdf, unquoted
        else:
            parts[-1] += piece
    token = "".join(parts[0].split()).strip("\"'").lower()
    if "=" in token and "/" not in token:  # the token is missing
        parts.insert(0, "")
        token = ""
    return Value(token, _params(parts[1:200]))


def _params(parts: list[str]) -> dict[str, str]:
    plain: dict[str, str] = {}
    pieces: dict[str, dict[int, tuple[str, bool]]] = {}
    for part in parts:
        key, equals, value = part.partition("=")
        key = key.strip().lower()
        if not equals or not key:
            continue
        value = value.strip()
        if value.startswith('"'):
            value = value[1:]
            value = value[: value.rfind('"')] if '"' in value else value
            value = _ESCAPED.sub(r"\1", value)
        numbered = _NUMBERED.match(key)
        if numbered:
            pieces.setdefault(numbered[1], {}).setdefault(int(numbered[2]), (value, bool(numbered[3])))
        elif key.endswith("*"):
            pieces.setdefault(key[:-1], {}).setdefault(0, (value, True))
        else:
            plain.setdefault(key, value)
    for key, numbered_pieces in pieces.items():
        whole = _extended(numbered_pieces)
        if whole or key not in plain:
            plain[key] = whole
    return {key: words.line(words.decode(value)) for key, value in plain.items()}


def _extended(pieces: dict[int, tuple[str, bool]]) -> str:
    """RFC 2231: pieces in the order of their numbers; percent-decoded where starred; charset'language' in front."""
    raw = bytearray()
    charset = ""
    for index, number in enumerate(sorted(pieces)):
        value, starred = pieces[number]
        if index == 0 and (starred or value.count("'") >= 2):
            named = value.split("'", 2)
            if len(named) == 3 and re.fullmatch(r"[\w.:-]{0,40}", named[0]) and (named[0] or starred):
                charset, value, starred = named[0], named[2], True
        piece = value.encode("utf-8", "replace")
        raw += unquote_to_bytes(piece) if starred else piece
    return charsets.decode(bytes(raw), charset)
