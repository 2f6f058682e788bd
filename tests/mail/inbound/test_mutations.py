"""Whatever bytes come, a mail is read: never an exception, never for long, and what it says can be stored."""

import random
from time import perf_counter

import pytest

from tawasul.mail.inbound import bounces
from tawasul.mail.inbound.classes import classify
from tawasul.mail.inbound.parser import parse
from tawasul.mail.inbound.visible import split
from tests.mail.inbound import openings_of_programs as known
from tests.mail.inbound.making import mail, multipart
from tests.mail.inbound.test_classes import BOUNCES

HTML = (
    "<div dir=rtl>شكراً<br><blockquote type=cite>قديم<br>أقدم</blockquote></div><table><tr><td>1<td>2</table>"
)
WHOLE = [
    mail(f"السلام عليكم\n\n{known.ATTRIBUTIONS[0]}\n> قديم\n\n-- \nنورة", Content_Type="text/plain; charset=utf-8"),
    mail("=D8=B4=D9=83=D8=B1=D8=A7=\n=20", Content_Transfer_Encoding="quoted-printable"),
    mail("شكرا", encoding="cp1256", Content_Type="text/plain; charset=windows-1256", Subject="=?cp1256?B?1N/R?="),
    multipart(("Content-Type: text/plain; charset=utf-8", "نص"), ("Content-Type: text/html", HTML), kind="alternative"),
    multipart(
        ("Content-Type: text/plain; format=flowed", "one \r\n> two \r\nbegin 644 x\r\n#0V%T\r\n`\r\nend\r\n"),
        ("Content-Type: a/pdf; name*0*=utf-8''%D8%AA; name*1=x\nContent-Transfer-Encoding: base64", "JVBERg=="),
        ("Content-Type: message/rfc822", mail("inner", Subject="=?utf-8?Q?=D8=AA?=")),
    ),
    *BOUNCES.values(),
]  # fmt: skip
PIECES = [
    b"\r\n", b"\n\n", b"--edge", b"--edge--\r\n", b"=?utf-8?B?", b"?=", b"\x00", b"\xff\xfe", b"<", b">", b'"', b"(",
    b"Content-Type: multipart/mixed; boundary=edge\r\n", b"Content-Transfer-Encoding: base64\r\n",
    b"Content-Type: message/rfc822\r\n\r\n", b"charset=utf-16", b"charset=utf-7", b"<blockquote>", b"<!--",
    b"&#1114112;", b"> ", b"From: ", b"-- \n", b"```\n", "كتب ".encode(), b"On 1 Jan 2020 at 10:00 a wrote:\n",
    b"begin 644 x\n", b"-----BEGIN PGP SIGNATURE-----\n", b"; ",
]  # fmt: skip


def mutated(raw: bytes, chance: random.Random) -> bytes:
    changed = bytearray(raw)
    for _ in range(chance.randint(1, 6)):
        at = chance.randrange(len(changed) + 1)
        match chance.randrange(6):
            case 0:
                del changed[at:]
            case 1:
                del changed[at : at + chance.randint(1, 200)]
            case 2:
                changed[at:at] = chance.choice(PIECES) * chance.choice((1, 1, 3, 300))
            case 3:
                for _ in range(min(len(changed), 20)):
                    changed[chance.randrange(len(changed))] = chance.randrange(256)
            case 4:
                other = chance.choice(WHOLE)
                changed[at:] = other[chance.randrange(len(other)) :]
            case _:
                changed = bytearray(
                    multipart(("Content-Type: message/rfc822", bytes(changed)), ("", b"tail"))
                )
    return bytes(changed[:300_000])


@pytest.mark.timeout(120)
@pytest.mark.parametrize("seed", range(8))
def test_a_broken_mail_is_read_all_the_same(seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(100):
        raw = mutated(chance.choice(WHOLE), chance)
        started = perf_counter()
        parsed = parse(raw)
        said = [str(classify(parsed)), bounces.bounced_address(parsed), bounces.permanence(parsed)]
        said += [*bounces.returned_message_ids(parsed), *split(parsed.quoted_text or parsed.text)]
        said += [
            parsed.subject,
            parsed.from_name,
            parsed.from_address,
            *(file.name for file in parsed.attachments),
        ]
        assert perf_counter() - started < 5, raw
        for text in said:
            assert "\x00" not in text, raw
            text.encode()


@pytest.mark.timeout(60)
@pytest.mark.parametrize("name", ["From", "Subject", "Date", "Content-Type", "References"])
def test_fields_that_are_made_to_be_slow_are_not(name: str) -> None:
    for piece in (
        "=?",
        "=?a?q?",
        "=?utf-8?q?x",
        "=?a?q?b,",
        "?=",
        "x",
        "<",
        "(",
        '"',
        "a@",
        "a.",
        "@",
        "; ",
        "\\",
        " ",
    ):
        raw = f"{name}: {piece * (100_000 // len(piece))}\r\n\r\nHello".encode()
        started = perf_counter()
        classify(parse(raw))
        assert perf_counter() - started < 2, piece
