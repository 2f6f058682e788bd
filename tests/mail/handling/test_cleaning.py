"""What is shown of a mail's HTML cannot act, load by itself, ask, or leave its frame."""

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tawasul.mail.handling.cleaning import clean

HOSTILE = [
    "<script>alert(1)</script>",
    "<scr<script>ipt>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)><style><img src=x onerror=alert(1)></style></svg>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>",
    "<a href='javascript:alert(1)'>x</a>",
    "<a href='JaVa\tScript:alert(1)'>x</a>",
    "<a href='&#106;avascript:alert(1)'>x</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
    "<a href='//evil.example/'>x</a>",
    "<a href='vbscript:x'>x</a>",
    "<img src='data:image/svg+xml;base64,PHN2Zz4='>",
    "<img src='javascript:alert(1)'>",
    "<img srcset='https://evil.example/x 2x'>",
    "<iframe src=https://evil.example srcdoc='<script>1</script>'></iframe>",
    "<form action=https://evil.example><input name=a><button formaction=x>go</button></form>",
    "<base href=https://evil.example/><meta http-equiv=refresh content='0;url=https://evil.example'>",
    "<link rel=stylesheet href=https://evil.example/x.css><style>@import 'https://evil.example'</style>",
    "<object data=x><embed src=x><applet code=x></applet></object>",
    "<video src=https://evil.example poster=https://evil.example></video><audio src=x>",
    "<p style='background:url(https://evil.example)'>x</p>",
    "<p style='background-image:u\\72l(https://evil.example)'>x</p>",
    "<p style='color:red;list-style-type:url(https://evil.example)'>x</p>",
    "<p style='width:expression(alert(1))'>x</p>",
    "<p style='position:fixed;top:0;z-index:99999'>x</p>",
    "<td background=https://evil.example>x</td>",
    "<body onload=alert(1) background=https://evil.example>x</body>",
    "<template><script>alert(1)</script></template>",
    "<xmp><script>alert(1)</script></xmp><plaintext><script>alert(1)</script>",
    "<p id=content name=cookie class=btn>x</p>",
    "<!--[if mso]><script>alert(1)</script><![endif]--><!-- --!><script>alert(1)</script>",
    "<textarea><script>alert(1)</script></textarea><select><option onclick=x>a</select>",
    "<dialog open>x</dialog><details ontoggle=alert(1) open>x</details>",
    "<a href=https://a.example ping=https://evil.example download>x</a>",
    "<p contenteditable autofocus onfocus=alert(1) tabindex=1>x</p>",
]
_ACTS = re.compile(
    r"<\s*(?:script|style|form|input|button|textarea|select|iframe|frame|object|embed|applet|base|meta|link|svg|math|"
    r"template|video|audio|body|html|head|dialog|details|xmp|plaintext|noscript)\b"
    r"|<[^>]*\s(?:on\w+|srcset|srcdoc|background|formaction|ping|poster|id|class|name|action|download|contenteditable)="
    r"|<[^>]*(?:javascript:|vbscript:|data:text|data:image/svg|url\(|expression|position\s*:|@import)",
    re.IGNORECASE,
)


@pytest.mark.parametrize("html", HOSTILE)
def test_nothing_hostile_is_left(html: str) -> None:
    cleaned = clean(f"<div>قبل {html} بعد</div>")
    assert not _ACTS.search(cleaned), cleaned
    assert "evil.example" not in re.sub(r">[^<]*<", "><", cleaned)
    assert clean(cleaned) == cleaned


@given(
    st.lists(
        st.sampled_from(
            [
                *HOSTILE,
                "<p>",
                "</p>",
                "<b>",
                "<table>",
                "<tr>",
                "<td>",
                "</table>",
                "<a href=https://a.example>",
                "نص",
                '"',
                "'",
                "<",
                ">",
                "&lt;script&gt;",
                "<!--",
                "-->",
            ]
        ),
        max_size=8,
    )
)
def test_no_mixture_of_it_gets_through_and_cleaning_again_changes_nothing(parts: list[str]) -> None:
    cleaned = clean("".join(parts))
    assert not _ACTS.search(cleaned), cleaned
    assert clean(cleaned) == cleaned


def test_what_was_written_stays() -> None:
    html = (
        '<table width="600"><tbody><tr><td style="color:#333; padding:4px; position:absolute">مرحبًا <b>بكم</b>'
        '<img src="cid:logo@x" alt="شعار"><img src="https://cdn.example/p.png">'
        '<a href="https://www.nic.sa/">موقعنا</a></td></tr></tbody></table><ul><li>Item</li></ul>'
    )
    cleaned = clean(html)
    for kept in (
        "مرحبًا",
        "<b>بكم</b>",
        'src="cid:logo@x"',
        'alt="شعار"',
        'src="https://cdn.example/p.png"',
        "color:#333",
    ):
        assert kept in cleaned
    assert '<td style="color:#333;padding:4px" dir="auto">' in cleaned
    assert '<li dir="auto">' in cleaned
    link = re.search(r'<a [^>]*href="https://www.nic.sa/"[^>]*>', cleaned)
    assert link
    assert 'rel="noopener noreferrer nofollow"' in link[0]


def test_every_paragraph_takes_its_own_direction_and_a_table_keeps_its_writers() -> None:
    assert clean('<table dir="rtl"><tr><td dir="ltr">x</td></tr></table><p dir="rtl">Hello</p>') == (
        '<table dir="rtl"><tbody><tr><td dir="auto">x</td></tr></tbody></table><p dir="auto">Hello</p>'
    )


@pytest.mark.parametrize("html", ["<div>" * 100_000 + "x", "<b><p>" * 100_000, "x" * 2_000_000])
def test_markup_made_to_be_slow_is_left_out(html: str) -> None:
    started = time.perf_counter()
    clean(html)
    assert time.perf_counter() - started < 2
