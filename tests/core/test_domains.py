"""Domain names: accepted everywhere an ASCII one is, and held to the registry's rules under its own zones."""

import subprocess
import sys
import unicodedata

import idna
import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from tawasul.core import domains, zones
from tawasul.core.domains import BadDomain, parse_domain

# Universal Acceptance Steering Group, UASG004, and the registry's own.
ACCEPTED = {
    "universal-acceptance-test.international": "universal-acceptance-test.international",
    "universal-acceptance-test.icu": "universal-acceptance-test.icu",
    "تجربة-القبول-الشامل.موريتانيا": "xn-----ctdbabcfhu9c2b9l1acccr4c.xn--mgbah1a3hjkrd",
    "համընդհանուր-ընկալում-թեստ.հայ": "xn-----ccdabplsdm5a8agd1djzdc1bg8izbl3ci.xn--y9a3aq",
    "সর্বজনীন-স্বীকৃতির-পরীক্ষা.ভারত": "xn-----lyfb5a2czaawme6bic0ibg1jmneh6dvnhm.xn--45brj9c",
    "универсальное-принятие-тест.москва": "xn-----6kchpbbbtfa6avfdmtlhmordcb6v9c.xn--80adxhks",
    "καθολική-αποδοχή-δοκιμή.ευ": "xn-----18bbbncyc7alhcdhg2a5bgbdp8n.xn--qxa6a",
    "다국어도메인이용환경테스트.한국": "xn--289a1ml9kwza93v32mygfc5bguceb581u3zduop.xn--3e0b707e",
    "どこでもつかえる.みんな": "xn--r8jfx2eok1pxc.xn--q9jyb4c",
    "普遍适用测试.我爱你": "xn--tkvs6ms8gqpywye3ma.xn--6qq986b3xl",
    "普遍适用测试。我爱你": "xn--tkvs6ms8gqpywye3ma.xn--6qq986b3xl",
    "מבחן-קבלה-אוניברסלי.קום": "xn-----wldbbcskm0ab3agqrxt2h2a.xn--9dbq2a",
    "épreuve-acceptation-universelle.org": "xn--preuve-acceptation-universelle-9wc.org",
    "ยูเอทดสอบ.ไทย": "xn--l3cfk3a5bpd5gxc.xn--o3cw4h",
    "普遍接受-测试.世界": "xn----f38am99bqvcd5liy1cxsg.xn--rhqv96g",
    "سجل.السعودية": "xn--rgbn6c.xn--mgberp4a5d4ar",
    "هاتف1.السعودية": "xn--1-ymcj6g1a.xn--mgberp4a5d4ar",
    "هاتف١.السعودية": "xn--mgbg3eva7k.xn--mgberp4a5d4ar",
    "faß.de": "xn--fa-hia.de",
    "مثال.com": "xn--mgbh0fb.com",
    "www.nic.sa": "www.nic.sa",
}


@pytest.mark.parametrize(("typed", "in_ascii"), ACCEPTED.items())
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_a_name_of_any_script_is_accepted_and_found_by_either_form(
    typed: str, in_ascii: str, form: str
) -> None:
    typed = unicodedata.normalize(form, typed)
    name = parse_domain(typed)
    assert (name.typed, name.ascii) == (typed, in_ascii)
    assert name.unicode == unicodedata.normalize("NFC", typed).replace("。", ".")
    assert parse_domain(in_ascii).unicode == name.unicode


@pytest.mark.parametrize(
    ("typed", "host", "name"),
    [
        (" Example.SA ", "Example.SA", "example.sa"),
        ("https://www.Example.sa/contact?x=1#y", "www.Example.sa", "www.example.sa"),
        ("HTTP://user:secret@example.sa:8080/", "example.sa", "example.sa"),
        ("example.sa/contact", "example.sa", "example.sa"),
        ("example.sa.", "example.sa", "example.sa"),
        ("https://سجل.السعودية/", "سجل.السعودية", "سجل.السعودية"),
        ("\u2068سجل.السعودية\u2069", "سجل.السعودية", "سجل.السعودية"),  # copied from one of our mails
        ("ｅｘａｍｐｌｅ．ｃｏｍ", "ｅｘａｍｐｌｅ．ｃｏｍ", "example.com"),
        ("«سجل.السعودية»،", "سجل.السعودية", "سجل.السعودية"),
        ("ÉPREUVE.org", "ÉPREUVE.org", "épreuve.org"),
        ("FAß.de", "FAß.de", "faß.de"),
    ],
)
def test_what_is_pasted_is_cut_down_to_its_host(typed: str, host: str, name: str) -> None:
    found = parse_domain(typed)
    assert (found.typed, found.unicode) == (host, name)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "empty"),
        ("   ", "empty"),
        ("https://", "empty"),
        ("localhost", "one_label"),
        ("السعودية", "one_label"),
        ("a b.com", "spaces"),
        ("noura@example.sa", "address"),
        ("192.168.1.1", "ip_address"),
        ("example..sa", "empty_label"),
        (".example.sa", "empty_label"),
        ("-example.com", "hyphen"),
        ("example-.com", "hyphen"),
        ("ab--cd.com", "hyphen"),
        ("xn--a.com", "a_label"),
        ("xn--.com", "a_label"),
        ("under_score.com", "characters"),
        ("☃.com", "characters"),
        ("١٢٣.السعودية", "characters"),
        ("example٢.com", "mixed"),
        ("مثالa.com", "mixed"),
        ("exa\u202emple.com", "hidden"),
        ("\u202eexample.com", "hidden"),
        ("exa\u200fmple.com", "hidden"),
        ("exa\u2066mple.com", "hidden"),
        ("a" * 64 + ".com", "too_long"),
        (".".join(["a" * 60] * 5), "too_long"),
        ("ب" * 60 + ".السعودية", "too_long"),  # 60 letters are more than 63 in A-label form
        ("a" * 5000 + ".com", "too_long"),
        ("example.com\x00", "characters"),
    ],
)
def test_an_impossible_name_is_refused_with_its_reason(typed: str, code: str) -> None:
    with pytest.raises(BadDomain) as caught:
        parse_domain(typed)
    assert caught.value.code == code


class TestUnderTheRegistrysZones:
    @pytest.mark.parametrize(
        "name", ["ab.sa", "nic.sa", "12.com.sa", "a-b.gov.sa", "سجل.السعودية", "اب.السعودية"]
    )
    def test_a_registrable_name_is_known_as_one(self, name: str) -> None:
        assert parse_domain(name).is_registry_name

    @pytest.mark.parametrize("name", ["com.sa", "www.nic.sa", "www.سجل.السعودية", "example.com", "sa.com"])
    def test_other_names_are_accepted_and_not_taken_for_one(self, name: str) -> None:
        assert not parse_domain(name).is_registry_name

    @pytest.mark.parametrize(
        ("typed", "code", "suggestion"),
        [
            ("a.sa", "too_short", ""),
            ("x.com.sa", "too_short", ""),
            ("سَجِّل.السعودية", "marks", "سجل.السعودية"),
            ("ســجل.السعودية", "marks", "سجل.السعودية"),
            ("nic.السعودية", "arabic_label", ""),
            ("گاز.السعودية", "arabic_label", ""),
            ("هاتف۱.السعودية", "arabic_label", ""),
            ("سجل.sa", "latin_label", ""),
            ("épreuve.com.sa", "latin_label", ""),
            ("example٢.sa", "mixed", "example2.sa"),
            ("سجل.السعودیة", "zone_lookalike", "سجل.السعودية"),
            ("سجل.السعودیۃ", "zone_lookalike", "سجل.السعودية"),
            ("سجل.السعوديه", "zone_lookalike", "سجل.السعودية"),
        ],
    )
    def test_the_label_rules_hold_and_the_nearest_name_is_offered(
        self, typed: str, code: str, suggestion: str
    ) -> None:
        with pytest.raises(BadDomain) as caught:
            parse_domain(typed)
        assert (caught.value.code, caught.value.suggestion) == (code, suggestion)

    @pytest.mark.parametrize("relative", ["السعودیة", "السعودیۃ", "السعوديه"])
    def test_a_relative_of_the_zone_is_never_equal_to_it(self, relative: str) -> None:
        assert idna.encode(relative) != idna.encode("السعودية")
        assert zones.zone_of(f"سجل.{relative}") is None
        assert not domains.is_registry_name(f"سجل.{relative}")

    def test_the_zones_are_data(self, settings: object) -> None:
        settings.ZONES = ["example", ".xn--kgbechtv"]  # type: ignore[attr-defined]
        assert parse_domain("nic.example").is_registry_name
        assert parse_domain("مثال.إختبار").is_registry_name
        assert not parse_domain("nic.sa").is_registry_name
        assert parse_domain("a.sa").unicode == "a.sa"


def test_every_reason_is_said_in_both_languages() -> None:
    codes = "empty too_long hidden spaces address ip_address one_label empty_label hyphen a_label mixed marks"
    codes += " too_short zone_lookalike arabic_label latin_label characters"
    said = {}
    for language in ("ar", "en"):
        with translation.override(language):
            said[language] = {domains.message(BadDomain(code, "nic.sa")) for code in codes.split()}
    assert len(said["en"]) == len(said["ar"]) == len(codes.split())
    assert not said["en"] & said["ar"]
    assert all("هل المقصود \u2068nic.sa\u2069؟" in text for text in said["ar"])


@given(st.text(max_size=80))
def test_any_text_is_a_name_or_is_refused(typed: str) -> None:
    try:
        name = parse_domain(typed)
    except BadDomain:
        return
    assert name.ascii.isascii()
    assert 3 <= len(name.ascii) <= 253
    again = parse_domain(name.unicode)
    assert (again.unicode, again.ascii) == (name.unicode, name.ascii)
    assert parse_domain(name.ascii).unicode == name.unicode


def test_settings_can_use_hosts_before_they_exist() -> None:
    code = (
        "from tawasul.core import domains as d;"
        "assert d.to_ascii_host('سجل.السعودية') == 'xn--rgbn6c.xn--mgberp4a5d4ar';"
        "assert d.to_ascii_host('*.Example.sa') == '*.example.sa';"
        "assert d.host_of('https://www.nic.sa:8443/x') == 'www.nic.sa'"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60, env={"PYTHONPATH": "src"})
