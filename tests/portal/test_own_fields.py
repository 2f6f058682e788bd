"""The centre's own fields on the customers' forms: asked by service, purpose and answers, kept in drafts, never wrong
before they were seen; and what a service's form asks beside them."""

from typing import Any

import pytest
from django.test import Client

from tawasul.core import kept
from tawasul.tickets.models import Draft, Field, FieldValue, Form, Service, Ticket
from tests.portal.forms import hidden_fields, png
from tests.portal.test_contact import confirm, mailed_link, send
from tests.portal.test_new_ticket import ANSWERS, NEW, SCRIPT, form_of
from tests.tickets.test_own_fields import again, make_choice, make_field
from tests.world import OpenATicket

pytestmark = pytest.mark.usefixtures("terms")
Kind = Field.Kind
REQUIRED, NO = Form.Asked.REQUIRED, Form.Asked.NO


@pytest.fixture
def dispute(db: None) -> Service:
    """Another service."""
    made = Service.objects.create(code="own-dispute", name_ar="نزاع", name_en="Dispute", about_domain=False)
    kept.forget_all()
    return made


def values() -> dict[str, str]:
    """What the one ticket says, by code."""
    return {value.field.key: value.text for value in FieldValue.objects.select_related("field")}


def seen(*names: str) -> dict[str, str]:
    """The hidden field of a page on which these own fields stood."""
    return {"asked": "domain files request_number wanted " + " ".join(f"own-{name}" for name in names)}


def test_a_service_asks_its_fields_and_another_services_are_refused(
    noura_client: Client, service: Service, dispute: Service
) -> None:
    make_field("servers", Kind.NUMBER, services=(service,), is_required=True)
    make_field("party", services=(dispute,))
    form = ANSWERS | seen("servers", "party") | {"own-servers": "٢", "own-party": "غيري", "own-nobody": "x"}
    assert noura_client.post(NEW, form).status_code == 303
    assert values() == {"servers": "2"}


def test_what_was_not_on_the_page_is_asked_without_a_word_of_error(
    noura_client: Client, service: Service
) -> None:
    make_field("servers", Kind.NUMBER, services=(service,), is_required=True)
    page = noura_client.post("/en/tickets/new/", form_of(noura_client))
    assert page.status_code == 422 and not Ticket.objects.exists()
    assert "This service asks for more than was on the page." in page.text
    assert 'name="own-servers"' in page.text
    assert 'class="summary"' not in page.text and "<title>Error" not in page.text
    assert ANSWERS["subject"] in page.text and "لم تُحفظ التغييرات." in page.text
    again_ = noura_client.post("/en/tickets/new/", ANSWERS | hidden_fields(page))  # seen now, and left empty
    assert "This must be filled in: \u2068Field servers\u2069." in again_.text
    sent = noura_client.post(NEW, ANSWERS | hidden_fields(page) | {"own-servers": "3"})
    assert sent.status_code == 303
    assert values() == {"servers": "3"}


def test_without_scripts_a_button_shows_what_is_asked_and_keeps_what_is_typed(
    noura_client: Client, service: Service
) -> None:
    make_field("servers", Kind.NUMBER, services=(service,), is_required=True)
    page = noura_client.get(NEW)
    assert 'name="continued"' in page.text and 'name="own-servers"' not in page.text
    half = {"service": service.code, "subject": "نصف مكتوب", "continued": "1"}
    shown = noura_client.post(NEW, hidden_fields(page) | half, follow=True)
    assert shown.status_code == 200 and 'name="own-servers"' in shown.text
    assert "نصف مكتوب" in shown.text and 'class="summary"' not in shown.text


def test_a_value_hidden_by_a_condition_is_carried_along_and_not_stored(
    noura_client: Client, service: Service
) -> None:
    make_field("new", Kind.CHOICE)
    yes, no = make_choice("new", "نعم", "Yes"), make_choice("new", "لا", "No")
    make_field("host", shown_if=[{"of": "field:new", "any": [str(yes.pk)]}], is_required=True)
    again("host")
    typed = {"own-new": str(no.pk), "own-host": "المستضيف", "subject": ""}
    page = noura_client.post(NEW, ANSWERS | seen("new", "host") | typed)
    assert hidden_fields(page)["own-host"] == "المستضيف"
    sent = noura_client.post(NEW, ANSWERS | hidden_fields(page) | {"own-new": str(no.pk)})
    assert sent.status_code == 303
    assert values() == {"new": "لا"}


def test_a_script_is_told_the_parts_for_a_choice_and_no_error(noura_client: Client, service: Service) -> None:
    make_field("servers", Kind.NUMBER, services=(service,), is_required=True)
    before = noura_client.post("/ar/tickets/questions/", {"subject": "x"})
    assert "own-servers" not in before.text
    parts = noura_client.post("/ar/tickets/questions/", {"service": service.code, "own-servers": "كثير"})
    assert 'value="كثير"' in parts.text and 'data-state="error"' not in parts.text
    assert not Draft.objects.exists()
    assert Client().post("/ar/contact/questions/", {"service": service.code}).status_code == 200


def test_a_draft_keeps_own_fields(noura_client: Client, service: Service) -> None:
    make_field("servers", Kind.NUMBER, services=(service,))
    key = hidden_fields(noura_client.get(NEW))["draft"]
    typed = {"kind": "ticket", "service": service.code, "own-servers": "٧", "own-nobody": "x"}
    assert noura_client.post(f"/ar/drafts/{key}/", typed, headers=SCRIPT).status_code == 204
    kept_ = Draft.objects.get().fields
    assert kept_["own-servers"] == "٧" and "own-nobody" not in kept_
    assert 'value="٧"' in noura_client.get(NEW).text


def test_the_direct_form_keeps_them_until_the_address_is_confirmed(
    client: Client, service: Service, lama_client: Client
) -> None:
    make_field("servers", Kind.NUMBER, is_required=True)
    make_field("plan", Kind.CHOICE, is_shown=False)
    choice = make_choice("plan", "كاملة", "Full")
    make_field("staffs", on_form=False)
    make_field("portals", on_direct=False)
    again("plan")
    own = {"own-servers": "٢", "own-plan": str(choice.pk), "own-staffs": "x", "own-portals": "x"}
    assert send(client, **seen("servers", "plan"), **own).status_code == 303
    Field.objects.filter(key="servers").update(limits={"most": 1})  # what was right when it was sent stays so
    choice.is_active = False
    choice.save()
    kept.forget_all()
    asked = client.get(mailed_link()).text
    assert "حقل servers" in asked and "كاملة" in asked
    page = client.get(confirm(client)).text
    assert values() == {"servers": "2", "plan": "كاملة"}
    assert "حقل servers" in page and "كاملة" not in page  # the centre keeps the plan to itself


def test_the_customer_reads_them_on_the_ticket_and_on_the_receipt(
    noura_client: Client, open_a_ticket: OpenATicket
) -> None:
    from tawasul.tickets import fields

    name, inner = make_field("other", Kind.DOMAIN), make_field("inner", is_shown=False)
    name, inner = again("other"), again("inner")
    ticket = open_a_ticket(
        own={name: fields.parse(name, "مثال.السعودية"), inner: fields.parse(inner, "سر بيننا")}
    )
    for address in (ticket.get_absolute_url(), f"{ticket.get_absolute_url()}receipt/"):
        page = noura_client.get(address).text
        assert "حقل other" in page and "xn--mgbh0fb.xn--mgberp4a5d4ar" in page and "سر بيننا" not in page


@pytest.mark.parametrize(
    ("rule", "answers", "said"),
    [
        ({"domain": REQUIRED}, {"domain": ""}, 'id="id_domain-error"'),
        ({"request_number": REQUIRED}, {}, 'id="id_request_number-error"'),
        ({"purposes": ["complaint"]}, {}, 'id="id_purpose-error"'),
        ({"files": REQUIRED}, {}, "This service asks for a file. Attach at least one."),
    ],
)
def test_a_services_form_requires_what_its_row_says(
    noura_client: Client, service: Service, rule: dict[str, Any], answers: dict[str, str], said: str
) -> None:
    Form.objects.create(service=service, **rule)
    kept.forget_all()
    page = noura_client.post("/en/tickets/new/", ANSWERS | seen() | answers)
    assert page.status_code == 422 and said in page.text


def test_what_a_services_form_does_not_ask_is_neither_required_nor_stored(
    noura_client: Client, service: Service
) -> None:
    Form.objects.create(
        service=service, wanted=NO, domain=NO, request_number=NO, intro_en="**Read** this", intro_ar="اقرأ"
    )
    kept.forget_all()
    answers = ANSWERS | seen() | {"wanted": "", "domain": "!!", "request_number": "12"}
    page = noura_client.post("/en/tickets/new/", answers | {"subject": ""})
    assert "<strong>Read</strong>" in page.text
    assert noura_client.post(NEW, answers).status_code == 303
    ticket = Ticket.objects.get()
    assert (ticket.domain_ascii, ticket.request_number, ticket.messages.get().wanted) == ("", "", "")


def test_a_file_that_a_service_requires_may_come_with_the_form_and_a_second_sending_is_no_second_ticket(
    noura_client: Client, service: Service
) -> None:
    Form.objects.create(service=service, files=REQUIRED)
    kept.forget_all()
    form = form_of(noura_client) | seen()
    first = noura_client.post(NEW, form | {"files": png()})
    assert first.status_code == 303
    assert noura_client.post(NEW, form)["Location"] == first["Location"]
    assert Ticket.objects.count() == 1


def test_the_row_without_a_service_is_for_those_without_one(
    noura_client: Client, service: Service, dispute: Service
) -> None:
    Form.objects.create(service=None, request_number=REQUIRED)
    Form.objects.create(service=dispute)
    kept.forget_all()
    assert noura_client.post(NEW, ANSWERS | seen()).status_code == 422
    assert noura_client.post(NEW, ANSWERS | seen() | {"service": "own-dispute"}).status_code == 303
