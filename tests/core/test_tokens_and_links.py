"""Secrets in links, and the links themselves."""

from typing import Any

import pytest

from tawasul.core import links, tokens


def test_a_token_is_random_and_only_its_hash_is_kept() -> None:
    token, stored = tokens.new_token()
    assert len(token) == 43  # 256 bits
    assert stored == tokens.token_hash(token) != token
    assert len(stored) == 64
    assert tokens.new_token()[0] != token


def test_a_code_has_its_digits_whatever_the_number() -> None:
    codes = {tokens.new_code() for _ in range(500)}
    assert all(len(code) == 6 and code.isdigit() for code in codes)
    assert len(codes) > 450


def test_a_keyed_hash_depends_on_the_key_and_the_use(settings: Any) -> None:
    one = tokens.keyed_hash("123456", salt="activation")
    assert one == tokens.keyed_hash("123456", salt="activation")
    assert one != tokens.keyed_hash("123456", salt="mobile")
    settings.SECRET_KEY = "another key" * 5
    assert one != tokens.keyed_hash("123456", salt="activation")
    assert tokens.same(one, one)
    assert not tokens.same(one, "")


def test_links_come_from_the_configured_address_only(settings: Any) -> None:
    settings.BASE_URL = "https://www.nic.sa"
    assert links.absolute("/ar/tickets/4829-1736/") == "https://www.nic.sa/ar/tickets/4829-1736/"
    for wrong in ("//evil.sa/", "https://evil.sa/", "ar/", ""):
        with pytest.raises(ValueError, match="not a path"):
            links.absolute(wrong)


def test_an_internationalised_host_stands_in_links_in_the_form_that_every_program_knows(
    settings: Any,
) -> None:
    settings.BASE_URL = "https://سجل.السعودية:8443"
    assert links.absolute("/ar/") == "https://xn--rgbn6c.xn--mgberp4a5d4ar:8443/ar/"
