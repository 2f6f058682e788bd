"""Who passes: every address of the desk, every role. A customer never learns that the desk exists."""

import uuid
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse

from tawasul.accounts.models import Person, Role
from tawasul.desk import urls
from tawasul.tickets.models import Event, Message, Ticket
from tests.desk.mails import failed, held_by_door
from tests.world import make_person, signed_in

pytestmark = pytest.mark.django_db

SAFE = {
    "queue", "ticket", "mail", "mail_in", "mail_in_one", "mail_in_html", "mail_in_original", "mail_out",
    "mail_out_one", "mail_out_html", "mail_out_original", "tag_names", "events", "requester", "search", "palette",
    "keys", "names", "filter", "saved_counts", "live", "live_news", "board", "settings", "settings_history",
    "settings_people", "settings_list", "settings_forms", "ready", "ready_list", "macros", "bulk_job", "drafts",
    "notices",
}  # fmt: skip
# Pages that take their own form
BOTH = {
    "merging", "splitting", "links", "children_answers", "saved_views", "settings_permissions", "settings_new",
    "absences", "absence_one", "settings_one", "settings_merging", "ready_new", "ready_one", "macro", "offers", "bulk",
    "notice_choices",
    "settings_field_new", "settings_field", "settings_form", "settings_form_others",
}  # fmt: skip
# For an agent these do not exist: they ask for another role, or name what is not there; the matrix tries each with both
ELSEWHERE = (
    "settings", "board", "ready_", "macro", "saved_view_removal", "link_removal", "checklist_item", "retraction",
    "tag_removal", "splitting", "unmerging", "property", "saved_view", "live", "visit", "children", "insertion",
    "waking", "value", "bulk_", "absence_", "participant_removal", "unsplitting",
)  # fmt: skip
KEY = uuid.UUID(int=7)


def addresses(ticket: Ticket) -> dict[str, str]:
    """Every named address of the desk, with this ticket or a mail of it where it takes one."""
    values: dict[str, Any] = {"number": ticket.spoken_number, "kind": "answer", "key": KEY, "file": KEY}
    values |= {"letter": 1, "link": 1, "name": "subject", "noun": "tag"}
    incoming, outgoing = held_by_door(ticket=ticket, html="<p>x</p>"), failed(ticket=ticket)
    found = {}
    for pattern in urls.urlpatterns:
        names = pattern.pattern.converters  # type: ignore[attr-defined]
        values["pk"] = incoming.pk if str(pattern.name).startswith("mail_in") else outgoing.pk
        found[str(pattern.name)] = reverse(
            f"desk:{pattern.name}", kwargs={name: values[name] for name in names}
        )
    return found


def ask(client: Client, name: str, address: str) -> Any:
    return client.get(address) if name in SAFE else client.post(address, {})


def test_a_stranger_is_led_to_the_sign_in_from_every_address(client: Client, open_a_ticket: Any) -> None:
    ticket = open_a_ticket()
    for name, address in addresses(ticket).items():
        answer = ask(client, name, address)
        assert answer.status_code == 302, name
        place, _, query = answer["Location"].partition("?next=")
        assert place == reverse("account_login"), name
        assert not query.endswith(
            ("answers/", "notes/", "closure/", "files/", "acceptance/", "resending/")
        ), "a POST's address is no page to return to"


def test_a_script_is_told_that_the_session_is_over(client: Client, open_a_ticket: Any) -> None:
    address = addresses(open_a_ticket())["draft"]
    assert (
        client.post(address, {"text": "x"}, headers={"X-Requested-With": "XMLHttpRequest"}).status_code == 401
    )


def test_a_customer_gets_404_from_every_address_even_of_their_own_ticket(
    noura_client: Client, open_a_ticket: Any
) -> None:
    ticket = open_a_ticket()
    for name, address in addresses(ticket).items():
        assert ask(noura_client, name, address).status_code == 404, name
    assert noura_client.get("/ar/admin/").status_code == 404
    assert Event.objects.count() == 1, "nothing but the opening happened"


def test_staff_reach_every_address(fahd_client: Client, open_a_ticket: Any) -> None:
    ticket = open_a_ticket()
    for name, address in addresses(ticket).items():
        absent = {404, 501} if name.startswith(ELSEWHERE) else set()
        assert ask(fahd_client, name, address).status_code in {200, 204, 302, 409, 422} | absent, name


def test_disabled_staff_are_out_at_once(fahd: Person, fahd_client: Client) -> None:
    assert fahd_client.get("/ar/desk/").status_code == 200
    Person.objects.filter(pk=fahd.pk).update(is_active=False)
    assert fahd_client.get("/ar/desk/").status_code in {302, 404}


def test_staff_without_the_second_step_are_led_to_set_it_up(
    fahd: Person, fahd_client: Client, open_a_ticket: Any, settings: Any
) -> None:
    settings.STAFF_NEED_TWO_STEPS = True
    ticket = open_a_ticket()
    for name, address in addresses(ticket).items():
        answer = ask(fahd_client, name, address)
        assert (answer.status_code, answer.get("Location")) == (302, reverse("mfa_index")), name
    assert not Message.objects.filter(author=fahd).exists()


def test_staff_with_the_second_step_come_in(fahd: Person, fahd_client: Client, settings: Any) -> None:
    settings.STAFF_NEED_TWO_STEPS = True
    Authenticator.objects.create(user=fahd, type=Authenticator.Type.TOTP, data={})
    assert fahd_client.get("/ar/desk/").status_code == 200


def test_the_desk_without_a_language_leads_to_the_arabic_one(fahd_client: Client) -> None:
    assert fahd_client.get("/desk/")["Location"] == "/ar/desk/"


@pytest.mark.parametrize("number", ["4829-1737", "0000-0000", "abc", "1"])
def test_a_number_that_is_no_tickets_is_404(fahd_client: Client, number: str) -> None:
    assert fahd_client.get(f"/ar/desk/tickets/{number}/").status_code == 404


def test_a_number_in_arabic_digits_leads_to_the_one_address(fahd_client: Client, open_a_ticket: Any) -> None:
    ticket = open_a_ticket()
    typed = ticket.number.translate({ord(str(n)): "٠١٢٣٤٥٦٧٨٩"[n] for n in range(10)})
    answer = fahd_client.get(f"/ar/desk/tickets/{typed}/?view=mine")
    assert answer["Location"] == f"/ar/desk/tickets/{ticket.spoken_number}/?view=mine"


def test_a_wrong_method_is_405(fahd_client: Client, open_a_ticket: Any) -> None:
    ticket = open_a_ticket()
    for name, address in addresses(ticket).items():
        if name in BOTH:
            continue
        answer = fahd_client.post(address) if name in SAFE else fahd_client.get(address)
        assert answer.status_code == 405, name


def test_no_form_works_without_its_token(fahd: Person, open_a_ticket: Any) -> None:
    ticket = open_a_ticket()
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(fahd)
    for name, address in addresses(ticket).items():
        if name not in SAFE:
            assert strict.post(address, {"text": "x"}).status_code == 403, name
    assert Event.objects.count() == 1


OWN_CHOICES = {"choices", "visit", "notices_seen", "notice_choices", "following", "saved_views"}


def test_an_auditor_writes_nothing_but_their_own_choices(open_a_ticket: Any) -> None:
    ticket = open_a_ticket()
    auditor = signed_in(make_person("huda", "هدى السبيعي", is_staff=True, role=Role.AUDITOR))
    for name, address in addresses(ticket).items():
        if name not in SAFE | OWN_CHOICES:
            assert auditor.post(address, {"text": "x"}).status_code == 404, name
