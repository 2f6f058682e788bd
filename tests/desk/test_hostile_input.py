"""What is typed at the desk in bad faith, or by bad luck, is refused in words: no error, and never more than meant."""

import uuid
from time import monotonic
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client

from tawasul.accounts.models import Person
from tawasul.bulk.models import BulkJob
from tawasul.core.kept import forget_all
from tawasul.desk.bulk import MOST_PICKED
from tawasul.desk.settings.field_forms import MOST_CHOICES
from tawasul.tickets import fields
from tawasul.tickets.fields import Situation
from tawasul.tickets.models import Field, FieldChoice
from tests.desk.test_bulk import JOBS, PREVIEW, preview, sent
from tests.desk.test_fields import IN_USE, choose_from, fresh, make, say
from tests.world import OpenATicket

__all__ = ["fresh"]
pytestmark = pytest.mark.django_db

# In UTC they are no days at all
FIRST_DAY, LAST_DAY = "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"


@pytest.mark.parametrize("typed", ["1e-99999999", "1e-201", "1E99999999", "NaN", "-Infinity", "9" * 190])
def test_a_number_whose_writing_out_would_fill_the_memory_is_no_number(
    typed: str, fahd: Person, fahd_client: Client, open_a_ticket: OpenATicket
) -> None:
    field = make("number", key="many", name_en="Many")
    forget_all()
    say(open_a_ticket(), field, "5", fahd)
    began = monotonic()
    answer = fahd_client.get(f"/en/desk/?{urlencode({'view': 'everything', 'f_many_from': typed})}")
    assert answer.status_code == 422
    assert "Enter a number in digits" in answer.content.decode()
    assert monotonic() - began < 5, "it is judged by its form, not written out"


@pytest.mark.parametrize("moment", [FIRST_DAY, LAST_DAY, "yesterday", "2026-11-27"])
def test_a_moment_at_the_edge_of_time_is_a_moment_like_any_other(
    moment: str, fahd_client: Client, open_a_ticket: OpenATicket
) -> None:
    ticket = open_a_ticket()
    order = {"action": "close", "whole": "1", "query": "view=all", "seen": moment, "key": str(uuid.uuid4())}
    assert fahd_client.post(PREVIEW, order).status_code == 200
    assert fahd_client.post(JOBS, order).status_code in {302, 422}
    news = f"/en/desk/live/news/?{urlencode({'drawn': moment, 'ticket': ticket.number})}"
    assert fahd_client.get(news).status_code == 200


@pytest.mark.parametrize("key", ["²", "9" * 5000, "١", "-1", "x"])
def test_a_service_that_is_none_is_left_out_of_a_field(key: str, lama_client: Client) -> None:
    given = {"kind": "text", "name_ar": "", "name_en": "", "services": key}
    answer = lama_client.post("/en/desk/settings/fields/new/", given)
    assert answer.status_code == 422
    assert 'name="name_en"' in answer.content.decode()


@pytest.mark.parametrize("gone", [FieldChoice, Field])
def test_a_filter_by_what_is_no_more_finds_nothing_and_an_order_reaches_nobody(
    gone: type[FieldChoice] | type[Field], fahd: Person, fahd_client: Client, open_a_ticket: OpenATicket
) -> None:
    field = make("choice", key="branch", name_en="Branch")
    (north,) = choose_from(field, "North")
    forget_all()
    one, other = open_a_ticket(subject="one"), open_a_ticket(subject="other")
    say(one, field, str(north.pk), fahd)
    query = urlencode({"view": "everything", "f_branch": north.pk})
    view = {"name": "The north", "scope": "personal", "query": query}
    saved = fahd_client.post("/en/desk/saved-views/", view)["Location"]
    order = sent(preview(fahd_client, "close", whole="1", query=query))
    one.field_values.all().delete()
    gone.objects.all().delete()
    forget_all()
    page = fahd_client.get(saved).content.decode()
    assert "<bdi>other</bdi>" not in page, "a saved view must not find everything instead"
    assert ">2<" not in fahd_client.get("/en/desk/saved-views/counts/").content.decode()
    assert fahd_client.post(JOBS, order).status_code == 422
    assert not BulkJob.objects.exists()
    other.refresh_from_db()
    assert other.status == "with_centre"


def test_an_order_over_a_filter_that_cannot_be_read_reaches_nobody(
    fahd_client: Client, open_a_ticket: OpenATicket
) -> None:
    open_a_ticket()
    given = {"action": "close", "whole": "1", "query": "view=all&created_from=x", "key": str(uuid.uuid4())}
    for address in (PREVIEW, JOBS):
        assert "no longer exists" in fahd_client.post(address, given, follow=True).content.decode()
    assert not BulkJob.objects.exists()


def test_the_longest_form_of_the_desk_arrives_as_a_whole(lama_client: Client, fahd_client: Client) -> None:
    rows: dict[str, str] = {"choices": str(MOST_CHOICES)}
    for number in range(MOST_CHOICES):
        row = {"pk": "", "ar": f"فرع {number}", "en": f"Branch {number}", "level": "0", "on": "1"}
        rows |= {f"choice-{number}-{name}": value for name, value in row.items()}
    given = {"kind": "tree", "name_ar": "الفرع", "name_en": "Branch", **IN_USE, **rows, "save": "1"}
    assert lama_client.post("/en/desk/settings/fields/new/", given).status_code == 302
    assert Field.objects.get().choices.count() == MOST_CHOICES
    picked = {"action": "close", "ticket": ["1"] * MOST_PICKED, "query": "view=all"}
    assert fahd_client.post(PREVIEW, picked).status_code == 200


def test_fields_that_lean_on_many_others_are_judged_once_each(
    noura_client: Client, fahd_client: Client, open_a_ticket: OpenATicket
) -> None:
    before: list[str] = []
    for number in range(40):
        make("text", key=f"step{number}", shown_if=[{"of": f"field:{one}", "any": []} for one in before[-3:]])
        before.append(f"step{number}")
    forget_all()
    began = monotonic()
    situation = Situation(None, "technical", "portal", dict.fromkeys(before, "said"))
    assert len(fields.shown(fields.definitions(), situation)) == 40
    typed = {f"own-{one}": "said" for one in before}
    assert noura_client.post("/en/tickets/questions/", typed).status_code == 200
    assert fahd_client.get(f"/en/desk/tickets/{open_a_ticket().spoken_number}/").status_code == 200
    assert monotonic() - began < 10


def test_the_portals_own_address_takes_part_in_nothing(
    fahd_client: Client, open_a_ticket: OpenATicket, settings: Any
) -> None:
    ticket = open_a_ticket()
    settings.MAIL_FROM = "support@nic.example.sa"
    for email in ("Support@NIC.example.sa", "support+x@nic.example.sa"):
        given = {"name": "x", "email": email, "language": "en"}
        answer = fahd_client.post(f"/en/desk/tickets/{ticket.spoken_number}/participants/", given)
        assert answer.status_code == 422 and "own address" in answer.content.decode()
    assert not ticket.participants.exists()
