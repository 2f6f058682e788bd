"""E-mail addresses of every script."""

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from tawasul.core import addresses
from tawasul.core.addresses import BadAddress, parse_address
from tests.core.test_domains import ACCEPTED


@pytest.mark.parametrize(("host", "in_ascii"), ACCEPTED.items())
def test_an_ascii_mailbox_on_any_domain_has_an_ascii_form(host: str, in_ascii: str) -> None:
    found = parse_address(f"email-test@{host}")
    assert found.ascii == f"email-test@{in_ascii}"
    assert found.address == f"email-test@{host.replace('。', '.')}"


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("อีเมลทดสอบ@ยูเอทดสอบ.ไทย", "อีเมลทดสอบ@ยูเอทดสอบ.ไทย"),
        ("电子邮件测试@普遍适用测试。我爱你", "电子邮件测试@普遍适用测试.我爱你"),
        ("دعم@سجل.السعودية", "دعم@سجل.السعودية"),
        ("دعم@xn--rgbn6c.xn--mgberp4a5d4ar", "دعم@سجل.السعودية"),
        ("e\u0301mile@example.org", "émile@example.org"),
    ],
)
def test_a_mailbox_that_is_not_ascii_needs_smtputf8(typed: str, address: str) -> None:
    found = parse_address(typed)
    assert (found.address, found.ascii) == (address, None)


def test_what_was_typed_is_kept_and_lookups_ignore_case() -> None:
    found = parse_address(" Noura.Ali+Test@EXAMPLE.com.SA ")
    assert found.typed == "Noura.Ali+Test@EXAMPLE.com.SA"
    assert found.address == "Noura.Ali+Test@example.com.sa"
    assert found.key == "noura.ali+test@example.com.sa"
    assert found.domain == "example.com.sa"


def test_marks_around_a_copied_address_are_dropped() -> None:
    assert parse_address("\u2068noura@example.sa\u2069").address == "noura@example.sa"
    assert parse_address("mailto:noura@example.sa").typed == "noura@example.sa"


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "empty"),
        ("noura", "no_at"),
        ("@example.sa", "no_mailbox"),
        ("noura@", "domain"),
        ("noura@localhost", "domain"),
        ("noura@[127.0.0.1]", "domain"),
        ("noura@exa_mple.sa", "domain"),
        ("Noura <noura@example.sa>", "more"),
        ("noura@example.sa, fahd@example.sa", "more"),
        ("noura ali@example.sa", "more"),
        ("no\u202eura@example.sa", "hidden"),
        ("noura@exa\u202emple.sa", "hidden"),
        ("noura\u200f@example.sa", "hidden"),
        (".noura@example.sa", "mailbox"),
        ("no..ura@example.sa", "mailbox"),
        ("a@b@example.sa", "mailbox"),
        ("victim\u037eattacker@example.sa", "mailbox"),  # NFC turns U+037E into a semicolon
        ("no\x00ura@example.sa", "mailbox"),
        ("a" * 65 + "@example.sa", "too_long"),
        ("a" * 60 + "@" + ".".join(["b" * 60] * 4), "too_long"),
        ("a" * 3000, "too_long"),
    ],
)
def test_an_impossible_address_is_refused_with_its_reason(typed: str, code: str) -> None:
    with pytest.raises(BadAddress) as caught:
        parse_address(typed)
    assert caught.value.code == code


def test_the_domains_fault_is_told_as_the_domains() -> None:
    with pytest.raises(BadAddress) as caught:
        parse_address("noura@example")
    with translation.override("ar"):
        assert "أضف إليه الامتداد" in addresses.message(caught.value)
    with translation.override("en"):
        assert "needs its ending" in addresses.message(caught.value)


@given(st.text(max_size=60), st.sampled_from(["example.sa", "سجل.السعودية", ""]))
def test_any_text_is_an_address_or_is_refused(local: str, host: str) -> None:
    try:
        found = parse_address(f"{local}@{host}" if host else local)
    except BadAddress:
        return
    assert len(found.address) <= 320
    assert parse_address(found.address).address == found.address
    assert parse_address(found.key).key == found.key
