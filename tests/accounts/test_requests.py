"""From no account to signed in: the request, its mail, the activation."""

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
from tawasul.accounts.models import AccountRequest, Consent, Person, TermsVersion
from tawasul.accounts.requests import NotActivated
from tawasul.core import clock
from tawasul.mail.models import OutgoingMail
from tests.at_once import at_once

pytestmark = pytest.mark.django_db

GOOD_PASSWORD = "قهوة-باب-ريح-7 مطر"


def answers(**changes: str) -> dict[str, str]:
    """A filled form."""
    return {
        "username": "huda",
        "email": "huda@example.com.sa",
        "password1": GOOD_PASSWORD,
        "password2": GOOD_PASSWORD,
        "full_name": "هدى السبيعي",
        "mobile": "٠٥١٢٣٤٥٦٧٨",
        "organisation": "شركة المثال",
        "position": "مديرة التقنية",
        "country": "SA",
        "city": "الرياض",
        "address_line": "7142 طريق الملك فهد",
        "language": "ar",
        "terms": "on",
        **changes,
    }


def ask(client: Client, **changes: str) -> AccountRequest:
    response = client.post("/ar/account/request/", answers(**changes))
    assert response.status_code == 302, response.content.decode()
    key = response["Location"].rstrip("/").rpartition("/")[2]
    return AccountRequest.objects.get(key=key)


def newest_mail(to: str = "huda@example.com.sa") -> OutgoingMail:
    return OutgoingMail.objects.filter(to_address=to).latest("pk")


def code_in(mail: OutgoingMail) -> str:
    return re.findall(r"^\d{6}$", mail.text, re.MULTILINE)[0]


def link_in(mail: OutgoingMail, part: str) -> str:
    found = next(url for url in re.findall(r"https?://\S+", mail.text) if part in url)
    return urlsplit(found).path


def sign_in(client: Client, login: str, password: str = GOOD_PASSWORD) -> Any:
    return client.post("/ar/account/login/", {"login": login, "password": password})


def test_a_request_activated_by_its_code_becomes_an_account_that_can_sign_in(
    client: Client, terms: TermsVersion
) -> None:
    asked = ask(client)
    mail = newest_mail()
    assert mail.kind == "account_activate"
    assert not Person.objects.filter(username="huda").exists()
    response = client.post(f"/ar/account/activate/{asked.key}/", {"code": code_in(mail)})
    assert response["Location"] == "/ar/account/login/"
    huda = Person.objects.get(username="huda")
    assert (huda.mobile, huda.full_name, huda.city) == ("+966512345678", "هدى السبيعي", "الرياض")
    assert Consent.objects.get(person=huda).terms == terms
    assert Consent.objects.get(person=huda).at == asked.terms_accepted_at
    for login in ("huda", "HUDA", "huda@example.com.sa", "Huda@Example.com.SA"):
        browser = Client()
        assert sign_in(browser, login)["Location"] == "/ar/tickets/"
        assert browser.get("/ar/account/").status_code == 200


def test_opening_the_mailed_link_activates_nothing_until_its_button_is_pressed(
    client: Client, terms: TermsVersion
) -> None:
    ask(client)
    link = link_in(newest_mail(), "/activate/")
    scanner = Client()
    assert scanner.get(link).status_code == 200
    assert 'name="password"' not in client.get(link).content.decode()
    assert not Person.objects.filter(username="huda").exists()
    assert client.post(link)["Location"] == "/ar/account/login/"
    assert Person.objects.filter(username="huda").exists()


def test_in_another_browser_the_mailed_link_activates_with_the_chosen_password(
    client: Client, terms: TermsVersion
) -> None:
    ask(client)
    link = link_in(newest_mail(), "/activate/")
    phone = Client()
    assert 'name="password"' in phone.get(link).content.decode()
    assert phone.post(link, {"password": GOOD_PASSWORD})["Location"] == "/ar/account/login/"
    assert sign_in(Client(), "huda")["Location"] == "/ar/tickets/"


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("ar", "إن لم يكن طلب الحساب منك فلا يلزمك شيء"),
        ("en", "If you did not ask for the account, do nothing"),
    ],
)
def test_the_owner_of_an_address_cannot_be_made_to_activate_a_strangers_request(
    terms: TermsVersion, language: str, words: str
) -> None:
    """The stranger chose the password, so an account of it would be the stranger's."""
    stranger, owner = Client(), Client()
    asked = ask(stranger)
    mail = newest_mail()
    link = link_in(mail, "/activate/").replace("/ar/", f"/{language}/")
    code_page = f"/{language}/account/activate/{asked.key}/"
    assert owner.post(link).status_code == 422
    assert owner.post(code_page, {"code": code_in(mail)}).status_code == 422
    told = owner.post(link, {"password": "the owner's own words 4"})
    assert told.status_code == 422
    assert words in told.content.decode()
    told = owner.post(code_page, {"code": code_in(mail), "password": "the owner's own words 4"})
    assert told.status_code == 422
    assert words in told.content.decode()
    assert not Person.objects.filter(email=asked.email).exists()


def test_ones_own_request_in_a_browser_does_not_open_a_strangers_there(terms: TermsVersion) -> None:
    stranger, owner = Client(), Client()
    ask(stranger, password1="another person's 9 words", password2="another person's 9 words")
    strangers_link = link_in(newest_mail(), "/activate/")
    ask(owner, username="huda.s")
    assert owner.post(strangers_link).status_code == 422
    assert owner.post(strangers_link, {"password": GOOD_PASSWORD}).status_code == 422
    assert not Person.objects.filter(email="huda@example.com.sa").exists()
    assert owner.post(link_in(newest_mail(), "/activate/")).status_code == 302
    assert Person.objects.get(email="huda@example.com.sa").username == "huda.s"


def test_wrong_passwords_are_limited_and_then_even_the_right_one_is_refused(
    client: Client, terms: TermsVersion
) -> None:
    asked = ask(client)
    page = f"/ar/account/activate/{asked.key}/"
    mail = newest_mail()
    link = link_in(mail, "/activate/")
    phone = Client()
    for _try in range(3):
        assert phone.post(link, {"password": "not this one at all"}).status_code == 422
    for _try in range(2):  # the page of the code counts with it
        wrong = {"code": code_in(mail), "password": "not this one at all"}
        assert phone.post(page, wrong).status_code == 422
    assert phone.post(link, {"password": GOOD_PASSWORD}).status_code == 422
    assert phone.post(page, {"code": code_in(mail), "password": GOOD_PASSWORD}).status_code == 422
    assert not Person.objects.filter(username="huda").exists()
    with time_machine.travel(clock.now() + timedelta(minutes=2)):
        phone.post(page + "mails/")
        newer = link_in(newest_mail(), "/activate/")
        assert phone.post(newer, {"password": GOOD_PASSWORD}).status_code == 302


def test_elsewhere_the_code_needs_the_chosen_password_too(client: Client, terms: TermsVersion) -> None:
    asked = ask(client)
    page = f"/ar/account/activate/{asked.key}/"
    phone = Client()
    code = code_in(newest_mail())
    assert 'name="password"' in phone.get(page).content.decode()
    assert 'name="password"' not in client.get(page).content.decode()
    assert phone.post(page, {"code": code}).status_code == 422
    assert phone.post(page, {"code": code, "password": GOOD_PASSWORD}).status_code == 302


def test_elsewhere_a_taken_user_name_is_replaced_without_the_password_a_second_time(
    client: Client, noura: Person, terms: TermsVersion
) -> None:
    ask(client, username="noura")
    link = link_in(newest_mail(), "/activate/")
    phone = Client()
    assert 'name="username"' not in phone.post(link, {"password": "not this one"}).content.decode()
    told = phone.post(link, {"password": GOOD_PASSWORD})
    assert told.status_code == 422
    body = told.content.decode()
    assert 'name="username"' in body
    assert 'name="password"' not in body
    assert GOOD_PASSWORD not in body
    assert phone.post(link, {"username": "noura.2"}).status_code == 302
    assert sign_in(Client(), "noura.2").status_code == 302


def test_a_used_link_says_so_and_leads_to_signing_in(client: Client, terms: TermsVersion) -> None:
    ask(client)
    link = link_in(newest_mail(), "/activate/")
    client.post(link)
    again = client.get(link)
    assert again.status_code == 410
    assert "/ar/account/login/" in again.content.decode()


def test_a_request_expires_after_its_days_and_a_new_one_is_offered(
    client: Client, terms: TermsVersion
) -> None:
    asked = ask(client)
    link = link_in(newest_mail(), "/activate/")
    with time_machine.travel(clock.now() + timedelta(days=7, seconds=1), tick=False):
        late = client.post(link)
        assert late.status_code == 410
        assert "/ar/account/request/" in late.content.decode()
        assert actions.expire_requests() == 1
        assert not AccountRequest.objects.filter(pk=asked.pk).exists()
        assert client.get(f"/ar/account/activate/{asked.key}/").status_code == 410
    assert not Person.objects.filter(username="huda").exists()


def test_the_mail_can_be_sent_again_and_the_older_one_is_over(client: Client, terms: TermsVersion) -> None:
    asked = ask(client)
    first = newest_mail()
    page = f"/ar/account/activate/{asked.key}/"
    client.post(page + "mails/")
    assert newest_mail() == first, "not twice in one minute"
    with time_machine.travel(clock.now() + timedelta(minutes=2)):
        client.post(page + "mails/")
        second = newest_mail()
        assert second != first
        old = client.post(link_in(first, "/activate/"))
        assert old.status_code == 410
        assert f"{page}mails/" in old.content.decode(), "a new one is offered"
        assert client.post(page, {"code": code_in(second)}).status_code == 302


def test_wrong_codes_are_limited_and_then_even_the_right_one_is_refused(
    client: Client, terms: TermsVersion
) -> None:
    asked = ask(client)
    right = code_in(newest_mail())
    wrong = "000000" if right != "000000" else "111111"
    page = f"/ar/account/activate/{asked.key}/"
    for _try in range(5):
        assert client.post(page, {"code": wrong}).status_code == 422
    assert client.post(page, {"code": right}).status_code == 422
    assert not Person.objects.filter(username="huda").exists()
    with time_machine.travel(clock.now() + timedelta(minutes=2)):
        client.post(page + "mails/")
        assert client.post(page, {"code": code_in(newest_mail())}).status_code == 302


def test_a_code_is_accepted_in_arabic_digits_and_with_a_space(client: Client, terms: TermsVersion) -> None:
    asked = ask(client)
    code = code_in(newest_mail()).translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))
    response = client.post(f"/ar/account/activate/{asked.key}/", {"code": f"{code[:3]} {code[3:]}"})
    assert response.status_code == 302


def without_what_is_random(body: str, asked: AccountRequest) -> str:
    body = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", body)
    return body.replace(asked.key, "KEY").replace(asked.email, "ADDRESS")


def test_nothing_on_the_pages_tells_whether_an_address_has_an_account(
    client: Client, noura: Person, terms: TermsVersion
) -> None:
    known = ask(client, email=noura.email)
    unknown = ask(client)
    pages: list[list[tuple[int, str]]] = [[], []]
    for asked, seen in zip((known, unknown), pages, strict=True):
        address = f"/ar/account/activate/{asked.key}/"
        for browser in (client, Client()):
            shown = browser.get(address)
            tried = browser.post(address, {"code": "12345६"[:5] + "0", "password": GOOD_PASSWORD})
            seen += [
                (r.status_code, without_what_is_random(r.content.decode(), asked)) for r in (shown, tried)
            ]
    assert pages[0] == pages[1]
    assert newest_mail(noura.email).kind == "account_exists"
    assert "/activate/" not in newest_mail(noura.email).text
    assert Person.objects.filter(email=noura.email).count() == 1


def test_the_same_work_is_done_whether_or_not_the_address_has_an_account(
    client: Client, noura: Person, terms: TermsVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashed: list[str] = []
    real = MD5PasswordHasher.encode
    monkeypatch.setattr(
        MD5PasswordHasher, "encode", lambda self, raw, salt: hashed.append(raw) or real(self, raw, salt)
    )
    ask(client, email="warm@example.com.sa")  # templates compiled, settings read
    shapes = []
    for email in (noura.email, "nobody@example.com.sa"):
        with CaptureQueriesContext(connection) as queries:
            ask(client, email=email)
        shapes.append([re.sub(r"\d+", "", " ".join(query["sql"].split()[:2])) for query in queries])
    assert len(hashed) == 3
    assert shapes[0] == shapes[1]


def test_a_taken_user_name_is_told_only_to_who_proved_the_address(
    client: Client, noura: Person, terms: TermsVersion
) -> None:
    asked = ask(client, username="NOURA")
    page = f"/ar/account/activate/{asked.key}/"
    code = code_in(newest_mail())
    told = client.post(page, {"code": code})
    assert told.status_code == 422
    assert 'name="username"' in told.content.decode()
    still = client.post(page, {"code": code, "username": "noura"})
    assert still.status_code == 422
    assert client.post(page, {"code": code, "username": "noura.2"}).status_code == 302
    assert Person.objects.get(email="huda@example.com.sa").username == "noura.2"


def test_two_requests_for_one_address_make_one_account(client: Client, terms: TermsVersion) -> None:
    first = ask(client)
    first_code = code_in(newest_mail())
    ask(client, username="huda2")
    second_link = link_in(newest_mail(), "/activate/")
    client.post(f"/ar/account/activate/{first.key}/", {"code": first_code})
    later = client.post(second_link)
    assert later.status_code == 410
    assert Person.objects.filter(email="huda@example.com.sa").count() == 1


def test_an_internationalised_address_gets_an_account_and_signs_in(
    client: Client, terms: TermsVersion
) -> None:
    asked = ask(client, email="دعم@سجل.السعودية")
    assert asked.email == "دعم@سجل.السعودية"
    code = code_in(newest_mail("دعم@سجل.السعودية"))
    assert client.post(f"/ar/account/activate/{asked.key}/", {"code": code}).status_code == 302
    for login in ("دعم@سجل.السعودية", "دعم@xn--rgbn6c.xn--mgberp4a5d4ar"):
        assert sign_in(Client(), login).status_code == 302


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("username", "no"),
        ("username", "huda@example"),
        ("email", "not an address"),
        ("password1", "short"),
        ("password1", "password2026"),
        ("password2", "something else entirely"),
        ("full_name", ""),
        ("full_name", "ا" * 151),
        ("mobile", "0112345678"),
        ("country", "XX"),
        ("city", ""),
        ("address_line", ""),
        ("language", "fr"),
        ("terms", ""),
    ],
)
def test_what_is_wrong_is_said_beside_the_field_and_what_was_typed_is_kept(
    client: Client, terms: TermsVersion, field: str, value: str
) -> None:
    changed = answers(**{field: value})
    if field == "terms":
        del changed["terms"]
    response = client.post("/ar/account/request/", changed)
    body = response.content.decode()
    assert response.status_code == 422
    assert f'id="id_{field}-error"' in body or f'id="id_{field}"' in body
    assert "7142 طريق الملك فهد" in body or field == "address_line"
    assert GOOD_PASSWORD not in body
    assert not AccountRequest.objects.exists()


def test_requests_from_one_network_are_limited(client: Client, terms: TermsVersion) -> None:
    for number in range(20):
        ask(client, email=f"person{number}@example.com.sa")
    blocked = client.post("/ar/account/request/", answers(email="person21@example.com.sa"))
    assert blocked.status_code == 429
    assert AccountRequest.objects.count() == 20


def test_the_strength_of_a_password_is_told_in_the_language(client: Client) -> None:
    weak = client.post("/ar/account/request/strength/", {"password1": "12345678"})
    strong = client.post("/ar/account/request/strength/", {"password1": GOOD_PASSWORD})
    assert 'data-score="0"' in weak.content.decode()
    assert 'data-score="4"' in strong.content.decode()


@pytest.mark.django_db(transaction=True)
def test_two_activations_in_one_moment_make_one_account(client: Client, terms: TermsVersion) -> None:
    asked = ask(client)
    code = code_in(newest_mail())

    def activate() -> str:
        try:
            return actions.activate(asked.key, asked_here=True, code=code).username
        except NotActivated as reason:
            return reason.problem

    outcomes = sorted(at_once(activate, activate))
    assert outcomes == ["huda", "used"]
    assert Person.objects.filter(username="huda").count() == 1


def test_a_change_in_the_terms_while_one_fills_the_form_is_accepted_anew(
    client: Client, terms: TermsVersion
) -> None:
    page = client.get("/ar/account/request/").content.decode()
    seen = re.search(r'name="terms_version" value="(\d+)"', page)
    assert seen is not None
    newer = TermsVersion.objects.create(version="99", text_ar="نص جديد", text_en="A new text")
    refused = client.post("/ar/account/request/", {**answers(), "terms_version": seen[1]})
    assert refused.status_code == 422
    accepted = client.post("/ar/account/request/", {**answers(), "terms_version": str(newer.pk)})
    assert accepted.status_code == 302
    assert AccountRequest.objects.get().terms == newer
