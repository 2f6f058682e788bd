"""The administration: who enters, what every change leaves behind, and what may never be changed."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.contrib.sessions.models import Session
from django.test import Client

from tawasul.accounts.models import Consent, Person, TermsVersion
from tawasul.core import centre
from tawasul.core.models import CentreSettings
from tawasul.service_levels.models import Holiday, Promise, WorkingDay
from tawasul.tickets.models import Service, Ticket
from tests.browsing import enter

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.django_db

PAGES = [
    "/admin/",
    "/admin/tickets/service/",
    "/admin/tickets/service/add/",
    "/admin/accounts/team/",
    "/admin/accounts/team/add/",
    "/admin/accounts/person/",
    "/admin/accounts/person/?two_steps=yes",
    "/admin/accounts/person/?two_steps=no&q=نورة",
    "/admin/accounts/termsversion/",
    "/admin/accounts/termsversion/add/",
    "/admin/service_levels/workingday/",
    "/admin/service_levels/workingday/add/",
    "/admin/service_levels/holiday/",
    "/admin/service_levels/holiday/add/",
    "/admin/service_levels/season/add/",
    "/admin/core/centresettings/1/change/",
    "/admin/mail/mailtemplate/",
    "/admin/mail/mailtemplate/add/",
    "/admin/admin/logentry/",
]


def settings_form(**changes: Any) -> dict[str, Any]:
    row = CentreSettings.objects.get()
    names = [field.name for field in CentreSettings._meta.fields if field.name != "id"]
    form = {name: getattr(row, name) for name in names} | changes
    return {name: value for name, value in form.items() if value is not False}


def person_form(person: Person, **changes: Any) -> dict[str, Any]:
    names = ["full_name", "position", "organisation", "is_active", "is_staff", "role", "is_superuser"]
    form = {name: getattr(person, name) for name in names} | changes
    return {name: value for name, value in form.items() if value is not False}


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("lang", ["ar", "en"])
def test_an_administrator_sees_every_page_in_both_languages(
    lama_client: Client, lang: str, page: str, noura: Person
) -> None:
    answer = lama_client.get(f"/{lang}{page}")
    assert answer.status_code == 200
    assert f'lang="{lang}"' in answer.content.decode()


@pytest.mark.parametrize("page", PAGES)
def test_nobody_else_does(fahd_client: Client, noura_client: Client, page: str) -> None:
    assert fahd_client.get(f"/ar{page}").status_code == 404
    assert noura_client.get(f"/ar{page}").status_code == 404
    assert Client().get(f"/ar{page}")["Location"].startswith("/ar/account/login/")


def test_an_administrator_without_the_second_step_sets_it_up_first(
    lama_client: Client, settings: Any
) -> None:
    settings.STAFF_NEED_TWO_STEPS = True
    assert lama_client.get("/ar/admin/").status_code == 302


def test_a_changed_setting_holds_at_once_and_leaves_history(
    lama: Person, lama_client: Client, django_capture_on_commit_callbacks: Any
) -> None:
    assert centre.current().reopen_days == 30
    with django_capture_on_commit_callbacks(execute=True):
        answer = lama_client.post("/ar/admin/core/centresettings/1/change/", settings_form(reopen_days=14))
    assert answer.status_code == 302
    assert centre.current().reopen_days == 14
    entry = LogEntry.objects.get()
    assert (entry.user, entry.object_id) == (lama, "1")
    assert "reopen_days" in entry.change_message or "14" not in entry.change_message
    assert entry.get_change_message()


@pytest.mark.parametrize(
    "changes",
    [
        {"warn_before_hours": 168},
        {"close_after_hours": 0},
        {"file_max_megabytes": 101},
        {"files_max_megabytes": 5},
    ],
)
def test_a_setting_that_cannot_be_is_refused(lama_client: Client, changes: dict[str, int]) -> None:
    assert (
        lama_client.post("/ar/admin/core/centresettings/1/change/", settings_form(**changes)).status_code
        == 200
    )
    row = CentreSettings.objects.get()
    assert all(getattr(row, name) != value for name, value in changes.items())


def test_there_is_one_row_of_settings(lama_client: Client) -> None:
    assert lama_client.get("/ar/admin/core/centresettings/")["Location"].endswith("/1/change/")
    assert lama_client.get("/ar/admin/core/centresettings/add/").status_code == 403
    assert lama_client.get("/ar/admin/core/centresettings/1/delete/").status_code == 403


def test_granting_staff_and_disabling_are_history_and_end_sessions(
    noura: Person, noura_client: Client, lama_client: Client
) -> None:
    address = f"/ar/admin/accounts/person/{noura.pk}/change/"
    lama_client.post(address, person_form(noura, is_staff=True))
    noura.refresh_from_db()
    assert noura.is_staff
    assert noura_client.get("/ar/desk/").status_code == 200
    lama_client.post(address, person_form(noura, is_active=False))
    noura.refresh_from_db()
    assert not noura.is_active
    assert noura_client.get("/ar/tickets/").status_code == 302
    assert noura_client.get("/ar/desk/").status_code in {302, 404}
    assert LogEntry.objects.filter(object_id=str(noura.pk)).count() == 2


@pytest.mark.parametrize("switch", ["is_active", "is_staff", "is_superuser"])
def test_no_administrator_locks_themselves_out(lama: Person, lama_client: Client, switch: str) -> None:
    answer = lama_client.post(
        f"/ar/admin/accounts/person/{lama.pk}/change/", person_form(lama, **{switch: False})
    )
    assert answer.status_code == 200
    lama.refresh_from_db()
    assert lama.is_active and lama.is_staff and lama.is_superuser


def test_who_may_edit_people_cannot_make_administrators_or_touch_one(
    fahd: Person, fahd_client: Client, noura: Person, lama: Person
) -> None:
    fahd.user_permissions.add(*Permission.objects.filter(codename__in=["change_person", "view_person"]))
    Authenticator.objects.create(user=lama, type=Authenticator.Type.TOTP, data={})
    for person in (fahd, noura, lama):
        fahd_client.post(
            f"/ar/admin/accounts/person/{person.pk}/change/",
            person_form(person, full_name="X", is_staff=True, is_superuser=True),
        )
        fahd_client.post(
            "/ar/admin/accounts/person/",
            {"action": "remove_two_steps", "_selected_action": [str(lama.pk)], "index": "0"},
        )
        person.refresh_from_db()
    assert not fahd.is_superuser and not noura.is_staff and not noura.is_superuser
    assert noura.full_name == "X" and lama.full_name != "X"
    assert Authenticator.objects.filter(user=lama).exists()


def test_what_is_a_persons_own_is_not_changed_for_them(noura: Person, lama_client: Client) -> None:
    form = person_form(noura) | {"email": "x@example.com", "username": "x", "password": "x", "language": "en"}
    lama_client.post(f"/ar/admin/accounts/person/{noura.pk}/change/", form)
    before = (noura.email, noura.username, noura.password, noura.language)
    noura.refresh_from_db()
    assert (noura.email, noura.username, noura.password, noura.language) == before


def test_a_lost_device_is_helped_and_remembered(
    fahd: Person, fahd_client: Client, lama_client: Client
) -> None:
    Authenticator.objects.create(user=fahd, type=Authenticator.Type.TOTP, data={})
    lama_client.post(
        "/ar/admin/accounts/person/",
        {"action": "remove_two_steps", "_selected_action": [str(fahd.pk)], "index": "0"},
    )
    assert not Authenticator.objects.filter(user=fahd).exists()
    assert LogEntry.objects.filter(object_id=str(fahd.pk)).count() == 1
    assert Session.objects.count() >= 1, "the administrator stays signed in"


def test_accepted_terms_never_change(terms: TermsVersion, noura: Person, lama_client: Client) -> None:
    address = f"/ar/admin/accounts/termsversion/{terms.pk}/change/"
    form = {
        "version": terms.version,
        "text_ar": "غير ذلك",
        "text_en": "other",
        "published_at": "2026-01-01T00:00",
    }
    assert Consent.objects.filter(terms=terms).exists()
    assert lama_client.post(address, form).status_code == 403
    assert lama_client.post(address.replace("change", "delete"), {"post": "yes"}).status_code == 403
    terms.refresh_from_db()
    assert terms.text_en != "other"


def test_terms_nobody_accepted_may_still_be_corrected(lama_client: Client) -> None:
    fresh = TermsVersion.objects.create(version="next", text_ar="نص", text_en="text")
    form = {
        "version": "next",
        "text_ar": "نص أصح",
        "text_en": "text",
        "published_at": "2026-12-01T00:00",
    }
    assert lama_client.post(f"/ar/admin/accounts/termsversion/{fresh.pk}/change/", form).status_code == 302
    fresh.refresh_from_db()
    assert fresh.text_ar == "نص أصح"


def test_a_new_version_begins_as_a_copy_of_the_newest(terms: TermsVersion, lama_client: Client) -> None:
    assert terms.text_ar[:40] in lama_client.get("/ar/admin/accounts/termsversion/add/").content.decode()


def test_a_holiday_moves_the_promise_of_what_waits(
    lama_client: Client, open_a_ticket: Any, django_capture_on_commit_callbacks: Any
) -> None:
    with time_machine.travel(datetime(2026, 11, 15, 6, 0, tzinfo=UTC), tick=False):  # Sunday morning
        ticket = open_a_ticket()
        before = ticket.answer_due_at
        with django_capture_on_commit_callbacks(execute=True):
            lama_client.post(
                "/ar/admin/service_levels/holiday/add/",
                {
                    "name_ar": "إجازة",
                    "name_en": "Day off",
                    "first": "2026-11-16",
                    "last": "2026-11-16",
                    "announced": "on",
                },
            )
        ticket.refresh_from_db()
        assert Holiday.objects.filter(name_en="Day off").exists()
        assert (ticket.answer_due_at - before).days == 1


def test_the_promise_is_one_row_and_moves_what_waits(
    lama_client: Client, open_a_ticket: Any, django_capture_on_commit_callbacks: Any
) -> None:
    ticket = open_a_ticket()
    before = ticket.answer_due_at
    address = lama_client.get("/ar/admin/service_levels/promise/")["Location"]
    with django_capture_on_commit_callbacks(execute=True):
        assert lama_client.post(address, {"answer_days": "3"}).status_code == 302
    ticket.refresh_from_db()
    assert ticket.answer_due_at > before
    assert Promise.objects.count() == 1


@pytest.mark.parametrize(("opens", "closes"), [("15:30", "07:30"), ("09:00", "09:00")])
def test_a_day_that_closes_before_it_opens_is_refused(lama_client: Client, opens: str, closes: str) -> None:
    WorkingDay.objects.filter(weekday=6).delete()
    answer = lama_client.post(
        "/ar/admin/service_levels/workingday/add/", {"weekday": "6", "opens": opens, "closes": closes}
    )
    assert answer.status_code == 200
    assert not WorkingDay.objects.filter(weekday=6).exists()


def test_a_service_with_tickets_is_withdrawn_not_deleted(
    lama_client: Client, service: Service, open_a_ticket: Any
) -> None:
    open_a_ticket()
    assert (
        lama_client.post(f"/ar/admin/tickets/service/{service.pk}/delete/", {"post": "yes"}).status_code
        == 403
    )
    assert Ticket.objects.filter(service=service).exists()


def test_history_is_read_only(lama_client: Client) -> None:
    lama_client.post("/ar/admin/core/centresettings/1/change/", settings_form(reopen_days=14))
    entry = LogEntry.objects.get()
    assert (
        lama_client.post(f"/ar/admin/admin/logentry/{entry.pk}/delete/", {"post": "yes"}).status_code == 403
    )
    assert lama_client.post(f"/ar/admin/admin/logentry/{entry.pk}/change/", {}).status_code == 403
    assert lama_client.get("/ar/admin/admin/logentry/add/").status_code == 403


def test_the_history_names_fields_in_the_readers_language(lama_client: Client, noura: Person) -> None:
    lama_client.post("/ar/admin/core/centresettings/1/change/", settings_form(reopen_days=14))
    for lang, name in (
        ("ar", "مدة إتاحة إعادة فتح التذكرة المغلقة"),
        ("en", "a closed ticket may be reopened"),
    ):
        assert name in lama_client.get(f"/{lang}/admin/core/centresettings/1/history/").content.decode()


def test_our_arabic_stands_before_djangos(lama_client: Client, noura: Person) -> None:
    person = lama_client.get(f"/ar/admin/accounts/person/{noura.pk}/change/").content.decode()
    assert "سجل التغييرات" in person and "آخر دخول" in person and "أخر دخول" not in person
    assert "اختيار خدمة للتعديل" in lama_client.get("/ar/admin/tickets/service/").content.decode()


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("lang", "scheme"), [("ar", "light"), ("en", "dark")])
def test_the_administration_lives_with_our_content_policy(
    open_page: Any,
    live_server: Any,
    no_violations: Any,
    lama_client: Client,
    noura: Person,
    lang: str,
    scheme: str,
) -> None:
    page: Page = enter(open_page(lang=lang, scheme=scheme), lama_client, live_server)
    complaints: list[str] = []
    page.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
    addresses = [f"/{lang}{address}" for address in [*PAGES, f"/admin/accounts/person/{noura.pk}/change/"]]
    for address in addresses:
        page.goto(address)
        assert not complaints, (address, complaints)
        no_violations(page)
        page.evaluate("0")  # what axe did has been heard by now: it tries inline styles itself
        complaints.clear()
    page.goto(f"/{lang}/admin/core/centresettings/1/change/")
    page.locator("#id_reopen_days").fill("21")
    page.locator("input[name=_save]").click()
    page.locator(".messagelist .success").wait_for()
    assert CentreSettings.objects.get().reopen_days == 21
    assert not complaints
