"""The centre's own words: they replace the built-in ones and nothing else, and what somebody typed never runs."""

import html
import re
from typing import Any

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase as HypothesisTestCase

from tawasul.accounts.models import Person
from tawasul.core import kept
from tawasul.mail import examples, kinds, rendering, wording
from tawasul.mail.kinds import KINDS
from tawasul.mail.models import MailTemplate
from tawasul.mail.rendering import Rendered
from tawasul.mail.wording import Own
from tests.mail.test_messages import FSI, PDI

pytestmark = pytest.mark.django_db
ALL = [(kind, language) for kind in wording.OFFERS for language in ("ar", "en")]


def write(kind: str, language: str = "ar", **parts: str) -> None:
    MailTemplate.objects.update_or_create(kind=kind, language=language, defaults=parts)
    kept.forget_all()


def mail(kind: str, language: str = "ar", own: Own | None = None, **more: Any) -> Rendered:
    context = {**examples.context(kind, language), **more}
    return rendering.render(kind, language=language, context=context, own=own)


def words(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<style>.*?</style>|<[^>]+>", "", page))


def test_every_kind_has_a_name_and_the_editable_ones_have_placeholders_and_an_example() -> None:
    assert set(kinds.NAMES) == set(KINDS)
    assert {kind for kind, _name in kinds.editable()} == set(wording.OFFERS)
    for kind, language in ALL:
        assert mail(kind, language).text


@pytest.mark.parametrize(("kind", "language"), ALL)
def test_own_words_stand_in_both_parts_with_every_placeholder(kind: str, language: str) -> None:
    names = " ".join("{" + name + "}" for name in wording.offered(kind))
    write(kind, language, subject=f"Own subject {names}", body=f"# Own heading\n\nOwn **words** {names}")
    found = mail(kind, language)
    assert found.subject.startswith("Own subject") and "{" not in found.subject
    lines = found.text.splitlines()
    assert "Own heading" in lines and any(line.startswith("Own words ") for line in lines)
    assert "Own heading</h1>" in found.html and re.search(r"Own <strong[^>]*>words</strong>", found.html)
    for text in (found.text, words(found.html)):
        assert not re.search(r"\{\w+\}", text)
    for text in (found.subject, found.text):
        assert text.count(FSI) == text.count(PDI)


@pytest.mark.parametrize(("kind", "language"), ALL)
def test_no_words_of_the_centres_take_away_a_link_a_code_a_promise_or_a_warning(
    kind: str, language: str
) -> None:
    built_in, own = mail(kind, language), mail(kind, language, Own("S", "W"))
    context = examples.context(kind, language)
    for name in ("link", "code", "reset_link"):
        if name in context and str(context[name]) in built_in.text:
            assert str(context[name]) in own.text and str(context[name]) in own.html, name
    assert own.html.count('class="btn"') == built_in.html.count('class="btn"')
    for name in ("ticket", "letter"):
        if name in context:
            must = context[name].spoken_number if name == "ticket" else context[name].text
            assert must in own.text and must in words(own.html)
    if kind in {"answer", "close_warning"}:
        closes = wording.PLACEHOLDERS["closes"]
    elif kind in {"ticket_opened", "reopened"}:
        closes = wording.PLACEHOLDERS["due"]
    else:
        return
    with translation.override(language):
        assert str(closes.value(context)) in own.text and str(closes.value(context)) in words(own.html)


def test_a_closing_always_says_its_reason() -> None:
    own = mail("closed", "en", Own("", "Goodbye."))
    assert "because no follow-up from you reached us" in own.text and "Goodbye." in own.text
    assert "because no follow-up from you reached us" in words(own.html)


def test_an_empty_text_is_the_built_in_one_and_so_is_a_deleted_one() -> None:
    before = mail("answer")
    write("answer", subject="س", body="ك")
    assert mail("answer").subject == "س"
    write("answer", subject="", body="")
    assert mail("answer") == before
    MailTemplate.objects.all().delete()
    kept.forget_all()
    assert mail("answer") == before


def test_each_part_can_be_replaced_alone() -> None:
    built_in = mail("on_hold", "en")
    write("on_hold", "en", subject="Only {number}")
    subject_only = mail("on_hold", "en")
    assert subject_only.subject == f"Only {FSI}4829-1736{PDI}" and subject_only.text == built_in.text
    write("on_hold", "en", subject="", body="# Only a heading")
    heading_only = mail("on_hold", "en")
    assert heading_only.subject == built_in.subject
    assert "We are waiting for" in heading_only.text and "Only a heading" in heading_only.text


def test_words_of_one_language_leave_the_other_alone() -> None:
    before = mail("closed", "en")
    write("closed", "ar", body="كلمات")
    assert mail("closed", "en") == before
    assert "كلمات" in mail("closed", "ar").text


@pytest.mark.parametrize(
    "typed",
    [
        "{{ 7 * 7 }}",
        "{% include 'x' %}",
        "{number}",
        "{centre.email}",
        "<script>x</script>",
        "[a](https://evil.example)",
    ],
)
def test_what_a_customer_typed_is_no_template_and_no_markup(typed: str, noura: Person) -> None:
    write("answer", body="Dear {name}")
    found = mail("answer", name=typed)
    assert f"Dear {FSI}{typed}{PDI}" in found.text
    assert f"Dear {typed}" in html.unescape(words(found.html))
    assert "<script" not in found.html and 'href="https://evil.example' not in found.html


def test_the_centres_own_text_is_no_template_either() -> None:
    for body in ("{{ 7 * 7 }}", "{% if x %}y{% endif %}", "{centre.email}", "{0}", "{}", "{ name }"):
        assert wording.faults("answer", body), body
        write("answer", body=body)
        assert mail("answer") == mail("answer", own=wording.BUILT_IN), "what cannot be used gives way"


@pytest.mark.parametrize("kind", [kind for kind in wording.OFFERS if not KINDS[kind].known])
@pytest.mark.parametrize("name", [name for name, one in wording.PLACEHOLDERS.items() if one.typed])
def test_what_a_stranger_typed_is_no_placeholder_where_the_address_may_not_be_theirs(
    kind: str, name: str
) -> None:
    braced = "{" + name + "}"
    assert wording.faults(kind, f"a {braced} b") == [braced] and wording.forbidden(kind, braced)
    write(kind, body=f"a {braced} b")
    assert mail(kind) == mail(kind, own=wording.BUILT_IN)


def test_a_placeholder_that_stands_for_nothing_here_lets_the_built_in_text_go() -> None:
    write("closed", body="You may reopen it until {reopen_until}.")
    assert "You may reopen it" in mail("closed").text
    assert mail("closed", reopen_until=None) == mail("closed", own=wording.BUILT_IN, reopen_until=None)


def test_own_words_that_break_our_own_code_give_way_and_are_told_in_the_log(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    write("answer", body="words")

    def broken(*_: object) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr(wording, "html_part", broken)
    assert mail("answer") == mail("answer", own=wording.BUILT_IN)
    assert "own text cannot be used" in caplog.text


def test_paragraphs_follow_the_mail_and_values_their_own_direction() -> None:
    write("reopened", "ar", body="{number} رقم تذكرتك\n\n- أولًا\n- ثانيًا")
    page = mail("reopened", "ar").html.partition('class="words"')[2]
    paragraph = re.search(r'<p dir="rtl"[^>]*>(.*?)</p>', page)
    assert paragraph and re.search(r'<span[^>]* dir="ltr"[^>]*>4829-1736</span>', paragraph[1])
    assert '<ul dir="rtl"' in page


class AnyText(HypothesisTestCase):
    """Property: whatever is written, a mail goes out, and it is the words or the built-in text."""

    @given(st.text(st.characters(exclude_categories=["Cs"]), max_size=200))
    def test_any_text_makes_a_mail(self, text: str) -> None:
        found = mail("answer", "ar", Own(body=text))
        assert found.html.count("<table") == found.html.count("</table>")
        assert "<script" not in found.html
