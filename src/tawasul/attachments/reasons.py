"""Why a file was refused, and the remedy: one sentence or two for each code, in the reader's language.

The sentences stand here in English; the catalogue holds the Arabic. No Django, so that ``tawasul files check``
the decoder start fast: ``messages.py`` translates.
"""

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode

from tawasul.core.text import isolate


def _(text: str) -> str:
    """Marks a sentence for the catalogue."""
    return text


SENTENCES: Final[Mapping[str, str]] = {
    "empty": _("The file is empty (0 bytes). Check the original and attach it again."),
    "too_large": _("The file is too large: %(size_mb)s MB. At most %(most_mb)s MB is allowed for one file."),
    "kind_document": _("%(label)s files are not allowed. Save it as PDF and attach it again."),
    "kind_picture": _("%(label)s files are not allowed. Save it as PNG or JPG and attach it again."),
    "kind_other": _("%(label)s files are not allowed. Attach PNG, JPG, GIF, TIFF or PDF files only."),
    "kind_unknown": _("Files of this kind are not allowed. Attach PNG, JPG, GIF, TIFF or PDF files only."),
    "content_document": _(
        "The name says %(named)s but the file holds %(label)s. Save it as PDF and attach it again."
    ),
    "content_picture": _(
        "The name says %(named)s but the file holds %(label)s. Save it as PNG or JPG and attach it again."
    ),
    "content_other": _(
        "The name says %(named)s but the file holds %(label)s. Attach PNG, JPG, GIF, TIFF or PDF files only."
    ),
    "mismatch": _(
        "The name says %(named)s but the file is %(label)s. "
        "Change the name's ending to %(extension)s and attach it again."
    ),
    "not_what_it_says": _(
        "This is not a %(named)s file, whatever its name says. Save it as %(named)s or PDF again."
    ),
    "damaged": _("The file is damaged or cut off and cannot be opened. Make it again from the original."),
    "too_many_pixels": _(
        "The picture is too large: more than %(most_mp)s million pixels. Make it smaller and attach it again."
    ),
    "too_many_pages": _("The file has too many pages or frames. Split it and attach the parts."),
    "polyglot": _(
        "Something else is hidden in the file (%(label)s). Open it, save it again as %(named)s and attach the new one."
    ),
    "too_heavy": _(
        "The file could not be opened within the safe limits. Save it again in a simpler form or as PDF."
    ),
    "infected": _("The virus scanner found something harmful in the file (%(label)s). It was not kept."),
    "scanner_down": _(
        "The file cannot be scanned for viruses just now, so it was not kept. Try again in a few minutes."
    ),
    "busy": _("Too many files are being checked just now. Try again in a minute."),
    "unreadable": _("The file cannot be read."),
    "not_a_file": _("This is not a file."),
    "not_taken": _("The file was not accepted. Attach PNG, JPG, GIF, TIFF or PDF files only."),
}


def written(code: str, params: Mapping[str, Any]) -> str:
    """The code and what its sentence needs as one text (``content_document?label=DOCX&named=PDF``): what is stored
    beside a refused file, and what ``message`` and ``english`` read."""
    needed = {key: value for key, value in params.items() if f"%({key}" in SENTENCES[code] and value != ""}
    return f"{code}?{urlencode(needed)}" if needed else code


def english(reason: str) -> str:
    """The sentences for a ``written`` reason in English."""
    code, texts = _read(reason)
    return SENTENCES[code] % texts


def message(reason: str) -> str:
    """The sentences for a ``written`` reason in the active language; Latin names in Arabic ones are isolated, else
    the point of ``.png`` changes sides."""
    from django.utils.translation import (
        get_language_bidi,
        gettext,
    )  # not above: the command line starts faster

    code, texts = _read(reason)
    if get_language_bidi():
        texts.update({key: isolate(texts[key]) for key in ("label", "named", "extension") if key in texts})
    return gettext(SENTENCES[code]) % texts


def _read(reason: str) -> tuple[str, "_Texts"]:
    """The code and its parameters as text: bytes also in MB (2**20 bytes) and pixels in millions."""
    code, _sign, query = reason.partition("?")
    if code not in SENTENCES:
        return "not_taken", _Texts()
    texts = _Texts(parse_qsl(query))
    for key in ("size", "most"):
        if texts.get(key, "").isdecimal():
            texts[f"{key}_mb"] = f"{int(texts[key]) / 2**20:.1f}".removesuffix(".0")
            texts[f"{key}_mp"] = f"{int(texts[key]) / 1_000_000:.1f}".removesuffix(".0")
    return code, texts


class _Texts(dict[str, str]):
    """A parameter that is missing, in a row of long ago say, is no reason to fail."""

    def __missing__(self, key: str) -> str:
        return "?"
