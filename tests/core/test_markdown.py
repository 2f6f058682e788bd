"""Text as safe HTML: staff's Markdown subset and customers' plain text."""

import re
import timeit
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tawasul.core.markdown import plain_of, render_answer, render_document, render_plain

ALLOWED = {
    "p": {"dir"}, "ul": {"dir"}, "ol": {"dir", "start"}, "li": set(), "blockquote": {"dir"}, "pre": {"dir"},
    "code": {"dir"}, "bdi": {"dir", "class"}, "a": {"href", "rel"}, "strong": set(), "em": set(), "br": set(),
    "h2": {"dir"}, "h3": {"dir"},
}  # fmt: skip
REL = 'rel="noopener nofollow"'


class Inspector(HTMLParser):
    """Fails on any tag, attribute or address that a page must not get from a person."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in ALLOWED, tag
        for name, value in attrs:
            assert name in ALLOWED[tag], (tag, name)
            if name == "href":
                assert re.match(r"(https?://|mailto:)", value or "", re.IGNORECASE), value
            if name in {"dir", "rel", "class"}:
                assert value in {"auto", "ltr", "rtl", "noopener nofollow", "domain"}
        if tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)

    def handle_decl(self, decl: str) -> None:
        raise AssertionError(decl)


def inspect(html: str) -> None:
    inspector = Inspector()
    inspector.feed(html)
    inspector.close()
    assert inspector.open == []


ATTACKS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](data:text/html,<script>)",
    "[x](vbscript:x)",
    "<javascript:alert(1)>",
    '[x](https://a.sa"onmouseover=alert(1) x=")',
    "[x](https://a.sa 'onmouseover=alert(1)')",
    "![x](https://a.sa/track.png)",
    'https://a.sa/"onmouseover="alert(1)',
    "https://a.sa/'><svg/onload=alert(1)>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;script&#62;",
    "```\n</code></pre><script>\n```",
    "`</code><script>`",
    'a@b.sa"><script>',
    "<!-- x --> <![CDATA[x]]> <?php x ?>",
    "[a]: javascript:alert(1)\n\n[a]",
    "[x](&#106;avascript:alert(1))",
    "[x](//evil.sa)",
    "[x](/ar/account/)",
]


@pytest.mark.parametrize("attack", ATTACKS)
def test_no_text_becomes_anything_but_text(attack: str) -> None:
    for html in (render_answer(attack), render_plain(attack), render_document(attack)):
        inspect(html)
        assert "<script" not in html
        assert "<img" not in html


PIECES = st.sampled_from(
    [*ATTACKS, "**", "*", "_", "`", "[", "](", ")", "<", ">", "\"", "'", "&", "\n", "\n\n", "- ", "1. ", "> ", "# ",
     "```", "    ", "https://a.sa/", "سجل.السعودية", "4829-1736", "a@b.sa", "\\", "نص", "word", "\x00", "\u202e"]
)  # fmt: skip


@given(st.lists(PIECES | st.text(max_size=5), max_size=25).map("".join))
def test_no_mixture_of_marks_breaks_the_page(text: str) -> None:
    inspect(render_answer(text))
    inspect(render_document(text))
    inspect(render_plain(text))
    plain_of(text)


class TestAnAnswer:
    def test_has_paragraphs_with_their_own_direction_and_line_breaks(self) -> None:
        assert render_answer("أهلًا\nوسهلًا\n\nHello") == (
            '<p dir="auto">أهلًا<br>\nوسهلًا</p>\n<p dir="auto">Hello</p>'
        )

    def test_has_emphasis_code_and_quotes(self) -> None:
        assert render_answer("**مهم** *جدًا* `dig`") == (
            '<p dir="auto"><strong>مهم</strong> <em>جدًا</em> <code dir="auto">dig</code></p>'
        )
        assert render_answer("> قلت\n") == '<blockquote dir="rtl">\n<p dir="auto">قلت</p>\n</blockquote>'
        assert render_answer("```sh\ndig <x>\n```") == '<pre dir="auto"><code>dig &lt;x&gt;\n</code></pre>'

    def test_gives_a_list_the_direction_of_its_first_letter(self) -> None:
        assert render_answer("- 1: أولًا\n- then") == (
            '<ul dir="rtl">\n<li><bdi>1: أولًا</bdi></li>\n<li><bdi>then</bdi></li>\n</ul>'
        )
        assert re.search(r'<ol (?=.*dir="ltr")(?=.*start="3")', render_answer("3. first\n4. ثانيًا"))
        assert '<ul dir="auto">' in render_answer("- 123")
        assert '<li>\n<p dir="auto">then</p>' in render_answer("- أولًا\n\n- then")

    def test_takes_no_indented_line_for_code(self) -> None:
        assert render_answer("    نص") == '<p dir="auto">نص</p>'

    def test_shows_a_heading_as_a_bold_paragraph(self) -> None:
        assert render_answer("# عنوان") == '<p dir="auto"><strong>عنوان</strong></p>'

    def test_links_only_to_the_web_and_to_mail(self) -> None:
        assert render_answer("[الموقع](https://nic.sa/a?b=1&c=2)") == (
            f'<p dir="auto"><a href="https://nic.sa/a?b=1&amp;c=2" {REL}>الموقع</a></p>'
        )
        assert f'<a href="mailto:a@b.sa" {REL}>' in render_answer("[m](mailto:a@b.sa)")
        assert f'<a href="https://nic.sa" {REL}>' in render_answer("<https://nic.sa>")

    def test_links_a_bare_address_once(self) -> None:
        html = render_answer("انظر https://nic.sa/a_b_c. و[هنا https://x.sa](https://y.sa)")
        assert html.count("<a ") == 2
        assert f'<a href="https://nic.sa/a_b_c" {REL}><bdi dir="ltr">https://nic.sa/a_b_c</bdi></a>.' in html


class TestAPublishedText:
    def test_keeps_two_levels_of_headings(self) -> None:
        assert render_document("# اللوائح\n\n### Fees\n\nنص") == (
            '<h2 dir="auto">اللوائح</h2>\n<h3 dir="auto">Fees</h3>\n<p dir="auto">نص</p>'
        )


class TestACustomersText:
    def test_is_shown_as_typed(self) -> None:
        assert render_plain("**not bold** <b>\nسطر\n\n\n  \nSecond") == (
            '<p dir="auto">**not bold** &lt;b&gt;<br>سطر</p>\n<p dir="auto">Second</p>'
        )
        assert render_plain(" \n \n") == ""

    def test_has_links_for_web_addresses_only(self) -> None:
        assert f'<a href="https://nic.sa/x(1)" {REL}>' in render_plain("(https://nic.sa/x(1)).")
        assert "<a" not in render_plain("ftp://nic.sa javascript:alert(1) www.nic.sa")

    @pytest.mark.parametrize(
        ("text", "isolated"),
        [
            ("نطاقي سجل.السعودية، لا يعمل", '<bdi class="domain">سجل.السعودية</bdi>،'),
            ("نطاقي example.com.sa.", '<bdi class="domain">example.com.sa</bdi>.'),
            ("انظر nic.sa/help?a=1.", '<bdi dir="ltr">nic.sa/help?a=1</bdi>.'),
            ("xn--rgbn6c.xn--mgberp4a5d4ar", '<bdi class="domain">xn--rgbn6c.xn--mgberp4a5d4ar</bdi>'),
            (
                "скажи универсальное-принятие-тест.москва",
                '<bdi class="domain">универсальное-принятие-тест.москва</bdi>',
            ),
            ("راسلوا دعم@سجل.السعودية", "<bdi>دعم@سجل.السعودية</bdi>"),
            ("تذكرتي 4829-1736 مفتوحة", '<bdi dir="ltr">4829-1736</bdi>'),
            ("جوالي +966 50 123 4567.", '<bdi dir="ltr">+966 50 123 4567</bdi>.'),
            ("بتاريخ 22/11/2026", '<bdi dir="ltr">22/11/2026</bdi>'),
        ],
    )
    def test_isolates_names_and_numbers(self, text: str, isolated: str) -> None:
        assert isolated in render_plain(text)
        assert isolated in render_answer(text)

    @pytest.mark.parametrize(
        "text",
        ["شكرا.أرجو الرد", "file.pdf", "e.g. this", "end.Next", "3.5", "main.py", "5 - 3", "main.py/x"],
    )
    def test_takes_no_sentence_for_a_name(self, text: str) -> None:
        assert "<bdi" not in render_plain(text)


def test_an_answer_reads_well_in_a_mails_text_part() -> None:
    text = "**أهلًا**\nسطر\n\n# عنوان\n\n- أول\n- [رابط](https://nic.sa)\n  - فرعي\n\n3. ثالث\n\n> قلت\n\n```\ncode\n```"
    assert plain_of(text) == (
        "أهلًا\nسطر\n\nعنوان\n\n- أول\n- رابط (https://nic.sa)\n  - فرعي\n\n3. ثالث\n\n> قلت\n\ncode"
    )
    assert plain_of("<https://nic.sa> <a@b.sa>") == "https://nic.sa a@b.sa"


def best_of(text: str) -> float:
    return min(timeit.repeat(lambda: render_answer(text), number=20, repeat=5)) / 20


def test_a_typical_answer_takes_about_a_millisecond() -> None:
    typical = "السلام عليكم،\n\nعدّلنا خوادم **سجل.السعودية** اليوم.\n\n- خادم أول\n- خادم ثانٍ\n\nhttps://nic.sa/help\n"
    assert best_of(typical) < 2e-3  # 0.4 ms on an idle core


@pytest.mark.parametrize(
    "evil",
    ["[" * 10_000, "*a _b" * 2_000, "1-" * 5_000, "a-" * 5_000, "a." * 5_000, "a" * 20_000, ">" * 10_000,
     "](" * 5_000, "`" * 10_000, "a@" * 5_000, " " * 20_000, "- " * 5_000, "<a:" * 3_000, "https://" * 2_000],
)  # fmt: skip
def test_no_text_makes_rendering_slow(evil: str) -> None:
    for render in (render_answer, render_plain, plain_of):
        assert timeit.timeit(lambda render=render: render(evil), number=1) < 1.5  # type: ignore[misc]
