"""What a person wrote is shown; what programs put around it is folded; in doubt more is shown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tawasul.mail.inbound.visible import split, visible_text
from tests.mail.inbound import openings_of_programs as known
from tests.mail.inbound.words_of_people import LOOKALIKES

WRITTEN = "السلام عليكم،\n\nشكراً، تم تعديل خوادم الأسماء.\nIt works now at 10:30."
OLD = "Dear customer,\nplease change the name servers.\nRegards"


def quoted(text: str) -> str:
    return "\n".join(f"> {line}" for line in text.split("\n"))


@pytest.mark.parametrize("opening", [*known.ATTRIBUTIONS, *known.BROKEN_OVER_LINES])
def test_an_attribution_above_marked_lines_is_folded(opening: str) -> None:
    assert visible_text(f"{WRITTEN}\n\n{opening}\n\n{quoted(OLD)}\n") == WRITTEN


@pytest.mark.parametrize("opening", [*known.ATTRIBUTIONS, *known.BROKEN_OVER_LINES])
def test_an_attribution_above_unmarked_lines_is_folded(opening: str) -> None:
    assert visible_text(f"{WRITTEN}\n\n{opening}\n\n{OLD}\n") == WRITTEN


@pytest.mark.parametrize("opening", known.ATTRIBUTIONS)
def test_an_answer_below_the_quotation_is_shown(opening: str) -> None:
    assert visible_text(f"{opening}\n{quoted(OLD)}\n\n{WRITTEN}\n") == WRITTEN


@pytest.mark.parametrize("block", known.FIELD_BLOCKS)
def test_copied_fields_and_all_below_are_folded(block: str) -> None:
    assert visible_text(f"{WRITTEN}\n\n{block}\n\n{OLD}\n") == WRITTEN


@pytest.mark.parametrize("marker", known.MARKERS)
def test_a_marked_older_mail_is_folded(marker: str) -> None:
    assert visible_text(f"{WRITTEN}\n\n{marker}\nFrom: Service <s@example.sa>\n\n{OLD}\n") == WRITTEN


@pytest.mark.parametrize("line", known.DEVICE_LINES)
def test_what_a_telephone_adds_is_folded(line: str) -> None:
    assert visible_text(f"{WRITTEN}\n\n{line}\n") == WRITTEN
    assert visible_text(f"{WRITTEN}\n\n{line}\n\nOn 05/01/2025 15:04, John wrote:\n{quoted(OLD)}") == WRITTEN


OWN_WORDS = [
    "كتب المسجل في يوم الأحد، 5 يناير 2025 في 3:04 م:\nالنطاق محجوز.",
    "ملاحظة: هذه الرسالة وصلتني بالخطأ من مركزكم، فما المطلوب مني؟ أرجو الرد.",
    "تنبيه: هذه الرسالة التي وصلتني من المسجل تطلب مني كلمة المرور، فهل هي منكم؟",
    "الردود السابقة:\nلم يصلني رد منذ أسبوع.",
    "Previous replies:\nnone that helped me.",
    "أرسلت من جوالي صورة السجل التجاري، هل وصلت؟",
    "أرسلت من الموقع طلبين.\nولم يصل أي منهما.",
    "Sent from my desk, this is much easier than from a telephone.",
    "The name servers are\n- ns1.example.sa\n- ns2.example.sa\n\nOn my side all is well.",
    "I wrote on 5 January 2025 at 15:04 what follows:\nno answer came.",
    "Bitte schreiben Sie mir, was in der Zeile über dieser Zeile steht, und warum.",
    "On the other hand, someone wrote: use two name servers.",
    "كتب لي المسجل أن الطلب مرفوض، فما السبب؟",
    "في يوم الأحد 5 يناير اتصلت بكم ولم يرد أحد.\nأرجو الإفادة.",
    "The registrar said:\nno change is possible before 10:30 on 5 January.",
    "Here is my data:\n\nName: Noura\nDomain: example.sa\nDate: 5 January 2025\nRegards",
    "البيانات:\n\nالاسم: نورة\nالنطاق: مثال.السعودية\nالتاريخ: ٥ يناير ٢٠٢٥",
    "Sent from my desk, which is easier than my mobile phone.",
    "أرسلت من جوالي صورة السجل التجاري أمس، ولم أستلم ردكم.",
    "From my phone I cannot open the portal",
    "Sent mail twice",
    "Ich habe das Formular vom Handy gesendet.",
    "أرسلت من جوالي صورة السجل التجاري",
    "أرسلت لكم رسالة من جوالي",
    "تم إرسال الطلب من جهاز الموظف",
    "Enviado el formulario por móvil, no funciona.",
    "First part\n\n* * *\n\nSecond part of the same letter,\nwith its own words.",
    "From: 5 January\nTo: 8 January\nwe were without service.",
    "Step one\n> this is what the page says\nStep two\n> and this is the next\nand it fails.",
    "A table:\n| a | b |\n| 1 | 2 |\nThanks",
    "> كل ما في الرسالة اقتباس",
    "On 5 January 2025 at 15:04 I wrote to you:",
    "I quote the error:\n\n> 550 5.1.1 user unknown\n\nWhat shall I do?",
    "رقم الطلب: 123\nالموضوع: تعديل\nالمطلوب تغيير الخادم.",
    "Hello!\n\nOn 3 March I wrote a letter. It says: nothing.\n\nOn 5 March I got an answer.",
    "في يوم الأحد 5 يناير 2025 كتب المسجل في موقعه أن الخدمة متوقفة\nفهل هذا صحيح",
    "بتاريخ 5 يناير 2025 كتبت لكم ولم يصلني رد\nأرجو الإفادة",
    "بتاريخ 5 يناير 2025 كتب لي المسجل أن النطاق محجوز. ما الحل؟",
    "متى يتم التفعيل؟\nالسبت 10:30 أو الأحد؟\nكتبت لكم سابقاً:\nلا رد.",
]


@pytest.mark.parametrize("own", LOOKALIKES)
def test_words_that_only_look_like_a_programs_are_the_writers(own: str) -> None:
    for body in (
        f"Hello all,\n\n{own}\n\nRegards, Noura of the long name",
        f"Hello all,\n\n{own}",
        f"{own}\n\nAnd this is what I want to say.",
    ):
        assert visible_text(body) == body


@pytest.mark.parametrize("body", OWN_WORDS)
def test_the_writers_own_words_are_never_lost(body: str) -> None:
    assert visible_text(body) == body


@pytest.mark.parametrize("body", OWN_WORDS)
def test_the_writers_own_words_stay_above_a_quotation(body: str) -> None:
    if body.startswith(">"):
        return
    mail = f"{body}\n\nفي الأحد، 5 يناير 2025 في 3:04 م كتب محمد العلي <m@example.sa>:\n\n{quoted(OLD)}"
    assert visible_text(mail) == body


def test_answers_within_a_quotation_are_all_shown() -> None:
    body = "> First question?\n\nYes.\n\n> Second question?\n\nNo, not before Sunday."
    opening = "On Sun, Jan 5, 2025 at 3:04 PM John Smith <js@example.com> wrote:"
    assert visible_text(f"{opening}\n{body}") == body
    assert visible_text(f"See below.\n\n{opening}\n{body}") == f"See below.\n\n{body}"


def test_a_line_that_a_program_broke_within_a_quotation_is_quoted() -> None:
    long = "> this line of the older mail was a little too long for the program that sent the answer and"
    body = f"Thanks.\n\nOn 05/01/2025 15:04, John wrote:\n\n{long}\nwas broken\n> in two.\n"
    assert visible_text(body) == "Thanks."


@pytest.mark.parametrize(
    "ending",
    [
        "-- \nنورة القحطاني\nشركة المثال\nهاتف: 0500000000",
        "--\nNoura\nExample Co.",
        "—\nSent by the example helpdesk\nhttps://example.com",
        "__________________\nNoura Alqahtani | Example Co.\n+966 50 000 0000",
        "إخلاء مسؤولية: هذه الرسالة ومرفقاتها سرية وموجهة إلى الشخص المرسل إليه فقط ولا يجوز نشرها.",
        "تنويه: هذه الرسالة ومرفقاتها (إن وجدت) تمثل وثيقة سرية قد تحتوي على معلومات تتمتع بالحماية.",
        "إن هذه الرسالة الإلكترونية وأي ملفات مرفقة بها سرّيّة ومخصصة لاستخدام الجهة الموجهة إليها.",
        "إشعار بالسرية: محتوى هذه الرسالة موجّه إلى المستلم المعني فقط ولا يجوز الاطلاع عليه أو نسخه.",
        "تحذير: إذا وصلتك هذه الرسالة عن طريق الخطأ فيرجى إبلاغ المرسل وحذفها وعدم نسخ محتواها.",
        "المعلومات الواردة في هذا البريد الإلكتروني سرية وموجهة للمرسل إليه فقط دون غيره.",
        "الرجاء التفكير في البيئة قبل طباعة هذه الرسالة الإلكترونية.",
        "هذه الرسالة ومحتوياتها سرية وهي موجهة للشخص المعني بها فقط، فإن وصلتك بالخطأ فيرجى حذفها.",
        "This e-mail and any attachments are confidential and intended only for the addressee named above.",
        "CONFIDENTIALITY NOTICE: This message is for the named person's use only and may hold secrets.",
        "-----BEGIN PGP SIGNATURE-----\nVersion: 1\n\niQEcBAEBAgAG\n-----END PGP SIGNATURE-----",
    ],
)
def test_signatures_and_disclaimers_are_folded(ending: str) -> None:
    assert visible_text(f"{WRITTEN}\n\n{ending}\n") == WRITTEN


def test_a_rule_between_two_long_parts_is_the_writers_own() -> None:
    body = "First part\n\n---------------\n\n" + "\n".join(f"line {n} of the second part" for n in range(30))
    assert visible_text(body) == body


def test_a_forwarded_mail_without_a_word_above_is_shown_whole() -> None:
    body = "---------- Forwarded message ---------\nFrom: A <a@example.com>\nSubject: B\n\nIts text."
    assert visible_text(body) == body


def test_a_line_across_an_html_mail_is_the_writers_own() -> None:
    assert (
        visible_text("<html><p>First part</p><hr><p>Second part</p></html>")
        == "First part\n\n* * *\n\nSecond part"
    )


def test_a_forwarded_mail_keeps_its_own_rules_and_signatures() -> None:
    fields = "Subject: A\nFrom: B <b@example.com>\nTo: C"
    body = f"-------- Original Message --------\n{fields}\n\nOne\n\n-----\n\nTwo\n-- \nD"
    assert visible_text(body) == body.replace("-- \n", "--\n")


def test_code_is_not_taken_for_signatures_or_quotations() -> None:
    body = "Look:\n\n```\n--\n> x\n# y\n```\n\nDone."
    assert visible_text(body) == body


@pytest.mark.parametrize("newline", ["\r\n", "\r", "\r\r\n"])
def test_any_newline_is_read(newline: str) -> None:
    body = f"{WRITTEN}\n\nOn 05/01/2025 15:04, John wrote:\n{quoted(OLD)}".replace("\n", newline)
    assert visible_text(body) == WRITTEN


def test_html_is_read_with_its_quotations() -> None:
    html = (
        "<html><body><p>شكراً لكم</p><div>تم الحل.</div><br>"
        '<div class="gmail_quote"><div>في الأحد، 5 يناير 2025 في 3:04 م كتب محمد &lt;<a href="mailto:m@example.sa">'
        "m@example.sa</a>&gt;:<br></div><blockquote><p>older</p><blockquote>oldest</blockquote></blockquote></div>"
    )
    assert visible_text(html) == "شكراً لكم\n\nتم الحل."


def test_nothing_is_never_shown_for_something() -> None:
    for body in ("--\nNoura", "Sent from my iPhone", "On 05/01/2025 15:04, John wrote:\n> x", "-----"):
        assert visible_text(body)
    assert visible_text(" \n\t\n") == ""


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "piece",
    [
        "> ",
        "On ",
        "On 1 Jan 2020 ",
        "<",
        "From: ",
        "--\n",
        "في 5 يناير ",
        "@",
        "a@b.c ",
        "_ _",
        "\n",
        "- ",
        "كتب ",
        "-----\n\nx\n\n",
        "x\n\n-----\n\na@b.c\n",
        "On 1 Jan 2020 at 10:00 a@b.c\n",
        "```x\n\n",
        "[",
        "* ",
    ],
)
def test_reading_stays_quick_on_what_is_made_to_be_slow(piece: str) -> None:
    visible_text(piece * (150_000 // len(piece)))
    visible_text((piece * 30 + "\n") * 1500)


SPLIT = [
    ("Thanks.\n\nOn 05/01/2025 15:04, John wrote:\n> older\n\n-- \nNoura", "Thanks."),
    ("> First?\n\nYes.\n\n> Second?\n\nNo.\n\nSent from my iPhone", "> First?\n\nYes.\n\n> Second?\n\nNo."),
    (
        "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nشكراً\n-----BEGIN PGP SIGNATURE-----\n\niQE\n",
        "شكراً",
    ),
    ("nothing to fold", "nothing to fold"),
    ("> only a quotation", "> only a quotation"),
]


@pytest.mark.parametrize(("body", "written"), SPLIT)
def test_what_is_folded_stays_at_hand_in_its_order(body: str, written: str) -> None:
    visible, rest = split(body)
    assert visible == written == visible_text(body)
    lines = [line.strip() for line in body.split("\n") if line.strip()]
    folded = [line.strip() for line in rest.split("\n") if line.strip()]
    assert folded == [line for line in lines if line not in written.split("\n")]


@given(
    st.lists(
        st.sampled_from(
            [WRITTEN, quoted(OLD), "", "-- ", "-----", "Noura", "From: x", known.MARKERS[0], known.FIELD_BLOCKS[0],
             *known.ATTRIBUTIONS[:3], *known.DEVICE_LINES[:2], "-----BEGIN PGP SIGNATURE-----", "```"]
        ),
        max_size=30,
    )
)  # fmt: skip
def test_nothing_is_thrown_away_whatever_a_body_holds(pieces: list[str]) -> None:
    body = "\n".join(pieces)
    visible, rest = split(body)
    kept = sorted(line.strip() for line in f"{visible}\n{rest}".split("\n") if line.strip())
    assert kept == sorted(line.strip() for line in body.split("\n") if line.strip())


RULED = [
    "أولاً نرغب في نقل النطاق.\n\n—\n\nثانياً نرغب في تغيير جهة الاتصال الإدارية، فما المطلوب؟",
    "First part of the letter.\n\n_______________\n\nThis is the second part, which I wrote too.\n\nRegards,\nNoura",
    "## Points\n----\n\n1. Fast\n2. Small\n\n----\n\nThe lines above are drawn by me, not by a mailer.\n\n====\n\nYes.",
    "الجزء الأول\n-----\nثم وجدت أن خادم الأسماء لا يستجيب منذ أمس.\n-----\nأرجو الإفادة بأسرع وقت ممكن، وشكراً لكم.",
]


@pytest.mark.parametrize("body", RULED)
def test_a_rule_above_sentences_is_no_signatures_mark(body: str) -> None:
    assert visible_text(body) == body
    assert visible_text(f"{body}\n\nOn 05/01/2025 15:04, John wrote:\n{quoted(OLD)}") == body


def test_words_on_the_line_of_an_opening_are_shown() -> None:
    for line in ("Thanks On Sun, Jan 5, 2025 at 3:04 PM, js@example.com wrote:",
                 "Thanks--- On Sun, Jan 5, 2025 at 3:04 PM, js@example.com wrote:"):  # fmt: skip
        visible, rest = split(f"First\n{line}\n{quoted(OLD)}")
        assert visible == "First\nThanks"
        assert "On Sun, Jan 5" in rest
    own = "شكراً لكم في الأحد، 5 يناير 2025 كتب محمد <m@example.sa>:"
    assert visible_text(f"{own}\n{quoted(OLD)}") == "شكراً لكم"


def test_fields_that_hold_no_address_and_no_date_are_sentences() -> None:
    body = "from: the beginning I liked it.\nsent: you a letter about it.\nto: sum up, let us go.\nsubject: to change."
    assert visible_text(f"Here it is.\n\n{body}") == f"Here it is.\n\n{body}"


@pytest.mark.parametrize(
    "opening",
    [
        "2025/1/5 Noura via Forum <n@example.sa>",
        "On Sun, 5 Jan 2025 15:04:05 +0300 John Smith <js@example.com> wrote",
        "Date: Sun, 5 Jan 2025 15:04:05 +0300\nTo: noura@example.sa",
    ],
)
def test_an_opening_without_its_colon_is_known_by_its_whole_shape(opening: str) -> None:
    assert visible_text(f"{WRITTEN}\n\n{opening}\n\n{quoted(OLD)}") == WRITTEN


def test_a_blank_line_stays_where_an_opening_stood() -> None:
    body = "First,\nOn 05/01/2025 15:04, John wrote:\n> a question?\n\nMy answer."
    assert visible_text(body) == "First,\n\n> a question?\n\nMy answer."


def test_the_rest_of_a_quoted_link_is_quoted() -> None:
    body = "Yes.\n\nOn 05/01/2025 15:04, John wrote:\n> see (https://example.com/a\n_b=3dd5)\n> there\n"
    assert visible_text(body) == "Yes."
