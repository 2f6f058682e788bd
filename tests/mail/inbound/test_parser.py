"""Whatever comes is read: broken structure, any charset, names in Arabic, files within files."""
# ruff: noqa: E501 - texts as they are sent

import base64
from email.header import Header
from email.message import EmailMessage

import pytest

from tawasul.mail.inbound import limits
from tawasul.mail.inbound.parser import parse
from tests.mail.inbound.making import mail, multipart

ARABIC = "السلام عليكم، أرغب في تعديل خوادم أسماء النطاق مثال.السعودية وشكراً لكم."


# -- fields ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("charset", ["utf-8", "windows-1256", "iso-8859-6", "utf-16"])
def test_an_arabic_subject_and_name_are_read(charset: str) -> None:
    text = "طلب نقل نطاق"
    word = f"=?{charset}?B?{base64.b64encode(text.encode(charset)).decode()}?="
    parsed = parse(mail(Subject=word, From=f"{word} <n@example.sa>"))
    assert (parsed.subject, parsed.from_name, parsed.from_address) == (text, text, "n@example.sa")


def test_a_long_subject_in_several_words_comes_out_whole() -> None:
    text = "طلب نقل النطاق مثال.السعودية من مسجل إلى آخر مع تحديث بيانات المالك والمسؤول الفني والإداري"
    assert parse(mail(Subject=Header(text, "utf-8").encode())).subject == text


def test_a_character_cut_between_two_words_comes_out_whole() -> None:
    raw = "نطاق".encode()
    first, second = base64.b64encode(raw[:3]).decode(), base64.b64encode(raw[3:]).decode()
    assert parse(mail(Subject=f"=?utf-8?B?{first}?=\r\n =?UTF-8?B?{second}?=")).subject == "نطاق"


@pytest.mark.parametrize(
    ("field", "subject"),
    [
        ("=?utf-8?Q?a_b=3F?=", "a b?"),
        ("=?utf-8?q?with blanks inside?=", "with blanks inside"),
        ("Re: =?utf-8?Q?caf=C3=A9?= today", "Re: café today"),
        ("=?utf-8?B?2YXYsdit2KjYpw?=", "مرحبا"),
        ("=?utf-8?Q?one?= =?utf-8?Q?two?=", "onetwo"),
        ("=?utf-8?Q?one?= and =?utf-8?Q?two?=", "one and two"),
        ("=?no-such-charset?Q?caf=C3=A9?=", "café"),
        ("=?utf-8?X?abc?=", "=?utf-8?X?abc?="),
        ("=?utf-8?Q?line=0D=0ABcc=3A_x?=", "line Bcc: x"),
        ("طلب مباشر بلا ترميز", "طلب مباشر بلا ترميز"),
        ("photo\u202egpj.exe", "photogpj.exe"),
    ],
)
def test_encoded_words_are_read_as_they_are_sent(field: str, subject: str) -> None:
    assert parse(mail(Subject=field)).subject == subject


@pytest.mark.parametrize(
    ("field", "name", "address"),
    [
        ('"Al-Qahtani, Noura" <n@example.sa>', "Al-Qahtani, Noura", "n@example.sa"),
        ("Al-Qahtani, Noura <n@example.sa>", "Al-Qahtani, Noura", "n@example.sa"),
        ("n@example.sa (Noura)", "Noura", "n@example.sa"),
        ("=?iso-8859-1?Q?B=FCrling,=20Noura?= <n@example.sa>", "Bürling, Noura", "n@example.sa"),
        ("Dr. =?utf-8?B?2YbZiNix2Kk=?= (=?utf-8?Q?a,b?=) <n@example.sa>", "Dr. نورة", "n@example.sa"),
        ("Al Qahtani, Noura <n@example.sa>", "Al Qahtani, Noura", "n@example.sa"),
        ("Noura B. Qahtani n@example.sa", "Noura B. Qahtani", "n@example.sa"),
        ("'Noura' <n@example.sa>", "Noura", "n@example.sa"),
        ("Noura(of the centre) <n(office)@example.sa(host)>", "Noura", "n@example.sa"),
        ("n@example  . sa", "", "n@example.sa"),
        ("Noura, n@example.sa", "", "n@example.sa"),
        ("<>, n@example.sa", "", "n@example.sa"),
        ("<n@example.sa>", "", "n@example.sa"),
        ("n@example.sa", "", "n@example.sa"),
        ('"n@example.sa" <n@example.sa>', "n@example.sa", "n@example.sa"),
        ("نورة <نورة@مثال.السعودية>", "نورة", "نورة@مثال.السعودية"),
        ('"=?utf-8?B?2YbZiNix2Kk=?=" <n@example.sa>', "نورة", "n@example.sa"),
        ("MAILER-DAEMON (Mail Delivery System)", "Mail Delivery System", "MAILER-DAEMON"),
        ("Noura <n@example.sa", "Noura", "n@example.sa"),
        ("=?utf-8?Q?Noura_<n=40example.sa>?=", "Noura", "n@example.sa"),
        ("Noura <@a.example,@b.example:n@example.sa>", "Noura", "n@example.sa"),
        ("Group: Noura <n@example.sa>;", "Noura", "n@example.sa"),
        ('"a\\"b" <n@example.sa>', 'a"b', "n@example.sa"),
    ],
)
def test_a_sender_is_read(field: str, name: str, address: str) -> None:
    parsed = parse(mail(From=field))
    assert (parsed.from_name, parsed.from_address) == (name, address)


def test_several_recipients_and_ids_are_read() -> None:
    parsed = parse(
        mail(
            To='"A, B" <a@example.sa>, c@example.sa,\r\n د <د@مثال.السعودية>',
            In_Reply_To="<x@y> (today)",
            References="<a@b>\r\n\t<c@d> junk <e@f>",
        )
    )
    assert [box.address for box in parsed.to] == ["a@example.sa", "c@example.sa", "د@مثال.السعودية"]
    assert parsed.in_reply_to == ("<x@y>",)
    assert parsed.references == ("<a@b>", "<c@d>", "<e@f>")
    assert parsed.message_id == "<1@example.sa>"
    assert parsed.date is not None and parsed.date.isoformat() == "2025-01-05T15:04:05+03:00"


@pytest.mark.parametrize(
    "date", ["", "yesterday", "Sun, 99 Foo 2025 99:99:99", "Mon, 1 Jan 0001 00:00:00 +9999", "0" * 5000]
)
def test_a_date_that_is_none_is_none(date: str) -> None:
    assert parse(mail(Date=date)).date is None


# -- charsets -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("declared", "used"),
    [
        ("utf-8", "utf-8"), ("windows-1256", "cp1256"), ("cp1256", "cp1256"), ("CP-1256", "cp1256"), ("x-cp1256", "cp1256"),
        ("iso-8859-6", "iso8859-6"), ("ISO-8859-6-I", "iso8859-6"), ("arabic", "iso8859-6"), ("asmo-708", "iso8859-6"),
        ("utf-16", "utf-16"), ("utf-16le", "utf-16-le"), ("utf-7", "utf-7"), ("unicode-1-1-utf-7", "utf-7"),
        ("", "utf-8"), ("us-ascii", "utf-8"), ("x-unknown", "utf-8"), ("iso-8859-1", "utf-8"), ("unknown-8bit", "cp1256"),
        ("", "cp1256"), ("us-ascii", "cp1256"), ("no-such-thing", "cp1256"), ("utf-8", "cp1256"), ("", "utf-16"), ("idna", "cp1256"),
    ],
)  # fmt: skip
def test_arabic_is_read_in_any_charset_named_rightly_or_not(declared: str, used: str) -> None:
    parameter = f"; charset={declared}" if declared else ""
    raw = base64.encodebytes((ARABIC + "\n").encode(used))
    parsed = parse(mail(raw, Content_Type=f"text/plain{parameter}", Content_Transfer_Encoding="base64"))
    assert parsed.text == ARABIC


@pytest.mark.parametrize(
    ("declared", "used", "text"),
    [
        ("ks_c_5601-1987", "cp949", "안녕하세요"),
        ("gb2312", "gb18030", "你好，世界"),
        ("shift_jis", "cp932", "こんにちは①"),
        ("iso-2022-jp", "iso2022_jp", "こんにちは"),
        ("big5", "big5", "你好，世界"),
        ("koi8-r", "koi8-r", "Здравствуйте"),
        ("", "koi8-r", "Здравствуйте, прошу изменить серверы имён нашего домена"),
        ("", "cp1251", "Здравствуйте, прошу изменить серверы имён нашего домена"),
        ("", "cp1252", "Sehr geehrte Damen, für größere Änderungen grüßt"),
        ("iso-8859-1", "cp1252", "“quotes” – and €"),
        ("", "iso2022_jp", "こんにちは"),
    ],
)
def test_other_scripts_are_read(declared: str, used: str, text: str) -> None:
    kind = f"text/plain; charset={declared}" if declared else "text/plain"
    assert parse(mail(text.encode(used), Content_Type=kind)).text == text


# -- structure ------------------------------------------------------------------------------------------------------


def test_plain_text_is_preferred_and_html_is_kept() -> None:
    parsed = parse(
        multipart(
            ("Content-Type: text/plain; charset=utf-8", "نص"),
            ("Content-Type: text/html; charset=utf-8", "<p>نص <b>غني</b></p>"),
            kind="alternative",
        )
    )
    assert parsed.text == "نص"
    assert "<b>" in parsed.html
    assert parsed.attachments == ()


def test_html_alone_is_read_as_text() -> None:
    html = (
        "<html><head><title>x</title><style>p{}</style></head><body><p>مرحباً&nbsp;بكم</p><ul><li>أول</li><li>ثانٍ</li>"
        "</ul><script>alert(1)</script>See <a href='https://example.sa/x'>here</a>.<br>a &lt; b</body></html>"
    )
    parsed = parse(mail(html, Content_Type="text/html; charset=utf-8"))
    assert parsed.text == "مرحباً بكم\n\n- أول\n- ثانٍ\nSee here <https://example.sa/x>.\na < b"


def test_html_of_an_empty_plain_part_is_read() -> None:
    parsed = parse(
        multipart(
            ("Content-Type: text/plain", " \r\n"),
            ("Content-Type: text/html", "<p>Hi</p>"),
            kind="alternative",
        )
    )
    assert parsed.text == "Hi"


@pytest.mark.parametrize("end", [True, False])
@pytest.mark.parametrize("newline", [b"\r\n", b"\n", b"\r", b"\r\r\n"])
def test_parts_are_found_with_any_newline_and_without_an_end(end: bool, newline: bytes) -> None:
    raw = multipart(
        ("Content-Type: text/plain", "one"),
        ("Content-Type: image/gif; name=a.gif\nContent-Transfer-Encoding: base64", "R0lG"),
        end=end,
    )
    parsed = parse(raw.replace(b"\r\n", newline))
    assert parsed.text == "one"
    assert [(file.name, file.content) for file in parsed.attachments] == [("a.gif", b"GIF")]


@pytest.mark.parametrize(
    "kind",
    [
        'multipart/mixed;; boundary="edge"', "multipart/mixed; boundary=edge", "multipart/mixed; boundary=wrong", "multipart/mixed",
        'multipart/mixed; boundary="edge', "Multipart/Mixed ; Boundary = edge", 'multipart/mixed (c); x=y; boundary="edge"',
        "multipart/mixed; boundary*0=ed; boundary*1=ge", "multipart/mixed; charset=utf-8; boundary=edge;",
    ],
)  # fmt: skip
def test_parts_are_found_under_a_broken_content_type(kind: str) -> None:
    raw = multipart(
        ("Content-Type: text/plain", "one"), ("Content-Type: application/pdf; name=a.pdf", "%PDF")
    )
    raw = raw.replace(b'multipart/mixed; boundary="edge"', kind.encode())
    parsed = parse(raw)
    assert parsed.text == "one"
    assert [file.name for file in parsed.attachments] == ["a.pdf"]


def test_a_multipart_that_is_encoded_as_a_whole_is_read() -> None:
    inner = b"--edge\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" + "نص".encode() + b"\r\n--edge--\r\n"
    raw = mail(
        base64.encodebytes(inner),
        Content_Type='multipart/mixed; boundary="edge"',
        Content_Transfer_Encoding="base64",
    )
    assert parse(raw).text == "نص"


def test_a_body_without_any_part_is_read_as_text() -> None:
    parsed = parse(mail("only words", Content_Type='multipart/mixed; boundary="edge"'))
    assert parsed.text == "only words"
    assert "no_parts" in parsed.notes


def test_what_stands_before_a_mail_is_passed_over() -> None:
    raw = b"\n\nFrom noura@example.sa Sun Jan  5 15:04:05 2025\n" + mail("Hello")
    assert parse(raw).subject == "A question"
    assert parse(b"junk line without meaning\r\n" + mail("Hello")).subject == "A question"


def test_fields_without_a_blank_line_after_them_end_where_the_text_begins() -> None:
    parsed = parse(b"From: a@example.sa\nSubject: x\nthis is already the text\nof two lines\n")
    assert (parsed.subject, parsed.text) == ("x", "this is already the text\nof two lines")


ENCODED = base64.b64encode("تقرير الربع.pdf".encode()).decode()


@pytest.mark.parametrize(
    "head",
    [
        "Content-Disposition: attachment; filename*=utf-8''%D8%AA%D9%82%D8%B1%D9%8A%D8%B1%20%D8%A7%D9%84%D8%B1%D8%A8%D8%B9.pdf",
        "Content-Disposition: attachment;\n filename*0*=utf-8''%D8%AA%D9%82%D8%B1%D9%8A%D8%B1%20;\n filename*1*=%D8%A7%D9%84%D8%B1%D8%A8%D8%B9;\n filename*2=.pdf",
        "Content-Disposition: attachment;\n filename*1*=%D8%A7%D9%84%D8%B1%D8%A8%D8%B9.pdf;\n filename*0*=utf-8''%D8%AA%D9%82%D8%B1%D9%8A%D8%B1%20",
        f'Content-Disposition: attachment; filename="=?utf-8?B?{ENCODED}?="',
        f"Content-Disposition: attachment; filename==?utf-8?B?{ENCODED}?=",
        'Content-Disposition: attachment; filename="تقرير الربع.pdf"',
        f'Content-Disposition: attachment\nContent-Type: application/pdf; name="=?utf-8?B?{ENCODED}?="',
        "Content-Type: application/pdf; name=تقرير الربع.pdf",
    ],
)
def test_an_arabic_file_name_is_read(head: str) -> None:
    parsed = parse(multipart(("Content-Type: text/plain", "x"), (head, "%PDF")))
    assert [file.name for file in parsed.attachments] == ["تقرير الربع.pdf"]


def test_pictures_within_html_keep_their_ids() -> None:
    raw = multipart(
        ("Content-Type: text/html", '<img src="cid:a@b">'),
        ("Content-Type: image/png\nContent-ID: <a@b>\nContent-Transfer-Encoding: base64", "iVBORw=="),
        kind="related",
    )
    (file,) = parse(raw).attachments
    assert (file.name, file.cid, file.inline) == ("image.png", "a@b", True)


def test_a_mail_within_a_mail_is_a_file_named_by_its_subject() -> None:
    inner = mail("inner text", Subject="=?utf-8?B?2LfZhNio?=")
    parsed = parse(multipart(("Content-Type: text/plain", "outer"), ("Content-Type: message/rfc822", inner)))
    assert parsed.text == "outer"
    assert [file.name for file in parsed.attachments] == ["طلب.eml"]


def test_uuencoded_files_leave_the_text() -> None:
    body = "Before\n\nbegin 644 a.gif\n#1TE&\n`\nend\n\nAfter\nbegin at the beginning\n"
    parsed = parse(mail(body))
    assert parsed.text == "Before\n\n\nAfter\nbegin at the beginning"
    assert [(file.name, file.content) for file in parsed.attachments] == [("a.gif", b"GIF")]


def test_flowed_text_is_joined() -> None:
    body = "one two \nthree\n\n> quoted \n> more\n -- not a signature\n-- \nNoura"
    parsed = parse(mail(body, Content_Type="text/plain; format=flowed"))
    assert parsed.text == "one two three\n\n> quoted more\n-- not a signature\n--\nNoura"
    parsed = parse(
        mail("اللغة \nالعربية", Content_Type="text/plain; charset=utf-8; format=flowed; delsp=yes")
    )
    assert parsed.text == "اللغةالعربية"


def test_an_invitation_without_words_says_what_it_is() -> None:
    calendar = "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:اجتماع\r\nLOCATION:الرياض\\, المبنى 3\r\nEND:VEVENT\r\nEND:VCALENDAR"
    parsed = parse(multipart(("Content-Type: text/calendar; method=REQUEST; charset=utf-8", calendar)))
    assert parsed.text == "اجتماع\nالرياض, المبنى 3"
    assert [file.name for file in parsed.attachments] == ["invite.ics"]


def test_signed_and_encrypted_mails_are_read_as_far_as_they_can_be() -> None:
    signed = multipart(
        ("Content-Type: text/plain", "words"), ("Content-Type: application/pgp-signature", "x"), kind="signed"
    )
    assert parse(signed).text == "words"
    closed = parse(
        mail(
            "AAAA", Content_Type="application/pkcs7-mime; name=smime.p7m", Content_Transfer_Encoding="base64"
        )
    )
    assert (closed.text, [file.name for file in closed.attachments]) == ("", ["smime.p7m"])


def test_what_the_standard_library_writes_is_read_back() -> None:
    message = EmailMessage()
    message["From"] = "نورة <noura@example.sa>"
    message["Subject"] = "طلب: " + "نطاق " * 30
    message.set_content(ARABIC)
    message.add_alternative(f"<p>{ARABIC}</p>", subtype="html")
    message.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="عقد " * 20 + ".pdf")
    parsed = parse(message.as_bytes())
    assert parsed.from_name == "نورة"
    assert parsed.subject == ("طلب: " + "نطاق " * 30).strip()
    assert parsed.text == ARABIC
    assert [file.name for file in parsed.attachments] == ["عقد " * 20 + ".pdf"]


# -- bounds ---------------------------------------------------------------------------------------------------------


def nested(depth: int) -> bytes:
    head = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(depth)
    )
    return b"Subject: deep\r\n" + head + b"Content-Type: text/plain\r\n\r\nthe end"


HEAVY = {
    "deep": nested(5000),
    "many parts": b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\nx\r\n" * 100_000,
    "one long field": b"Subject: " + b"a" * 20_000_000 + b"\r\n\r\nx",
    "many fields": b"X-A: b\r\n" * 500_000 + b"\r\nx",
    "folded for ever": b"Subject: x\r\n" + b" y\r\n" * 500_000 + b"\r\nx",
    "many addresses": b"To: " + b"a@b.c, " * 300_000 + b"\r\n\r\nx",
    "open quotes": b'To: "' + b'a"<(' * 100_000 + b"\r\n\r\nx",
    "encoded words": b"Subject: " + b"=?utf-8?B?2A==?= " * 20_000 + b"\r\n\r\nx",
    "question marks": b"Subject: " + b"=?a?Q?" * 30_000 + b"\r\n\r\nx",
    "parameters": b"Content-Type: text/plain; " + b"a*0*=x; " * 50_000 + b"\r\n\r\nx",
    "brackets": b"Content-Type: text/html\r\n\r\n" + b"<" * 3_000_000,
    "open tags": b"Content-Type: text/html\r\n\r\n" + b"<a <b" * 600_000,
    "open quoted tags": b"Content-Type: text/html\r\n\r\n" + b'<a href="' * 300_000 + b">",
    "open comments": b"Content-Type: text/html\r\n\r\n" + b"<!-- " * 500_000 + b">",
    "open heads": b"Content-Type: text/html\r\n\r\n" + b"<head><select>" * 200_000,
    "deep quotes": b"Content-Type: text/html\r\n\r\n" + b"<blockquote>a<br>" * 100_000,
    "quoted-printable": b"Content-Transfer-Encoding: quoted-printable\r\n\r\n" + b"=41" * 3_000_000,
    "uuencode": b"\r\n" + b"begin 644 a\r\n" * 200_000,
    "almost boundaries": b"Content-Type: multipart/mixed; boundary=-\r\n\r\n" + b"-" * 5_000_000,
    "zeros": b"\0" * 10_000_000,
    "blanks": b"\r\n" + b" " * 5_000_000,
}


@pytest.mark.timeout(10)
@pytest.mark.parametrize("raw", HEAVY.values(), ids=HEAVY)
def test_a_heavy_mail_is_read_within_its_time(raw: bytes) -> None:
    from time import perf_counter

    from tawasul.mail.inbound.bounces import bounced_address
    from tawasul.mail.inbound.classes import classify

    started = perf_counter()
    parsed = parse(raw)
    classify(parsed)
    bounced_address(parsed)
    assert isinstance(parsed.visible_text, str)
    assert len(parsed.text) <= limits.MAX_TEXT * 2
    assert perf_counter() - started < 5


def test_any_bytes_at_all_are_read() -> None:
    whole = multipart(
        ("Content-Type: text/plain; charset=utf-8", ARABIC),
        ("Content-Type: image/png; name=a.png", b"\x89PNG"),
    )
    for at in range(0, len(whole), 3):
        parse(whole[:at])
        parse(whole[:at] + b"\xff\x00" + whole[at:])
        parse(whole[at:])
