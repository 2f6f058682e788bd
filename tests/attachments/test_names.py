"""Names keep their letters and lose what misleads."""

import pytest

from tawasul.attachments import names


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("صك الملكية ٢.pdf", "صك الملكية ٢.pdf"),
        ("Übersicht – März.PNG", "Übersicht – März.PNG"),
        ("photo\u202egpj.exe", "photogpj.exe"),
        ("\u200fهوية\u200e.jpg", "هوية.jpg"),
        ("می\u200cخواهم.pdf", "می\u200cخواهم.pdf"),
        ("../../etc/passwd.png", "passwd.png"),
        ("C:\\Users\\نورة\\صورة.jpg", "صورة.jpg"),
        ("a\x00b\x1b[31m.png", "ab[31m.png"),
        ("two\r\nlines.gif", "two lines.gif"),
        ("photo.png. . ", "photo.png"),
        ('a<b>"c":d?.tif', "a-b--c--d-.tif"),
        (".png", "file.png"),
        ("", "file"),
        ("...", "file"),
        ("\u202e\u200f", "file"),
        ("\ud800.png", "file.png"),
    ],
)
def test_a_name_keeps_its_letters_and_loses_what_misleads(typed: str, kept: str) -> None:
    assert names.clean(typed) == kept


@pytest.mark.parametrize("letter", ["a", "ع", "𝒂", "é"])
def test_a_very_long_name_is_shortened_and_keeps_its_ending(letter: str) -> None:
    name = names.clean(letter * 5_000 + ".jpeg")
    assert name.endswith(".jpeg")
    assert len(name) <= names.MOST_CHARACTERS
    assert len(name.encode()) <= names.MOST_BYTES
