"""Only the trusted server's own words about a sender count, and only where nobody else can have put them."""

import pytest

from tawasul.mail.handling.authentication import parse, proves

PASS = (
    "mx.registry.example; dkim=pass header.d=example.com.sa; dmarc=pass (p=reject) header.from=example.com.sa"
)


def proved(*fields: str, trusted: str = "mx.registry.example", domain: str = "example.com.sa") -> bool:
    return proves(fields, trusted=trusted, domain=domain)


@pytest.mark.parametrize(
    "field",
    [
        PASS,
        PASS.upper().replace("HEADER.FROM", "header.from"),
        "mx.registry.example 1; dmarc=pass header.from=example.com.sa",
        "  (a (nested \\) one) comment) mx.registry.example\r\n\t;\r\n\tdmarc = pass\r\n (why) "
        "header.from = example.com.sa",
        'mx.registry.example; dmarc=pass reason="good; mail = (fine)" header.from="example.com.sa"',
        '"mx.registry.example"; dmarc/1=pass header.from=EXAMPLE.com.SA',
        "mx.registry.example;dmarc=pass(p=none dis=none)\theader.from=example.com.sa;spf=fail smtp.mailfrom=x@y",
    ],
)
def test_a_pass_by_the_trusted_server_proves(field: str) -> None:
    assert proved(field)


@pytest.mark.parametrize(
    "field",
    [
        "",
        "mx.registry.example; none",
        "mx.registry.example",
        "mx.registry.example; dmarc=fail header.from=example.com.sa",
        "mx.registry.example; dmarc=none header.from=example.com.sa",
        "mx.registry.example; dmarc=pass",
        "mx.registry.example; dmarc=pass header.from=evil.example",
        "mx.registry.example; dmarc=pass header.from=example.com.sa.evil.example",
        "mx.registry.example; dmarc=pass header.d=example.com.sa",
        "mx.registry.example; dkim=pass header.from=example.com.sa",
        "mx.registry.example; dmarc=pass header.from=evil.example header.from=example.com.sa",
        "mx.registry.example; dmarc=fail header.from=example.com.sa; dmarc=pass header.from=example.com.sa",
        "mx.registry.example; (dmarc=pass header.from=example.com.sa)",
        "mx.registry.example; x=(; dmarc=pass header.from=example.com.sa",
        'mx.registry.example; reason="; dmarc=pass header.from=example.com.sa',
        'mx.registry.example; spf=fail smtp.mailfrom="; dmarc=pass header.from=example.com.sa"',
        "mx.registry.example 2; dmarc=pass header.from=example.com.sa",
        "mx.registry.example.evil.example; dmarc=pass header.from=example.com.sa",
        "evil.example; mx.registry.example; dmarc=pass header.from=example.com.sa",
        "(mx.registry.example;) evil.example; dmarc=pass header.from=example.com.sa",
        "dmarc=pass header.from=example.com.sa",
    ],
)
def test_anything_else_does_not(field: str) -> None:
    assert not proved(field)


def test_what_stands_below_another_servers_field_came_with_the_mail() -> None:
    assert not proved("other.example; dmarc=fail header.from=example.com.sa", PASS)
    assert not proved("mx.registry.example; dmarc=fail header.from=example.com.sa", PASS)
    assert proved(PASS, "other.example; dmarc=fail header.from=example.com.sa")


def test_nothing_is_trusted_unless_a_server_is_named() -> None:
    assert not proved(PASS, trusted="")
    assert not proved("; dmarc=pass header.from=example.com.sa", trusted="")


def test_an_internationalised_domain_is_one_in_both_forms() -> None:
    field = "mx.registry.example; dmarc=pass header.from=xn--rgbn6c.xn--mgberp4a5d4ar"
    assert proved(field, domain="سجل.السعودية")
    assert proved(field.replace("xn--rgbn6c.xn--mgberp4a5d4ar", "سجل.السعودية"), domain="سجل.السعودية")


def test_the_verdicts_are_read_with_their_properties() -> None:
    results = parse("mx.example; spf=pass smtp.mailfrom=a@b.example; dmarc=pass header.from=c.example")
    assert results is not None
    assert [(one.method, one.result) for one in results.verdicts] == [("spf", "pass"), ("dmarc", "pass")]
    assert results.verdicts[1].properties == {"header.from": "c.example"}
