"""Signing in and out, limits, forgotten and changed passwords, sessions, devices."""

import re
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
import time_machine
from django.contrib.auth.hashers import MD5PasswordHasher
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tawasul.accounts import actions
from tawasul.accounts.models import Person
from tawasul.core import clock
from tawasul.mail.actions import send
from tawasul.mail.models import OutgoingMail
from tests.world import PASSWORD

pytestmark = pytest.mark.django_db

NEW_PASSWORD = "بيت-شجرة-سحاب-42 نهر"
LOGIN = "/ar/account/login/"


def sign_in(client: Client, login: str, password: str = PASSWORD, **extra: Any) -> Any:
    return client.post(LOGIN, {"login": login, "password": password}, **extra)


def is_signed_in(client: Client) -> bool:
    return client.get("/ar/account/").status_code == 200


def mails(to: str) -> list[OutgoingMail]:
    return list(OutgoingMail.objects.filter(to_address=to).order_by("pk"))


def link_in(mail: OutgoingMail, part: str) -> str:
    return next(urlsplit(url).path for url in re.findall(r"https?://\S+", mail.text) if part in url)


def bare(response: Any) -> str:
    """A page without what differs by chance."""
    body: str = response.content.decode()
    return re.sub(r'(name="csrfmiddlewaretoken" value|nonce)="[^"]*"', "", body)


@pytest.mark.parametrize("login", ["noura", " Noura ", "noura@example.com.sa", "NOURA@EXAMPLE.COM.SA"])
def test_one_signs_in_with_user_name_or_address_in_any_case(
    client: Client, noura: Person, login: str
) -> None:
    assert sign_in(client, login)["Location"] == "/ar/tickets/"
    assert is_signed_in(client)


def test_signing_out_needs_a_press_of_the_button(noura_client: Client) -> None:
    assert noura_client.get("/ar/account/logout/").status_code == 200
    assert is_signed_in(noura_client)
    noura_client.post("/ar/account/logout/")
    assert not is_signed_in(noura_client)


def test_after_signing_in_one_comes_back_to_where_one_was_going(client: Client, noura: Person) -> None:
    asked = client.get("/en/account/profile/")
    assert asked["Location"] == "/en/account/login/?next=/en/account/profile/"
    response = client.post(LOGIN, {"login": "noura", "password": PASSWORD, "next": "/en/account/profile/"})
    assert response["Location"] == "/en/account/profile/"
    away = Client().post(LOGIN, {"login": "noura", "password": PASSWORD, "next": "https://evil.example/"})
    assert away["Location"] == "/ar/tickets/"


def test_a_wrong_password_and_an_unknown_name_get_the_same_answer_after_the_same_work(
    client: Client, noura: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashed: list[str] = []
    real = MD5PasswordHasher.encode

    def count(self: MD5PasswordHasher, password: str, salt: str) -> str:
        hashed.append(password)
        return str(real(self, password, salt))

    monkeypatch.setattr(MD5PasswordHasher, "encode", count)
    sign_in(client, "warm", "wrong")
    seen = []
    for login in ("noura", "nobody", "noura@example.com.sa", "nobody@example.com.sa"):
        hashed.clear()
        with CaptureQueriesContext(connection) as queries:
            response = sign_in(client, login, "wrong")
        seen.append((response.status_code, bare(response).replace(login, "LOGIN"), len(hashed), len(queries)))
    assert seen[0][0] == 422
    assert seen[0] == seen[1] == seen[2] == seen[3]
    assert seen[0][2] == 1


def test_five_wrong_passwords_stop_an_account_for_a_quarter_of_an_hour_whichever_name_is_used(
    client: Client, noura: Person
) -> None:
    for number in range(5):
        login = ("noura", "noura@example.com.sa")[number % 2]
        assert sign_in(client, login, "wrong").status_code == 422
    stopped = sign_in(Client(REMOTE_ADDR="192.0.2.77"), "noura")
    assert stopped.status_code == 429
    assert "15 دقيقة" in stopped.content.decode()
    with time_machine.travel(clock.now() + timedelta(minutes=15, seconds=5)):
        assert sign_in(client, "noura").status_code == 302


def test_a_stopped_account_opens_again_when_its_owner_sets_a_new_password(
    client: Client, noura: Person
) -> None:
    for _try in range(6):
        sign_in(Client(REMOTE_ADDR="192.0.2.77"), "noura", "wrong")
    assert sign_in(client, "noura").status_code == 429
    client.post("/ar/account/password/reset/", {"email": noura.email})
    page = client.get(link_in(mails(noura.email)[-1], "/password/reset/key/"), follow=True).redirect_chain[
        -1
    ][0]
    client.post(page, {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD})
    assert sign_in(client, "noura", NEW_PASSWORD).status_code == 302


def test_a_name_that_is_nobodys_is_stopped_just_the_same(client: Client) -> None:
    for _number in range(5):
        assert sign_in(client, "nobody", "wrong").status_code == 422
    assert sign_in(client, "nobody", "wrong").status_code == 429


def test_one_network_cannot_try_one_password_on_many_accounts(client: Client, noura: Person) -> None:
    answers = [sign_in(client, f"person{number}", "wrong").status_code for number in range(31)]
    assert answers[:30] == [422] * 30
    assert answers[30] == 429
    assert sign_in(Client(REMOTE_ADDR="192.0.2.77"), "noura").status_code == 302


def test_a_forgotten_password_is_set_by_the_mailed_link_once(
    client: Client, noura: Person, noura_client: Client
) -> None:
    client.post("/ar/account/password/reset/", {"email": "NOURA@example.com.sa"})
    mail = mails(noura.email)[-1]
    assert mail.kind == "password_reset"
    link = link_in(mail, "/password/reset/key/")
    form = client.get(link, follow=True)
    assert form.status_code == 200
    page = form.redirect_chain[-1][0]
    weak = client.post(page, {"password1": "noura noura", "password2": "noura noura"})
    assert weak.status_code == 422
    done = client.post(page, {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD}, follow=True)
    assert done.redirect_chain[-1][0] == "/ar/account/password/reset/key/done/"
    assert not is_signed_in(noura_client), "other sessions end at once"
    assert sign_in(Client(), "noura").status_code == 422
    assert sign_in(Client(), "noura", NEW_PASSWORD).status_code == 302
    used = Client().get(link)
    assert used.status_code == 410
    assert "/ar/account/password/reset/" in used.content.decode()
    assert mails(noura.email)[-1].kind == "password_changed"


def test_a_reset_link_expires_after_a_day(client: Client, noura: Person) -> None:
    client.post("/ar/account/password/reset/", {"email": noura.email})
    link = link_in(mails(noura.email)[-1], "/password/reset/key/")
    with time_machine.travel(clock.now() + timedelta(days=1), tick=False):
        assert client.get(link).status_code == 302
    with time_machine.travel(clock.now() + timedelta(days=1, hours=4)):  # the token counts local hours
        assert client.get(link).status_code == 410


def test_a_reset_says_and_does_the_same_for_an_unknown_address(client: Client, noura: Person) -> None:
    client.post("/ar/account/password/reset/", {"email": "warm@example.com.sa"}, follow=True)
    seen = []
    for email in (noura.email, "nobody@example.com.sa"):
        with CaptureQueriesContext(connection) as queries:
            response = client.post("/ar/account/password/reset/", {"email": email}, follow=True)
        seen.append((response.redirect_chain, response.status_code, bare(response), len(queries)))
        assert len(mails(email)) == 1, "each address gets one mail, and only its owner reads which"
    assert seen[0] == seen[1]
    assert mails("nobody@example.com.sa")[0].kind == "unknown_account"


def test_resets_for_one_address_are_limited(client: Client, noura: Person) -> None:
    answers = [
        client.post("/ar/account/password/reset/", {"email": noura.email}).status_code for _n in range(5)
    ]
    assert answers == [302, 302, 302, 302, 429]
    assert len(mails(noura.email)) == 4


def test_an_internationalised_address_is_reset_and_links_come_from_the_setting(
    client: Client, terms: Any
) -> None:
    Person.objects.create_user("daam", "دعم@سجل.السعودية", PASSWORD, full_name="دعم")
    client.post(
        "/ar/account/password/reset/",
        {"email": "دعم@xn--rgbn6c.xn--mgberp4a5d4ar"},
        headers={"host": "127.0.0.1"},
    )
    mail = mails("دعم@سجل.السعودية")[-1]
    assert mail.kind == "password_reset"
    assert "http://localhost:8000/ar/account/password/reset/key/" in mail.text
    assert "127.0.0.1" not in mail.text


def test_a_changed_password_ends_every_session_at_once(noura: Person) -> None:
    here, there = Client(), Client()
    for browser in (here, there):
        sign_in(browser, "noura")
    changed = here.post(
        "/ar/account/password/change/",
        {"oldpassword": PASSWORD, "password1": NEW_PASSWORD, "password2": NEW_PASSWORD},
    )
    assert changed["Location"] == "/ar/account/login/"
    assert not is_signed_in(here)
    assert not is_signed_in(there)
    assert mails(noura.email)[-1].kind == "password_changed"


def test_a_wrong_present_password_changes_nothing(noura_client: Client, noura: Person) -> None:
    response = noura_client.post(
        "/ar/account/password/change/",
        {"oldpassword": "wrong", "password1": NEW_PASSWORD, "password2": NEW_PASSWORD},
    )
    assert response.status_code == 422
    assert "كلمة المرور الحالية غير صحيحة" in response.content.decode()
    noura.refresh_from_db()
    assert noura.check_password(PASSWORD)


def test_a_disabled_account_is_out_at_once_and_cannot_come_back(noura: Person) -> None:
    browser = Client()
    sign_in(browser, "noura")
    actions.disable(noura)
    assert not is_signed_in(browser)
    assert sign_in(Client(), "noura")["Location"] == "/ar/account/inactive/"
    assert sign_in(Client(), "noura", "wrong").status_code == 422
    Client().post("/ar/account/password/reset/", {"email": noura.email})
    assert mails(noura.email)[-1].kind == "unknown_account"


def test_one_sees_ones_sessions_and_ends_the_others(noura: Person) -> None:
    here, there = Client(HTTP_USER_AGENT="Mozilla/5.0 (Windows NT 10.0) Firefox/130.0"), Client()
    for browser in (here, there):
        sign_in(browser, "noura")
    page = here.get("/ar/account/sessions/").content.decode()
    assert "Firefox, Windows" in page
    assert page.count("<li><div><span") == 2
    here.post("/ar/account/sessions/")
    assert is_signed_in(here)
    assert not is_signed_in(there)


def test_one_signs_out_everywhere_here_too(noura: Person) -> None:
    here, there = Client(), Client()
    for browser in (here, there):
        sign_in(browser, "noura")
    here.post("/ar/account/sessions/end/")
    assert not is_signed_in(here)
    assert not is_signed_in(there)


def test_a_sign_in_from_a_new_browser_is_told_by_mail_and_only_once(noura: Person) -> None:
    home = Client()
    sign_in(home, "noura")
    assert mails(noura.email) == [], "the account's first browser is no news"
    home.post("/ar/account/logout/")
    sign_in(home, "noura")
    assert mails(noura.email) == []
    elsewhere = Client(HTTP_USER_AGENT="Mozilla/5.0 (iPhone) Safari/605.1")
    sign_in(elsewhere, "noura")
    assert [mail.kind for mail in mails(noura.email)] == ["new_device"]
    assert "Safari, iPhone" in mails(noura.email)[0].text
    elsewhere.post("/ar/account/logout/")
    sign_in(elsewhere, "noura")
    assert len(mails(noura.email)) == 1


def test_a_signed_in_request_costs_two_queries_for_who_it_is(
    noura: Person, django_assert_num_queries: Any
) -> None:
    browser = Client()
    sign_in(browser, "noura")
    browser.get("/ar/account/logout/")  # notes that the session is in use
    with django_assert_num_queries(2):  # the session; the person, with their second step
        browser.get("/ar/account/logout/")


def test_when_a_session_was_last_used_is_noted_at_most_every_five_minutes(noura: Person) -> None:
    from allauth.usersessions.models import UserSession

    start = clock.now()
    browser = Client()
    with time_machine.travel(start, tick=False):
        sign_in(browser, "noura")
        browser.get("/ar/account/logout/")
    with time_machine.travel(start + timedelta(minutes=4), tick=False):
        browser.get("/ar/account/logout/")
        assert UserSession.objects.get().last_seen_at == start
    with time_machine.travel(start + timedelta(minutes=6), tick=False):
        browser.get("/ar/account/logout/")
        assert UserSession.objects.get().last_seen_at == start + timedelta(minutes=6)


def test_allauths_own_sign_up_leads_to_ours(client: Client) -> None:
    assert client.get("/ar/account/signup/")["Location"] == "/ar/account/request/"
    assert client.post("/ar/account/signup/").status_code == 405


def test_a_password_is_changed_with_its_mail_or_not_at_all(
    noura: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: Any, **_named: Any) -> None:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        actions.change_password(noura, NEW_PASSWORD, post=broken)
    noura.refresh_from_db()
    assert noura.check_password(PASSWORD)
    actions.change_password(noura, NEW_PASSWORD, post=send)
    noura.refresh_from_db()
    assert noura.check_password(NEW_PASSWORD)
