"""Addresses in From, To and Reply-To, read forgivingly (RFC 5322 §3.4, §4.4; RFC 6532)."""

import re
from dataclasses import dataclass
from typing import Final

from tawasul.mail.inbound import limits, words


@dataclass(frozen=True, slots=True)
class Mailbox:
    """A display name, possibly empty, and an address as written (``MAILER-DAEMON`` is one, too)."""

    name: str
    address: str


# An encoded word is whole even where it holds a comma, which the standard forbids and mailers write.
_PIECE: Final = re.compile(
    r'=\?[^?\s]{1,60}\?[bBqQ]\?[^?<>\r\n]{0,400}\?=|"(?:[^"\\]|\\.)*"|\((?:[^()\\]|\\.|\([^()]*\))*\)|<[^<>]*>|[,;]|'
    r'(?:(?!=\?)[^,;"(<])+|.',
    re.DOTALL,
)
_WORD_WITH_ANGLE: Final = re.compile(r"=\?[^?\s]{1,60}\?[qQ]\?[^?]{0,300}<")
_ANGLE: Final = re.compile(r"<([^<>]*)>?")
_QUOTED: Final = re.compile(r'"((?:[^"\\]|\\.)*)"')
_ESCAPED: Final = re.compile(r"\\(.)", re.DOTALL)
_SPACED: Final = re.compile(r"(\S+)\s*@\s*([\w-]+(?:\s*\.\s*[\w-]+)*)\Z")
_COMMENT: Final = re.compile(r"\([^()]*\)")
_PLAIN: Final = re.compile(r"(?<![^\s<>()\[\],;:\"])[^\s<>()\[\],;:\"]+@[^\s<>()\[\],;:\"]+")


def parse(value: str) -> list[Mailbox]:
    """The mailboxes of a field's text (before RFC 2047), in order; groups are opened. Never raises."""
    found: list[Mailbox] = []
    pieces: list[str] = []
    for piece in [*_PIECE.findall(value[:100_000]), ","]:
        if piece in {",", ";"}:
            mailbox = _one(pieces)
            if mailbox is not None:
                found.append(mailbox)
                if len(found) >= limits.MAX_ADDRESSES:
                    break
            pieces = []
        else:
            pieces.append(piece)
    return _mended(found)


def _mended(found: list[Mailbox]) -> list[Mailbox]:
    """``Surname, Name <a@b>`` without quotes comes apart at its comma: put together again."""
    out: list[Mailbox] = []
    held = ""
    for mailbox in found:
        if "@" not in mailbox.address and mailbox is not found[-1] and not (mailbox.name and mailbox.address):
            text = mailbox.address or mailbox.name
            held = f"{held}, {text}" if held else text
            continue
        if held and mailbox.name and "@" in mailbox.address:
            mailbox = Mailbox(f"{held}, {mailbox.name}", mailbox.address)
        elif held:
            out.append(Mailbox(held, "") if " " in held else Mailbox("", held))
        held = ""
        out.append(mailbox)
    if held:
        out.append(Mailbox(held, "") if " " in held else Mailbox("", held))
    return out


def _one(pieces: list[str], *, again: bool = True) -> Mailbox | None:
    text = "".join(pieces).strip()
    if not text:
        return None
    if again and _WORD_WITH_ANGLE.search(text):
        return _one(_PIECE.findall(words.line(words.decode(text))), again=False)
    angles = [piece for piece in pieces if piece.startswith("<") and piece.endswith(">")]
    comments = [piece[1:-1] for piece in pieces if piece.startswith("(") and piece.endswith(")")]
    outside = "".join(
        piece for piece in pieces if piece not in angles and piece[1:-1] not in comments
    ).strip()
    if angles:
        angle = next((piece for piece in reversed(angles) if "@" in piece), angles[-1])
        address = _address(angle.strip("<>"))
        name = _name(outside) or _name(" ".join(comments))
        if not address:
            bare = _PLAIN.search(outside)
            address = _address(bare[0]) if bare else ""
        if ":" in outside and "@" not in outside and not name.startswith('"'):
            name = _name(outside.split(":")[-1]) if '"' not in outside else name
    elif "<" in outside and "@" in outside:  # never closed
        before, _, after = outside.rpartition("<")
        name, address = _name(before) or _name(" ".join(comments)), _address(after)
    else:
        if ":" in outside and not outside.startswith('"'):  # a group's name
            outside = outside.split(":", 1)[1].strip()
        name = _name(" ".join(comments))
        decoded = words.line(words.decode(outside))
        if again and decoded != outside and "<" in decoded and "@" in decoded:
            return _one(_PIECE.findall(decoded), again=False)
        if _SPACED.match(decoded):
            decoded = "".join(decoded.split())
        bare = _PLAIN.search(decoded)
        if bare and bare[0] != decoded and '"' not in bare[0]:
            address = _address(bare[0])
            rest = decoded.replace(bare[0], " ")
            name = name or _name(rest.strip(" <>[]\"'"))
        else:
            address = _address(decoded.strip('"') if "@" not in decoded else decoded)
            if "@" not in address and " " in decoded.strip():  # only a name
                name, address = name or _name(decoded), ""
    if not address and again and "=?" in text:
        decoded = words.line(words.decode(text))
        if "@" in decoded:
            return _one(_PIECE.findall(decoded), again=False)
    return Mailbox(name, address) if address or name else None


def _name(text: str) -> str:
    text = _QUOTED.sub(lambda found: _ESCAPED.sub(r"\1", found[1]), text.strip())
    name = words.line(words.decode(text)).strip().strip('"').strip()
    return (
        name[1:-1].strip() if len(name) > 2 and name[0] == name[-1] == "'" else name
    )  # as Outlook writes it


def _address(text: str) -> str:
    text = words.line(text).strip().strip("'")
    if text.lower().startswith("mailto:"):
        text = text[7:]
    if text.startswith("@") and ":" in text:  # a route (RFC 5322 §4.4)
        text = text.rsplit(":", 1)[1]
    if "=?" in text:
        text = words.line(words.decode(text))
        inner = _ANGLE.search(text)
        text = inner[1] if inner and inner[1] else text
    if text.count('"') < 2:
        text = _COMMENT.sub("", text)
        text = "".join(text.split())
    return text[:400]
