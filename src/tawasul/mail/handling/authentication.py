"""What the one mail server that we trust says of a mail's sender (RFC 8601). Pure.

A server at the border removes Authentication-Results that bear its name from what comes in, and puts its own above
everything else. So only the first of these fields counts, and only when it bears the trusted name: whatever stands
below it came with the mail.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from tawasul.core.domains import BadDomain, mapped, to_both_forms


@dataclass(frozen=True, slots=True)
class Result:
    """One verdict: ``dmarc=pass header.from=example.sa``. Names and results are in lower case."""

    method: str
    result: str
    properties: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Results:
    """A whole field: who says it, and the verdicts."""

    server: str
    verdicts: tuple[Result, ...] = ()


def proves(authentication: Sequence[str], *, trusted: str, domain: str) -> bool:
    """Whether the trusted server says that DMARC passed for a From of this very domain.

    ``authentication`` are the values of the fields from the top, ``trusted`` the server's name for itself
    (authserv-id); nothing is proved where it is empty.
    """
    if not trusted or not authentication:
        return False
    results = parse(authentication[0])
    if results is None or results.server != trusted.strip().lower():
        return False
    said = [verdict for verdict in results.verdicts if verdict.method == "dmarc"]
    return bool(said) and all(
        verdict.result == "pass" and _same_domain(verdict.properties.get("header.from", ""), domain)
        for verdict in said
    )


def parse(text: str) -> Results | None:
    """The field's value; None where it does not follow the grammar, as with a comment that is never closed."""
    pieces = _pieces(text)
    if not pieces or not pieces[0]:
        return None
    head = pieces[0]
    if len(head) > 2 or (len(head) == 2 and head[1] != "1") or "=" in head[0]:
        return None  # version 1 is the only one there is
    verdicts = []
    for words in pieces[1:]:
        verdict = _verdict(words)
        if verdict is not None:
            verdicts.append(verdict)
    return Results(head[0].lower(), tuple(verdicts))


def _verdict(words: Sequence[str]) -> Result | None:
    """``method[/version]=result`` and its properties. A property that is given twice is no property."""
    if not words or "=" not in words[0]:
        return None
    method, _, result = words[0].partition("=")
    properties: dict[str, str] = {}
    for word in words[1:]:
        name, equals, value = word.partition("=")
        if equals:
            key = name.lower()
            properties[key] = "" if key in properties else value
    return Result(method.partition("/")[0].lower(), result.lower(), properties)


def _pieces(text: str) -> list[list[str]] | None:
    """The words between semicolons, without comments; ``a = b`` is one word. None where a quotation or a comment is
    not closed."""
    pieces: list[list[str]] = [[]]
    word: list[str] = []
    depth, at, quoted = 0, 0, False

    def end() -> None:
        if word:
            pieces[-1].append("".join(word))
            word.clear()

    while at < len(text):
        char = text[at]
        if char == "\\" and (quoted or depth):
            if quoted and at + 1 < len(text):
                word.append(text[at + 1])
            at += 2
            continue
        if quoted:
            if char == '"':
                quoted = False
            else:
                word.append(" " if char.isspace() or char in ";=()" else char)  # nothing in quotes is grammar
        elif char == "(":
            depth += 1
        elif depth:
            depth -= char == ")"
        elif char == '"':
            quoted = True
        elif char == ";":
            end()
            pieces.append([])
        elif char.isspace():
            if not _is_open(word) and not _equals_follows(text, at):
                end()
        else:
            word.append(char)
        at += 1
    end()
    return None if depth or quoted else pieces


def _is_open(word: Sequence[str]) -> bool:
    """Whether a value must still follow what was read of the word."""
    return bool(word) and word[-1] == "="


def _equals_follows(text: str, at: int) -> bool:
    return text[at:].lstrip()[:1] == "="


def _same_domain(one: str, other: str) -> bool:
    try:
        return bool(one) and to_both_forms(mapped(one))[1] == to_both_forms(mapped(other))[1]
    except BadDomain:
        return False
