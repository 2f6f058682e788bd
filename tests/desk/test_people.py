"""Roles and permissions: given at the desk, kept in history, in force at once; nobody locks the centre out."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from tawasul.accounts import roles
from tawasul.accounts.models import Change, Person, Role, RolePermissions
from tawasul.accounts.roles import DEFAULTS, Permission
from tests.desk.test_settings import seen_in
from tests.world import OpenATicket, make_person, signed_in

pytestmark = pytest.mark.django_db
PLACE = "/en/desk/settings/"


def give(client: Client, person: Person, role: str) -> Any:
    page = client.get(f"{PLACE}people/", {"q": person.username}).content.decode()
    form = re.search(rf'people/{person.pk}/role/".*?name="seen" value="([^"]*)"', page, re.S)
    return client.post(f"{PLACE}people/{person.pk}/role/", {"role": role, "seen": form[1] if form else ""})


def all_boxes() -> dict[str, list[str]]:
    return {role: list(allowed) for role, allowed in DEFAULTS.items() if role != Role.ADMINISTRATOR}


def test_a_role_is_changed_and_told(lama_client: Client, fahd: Person) -> None:
    give(lama_client, fahd, Role.LEAD)
    fahd.refresh_from_db()
    assert fahd.role == Role.LEAD
    page = lama_client.get(f"{PLACE}people/").content.decode()
    assert "team lead" in page
    change = Change.objects.get()
    assert (change.before, change.after) == ({"role": "agent"}, {"role": "lead"})


def test_a_customer_is_made_staff_and_ended_again(lama_client: Client, khalid: Person) -> None:
    give(lama_client, khalid, Role.AUDITOR)
    khalid.refresh_from_db()
    assert (khalid.is_staff, khalid.role) == (True, Role.AUDITOR)
    assert signed_in(khalid).get("/en/desk/mail/").status_code == 200
    give(lama_client, khalid, "none")
    khalid.refresh_from_db()
    assert not khalid.is_staff
    assert signed_in(khalid).get("/en/desk/mail/").status_code == 404


def test_the_last_administrator_stays(lama_client: Client, lama: Person, sara: Person) -> None:
    for role in (Role.AGENT, "none"):
        give(lama_client, Person.objects.get(pk=lama.pk), role)
    lama.refresh_from_db()
    assert lama.is_staff
    give(lama_client, sara, Role.ADMINISTRATOR)
    client = signed_in(Person.objects.get(pk=sara.pk))
    give(client, sara, Role.AGENT)
    sara.refresh_from_db()
    assert sara.role == Role.AGENT, "another administrator is left"


def test_a_role_changed_meanwhile_is_not_overwritten(lama_client: Client, fahd: Person) -> None:
    lama_client.post(f"{PLACE}people/{fahd.pk}/role/", {"role": Role.LEAD, "seen": "old"})
    fahd.refresh_from_db()
    assert fahd.role == Role.AGENT
    assert "meanwhile" in lama_client.get(f"{PLACE}people/").content.decode()


def test_permissions_take_effect_and_stand_in_history(
    lama_client: Client, fahd: Person, open_a_ticket: OpenATicket
) -> None:
    ticket = open_a_ticket()
    address = f"/en/desk/tickets/{ticket.spoken_number}/notes/"
    boxes = all_boxes()
    boxes[Role.AGENT].remove(Permission.NOTE)
    seen = seen_in(lama_client.get(f"{PLACE}permissions/"))
    assert lama_client.post(f"{PLACE}permissions/", {**boxes, "seen": seen}).status_code == 302
    roles.forget()
    assert signed_in(fahd).post(address, {"text": "x", "send": "1"}).status_code == 404
    assert "write internal notes" in lama_client.get(f"{PLACE}permissions/").content.decode()
    change = Change.objects.get()
    assert set(change.before["allowed"]) - set(change.after["allowed"]) == {Permission.NOTE}


def test_administrators_keep_everything_whatever_is_sent(lama_client: Client, lama: Person) -> None:
    seen = seen_in(lama_client.get(f"{PLACE}permissions/"))
    lama_client.post(f"{PLACE}permissions/", {"administrator": [], "agent": ["nonsense"], "seen": seen})
    roles.forget()
    assert not RolePermissions.objects.filter(role=Role.ADMINISTRATOR).exists()
    assert all(roles.may(lama, permission) for permission in Permission)
    assert RolePermissions.objects.get(role=Role.AGENT).allowed == []


def test_permissions_changed_meanwhile_are_shown_again(lama_client: Client) -> None:
    boxes = {**all_boxes(), Role.AUDITOR.value: [Permission.NOTE]}
    answer = lama_client.post(f"{PLACE}permissions/", {**boxes, "seen": "old"})
    assert answer.status_code == 409
    assert not RolePermissions.objects.exists()
    assert re.search(r'name="auditor" value="note" checked', answer.content.decode())


def test_the_board_shows_a_lead_their_own_teams_and_an_administrator_all(
    lama_client: Client, sara: Person, fahd: Person, open_a_ticket: OpenATicket, team: Any
) -> None:
    from tawasul.accounts.models import Team
    from tawasul.tickets import actions
    from tawasul.tickets.models import Ticket

    other = Team.objects.create(name_ar="الدعم التقني", name_en="Technical support")
    mine, hers = open_a_ticket(subject="a"), open_a_ticket(subject="b")
    Ticket.objects.filter(pk=mine.pk).update(team=team)
    Ticket.objects.filter(pk=hers.pk).update(team=other)
    actions.take(mine, by=fahd)
    Person.objects.filter(pk=sara.pk).update(role=Role.LEAD)
    lead = signed_in(Person.objects.get(pk=sara.pk)).get("/en/desk/board/").content.decode()
    assert "Customer care" in lead and "Technical support" not in lead
    assert f"view=all&amp;assignee={fahd.pk}" in lead
    assert mine.spoken_number in lead and hers.spoken_number not in lead
    everything = lama_client.get("/en/desk/board/").content.decode()
    assert "Technical support" in everything and hers.spoken_number in everything
    assert signed_in(fahd).get("/en/desk/board/").status_code == 404, "an agent has no board"


def test_the_board_names_the_ticket_that_has_waited_longest_not_the_one_due_first(
    lama_client: Client, open_a_ticket: OpenATicket, team: Any
) -> None:
    from tawasul.core import clock
    from tawasul.tickets.models import Ticket

    now = clock.now()
    old, urgent = open_a_ticket(subject="a"), open_a_ticket(subject="b")
    for ticket, waited, left in [(old, 3, 4), (urgent, 1, 1)]:
        Ticket.objects.filter(pk=ticket.pk).update(
            team=team, waiting_since=now - timedelta(days=waited), answer_due_at=now + timedelta(hours=left)
        )
    page = lama_client.get("/en/desk/board/").content.decode()
    assert old.spoken_number in page
    assert urgent.spoken_number not in page


def test_the_board_asks_the_same_number_of_questions_whatever_waits(
    lama_client: Client, open_a_ticket: OpenATicket, team: Any, django_assert_max_num_queries: Any
) -> None:
    for _each in range(3):
        open_a_ticket()
    make_person("huda", "هدى السبيعي", is_staff=True)
    with django_assert_max_num_queries(22):  # two a team and a person, presence and bell, the desk's frame
        assert lama_client.get("/en/desk/board/").status_code == 200
