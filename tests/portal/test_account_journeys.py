"""In a real browser: an account from nothing, in both languages; a passkey; every page free of axe findings."""

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from tawasul.accounts.models import AccountRequest, Person, TermsVersion
from tawasul.mail.models import OutgoingMail
from tests.accounts.test_requests import GOOD_PASSWORD, code_in, link_in, newest_mail
from tests.world import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WORDS = {
    "ar": {"sign_in": "تسجيل الدخول", "active": "حسابك مفعّل الآن"},
    "en": {"sign_in": "Sign in", "active": "Your account is active"},
}


def fill_request(page: Any, *, email: str = "huda@example.com.sa") -> None:
    page.fill("[name=username]", "huda")
    page.fill("[name=email]", email)
    page.fill("[name=password1]", GOOD_PASSWORD)
    page.fill("[name=password2]", GOOD_PASSWORD)
    page.fill("[name=full_name]", "هدى السبيعي")
    page.fill("[name=mobile]", "0512345678")
    page.fill("[name=city]", "الرياض")
    page.fill("[name=address_line]", "7142")


def sign_in(page: Any, lang: str, login: str, password: str = PASSWORD) -> None:
    page.goto(f"/{lang}/account/login/")
    page.fill("[name=login]", login)
    page.fill("[name=password]", password)
    page.press("[name=password]", "Enter")
    page.wait_for_url(re.compile("/(tickets|two-steps)/"))


@pytest.mark.parametrize("lang", ["ar", "en"])
@pytest.mark.parametrize("scripts", [True, False])
def test_an_account_from_nothing(open_page: Any, terms: TermsVersion, lang: str, scripts: bool) -> None:
    page = open_page(lang=lang, width=360, height=740, scripts=scripts)
    page.goto(f"/{lang}/account/request/")
    fill_request(page)
    page.click("main button.first")  # the terms are not accepted yet
    page.wait_for_selector(".summary")
    expect(page.locator("[name=full_name]")).to_have_value("هدى السبيعي")
    expect(page.locator("[name=password1]"), "a password is never sent back").to_have_value("")
    page.fill("[name=password1]", GOOD_PASSWORD)
    page.fill("[name=password2]", GOOD_PASSWORD)
    page.check("[name=terms]")
    page.click("main button.first")
    page.wait_for_url(re.compile("/account/activate/"))
    page.fill("[name=code]", code_in(newest_mail()))
    page.click("main button.first")
    page.wait_for_url(re.compile("/account/login/"))
    expect(page.locator("main")).to_contain_text(WORDS[lang]["active"])
    sign_in(page, lang, "huda", GOOD_PASSWORD)
    assert Person.objects.get(username="huda").language == lang
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_strength_of_a_password_is_shown_while_it_is_written(open_page: Any, terms: TermsVersion) -> None:
    page = open_page()
    page.goto("/ar/account/request/")
    page.fill("[name=password1]", "qwerty12345")
    page.wait_for_selector(".strength[data-score='0'], .strength[data-score='1']")
    page.fill("[name=password1]", GOOD_PASSWORD)
    page.wait_for_selector(".strength[data-score='4']")


@pytest.mark.parametrize(("lang", "scheme"), [("ar", "dark"), ("en", "light")])
def test_the_mailed_link_activates_on_another_device(
    open_page: Any, no_violations: Any, terms: TermsVersion, lang: str, scheme: str
) -> None:
    page = open_page(lang=lang)
    page.goto(f"/{lang}/account/request/")
    address = f"phone.{lang}@example.com.sa"
    fill_request(page, email=address)
    page.check("[name=terms]")
    page.click("main button.first")
    page.wait_for_url(re.compile("/account/activate/"))
    phone = open_page(lang=lang, width=360, scheme=scheme)
    phone.goto(link_in(newest_mail(address), "/activate/"))
    no_violations(phone)
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")
    phone.fill("[name=password]", "not the one I chose")
    phone.click("main button.first")
    phone.wait_for_selector(".summary")
    no_violations(phone)
    assert AccountRequest.objects.get().activated_at is None
    phone.fill("[name=password]", GOOD_PASSWORD)
    phone.click("main button.first")
    phone.wait_for_url(re.compile("/account/login/"))
    assert AccountRequest.objects.get().activated_at is not None


def test_a_passkey_is_made_and_signs_in_alone(open_page: Any, noura: Person) -> None:
    page = open_page()
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    sign_in(page, "ar", "noura")
    page.goto("/ar/account/two-steps/passkeys/new/")
    page.fill("[name=password]", PASSWORD)
    page.click("main button.first")
    page.wait_for_selector("[data-passkey=add]")
    page.fill("[name=name]", "حاسوب المكتب")
    page.click("[data-passkey=add] button.first")
    page.wait_for_url(re.compile("/two-steps/recovery-codes/"))
    page.goto("/ar/account/two-steps/passkeys/")
    expect(page.locator("main")).to_contain_text("حاسوب المكتب")
    assert OutgoingMail.objects.filter(to_address=noura.email, kind="generic").exists()

    page.goto("/ar/account/logout/")
    page.click("main button.first")
    page.wait_for_url(re.compile("/account/login/"))
    page.click("[data-passkey=login] button")
    page.wait_for_url(re.compile("/ar/tickets/"))

    page.goto("/ar/account/logout/")  # and as the second step after the password
    page.click("main button.first")
    page.wait_for_url(re.compile("/account/login/"))
    sign_in(page, "ar", "noura")
    page.wait_for_url(re.compile("/two-steps/authenticate/"))
    page.click("[data-passkey=authenticate] button")
    page.wait_for_url(re.compile("/ar/tickets/"))


PAGES = [
    "login/",
    "request/",
    "password/reset/",
    "password/reset/done/",
    "password/reset/key/1-none/",
    "password/reset/key/done/",
    "inactive/",
    "activate/none/",
    "email/change/none/",
]
PAGES_WITHIN = [
    "",
    "profile/",
    "record/",
    "email/",
    "password/change/",
    "sessions/",
    "logout/",
    "two-steps/",
    "two-steps/app/",
    "two-steps/passkeys/",
    "two-steps/passkeys/new/",
]


@pytest.mark.parametrize(("lang", "width", "scheme"), [("ar", 360, "dark"), ("en", 1280, "light")])
def test_every_account_page_fits_and_has_no_axe_findings(
    open_page: Any, no_violations: Any, noura: Person, lang: str, width: int, scheme: str
) -> None:
    page = open_page(lang=lang, width=width, scheme=scheme)

    def look(path: str) -> None:
        page.goto(f"/{lang}/account/{path}")
        no_violations(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path

    for path in PAGES:
        look(path)
    sign_in(page, lang, "noura")
    page.goto(f"/{lang}/account/reauthenticate/")
    no_violations(page)
    page.fill("[name=password]", PASSWORD)
    page.click("main button.first")
    page.wait_for_load_state()
    for path in PAGES_WITHIN:
        look(path)
