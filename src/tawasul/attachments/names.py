"""A file's name as a person may see it again: Arabic kept, everything that could mislead gone."""

import re
import unicodedata
from pathlib import PurePosixPath
from typing import Final

from tawasul.core.text import clean_line

MOST_CHARACTERS: Final = 120
MOST_BYTES: Final = 220  # file systems take 255 bytes, and browsers add " (1)"

# Separators of any system end a folder's name; the characters Windows refuses become a dash.
_FOLDERS: Final = re.compile(r"[/\\\u2044\u2215\u29F8\uFF0F\uFF3C]")
# What clean_line leaves and a name does not need: format characters, private use, unassigned.
_DROPPED: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
_UNSAFE: Final = re.compile(r'[<>:"|?*]')
_JOINERS: Final = frozenset("\u200c\u200d")  # the joiners spell words in Persian, Urdu and Indic scripts


def clean(name: str) -> str:
    """The name without folders, controls, bidi marks and overrides; never empty, at most MOST_CHARACTERS long.

    The extension survives shortening, and a name that was only an extension gets a stem. The case of
    ``photo<U+202E>gpj.exe`` comes out as ``photogpj.exe``: what the system would run is what is shown.
    """
    text = "".join(c for c in clean_line(name) if c in _JOINERS or unicodedata.category(c) not in _DROPPED)
    text = _FOLDERS.split(text)[-1]
    text = _UNSAFE.sub("-", text).strip(" ").rstrip(". ")
    if text.startswith(".") and "." not in text[1:]:
        text = f"file{text}"
    text = text.lstrip(". \u200c\u200d")
    if not text.strip("-_"):
        return "file"
    suffix = PurePosixPath(text).suffix
    if len(suffix) > 12:
        suffix = ""
    stem = text[: len(text) - len(suffix)]
    stem = stem[: MOST_CHARACTERS - len(suffix)]
    while len((stem + suffix).encode()) > MOST_BYTES:
        stem = stem[:-1]
    return (stem.rstrip() or "file") + suffix
