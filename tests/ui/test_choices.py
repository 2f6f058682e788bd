"""The language and the colours are a visitor's choice, kept, and never lead off the site."""

import pytest
from django.conf import settings
from django.test import Client

from tawasul.accounts.models import Person

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("accepts", "home"),
    [
        ("", "/ar/"),
        ("en-GB,en;q=0.9", "/en/"),
        ("ar,en;q=0.9", "/ar/"),
        ("de,en;q=0.8", "/ar/"),
        ("fr", "/ar/"),
    ],
)
def test_the_entrance_is_arabic_unless_english_is_clearly_wanted(
    client: Client, accepts: str, home: str
) -> None:
    assert client.get("/", headers={"Accept-Language": accepts}).headers["Location"] == home


def test_the_choice_is_remembered(client: Client) -> None:
    client.get("/language/?to=en&next=/ar/")
    assert client.get("/", headers={"Accept-Language": "ar"}).headers["Location"] == "/en/"


def test_the_same_page_and_query_in_the_other_language(client: Client) -> None:
    answer = client.get("/language/", {"to": "en", "next": "/ar/tickets/?turn=centre&q=a+b"})
    assert answer.headers["Location"] == "/en/tickets/?turn=centre&q=a+b"


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example/ar/", "javascript:alert(1)", "\\\\evil", ""]
)
def test_another_site_is_never_led_to(client: Client, elsewhere: str) -> None:
    assert client.get("/language/", {"to": "en", "next": elsewhere}).headers["Location"] == "/en/"
    assert client.get("/theme/", {"to": "dark", "next": elsewhere}).headers["Location"] == "/"


def test_an_unknown_language_changes_nothing(client: Client) -> None:
    answer = client.get("/language/", {"to": "xx", "next": "/ar/"})
    assert answer.headers["Location"] == "/ar/"
    assert settings.LANGUAGE_COOKIE_NAME not in answer.cookies


def test_a_signed_in_persons_mails_follow_the_choice(noura: Person, noura_client: Client) -> None:
    noura_client.get("/language/?to=en&next=/ar/")
    noura.refresh_from_db()
    assert noura.language == "en"


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_another_sites_link_does_not_change_the_language_of_my_mails(
    noura: Person, noura_client: Client, site: str
) -> None:
    answer = noura_client.get("/language/?to=en&next=/ar/", headers={"Sec-Fetch-Site": site})
    assert answer.headers["Location"] == "/en/"
    noura.refresh_from_db()
    assert noura.language == "ar"


def test_a_strangers_choice_costs_no_query(client: Client, django_assert_num_queries: object) -> None:
    with django_assert_num_queries(0):  # type: ignore[operator]
        client.get("/language/?to=en&next=/ar/")


def test_the_page_arrives_in_its_colours(client: Client) -> None:
    client.get("/theme/?to=dark&next=/ar/")
    assert b'data-theme="dark"' in client.get("/ar/").content
    client.get("/theme/?to=auto&next=/ar/")
    assert b"data-theme" not in client.get("/ar/").content


def test_a_forged_colour_cookie_is_ignored(client: Client) -> None:
    client.cookies["tawasul_theme"] = '"><script>'
    page = client.get("/ar/").content
    assert b"<script>" not in page
    assert b"data-theme" not in page
