"""The sheet of shortcuts, and the choice to have none; both without scripts."""

from typing import Any

import pytest
from django.test import Client

from tawasul.accounts.models import Person

pytestmark = pytest.mark.django_db


def test_the_sheet_lists_every_shortcut_in_both_languages(fahd_client: Client) -> None:
    for language in ("ar", "en"):
        page = fahd_client.get(f"/{language}/desk/keys/").content.decode()
        for words in ("Put the ticket on hold", "Back to the list", "عُد إلى القائمة"):
            assert words in page, (language, words)
        assert "<kbd>?</kbd>" in page
    sheet = fahd_client.get("/ar/desk/keys/", headers={"X-Requested-With": "XMLHttpRequest"}).content.decode()
    assert "<html" not in sheet
    assert "Put the ticket on hold" in sheet


def test_the_shortcuts_are_switched_off_and_on_again(fahd: Person, fahd_client: Client) -> None:
    assert 'data-keys="off"' not in fahd_client.get("/en/desk/").content.decode()
    back = fahd_client.post("/en/desk/choices/", {"keys": "off", "next": "/en/desk/keys/"})
    assert back.headers["Location"] == "/en/desk/keys/"
    page = fahd_client.get("/en/desk/keys/").content.decode()
    assert "The shortcuts are off." in page
    assert 'name="keys" value="on"' in page
    assert 'data-keys="off"' in fahd_client.get("/en/desk/").content.decode()
    fahd_client.post("/en/desk/choices/", {"keys": "on"})
    assert 'data-keys="off"' not in fahd_client.get("/en/desk/").content.decode()
    fahd.refresh_from_db()
    assert fahd.desk_choices["keys"] == "on"


@pytest.mark.parametrize("given", [{"keys": "sometimes"}, {"is_superuser": "1"}, {}])
def test_a_choice_that_there_is_not_changes_nothing(fahd: Person, fahd_client: Client, given: Any) -> None:
    answer = fahd_client.post("/en/desk/choices/", {**given, "next": "//evil.example/"})
    assert answer.headers["Location"] == "/en/desk/"
    fahd.refresh_from_db()
    assert fahd.desk_choices == {}
    assert not fahd.is_superuser
