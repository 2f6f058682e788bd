"""The texts of mails in the administration: checked, seen, tried on oneself, saved, and remembered in the history."""

from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.test import Client

from tawasul.accounts.models import Person
from tawasul.core import kept
from tawasul.mail import examples, rendering
from tawasul.mail.models import MailTemplate, OutgoingMail
from tests.browsing import enter
from tests.world import signed_in

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.django_db
ADD, PREVIEW = "/ar/admin/mail/mailtemplate/add/", "/ar/admin/mail/mailtemplate/preview/"


def fields(**changes: Any) -> dict[str, Any]:
    given = {
        "kind": "answer",
        "language": "ar",
        "subject": "جواب {number}",
        "body": "السيد {name}، وصلك جوابنا.",
    }
    return given | changes


def change(row: MailTemplate) -> str:
    return f"/ar/admin/mail/mailtemplate/{row.pk}/change/"


def mail() -> rendering.Rendered:
    kept.forget_all()
    return rendering.render("answer", language="ar", context=examples.context("answer", "ar"))


def test_a_saved_text_is_what_the_next_mail_says_and_a_deleted_one_is_not(
    lama: Person, lama_client: Client
) -> None:
    before = mail()
    assert lama_client.post(ADD, fields()).status_code == 302
    row = MailTemplate.objects.get()
    assert row.changed_by == lama
    assert "وصلك جوابنا" in mail().text and mail().subject.startswith("جواب")
    lama_client.post(change(row), fields(body="نص آخر"))
    assert "نص آخر" in mail().text
    lama_client.post(f"/ar/admin/mail/mailtemplate/{row.pk}/delete/", {"post": "yes"})
    assert mail() == before
    flags = LogEntry.objects.order_by("pk").values_list("action_flag", "user_id")
    assert list(flags) == [(1, lama.pk), (2, lama.pk), (3, lama.pk)], "added, changed, deleted"


@pytest.mark.parametrize(
    ("kind", "text", "said"),
    [
        ("answer", "{nmae}", "{nmae}"),
        ("answer", "{{ name }}", "{ name }"),
        ("direct_confirm", "{name}", "صندوق بريد شخص آخر"),
        ("answer", "[هنا]({link})", "{link}"),
    ],
)
@pytest.mark.parametrize("page", [ADD, PREVIEW])
def test_a_placeholder_that_may_not_be_there_is_named_and_nothing_typed_is_lost(
    lama_client: Client, kind: str, text: str, said: str, page: str
) -> None:
    answer = lama_client.post(page, fields(kind=kind, subject="", body=f"كلامي {text}"))
    assert answer.status_code == 200
    page_text = answer.content.decode()
    assert said in page_text and "كلامي" in page_text and 'class="errorlist"' in page_text
    assert f'action="{ADD}"' in page_text or page == ADD
    assert not MailTemplate.objects.exists()


def test_one_kind_has_one_text_in_one_language(lama_client: Client) -> None:
    lama_client.post(ADD, fields())
    assert lama_client.post(ADD, fields()).status_code == 200
    assert lama_client.post(ADD, fields(language="en")).status_code == 302
    assert MailTemplate.objects.count() == 2


def test_a_preview_shows_both_parts_of_what_was_not_saved(lama_client: Client) -> None:
    assert lama_client.post(PREVIEW, fields())["Location"] == PREVIEW
    page = lama_client.get(PREVIEW)
    assert "وصلك جوابنا" in page.content.decode() and "<iframe" in page.content.decode()
    assert "frame-src 'self'" in page["Content-Security-Policy"]
    html = lama_client.get(f"{PREVIEW}html/")
    assert "وصلك جوابنا" in html.content.decode()
    assert html["Content-Security-Policy"].startswith("default-src 'none'; style-src 'unsafe-inline'")
    assert html["Content-Security-Policy"].endswith("sandbox")
    assert not MailTemplate.objects.exists() and not OutgoingMail.objects.exists()


def test_a_preview_of_a_saved_text_keeps_its_kind_whatever_is_posted(lama_client: Client) -> None:
    lama_client.post(ADD, fields())
    row = MailTemplate.objects.get()
    lama_client.post(PREVIEW, {"row": row.pk, "kind": "closed", "subject": "", "body": "نص جديد {author}"})
    assert "نص جديد" in lama_client.get(PREVIEW).content.decode()
    row.refresh_from_db()
    assert row.body.startswith("السيد"), "looking saves nothing"


def test_a_test_mail_goes_to_whoever_is_signed_in_and_to_nobody_else(
    lama: Person, lama_client: Client
) -> None:
    lama_client.post(PREVIEW, fields(to_address="victim@example.sa"))
    assert lama_client.post(f"{PREVIEW}send/", {"to_address": "victim@example.sa"}).status_code == 302
    sent = OutgoingMail.objects.get()
    assert (sent.to_address, sent.person, sent.ticket) == (lama.email, lama, None)
    assert "وصلك جوابنا" in sent.text and sent.state == OutgoingMail.State.WAITING
    assert lama_client.get(f"{PREVIEW}send/").status_code == 405


def test_without_anything_on_view_there_is_no_preview(lama_client: Client) -> None:
    for page in (PREVIEW, f"{PREVIEW}html/"):
        assert lama_client.get(page).status_code == 404
    assert lama_client.post(f"{PREVIEW}send/").status_code == 404


def test_a_right_to_other_tables_opens_no_preview(fahd: Person) -> None:
    fahd.user_permissions.add(Permission.objects.get(codename="change_service"))
    client = signed_in(fahd)
    for page in (PREVIEW, f"{PREVIEW}html/"):
        assert client.get(page).status_code == 403
    assert client.post(PREVIEW, fields()).status_code == 403
    assert client.post(f"{PREVIEW}send/").status_code == 403


@pytest.mark.parametrize("lang", ["ar", "en"])
def test_a_text_that_can_no_longer_be_used_says_so_on_its_page(lama_client: Client, lang: str) -> None:
    before = mail()
    row = MailTemplate.objects.create(kind="answer", language="ar", body="{a_placeholder_of_old}")
    assert mail() == before, "the built-in text goes"
    for page in (change(row), "/ar/admin/mail/mailtemplate/"):
        shown = lama_client.get(page.replace("/ar/", f"/{lang}/")).content.decode()
        assert "{a_placeholder_of_old}" in shown
        assert ("يُرسَل النص المدمج" if lang == "ar" else "The built-in text goes.") in shown


@pytest.mark.parametrize("lang", ["ar", "en"])
def test_the_form_lists_what_may_stand_in_braces_and_the_built_in_text(
    lama_client: Client, lang: str
) -> None:
    row = MailTemplate.objects.create(kind="login_code", language=lang, body="x")
    shown = lama_client.get(change(row).replace("/ar/", f"/{lang}/")).content.decode()
    assert "{code}" in shown and "{closes}" not in shown and "271828" in shown
    every = lama_client.get(ADD.replace("/ar/", f"/{lang}/")).content.decode()
    assert "{code}" in every and "{closes}" in every


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("lang", "scheme"), [("ar", "light"), ("en", "dark")])
def test_an_administrator_looks_at_a_mail_before_saving_it(
    open_page: Any,
    live_server: Any,
    no_violations: Any,
    lama: Person,
    lama_client: Client,
    lang: str,
    scheme: str,
) -> None:
    page: Page = enter(open_page(lang=lang, scheme=scheme), lama_client, live_server)
    page.goto(f"/{lang}/admin/mail/mailtemplate/add/")
    no_violations(page)
    page.select_option("[name=kind]", "closed")
    page.select_option("[name=language]", lang)
    page.fill("[name=body]", "# A heading of ours\n\nYour ticket {number} is closed.")
    with page.context.expect_page() as opened:
        page.locator("button[formtarget]").click()
    shown = opened.value
    frame = shown.frame_locator("iframe")
    frame.get_by_role("heading", name="A heading of ours").wait_for()
    assert frame.locator("td.stub").is_visible() and frame.get_by_text("4829-1736").count() > 1
    shown.locator("form[action$='/send/'] button").click()
    shown.locator(".messagelist .success").wait_for()
    no_violations(shown)
    assert OutgoingMail.objects.get().to_address == lama.email
    page.locator("input[name=_save]").click()
    page.locator(".messagelist .success").wait_for()
    assert MailTemplate.objects.get().kind == "closed", "the form is as it was, in its own tab"
