"""Text from people: nothing hidden in it survives, nothing meant is lost."""

import timeit
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tawasul.core.text import (
    BIDI_CONTROLS,
    ascii_digits,
    clean_line,
    clean_text,
    isolate,
    without_bidi_controls,
)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("photo\u202egpj.exe", "photogpj.exe"),
        ("\u200fنورة\u200e", "نورة"),
        ("a\u2066b\u2069c\u061c", "abc"),
        ("tab\tand  spaces\nand lines", "tab and spaces and lines"),
        ("\x00nul\x07 bell\x9b csi", "nul bell csi"),
        ("e\u0301", "é"),
        ("zero\u200bwidth\ufeff", "zerowidth"),
        ("می\u200cخواهم", "می\u200cخواهم"),  # the joiner belongs to the Persian word
        ("\u200cword\u200d ", "word"),
        ("👨\u200d👩\u200d👧", "👨\u200d👩\u200d👧"),
        ("سَجِّل", unicodedata.normalize("NFC", "سَجِّل")),  # vowel signs are the writer's own
        ("half \ud800 a pair", "half a pair"),
        ("", ""),
    ],
)
def test_a_line_is_cleaned(typed: str, kept: str) -> None:
    assert clean_line(typed) == kept


def test_a_text_keeps_its_lines_and_its_indentation() -> None:
    assert (
        clean_text("\r\n\r\nfirst  \r\n  second\u2028third\rfourth\n\n") == "first\n  second\nthird\nfourth"
    )
    assert clean_text("plain") == "plain"


@given(st.text())
def test_cleaning_is_done_once(typed: str) -> None:
    line, text = clean_line(typed), clean_text(typed)
    assert clean_line(line) == line
    assert clean_text(text) == text
    assert not set(BIDI_CONTROLS) & set(line + text)
    assert "\n" not in line
    assert unicodedata.is_normalized("NFC", text)
    text.encode()  # can be stored and sent


@pytest.mark.parametrize(
    "evil", ["a\n" + " " * 50_000 + "b", "\u200c" * 50_000 + "b", "a" + "\u200d" * 50_000 + "b"]
)
def test_no_text_makes_cleaning_slow(evil: str) -> None:
    assert timeit.timeit(lambda: clean_text(evil), number=1) < 0.5


def test_digits_of_either_script_become_ascii() -> None:
    assert ascii_digits("٤٨٢٩-۱۷۳۶ رقم 5") == "4829-1736 رقم 5"


def test_an_isolate_cannot_be_broken_out_of() -> None:
    assert isolate("a\u2069\u202eb") == "\u2068ab\u2069"
    assert isolate("") == ""
    assert isolate(4829) == "\u20684829\u2069"
    assert without_bidi_controls("a\u202ab") == "ab"
