"""One reading of a text, for the index and for the query."""

import timeit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tawasul.search.normalise import normalise, stems


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("سَجِّل", "سجل"),
        ("سجـــل", "سجل"),
        ("أحمد", "احمد"),
        ("إلغاء", "الغاء"),
        ("آل", "ال"),
        ("ٱلاسم", "الاسم"),
        ("شكوى", "شكوي"),
        ("تذكرة", "تذكره"),
        ("ایرانی", "ايراني"),
        ("کتاب", "كتاب"),
        ("٢٠٢٦", "2026"),
        ("۲۰۲۶", "2026"),
        ("DNSSEC", "dnssec"),
        ("ﺳﺠﻞ", "سجل"),  # presentation forms, as some PDFs carry them
        ("ｆｕｌｌ", "full"),
        ("س\u200cج\u200fل\u202e", "سجل"),
        ("ا\u0653ل", "ال"),  # alef with a combining madda
    ],
)
def test_spellings_of_one_word_are_equal(one: str, other: str) -> None:
    assert normalise(one) == normalise(other)


def test_the_text_keeps_its_words_and_spaces() -> None:
    assert normalise("النطاق  example.sa\nثانيًا") == "النطاق  example.sa\nثانيا"


@pytest.mark.parametrize(
    "family",
    [
        "نطاق نطاقات النطاق والنطاقات بالنطاق للنطاق ونطاق نطاقي",
        "تذكرة تذاكر التذاكر والتذكرة",
        "حساب حسابات الحساب حسابي بالحسابات",
        "طلب طلبات الطلب والطلبات",
        "مسجل مسجلين المسجِّل المسجلون والمسجلين",
        "إلغاء الإلغاء والإلغاء بإلغاء الغاء",
        "إلكتروني إلكترونية الإلكترونية الكترونيا",
        "وثيقة وثائق الوثائق والوثيقة",
        "بيان بيانات البيانات",
        "شكوى شكاوى الشكوى",
        "هوية الهوية هويات",
        "خادم خوادم الخوادم",
        "مسؤول مسئول المسؤولين",
        "رسالة رسائل الرسائل",
        "معلومة معلومات المعلومات",
        "domain domains Domains",
        "address addresses",
        "policy policies",
    ],
)
def test_forms_of_one_word_meet(family: str) -> None:
    assert len(set(stems(family))) == 1, stems(family)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("إلغاء", "غاء"),
        ("التزام", "تزام"),
        ("وزارة", "زارة"),
        ("قانون", "قان"),
        ("مسجل", "سجل"),
        ("بيان", "بي"),
        ("عنوان", "عنو"),
        ("status", "statu"),
    ],
)
def test_protected_words_are_not_cut_into_others(one: str, other: str) -> None:
    assert stems(one) != stems(other)


class TestDomainNames:
    @pytest.mark.parametrize("typed", ["سجل.السعودية", "xn--rgbn6c.xn--mgberp4a5d4ar", "دعم@سجل.السعودية"])
    def test_are_found_whole_in_either_form(self, typed: str) -> None:
        found = stems(f"لا يعمل {typed}، منذ أمس")
        assert {"سجل.السعوديه", "xn--rgbn6c.xn--mgberp4a5d4ar"} <= set(found)

    def test_are_found_by_their_words_too(self) -> None:
        assert set(stems("أفق-التقنية.السعودية")) >= set(stems("أفق التقنية"))

    def test_do_not_swallow_words_after_a_full_stop(self) -> None:
        assert {"شكر", "ارجو"} & set(stems("شكرا.أرجو الرد"))
        assert "رد" in stems("شكرا.أرجو الرد")

    def test_need_no_dot_at_the_end(self) -> None:
        assert stems("example.com.sa.") == stems("example.com.sa")


def test_words_come_in_their_order_and_stay_as_often_as_they_are() -> None:
    assert stems("طلب، ثم طلبات; 4829-1736") == ["طلب", "ثم", "طلب", "4829", "1736"]
    assert stems("") == stems("…!؟") == []


@given(st.text())
def test_reading_twice_is_reading_once(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once
    assert stems(text) is not None


ARABIC_WORDS = st.text("ابتثجحخدذرزسشصضطظعغفقكلمنهويةىأإآءؤئ", min_size=1, max_size=12)


@given(ARABIC_WORDS)
def test_no_word_is_lost(word: str) -> None:
    assert len(stems(word)) == 1
    assert stems(word)[0]


def test_a_ticket_is_read_in_less_than_a_millisecond() -> None:
    text = (
        "السلام عليكم، أريد تعديل خوادم الأسماء للنطاق سجل.السعودية بعد نقل الاستضافة. رقم الطلب ٢٠٢٦/١٢ " * 8
    )
    stems(text)
    assert min(timeit.repeat(lambda: stems(text), number=5, repeat=5)) / 5 < 2e-3


@pytest.mark.parametrize("evil", ["a-" * 20_000, "a." * 20_000, "ا" * 50_000, "-" * 50_000, "a@" * 20_000])
def test_no_text_makes_reading_slow(evil: str) -> None:
    assert timeit.timeit(lambda: stems(evil), number=1) < 1
