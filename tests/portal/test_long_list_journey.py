"""A long list of choices is searched in a real browser, on the customers' form and beside a ticket; the plain list
stays where there are no scripts."""

from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import expect

from tawasul.accounts.models import Person, TermsVersion
from tawasul.core import kept
from tawasul.search.normalise import normalise
from tawasul.tickets.models import Field, FieldValue, Service
from tests.browsing import OpenPage, enter
from tests.portal.test_axe_portal import NoViolations, looks_right, sign_in
from tests.tickets.test_own_fields import make_choice, make_field
from tests.world import OpenATicket

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

CITIES = (
    ("الأحساء", "Al-Ahsa"),
    ("مكة المكرمة", "Makkah"),
    ("أبها", "Abha"),
    ("الطائف", "Taif"),
    ("جدة", "Jeddah"),
    ("ينبع", "Yanbu"),
    ("تبوك", "Tabuk"),
    ("حائل", "Hail"),
    ("نجران", "Najran"),
    ("جازان", "Jazan"),
    ("الباحة", "Al-Bahah"),
    ("سكاكا", "Sakaka"),
    ("عرعر", "Arar"),
)


@pytest.fixture
def cities(service: Service, terms: TermsVersion) -> Service:
    """A service that asks for one of thirteen cities, and for more in one of them."""
    make_field("city", Field.Kind.TREE, services=(service,), name_ar="المدينة", name_en="City")
    keys = [make_choice("city", *names, position=place).pk for place, names in enumerate(CITIES)]
    make_field(
        "gate",
        services=(service,),
        shown_if=[{"of": "field:city", "any": [str(keys[1])]}],
        name_ar="الحي",
        name_en="District",
    )
    kept.forget_all()
    return service


def test_a_customer_finds_a_choice_in_any_spelling_with_the_keyboard_alone(
    open_page: OpenPage, no_violations: NoViolations, noura: Person, cities: Service
) -> None:
    page = open_page(width=360)
    sign_in(page, noura)
    page.goto("/ar/tickets/new/")
    page.get_by_label("الخدمة").select_option(cities.code)
    city, find = page.locator("#id_own-city"), page.locator("#id_own-city-find")
    find.fill("الاحساء")
    page.get_by_text("النتائج: 1").wait_for()
    expect(city.locator("option")).to_have_text(["الأحساء"])
    looks_right(page, no_violations)
    find.fill("لا شيء")
    page.get_by_text("لا نتائج.").wait_for()
    find.press("Enter")  # nothing is sent, and nothing chosen
    find.fill("مكه")
    find.press("ArrowDown")
    expect(page.locator("#id_own-gate")).to_have_count(0)  # not before the choice is made
    page.keyboard.press("Enter")
    page.get_by_label("الحي").wait_for()
    expect(page.locator("#id_own-city option")).to_have_count(len(CITIES) + 1)
    expect(page.locator("#id_own-city option:checked")).to_have_text("مكة المكرمة")
    expect(page.locator("#id_own-city")).to_be_focused()
    looks_right(page, no_violations)


def test_staff_choose_with_the_pointer_and_a_choice_never_gets_lost(
    open_page: OpenPage,
    live_server: Any,
    no_violations: NoViolations,
    fahd_client: Client,
    open_a_ticket: OpenATicket,
    cities: Service,
    settings: Any,
) -> None:
    settings.STAFF_NEED_TWO_STEPS = False
    ticket = open_a_ticket()
    page = enter(open_page(lang="en", scheme="dark"), fahd_client, live_server)
    page.goto(f"/en/desk/tickets/{ticket.spoken_number}/")
    page.locator(".own-values summary").first.click()
    page.locator("#own-city-find").fill("TA")
    page.locator("#own-city option", has_text="Tabuk").click()
    expect(page.locator("#own-city")).not_to_have_value("")
    page.locator("#own-city-find").fill("jed")
    no_violations(page)
    expect(page.locator("#own-city option")).to_have_text(["Jeddah", "Tabuk"])
    page.locator(
        ".own-values form button"
    ).first.click()  # the list closes under the pointer, and it is saved at once
    page.locator(".own-values summary", has_text="Tabuk").wait_for()
    assert FieldValue.objects.get().text == "Tabuk"  # as it was read
    page.locator(".own-values summary").first.click()
    page.locator("#own-city-find").wait_for()  # the panel that took the old one's place has it again


def test_the_pages_reading_of_a_spelling_is_the_servers(open_page: OpenPage, cities: Service) -> None:
    page = open_page(lang="en")
    page.goto("/en/contact/")
    said = [
        "أحمد إلى آل ٱلمؤسسة",
        "مُؤسَّسـة",
        "على یک ے",
        "٢٠٢٦ ۱۴۰۵",
        "ﻻ ﷲ",
        "Straße ＡＢＣ",
        "a\u200db\u2066c",
    ]
    address = page.locator("script[src*=long-list]").get_attribute("src")
    read = page.evaluate("async ([at, said]) => said.map((await import(at)).normalise)", [address, said])
    assert read == [normalise(one) for one in said]


def test_without_scripts_the_plain_list_stays(open_page: OpenPage, cities: Service) -> None:
    page = open_page(lang="en", scripts=False)
    page.goto("/en/contact/")
    page.get_by_label("Service", exact=True).select_option(cities.code)
    page.get_by_role("button", name="Show what this service asks for").click()
    page.get_by_label("City").select_option(label="Hail")
    expect(page.locator("[type=search]")).to_have_count(0)
