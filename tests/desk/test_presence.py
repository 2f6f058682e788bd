"""At the desk, away, out of the office: chosen in the bar, said in the lists and on the board, kept by the page."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from tawasul.accounts import absences
from tawasul.accounts.models import Absence, Change, Person, Role, Team
from tawasul.core import clock, kept
from tawasul.live import attendance
from tawasul.live.models import Attendance
from tawasul.tickets import actions
from tawasul.tickets.actions import standing_in
from tawasul.tickets.models import Ticket
from tests.browsing import enter, fits
from tests.world import OpenATicket, make_person, signed_in

pytestmark = pytest.mark.django_db
PAGE = "/en/desk/absences/"


@pytest.fixture
def lead(team: Team) -> Person:
    person = make_person("huda", "هدى السبيعي", is_staff=True, role=Role.LEAD)
    team.members.add(person)
    return person


def note(client: Client, person: Person, **given: Any) -> Any:
    values = {"person": person.pk, "from_day": "2026-12-01", "until_day": "2026-12-03", "substitute": ""}
    return client.post(PAGE, values | given)


@pytest.fixture
def _in_november() -> Iterator[None]:
    with time_machine.travel("2026-11-25T09:00:00+03:00", tick=False):
        yield


class TestPresence:
    def test_away_is_chosen_in_the_bar_and_taken_back(self, fahd: Person, fahd_client: Client) -> None:
        answer = fahd_client.post(reverse("desk:presence"), {"state": "away", "next": "/en/desk/keys/"})
        assert answer["Location"] == "/en/desk/keys/"
        page = fahd_client.get("/en/desk/").content.decode()
        assert 'data-presence="away"' in page and "I am back at the desk" in page
        fahd_client.post(reverse("desk:presence"), {"state": "here", "next": "//evil.example/"})
        fahd.refresh_from_db()
        assert fahd.away_since is None

    def test_a_page_of_the_desk_notes_its_reader_once_a_minute(
        self, fahd: Person, fahd_client: Client, django_assert_num_queries: Any
    ) -> None:
        fahd_client.get("/en/desk/keys/")
        seen = Attendance.objects.get(person=fahd).seen_at
        fahd_client.get("/en/desk/keys/")
        assert Attendance.objects.get(person=fahd).seen_at == seen
        with django_assert_num_queries(0):
            attendance.note([fahd.pk])

    def test_after_five_minutes_without_a_page_somebody_is_gone(
        self, fahd: Person, fahd_client: Client
    ) -> None:
        fahd_client.get("/en/desk/keys/")
        kept.forget_all()
        assert fahd.pk in attendance.present()
        Attendance.objects.update(seen_at=clock.now() - attendance.SEEN)
        kept.forget_all()
        assert fahd.pk not in attendance.present()

    def test_the_board_says_who_is_there_and_what_they_take(
        self, fahd: Person, sara: Person, lead: Person
    ) -> None:
        Person.objects.filter(pk=fahd.pk).update(away_since=clock.now(), capacity=7)
        now = clock.now()
        absences.announce(
            sara,
            starts_at=now - timedelta(1),
            ends_at=now + timedelta(1),
            substitute=None,
            hands_over=False,
            by=sara,
        )
        client = signed_in(lead)
        client.get("/en/desk/")
        kept.forget_all()
        page = client.get("/en/desk/board/").content.decode()
        assert "away, at most 7" in page and "out of office until" in page and ">at the desk" in page

    def test_the_list_of_assignees_says_who_is_not_there(
        self, fahd: Person, fahd_client: Client, sara: Person, lead: Person, open_a_ticket: OpenATicket
    ) -> None:
        Person.objects.filter(pk=lead.pk).update(away_since=clock.now())
        now = clock.now()
        absences.announce(
            sara, starts_at=now, ends_at=now + timedelta(1), substitute=fahd, hands_over=False, by=sara
        )
        kept.forget_all()
        ticket = open_a_ticket()
        page = fahd_client.get(f"/en/desk/tickets/{ticket.spoken_number}/").content.decode()
        assert "هدى السبيعي (away)" in page and "سارة القرني (out of office until" in page
        answer = fahd_client.post(
            f"/en/desk/tickets/{ticket.spoken_number}/assignee/", {"assignee": sara.pk}, follow=True
        )
        assert "سارة القرني is out of the office until" in answer.content.decode()
        assert "فهد العتيبي stands in." in answer.content.decode()
        assert Ticket.objects.get().assignee == sara, "it is said, not refused"

    def test_the_limit_of_a_person_is_set_with_history(self, lama_client: Client, fahd: Person) -> None:
        address = f"/en/desk/settings/people/{fahd.pk}/capacity/"
        lama_client.post(address, {"capacity": "١٢"})
        fahd.refresh_from_db()
        assert fahd.capacity == 12
        assert Change.objects.get().after == {"capacity": 12}
        lama_client.post(address, {"capacity": "-1"})
        lama_client.post(address, {"capacity": "many"})
        fahd.refresh_from_db()
        assert fahd.capacity == 12
        lama_client.post(address, {"capacity": ""})
        fahd.refresh_from_db()
        assert fahd.capacity is None


@pytest.mark.usefixtures("_in_november")
class TestAbsences:
    def test_ones_own_is_noted_in_either_calendar(
        self, fahd: Person, fahd_client: Client, sara: Person
    ) -> None:
        answer = note(
            fahd_client, fahd, from_day="1448-06-21", from_hour="٠٧:٣٠", substitute=sara.pk, hands_over="on"
        )
        assert answer.status_code == 302
        made = Absence.objects.get()
        assert made.starts_at.isoformat() == "2026-12-01T04:30:00+00:00"
        assert made.ends_at.isoformat() == "2026-12-03T20:59:00+00:00"
        assert (made.substitute, made.hands_over) == (sara, True)
        page = fahd_client.get(PAGE).content.decode()
        assert "سارة القرني" in page and "1448" in page
        assert Change.objects.get().noun == "absence"

    @pytest.mark.parametrize(
        ("given", "said"),
        [
            ({"from_day": ""}, "Write the first day."),
            ({"until_day": "32-12-2026"}, "Write a day"),
            ({"until_hour": "25:00"}, "Write an hour"),
            ({"until_day": "2026-11-30"}, "must come after the beginning"),
            ({"from_day": "2026-11-20"}, "from today on"),
            ({"until_day": "2028-12-01"}, "at most a year away"),
            ({"hands_over": "on"}, "Choose who gets the open tickets."),
        ],
    )
    def test_what_cannot_be_is_said_and_what_was_typed_stays(
        self, fahd: Person, fahd_client: Client, given: dict[str, str], said: str
    ) -> None:
        answer = note(fahd_client, fahd, **given)
        assert answer.status_code == 422
        assert said in answer.content.decode()
        assert not Absence.objects.exists()

    def test_nobody_stands_in_for_themselves_or_is_out_twice(self, fahd: Person, fahd_client: Client) -> None:
        assert note(fahd_client, fahd, substitute=fahd.pk).status_code == 422
        assert note(fahd_client, fahd).status_code == 302
        again = note(fahd_client, fahd, from_day="2026-12-02", until_day="2026-12-09")
        assert "There is an absence in this time already" in again.content.decode()

    def test_a_lead_sets_those_of_the_team_and_an_administrator_all(
        self, fahd: Person, lead: Person, lama: Person, lama_client: Client
    ) -> None:
        other = make_person("omar", "عمر", is_staff=True)
        assert note(signed_in(lead), fahd).status_code == 302
        assert note(signed_in(lead), other).status_code == 422
        assert note(lama_client, other).status_code == 302
        assert note(signed_in(fahd), other).status_code == 422
        theirs = Absence.objects.get(person=other)
        for client, status in ((signed_in(lead), 404), (lama_client, 302)):
            assert client.post(f"{PAGE}{theirs.pk}/removal/").status_code == status

    def test_an_auditor_has_no_absences_and_is_no_substitute(self, fahd: Person, fahd_client: Client) -> None:
        huda = make_person("rania", "رانيا", is_staff=True, role=Role.AUDITOR)
        client = signed_in(huda)
        assert client.get(PAGE).status_code == 404
        assert "I am away" not in client.get("/en/desk/").content.decode()
        assert note(fahd_client, fahd, substitute=huda.pk).status_code == 422

    def test_who_returns_reads_what_went_to_whom(
        self, fahd: Person, fahd_client: Client, sara: Person, open_a_ticket: OpenATicket
    ) -> None:
        ticket = open_a_ticket()
        actions.take(ticket, by=fahd)
        now = clock.now()
        absence = absences.announce(
            fahd,
            starts_at=now - timedelta(1),
            ends_at=now + timedelta(1),
            substitute=sara,
            hands_over=True,
            by=fahd,
        )
        standing_in.stand_in()
        assert "While you were out" not in fahd_client.get("/en/desk/").content.decode()
        with time_machine.travel(now + timedelta(days=2), tick=False):
            kept.forget_all()
            fahd_client = signed_in(fahd)
            assert "1 ticket went to somebody else" in fahd_client.get("/en/desk/").content.decode()
            page = fahd_client.get(PAGE).content.decode()
            assert ticket.spoken_number in page and "سارة القرني" in page
            assert signed_in(sara).post(f"{PAGE}{absence.pk}/reading/").status_code == 404
            fahd_client.post(f"{PAGE}{absence.pk}/reading/")
            assert "While you were out" not in fahd_client.get("/en/desk/").content.decode()


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("lang", "width", "scheme"), [("ar", 360, "dark"), ("en", 1280, "light")])
def test_away_is_chosen_and_an_absence_noted_without_the_mouse_of_a_desk(
    open_page: Any,
    live_server: Any,
    no_violations: Any,
    fahd: Person,
    fahd_client: Client,
    sara: Person,
    lang: str,
    width: int,
    scheme: str,
) -> None:
    page = enter(open_page(lang=lang, width=width, scheme=scheme), fahd_client, live_server)
    page.goto(f"/{lang}/desk/")
    page.locator(".me summary").click()
    page.locator(".menu-sheet button[value=away]").click()
    page.locator('[data-presence="away"]').wait_for()
    no_violations(page)
    page.goto(f"/{lang}/desk/absences/")
    page.locator("#absence_until_day").fill("x")
    page.locator(".absences .new button.first").click()
    page.locator(".absences [role=alert]").first.wait_for()
    no_violations(page)
    today = clock.now()
    page.locator("#absence_from_day").fill(f"{today + timedelta(days=2):%Y-%m-%d}")
    page.locator("#absence_until_day").fill(f"{today + timedelta(days=5):%Y-%m-%d}")
    page.locator("#absence_substitute").select_option(str(sara.pk))
    page.locator("#absence_hands_over").check()
    page.locator(".absences .new button.first").click()
    page.locator(".listed > li").wait_for()
    no_violations(page)
    fits(page, width)
    assert Absence.objects.get().substitute == sara
