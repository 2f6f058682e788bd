"""What must be isolated inside running text, so that it stays readable in a text of the other direction.

Addresses, domain names and groups of digits (a ticket's number in Arabic text would show its groups swapped)
are found in plain text and wrapped; everything is escaped on the way.
"""

import re
from collections.abc import Callable
from html import escape

import idna

from tawasul.core import domains, zones

# Endings that count as a domain name in running text. Any two Latin letters do; Arabic words follow a full
# stop without a space so often that only real endings count there.
_GENERIC = frozenset({
    "com", "net", "org", "info", "biz", "name", "pro", "edu", "gov", "mil", "int", "app", "dev", "cloud",
    "online", "store", "shop", "site", "tech", "blog", "email", "network", "international", "icu",
    "test", "example",
})  # fmt: skip
_ARABIC_TOPS = frozenset({
    "السعودية", "امارات", "مصر", "قطر", "الاردن", "فلسطين", "تونس", "عمان", "المغرب", "سورية", "سودان",
    "الجزائر", "موريتانيا", "العراق", "البحرين", "شبكة", "موقع", "پاکستان", "ایران", "مليسيا",
})  # fmt: skip
_NOT_A_NAME = frozenset(
    {"cs", "gz", "js", "md", "pl", "ps", "py", "rs", "sh", "ts", "vb"}
)  # endings of files

# Every repetition is bounded and starts at the beginning of a word, so that no text can make the search slow.
_LABEL = r"[^\W_](?:[^\W_]|[\u0300-\u036f\u093c-\u0dff\u0e31-\u0e4e-]){0,62}+"
_IN_URL = r"[^\s<>\"'«»“”‘’`\u0600-\u0605\u060c\u061b\u061f]"
_FOUND = re.compile(
    rf"(?P<url>https?://{_IN_URL}+)"
    rf"|(?<![\w.+@-])(?P<mail>[\w.+-]{{1,64}}+@(?:{_LABEL}\.){{1,9}}{_LABEL})"
    rf"|(?<![\w@.-])(?P<name>(?:{_LABEL}\.){{1,9}}{_LABEL})(?![\w@-])(?P<path>/{_IN_URL}*)?"
    r"|(?<![\w.,/-])(?P<digits>\+\d[\d -]{5,18}\d|\d{1,20}+(?:[-/]\d{1,20}+){1,8}+)(?![\w-])"
)
_AFTER = ".,;:!?)]}…"

Wrap = Callable[[str, str], str]


def wrapped(text: str, *, link: Wrap | None = None) -> str:
    """Plain text as safe HTML inside one paragraph: escaped, with ``<bdi>`` around what needs it.

    ``link(url, label_html)`` makes the links of http and https addresses; without it they are only isolated.
    """
    parts: list[str] = []
    end = 0
    for match in _FOUND.finditer(text):
        parts.append(escape(text[end : match.start()]))
        found, tail = match.group(), ""
        if match.lastgroup in {"url", "path"}:
            found, tail = _without_tail(found)
        parts.append(_one(match, found, link) + escape(tail))
        end = match.end()
    parts.append(escape(text[end:]))
    return "".join(parts)


def _one(match: re.Match[str], found: str, link: Wrap | None) -> str:
    kind, safe = match.lastgroup, escape(found)
    if kind == "mail":
        return f"<bdi>{safe}</bdi>"
    if kind in {"name", "path"} and not _is_name(match["name"]):
        return safe
    if kind == "name":
        return f'<bdi class="domain">{safe}</bdi>'
    isolated = f'<bdi dir="ltr">{safe}</bdi>'
    return link(found, isolated) if kind == "url" and link else isolated


def _without_tail(url: str) -> tuple[str, str]:
    """An address without the sentence's punctuation after it; a closing bracket stays if it was opened."""
    end = len(url)
    while end and url[end - 1] in _AFTER:
        if url[end - 1] == ")" and url.count("(", 0, end) >= url.count(")", 0, end):
            break
        end -= 1
    return url[:end], url[end:]


def _is_name(found: str) -> bool:
    top = found.rpartition(".")[2]
    if len(found) > 253 or top[0].isdigit():
        return False
    if not top.isascii():
        arabic = "\u0600" <= top[0] <= "\u06ff"
        return (top in _ARABIC_TOPS or bool(zones.meant(top))) if arabic else _is_idn(found)
    if top != top.lower() and top != top.upper():
        return False  # "end.Next", a sentence without its space
    top = top.lower()
    first = found.partition(".")[0]
    if top.startswith("xn--") or top in _GENERIC:
        return True
    return len(top) == 2 and len(first) > 1 and top not in _NOT_A_NAME


def _is_idn(found: str) -> bool:
    try:
        idna.encode(domains.mapped(found))
    except idna.IDNAError:
        return False
    return True
