"""The lines of a body as rows of one letter each, for telling what is written from what is quoted.

``t`` written text, ``q`` quoted, ``o`` the opening of a quotation, ``h`` a copied header field, ``m`` what a telephone
adds, ``d`` a signature's mark, ``r`` a drawn rule, ``e`` empty.
"""

import re
from dataclasses import dataclass
from typing import Final

from tawasul.mail.inbound import endings, openings

_QUOTE: Final = re.compile(r"\s{0,8}(?:[A-Z]{1,3}|[A-Z][a-z]{1,5})?>|\s{0,4}[|¦]\s?>")
# A sentence ends here; "28." and "p.m." end none.
_SENTENCE_END: Final = re.compile(r"(?:[^\W\d_]{4,}[.]|[!?؟:：])\s*\Z")
_SECONDS: Final = re.compile(r"\d:\d\d:\d\d\s")
_TRIES: Final = 400  # lines that look like the beginning of an opening; a body with more is a log
_WINDOW: Final = 7  # lines that one opening may spread over


@dataclass(slots=True)
class Row:
    """Lines as they stand in the body (one, but for an opening), their ``kind``, a copied field's ``role``."""

    kind: str
    lines: list[str]
    role: str = ""


def read(lines: list[str]) -> list[Row]:
    """The rows of a body's lines, in their order; no line is lost."""
    plain = [openings.plain(line) for line in lines]
    rows: list[Row] = []
    at = tried = 0
    while at < len(lines):
        shared = openings.shared_at(plain[at]) if _quote_follows(plain, at + 1) else 0
        if shared:
            line = lines[at]  # ``plain`` is shorter where the line holds marks that are not seen
            end = next(i for i in range(len(line) + 1) if len(openings.plain(line[:i])) >= shared)
            own = line[:end].rstrip(" -")
            rows.append(Row("t", [own]))
            rows.append(Row("o", [line[len(own) :].lstrip()]))
            at += 1
            continue
        if plain[at].lstrip().startswith("```"):
            end = next((i for i in range(at + 1, len(lines)) if plain[i].strip().startswith("```")), -1)
            if end > 0:
                rows.extend(Row("t", [line]) for line in lines[at : end + 1])
                at = end + 1
                continue
        tried += openings.may_begin(plain[at]) or openings.may_go_on(plain[at])
        length = _opening(plain, at) if tried < _TRIES else int(openings.is_marker(plain[at]))
        if length:
            rows.append(Row("o", lines[at : at + length]))
            at += length
            continue
        rows.append(_row(lines[at], plain[at]))
        at += 1
    return _with_blocks(rows)


def _row(line: str, plain: str) -> Row:
    if not plain.strip():
        return Row("e", [line])
    if _QUOTE.match(plain):
        return Row("q", [line])
    if endings.is_signature_mark(plain):
        return Row("d", [line])
    if endings.is_rule(plain):
        return Row("r", [line])
    if endings.is_device_line(plain):
        return Row("m", [line])
    role = openings.field_role(plain)
    return Row("h" if role else "t", [line], role)


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
        if openings.is_attribution(
            joined, quote_follows=_quote_follows(plain, at + length), alone=_blank_follows(plain, at + length)
        ):
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
            if openings.is_attribution(
                joined, quote_follows=_quote_follows(plain, end), alone=_blank_follows(plain, end)
            ):
                return True
    return False


def _blank_follows(plain: list[str], at: int) -> bool:
    return at >= len(plain) or not plain[at].strip()


def _quote_follows(plain: list[str], at: int) -> bool:
    for line in plain[at : at + 3]:
        if line.strip():
            return bool(_QUOTE.match(line))
    return False


def _with_blocks(rows: list[Row]) -> list[Row]:
    """Runs of copied header fields become an opening; a field on its own is only text."""
    at = 0
    while at < len(rows):
        if rows[at].kind == "h":
            end, roles = _block(rows, at)
            before = next((row.kind for row in reversed(rows[:at]) if row.kind != "e"), "")
            enough = len(roles) >= 3 or (
                len(roles) == 2 and (before in {"r", "o"} or _is_sent_to(rows[at:end]))
            )
            if enough and _is_block(set(roles)) and _is_filled(rows, at, end):
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


def _block(rows: list[Row], at: int) -> tuple[int, list[str]]:
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
    return ("from" in roles and len(roles & {"sent", "to", "subject"}) >= 1) or {"sent", "to"} <= roles


def _is_sent_to(rows: list[Row]) -> bool:
    """Two fields alone are copied only where nobody would type them so: a date with its seconds, an address."""
    first, last = rows[0].lines[0], rows[-1].lines[0]
    return rows[0].role == "sent" and bool(_SECONDS.search(first) and openings.ADDRESS.search(last))


def _is_filled(rows: list[Row], at: int, end: int) -> bool:
    """Whether the fields hold what fields hold: an address, or a date where nothing but blank lines or a rule is around
    them, for a form of the writer's own has its dates and subjects, too."""
    fields = rows[at:end]
    if any(openings.ADDRESS.search(line) for row in fields for line in row.lines):
        return True
    around = [*rows[max(0, at - 1) : at], *rows[end : end + 1]]
    if any(row.kind not in "ero" for row in around):
        return False
    dated = r"\d" if "subject" in {row.role for row in fields} else r"\d\s?[:.٫]\s?\d\d"
    return any(row.role in {"sent", ""} and re.search(dated, line) for row in fields for line in row.lines)
