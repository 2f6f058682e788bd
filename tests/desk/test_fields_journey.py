"""A field with choices is made in a real browser and stands in the filter; its pages fit a phone and hold no fault."""

import re
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import expect

from tawasul.accounts.models import Person
from tawasul.core.kept import forget_all
from tawasul.tickets.models import Field, FieldChoice, Service
from tests.browsing import enter, fits
from tests.world import OpenATicket

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_field_is_made_in_arabic_and_narrows_the_list(
    open_page: Any, live_server: Any, no_violations: Any, lama_client: Client, open_a_ticket: OpenATicket
) -> None:
    forget_all()
    ticket = open_a_ticket()
    open_a_ticket(subject="تذكرة أخرى")
    page = enter(open_page(lang="ar"), lama_client, live_server)
    page.goto("/ar/desk/settings/fields/")
    page.get_by_role("link", name="أضف حقلًا").first.click()
    page.get_by_role("link", name="اختيار من قائمة", exact=True).click()
    page.fill("#set_name_ar", "جهة التسجيل")
    page.fill("#set_name_en", "Registrar")
    for number, (arabic, english) in enumerate([("الأولى", "First"), ("الثانية", "Second")]):
        page.fill(f"#choice-{number}-ar", arabic)
        page.fill(f"#choice-{number}-en", english)
    page.get_by_role("button", name="إلى أعلى: 2").click()
    page.wait_for_selector("#choice-0-en[value='Second']")  # the page comes back with the rows in their order
    page.select_option("#shown_if-0-of", "purpose")
    page.check('[name="shown_if-0-any"][value="technical"]')
    no_violations(page)
    page.get_by_role("button", name="معاينة").click()
    expect(page.locator("[data-drafted]").first).to_have_text(re.compile(r"^\s*جهة التسجيل"))
    page.get_by_role("button", name="أضف حقلًا").last.click()
    page.wait_for_url("**/settings/fields/")
    assert [one.name_en for one in FieldChoice.objects.all()] == ["Second", "First"]
    assert Field.objects.get().shown_if == [{"of": "purpose", "any": ["technical"]}]

    page.goto(f"/ar/desk/tickets/{ticket.spoken_number}/")
    page.locator(".own-values summary").click()
    page.select_option("#own-registrar", label="الأولى")
    page.locator(".own-values form button").click()
    page.wait_for_selector(".own-values summary:has-text('الأولى')")
    no_violations(page)
    page.goto("/ar/desk/filter/?view=everything")
    page.select_option("#filter_f_registrar", label="الأولى")
    no_violations(page)
    page.get_by_role("button", name="صفِّ القائمة").click()
    page.wait_for_selector(".chip-of-filter:has-text('الأولى')")
    expect(page.locator(".desk-rows tbody tr")).to_have_count(1)


@pytest.mark.parametrize(("lang", "width", "scheme"), [("en", 360, "dark"), ("ar", 360, "light")])
def test_the_pages_fit_a_phone(
    open_page: Any,
    live_server: Any,
    no_violations: Any,
    lama_client: Client,
    fahd: Person,
    service: Service,
    lang: str,
    width: int,
    scheme: str,
) -> None:
    field = Field.objects.create(
        key="part",
        kind="tree",
        name_ar="الجزء",
        name_en="Part",
        help_en="As it was said",
        shown_if=[{"of": "channel", "any": ["portal"]}],
    )
    branch = FieldChoice.objects.create(field=field, name_ar="فرع", name_en="Branch", position=1)
    FieldChoice.objects.create(field=field, parent=branch, name_ar="ورقة", name_en="Leaf", position=2)
    forget_all()
    page = enter(open_page(lang=lang, width=width, scheme=scheme), lama_client, live_server)
    places = ("fields/", "fields/new/", f"fields/{field.pk}/", "forms/", f"forms/{service.pk}/")
    for place in [*(f"settings/{each}" for each in places), "filter/"]:
        page.goto(f"/{lang}/desk/{place}")
        no_violations(page)
        fits(page, width)
