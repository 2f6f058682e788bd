"""Fields of the centre's own at work: in the panel, in the filter, as columns and in the search."""

import re
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tawasul.accounts.models import Person, Role
from tawasul.core.kept import forget_all
from tawasul.tickets import fields, filters, queue
from tawasul.tickets.models import Event, FieldChoice, FieldValue, Service, Ticket
from tests.desk.test_fields import choose_from, fresh, make, say
from tests.world import OpenATicket, make_person, signed_in

__all__ = ["fresh"]
pytestmark = pytest.mark.django_db


def at(ticket: Ticket, name: str = "") -> str:
    place = f"/en/desk/tickets/{ticket.spoken_number}/"
    return f"{place}fields/{name}/" if name else place


def text_of(client: Client, ticket: Ticket) -> str:
    return client.get(at(ticket)).content.decode()


def found(client: Client, **asked: str) -> set[str]:
    """The subjects that the filter of this address finds."""
    answer = client.get(f"/en/desk/?{urlencode({'view': 'everything', **asked})}")
    assert answer.status_code == 200, answer.content.decode()
    return set(re.findall(r'class="subj"[^>]*><bdi>([^<]*)</bdi>', answer.content.decode()))


def test_the_panel_shows_what_is_asked_of_this_service_and_what_is_said(
    fahd_client: Client, fahd: Person, service: Service, open_a_ticket: OpenATicket
) -> None:
    other = Service.objects.create(code="beside", name_ar="جانبية", name_en="Beside")
    here = make("text", key="here", name_en="Asked here", is_required=True, help_en="As on the letter")
    elsewhere = make("text", key="elsewhere", name_en="Asked elsewhere")
    elsewhere.services.set([other])
    make("text", key="staff", name_en="For staff", on_form=False)
    make("text", key="sometimes", name_en="Sometimes", shown_if=[{"of": "purpose", "any": ["complaint"]}])
    forget_all()
    ticket = open_a_ticket()
    page = text_of(fahd_client, ticket)
    assert "Asked here" in page and "For staff" in page and "As on the letter" in page
    assert "Asked elsewhere" not in page and "Sometimes" not in page
    assert "still to be filled in" in page
    say(ticket, here, "الرقم ٧", fahd)
    say(ticket, elsewhere, "said before", fahd)
    page = text_of(fahd_client, ticket)
    assert "الرقم ٧" in page and "said before" in page, "what a ticket says is never hidden"
    assert "still to be filled in" not in page


def test_a_value_is_changed_in_place_and_history_says_it(
    fahd_client: Client, open_a_ticket: OpenATicket
) -> None:
    field = make("choice", name_en="Registrar")
    first, second = choose_from(field, "First", "Second")
    ticket = open_a_ticket()
    answer = fahd_client.post(at(ticket, "choice"), {"value": first.pk, "version": ticket.version, "was": ""})
    assert answer.status_code == 302 and answer["Location"].endswith("#dossier")
    assert FieldValue.objects.get().choice == first
    assert Event.objects.filter(kind="changed").get().data["property"] == "field:choice"
    events = fahd_client.get(f"{at(ticket)}events/").content.decode()
    assert "Registrar" in events and "First" in events
    ticket.refresh_from_db()
    fahd_client.post(at(ticket, "choice"), {"value": "", "version": ticket.version, "was": str(first.pk)})
    assert not FieldValue.objects.exists(), "nothing is an answer, too"
    wrong = fahd_client.post(at(ticket, "choice"), {"value": "nonsense"})
    assert wrong.status_code == 422 and "Choose one of those listed" in wrong.content.decode()
    assert fahd_client.post(at(ticket, "nothing"), {"value": "x"}).status_code == 404
    assert second.is_active


def test_who_was_overtaken_sees_both(fahd_client: Client, sara: Person, open_a_ticket: OpenATicket) -> None:
    field = make("text", name_en="Reference")
    ticket = open_a_ticket()
    old = ticket.version
    say(ticket, field, "theirs", sara)
    answer = fahd_client.post(at(ticket, "text"), {"value": "mine", "version": old, "was": ""})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "theirs" in page and 'value="mine"' in page
    assert FieldValue.objects.get().text == "theirs"


def test_an_auditor_reads_and_changes_nothing(fahd: Person, open_a_ticket: OpenATicket) -> None:
    field = make("text", name_en="Reference")
    make("text", key="empty", name_en="Left empty")
    ticket = open_a_ticket()
    say(ticket, field, "read me", fahd)
    auditor = signed_in(make_person("huda", "هدى السبيعي", is_staff=True, role=Role.AUDITOR))
    page = text_of(auditor, ticket)
    assert "read me" in page and 'id="own-text"' not in page
    assert auditor.post(at(ticket, "text"), {"value": "x"}).status_code == 404


def test_the_panel_costs_one_query_and_none_without_fields(
    fahd_client: Client, fahd: Person, open_a_ticket: OpenATicket
) -> None:
    ticket = open_a_ticket()

    def cost() -> int:
        fields.definitions(), fahd_client.get(at(ticket))
        with CaptureQueriesContext(
            connection,
        ) as asked:
            fahd_client.get(at(ticket))
        return len(asked)

    before = cost()
    for number in range(5):
        say(ticket, make("text", key=f"t-{number}"), "x", fahd)
    forget_all()
    assert cost() <= before + 1


@pytest.fixture
def said(fahd: Person, open_a_ticket: OpenATicket) -> dict[str, Any]:
    """Two tickets that differ in a field of each kind."""
    tree = make("tree", name_en="Part")
    (branch,) = choose_from(tree, "Certificates")
    leaf = FieldChoice.objects.create(
        field=tree, parent=branch, name_ar="تجديد", name_en="Renewal", position=2
    )
    alone = FieldChoice.objects.create(field=tree, name_ar="أخرى", name_en="Other", position=3)
    choice = make("choice", name_en="Registrar")
    one, two = choose_from(choice, "One", "Two")
    answers = {
        "text": (make("text", name_en="Reference"), "رقم المُعاملة سبعة", "another"),
        "tree": (tree, str(leaf.pk), str(alone.pk)),
        "choice": (choice, str(one.pk), str(two.pk)),
        "number": (make("number", limits={"decimals": 2}), "٢٥٫٥", "7"),
        "date": (make("date"), "1448-06-12", "2020-01-31"),
        "domain": (make("domain"), "موقع.السعودية", "other.sa"),
        "person": (make("person"), "Huda huda@example.com", "Other other@example.com"),
    }
    first, second = open_a_ticket(subject="first"), open_a_ticket(subject="second")
    for field, mine, theirs in answers.values():
        say(first, field, mine, fahd)
        say(second, field, theirs, fahd)
    forget_all()
    return {"branch": branch.pk, "leaf": leaf.pk, "one": one.pk}


@pytest.mark.parametrize(
    "asked",
    [
        {"f_text": "المعامله"},
        {"f_tree": "branch"},
        {"f_tree": "leaf"},
        {"f_choice": "one"},
        {"f_number_from": "٢٠"},
        {"f_number_from": "25.5", "f_number_to": "25.50"},
        {"f_date_from": "2021-01-01"},
        {"f_date_from": "1448-06-12", "f_date_to": "1448-06-12"},
        {"f_domain": "موقع.السعودية"},
        {"f_person": "HUDA@example.com"},
        {"f_person": "huda"},
    ],
    ids=str,
)
def test_each_kind_narrows_the_list(fahd_client: Client, said: dict[str, Any], asked: dict[str, str]) -> None:
    assert found(fahd_client, **{name: str(said.get(value, value)) for name, value in asked.items()}) == {
        "first"
    }


def test_a_branch_finds_what_is_put_below_it_later(
    fahd: Person, fahd_client: Client, said: dict[str, Any]
) -> None:
    assert found(fahd_client, f_tree=str(said["branch"])) == {"first"}
    tree = FieldChoice.objects.get(pk=said["branch"]).field
    later = FieldChoice.objects.create(field=tree, parent_id=said["branch"], name_ar="لاحق", name_en="Later")
    say(Ticket.objects.get(subject="second"), tree, str(later.pk), fahd)
    assert found(fahd_client, f_tree=str(said["branch"])) == {"first", "second"}


def test_the_address_of_a_filter_is_one_and_its_parts_are_taken_away_one_by_one(
    fahd_client: Client, said: dict[str, Any]
) -> None:
    answer = fahd_client.get(f"/en/desk/?apply=1&f_number_from=٢٠٫٠&f_tree={said['branch']}&view=everything")
    assert answer["Location"].endswith(f"?view=everything&f_tree={said['branch']}&f_number_from=20")
    page = fahd_client.get(answer["Location"]).content.decode()
    assert "Part: <bdi>Certificates</bdi>" in page
    assert "?view=everything&amp;f_number_from=20" in page
    form = fahd_client.get(f"/en/desk/filter/?f_tree={said['leaf']}").content.decode()
    assert f'<option value="{said["leaf"]}" selected>Certificates › Renewal</option>' in form
    ticket = Ticket.objects.get(subject="first")
    beside = fahd_client.get(f"{at(ticket)}?f_number_from=20").content.decode()
    assert "f_number_from=20" in beside, "the way back keeps the filter"


def test_what_is_typed_wrong_is_said_and_narrows_nothing(fahd_client: Client, said: dict[str, Any]) -> None:
    for wrong in ({"f_number_from": "many"}, {"f_date_to": "soon"}, {"f_choice": "x"}, {"f_domain": "a b"}):
        assert fahd_client.get(f"/en/desk/?{urlencode(wrong)}").status_code == 422, wrong
    backwards = fahd_client.get("/en/desk/?f_number_from=9&f_number_to=1")
    assert backwards.status_code == 422
    assert "The most is less than the least" in backwards.content.decode()
    assert found(fahd_client, f_unknown="x") == set(), "a saved view of a deleted field finds nothing"


def test_a_saved_view_keeps_what_it_asks_of_a_field(fahd_client: Client, said: dict[str, Any]) -> None:
    query = f"view=everything&f_choice={said['one']}"
    answer = fahd_client.post(
        "/en/desk/saved-views/", {"name": "With One", "query": query, "scope": "personal"}
    )
    assert answer.status_code == 302
    page = fahd_client.get(f"/en/desk/?{query}").content.decode()
    assert "With One" in page


@pytest.mark.parametrize(
    ("asked", "index"),
    [
        ({"f_choice": "one"}, "fieldvalue_found"),
        ({"f_number_from": "20"}, "fieldvalue_number"),
        ({"f_date_from": "2021-01-01"}, "fieldvalue_day"),
    ],
    ids=str,
)
def test_an_index_serves_what_a_filter_asks(
    fahd: Person, said: dict[str, Any], asked: dict[str, str], index: str
) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL reads a table of two rows as it stands")
    asked = {name: str(said.get(value, value)) for name, value in asked.items()}
    narrowed, wrong = filters.parse(asked, views=queue.VIEWS)
    assert not wrong
    rows = Ticket.objects.filter(narrowed.condition(fahd)).values_list("pk")
    assert index in rows.explain()


def test_own_fields_are_columns_read_in_one_query(fahd_client: Client, said: dict[str, Any]) -> None:
    columns = {"columns": ["requester", "f_choice", "f_date", "f_nothing"], "next": "/en/desk/"}
    fahd_client.post("/en/desk/choices/", columns)
    with CaptureQueriesContext(connection) as asked:
        page = fahd_client.get("/en/desk/?view=everything").content.decode()
    assert ">Registrar</th>" in page and "<bdi>One</bdi>" in page and "<bdi>Two</bdi>" in page
    assert sum("tickets_fieldvalue" in query["sql"] for query in asked) == 1


def test_the_search_finds_a_ticket_by_a_text_and_by_a_domain_name(
    fahd_client: Client, said: dict[str, Any]
) -> None:
    for typed in ("رقم المعاملة", "موقع.السعودية"):
        page = fahd_client.get(f"/en/desk/search/?{urlencode({'q': typed})}").content.decode()
        assert "first" in page and '<bdi class="what">second' not in page, typed
