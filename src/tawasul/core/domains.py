"""Domain names: mapped as RFC 5895 says, then IDNA 2008, and the registry's own label rules on top.

Importable before settings are configured: settings themselves use ``to_ascii_host`` and ``host_of``.
"""

import re
import unicodedata
from dataclasses import dataclass
from urllib.parse import urlsplit

import idna
from django.utils.translation import gettext

from tawasul.core import text, zones

MAX_TYPED = 2000  # what a form may hand over: a pasted address is cut down to its host
_MAX_ASCII = 253  # RFC 1035 §2.3.4, in A-label form without the root's dot
_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:/{2}")
_PORT = re.compile(r":\d{1,5}$")
_AROUND = text.BIDI_MARKS + text.BIDI_ISOLATES + " \t\r\n\u00a0،,؛;\"'«»“”()<>"  # what copying brings along
_DOTS = str.maketrans("。．｡", "...")
_NUMBERS = re.compile(r"[0-9.]+")
_ARABIC = re.compile(r"[\u0600-\u06ff\u0750-\u077f]")
_LATIN = re.compile(r"[a-z]")


class BadDomain(ValueError):
    """Not a domain name that can exist. ``code`` says why; ``suggestion`` is what was meant, or empty."""

    def __init__(self, code: str, suggestion: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.suggestion = suggestion


@dataclass(frozen=True, slots=True)
class DomainName:
    """A domain name three ways: as typed, in Unicode for people, in A-labels for machines."""

    typed: str
    unicode: str
    ascii: str

    @property
    def is_registry_name(self) -> bool:
        """Whether it is a name directly under one of the registry's zones."""
        return is_registry_name(self.unicode)


def to_ascii_host(host: str) -> str:
    """A host name in A-label form; what is not a domain name (``*``, an address) is returned as it stands."""
    if host.startswith((".", "*", "[")) or host.isascii():
        return host.lower()
    return idna.encode(unicodedata.normalize("NFC", host), uts46=True).decode().lower()


def host_of(url: str) -> str:
    """The host name of an absolute URL, as written there, without port; empty where there is none."""
    return urlsplit(url).hostname or ""


def parse_domain(typed: str) -> DomainName:
    """What someone typed or pasted, as a domain name. Raises BadDomain.

    A pasted web address is cut down to its host. Punctuation and direction marks that copying leaves at
    either end are dropped; elsewhere they are refused. A name under the registry's zones must also follow its
    label rules.
    """
    host = _host_part(typed)
    name = mapped(host)
    unicode_name, ascii_name = to_both_forms(name)
    _check_registry_rules(unicode_name)
    return DomainName(host if len(host) <= _MAX_ASCII else unicode_name, unicode_name, ascii_name)


def is_registry_name(unicode_name: str) -> bool:
    """Whether a name (Unicode, lower case) is one label directly under one of the registry's zones."""
    zone = zones.zone_of(unicode_name)
    return zone is not None and "." not in unicode_name.removesuffix("." + zone.name)


def mapped(name: str) -> str:
    """RFC 5895 §2: lower case, full-width forms and ideographic stops as ordinary ones, NFC."""
    lower = name.translate(_DOTS).lower()
    wide = (
        unicodedata.normalize("NFKC", char) if unicodedata.east_asian_width(char) in "FH" else char
        for char in lower
    )
    return unicodedata.normalize("NFC", "".join(wide)) if not lower.isascii() else lower


def to_both_forms(name: str) -> tuple[str, str]:
    """A mapped name in Unicode and in A-labels, checked by IDNA 2008. Raises BadDomain."""
    if len(name) > _MAX_ASCII:
        raise BadDomain("too_long")
    if not all(name.split(".")):
        raise BadDomain("empty_label")
    if _NUMBERS.fullmatch(name):
        raise BadDomain("ip_address")
    if "." not in name:
        raise BadDomain("one_label")
    try:
        labels = [idna.ulabel(label) for label in name.split(".")]
        ascii_name = idna.encode(".".join(labels), std3_rules=True).decode()
    except idna.IDNAError as problem:
        raise BadDomain(*_why(name, problem)) from None
    if len(ascii_name) > _MAX_ASCII:
        raise BadDomain("too_long")
    return ".".join(labels), ascii_name


def message(problem: BadDomain) -> str:
    """What is wrong and how to mend it, in the active language."""
    said = {
        "empty": gettext("Enter a domain name, such as example.sa."),
        "too_long": gettext("This name is too long. A label has at most 63 characters, the whole name 253."),
        "hidden": gettext(
            "The name holds invisible direction characters. Type it anew instead of pasting it."
        ),
        "spaces": gettext("A domain name has no spaces in it."),
        "address": gettext("This is an e-mail address. Enter the domain name alone."),
        "ip_address": gettext("This is an IP address. Enter the domain name."),
        "one_label": gettext("The name needs its ending too, such as %(latin)s or %(arabic)s.")
        % {"latin": text.isolate(".sa"), "arabic": text.isolate(".السعودية")},
        "empty_label": gettext("There is nothing between two dots, or a dot stands at the beginning."),
        "hyphen": gettext(
            "A label cannot begin or end with a hyphen, nor have two in the third and fourth place."
        ),
        "a_label": gettext("The part that begins with xn-- is not a valid encoding of a name."),
        "mixed": gettext("Arabic and Latin letters or digits are mixed in one label, which no name allows."),
        "marks": gettext("A name is written without vowel signs and without tatweel."),
        "too_short": gettext("A name under this zone has at least two characters."),
        "zone_lookalike": gettext(
            "The ending only looks like the zone; one of its letters is a different one."
        ),
        "arabic_label": gettext(
            "Names under this zone have Arabic letters, digits and hyphens, and begin with a letter."
        ),
        "latin_label": gettext("Names under this zone have the letters a to z, digits and hyphens."),
    }.get(problem.code) or gettext("This name holds a character that domain names cannot have.")
    if problem.suggestion:
        return said + " " + gettext("Did you mean %(name)s?") % {"name": text.isolate(problem.suggestion)}
    return said


def _host_part(typed: str) -> str:
    """The host inside what was typed, still in the typed letters."""
    if len(typed) > MAX_TYPED:
        raise BadDomain("too_long")
    host = typed.strip(_AROUND)
    if any(char in text.BIDI_CONTROLS for char in host):
        raise BadDomain("hidden")
    scheme = _SCHEME.match(host)
    if scheme:
        host = re.split(r"[/?#\\]", host[scheme.end() :], maxsplit=1)[0].rpartition("@")[2]
    else:
        host = re.split(r"[/?#\\]", host, maxsplit=1)[0]
        if "@" in host:
            raise BadDomain("address", host.rpartition("@")[2])
    host = _PORT.sub("", host)
    if host.endswith((".", "。", "．", "｡")):
        host = host[:-1]  # the root's dot
    if not host:
        raise BadDomain("empty")
    if any(char.isspace() for char in host):
        raise BadDomain("spaces")
    return host


def _check_registry_rules(name: str) -> None:
    rest, _, top = name.rpartition(".")
    meant = zones.meant(top)
    if meant:
        raise BadDomain("zone_lookalike", f"{rest}.{meant}")
    zone = zones.zone_of(name)
    if zone is None:
        return
    above = name.removesuffix("." + zone.name)
    label = above.rpartition(".")[2]
    if zones.label_fits(label, zone):
        return
    if len(label) < 2:
        raise BadDomain("too_short")
    if _ARABIC.search(label) and zones.without_marks(label) != label:
        raise BadDomain("marks", zones.without_marks(name))
    if _ARABIC.search(label) and _LATIN.search(label):
        raise BadDomain("mixed")
    raise BadDomain("arabic_label" if zone.arabic else "latin_label")


def _why(name: str, problem: idna.IDNAError) -> tuple[str, str]:
    """Our code for what ``idna`` objected to, and a suggestion. It knows no codes, so we look again."""
    labels = name.split(".")
    if any(len(label) > 63 for label in labels) or "too long" in str(problem):
        return "too_long", ""
    if any(label.startswith("xn--") for label in labels):
        return "a_label", ""
    if any(label.startswith("-") or label.endswith("-") or label[2:4] == "--" for label in labels):
        return "hyphen", ""
    if zones.without_marks(name) != name:
        return "marks", zones.without_marks(name)
    if any(_ARABIC.search(label) and _LATIN.search(label) for label in labels):
        digits = text.ascii_digits(name)
        return "mixed", digits if not _ARABIC.search(digits) else ""
    return "characters", ""
