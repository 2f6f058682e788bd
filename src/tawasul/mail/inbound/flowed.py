"""format=flowed (RFC 3676): soft line breaks joined again, quotes kept apart."""

import re
from typing import Final

_QUOTES: Final = re.compile(r">*")


def unflow(text: str, *, del_sp: bool) -> str:
    """``text`` (newlines as \\n) with its paragraphs on one line each. ``del_sp`` drops the blank at each join."""
    out: list[str] = []
    held, held_depth, open_ = "", 0, False
    for line in text.split("\n"):
        depth = len(_QUOTES.match(line)[0])  # type: ignore[index]  # it always matches
        content = line[depth:]
        if content.startswith(" "):  # stuffed
            content = content[1:]
        signature = content == "-- "
        if open_ and depth == held_depth and not signature:
            held += content
        else:
            if open_:
                out.append(_quoted(held, held_depth))
            held, held_depth = content, depth
        if content.endswith(" ") and not signature:
            open_ = True
            if del_sp:
                held = held[:-1]
        else:
            out.append(_quoted(held, held_depth))
            held, open_ = "", False
    if open_:
        out.append(_quoted(held, held_depth))
    return "\n".join(out)


def _quoted(content: str, depth: int) -> str:
    return f"{'>' * depth} {content}".rstrip(" ") if depth else content
