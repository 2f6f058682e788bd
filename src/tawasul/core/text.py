"""Text that people typed: made safe to store and show, never changed in meaning."""

import re
import unicodedata

# Direction controls (Unicode UAX 9). A name or file name with one of them can show something it is not.
BIDI_MARKS = "\u200e\u200f\u061c"
BIDI_ISOLATES = "\u2066\u2067\u2068\u2069"
BIDI_EMBEDDINGS = "\u202a\u202b\u202c\u202d\u202e"
BIDI_CONTROLS = BIDI_MARKS + BIDI_ISOLATES + BIDI_EMBEDDINGS
FSI, PDI = "\u2068", "\u2069"

_NEWLINES = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
# Controls other than tab and newline; direction controls; zero-width and soft characters without meaning in a
# text; halves of surrogate pairs and noncharacters, which no database or mail can carry.
_DROPPED = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\u00ad\u180e\u200b\u2060-\u2064\u206a-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff"
    + BIDI_CONTROLS
    + "\ud800-\udfff]"
)
# Joiners mean something only between two visible characters (Persian words, Indic conjuncts, emoji).
_LOOSE_JOINERS = re.compile("(?<![^\\s\u200c\u200d])[\u200c\u200d]+|[\u200c\u200d]+(?![^\\s\u200c\u200d])")
_SPACES = re.compile(r"\s+")
_TRAILING_SPACES = re.compile(r"(?<![^\S\n])[^\S\n]++$", re.MULTILINE)
_DIGITS = {ord(digit): str(i % 10) for i, digit in enumerate("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹")}
_BIDI_TABLE = dict.fromkeys(map(ord, BIDI_CONTROLS))


def clean_text(text: str) -> str:
    """Several lines: NFC, newlines as ``\\n``, trimmed, without controls, direction marks, loose joiners."""
    if text.isascii() and text.isprintable():
        return text.strip()
    text = _DROPPED.sub("", _NEWLINES.sub("\n", text))
    text = _LOOSE_JOINERS.sub("", unicodedata.normalize("NFC", text))
    return _TRAILING_SPACES.sub("", text).strip("\n").rstrip()


def clean_line(text: str) -> str:
    """One line, such as a name or a subject: as ``clean_text``, and every run of white space is one space."""
    return _SPACES.sub(" ", clean_text(text)).strip()


def ascii_digits(text: str) -> str:
    """Arabic-Indic and Persian digits as 0–9; everything else as it stands."""
    return text if text.isascii() else text.translate(_DIGITS)


def without_bidi_controls(text: str) -> str:
    """The text without any direction control."""
    return text if text.isascii() else text.translate(_BIDI_TABLE)


def isolate(text: object) -> str:
    """For plain-text mail and subjects: the text between FSI and PDI, its own direction controls dropped."""
    bare = without_bidi_controls(str(text))
    return f"{FSI}{bare}{PDI}" if bare else ""
