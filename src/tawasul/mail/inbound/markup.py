"""HTML mail as plain text: a small reader in linear time that runs nothing, loads nothing and never raises."""

import re
from html import unescape
from typing import Final

from tawasul.mail.inbound import limits

_TAG: Final = re.compile(
    r"<(/?)([a-zA-Z][a-zA-Z0-9:_-]{0,40})((?:[^<>\"']++|\"[^\"<>]*+\"|'[^'<>]*+')*+|[^>]{0,20000}+)>"
)
_ATTRIBUTE: Final = re.compile(r"([a-zA-Z_:-]{1,40})\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))")
_HEAD_END: Final = re.compile(r"</head\s*>|<body\b", re.IGNORECASE)
_SPACES: Final = re.compile(r"[ \t\r\n\f\v\u200b\ufeff]+")
_BLANK_LINES: Final = re.compile(r"\n{3,}")
_DOCUMENT: Final = re.compile(
    r"\A\s*(?:<!doctype html|<html\b|<head\b|<body\b|<meta\b|<style\b|<div\b|<p\b|<table\b|<!--)",
    re.IGNORECASE,
)

_SKIPPED: Final = frozenset(
    (
        "script",
        "style",
        "head",
        "title",
        "template",
        "noscript",
        "object",
        "applet",
        "svg",
        "math",
        "select",
        "textarea",
        "xml",
    )
)
_BLOCKS: Final = frozenset(
    re.findall(
        r"\w+",
        "address article aside blockquote body caption center dd details dir div dl dt fieldset "
        "figcaption figure footer form header hr html legend li main menu nav ol section summary table "
        "tbody tfoot thead tr ul ",
    )
)
_SPACED: Final = frozenset(("p", "h1", "h2", "h3", "h4", "h5", "h6", "pre"))
_TIGHT: Final = re.compile(
    r"MsoNormal|MsoPlainText|margin\s*:\s*0|margin-(?:top|bottom)\s*:\s*0|class=.?p\d", re.IGNORECASE
)
_POINTLESS: Final = re.compile(
    r"\W*(?:here|click here|this link|link|more|read more|هنا|اضغط هنا|انقر هنا|الرابط|رابط|من هنا|ici|"
    r"hier|aquí|qui)\W*\Z",
    re.IGNORECASE,
)


def looks_like(text: str) -> bool:
    """Whether a body that calls itself plain text is an HTML document."""
    head = text[:3000]
    return bool(_DOCUMENT.match(head)) and "</" in text[:200_000]


class _Page:
    """The text so far: words are held until it is known whether a line break comes before them."""

    def __init__(self, quotes: bool) -> None:
        self.quotes = quotes
        self.out: list[str] = []
        self.breaks = 9  # line breaks that stand at the end already; a text does not begin with one
        self.wanted = 0
        self.depth = 0
        self.blank = False
        self.hidden = 0
        self.pre = 0
        self.tight = False  # within a paragraph that has no margins

    def want(self, breaks: int) -> None:
        self.wanted = max(self.wanted, breaks)

    def newline(self) -> None:
        self.flush_breaks()
        self._break()

    def flush_breaks(self) -> None:
        while self.breaks < self.wanted:
            self._break()
        self.wanted = 0

    def _break(self) -> None:
        if self.breaks == 9 and not self.out:
            return
        if self.quotes and self.depth and self.breaks:
            self.out.append(">" * self.depth)
        self.out.append("\n")
        self.breaks += 1
        self.blank = False

    def words(self, text: str) -> None:
        if self.pre:
            lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
            for index, line in enumerate(lines):
                if index:
                    self.flush_breaks()
                    self._break()
                if line:
                    self._write(line)
            return
        text = _SPACES.sub(" ", text)
        if not text.strip(" "):
            self.blank = self.blank or bool(text)
            return
        if text[0] == " ":
            self.blank = True
        self._write(text.strip(" "))
        self.blank = text[-1] == " "

    def _write(self, text: str) -> None:
        self.flush_breaks()
        if self.breaks:
            if self.quotes and self.depth:
                self.out.append(">" * self.depth + " ")
        elif self.blank:
            self.out.append(" ")
        self.out.append(text)
        self.breaks = 0
        self.blank = False


def to_text(html: str, *, quotes: bool = False) -> str:
    """Readable text of ``html``. With ``quotes`` each line within a blockquote begins with ``> ``."""
    html = html[: limits.MAX_HTML]
    page = _Page(quotes)
    at = 0
    link: tuple[str, int] | None = None
    length = len(html)
    unclosed: set[str] = set()  # what never ends is looked for once
    bracket = -1
    while at < length:
        opened = html.find("<", at)
        if opened < 0:
            opened = length
        if opened > at:
            page.words(unescape(html[at:opened]))
        if opened >= length:
            break
        if bracket < opened:
            bracket = html.find(">", opened)
        if bracket < 0:
            page.words(unescape(html[opened:]))
            break
        if html.startswith("<!--", opened):
            end = -1 if "--" in unclosed else html.find("-->", opened + 4)
            if end < 0:
                unclosed.add("--")
            at = end + 3 if end >= 0 else bracket + 1
            continue
        if html.startswith(("<!", "<?"), opened):
            at = bracket + 1
            continue
        tag = _TAG.match(html, opened) if bracket - opened < 20_000 else None
        if tag is None:
            page.words("<")
            at = opened + 1
            continue
        at = tag.end()
        closing, name = tag[1], tag[2].lower()
        if name in _SKIPPED and not closing:
            at = _past(html, at, name, tag[3], unclosed)
            continue
        link = _tag(page, name, bool(closing), tag[3], link)
    text = "".join(page.out).replace("\u00a0", " ")
    text = "\n".join(line.rstrip() for line in text.split("\n"))
    return _BLANK_LINES.sub("\n\n", text).strip("\n")


def _past(html: str, at: int, name: str, attributes: str, unclosed: set[str]) -> int:
    """Where the reading goes on after an element of which nothing is shown; a head may end with the body's begin."""
    if attributes.rstrip().endswith("/") or name in unclosed:
        return at
    found = (_HEAD_END if name == "head" else re.compile(rf"</{name}\s*>", re.IGNORECASE)).search(html, at)
    if found is None:
        unclosed.add(name)
        return len(html) if name in {"script", "style"} else at
    return found.end() if found[0].startswith("</") else found.start()


def _tag(
    page: _Page, name: str, closing: bool, attributes: str, link: tuple[str, int] | None
) -> tuple[str, int] | None:
    if name == "br":
        page.newline()
    elif name in _SPACED:
        page.want(1 if name == "p" and (_TIGHT.search(attributes) or page.tight) else 2)
        page.tight = name == "p" and not closing and bool(_TIGHT.search(attributes))
        if name == "pre":
            page.pre = max(0, page.pre + (-1 if closing else 1))
    elif name in _BLOCKS:
        page.want(1)
        if name == "blockquote":
            page.flush_breaks()
            page.depth = max(0, min(20, page.depth + (-1 if closing else 1)))
        elif name == "li" and not closing:
            page.words("- ")
            page.blank = True
        elif name == "hr" and not closing:
            page.words("* * *")
            page.want(1)
    elif name in {"td", "th"}:
        page.blank = True
    elif name == "img" and not closing:
        alt = _attribute(attributes, "alt")
        if alt and len(alt) <= 8 and not alt.isascii():  # an emoji drawn as a picture
            page.words(alt)
    elif name == "a":
        if not closing:
            return (_attribute(attributes, "href"), len(page.out))
        if link is not None:
            target, since = link
            shown = "".join(page.out[since:])
            if target.lower().startswith(("http://", "https://")) and _POINTLESS.match(shown):
                page.words(f" <{target[:500]}>")
        return None
    return link


def _attribute(attributes: str, wanted: str) -> str:
    for found in _ATTRIBUTE.finditer(attributes):
        if found[1].lower() == wanted:
            return unescape(found[2] or found[3] or found[4] or "").strip()
    return ""
