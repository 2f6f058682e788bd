"""Whatever goes wrong, the page is ours, in the page's language, and says what to do next."""

from typing import Any
from unittest import mock

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError, connection
from django.test import Client
from django.utils import translation
from django.utils.html import escape

from tawasul.ui.views.errors import explain

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.ui.broken_urls")]

TYPED = "نقلنا استضافة موقعنا يوم الثلاثاء <b>إلى</b> مزوّد جديد."


@pytest.fixture
def visitor() -> Client:
    """A browser that meets failures as people do, not as exceptions."""
    return Client(raise_request_exception=False)


def looks_like_ours(page: str, language: str) -> bool:
    return f'<html lang="{language}"' in page and 'class="letterhead"' in page and 'class="colophon"' in page


@pytest.mark.parametrize("language", ["ar", "en"])
@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("no-such-page", 404),
        ("broken/locked", 503),
        ("broken/gone", 503),
        ("broken/full", 503),
        ("broken/bug", 500),
        ("broken/denied", 403),
        ("broken/odd", 400),
        ("broken/large", 400),
        ("broken/data", 400),
        ("broken/post", 405),
        ("broken/bare/429", 429),
        ("broken/bare/413", 413),
        ("broken/bare/404", 404),
    ],
)
def test_every_failure_has_a_page_in_the_pages_language(
    visitor: Client, language: str, address: str, status: int
) -> None:
    answer = visitor.get(f"/{language}/{address}/")
    assert answer.status_code == status
    page = answer.content.decode()
    assert looks_like_ours(page, language)
    with translation.override(language):
        words = explain(status)
    assert words.title in page
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_wrong_method_still_names_the_right_one(visitor: Client) -> None:
    answer = visitor.get("/ar/broken/post/")
    assert answer.headers["Allow"] == "POST"


def test_a_busy_database_gives_back_what_was_typed_and_a_time_to_return(visitor: Client) -> None:
    answer = visitor.post("/ar/broken/locked/", {"text": TYPED, "subject": "خوادم الأسماء لا تُحفظ"})
    page = answer.content.decode()
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert "&lt;b&gt;إلى&lt;/b&gt;" in page
    assert "<b>إلى</b>" not in page
    assert "خوادم الأسماء لا تُحفظ" in page


def test_a_form_that_met_a_busy_database_is_sent_again_by_one_press() -> None:
    strict = Client(enforce_csrf_checks=True, raise_request_exception=False)
    strict.get("/ar/contact/")
    token = strict.cookies["tawasul_csrf"].value
    sent = {"text": "سطر أول\nوثانٍ <b>", "domain": "example.sa", "draft": "77"}
    page = strict.post("/ar/broken/locked/?q=1", sent | {"csrfmiddlewaretoken": token}).content.decode()
    assert '<form method="post" action="/ar/broken/locked/?q=1"' in page
    for name, value in sent.items():
        assert f'name="{name}" value="{escape(value)}"' in page
    assert page.count('name="csrfmiddlewaretoken"') == 1


@pytest.mark.parametrize(
    "extra",
    [{"password": "a long sentence 2026"}, {"files": SimpleUploadedFile("a.png", b"x")}, {"csrf": "wrong"}],
)
def test_a_form_that_cannot_be_sent_again_whole_or_in_safety_offers_no_press(extra: dict[str, Any]) -> None:
    strict = Client(enforce_csrf_checks=True, raise_request_exception=False)
    strict.get("/ar/contact/")
    token = extra.pop("csrf", strict.cookies["tawasul_csrf"].value)
    answer = strict.post("/ar/broken/locked/", {"text": TYPED, "csrfmiddlewaretoken": token} | extra)
    assert answer.status_code in {403, 503}
    assert "نقلنا استضافة" in answer.content.decode()
    assert 'method="post" action="/ar/broken' not in answer.content.decode()


def test_what_is_secret_is_not_given_back(visitor: Client) -> None:
    answer = visitor.post("/ar/broken/locked/", {"password": "a long sentence 2026", "text": TYPED})
    assert "a long sentence 2026" not in answer.content.decode()


def test_the_page_that_says_the_database_is_away_does_not_ask_it(noura_client: Client) -> None:
    def away(*_call: object) -> None:
        raise OperationalError("gone")

    noura_client.raise_request_exception = False
    with connection.execute_wrapper(away):
        answer = noura_client.post("/ar/broken/locked/", {"text": TYPED})
    assert answer.status_code == 503
    assert "نقلنا استضافة" in answer.content.decode()


def test_a_database_that_fails_before_the_view_is_busy_too(noura_client: Client) -> None:
    noura_client.raise_request_exception = False
    with (
        mock.patch("django.contrib.auth.get_user", side_effect=OperationalError("database is locked")),
        mock.patch(
            "django.contrib.auth.middleware.auth.get_user", side_effect=OperationalError("database is locked")
        ),
    ):
        answer = noura_client.get("/ar/privacy/")
    assert answer.status_code == 503
    assert looks_like_ours(answer.content.decode(), "ar")


def test_a_bug_shows_no_trace_of_itself(visitor: Client) -> None:
    page = visitor.get("/en/broken/bug/").content.decode()
    assert "a bug" not in page
    assert "Traceback" not in page


@pytest.mark.parametrize("language", ["ar", "en"])
def test_a_form_without_its_token_is_refused_and_given_back(language: str) -> None:
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post(f"/{language}/broken/post/", {"text": TYPED})
    page = answer.content.decode()
    assert answer.status_code == 403
    assert looks_like_ours(page, language)
    assert "نقلنا استضافة" in page


def test_a_form_from_another_site_is_refused() -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.get("/ar/contact/")
    token = strict.cookies["tawasul_csrf"].value if "tawasul_csrf" in strict.cookies else "x" * 32
    answer = strict.post(
        "/ar/broken/post/", {"csrfmiddlewaretoken": token}, headers={"Origin": "https://evil.example"}
    )
    assert answer.status_code == 403
    assert looks_like_ours(answer.content.decode(), "ar")


def test_machines_keep_their_bare_answers(visitor: Client) -> None:
    assert visitor.get("/healthz").content == b""
    assert visitor.get("/ar/broken/bare/429/", headers={"Accept": "application/json"}).content == b""


def test_a_page_without_a_language_in_its_address_uses_the_visitors(visitor: Client) -> None:
    visitor.cookies["tawasul_language"] = "en"
    assert looks_like_ours(visitor.get("/no/such/thing").content.decode(), "en")
