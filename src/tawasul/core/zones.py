"""The registry's zones: data (setting ``ZONES``), and the label rule that each script has under them."""

import re
from functools import lru_cache
from typing import NamedTuple

import idna
from django.conf import settings

# The published zones; an installation replaces them with TAWASUL_ZONES.
DEFAULT = "sa,com.sa,net.sa,org.sa,gov.sa,med.sa,pub.sa,edu.sa,sch.sa,السعودية"

LATIN_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])")
# RFC 5564, IANA's table for Arabic: letters, Arabic-Indic and European digits, hyphen; no marks, no tatweel.
ARABIC_LABEL = re.compile(
    r"[\u0621-\u063a\u0641-\u064a](?:[\u0621-\u063a\u0641-\u064a\u0660-\u06690-9-]{0,61}"
    r"[\u0621-\u063a\u0641-\u064a\u0660-\u06690-9])"
)
_ARABIC_MARKS = re.compile(r"[\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06ed]")
# Letters of other languages written in Arabic script, and spellings, that look like the registry's own.
_LOOKALIKE = str.maketrans("یىېکڪۃەهھہأإآٱ", "يييككةةةةةاااا")


class Zone(NamedTuple):
    """A zone in Unicode, and the script its labels are written in."""

    name: str
    arabic: bool


def zones() -> tuple[Zone, ...]:
    """The zones of this installation, the most specific first."""
    return _zones(tuple(getattr(settings, "ZONES", None) or DEFAULT.split(",")))


@lru_cache(maxsize=8)
def _zones(names: tuple[str, ...]) -> tuple[Zone, ...]:
    bare = {name.strip().strip(".").lower() for name in names} - {""}
    clean = {idna.decode(name) if "xn--" in name else name for name in bare}
    return tuple(
        Zone(name, not name.isascii()) for name in sorted(clean, key=lambda name: (-name.count("."), name))
    )


def zone_of(unicode_name: str) -> Zone | None:
    """The zone a name lies under; None for names elsewhere and for a zone itself."""
    for zone in zones():
        if unicode_name == zone.name:
            return None
        if unicode_name.endswith("." + zone.name):
            return zone
    return None


def label_fits(label: str, zone: Zone) -> bool:
    """Whether the registry could register this label (in Unicode, lower case) directly under the zone."""
    return bool((ARABIC_LABEL if zone.arabic else LATIN_LABEL).fullmatch(label))


def without_marks(text: str) -> str:
    """The same letters without vowel signs, Quranic marks and tatweel."""
    return _ARABIC_MARKS.sub("", text)


def look(text: str) -> str:
    """How a name looks to a hurried reader of Arabic. Two names with one look are still two names."""
    return without_marks(text).translate(_LOOKALIKE)


def meant(label: str) -> str:
    """The zone's last label that a look-alike was meant to be; empty where it resembles none or is one."""
    tops = {zone.name.rpartition(".")[2] for zone in zones() if zone.arabic}
    if label in tops or label.isascii():
        return ""
    return next((top for top in tops if look(top) == look(label)), "")
