"""Outlook's winmail.dat is opened: the files and the text within it are the mail's own."""
# ruff: noqa: E501 - bytes as they are sent

import base64
import struct

import pytest

from tawasul.mail.inbound.parser import parse
from tests.mail.inbound.making import multipart


def attribute(level: int, number: int, data: bytes) -> bytes:
    return struct.pack("<BII", level, number, len(data)) + data + struct.pack("<H", sum(data) & 0xFFFF)


def test_winmail_dat_is_opened() -> None:
    name = "تقرير.pdf".encode("utf-16-le") + b"\0\0"
    properties = (
        struct.pack("<I", 1)
        + struct.pack("<HHII", 0x1F, 0x3707, 1, len(name))
        + name
        + b"\0" * (-len(name) % 4)
    )
    stream = b"\x78\x9f\x3e\x22\x01\x00" + attribute(1, 0x0002800C, "نص الرسالة".encode("cp1256") + b"\0")
    stream = stream[:6] + attribute(1, 0x00069007, struct.pack("<II", 1256, 0)) + stream[6:]
    stream += (
        attribute(2, 0x00069002, b"\0" * 14)
        + attribute(2, 0x0006800F, b"%PDF-1.4")
        + attribute(2, 0x00069005, properties)
    )
    raw = multipart(
        (
            "Content-Type: application/ms-tnef; name=winmail.dat\nContent-Transfer-Encoding: base64",
            base64.encodebytes(stream),
        )
    )
    parsed = parse(raw)
    assert parsed.text == "نص الرسالة"
    assert [(file.name, file.content) for file in parsed.attachments] == [("تقرير.pdf", b"%PDF-1.4")]
    for end in range(0, len(stream), 7):  # a stream that breaks off anywhere
        parse(
            multipart(
                (
                    "Content-Type: application/ms-tnef\nContent-Transfer-Encoding: base64",
                    base64.encodebytes(stream[:end]),
                )
            )
        )


RTF = rb"{\rtf1\ansi\ansicpg1256{\fonttbl{\f0 Arial;}}\pard \'e3\'d1\'cd\'c8\'c7\par \u1606?\u1589? {\*\htmltag <b>}b\{\par}"


@pytest.mark.parametrize("packed", [True, False])
def test_a_winmail_dat_with_rich_text_only_is_read(packed: bool) -> None:
    body = b"".join(b"\0" + RTF[at : at + 8] for at in range(0, len(RTF), 8)) if packed else RTF
    head = struct.pack("<II", len(body) + 12, len(RTF)) + (b"LZFu" if packed else b"MELA") + b"\0" * 4
    data = head + body
    properties = (
        struct.pack("<I", 1)
        + struct.pack("<HHII", 0x102, 0x1009, 1, len(data))
        + data
        + b"\0" * (-len(data) % 4)
    )
    stream = b"\x78\x9f\x3e\x22\x01\x00" + attribute(1, 0x00069003, properties)
    parsed = parse(
        multipart(
            (
                "Content-Type: application/ms-tnef\nContent-Transfer-Encoding: base64",
                base64.encodebytes(stream),
            )
        )
    )
    assert parsed.text == "مرحبا\nنص b{"
