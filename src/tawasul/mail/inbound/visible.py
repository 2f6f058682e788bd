"""What a person wrote in a mail: quotations, signatures and disclaimers folded away. When unsure, more is shown.

The body is read as rows of one letter each: ``t`` written text, ``q`` quoted, ``o`` the opening of a quotation,
``h`` a copied header field, ``m`` what a telephone adds, ``d`` a signature's mark, ``r`` a drawn rule, ``e`` empty.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from tawasul.mail.inbound import endings, markup, openings

_NEWLINES: Final = re.compile("\r+\n|\r|\u2028|\u2029|\x0b|\x0c|\x85")
_QUOTE: Final = re.compile(r"\s{0,8}(?:[A-Z]{1,3}|[A-Z][a-z]{1,5})?>|\s{0,4}[|¦]\s?>")
_ARMOR: Final = re.compile(
    r"\A\s*-----BEGIN PGP SIGNED MESSAGE-----\n(?:[A-Z][\w-]*:[^\n]*\n)*\n?|"
    r"^-----BEGIN PGP SIGNATURE-----\n.*?(?:^-----END PGP SIGNATURE-----$|\Z)",
    re.MULTILINE | re.DOTALL,
)
# A sentence ends here; "28." and "p.m." end none.
_SENTENCE_END: Final = re.compile(r"(?:[^\W\d_]{4,}[.]|[!?؟:：])\s*\Z")
_MOST: Final = (
    200_000  # characters that are looked at; a longer body is shown whole beyond its first quotation
)
_WINDOW: Final = 7  # lines that one opening may spread over
_TAIL: Final = 14  # written lines that a signature below a drawn rule may have


@dataclass(slots=True)
class _Row:
    kind: str
    lines: list[str]
    role: str = ""


def visible_text(body: str) -> str:
    """The writer's own words in a plain text body (an HTML document is read as text first); never empty unless the
    body is. Newlines are \\n; blank lines and blanks at both ends are gone."""
    return split(body)[0]


def split(body: str) -> tuple[str, str]:
    """``visible_text`` of the body, and the rest: everything that was folded away, in its order. Every line of the
    body is in one of the two; only blank lines at the ends and blanks at the ends of lines are in neither."""
    text = _NEWLINES.sub("\n", body).replace("\ufeff", "")
    if markup.looks_like(text):
        text = markup.to_text(text, quotes=True)
    if not text.strip() or len(text) > _MOST:
        return text.strip(), ""
    rows, armor = _unarmored(text)
    shown = {id(row) for row in _written(rows)}
    visible = _text(row for row in rows if id(row) in shown)
    if not visible:
        return _text([_Row("t", text.split("\n"))]), ""
    return visible, _text(row for row in _merged(rows, armor) if id(row) not in shown)


def _text(rows: Iterable[_Row]) -> str:
    return "\n".join(line.rstrip() for row in rows for line in row.lines).strip()


def _unarmored(text: str) -> tuple[list[_Row], list[tuple[int, _Row]]]:
    """The rows of the text without the armour of PGP, and the armour with the number of rows that stand above it."""
    rows: list[_Row] = []
    armor: list[tuple[int, _Row]] = []
    at = 0
    for found in _ARMOR.finditer(text):
        if at < found.start():
            rows.extend(_rows(text[at : found.start()].removesuffix("\n").split("\n")))
        armor.append((len(rows), _Row("a", found[0].split("\n"))))
        at = found.end()
    rows.extend(_rows(text[at:].split("\n")))
    return rows, armor


def _merged(rows: list[_Row], armor: list[tuple[int, _Row]]) -> Iterator[_Row]:
    for at, row in enumerate(rows):
        yield from (piece for place, piece in armor if place == at)
        yield row
    yield from (piece for place, piece in armor if place >= len(rows))


# -- rows ----------------------------------------------------------------------------------------------------------


def _rows(lines: list[str]) -> list[_Row]:
    plain = [openings.plain(line) for line in lines]
    rows: list[_Row] = []
    at = 0
    while at < len(lines):
        if plain[at].lstrip().startswith("```"):
            end = next((i for i in range(at + 1, len(lines)) if plain[i].strip().startswith("```")), -1)
            if end > 0:
                rows.extend(_Row("t", [line]) for line in lines[at : end + 1])
                at = end + 1
                continue
        length = _opening(plain, at)
        if length:
            rows.append(_Row("o", lines[at : at + length]))
            at += length
            continue
        rows.append(_row(lines[at], plain[at]))
        at += 1
    return _with_blocks(rows)


def _row(line: str, plain: str) -> _Row:
    if not plain.strip():
        return _Row("e", [line])
    if _QUOTE.match(plain):
        return _Row("q", [line])
    if endings.is_signature_mark(plain):
        return _Row("d", [line])
    if endings.is_rule(plain):
        return _Row("r", [line])
    if endings.is_device_line(plain):
        return _Row("m", [line])
    role = openings.field_role(plain)
    return _Row("h" if role else "t", [line], role)


def _opening(plain: list[str], at: int) -> int:
    """How many lines from ``at`` on are the opening of a quotation; 0 where there is none."""
    first = plain[at]
    if not first.strip() or _QUOTE.match(first):
        return 0
    if openings.is_marker(first):
        return 1
    starts = openings.may_begin(first)
    joined, blanks = "", 0
    for length in range(1, _WINDOW + 1):
        if at + length > len(plain):
            break
        line = plain[at + length - 1]
        if not line.strip():
            blanks += 1
            if blanks > 2:
                break
            continue
        if length > 1 and (
            _QUOTE.match(line)
            and not line.strip().startswith("> wrote")
            and not re.match(r"\s*>\s+\S+.{0,20}[:：]\s*\Z", line)
        ):
            break
        joined = f"{joined} {line.strip()}" if joined else line.strip()
        if len(joined) > 700:
            break
        if openings.is_attribution(joined, quote_follows=_quote_follows(plain, at + length)):
            return 0 if _begins_later(plain, at, at + length) else length
        if _SENTENCE_END.search(line):
            break
        if length == 1 and not starts and not openings.may_go_on(first):
            break
        if not starts and length >= 2:
            break
        if length > 1 and openings.may_begin(line) and openings.is_attribution(line, quote_follows=False):
            break
    return 0


def _begins_later(plain: list[str], at: int, end: int) -> bool:
    """Whether the opening that ends before ``end`` begins below ``at``: what stands above is the writer's own."""
    for later in range(at + 1, end):
        if openings.may_begin(plain[later]):
            joined = " ".join(line.strip() for line in plain[later:end] if line.strip())
            if openings.is_attribution(joined, quote_follows=_quote_follows(plain, end)):
                return True
    return False


def _quote_follows(plain: list[str], at: int) -> bool:
    for line in plain[at : at + 3]:
        if line.strip():
            return bool(_QUOTE.match(line))
    return False


def _with_blocks(rows: list[_Row]) -> list[_Row]:
    """Runs of copied header fields become an opening; a field on its own is only text."""
    at = 0
    while at < len(rows):
        if rows[at].kind == "h":
            end, roles = _block(rows, at)
            before = next((row.kind for row in reversed(rows[:at]) if row.kind != "e"), "")
            enough = len(roles) >= 3 or (len(roles) == 2 and before in {"r", "o"})
            if enough and _is_block(set(roles)):
                for row in rows[at:end]:
                    row.kind = "h"
                rows[at].kind = "o"
            else:
                for row in rows[at:end]:
                    row.kind = "t" if row.kind == "h" else row.kind
            at = end
        else:
            at += 1
    return rows


def _block(rows: list[_Row], at: int) -> tuple[int, list[str]]:
    """Where a run of fields ends, and their roles. A long value may go on in the next line, one blank is allowed."""
    roles: list[str] = []
    last = at
    index = at
    while index < len(rows) and index - last <= 2 and index - at < 40:
        row = rows[index]
        if row.kind == "h":
            roles.append(row.role)
            last = index
        elif row.kind not in {"t", "e"} or (
            row.kind == "t" and index - last > 1 and rows[index - 1].kind == "e"
        ):
            break
        index += 1
    return last + 1, roles


def _is_block(roles: set[str]) -> bool:
    return ("from" in roles and len(roles & {"sent", "to", "subject"}) >= 1) or {
        "sent",
        "to",
        "subject",
    } <= roles


# -- what is written -----------------------------------------------------------------------------------------------


def _written(rows: list[_Row]) -> list[_Row]:
    if re.match(r"[er]*o[oher]*t", _kinds(rows)):
        return rows  # nothing written above an unmarked older mail: it was forwarded to be read whole
    rows = _without_signature(rows)
    if any(row.kind == "t" for row in rows):
        rows = [row for row in rows if row.kind != "m"]
    rows = _without_quotation(rows)
    rows = _without_trailing(rows)
    return _without_disclaimer(rows)


def _kinds(rows: list[_Row]) -> str:
    return "".join(row.kind for row in rows)


def _without_signature(rows: list[_Row]) -> list[_Row]:
    """Everything below the first signature's mark goes. A drawn rule counts as one when little text follows it or a
    quotation opens there; otherwise it is the writer's."""
    kinds = _kinds(rows)
    for at, kind in enumerate(kinds):
        if kind not in "dr" or "t" not in kinds[:at]:
            continue
        tail = kinds[at + 1 :]
        own = tail.partition("o")[0]
        dashed = "".join(rows[at].lines).strip()[:1] in "-–—_"
        if kind == "d" and tail.count("t") <= 60:
            return rows[:at]
        opens = re.match(r"[er]*(?:o|t?e*o)", tail)
        if opens and "q" not in tail[:12]:
            return rows[:at]
        if dashed and own.count("t") <= _TAIL:
            return rows[:at]
        if own.count("t") <= _TAIL and _contact_lines(rows[at + 1 : at + 1 + len(own)]):
            return rows[:at]
    return rows


_CONTACT: Final = re.compile(
    r"https?://|www\.|@[\w.-]+\.\w|\+?\d[\d\s().-]{7,}\d|confidential|unsubscribe|سري|هاتف|جوال",
    re.IGNORECASE,
)


def _contact_lines(rows: list[_Row]) -> bool:
    return any(_CONTACT.search(line) for row in rows for line in row.lines)


def _without_quotation(rows: list[_Row]) -> list[_Row]:
    kinds = _kinds(rows)
    at = kinds.find("o")
    if at < 0:
        return rows
    below = kinds[at + 1 :]
    quoted = re.match(r"[eor]*q", below) is not None
    if "t" in kinds[:at]:
        if not quoted:
            return rows[:at]
        after = rows[at + 1 :]
        _take_wrapped(after)
        rest = _kinds(after)
        own = re.sub(r"[^t]", "", rest)
        if not own or _is_footer(after):
            return rows[:at]
        # The writer answered within or below the quotation: only the openings go.
        return [row for row in rows if row.kind != "o"]
    if not quoted:
        return rows  # nothing was written above: a forwarded mail, or no quotation at all
    after = rows[at + 1 :]
    _take_wrapped(after)
    rest = _kinds(after)
    own_only = re.fullmatch(r"[eqohr]*(t[te]*)", rest)
    if own_only:
        return [*rows[:at], *after[own_only.start(1) :]]
    return [row for row in rows if row.kind != "o"]


def _take_wrapped(rows: list[_Row]) -> None:
    """A quoted line that a program broke leaves its rest without a mark: right below and right above quoted lines."""
    for index, row in enumerate(rows):
        if row.kind != "t" or index == 0 or rows[index - 1].kind != "q":
            continue
        below = rows[index + 1].kind if index + 1 < len(rows) else ""
        long = len(rows[index - 1].lines[-1]) > 60
        if below == "q" and long and len(row.lines[0]) < 60:
            row.kind = "q"


def _is_footer(rows: list[_Row]) -> bool:
    own = [index for index, row in enumerate(rows) if row.kind == "t"]
    last_quote = max((index for index, row in enumerate(rows) if row.kind == "q"), default=-1)
    if not own or own[0] < last_quote:
        return False
    return endings.is_disclaimer("\n".join(line for row in rows[own[0] :] for line in row.lines))


def _without_trailing(rows: list[_Row]) -> list[_Row]:
    """Quoted lines below the last written one go, if anything was written."""
    kinds = _kinds(rows)
    if "t" not in kinds:
        return rows
    return rows[: kinds.rindex("t") + 1]


def _without_disclaimer(rows: list[_Row]) -> list[_Row]:
    paragraphs: list[int] = [
        index for index, row in enumerate(rows) if row.kind == "t" and index and rows[index - 1].kind in "er"
    ]
    for order, index in enumerate(paragraphs):
        if "t" not in _kinds(rows[:index]) or len(paragraphs) - order > 5:
            continue
        end = next((i for i in range(index, len(rows)) if rows[i].kind == "e"), len(rows))
        if endings.is_disclaimer("\n".join(line for row in rows[index:end] for line in row.lines)):
            return _without_trailing(rows[:index])
    return rows
