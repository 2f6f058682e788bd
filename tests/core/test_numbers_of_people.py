"""Mobile numbers, and how little of them is shown."""

import pytest
from django.utils import translation

from tawasul.core import people, phones
from tawasul.core.phones import BadPhone, parse_mobile


@pytest.mark.parametrize(
    "typed",
    [
        "0501234567", "501234567", "+966501234567", "00966501234567", "966501234567", "+966 50 123 4567",
        "٠٥٠١٢٣٤٥٦٧", "+٩٦٦٥٠١٢٣٤٥٦٧", "۰۵۰۱۲۳۴۵۶۷", "050-123-4567", "\u202a+966 50 123 4567\u202c",
    ],
)  # fmt: skip
def test_a_saudi_mobile_is_read_however_it_is_written(typed: str) -> None:
    assert parse_mobile(typed) == "+966501234567"


def test_a_foreign_mobile_needs_its_country() -> None:
    assert parse_mobile("+44 7400 123456") == "+447400123456"
    assert parse_mobile("07400 123456", region="GB") == "+447400123456"


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "empty"),
        ("  ", "empty"),
        ("0112345678", "not_mobile"),
        ("+966112345678", "not_mobile"),
        ("05012345", "not_a_number"),
        ("05012345678", "not_a_number"),
        ("+999501234567", "not_a_number"),
        ("my number", "characters"),
        ("0501234567 ext 5", "characters"),
        ("0501234567;phone-context=x", "characters"),
        ("0" * 60, "too_long"),
    ],
)
def test_what_cannot_receive_a_message_is_refused(typed: str, code: str) -> None:
    with pytest.raises(BadPhone) as caught:
        parse_mobile(typed)
    assert caught.value.code == code
    for language in ("ar", "en"):
        with translation.override(language):
            assert phones.message(caught.value)


def test_a_number_is_shown_in_groups() -> None:
    assert phones.display("+966501234567") == "+966 50 123 4567"
    assert phones.display("nonsense") == "nonsense"


def test_masks_show_enough_for_the_owner_only() -> None:
    assert people.mask_number("1000000008") == "••••••0008"
    assert people.mask_number("123") == "•••"
