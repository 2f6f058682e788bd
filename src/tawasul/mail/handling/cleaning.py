"""A mail's HTML as it may be shown: the writing, tables and pictures of it, and nothing that acts, loads or asks.

Pictures keep their addresses: ``cid:`` ones are named anew where they are shown, and remote ones are loaded only when
somebody asks for them, which is for the page's own rules (CSP) to hold. No id, class or name survives, so nothing in a
mail can meet the page around it. Pure: no settings, no database.
"""

import re
from typing import Final

import nh3

MOST_CHARACTERS: Final = 1_000_000
MOST_DEPTH: Final = 1500  # elements within each other; the parser's time grows with the square of it
_ROUNDS: Final = 6  # markup that was never well-formed may change again when it is read again
_BLOCKS: Final = (
    "p", "div", "li", "td", "th", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "dt", "dd", "caption",
    "center", "address", "article", "section", "header", "footer", "main", "figcaption",
)  # fmt: skip
_OTHERS: Final = (
    "a", "abbr", "b", "bdi", "big", "br", "cite", "code", "col", "colgroup", "del", "dfn", "dl", "em", "figure",
    "font", "hr", "i", "img", "ins", "kbd", "mark", "ol", "q", "s", "samp", "small", "span", "strike", "strong", "sub",
    "sup", "table", "tbody", "tfoot", "thead", "time", "tr", "tt", "u", "ul", "var", "wbr",
)  # fmt: skip
_EMPTIED: Final = {
    "script", "style", "title", "template", "svg", "math", "iframe", "frame", "frameset", "object", "embed", "applet",
    "audio", "video", "canvas", "noembed", "noframes", "select", "datalist", "xmp", "plaintext",
}  # fmt: skip
_TABLE: Final = {"align", "valign", "bgcolor", "width", "height"}
_ATTRIBUTES: Final[dict[str, set[str]]] = {
    "*": {"style"},
    "a": {"href", "title"},
    "img": {"src", "alt", "width", "height", "title", "align", "border"},
    "font": {"color", "face", "size"},
    "table": {*_TABLE, "border", "cellpadding", "cellspacing"},
    "tr": _TABLE,
    "td": {*_TABLE, "colspan", "rowspan", "nowrap"},
    "th": {*_TABLE, "colspan", "rowspan", "nowrap"},
    "col": {"span", "width"},
    "colgroup": {"span", "width"},
    "p": {"align"},
    "div": {"align"},
    "hr": {"width", "size", "color", "align"},
    "ol": {"start", "type", "reversed"},
    "ul": {"type"},
    "li": {"value"},
    "h1": {"align"},
    "h2": {"align"},
    "h3": {"align"},
    "time": {"datetime"},
}
_STYLES: Final = {
    "color", "background-color", "font-family", "font-size", "font-style", "font-weight", "font-variant", "line-height",
    "text-align", "text-decoration", "text-indent", "text-transform", "vertical-align", "white-space",
    "border", "border-collapse", "border-color", "border-spacing", "border-style", "border-width",
    "border-top", "border-bottom", "border-left", "border-right", "border-radius",
    "padding", "padding-top", "padding-bottom", "padding-left", "padding-right",
    "margin", "margin-top", "margin-bottom", "margin-left", "margin-right",
    "width", "max-width", "min-width", "height", "list-style-type",
}  # fmt: skip
# Whatever fetches, or hides what it fetches behind an escape. No allowed property needs any of these.
_FETCHES: Final = re.compile(r"url|image|src\s*\(|expression|element\s*\(|attr\s*\(|var\s*\(|[\\@]", re.I)
_LINK: Final = re.compile(r"(?:https?:|mailto:|tel:)", re.IGNORECASE)
_PICTURE: Final = re.compile(
    r"(?:https?:|cid:|data:image/(?:png|jpe?g|gif|webp);base64,[a-z0-9+/=\s]*\Z)", re.I
)


_TAG: Final = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
_NEVER_DEEP: Final = {
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr",
    "p", "li", "td", "th", "tr", "dt", "dd", "option",
}  # fmt: skip


def clean(html: str) -> str:
    """The markup that may be shown of a mail's HTML; empty where there is too much of it, the text remains then.

    Cleaning twice changes nothing more.
    """
    if len(html) > MOST_CHARACTERS or _is_deep(html):
        return ""
    for _ in range(_ROUNDS):
        cleaned = _CLEANER.clean(html).strip()
        if cleaned == html:
            break
        html = cleaned
    return html


def _is_deep(html: str) -> bool:
    depth = 0
    for closing, name in _TAG.findall(html):
        if name.lower() not in _NEVER_DEEP:
            depth = max(0, depth - 1) if closing else depth + 1
            if depth > MOST_DEPTH:
                return True
    return False


def _attribute(tag: str, name: str, value: str) -> str | None:
    if name == "style":
        kept = [one for one in value.split(";") if one.strip() and not _FETCHES.search(one)]
        return ";".join(kept) or None
    value = value.strip()
    if tag == "a" and name == "href":
        return value if _LINK.match(value) else None
    if tag == "img" and name == "src":
        return value if _PICTURE.match(value) else None
    return value


_CLEANER: Final = nh3.Cleaner(
    tags={*_BLOCKS, *_OTHERS},
    clean_content_tags=_EMPTIED,
    attributes=_ATTRIBUTES,
    attribute_filter=_attribute,
    tag_attribute_values={
        name: {"dir": {"rtl", "ltr", "auto"}} for name in ("table", "ul", "ol", "span", "bdi", "dl")
    },
    set_tag_attribute_values={
        **{block: {"dir": "auto"} for block in _BLOCKS},
        "a": {"target": "_blank"},
        "img": {"referrerpolicy": "no-referrer"},
    },
    filter_style_properties=_STYLES,
    url_schemes={"http", "https", "mailto", "tel", "cid", "data"},
    url_relative="deny",
    link_rel="noopener noreferrer nofollow",
)
