"""One reading of a text for the index and for the query. Stored text is never changed by it.

``normalise`` makes spellings equal; ``stems`` also joins the forms of a word (after Light10: Larkey, Ballesteros
and Connell, 2007), with protected words and a list of plurals.
"""

import re
import unicodedata
from functools import lru_cache

from tawasul.core import domains, text
from tawasul.search import words

_DROPPED = re.compile(
    "[\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed"
    "\u00ad\u200b-\u200d\u2060\ufeff" + text.BIDI_CONTROLS + "]"
)
_LETTERS = str.maketrans("أإآٱىةیکے", "اااايهيكي")
_WORD = re.compile(r"[^\W_]+(?:(?:[.@'’]|-{1,3})[^\W_]+)*")
_PART = re.compile(r"[^\W_]+")
_ARABIC = re.compile(r"[\u0600-\u06ff]")
_ARTICLES = ("وال", "بال", "كال", "فال", "ال", "لل")
_PARTICLES = ("و", "ف", "ب", "ل", "ك")
_SUFFIXES = ("ها", "ان", "ات", "ون", "ين", "يه", "ه", "ي")  # Light10's order; ية is يه by now


def normalise(text_: str) -> str:
    """Equal spellings made one: compatibility forms, vowel signs, alef, ya, ta marbuta, digits, case."""
    if text_.isascii():
        return text_.lower()
    return text.ascii_digits(_composed(text_).translate(_LETTERS)).lower()


def stems(text_: str) -> list[str]:
    """The words of a text as the index knows them, in order.

    A domain name is there whole, in Unicode and in A-labels, and then by its words.
    """
    found: list[str] = []
    for word in _WORD.findall(_composed(text_)):
        whole = _domain_forms(word.rpartition("@")[2]) if "." in word else ()
        found += whole
        if not (whole and "xn--" in word):
            found += [_stem(part) for part in _PART.findall(normalise(word))]
    return found


def _composed(text_: str) -> str:
    """Lower case and NFKC, the dropped characters gone; composed again where one of them stood between."""
    return unicodedata.normalize("NFKC", _DROPPED.sub("", unicodedata.normalize("NFKC", text_.lower())))


@lru_cache(maxsize=1024)
def _domain_forms(word: str) -> tuple[str, ...]:
    try:
        unicode_name, ascii_name = domains.to_both_forms(domains.mapped(word))
    except domains.BadDomain:
        return ()
    return tuple(dict.fromkeys((normalise(unicode_name), ascii_name)))


@lru_cache(maxsize=8192)
def _stem(word: str) -> str:
    """The stem of one normalised word."""
    if not _ARABIC.search(word):
        return _english(word)
    article = next((a for a in _ARTICLES if word.startswith(a) and len(word) - len(a) >= 2), "")
    bare = word[len(article) :]
    particle = word[1:] if word.startswith(_PARTICLES) and len(word) > 3 else ""
    for form in (word, bare, particle):
        for ending in _without_suffixes(form):
            if ending in _KNOWN:
                return _KNOWN[ending]
    return _light(word, bare)


def _light(word: str, bare: str) -> str:
    """What Light10 leaves: without the article, or else a joined "and", and without suffixes."""
    if bare == word and word.startswith("و") and len(word) > 3:
        bare = word[1:]
    return _without_suffixes(bare)[-1]


def _without_suffixes(word: str) -> list[str]:
    """The word, then with each suffix taken off in turn while three letters stay."""
    forms = [word]
    for suffix in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= 3:
            word = word[: -len(suffix)]
            forms.append(word)
    return forms


def _english(word: str) -> str:
    """Plural and singular as one word; nothing more."""
    if len(word) < 4 or not word.endswith("s") or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies"):
        return word[:-3] + "y"
    if word.endswith(("sses", "xes", "ches", "shes")):
        return word[:-2]
    return word[:-1]


# Every word with a stem of its own: the protected ones are theirs, a listed plural has its singular's.
_KNOWN = {normalise(word): normalise(word) for word in words.PROTECTED}
_KNOWN |= {normalise(form): _stem(normalise(word)) for form, word in words.SAME.items()}
_stem.cache_clear()
