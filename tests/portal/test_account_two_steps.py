"""The second step: setting it up, signing in with it, keeping it for staff."""

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core.cache import cache
from django.test import Client

from tawasul.accounts.access import two_steps_missing
from tawasul.accounts.models import Person
from tawasul.mail.models import OutgoingMail
from tests.world import PASSWORD

pytestmark = pytest.mark.django_db

STEPS = "/ar/account/two-steps/"


def sign_in(client: Client, login: str) -> Any:
    return client.post("/ar/account/login/", {"login": login, "password": PASSWORD})


def code_of(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))


def confirm(client: Client, password: str = PASSWORD) -> Any:
    """Say again who one is, as delicate pages ask."""
    return client.post("/ar/account/reauthenticate/", {"password": password})


def set_up_app(client: Client) -> str:
    """The person's way through the pages; the secret."""
    confirm(client)
    page = client.get(STEPS + "app/")
    secret: str = page.context_data["form"].secret  # type: ignore[attr-defined]
    assert secret in page.content.decode()
    assert "<svg" in page.content.decode()
    done = client.post(STEPS + "app/", {"code": code_of(secret)})
    assert done["Location"] == STEPS + "recovery-codes/"
    return secret


@pytest.fixture
def at_home(noura: Person) -> Client:
    browser = Client()
    sign_in(browser, "noura")
    return browser


def test_delicate_pages_ask_again_who_one_is(at_home: Client) -> None:
    asked = at_home.get(STEPS + "app/")
    assert asked["Location"].startswith("/ar/account/reauthenticate/")
    wrong = confirm(at_home, "wrong")
    assert wrong.status_code == 422
    assert "كلمة المرور غير صحيحة" in wrong.content.decode()
    confirm(at_home)
    assert at_home.get(STEPS + "app/").status_code == 200


def test_with_an_app_set_up_the_password_alone_is_not_enough(
    at_home: Client, noura: Person, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        secret = set_up_app(at_home)
    told = OutgoingMail.objects.get(to_address=noura.email)
    assert "أُعدّ تطبيق مصادقة لحسابك" in told.text
    browser = Client()
    assert sign_in(browser, "noura")["Location"] == STEPS + "authenticate/"
    assert browser.get("/ar/account/").status_code == 302
    assert browser.get(STEPS + "authenticate/").status_code == 200
    refused = browser.post(STEPS + "authenticate/", {"code": "000000"})
    assert refused.status_code == 422
    assert "الرمز غير صحيح" in refused.content.decode()
    code = code_of(secret).translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))
    cache.clear()  # the code was used a moment ago, to set the app up
    assert browser.post(STEPS + "authenticate/", {"code": code})["Location"] == "/ar/tickets/"
    assert browser.get("/ar/account/").status_code == 200


def test_a_recovery_code_lets_in_once(at_home: Client, noura: Person) -> None:
    set_up_app(at_home)
    page = at_home.get(STEPS + "recovery-codes/").content.decode()
    codes = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()
    assert len(codes) == 10
    assert all(code in page for code in codes)
    downloaded = at_home.get(STEPS + "recovery-codes/download/")
    assert "attachment" in downloaded["Content-Disposition"]
    assert codes[0] in downloaded.content.decode()
    browser = Client()
    sign_in(browser, "noura")
    assert browser.post(STEPS + "authenticate/", {"code": codes[0]}).status_code == 302
    again = Client()
    sign_in(again, "noura")
    assert again.post(STEPS + "authenticate/", {"code": codes[0]}).status_code == 422
    at_home.post(STEPS + "recovery-codes/new/")
    assert codes[1] not in at_home.get(STEPS + "recovery-codes/").content.decode()


def test_wrong_codes_are_limited(at_home: Client, noura: Person) -> None:
    set_up_app(at_home)
    browser = Client()
    sign_in(browser, "noura")
    answers = [browser.post(STEPS + "authenticate/", {"code": "000000"}).status_code for _try in range(6)]
    assert answers == [422] * 5 + [429]


def test_a_customer_may_remove_the_second_step(at_home: Client, noura: Person) -> None:
    set_up_app(at_home)
    assert at_home.get(STEPS + "app/removal/").status_code == 200
    at_home.post(STEPS + "app/removal/")
    assert not Authenticator.objects.filter(user=noura).exists()
    assert sign_in(Client(), "noura")["Location"] == "/ar/tickets/"


def test_staff_without_a_second_step_are_led_to_it_and_work_after_it(fahd: Person, settings: Any) -> None:
    settings.STAFF_NEED_TWO_STEPS = True
    browser = Client()
    assert sign_in(browser, "fahd")["Location"] == STEPS
    for closed in ("/ar/desk/", "/ar/admin/"):
        assert browser.get(closed)["Location"] == STEPS
    assert two_steps_missing(fahd)
    set_up_app(browser)
    assert not two_steps_missing(fahd)
    assert browser.get("/ar/desk/").status_code == 200


def test_staff_cannot_drop_their_only_second_step(fahd: Person, settings: Any) -> None:
    settings.STAFF_NEED_TWO_STEPS = True
    browser = Client()
    sign_in(browser, "fahd")
    set_up_app(browser)
    shown = browser.get(STEPS + "app/removal/").content.decode()
    assert "لا بد لمنسوبي المركز من خطوة ثانية" in shown
    assert browser.post(STEPS + "app/removal/").status_code == 422
    assert Authenticator.objects.filter(user=fahd, type="totp").exists()


def test_staff_need_no_second_step_where_the_installation_does_not_ask(fahd: Person, settings: Any) -> None:
    settings.STAFF_NEED_TWO_STEPS = False
    browser = Client()
    assert sign_in(browser, "fahd")["Location"] == "/ar/desk/"
    assert browser.get("/ar/desk/").status_code == 200


def test_the_administration_has_no_sign_in_of_its_own(client: Client, lama: Person) -> None:
    assert client.get("/ar/admin/login/?next=/ar/admin/")["Location"].startswith("/ar/account/login/")
    assert client.post("/ar/admin/login/", {"username": "lama", "password": PASSWORD}).status_code in (
        302,
        403,
    )
    assert client.get("/ar/admin/").status_code == 302
    assert "_auth_user_id" not in client.session


def test_somebody_elses_passkey_is_not_found(at_home: Client, khalid: Person) -> None:
    other = Authenticator.objects.create(user=khalid, type="webauthn", data={"name": "x", "credential": {}})
    confirm(at_home)
    assert at_home.get(f"{STEPS}passkeys/{other.pk}/").status_code == 404
    assert at_home.post(f"{STEPS}passkeys/{other.pk}/removal/").status_code == 404
