"""A mail is the same whatever way it came, and two mails are two even where their Message-ID is one."""

import hashlib
import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tawasul.mail.doors.identity import digest
from tests.mail.doors.making import a_mail

TRACE = (
    b"Return-Path: <noura@example.com.sa>\r\n"
    b"Delivered-To: support@registry.example\r\n"
    b"X-Original-To: support@registry.example\r\n"
    b"Received: from mx.example.com.sa (mx.example.com.sa [192.0.2.1])\r\n"
    b"\tby mx.registry.example with ESMTPS id 4242; Thu, 26 Nov 2026 09:00:01 +0300\r\n"
    b"Authentication-Results: mx.registry.example; dmarc=pass header.from=example.com.sa\r\n"
    b"ARC-Seal: i=1; a=rsa-sha256; d=example.com.sa; s=arc; b=abc\r\n"
    b"DKIM-Signature: v=1; a=rsa-sha256; d=example.com.sa; b=abc\r\n"
    b"X-Spam-Status: No, score=-1.0\r\n"
)

WAYS = {
    "LF": lambda mail: mail.replace(b"\r\n", b"\n"),
    "CR": lambda mail: mail.replace(b"\r\n", b"\r"),
    "CRCRLF": lambda mail: mail.replace(b"\r\n", b"\r\r\n"),
    "trace": lambda mail: TRACE + mail,
    "trace below": lambda mail: mail.replace(b"\r\n\r\n", b"\r\n" + TRACE + b"\r\n", 1),
    "mbox": lambda mail: b"From noura@example.com.sa Thu Nov 26 09:00:00 2026\r\n" + mail,
    "quoted mbox": lambda mail: b">From noura@example.com.sa Thu Nov 26 09:00:00 2026\n" + TRACE + mail,
    "lines at the end": lambda mail: mail + b"\r\n\r\n",
    "no line at the end": lambda mail: mail.removesuffix(b"\r\n"),
    "folded": lambda mail: mail.replace(b"Subject: ", b"Subject:\r\n  "),
    "folded elsewhere": lambda mail: mail.replace(b" <noura", b"\r\n\t<noura"),
    "capitals": lambda mail: mail.replace(b"Message-ID", b"Message-Id"),
    "fields in another order": lambda mail: mail.replace(b"MIME-Version: 1.0\r\n", b"").replace(
        b"\r\n\r\n", b"\r\nMIME-Version: 1.0\r\n\r\n", 1
    ),
}


@pytest.mark.parametrize("way", WAYS)
def test_a_mail_is_the_same_whatever_way_it_came(way: str) -> None:
    mail = a_mail(1)
    changed = WAYS[way](mail)
    assert changed != mail, "the way changes something"
    assert digest(changed) == digest(mail)


def test_a_from_line_in_the_body_is_the_same_with_the_quotes_that_mbox_files_add() -> None:
    mail = a_mail(1) + b"From here on all is well.\r\n>From there, too.\r\n"
    quoted = mail.replace(b"\r\n>From", b"\r\n>>From").replace(b"\r\nFrom here", b"\r\n>From here")
    assert digest(mail) == digest(quoted)


CHANGES = {
    "body": (b"0123", b"3210"),
    "subject": (b"Subject: =?utf-8?b?2YbYt9in2YLZig==?= 1", b"Subject: other"),
    "sender": (b"noura@", b"khalid@"),
    "date": (b"09:00:00", b"09:00:01"),
    "recipient": (b"To: support@", b"To: complaints@"),
    "Message-ID": (b"<mail-1@", b"<mail-x@"),
}


@pytest.mark.parametrize("what", CHANGES)
def test_two_mails_are_two(what: str) -> None:
    mail = a_mail(1, size=100)
    other = mail.replace(*CHANGES[what])
    assert other != mail
    assert digest(other) != digest(mail)


def test_a_field_that_moves_into_the_body_makes_another_mail() -> None:
    assert digest(b"From: a\nSubject: b\n\nc\n") != digest(b"From: a\n\nSubject: b\n\nc\n")
    assert digest(b"To: a\nCc: b\n\nc\n") != digest(b"To: b\nCc: a\n\nc\n")
    assert digest(b"To: a\nTo: b\n\nc\n") != digest(b"To: ab\n\nc\n")


def test_a_header_that_breaks_off_is_the_same_with_the_empty_line_that_servers_put_there() -> None:
    broken = b"From: a@example.sa\nSubject: b\nthis is no field\n\nmore\n"
    mended = TRACE + b"From: a@example.sa\nSubject: b\n\nthis is no field\n\nmore\n"
    assert digest(broken) == digest(mended)


def test_a_mail_without_a_header_is_the_same_below_trace_fields() -> None:
    bare = "السلام عليكم".encode()
    assert digest(bare) == digest(TRACE + b"\r\n" + bare + b"\r\n")


@given(st.binary(max_size=300))
@example(b"")
@example(b"\r")
@example(b":\n :\n")
@example(b">From \n")
def test_whatever_comes_has_a_digest(raw: bytes) -> None:
    found = digest(raw)
    assert len(found) == 64 and int(found, 16) >= 0


_lines = st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\r\n\0"), max_size=40), max_size=8)


@given(_lines, st.sampled_from(sorted(WAYS)))
def test_no_body_makes_a_way_visible(lines: list[str], way: str) -> None:
    mail = a_mail(1) + "".join(f"{line}\r\n" for line in lines).encode()
    assert digest(WAYS[way](mail)) == digest(mail)


@given(
    st.lists(
        st.sampled_from([b"From: a", b"\n", b"\r", b"\r\n", b" ", b"\t", b":", b">From ", b"x", b"Subject:"])
    )
)
def test_two_digests_of_one_mail_are_one(parts: list[bytes]) -> None:
    raw = b"".join(parts)
    assert digest(raw) == digest(raw) == digest(raw + b"\n")


HOSTILE = {
    "fields": b"From: x\n",
    "folds": b" y\n",
    "quotes": b">From \n",
    "brackets": b">",
    "blanks": b" ",
    "letters": b"x",
    "colons": b":",
    "CR": b"\r",
    "LF": b"\n",
}


@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_mail_takes_no_longer_than_its_length(what: str) -> None:
    part = HOSTILE[what]
    for head in (b"", b"From: a\n", b"From: a\n\n"):
        started = time.process_time()
        digest(head + part * (2**21 // len(part)))
        # Two megabytes take about 60 ms; what went back over its text would take hours.
        assert time.process_time() - started < 3


def test_the_digest_never_changes_from_one_release_to_the_next() -> None:
    """Else what is fetched again after an upgrade would be new."""
    assert hashlib.sha256(digest(a_mail(1)).encode()).hexdigest()[:16] == "46770bd8de9facfc"
