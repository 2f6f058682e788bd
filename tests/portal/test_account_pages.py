"""The account's own pages: particulars, record, change of address; and that every page is ours."""

import re
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from tawasul.accounts.models import Consent, EmailChange, Person, TermsVersion
from tawasul.mail.models import OutgoingMail
from tawasul.portal import account_urls
from tawasul.tickets.models import Ticket
from tests.world import PASSWORD

pytestmark = pytest.mark.django_db

PROFILE = {
    "full_name": "نورة بنت سعد",
    "mobile": "0555555555",
    "organisation": "",
    "position": "",
    "country": "SA",
    "city": "جدة",
    "address_line": "7142",
    "language": "en",
    "time_zone": "Europe/London",
}


@pytest.fixture
def at_home(noura: Person) -> Client:
    browser = Client()
    browser.post("/ar/account/login/", {"login": "noura", "password": PASSWORD})
    browser.post("/ar/account/reauthenticate/", {"password": PASSWORD})
    return browser


def newest_link(to: str) -> str:
    mail = OutgoingMail.objects.filter(to_address=to).latest("pk")
    return next(urlsplit(u).path for u in re.findall(r"https?://\S+", mail.text) if "/email/change/" in u)


PLAIN_NAMES = [
    p.name for p in account_urls.urlpatterns if p.pattern.regex.groups == 0 and "<" not in str(p.pattern)
]


@pytest.mark.parametrize("language", ["ar", "en"])
@pytest.mark.parametrize("name", PLAIN_NAMES)
@pytest.mark.parametrize("signed_in", [True, False])
def test_every_page_of_allauth_that_remains_wears_our_look(
    language: str, name: str, signed_in: bool, noura: Person
) -> None:
    from django.utils import translation

    browser = Client()
    if signed_in:
        browser.post("/ar/account/login/", {"login": "noura", "password": PASSWORD})
        browser.post("/ar/account/reauthenticate/", {"password": PASSWORD})
    with translation.override(language):
        address = reverse(name)
    response = browser.get(address)
    assert response.status_code in {200, 302, 404}, (name, response.status_code)
    body = response.content.decode()
    if response.status_code == 200 and response["Content-Type"].startswith("text/html"):
        assert 'class="letterhead"' in body
        assert f'<html lang="{language}"' in body
        assert " style=" not in body
        assert "onclick" not in body


def test_the_account_page_shows_who_one_is_and_what_was_accepted(
    at_home: Client, noura: Person, django_assert_max_num_queries: Any
) -> None:
    at_home.get("/ar/account/")
    with django_assert_max_num_queries(8):
        # session, person, the centre's name, second steps, change of address, consents, claimable tickets
        page = at_home.get("/ar/account/").content.decode()
    assert "+966 51 234 5678" in page
    assert "المملكة العربية السعودية" in page
    assert "noura@example.com.sa" in page


def test_particulars_language_and_time_zone_are_kept(at_home: Client, noura: Person) -> None:
    saved = at_home.post("/ar/account/profile/", PROFILE)
    assert saved["Location"] == "/en/account/", "the pages go on in the chosen language"
    noura.refresh_from_db()
    assert (noura.mobile, noura.city, noura.language, noura.time_zone) == (
        "+966555555555",
        "جدة",
        "en",
        "Europe/London",
    )
    assert saved.cookies["tawasul_language"].value == "en"


def test_a_wrong_particular_is_said_and_nothing_is_saved(at_home: Client, noura: Person) -> None:
    refused = at_home.post(
        "/ar/account/profile/", {**PROFILE, "time_zone": "Mars/Olympus", "full_name": "نورة"}
    )
    assert refused.status_code == 422
    noura.refresh_from_db()
    assert noura.full_name == "نورة الدوسري"


def test_nobody_promotes_themself_on_the_profile_page(at_home: Client, noura: Person) -> None:
    at_home.post(
        "/ar/account/profile/", {**PROFILE, "is_staff": "on", "email": "x@example.com", "username": "root"}
    )
    noura.refresh_from_db()
    assert (noura.is_staff, noura.email, noura.username) == (False, "noura@example.com.sa", "noura")


def test_the_record_lists_every_ticket_and_every_consent_page_by_page(
    at_home: Client, noura: Person, khalid: Person, terms: TermsVersion, open_a_ticket: Any
) -> None:
    mine = [open_a_ticket(by=noura, subject=f"موضوع {n}") for n in range(27)]
    other = open_a_ticket(by=khalid, subject="somebody else's")
    first = at_home.get("/ar/account/record/").content.decode()
    assert mine[-1].spoken_number in first
    assert other.spoken_number not in first
    assert mine[0].spoken_number not in first
    older = re.search(r'href="\?after=(\d+)"', first)
    assert older is not None
    second = at_home.get(f"/ar/account/record/?after={older[1]}").content.decode()
    assert mine[0].spoken_number in second
    assert Consent.objects.filter(person=noura).count() >= 1
    assert first.count("تمت الموافقة على الشروط") == 25  # of each ticket on the page
    assert terms.version in first
    assert at_home.get("/ar/account/record/?after=x&consents=%D9%A1").status_code == 200


def test_an_address_changes_when_both_ends_have_agreed(at_home: Client, noura: Person) -> None:
    asked = at_home.post("/ar/account/email/", {"email": "نورة@سجل.السعودية"})
    assert asked.status_code == 302
    old_link, new_link = newest_link("noura@example.com.sa"), newest_link("نورة@سجل.السعودية")
    stranger = Client()
    assert stranger.get(new_link).status_code == 200
    assert stranger.get(old_link).status_code == 200
    noura.refresh_from_db()
    assert noura.email == "noura@example.com.sa", "opening the links changes nothing"
    stranger.post(new_link)
    noura.refresh_from_db()
    assert noura.email == "noura@example.com.sa", "one end is not enough"
    assert stranger.post(old_link).status_code == 200
    noura.refresh_from_db()
    assert noura.email == "نورة@سجل.السعودية"
    told = OutgoingMail.objects.filter(kind="email_changed").values_list("to_address", flat=True)
    assert set(told) == {"noura@example.com.sa", "نورة@سجل.السعودية"}
    assert stranger.post(old_link).status_code == 410
    sign_in = Client().post("/ar/account/login/", {"login": "نورة@سجل.السعودية", "password": PASSWORD})
    assert sign_in.status_code == 302
    assert (
        Client()
        .post("/ar/account/login/", {"login": "noura@example.com.sa", "password": PASSWORD})
        .status_code
        == 422
    )


def test_asking_for_an_address_that_is_taken_tells_the_asker_nothing(
    at_home: Client, noura: Person, khalid: Person
) -> None:
    free = at_home.post("/ar/account/email/", {"email": "free@example.com.sa"}, follow=True)
    taken = at_home.post("/ar/account/email/", {"email": khalid.email}, follow=True)
    pages = [
        re.sub(r'csrfmiddlewaretoken" value="[^"]*', "", page.content.decode()).replace(email, "ADDRESS")
        for page, email in ((free, "free@example.com.sa"), (taken, khalid.email))
    ]
    assert pages[0] == pages[1]
    assert OutgoingMail.objects.filter(to_address=khalid.email).latest("pk").kind == "account_exists"


def test_a_change_of_address_can_be_given_up_and_expires(
    at_home: Client, noura: Person, time_machine: Any
) -> None:
    at_home.post("/ar/account/email/", {"email": "new@example.com.sa"})
    link = newest_link("new@example.com.sa")
    at_home.post("/ar/account/email/change/removal/")
    assert Client().get(link).status_code == 410
    at_home.post("/ar/account/email/", {"email": "new@example.com.sa"})
    link = newest_link("new@example.com.sa")
    EmailChange.objects.update(expires_at="2020-01-01T00:00:00Z")
    assert Client().post(link).status_code == 410


def test_the_present_address_is_no_new_one(at_home: Client, noura: Person) -> None:
    assert at_home.post("/ar/account/email/", {"email": "Noura@example.com.sa"}).status_code == 422


def test_tickets_without_an_account_are_claimed_by_who_proved_their_address(
    at_home: Client, noura: Person, open_a_ticket: Any
) -> None:
    ticket = open_a_ticket(by=noura)
    Ticket.objects.filter(pk=ticket.pk).update(requester=None)
    assert "/ar/account/claims/" in at_home.get("/ar/account/").content.decode()
    assert at_home.post("/ar/account/claims/")["Location"] == "/ar/account/record/"
    ticket.refresh_from_db()
    assert ticket.requester == noura
    assert "/ar/account/claims/" not in at_home.get("/ar/account/").content.decode()


@pytest.mark.parametrize(
    "address", ["/ar/account/", "/ar/account/profile/", "/ar/account/record/", "/ar/account/email/"]
)
def test_a_stranger_is_asked_to_sign_in(client: Client, address: str) -> None:
    assert client.get(address)["Location"].startswith("/ar/account/")
    assert client.get(address).status_code == 302


@pytest.mark.parametrize(
    "path",
    [
        "confirm-email/",
        "confirm-email/abc/",
        "login/code/confirm/",
        "login/code/",
        "password/reset/confirm/",
        "signup/passkey/",
        "two-steps/trust/",
        "two-steps/passkeys/signup/",
        "phone/verify/",
    ],
)
def test_what_we_do_not_use_of_allauth_is_not_there(at_home: Client, path: str) -> None:
    assert at_home.get(f"/ar/account/{path}").status_code == 404


@pytest.mark.parametrize(
    "path",
    ["request/strength/", "claims/", "sessions/end/", "email/change/removal/", "activate/none/mails/"],
)
def test_what_changes_something_is_never_done_by_opening_a_page(at_home: Client, path: str) -> None:
    assert at_home.get(f"/ar/account/{path}").status_code == 405


def test_a_form_from_elsewhere_is_refused(noura: Person) -> None:
    browser = Client(enforce_csrf_checks=True)
    assert browser.post("/ar/account/login/", {"login": "noura", "password": PASSWORD}).status_code == 403
    assert browser.post("/ar/account/request/", {}).status_code == 403
