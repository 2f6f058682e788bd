"""What a person wrote in a mail: quotations, signatures and disclaimers folded away. When unsure, more is shown.

What rows of a body there are, and their letters, says ``rows``.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import accumulate
from typing import Final

from tawasul.mail.inbound import endings, markup
from tawasul.mail.inbound.rows import Row
from tawasul.mail.inbound.rows import read as read_rows

_NEWLINES: Final = re.compile("\r+\n|\r|\u2028|\u2029|\x0b|\x0c|\x85")
_ARMOR: Final = re.compile(
    r"\A\s*-----BEGIN PGP SIGNED MESSAGE-----\n(?:[A-Z][\w-]*:[^\n]*\n)*\n?|"
    r"^-----BEGIN PGP SIGNATURE-----\n.*?(?:^-----END PGP SIGNATURE-----$|\Z)",
    re.MULTILINE | re.DOTALL,
)
_MOST: Final = 200_000  # characters that are looked at; a longer body is shown whole
_TAIL: Final = 14  # written lines that a signature below a drawn rule may have


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
    written = _written(rows)
    visible = _text(written)
    if not visible:
        return _text([Row("t", text.split("\n"))]), ""
    shown = {id(row) for row in written}
    return visible, _text(row for row in _merged(rows, armor) if id(row) not in shown)


def _text(rows: Iterable[Row]) -> str:
    return "\n".join(line.rstrip() for row in rows for line in row.lines).strip()


def _unarmored(text: str) -> tuple[list[Row], list[tuple[int, Row]]]:
    """The rows of the text without the armour of PGP, and the armour with the number of rows that stand above it."""
    rows: list[Row] = []
    armor: list[tuple[int, Row]] = []
    at = 0
    for found in _ARMOR.finditer(text):
        if at < found.start():
            rows.extend(read_rows(text[at : found.start()].removesuffix("\n").split("\n")))
        armor.append((len(rows), Row("a", found[0].split("\n"))))
        at = found.end()
    rows.extend(read_rows(text[at:].split("\n")))
    return rows, armor


def _merged(rows: list[Row], armor: list[tuple[int, Row]]) -> Iterator[Row]:
    for at, row in enumerate(rows):
        yield from (piece for place, piece in armor if place == at)
        yield row
    yield from (piece for place, piece in armor if place >= len(rows))


# -- what is written -----------------------------------------------------------------------------------------------


def _written(rows: list[Row]) -> list[Row]:
    if re.match(r"[er]*o[oher]*t", _kinds(rows)):
        return rows  # nothing written above an unmarked older mail: it was forwarded to be read whole
    rows = _without_signature(rows)
    if any(row.kind == "t" for row in rows):
        rows = [row for row in rows if row.kind != "m"]
    rows = _without_quotation(rows)
    rows = _without_trailing(rows)
    return _without_disclaimer(rows)


def _kinds(rows: list[Row]) -> str:
    return "".join(row.kind for row in rows)


def _without_signature(rows: list[Row]) -> list[Row]:
    """Everything below the first signature's mark goes. A drawn rule counts as one where a quotation opens right below
    it, or nothing but names, addresses and disclaimers; a rule between two parts of a letter is the writer's."""
    kinds = _kinds(rows)
    written = [0, *accumulate(kind == "t" for kind in kinds)]  # lines before each row
    for found in _MARK.finditer(kinds):
        at, below = found.start(), found.end()
        if not written[at]:
            continue
        if kinds[at] == "d" and written[-1] - written[below] <= 60:
            return rows[:at]
        if _OPENS.match(kinds, below) and "q" not in kinds[below : below + 12]:
            return rows[:at]
        end = kinds.find("o", below)
        end = end if end >= 0 else len(kinds)
        drawn = "".join(rows[at].lines).strip()[:1]
        if written[end] - written[below] > _TAIL or (drawn in "-=" and kinds[at - 1] == "t"):
            continue  # too much to be a signature; the line below a heading
        if _is_signature(rows[below:end], dashed=drawn in "-–—_"):
            return rows[:at]
    return rows


_MARK: Final = re.compile("[dr]")
_OPENS: Final = re.compile("[er]*(?:o|t?e*o)")
_CONTACT: Final = re.compile(
    r"https?://|www\.|@[\w.-]+\.\w|\+?\d[\d\s().-]{7,}\d|confidential|unsubscribe|سري|هاتف|جوال",
    re.IGNORECASE,
)
_LEGAL: Final = re.compile(r"confidential|unsubscribe|mailing list|سرية|سري\b", re.IGNORECASE)
_WORD: Final = re.compile(r"[^\W\d_]{2,}")
_STOP: Final = re.compile(r"[^\W\d_]{3,}[)\"'”»]?[.!?؟:…]\s*\Z")


def _is_signature(rows: list[Row], *, dashed: bool) -> bool:
    """Whether the rows below a rule are what stands below a letter. ``dashed``: the rule is one that programs draw;
    any other needs an address or a number below it."""
    if any(row.kind == "r" for row in rows[:-1]) and not any(
        _LEGAL.search(line) for row in rows for line in row.lines
    ):
        dashed = False  # one rule of several
    contact = any(_CONTACT.search(line) for row in rows for line in row.lines)
    for paragraph in _paragraphs(rows):
        if any(_is_said(line) for line in paragraph) and not (
            endings.is_disclaimer("\n".join(paragraph)) or _LEGAL.search("\n".join(paragraph))
        ):
            return False
    return dashed or contact


def _is_said(line: str) -> bool:
    """What somebody says, as against a name, a title or an address: many words, or some that end as sentences do."""
    words = len(_WORD.findall(line))
    if words >= 2 and line.rstrip().endswith(("?", "؟", "!")):
        return True
    return words >= 9 or (words >= 5 and _STOP.search(line) is not None)


def _paragraphs(rows: list[Row]) -> list[list[str]]:
    found: list[list[str]] = [[]]
    for row in rows:
        if row.kind == "t":
            found[-1].extend(row.lines)
        elif found[-1]:
            found.append([])
    return [paragraph for paragraph in found if paragraph]


def _without_quotation(rows: list[Row]) -> list[Row]:
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
        return _without_openings(rows)
    if not quoted:
        return rows  # nothing was written above: a forwarded mail, or no quotation at all
    after = rows[at + 1 :]
    _take_wrapped(after)
    rest = _kinds(after)
    own_only = re.fullmatch(r"[eqohr]*(t[te]*)", rest)
    if own_only:
        return [*rows[:at], *after[own_only.start(1) :]]
    return _without_openings(rows)


def _without_openings(rows: list[Row]) -> list[Row]:
    """Without the openings of quotations; a blank line keeps apart what one of them kept apart."""
    kept: list[Row] = []
    for index, row in enumerate(rows):
        if row.kind != "o":
            kept.append(row)
        elif kept and kept[-1].kind != "e" and _kinds(rows[index + 1 : index + 2]) != "e":
            kept.append(Row("e", [""]))
    return kept


def _take_wrapped(rows: list[Row]) -> None:
    """A quoted line that a program broke leaves its rest without a mark: right below and right above quoted lines."""
    for index, row in enumerate(rows):
        if row.kind != "t" or index == 0 or rows[index - 1].kind != "q":
            continue
        below = rows[index + 1].kind if index + 1 < len(rows) else ""
        above = rows[index - 1].lines[-1]
        wrapped = len(above) > 60 and len(row.lines[0]) < 60
        if below == "q" and (wrapped or _REST_OF_LINK.match(row.lines[0])):
            row.kind = "q"


# "(https://example.com/a" on a quoted line goes on below without a mark; or all of the link stands there.
_REST_OF_LINK: Final = re.compile(r"\s*(?:\(https?://)?[^\s()]+\)(?:\s*>)?\s*\Z")


def _is_footer(rows: list[Row]) -> bool:
    own = [index for index, row in enumerate(rows) if row.kind == "t"]
    last_quote = max((index for index, row in enumerate(rows) if row.kind == "q"), default=-1)
    if not own or own[0] < last_quote:
        return False
    return endings.is_disclaimer("\n".join(line for row in rows[own[0] :] for line in row.lines))


def _without_trailing(rows: list[Row]) -> list[Row]:
    """Quoted lines below the last written one go, if anything was written."""
    kinds = _kinds(rows)
    if "t" not in kinds:
        return rows
    return rows[: kinds.rindex("t") + 1]


def _without_disclaimer(rows: list[Row]) -> list[Row]:
    paragraphs: list[int] = [
        index for index, row in enumerate(rows) if row.kind == "t" and index and rows[index - 1].kind in "er"
    ]
    for order, index in enumerate(paragraphs):
        if len(paragraphs) - order > 5 or "t" not in _kinds(rows[:index]):
            continue
        end = next((i for i in range(index, len(rows)) if rows[i].kind == "e"), len(rows))
        if endings.is_disclaimer("\n".join(line for row in rows[index:end] for line in row.lines)):
            return _without_trailing(rows[:index])
    return rows
