"""The number a person reads out over the telephone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tawasul.tickets import numbers

issued = st.integers(min_value=0, max_value=1_999_999)


@given(issued)
def test_a_number_is_seven_random_digits_and_a_check_digit_in_two_groups(count: int) -> None:
    number = numbers.new_number(count)
    assert len(number) == 8
    assert numbers.parse_number(numbers.spoken(number)) == number
    assert numbers.spoken(number)[4] == "-"


@pytest.mark.parametrize(
    "typed",
    ["٤٨٢٩-١٧٣٩", "۴۸۲۹-۱۷۳۹", "4829 1739", " 48291739 ", "4829–1739", "\u20664829-1739\u2069"],
)
def test_either_script_and_any_hyphen_will_do(typed: str) -> None:
    check = numbers.check_digit("4829173")
    expected = "4829173" + check
    assert (
        numbers.parse_number(
            typed.replace("1739", "173" + check)
            .replace("١٧٣٩", "١٧٣" + "٠١٢٣٤٥٦٧٨٩"[int(check)])
            .replace("۱۷۳۹", "۱۷۳" + "۰۱۲۳۴۵۶۷۸۹"[int(check)])
        )
        == expected
    )


@given(issued, st.integers(0, 7), st.integers(1, 9))
def test_every_single_wrong_digit_is_recognised(count: int, place: int, change: int) -> None:
    number = numbers.new_number(count)
    wrong = number[:place] + str((int(number[place]) + change) % 10) + number[place + 1 :]
    with pytest.raises(numbers.Mistyped):
        numbers.parse_number(wrong)


@given(issued, st.integers(0, 6))
def test_every_swap_of_neighbours_is_recognised(count: int, place: int) -> None:
    number = numbers.new_number(count)
    if number[place] == number[place + 1]:
        return
    wrong = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    with pytest.raises(numbers.Mistyped):
        numbers.parse_number(wrong)


@pytest.mark.parametrize("typed", ["", "hello", "4829-17a6", "خوادم", "domain.sa"])
def test_words_are_not_taken_for_a_mistyped_number(typed: str) -> None:
    with pytest.raises(numbers.NotANumber):
        numbers.parse_number(typed)


@pytest.mark.parametrize("typed", ["1", "4829", "4829-173", "4829-17366", "1" * 28])
def test_a_wrong_length_is_mistyped(typed: str) -> None:
    with pytest.raises(numbers.Mistyped):
        numbers.parse_number(typed)


def test_the_scheme_grows_by_a_group_before_a_fifth_of_its_space_is_used() -> None:
    assert numbers.groups_for(0) == 2
    assert numbers.groups_for(1_999_999) == 2
    assert numbers.groups_for(2_000_000) == 3
    assert len(numbers.new_number(2_000_000)) == 12
    assert numbers.spoken("1" * 12) == "1111-1111-1111"
