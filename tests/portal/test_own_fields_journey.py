"""The centre's own fields in a real browser: they come and go with the choices, nothing typed is lost, nothing is found
by axe; on a phone in Arabic, and in English without an account."""

import pytest
from playwright.sync_api import expect

from tawasul.accounts.models import Person, TermsVersion
from tawasul.core import kept
from tawasul.tickets.models import Field, FieldValue, Form, Service
from tests.browsing import OpenPage
from tests.portal.test_axe_portal import NoViolations, looks_right, sign_in
from tests.tickets.test_own_fields import make_choice, make_field

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Kind = Field.Kind


@pytest.fixture
def asked(service: Service, terms: TermsVersion) -> Service:
    """A service that asks for one of each kind."""
    make_field("plan", Kind.CHOICE, services=(service,), is_required=True, name_ar="الباقة", name_en="Plan")
    full = make_choice("plan", "كاملة", "Full")
    make_choice("plan", "أساسية", "Basic")
    make_field(
        "servers",
        Kind.NUMBER,
        services=(service,),
        is_required=True,
        shown_if=[{"of": "field:plan", "any": [str(full.pk)]}],
        name_ar="عدد الخوادم",
        name_en="Number of servers",
    )
    make_field("where", Kind.TREE, services=(service,), name_ar="المنطقة", name_en="Region")
    make_choice("where", "الخرج", "Al-Kharj", make_choice("where", "الرياض", "Riyadh"))
    make_field("since", Kind.DATE, services=(service,), name_ar="منذ متى؟", name_en="Since when?")
    make_field("other", Kind.DOMAIN, services=(service,), name_ar="الاسم الآخر", name_en="The other name")
    make_field("who", Kind.PERSON, services=(service,), name_ar="المسؤول التقني", name_en="Technical contact")
    Form.objects.create(
        service=service, intro_ar="تجد المطلوب في **لوحة المستضيف**.", intro_en="Your host's panel has it."
    )
    kept.forget_all()
    return service


def test_on_a_phone_the_fields_follow_the_choices_and_the_ticket_tells_them(
    open_page: OpenPage, no_violations: NoViolations, noura: Person, asked: Service
) -> None:
    page = open_page(width=360, scheme="dark")
    sign_in(page, noura)
    page.goto("/ar/tickets/new/")
    expect(page.locator("[name^=own-]")).to_have_count(0)
    page.get_by_label("مشكلة تقنية").check()
    page.get_by_label("الخدمة").select_option(asked.code)
    page.get_by_label("كاملة").check()
    page.get_by_label("عدد الخوادم").fill("٤")
    page.get_by_label("المنطقة").select_option(label="الرياض › الخرج")
    looks_right(page, no_violations)
    page.get_by_label("أساسية").check()
    page.get_by_label("عدد الخوادم").wait_for(state="detached")
    page.get_by_label("كاملة").check()
    expect(page.get_by_label("عدد الخوادم")).to_have_value("٤")  # it was carried along
    page.get_by_label("منذ متى؟").fill("١٢/٦/١٤٤٨")
    page.get_by_label("الاسم الآخر").fill("مثال.السعودية")
    page.get_by_label("المسؤول التقني").fill("سالم")
    page.get_by_text("xn--mgbh0fb.xn--mgberp4a5d4ar").wait_for()
    page.get_by_label("الموضوع").fill("نقل الخوادم")
    page.get_by_label("ما المشكلة؟").fill("لم تُحفظ.")
    page.get_by_label("ما المساعدة التي تريدها؟").fill("أرجو الحفظ.")
    page.locator("#id_terms").check()
    page.get_by_role("button", name="أرسل التذكرة").last.click()
    page.locator(".summary").wait_for()
    looks_right(page, no_violations)
    page.get_by_label("المسؤول التقني").fill("سالم salem@example.sa")
    page.locator("#id_terms").check()
    page.get_by_role("button", name="أرسل التذكرة").last.click()
    page.locator(".just-sent").wait_for()
    looks_right(page, no_violations)
    facts = page.inner_text(".facts")
    assert "الرياض › الخرج" in facts and "1448" in facts and "xn--mgbh0fb" in facts
    assert FieldValue.objects.count() == 6


def test_without_scripts_an_english_stranger_is_shown_what_the_service_asks(
    open_page: OpenPage, no_violations: NoViolations, asked: Service
) -> None:
    page = open_page(lang="en", scripts=False)
    page.goto("/en/contact/")
    page.get_by_label("Full name").fill("Salem")
    page.get_by_label("Service", exact=True).select_option(asked.code)
    page.get_by_role("button", name="Show what this service asks for").click()
    page.wait_for_url("**/contact/?draft=*")
    expect(page.get_by_label("Full name")).to_have_value("Salem")
    page.get_by_label("Full", exact=True).check()
    page.get_by_role("button", name="Send me the link").click()
    page.get_by_text("This service asks for more than was on the page.").wait_for()
    expect(page.get_by_label("Number of servers")).to_have_count(1)
    expect(page.get_by_label("Full", exact=True)).to_be_checked()
    assert not FieldValue.objects.exists()


def test_the_form_with_every_kind_of_field_reads_well(
    open_page: OpenPage, no_violations: NoViolations, noura: Person, asked: Service
) -> None:
    page = open_page(lang="en")
    sign_in(page, noura)
    page.goto("/en/tickets/new/")
    page.get_by_label("Service", exact=True).select_option(asked.code)
    page.get_by_label("Region").wait_for()
    assert "Region" in (page.text_content("[data-asked-say]") or "")  # a screen reader hears what came
    looks_right(page, no_violations)
