"""A new ticket: the form, its errors, its draft and files, and what sending it twice does."""

import uuid
from datetime import timedelta
from urllib.parse import unquote

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django.fixtures import DjangoAssertNumQueries

from tawasul.accounts.models import Person, TermsVersion
from tawasul.attachments.models import StoredFile
from tawasul.core import clock, kept
from tawasul.tickets.models import Attachment, Draft, Purpose, Ticket
from tests.portal.forms import hidden_fields, png
from tests.world import OpenATicket, signed_in

ANSWERS = {
    "purpose": Purpose.TECHNICAL.value,
    "service": "modify-domain",
    "domain": "مثال-تجريبي.السعودية",
    "request_number": "",
    "subject": "تعذّر تعديل خوادم الأسماء",
    "problem": "نقلنا الاستضافة.\n\nلم تُحفظ التغييرات.",
    "wanted": "أرجو حفظ الخادمين.",
    "terms": "on",
}
NEW = "/ar/tickets/new/"
SCRIPT = {"X-Requested-With": "XMLHttpRequest"}

pytestmark = pytest.mark.usefixtures("service", "terms")


def form_of(client: Client, address: str = NEW) -> dict[str, str]:
    """The filled form with the page's hidden fields."""
    return ANSWERS | hidden_fields(client.get(address))


def test_a_valid_form_opens_a_ticket_and_leads_to_its_page(noura_client: Client, terms: TermsVersion) -> None:
    sent = noura_client.post(NEW, form_of(noura_client))
    assert sent.status_code == 303
    ticket = Ticket.objects.get()
    assert sent["Location"] == f"/ar/tickets/{ticket.spoken_number}/"
    assert (ticket.domain_unicode, ticket.domain_ascii[:4]) == ("مثال-تجريبي.السعودية", "xn--")
    assert (ticket.terms, ticket.language) == (terms, "ar")
    first, again = noura_client.get(sent["Location"]), noura_client.get(sent["Location"])
    assert 'class="just-sent"' in first.text  # said once
    assert 'class="just-sent"' not in again.text
    assert ticket.spoken_number in noura_client.get("/ar/tickets/?turn=centre").text


def test_an_empty_form_comes_back_with_a_summary_and_a_message_beside_each_field(
    noura_client: Client,
) -> None:
    page = noura_client.post("/en/tickets/new/", {})
    assert page.status_code == 422
    assert "<title>Error: " in page.text
    for field in ("purpose", "service", "subject", "problem", "wanted", "terms"):
        assert f'href="#id_{field}"' in page.text
        assert f'id="id_{field}-error"' in page.text
    assert 'aria-invalid="true"' in page.text


def test_what_was_typed_and_what_was_attached_survive_an_error(noura_client: Client) -> None:
    form = form_of(noura_client) | {"subject": "", "files": png("صورة.png")}
    page = noura_client.post(NEW, form)
    assert page.status_code == 422
    assert "لم تُحفظ التغييرات." in page.text
    assert "صورة.png" in page.text
    sent = noura_client.post(NEW, form_of(noura_client) | hidden_fields(page))
    assert sent.status_code == 303
    message = Ticket.objects.get().messages.get()
    assert [a.file.name for a in message.attachments.all()] == ["صورة.png"]
    assert message.file_count == 1


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("subject", "س" * 201, "200"),
        ("problem", "x" * 5001, "5,000"),
        ("wanted", "x" * 2001, "2,000"),
        ("request_number", "1" * 41, "40"),
        ("subject", " \u200f \u202e ", "id_subject-error"),
        ("domain", "-bad-.sa", "id_domain-error"),
        ("domain", "سَجِّل.السعودية", "id_domain-error"),
        ("domain", "example.السعودیة", "id_domain-error"),
        ("purpose", "bribery", "id_purpose-error"),
        ("service", "no-such-service", "id_service-error"),
    ],
)
def test_a_field_that_cannot_be_is_refused_with_a_reason(
    noura_client: Client, field: str, value: str, said: str
) -> None:
    page = noura_client.post("/en/tickets/new/", form_of(noura_client) | {field: value})
    assert page.status_code == 422
    assert said in page.text
    assert not Ticket.objects.exists()


def test_line_ends_count_once_as_the_browser_counts_them(noura_client: Client) -> None:
    text = "\r\n".join(["x" * 99] * 50)  # 50 × 99 and 49 line ends: 4,999 as the browser counts
    assert noura_client.post(NEW, form_of(noura_client) | {"problem": text}).status_code == 303


def test_a_domain_name_is_shown_back_in_both_forms(noura_client: Client) -> None:
    page = noura_client.post("/en/tickets/new/", form_of(noura_client) | {"subject": ""})
    assert "xn--mgberp4a5d4ar" in page.text
    asked = noura_client.get("/en/tickets/domain/?domain=مثال-تجريبي.السعودية")
    assert "xn--mgberp4a5d4ar" in asked.text
    assert 'class="why"' in noura_client.get("/en/tickets/domain/?domain=a..b").text


def test_two_submits_of_one_form_make_one_ticket(noura_client: Client) -> None:
    form = form_of(noura_client)
    first, second = noura_client.post(NEW, form), noura_client.post(NEW, form)
    assert Ticket.objects.count() == 1
    assert first["Location"] == second["Location"]


def test_the_back_button_leads_to_the_ticket_that_was_sent_and_says_so(noura_client: Client) -> None:
    form = form_of(noura_client) | {"files": png()}
    sent = noura_client.post(NEW, form)
    with time_machine.travel(clock.now() + timedelta(minutes=5)):
        again = noura_client.post(NEW, form, follow=True)
        assert Ticket.objects.count() == 1
        assert again.redirect_chain[0][0] == sent["Location"]
        assert "page-notice" in again.text


def test_another_persons_key_opens_a_ticket_of_ones_own(
    noura_client: Client, khalid: Person, open_a_ticket: OpenATicket
) -> None:
    key = uuid.uuid4()
    Draft.objects.create(key=key, kind=Draft.Kind.TICKET, owner=khalid, fields={"subject": "سرّ"})
    sent = noura_client.post(NEW, form_of(noura_client) | {"draft": str(key)})
    assert sent.status_code == 303
    assert Ticket.objects.get().requester.username == "noura"
    assert Draft.objects.filter(key=key, owner=khalid).exists()


def test_terms_that_changed_meanwhile_are_shown_and_accepted_anew(
    noura_client: Client, terms: TermsVersion
) -> None:
    form = form_of(noura_client)
    TermsVersion.objects.create(version="2026-12", text_ar="جديد", text_en="New", published_at=clock.now())
    kept.forget_all()  # as the administration does when it publishes
    page = noura_client.post(NEW, form)
    assert page.status_code == 422
    assert "id_terms-error" in page.text
    again = noura_client.post(NEW, ANSWERS | hidden_fields(page))
    assert again.status_code == 303
    assert Ticket.objects.get().terms != terms


def test_a_draft_survives_a_closed_browser(noura: Person, noura_client: Client) -> None:
    form = form_of(noura_client) | {"subject": "نصف موضوع"}
    kept = noura_client.post(f"/ar/drafts/{form['draft']}/", form, headers=SCRIPT)
    assert kept.status_code == 204
    tomorrow = signed_in(noura)
    page = tomorrow.get(NEW)
    assert "نصف موضوع" in page.text
    assert hidden_fields(page)["draft"] == form["draft"]
    assert 'id="id_terms" checked' not in page.text  # the acceptance is given on sending
    assert "نصف موضوع" in tomorrow.get("/ar/tickets/").text
    assert hidden_fields(tomorrow.get(f"{NEW}?fresh"))["draft"] != form["draft"]


def test_a_draft_can_be_discarded_with_its_files(noura_client: Client) -> None:
    form = form_of(noura_client)
    noura_client.post(f"/ar/drafts/{form['draft']}/files/", form | {"files": png()})
    assert StoredFile.objects.count() == 1
    gone = noura_client.post(f"/ar/drafts/{form['draft']}/removal/")
    assert gone.status_code == 303
    assert not Draft.objects.exists()
    assert not StoredFile.objects.exists()


def test_what_was_written_when_the_session_ended_is_found_after_signing_in(noura: Person) -> None:
    browser = signed_in(noura)
    form = form_of(browser)
    browser.logout()  # keeps no cookie but the browser's own
    turned_away = browser.post(NEW, form)
    assert turned_away.status_code == 302
    browser.force_login(noura)
    back = turned_away["Location"].partition("next=")[2]
    page = browser.get(unquote(back))
    assert ANSWERS["subject"] in page.text
    assert browser.post(NEW, ANSWERS | hidden_fields(page)).status_code == 303
    assert (
        browser.get(unquote(back))["Location"] == Ticket.objects.get().get_absolute_url()
    )  # sent: its ticket


def test_what_one_browser_kept_is_not_for_another(noura: Person, khalid_client: Client) -> None:
    stranger = Client()
    kept = unquote(stranger.post(NEW, ANSWERS)["Location"].partition("next=")[2])
    assert khalid_client.get(kept).status_code == 404
    assert signed_in(noura).get(kept).status_code == 404


def test_nothing_is_written_by_looking_at_the_form(noura_client: Client) -> None:
    noura_client.get(NEW)
    assert not Draft.objects.exists()


def test_an_autosave_that_comes_after_the_sending_brings_no_draft_back(noura_client: Client) -> None:
    form = form_of(noura_client)
    noura_client.post(NEW, form)
    assert noura_client.post(f"/ar/drafts/{form['draft']}/", form, headers=SCRIPT).status_code == 404
    assert not Draft.objects.exists()


def test_files_are_attached_and_removed_without_scripts(noura_client: Client) -> None:
    form = form_of(noura_client)
    attach = f"/ar/drafts/{form['draft']}/files/?kind=ticket"
    back = noura_client.post(
        attach, form | {"files": [png("a.png"), SimpleUploadedFile("b.docx", b"PK\3\4")]}
    )
    assert back.status_code == 303
    page = noura_client.get(back["Location"])
    assert "a.png" in page.text
    assert "b.docx" in page.text  # stays listed with its reason
    assert ANSWERS["subject"] in page.text
    file = StoredFile.objects.get()
    draft = Draft.objects.get()
    removal = f"/ar/drafts/{draft.key}/files/{file.pk}/removal/"
    assert removal in page.text
    after = noura_client.get(noura_client.post(removal, form)["Location"])
    assert "a.png" not in after.text
    assert "b.docx" in after.text
    refused = uuid.UUID(draft.fields["refused"][0]["id"])
    after = noura_client.get(
        noura_client.post(f"/ar/drafts/{draft.key}/files/{refused}/removal/", form)["Location"]
    )
    assert "b.docx" not in after.text
    assert ANSWERS["subject"] in after.text


def test_a_script_gets_the_rows_of_the_list(noura_client: Client) -> None:
    key = hidden_fields(noura_client.get(NEW))["draft"]
    rows = noura_client.post(
        f"/ar/drafts/{key}/files/?kind=ticket", {"files": png("خطاب.png")}, headers=SCRIPT
    )
    assert rows.status_code == 200
    assert rows.text.count('<li class="file"') == 1
    assert "<html" not in rows.text


def test_a_refused_file_says_why_and_the_others_stay(noura_client: Client) -> None:
    form = form_of(noura_client)
    files = [
        png("good.png"),
        SimpleUploadedFile("empty.pdf", b""),
        SimpleUploadedFile("fake.png", b"GIF89a;"),
    ]
    page = noura_client.post(NEW, form | {"files": files})
    assert page.status_code == 422
    assert page.text.count('data-state="refused"') == 2
    assert page.text.count('data-state="done"') == 1
    assert not Ticket.objects.exists()
    sent = noura_client.post(NEW, ANSWERS | hidden_fields(page))
    assert sent.status_code == 303
    assert Ticket.objects.get().messages.get().file_count == 1


def test_a_hundred_files_at_once_are_refused_politely(noura_client: Client) -> None:
    form = form_of(noura_client)
    page = noura_client.post(NEW, form | {"files": [png(f"{n}.png") for n in range(100)]})
    assert page.status_code == 422
    assert Attachment.objects.count() == 10
    assert page.text.count('href="#files"') <= 6  # the summary names some and counts the rest


def test_all_files_together_have_a_limit(noura_client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    from tawasul.core.models import CentreSettings

    monkeypatch.setattr(CentreSettings, "files_max_total", property(lambda self: 1000))
    page = noura_client.post(NEW, form_of(noura_client) | {"files": [png("a.png"), png("b.png", size=400)]})
    assert page.status_code == 422
    assert page.text.count('data-state="refused"') == 1


def test_files_of_a_discarded_draft_are_missed_not_silently_dropped(noura_client: Client) -> None:
    form = form_of(noura_client)
    noura_client.post(f"/ar/drafts/{form['draft']}/files/", form | {"files": png()})
    page = noura_client.get(f"{NEW}?draft={form['draft']}")
    noura_client.post(f"/ar/drafts/{form['draft']}/removal/")  # in another tab
    stale = noura_client.post(NEW, ANSWERS | hidden_fields(page))
    assert stale.status_code == 422
    assert ANSWERS["subject"] in stale.text
    assert noura_client.post(NEW, ANSWERS | hidden_fields(stale)).status_code == 303


@pytest.mark.parametrize(
    "address", ["/ar/drafts/{key}/", "/ar/drafts/{key}/removal/", "/ar/drafts/{key}/files/?kind=ticket"]
)
def test_another_persons_draft_does_not_exist(khalid_client: Client, noura: Person, address: str) -> None:
    draft = Draft.objects.create(kind=Draft.Kind.TICKET, owner=noura, fields={"subject": "سرّ"})
    answer = khalid_client.post(address.format(key=draft.key), {"kind": "ticket", "subject": "لي"})
    assert answer.status_code == 404
    draft.refresh_from_db()
    assert draft.fields == {"subject": "سرّ"}
    assert khalid_client.get(f"{NEW}?draft={draft.key}").status_code == 404


def test_a_ticket_may_refer_to_an_earlier_one_of_ones_own(
    noura_client: Client, khalid: Person, open_a_ticket: OpenATicket
) -> None:
    old, foreign = open_a_ticket(), open_a_ticket(by=khalid)
    assert noura_client.get(f"{NEW}?follows={foreign.spoken_number}").status_code == 404
    form = form_of(noura_client, f"{NEW}?follows={old.spoken_number}")
    noura_client.post(NEW, form)
    assert Ticket.objects.latest("pk").follows == old
    noura_client.post(NEW, form_of(noura_client, f"{NEW}?fresh") | {"follows": foreign.spoken_number})
    assert Ticket.objects.latest("pk").follows is None


def test_markup_in_a_draft_is_shown_as_text(noura_client: Client) -> None:
    page = noura_client.post(NEW, form_of(noura_client) | {"subject": '"><script>x</script>', "problem": ""})
    assert "<script>x" not in page.text


def test_a_new_ticket_costs_few_queries(
    noura_client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    form = form_of(noura_client)
    noura_client.get(NEW)
    with django_assert_max_num_queries(14) as seen:  # see the list below; savepoints of the test count too
        noura_client.post(NEW, form)
    asked = [q["sql"] for q in seen.captured_queries if "SAVEPOINT" not in q["sql"]]
    # session, person, services, terms, draft, the newest key, ticket, message, event
    assert len(asked) <= 10, "\n".join(asked)


def test_the_form_asks_for_six_things(
    noura_client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    noura_client.get(NEW)
    with django_assert_max_num_queries(7):  # session, person, seen, draft, services, terms, centre
        noura_client.get(NEW)
