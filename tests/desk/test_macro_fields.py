"""Macros and jobs over many tickets fill in the centre's own fields, as the desk itself would."""

import json
import re
import uuid
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tawasul.accounts.models import Change, Person
from tawasul.bulk import work
from tawasul.bulk.models import BulkJob
from tawasul.replies import macros
from tawasul.replies.models import Macro
from tawasul.tickets import actions, fields
from tawasul.tickets.actions import fields as values
from tawasul.tickets.models import Event, Field, FieldChoice, FieldValue, Message, Service, Ticket
from tests.bulk.test_jobs import work_off
from tests.desk.test_ready import at, macro_of
from tests.tickets.test_own_fields import again, make_choice, make_field

pytestmark = pytest.mark.django_db
K = Field.Kind


def said(ticket: Ticket) -> dict[str, str]:
    return {one.key: fields.typed(one, value) for one, value in fields.values_of(ticket)}


def put(ticket: Ticket, key: str, typed: str, by: Person) -> None:
    one = fields.by_key(key)
    assert one is not None
    values.change(ticket, one, fields.parse(one, typed), by=by)


@pytest.fixture
def cause(db: None) -> tuple[str, str]:
    """A list to choose from: a fault at the host, or with us."""
    make_field("cause", K.CHOICE)
    host, ours = make_choice("cause", "المستضيف", "Host"), make_choice("cause", "المركز", "Centre")
    again("cause")
    return str(host.pk), str(ours.pk)


class TestMacros:
    def test_every_kind_is_filled_in_with_what_the_desk_would_store(
        self, fahd: Person, fahd_client: Client, khalid: Person, cause: tuple[str, str], open_a_ticket: Any
    ) -> None:
        ticket = open_a_ticket()
        make_field("place", K.TREE)
        riyadh = make_choice("place", "الرياض", "Riyadh", make_choice("place", "الوسطى", "Central"))
        for kind in (K.TEXT, K.NUMBER, K.DATE, K.DOMAIN, K.PERSON):
            make_field(kind, kind)
        typed = {
            "own_cause": cause[0],
            "own_place": str(riyadh.pk),
            "own_text": "ملاحظة الفريق",
            "own_number": "١٢",
            "own_date": "1448-06-12",
            "own_domain": "مثال.السعودية",
            "own_person": khalid.full_name,
        }
        form = {"name_ar": "تعبئة", "scope": "personal", "is_active": "on"} | typed
        assert fahd_client.post("/en/desk/ready/macros/new/", form).status_code == 302
        macro = Macro.objects.get()
        page = fahd_client.get(at(ticket, "macros")).content.decode()
        assert "ملاحظة الفريق" in page and "الرياض" in page and khalid.email in page
        assert not FieldValue.objects.exists()
        assert fahd_client.post(at(ticket, "macros", str(macro.pk))).status_code == 302
        stored = {value.field.key: value for value in FieldValue.objects.select_related("field")}
        assert set(stored) == {"cause", "place", *map(str, (K.TEXT, K.NUMBER, K.DATE, K.DOMAIN, K.PERSON))}
        assert (stored["number"].number, stored["person"].person) == (12, khalid)
        assert stored["place"].choice_id == riyadh.pk and stored["domain"].search_key.startswith("xn--")
        assert Event.objects.filter(ticket=ticket, kind="changed", data__property="field:number").exists()
        edited = fahd_client.get(f"/en/desk/ready/macros/{macro.pk}/").content.decode()
        assert 'value="مثال.السعودية"' in edited

    def test_what_means_nothing_is_not_saved_in_a_macro(self, fahd_client: Client) -> None:
        make_field("servers", K.NUMBER, limits={"most": 13})
        form = {"name_ar": "x", "scope": "personal", "is_active": "on", "own_servers": "14"}
        answer = fahd_client.post("/en/desk/ready/macros/new/", form)
        assert answer.status_code == 422 and "The most possible is" in answer.content.decode()
        assert not Macro.objects.exists()

    def test_the_preview_says_why_this_ticket_cannot_have_it_and_nothing_at_all_is_done(
        self, fahd: Person, fahd_client: Client, open_a_ticket: Any
    ) -> None:
        other = Service.objects.create(code="x", name_ar="أخرى", name_en="Other")
        make_field("servers", K.NUMBER, services=(other,))
        macro = macro_of(
            fahd, {"do": "note", "text_ar": "أولًا"}, {"do": "fields", "values": {"servers": "2"}}
        )
        ticket = open_a_ticket()
        page = fahd_client.get(at(ticket, "macros").replace("/ar/", "/en/")).content.decode()
        assert "does not have the field" in page and at(ticket, "macros", str(macro.pk)) not in page
        answer = fahd_client.post(at(ticket, "macros", str(macro.pk)).replace("/ar/", "/en/"))
        assert answer.status_code == 409 and "does not have the field" in answer.content.decode()
        assert not FieldValue.objects.exists() and not Message.objects.filter(kind="note").exists()

    def test_a_condition_holds_by_what_the_ticket_says_or_by_what_the_macro_types(
        self, fahd: Person, cause: tuple[str, str], open_a_ticket: Any
    ) -> None:
        make_field("host", K.TEXT, shown_if=[{"of": "field:cause", "any": [cause[0]]}])
        alone = macro_of(fahd, {"do": "fields", "values": {"host": "سحابة"}})
        both = macro_of(fahd, {"do": "fields", "values": {"host": "سحابة", "cause": cause[0]}})
        ticket, second = open_a_ticket(), open_a_ticket()
        with pytest.raises(macros.NotDoable, match=r"asked|يُطلب|يطلب"):
            macros.run(alone, ticket, by=fahd)
        macros.run(both, ticket, by=fahd)
        assert said(ticket)["host"] == "سحابة"
        put(second, "cause", cause[0], fahd)
        macros.run(alone, second, by=fahd)
        assert said(second)["host"] == "سحابة"

    def test_limits_and_offers_are_those_of_the_day_on_which_it_is_used(
        self, fahd: Person, cause: tuple[str, str], open_a_ticket: Any
    ) -> None:
        macro = macro_of(fahd, {"do": "fields", "values": {"cause": cause[0]}})
        FieldChoice.objects.filter(pk=cause[0]).update(is_active=False)
        again("cause")
        ticket = open_a_ticket()
        assert [line.problem for line in macros.told(macro, ticket, fahd)] == [True]
        with pytest.raises(macros.NotDoable):
            macros.run(macro, ticket, by=fahd)
        Field.objects.all().delete()
        with pytest.raises(macros.NotDoable):
            macros.run(macro, ticket, by=fahd)

    def test_history_of_a_macro_says_what_it_fills_in(
        self, fahd: Person, fahd_client: Client, cause: Any
    ) -> None:
        macro = macro_of(fahd, {"do": "fields", "values": {"cause": cause[0]}})
        assert Change.objects.exists()
        page = fahd_client.get(f"/en/desk/ready/macros/{macro.pk}/").content.decode()
        assert "Field cause = Host" in page


BULK = "/en/desk/bulk/"


def hidden(page: str) -> dict[str, str]:
    form = page[page.rindex('action="/en/desk/bulk/"') :]
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form)
    return dict(found)


class TestJobs:
    def form(self, tickets: Any, **more: Any) -> dict[str, Any]:
        return {"action": "field", "ticket": [one.number for one in tickets], **more}

    def test_first_the_field_then_its_value_then_what_would_change_and_back_again(
        self, fahd: Person, fahd_client: Client, cause: tuple[str, str], open_a_ticket: Any
    ) -> None:
        one = fields.by_key("cause")
        assert one is not None
        tickets = [open_a_ticket() for _ in range(4)]
        for ticket, choice in zip(tickets, (cause[0], cause[0], cause[1]), strict=False):
            put(ticket, "cause", choice, fahd)
        page = fahd_client.post(f"{BULK}preview/", self.form(tickets)).content.decode()
        assert "Choose the value" in page
        page = fahd_client.post(f"{BULK}preview/", self.form(tickets, object=one.pk)).content.decode()
        assert 'name="value_cause"' in page and "This will happen" not in page
        chosen = self.form(tickets, object=one.pk, value_cause=cause[1])
        page = fahd_client.post(f"{BULK}preview/", chosen).content.decode()
        counts = re.findall(r"<li><bdi>([^<]+)</bdi>.*?<b><bdi>([^<]+)</bdi></b>.*?>(\d+)<", page)
        assert counts == [("Host", "Centre", "2"), ("none", "Centre", "1")]
        order = hidden(page) | {"ticket": [one.number for one in tickets]}
        answer = fahd_client.post(BULK, order)
        assert answer.status_code == 302
        work_off()
        assert [said(ticket).get("cause") for ticket in tickets] == [cause[1]] * 4
        job = BulkJob.objects.get()
        told = fahd_client.get(answer["Location"]).content.decode()
        assert "Field cause" in told and "Centre" in told
        fahd_client.post(f"{answer['Location']}undoing/")
        work_off()
        assert [said(ticket).get("cause") for ticket in tickets] == [cause[0], cause[0], cause[1], None]
        assert sorted(job.items.values_list("outcome", flat=True)) == [
            "unchanged",
            "undone",
            "undone",
            "undone",
        ]

    def test_a_ticket_whose_service_does_not_have_it_is_refused_beside_those_that_do(
        self, fahd: Person, fahd_client: Client, service: Service, open_a_ticket: Any
    ) -> None:
        other = Service.objects.create(code="x", name_ar="أخرى", name_en="Other")
        has, has_not = open_a_ticket(), open_a_ticket()
        Ticket.objects.filter(pk=has_not.pk).update(service=other)
        one = make_field("servers", K.NUMBER, services=(has.service,))
        page = fahd_client.post(
            f"{BULK}preview/", self.form([has, has_not], object=one.pk, value_servers="3")
        ).content.decode()
        assert "its service does not have the field" in page
        fahd_client.post(BULK, hidden(page) | {"ticket": [has.number, has_not.number]})
        work_off()
        outcomes = dict(BulkJob.objects.get().items.values_list("ticket", "why"))
        assert outcomes == {has.pk: "", has_not.pk: "no_field"}
        assert said(has) == {"servers": "3"} and said(has_not) == {}

    def test_a_wrong_value_is_said_and_an_empty_one_empties_the_field(
        self, fahd: Person, fahd_client: Client, open_a_ticket: Any
    ) -> None:
        one, ticket = make_field("servers", K.NUMBER), open_a_ticket()
        put(ticket, "servers", "7", fahd)
        wrong = fahd_client.post(f"{BULK}preview/", self.form([ticket], object=one.pk, value_servers="x"))
        assert wrong.status_code == 422 and "Enter a number" in wrong.content.decode()
        page = fahd_client.post(f"{BULK}preview/", self.form([ticket], object=one.pk, value_servers=""))
        fahd_client.post(BULK, hidden(page.content.decode()) | {"ticket": [ticket.number]})
        work_off()
        assert said(ticket) == {}
        fahd_client.post(f"{BULK}{BulkJob.objects.get().key}/undoing/")
        work_off()
        assert said(ticket) == {"servers": "7"}

    def test_what_somebody_wrote_in_the_field_since_is_not_taken_back(
        self, fahd: Person, fahd_client: Client, open_a_ticket: Any
    ) -> None:
        one, ticket = make_field("servers", K.NUMBER), open_a_ticket()
        order = self.form([ticket], object=one.pk, value_servers="3", key=uuid.uuid4())
        fahd_client.post(BULK, order)
        work_off()
        put(ticket, "servers", "9", fahd)
        fahd_client.post(f"{BULK}{BulkJob.objects.get().key}/undoing/")
        work_off()
        assert said(ticket) == {"servers": "9"}
        assert BulkJob.objects.get().items.get().outcome == "changed_since"

    def test_without_fields_it_is_not_offered(self, fahd_client: Client, open_a_ticket: Any) -> None:
        open_a_ticket()
        assert 'value="field"' not in fahd_client.get("/en/desk/").content.decode()
        make_field("servers", K.NUMBER)
        assert 'value="field"' in fahd_client.get("/en/desk/").content.decode()

    def test_a_ticket_costs_a_bounded_number_of_queries(
        self, fahd: Person, fahd_client: Client, cause: tuple[str, str], open_a_ticket: Any
    ) -> None:
        one = make_field("host", K.TEXT, shown_if=[{"of": "field:cause"}])
        tickets = [open_a_ticket() for _ in range(10)]
        for ticket in tickets:
            put(ticket, "cause", cause[0], fahd)
        fahd_client.post(BULK, self.form(tickets, object=one.pk, value_host="سحابة", key=uuid.uuid4()))
        with CaptureQueriesContext(connection) as asked:
            work.work_due()
        assert said(tickets[0])["host"] == "سحابة"
        assert len(asked) <= 10 * 9 + 14, f"{len(asked) / 10} a ticket"


def test_what_an_item_keeps_is_json(fahd: Person, open_a_ticket: Any) -> None:
    ticket = open_a_ticket()
    for key, kind, typed in (("n", K.NUMBER, "1.5"), ("d", K.DATE, "2026-11-22"), ("t", K.TEXT, "x")):
        one = make_field(key, kind, limits={"decimals": 2})
        put(ticket, key, typed, fahd)
        value = FieldValue.objects.get(ticket=ticket, field=one.pk)
        before = json.loads(json.dumps(values.kept(value)))
        values.change(ticket, one, None, by=fahd)
        values.put_back(ticket, one, before, version=ticket.version, by=fahd)
        assert said(ticket)[key] == typed
    actions.take(ticket, by=fahd)
