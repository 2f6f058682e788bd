"""What a stranger wrote in the centre's own field of the direct form is read at the desk, and found by its words."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tawasul.accounts.models import Person, TermsVersion
from tawasul.core import kept
from tawasul.tickets.models import Field, FieldValue, Service
from tests.browsing import OpenPage
from tests.portal.test_axe_portal import NoViolations, looks_right, sign_in
from tests.portal.test_contact import mailed_link
from tests.tickets.test_own_fields import make_field

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_from_the_direct_form_to_the_desks_search(
    open_page: OpenPage,
    no_violations: NoViolations,
    settings: Any,
    fahd: Person,
    service: Service,
    terms: TermsVersion,
) -> None:
    settings.STAFF_NEED_TWO_STEPS = False
    make_field("host", Field.Kind.TEXT, services=(service,), name_ar="المستضيف", name_en="Hosting company")
    kept.forget_all()
    stranger = open_page(width=360)
    stranger.goto("/ar/contact/")
    stranger.locator("[name=purpose][value=technical]").check()
    stranger.get_by_label("الخدمة").select_option(service.code)
    stranger.get_by_label("المستضيف").fill("سحابة الأفق")
    for name, said in (
        ("name", "سالم الحربي"),
        ("email", "salem@example.sa"),
        ("subject", "تعديل الخوادم"),
        ("problem", "لم تُحفظ."),
        ("wanted", "أرجو الحفظ."),
    ):
        stranger.fill(f"[name={name}]", said)
    stranger.locator("[name=terms]").check()
    stranger.locator("form[data-autosave] .row button.first").click()
    stranger.wait_for_url("**/contact/sent/**")
    stranger.goto(mailed_link())
    stranger.locator("main form button.first").click()
    stranger.wait_for_url("**/follow/**")
    expect(stranger.locator(".facts").first).to_contain_text("سحابة الأفق")
    looks_right(stranger, no_violations)
    assert FieldValue.objects.count() == 1

    clerk = open_page(lang="en", scheme="dark")
    sign_in(clerk, fahd)
    clerk.goto("/en/desk/")
    clerk.keyboard.press("Control+k")
    clerk.locator("#palette [role=option]").first.wait_for()
    clerk.keyboard.type("سحابة الأفق")
    clerk.locator("#palette [role=option]", has_text="تعديل الخوادم").wait_for()
    clerk.keyboard.press("Enter")
    expect(clerk.locator(".own-values")).to_contain_text("سحابة الأفق")
    looks_right(clerk, no_violations)
