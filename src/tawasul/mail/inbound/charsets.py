"""Bytes to text in any character set, named rightly, wrongly or not at all.

The labels follow the WHATWG Encoding Standard: what calls itself ISO-8859-1 is windows-1252, GB2312 is GB18030.
"""

import codecs
import re
from typing import Final

_ALIASES: Final = {
    "ansix341968": "cp1252", "ascii": "cp1252", "usascii": "cp1252", "iso646us": "cp1252", "us": "cp1252",
    "iso88591": "cp1252", "latin1": "cp1252", "windows1252": "cp1252", "ansi": "cp1252", "xansi": "cp1252",
    "western": "cp1252", "ibm819": "cp1252", "cp819": "cp1252", "isolatin1": "cp1252",
    "iso88599": "cp1254", "latin5": "cp1254", "iso885911": "cp874", "tis620": "cp874", "windows874": "cp874",
    "iso88598i": "cp1255", "iso88598e": "iso8859-8", "logical": "iso8859-8", "visual": "iso8859-8",
    "iso88598": "iso8859-8", "iso88596i": "iso8859-6", "iso88596e": "iso8859-6", "asmo708": "iso8859-6",
    "ecma114": "iso8859-6", "arabic": "iso8859-6", "iso88596": "iso8859-6",
    "dos720": "cp720", "xmacarabic": "mac-arabic", "macarabic": "mac-arabic", "xmacroman": "mac-roman",
    "macintosh": "mac-roman", "mac": "mac-roman", "xmaccyrillic": "mac-cyrillic",
    "ksc56011987": "cp949", "ksc5601": "cp949", "ksc56011992": "cp949", "euckr": "cp949", "korean": "cp949",
    "windows949": "cp949", "uhc": "cp949", "5601": "cp949", "ksx1001": "cp949",
    "gb2312": "gb18030", "gb231280": "gb18030", "gbk": "gb18030", "xgbk": "gb18030", "euccn": "gb18030",
    "cngb": "gb18030", "chinese": "gb18030", "cp936": "gb18030", "936": "gb18030", "windows936": "gb18030",
    "big5": "big5hkscs", "cnbig5": "big5hkscs", "xxbig5": "big5hkscs", "cp950": "big5hkscs", "950": "big5hkscs",
    "shiftjis": "cp932", "sjis": "cp932", "xsjis": "cp932", "windows31j": "cp932", "mskanji": "cp932",
    "xeucjp": "euc-jp", "eucjp": "euc-jp", "ujis": "euc-jp",
    "unicode11utf7": "utf-7", "utf7": "utf-7", "unicode20utf7": "utf-7", "xunicode20utf7": "utf-7",
    "utf8": "utf-8", "unicode11utf8": "utf-8", "unicode20utf8": "utf-8", "utf8mac": "utf-8", "utf8mb4": "utf-8",
    "cesu8": "utf-8", "xutf8": "utf-8", "utf": "utf-8", "65001": "utf-8", "utf8sig": "utf-8",
    "unicode": "utf-16", "ucs2": "utf-16", "iso10646ucs2": "utf-16", "utf16": "utf-16", "ucs4": "utf-32",
    "koi8": "koi8-r", "koi": "koi8-r", "win1251": "cp1251", "xcp1251": "cp1251", "cp1251": "cp1251",
    "win1256": "cp1256", "xcp1256": "cp1256", "1256": "cp1256", "win1252": "cp1252", "win1250": "cp1250",
}  # fmt: skip
# Names that say nothing.
_NOTHING: Final = frozenset(
    ["", "xunknown", "unknown", "unknown8bit", "8bit", "7bit", "binary", "default", "autodetect", "none", "null",
     "xuserdefined", "utf8mb", "charset", "iso", "auto", "automatic", "base64", "other", "defaultcharset"]
)  # fmt: skip
# Codecs of Python that are no character sets, or whose cost grows with the square of the length.
_NEVER: Final = frozenset(
    [
        "idna",
        "punycode",
        "unicode-escape",
        "raw-unicode-escape",
        "undefined",
        "mbcs",
        "oem",
        "unicode-internal",
    ]
)
_JIS_ESCAPE: Final = re.compile(rb"\x1b(?:\$[@B]|\$\([A-Z@]|\([BJIH]|\$\)C|&@\x1b\$B)")
_HIGH: Final = re.compile(rb"[\x80-\xff]")
_HIGH_PAIR: Final = re.compile(rb"[\x80-\xff]{2,}")
_HIGH_ANY: Final = re.compile(rb"[\x80-\xff]+")
_HIGH_RUN: Final = re.compile(rb"[\x80-\xff]{3,}")
_MOST_LOOKED_AT: Final = 20_000  # bytes that a guess is made from

# Letters that running text of a script mostly consists of; a wrong code page scatters over rare ones.
_USUAL: Final = {
    "cp1256": frozenset("ابتثجحخدذرزسشصضطظعغفقكلمنهويةىءأإآؤئ،؟ـًٌٍَُِّْ"),
    "iso8859-6": frozenset("ابتثجحخدذرزسشصضطظعغفقكلمنهويةىءأإآؤئ،؟ـًٌٍَُِّْ"),
    "cp1251": frozenset("абвгдежзийклмнопрстуфхцчшщъыьэюяёіїєґАБВГДЕЗИКЛМНОПРСТУФХЦЧШЭЯ№«»—"),
    "koi8-r": frozenset("абвгдежзийклмнопрстуфхцчшщъыьэюяёАБВГДЕЗИКЛМНОПРСТУФХЦЧШЭЯ"),
    "cp1255": frozenset("אבגדהוזחטיכלמנסעפצקרשתםןףץך"),
    "cp1253": frozenset("αβγδεζηθικλμνξοπρστυφχψωςάέήίόύώΑΒΓΔΕΘΙΚΛΜΝΟΠΣΤΥΧ"),
}


def codec_of(name: str) -> str:
    """The Python codec for a charset's name as found in a mail; empty where it is unknown or says nothing."""
    key = re.sub(r"[^a-z0-9]", "", name[:60].lower().split("*")[0])
    if key in _NOTHING:
        return ""
    if key.startswith("cs") and key[2:] in _ALIASES:
        key = key[2:]
    if key in _ALIASES:
        return _ALIASES[key]
    if re.fullmatch(r"(?:windows|win|cp|xcp|ms|ibm|mscp|xwindows)12\d\d", key):
        return f"cp{key[-4:]}"
    if re.fullmatch(r"iso8859\d{1,2}", key):
        return _known(f"iso8859-{key[7:]}")
    if re.fullmatch(r"(?:8859)\d{1,2}", key):
        return _known(f"iso8859-{key[4:]}")
    return _known(name[:60].strip().lower())


def _known(name: str) -> str:
    try:
        found = codecs.lookup(name.replace("_", "-"))
    except (LookupError, ValueError, UnicodeError, TypeError):
        return ""
    if not getattr(found, "_is_text_encoding", True) or found.name.replace("_", "-") in _NEVER:
        return ""
    return found.name


def decode(raw: bytes, declared: str = "") -> str:
    """``raw`` as text by ``declared`` where that fits, else by what the bytes look like. Never raises."""
    if not raw:
        return ""
    codec = codec_of(declared)
    name = codec.replace("_", "-").replace("iso-8859", "iso8859")
    wide = name.startswith(("utf-16", "utf-32", "cp0"))
    if raw.isascii() and b"\x1b" not in raw and b"\0" not in raw and name not in {"utf-7", "hz"} and not wide:
        return raw.decode("ascii")
    if name.startswith(("utf-16", "utf-32")):
        return _wide(raw, name)
    if name.startswith(("iso2022-jp", "iso-2022-jp")) or (b"\x1b" in raw and _JIS_ESCAPE.search(raw)):
        if name.startswith(("iso2022-kr", "iso-2022-kr")):
            return raw.decode("iso2022_kr", "replace")
        if not _HIGH.search(raw) and b"\x1b$)C" not in raw[:200]:
            return _iso_2022_jp(raw)
        if b"\x1b$)C" in raw[:200]:
            return raw.decode("iso2022_kr", "replace")
        return _guess(raw)
    if raw[:2] in {b"\xff\xfe", b"\xfe\xff"} and b"\0" in raw[:200]:
        return _wide(raw, "utf-16")
    if not codec:
        return _guess(raw)
    if name == "utf-8":
        return _utf_8(raw)
    if name == "cp1252":
        return _western(raw, sure=codec_of(declared) == "cp1252" and "ascii" not in declared.lower())
    try:
        return raw.decode(codec)
    except (UnicodeError, ValueError):
        pass
    try:
        return raw.decode("utf-8")
    except UnicodeError:
        pass
    if name == "iso8859-6":
        return raw.decode("cp1256", "replace")
    return _replace(raw, codec)


def _replace(raw: bytes, codec: str) -> str:
    try:
        return raw.decode(codec, "replace")
    except (UnicodeError, ValueError, LookupError):
        return raw.decode("latin-1")


def _utf_8(raw: bytes) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeError:
        text = raw.decode("utf-8", "replace")
    # A few broken characters in a UTF-8 text stay broken; a text that is something else is read as that.
    wrong = text.count("\ufffd")
    right = sum(1 for c in text[:_MOST_LOOKED_AT] if c > "\x7f" and c != "\ufffd")
    return text if right * 2 >= wrong or wrong <= 1 else _guess(raw)


def _western(raw: bytes, *, sure: bool) -> str:
    """Declared as Latin-1 or ASCII: kept as that, unless it is plainly UTF-8 or plainly a text of another script."""
    try:
        text = raw.decode("utf-8")
    except UnicodeError:
        if not sure:
            return _guess(raw)
        return _windows_1252(raw)
    many = sum(1 for c in text[:_MOST_LOOKED_AT] if c > "\u024f")
    return text if not sure or many >= 3 else _windows_1252(raw)


def _windows_1252(raw: bytes) -> str:
    try:
        return raw.decode("cp1252")
    except UnicodeError:
        return raw.decode("latin-1")


def _wide(raw: bytes, codec: str) -> str:
    """UTF-16 and UTF-32 with or without a byte order mark; a label on single bytes is not believed."""
    if raw[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return raw.decode("utf-32" if raw[:4] == b"\xff\xfe\0\0" else "utf-16", "replace")
    zeros = raw.count(0)
    if codec.startswith("utf-32"):
        return raw.decode(codec if codec[-2:] in {"le", "be"} else "utf-32-be", "replace")
    if codec[-2:] in {"le", "be"} and (zeros or len(raw) % 2 == 0):
        return raw.decode(codec, "replace")
    if not zeros and not len(raw) % 2 and not _readable(raw.decode("utf-16-be", "replace")):
        return _guess(raw)
    even = sum(1 for byte in raw[:_MOST_LOOKED_AT:2] if byte < 7)
    odd = sum(1 for byte in raw[1:_MOST_LOOKED_AT:2] if byte < 7)
    return raw.decode("utf-16-be" if even >= odd else "utf-16-le", "replace")


def _readable(text: str) -> bool:
    head = text[:500]
    return (
        bool(head)
        and sum(c.isalnum() or c.isspace() for c in head) > len(head) * 0.6
        and "\ufffd" not in head
    )


def _iso_2022_jp(raw: bytes) -> str:
    """ISO-2022-JP as Japanese mailers write it: with the NEC and IBM rows that Python's codec leaves out."""
    out: list[str] = []
    mode, at = b"(B", 0
    for found in re.finditer(rb"\x1b(\$\(D|\$[@B]|\([BJI])", raw):
        out.append(_jis_run(raw[at : found.start()], mode))
        mode, at = found[1], found.end()
    out.append(_jis_run(raw[at:], mode))
    return "".join(out)


def _jis_run(run: bytes, mode: bytes) -> str:
    if mode in {b"$B", b"$@"}:
        shifted = bytearray()
        at = 0
        while at < len(run):
            first = run[at]
            second = run[at + 1] if at + 1 < len(run) else 0
            if 0x21 <= first <= 0x7E and 0x21 <= second <= 0x7E:
                row = (first - 0x21) // 2
                shifted.append(row + (0x81 if row < 0x1F else 0xC1))
                if first % 2:
                    shifted.append(second + (0x1F if second < 0x60 else 0x20))
                else:
                    shifted.append(second + 0x7E)
                at += 2
            else:
                shifted.append(first if first < 0x80 else 0x3F)
                at += 1
        return bytes(shifted).decode("cp932", "replace")
    if mode == b"(I":
        return bytes(byte | 0x80 if 0x21 <= byte <= 0x5F else byte for byte in run).decode("cp932", "replace")
    if mode == b"$(D":
        return (b"\x1b$(D" + run).decode("iso2022_jp_1", "replace")
    return run.decode("ascii", "replace")


def _guess(raw: bytes) -> str:
    """Text of bytes that nobody named: UTF-8 if it can be, else the script whose usual letters fit best."""
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if error.start > 1000 and error.start >= len(raw) - 4:  # cut off in the middle of a character
            return raw.decode("utf-8", "replace")
    sample = raw[:_MOST_LOOKED_AT]
    if sample.count(0) > len(sample) // 4:
        return _wide(raw, "utf-16")
    high = len(_HIGH.findall(sample))
    utf_8 = sample.decode("utf-8", "replace")
    if utf_8.count("\ufffd") * 10 < high:
        return raw.decode("utf-8", "replace")
    paired = sum(len(run) for run in _HIGH_PAIR.findall(sample))
    if paired * 2 >= high:  # high bytes in runs: not a Latin script
        best, score = "", 0.72
        runs = sum(len(run) for run in _HIGH_RUN.findall(sample))
        even = all(len(run) % 2 == 0 for run in _HIGH_ANY.findall(sample))
        candidates: tuple[str, ...] = (*_USUAL, *_WIDE) if runs * 5 >= high * 2 else _WIDE if even else ()
        for codec, fits in ((codec, _fits(sample, codec)) for codec in candidates):
            if fits > score:
                best, score = codec, fits
        if best:
            return _replace(raw, best)
    return _windows_1252(raw)


_WIDE: Final = ("euc-jp", "cp932", "gb18030", "big5hkscs", "cp949")


def _fits(sample: bytes, codec: str) -> float:
    """0 to 1: how much of the text beyond ASCII is what a text in that code page mostly has."""
    try:
        text = sample.decode(codec)
    except UnicodeDecodeError as error:
        if codec not in _WIDE or error.start < len(sample) - 2:
            return 0.0
        text = sample[: error.start].decode(codec)
    beyond = [c for c in text if c > "\x7f"]
    if not beyond:
        return 0.0
    usual = _USUAL.get(codec)
    if usual is not None:
        fits = sum(c in usual for c in beyond) / len(beyond)
        if codec in {"koi8-r", "cp1251"}:  # the two swap small and capital letters
            fits *= 0.6 + 0.4 * sum(c.islower() for c in beyond) / len(beyond)
        if codec == "cp1256":  # "ال" and its letters carry every Arabic text
            fits *= 0.7 + min(0.3, 2.0 * sum(c in "اليمن" for c in beyond) / len(beyond))
        return fits
    if codec in {"euc-jp", "cp932"}:
        kana = sum("\u3041" <= c <= "\u30fe" for c in beyond)
        return (0.99 if kana * 5 > len(beyond) else 0.5) * sum(_wide_letter(c) for c in beyond) / len(beyond)
    if codec == "cp949":
        return sum("\uac00" <= c <= "\ud7a3" for c in beyond) / len(beyond) * 0.98
    common = sum(
        "\u4e00" <= c <= "\u9fff" or "\u3000" <= c <= "\u303f" or "\uff01" <= c <= "\uff5e" for c in beyond
    )
    return common / len(beyond) * (0.95 if codec == "gb18030" else 0.9)


def _wide_letter(character: str) -> bool:
    return (
        "\u3000" <= character <= "\u30ff"
        or "\u4e00" <= character <= "\u9fff"
        or "\uff01" <= character <= "\uff5e"
    )
