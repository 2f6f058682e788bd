"""A closed team's tickets are seen by its members and by roles that see every team's; for others there are none."""

import re
import uuid
from typing import Any

import pytest
from django.urls import reverse

from tawasul.accounts import roles
from tawasul.accounts.models import Person, Role, Team
from tawasul.replies import macros
from tawasul.replies.models import Macro
from tawasul.tickets import actions
from tawasul.tickets.models import Ticket
from tests.desk.mails import failed, held_by_door
from tests.matrix.stage import _draft_with_file, patterns
from tests.portal.forms import body
from tests.world import OpenATicket, make_person, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def investigations(sara: Person) -> Team:
    """A closed team; of those who work at the desk only Sara belongs to it."""
    made = Team.objects.create(name_ar="التحقيقات", name_en="Investigations", is_closed=True)
    made.members.add(sara)
    roles.forget()
    return made


@pytest.fixture
def secret(open_a_ticket: OpenATicket, investigations: Team) -> Ticket:
    ticket = open_a_ticket(subject="سرّي")
    Ticket.objects.filter(pk=ticket.pk).update(team=investigations)
    ticket.refresh_from_db()
    return ticket


def test_its_members_see_its_tickets_and_others_do_not(
    secret: Ticket, fahd: Person, sara: Person, lama: Person
) -> None:
    address = f"/ar/desk/tickets/{secret.spoken_number}/"
    assert signed_in(sara).get(address).status_code == 200
    assert signed_in(fahd).get(address).status_code == 404
    assert signed_in(lama).get(address).status_code == 200, "an administrator sees every team"
    auditor = make_person("huda", "هدى السبيعي", is_staff=True, role=Role.AUDITOR)
    assert signed_in(auditor).get(address).status_code == 200, "and so does an auditor"


def test_no_door_of_the_desk_with_its_number_opens(secret: Ticket, fahd: Person) -> None:
    client, tried = signed_in(fahd), 0
    named = [
        name for name, listed in patterns().items() if name.startswith("desk:") and "number" in listed[0]
    ]
    for name in named:
        words: dict[str, Any] = {"number": secret.spoken_number, "kind": "note", "key": uuid.uuid4()}
        words |= {"file": uuid.uuid4(), "pk": 1, "item": 1, "tag": 1, "person": 1, "entry": 1}
        for word in patterns()[name][0] - set(words):
            words[word] = 1
        address = reverse(name, kwargs={word: words[word] for word in patterns()[name][0]})
        for method in ("GET", "POST"):
            status = client.generic(method, address).status_code
            assert status in {404, 405}, (method, address, status)
            tried += status == 404
    assert tried >= 12


def test_what_is_posted_changes_nothing(secret: Ticket, fahd: Person) -> None:
    client = signed_in(fahd)
    place = f"/ar/desk/tickets/{secret.spoken_number}/"
    for rest, data in [
        ("answers/", {"text": "x", "send": "1"}),
        ("notes/", {"text": "x", "send": "1"}),
        ("assignee/", {}),
        ("closure/", {"reason": "spam"}),
    ]:
        assert client.post(place + rest, data).status_code == 404
    before = secret.version
    secret.refresh_from_db()
    assert secret.version == before
    assert secret.assignee_id is None


def test_its_files_are_not_served(
    secret: Ticket,
    noura: Person,
    fahd: Person,
    sara: Person,
    open_a_ticket: OpenATicket,
    investigations: Team,
) -> None:
    draft, file = _draft_with_file(noura)
    ticket = open_a_ticket(draft=draft)
    pages = [f"/ar/files/{file.pk}/", f"/ar/files/{file.pk}/original/"]

    def statuses(person: Person) -> list[int]:
        found = []
        for page in pages:
            answer = signed_in(person).get(page)
            if answer.streaming:
                body(answer)
            found.append(answer.status_code)
        return found

    assert statuses(fahd) == [200, 200]
    Ticket.objects.filter(pk=ticket.pk).update(team=investigations)
    assert statuses(fahd) == [404, 404]
    assert statuses(sara) == [200, 200]
    assert statuses(noura) == [200, 200], "the customer's own stays theirs"


def test_the_ledger_keeps_its_mails_to_its_members(secret: Ticket, fahd: Person, sara: Person) -> None:
    incoming, outgoing = held_by_door(ticket=secret).pk, failed(ticket=secret).pk
    for place in (
        f"in/{incoming}/",
        f"out/{outgoing}/",
        f"in/{incoming}/original/",
        f"out/{outgoing}/original/",
    ):
        assert signed_in(fahd).get(f"/ar/desk/mail/{place}").status_code == 404, place
        assert signed_in(sara).get(f"/ar/desk/mail/{place}").status_code == 200, place
    assert signed_in(fahd).post(f"/ar/desk/mail/in/{incoming}/discarding/").status_code == 404
    assert signed_in(fahd).post(f"/ar/desk/mail/out/{outgoing}/resending/").status_code == 404
    for page in ("", "in/", "out/", f"in/?q={secret.number}", f"out/?q={secret.number}", "out/?state=failed"):
        shown = signed_in(fahd).get(f"/ar/desk/mail/{page}").content.decode()
        assert secret.spoken_number not in shown, page
        assert secret.spoken_number in signed_in(sara).get(f"/ar/desk/mail/{page}").content.decode(), page


def test_the_ledgers_counts_leave_them_out(secret: Ticket, fahd: Person, sara: Person) -> None:
    failed(ticket=secret)
    counted = [
        re.search(
            r'href="/en/desk/mail/"[^>]*>.*?</a>', signed_in(person).get("/en/desk/").content.decode(), re.S
        )
        for person in (fahd, sara)
    ]
    assert counted[0] and 'class="n' not in counted[0][0]
    assert counted[1] and 'class="n' in counted[1][0]


def test_a_team_that_is_opened_again_shows_its_tickets_to_all(
    secret: Ticket, fahd: Person, investigations: Team
) -> None:
    Team.objects.filter(pk=investigations.pk).update(is_closed=False)
    roles.forget()
    assert signed_in(fahd).get(f"/ar/desk/tickets/{secret.spoken_number}/").status_code == 200


def test_a_note_stays_in_the_house_of_the_team(secret: Ticket, sara: Person, fahd: Person) -> None:
    actions.note(secret, by=sara, text="للأعضاء وحدهم")
    for page in ("", "?view=unassigned"):
        assert "للأعضاء وحدهم" not in signed_in(fahd).get(f"/ar/desk/{page}").content.decode()


def test_its_ticket_goes_to_nobody_who_could_not_open_it(
    secret: Ticket, investigations: Team, fahd: Person, sara: Person, lama: Person, open_a_ticket: OpenATicket
) -> None:
    client, place = signed_in(sara), f"/ar/desk/tickets/{secret.spoken_number}/"
    page = client.get(place).content.decode()
    offered = re.search(r'<select class="input" name="assignee" data-do="assign".*?</select>', page, re.S)
    assert offered is not None
    assert f'value="{lama.pk}"' in offered[0]  # her role sees every team's
    assert f'value="{fahd.pk}"' not in offered[0]
    refused = client.post(f"{place}assignee/", {"assignee": str(fahd.pk)})
    assert refused.status_code == 422
    assert "لا تظهر تذاكر هذا الفريق" in refused.content.decode()
    client.post(f"{place}assignee/", {"assignee": str(lama.pk)})
    secret.refresh_from_db()
    assert secret.assignee == lama
    other = open_a_ticket()
    there = {"team": str(investigations.pk), "assignee": str(fahd.pk)}
    refused = client.post(f"/ar/desk/tickets/{other.spoken_number}/team/", there)
    assert refused.status_code == 422
    assert "لا تظهر تذاكر هذا الفريق" in refused.content.decode()
    other.refresh_from_db()
    assert other.team != investigations


def test_no_macro_gives_it_to_an_outsider_either(secret: Ticket, fahd: Person, sara: Person) -> None:
    macro = Macro.objects.create(
        name_ar="إلى فهد", owner=sara, scope="personal", steps=[{"do": "assign", "to": fahd.pk}]
    )
    with pytest.raises(macros.NotDoable):
        macros.run(macro, secret, by=sara)
    assert not secret.events.exclude(kind="opened").exists()


def test_a_filter_by_a_closed_team_does_not_name_it_to_others(
    investigations: Team, fahd: Person, sara: Person
) -> None:
    address = f"/en/desk/?view=everything&team={investigations.pk}"
    assert "Investigations" in signed_in(sara).get(address).content.decode()
    page = signed_in(fahd).get(address).content.decode()
    assert "Investigations" not in page and "no longer there" in page
