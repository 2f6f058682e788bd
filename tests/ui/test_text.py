"""Sizes, numbers and days read well in both languages."""

from datetime import UTC, datetime

import pytest
import time_machine
from django.utils import translation

from tawasul.ui import text
from tawasul.ui.icons import TURNS, icon


@pytest.mark.parametrize(
    ("size", "arabic", "english"),
    [
        (1, "1 بايت", "1 byte"),
        (900, "900 بايت", "900 bytes"),
        (421_888, "412 كيلوبايت", "412 kB"),
        (6_396_313, "6.1 ميغابايت", "6.1 MB"),
        (10 * 2**20, "10 ميغابايت", "10 MB"),
    ],
)
def test_a_files_size_is_said_in_words(size: int, arabic: str, english: str) -> None:
    with translation.override("ar"):
        assert text.bytes_text(size) == arabic
    with translation.override("en"):
        assert text.bytes_text(size) == english


@pytest.mark.parametrize(
    ("count", "words"), [(1, "صفحة واحدة"), (2, "صفحتان"), (3, "3 صفحات"), (11, "11 صفحة"), (100, "100 صفحة")]
)
def test_pages_are_counted_in_arabic_plural_forms(count: int, words: str) -> None:
    with translation.override("ar"):
        assert text.pages_text(count) == words


def test_a_number_is_spoken_in_groups_of_four() -> None:
    assert text.spoken_number("48291736") == "4829-1736"
    assert text.spoken_number("4829-1736") == "4829-1736"
    assert text.spoken_number("482917361234") == "4829-1736-1234"


def test_a_day_names_its_year_only_where_it_is_another_one() -> None:
    with (
        time_machine.travel(datetime(2026, 11, 18, 9, 30, tzinfo=UTC), tick=False),
        translation.override("en"),
    ):
        assert text.day(datetime(2026, 11, 22, 7, 0, tzinfo=UTC)) == "Sunday 22 November"
        assert text.day(datetime(2027, 2, 8, 7, 0, tzinfo=UTC)) == "Monday 8 February 2027"


def test_values_in_a_sentence_are_escaped() -> None:
    assert text.fill("<b>%(who)s</b>", who="<i>x</i>") == "<b>&lt;i&gt;x&lt;/i&gt;</b>"


def test_an_icon_is_hidden_from_screen_readers_and_only_directional_ones_turn() -> None:
    assert 'aria-hidden="true"' in icon("check")
    assert "turns" not in icon("check")
    assert all("turns" in icon(name) for name in TURNS)
