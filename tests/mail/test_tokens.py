"""A word in an address names a ticket or a mail, and nobody else can make one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tawasul.core.addresses import parse_address
from tawasul.mail import tokens


@given(st.integers(0, 2**40 - 1), st.sampled_from([tokens.TICKET, tokens.MAIL]))
def test_what_was_made_is_read_in_any_case_and_place(key: int, purpose: str) -> None:
    token = tokens.make(purpose, key)
    address = tokens.tagged(parse_address("support@example.sa"), token).address
    for written in (token, token.upper(), address, address.upper(), f"دعم+{token}@سجل.السعودية"):
        assert tokens.read(purpose, written) == key


@pytest.mark.parametrize("place", range(25))
def test_one_changed_letter_makes_it_nothing(place: int) -> None:
    token = tokens.make(tokens.TICKET, 4829)
    other = "a" if token[place] != "a" else "b"
    assert tokens.read(tokens.TICKET, token[:place] + other + token[place + 1 :]) is None


def test_a_token_for_one_purpose_does_not_serve_another() -> None:
    assert tokens.read(tokens.TICKET, tokens.make(tokens.MAIL, 7)) is None
    assert tokens.read(tokens.MAIL, tokens.make(tokens.TICKET, 7)) is None


def test_the_longest_mailbox_stays_a_mailbox() -> None:
    tagged = tokens.tagged(parse_address("x" * 36 + "@example.sa"), tokens.make(tokens.MAIL, 2**40 - 1))
    assert parse_address(tagged.address).address == tagged.address
