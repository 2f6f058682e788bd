"""The first administrator, made from the command line."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from tawasul.accounts.models import Person

pytestmark = pytest.mark.django_db

PASSWORD = "بيت-شجرة-سحاب-42 نهر"


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TAWASUL_ADMIN_USERNAME", "Mudir")
    monkeypatch.setenv("TAWASUL_ADMIN_EMAIL", "مدير@سجل.السعودية")
    monkeypatch.setenv("TAWASUL_ADMIN_NAME", "مدير البوابة")
    monkeypatch.setenv("TAWASUL_ADMIN_PASSWORD", PASSWORD)


def test_the_environment_alone_makes_an_administrator_who_can_sign_in(client: Client) -> None:
    call_command("createadmin", stdout=StringIO())
    person = Person.objects.get(username="mudir")
    assert person.is_superuser
    assert person.is_staff
    signed_in = client.post("/ar/account/login/", {"login": "مدير@سجل.السعودية", "password": PASSWORD})
    assert signed_in.status_code == 302


def test_a_second_run_changes_nothing() -> None:
    out = StringIO()
    call_command("createadmin", stdout=out)
    call_command("createadmin", stdout=out)
    assert Person.objects.count() == 1
    assert "nothing was changed" in out.getvalue()


def test_a_weak_password_or_an_impossible_address_makes_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TAWASUL_ADMIN_PASSWORD", "mudir")
    with pytest.raises(CommandError):
        call_command("createadmin")
    monkeypatch.setenv("TAWASUL_ADMIN_PASSWORD", PASSWORD)
    monkeypatch.setenv("TAWASUL_ADMIN_EMAIL", "nobody")
    with pytest.raises(CommandError):
        call_command("createadmin")
    assert not Person.objects.exists()


def test_what_is_missing_is_named_where_nobody_can_be_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TAWASUL_ADMIN_EMAIL")
    with pytest.raises(CommandError, match="TAWASUL_ADMIN_EMAIL"):
        call_command("createadmin")
