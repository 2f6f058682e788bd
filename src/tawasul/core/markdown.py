"""Text for pages: staff's answers in a safe Markdown subset, customers' text plain. Both as safe HTML.

Two walls: the parser knows no raw HTML, pictures or other schemes, and nh3 cleans what it made. Each block
carries its own ``dir``, so that an English paragraph in an Arabic answer reads as it should.
"""

import re
from collections.abc import Sequence
from html import escape

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

from tawasul.core.isolation import wrapped

_REL = "noopener nofollow"
_BLANK_LINES = re.compile(r"\n[^\S\n]*\n\s*")
_ALLOWED = {
    "p": {"dir"}, "ul": {"dir"}, "ol": {"dir", "start"}, "li": set(), "blockquote": {"dir"},
    "pre": {"dir"}, "code": {"dir"}, "bdi": {"dir", "class"}, "a": {"href"}, "strong": set(), "em": set(),
    "br": set(), "h2": {"dir"}, "h3": {"dir"}, "*": set(),
}  # fmt: skip
_CLEANER = nh3.Cleaner(
    tags=set(_ALLOWED) - {"*"}, attributes=_ALLOWED, url_schemes={"http", "https", "mailto"}, link_rel=_REL
)


class _Renderer(RendererHTML):
    """Directions on blocks, isolation in text, headings as the caller wants them."""

    def text(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return wrapped(tokens[idx].content, link=None if env.get("in_link") else _link)

    def link_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        env["in_link"] = True
        return self.renderToken(tokens, idx, options, env)

    def link_close(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        env["in_link"] = False
        return self.renderToken(tokens, idx, options, env)

    def code_inline(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return f'<code dir="auto">{escape(tokens[idx].content)}</code>'

    def fence(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return f'<pre dir="auto"><code>{escape(tokens[idx].content)}</code></pre>\n'


def _parser() -> MarkdownIt:
    parser = MarkdownIt("zero", {"breaks": True, "maxNesting": 12}, renderer_cls=_Renderer)
    parser.enable(["heading", "list", "blockquote", "fence"])
    parser.enable(["escape", "backticks", "emphasis", "link", "autolink", "newline", "entity"])
    parser.validateLink = _is_safe_link  # type: ignore[method-assign]
    return parser


def _is_safe_link(url: str) -> bool:
    return url.lower().startswith(("https://", "http://", "mailto:"))


def _link(url: str, label: str) -> str:
    return f'<a href="{escape(url)}" rel="{_REL}">{label}</a>'


_PARSER = _parser()


def render_answer(text: str) -> SafeString:
    """A staff answer: paragraphs, line breaks, bold, italic, lists, quotes, code, links to http(s) or mailto.

    Headings become bold paragraphs. Returns safe HTML.
    """
    return _rendered(text, headings=False)


def render_document(text: str) -> SafeString:
    """A published text, such as the terms: as ``render_answer``, with headings of two levels (h2, h3)."""
    return _rendered(text, headings=True)


def render_plain(text: str) -> SafeString:
    """What a customer typed: paragraphs at blank lines, line breaks, http(s) addresses linked. Safe HTML."""
    paragraphs = (part for part in _BLANK_LINES.split(text.strip("\n")) if part.strip())
    return mark_safe(  # noqa: S308  # wrapped() escapes
        "\n".join(
            f'<p dir="auto">{wrapped(part, link=_link).replace(chr(10), "<br>")}</p>' for part in paragraphs
        )
    )


def plain_of(text: str) -> str:
    """A Markdown answer for a mail's text part: marks dropped, lists and quotes kept, links spelt out."""
    return _Plain().of(_PARSER.parse(text))


def _rendered(text: str, *, headings: bool) -> SafeString:
    tokens = _PARSER.parse(text)
    _direct(tokens, headings=headings)
    html = _PARSER.renderer.render(tokens, _PARSER.options, {})
    return mark_safe(_CLEANER.clean(html).strip())  # noqa: S308


def _direct(tokens: list[Token], *, headings: bool) -> None:
    """Give each block its direction.

    A paragraph takes it from its own text (``auto``). A list or quote cannot, as ``auto`` does not look inside
    blocks with a direction of their own: theirs is the first strong letter's. The items of a list stay on the
    list's side, where its markers have room, and are isolated in it.
    """
    for index, token in enumerate(tokens):
        if token.type in {"bullet_list_open", "ordered_list_open", "blockquote_open"}:
            token.attrSet("dir", _first_direction(tokens, index))
        elif token.type == "paragraph_open" and token.hidden:
            _wrap(tokens[index + 1], "bdi")
        elif token.type in {"paragraph_open", "heading_open"}:
            token.attrSet("dir", "auto")
        if token.type in {"heading_open", "heading_close"}:
            if headings:
                token.tag = "h2" if token.tag == "h1" else "h3"
            else:
                token.tag = "p"
                if token.nesting > 0:
                    _wrap(tokens[index + 1], "strong")


def _wrap(inline: Token, tag: str) -> None:
    if inline.children:
        inline.children = [Token(f"{tag}_open", tag, 1), *inline.children, Token(f"{tag}_close", tag, -1)]


_STRONG = re.compile(r"[A-Za-z\u00c0-\u024f\u0370-\u058f]|[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")


def _first_direction(tokens: list[Token], index: int) -> str:
    level = tokens[index].level
    for token in tokens[index + 1 :]:
        if token.level == level and token.nesting < 0:
            break
        strong = _STRONG.search(token.content) if token.type == "inline" else None
        if strong:
            return "rtl" if "\u0590" <= strong.group() <= "\u08ff" or strong.group() >= "\ufb1d" else "ltr"
    return "auto"


class _Plain:
    """Walks the tokens once and writes lines."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.lists: list[int | None] = []  # the next number of each open list; None for bullets
        self.quotes = 0
        self.marker = ""

    def of(self, tokens: Sequence[Token]) -> str:
        for token in tokens:
            step = getattr(self, token.type, None)
            if step is not None:
                step(token)
        return "\n".join(self.lines).strip("\n")

    def bullet_list_open(self, _token: Token) -> None:
        self.lists.append(None)

    def ordered_list_open(self, token: Token) -> None:
        self.lists.append(int(token.attrGet("start") or 1))

    def bullet_list_close(self, _token: Token) -> None:
        self.lists.pop()
        if not self.lists:
            self._blank()

    ordered_list_close = bullet_list_close

    def list_item_open(self, _token: Token) -> None:
        number = self.lists[-1]
        self.marker = "- " if number is None else f"{number}. "
        if number is not None:
            self.lists[-1] = number + 1

    def blockquote_open(self, _token: Token) -> None:
        self.quotes += 1

    def blockquote_close(self, _token: Token) -> None:
        self.quotes -= 1
        self._blank()

    def inline(self, token: Token) -> None:
        self._write(_plain_inline(token.children or []))

    def fence(self, token: Token) -> None:
        self._write(token.content.rstrip("\n"))

    def paragraph_close(self, token: Token) -> None:
        if not token.hidden:
            self._blank()

    heading_close = paragraph_close

    def _write(self, text: str) -> None:
        indent = "  " * max(len(self.lists) - 1, 0)
        marker, self.marker = self.marker, ""
        hang = marker or ("  " if self.lists else "")
        for number, line in enumerate(text.split("\n")):
            self.lines.append("> " * self.quotes + indent + (hang if number == 0 else " " * len(hang)) + line)

    def _blank(self) -> None:
        if self.lines and self.lines[-1]:
            self.lines.append("")


def _plain_inline(tokens: Sequence[Token]) -> str:
    parts: list[str] = []
    opened: list[tuple[int, str]] = []
    for token in tokens:
        if token.type in {"softbreak", "hardbreak"}:
            parts.append("\n")
        elif token.type == "link_open":
            opened.append((len(parts), str(token.attrGet("href") or "")))
        elif token.type == "link_close" and opened:
            start, href = opened.pop()
            label = "".join(parts[start:])
            if href.removeprefix("mailto:") != label:
                parts.append(f" ({href})")
        else:
            parts.append(token.content)
    return "".join(parts)
