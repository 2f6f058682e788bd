"""Too often: the page says when one may try again, and what was written is not lost."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client

from tawasul.accounts.models import Person

pytestmark = pytest.mark.django_db
NOON = datetime(2031, 11, 26, 12, 0, 10, tzinfo=ZoneInfo("Asia/Riyadh"))
RESET = "/{lang}/account/password/reset/"
ASK = "/{lang}/account/request/"
WRITTEN = {
    "username": "reem",
    "full_name": "ريم بنت سعد العتيبي",
    "organisation": "مؤسسة الواحة للتقنية",
    "email": "reem@example.com.sa",
    "password1": "four unrelated words here",
    "password2": "four unrelated words here",
}


@pytest.fixture(autouse=True)
def _uncounted() -> None:
    cache.clear()


def reset_until_stopped(client: Client, lang: str) -> Any:
    with time_machine.travel(NOON, tick=False):
        for _number in range(4):
            client.post(RESET.format(lang=lang), {"email": "noura@example.com.sa"})
    with time_machine.travel(NOON.replace(minute=48), tick=False):
        return client.post(RESET.format(lang=lang), {"email": "noura@example.com.sa"})


@pytest.mark.parametrize(
    ("lang", "said", "back"),
    [
        ("en", "You can try again in 12 minutes, at 13:00.", "Back to the form"),
        ("ar", "يمكنك المحاولة مرة أخرى بعد 12 دقيقة، عند الساعة 13:00.", "العودة إلى النموذج"),
    ],
)
def test_the_page_says_when_to_try_again(
    client: Client, noura: Person, lang: str, said: str, back: str
) -> None:
    stopped = reset_until_stopped(client, lang)
    page = stopped.content.decode()
    assert stopped.status_code == 429 and stopped.headers["Retry-After"] == "720"
    assert said in page and back in page and f'href="{RESET.format(lang=lang)}"' in page


def test_what_it_says_is_true(client: Client, noura: Person) -> None:
    reset_until_stopped(client, "en")
    for minute, status in ((59, 429), (0, 302)):
        moment = NOON.replace(hour=12 if minute else 13, minute=minute, second=11)
        with time_machine.travel(moment, tick=False):
            answer = client.post(RESET.format(lang="en"), {"email": "noura@example.com.sa"})
        assert answer.status_code == status


def test_an_address_that_is_nobodys_hears_the_same(client: Client, noura: Person) -> None:
    with time_machine.travel(NOON, tick=False):
        pages = []
        for address in ("noura@example.com.sa", "nobody@example.com.sa"):
            for _number in range(5):
                answer = client.post(RESET.format(lang="en"), {"email": address})
            pages.append((answer.status_code, "at 13:00" in answer.content.decode()))
    assert pages == [(429, True), (429, True)]


def test_the_request_of_an_account_keeps_what_was_written(
    client: Client, terms: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tawasul.portal.views import account_requests

    monkeypatch.setitem(account_requests.LIMITS, "account_form", "1/h/ip")
    with time_machine.travel(NOON, tick=False):
        client.post(ASK.format(lang="en"), WRITTEN)
        stopped = client.post(ASK.format(lang="en"), WRITTEN)
    page = stopped.content.decode()
    assert stopped.status_code == 429 and stopped.headers["Retry-After"] == "3600"
    assert "You can try again in 1 hour, at 13:00." in page
    assert all(words in page for name, words in WRITTEN.items() if not name.startswith("password"))
    assert WRITTEN["password1"] not in page and "only the password has to be written once more" in page


def test_a_draft_that_was_stopped_is_given_back(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    from tawasul.portal.views import drafts

    monkeypatch.setattr(drafts, "_may_begin", lambda *_given: False)
    written = "لا تُحفظ خوادم الأسماء بعد تعديلها من لوحة التحكم"
    stopped = client.post(
        "/en/drafts/6f9c2f3e-3a53-4c0e-9f0a-0d9f5b7f2a11/",
        {"problem": written},
        headers={"Accept": "text/html"},
    )
    assert stopped.status_code == 429
    assert written in stopped.content.decode() and "Wait a few minutes" in stopped.content.decode()
