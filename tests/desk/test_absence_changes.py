"""An absence is changed before it begins and while it runs; two of one person never overlap."""

import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client

from tawasul.accounts import absences
from tawasul.accounts.models import Absence, Change, Person, Role, Team
from tawasul.core import clock, kept
from tawasul.tickets import actions
from tawasul.tickets.actions import standing_in
from tawasul.tickets.writers import Writer
from tests.browsing import fits
from tests.desk.test_presence import PAGE, note
from tests.world import OpenATicket, make_person, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def _in_november() -> Iterator[None]:
    with time_machine.travel("2026-11-25T09:00:00+03:00", tick=False):
        yield


def save(client: Client, absence: Absence, **given: Any) -> Any:
    absence.refresh_from_db()
    values = {
        "person": absence.person_id,
        "from_day": "2026-12-01",
        "until_day": "2026-12-03",
        "substitute": absence.substitute_id or "",
        "seen": absences.mark(absence),
    }
    return client.post(f"{PAGE}{absence.pk}/", values | given)


@pytest.mark.usefixtures("_in_november")
class TestChanging:
    @pytest.fixture
    def coming(self, fahd: Person, fahd_client: Client) -> Absence:
        note(fahd_client, fahd)
        found: Absence = Absence.objects.get()
        return found

    @pytest.fixture
    def running(self, fahd: Person, sara: Person) -> Absence:
        now = clock.now()
        return absences.announce(
            fahd,
            starts_at=now - timedelta(days=1),
            ends_at=now + timedelta(days=1),
            substitute=sara,
            hands_over=False,
            by=fahd,
        )

    def test_one_that_begins_while_its_change_is_on_the_way_is_not_stretched_over_the_weeks_between(
        self, fahd: Person, coming: Absence
    ) -> None:
        coming.refresh_from_db()
        seen, begins = absences.mark(coming), coming.starts_at
        between = begins + timedelta(days=7)
        absences.announce(
            fahd,
            starts_at=between,
            ends_at=between + timedelta(days=1),
            substitute=None,
            hands_over=False,
            by=fahd,
        )
        later = {"starts_at": begins + timedelta(days=14), "ends_at": begins + timedelta(days=15)}
        with time_machine.travel(begins, tick=False), pytest.raises(absences.NotChangeable):
            absences.change(coming, **later, substitute=None, hands_over=False, note="", by=fahd, seen=seen)
        coming.refresh_from_db()
        assert coming.starts_at == begins and coming.ends_at < between

    def test_one_that_has_not_begun_is_changed_in_all_it_says_and_history_tells_it(
        self, fahd_client: Client, sara: Person, coming: Absence
    ) -> None:
        form = fahd_client.get(f"{PAGE}{coming.pk}/").content.decode()
        assert 'value="2026-12-01"' in form and 'value="23:59"' in form
        given = {
            "from_day": "2026-12-02",
            "from_hour": "10",
            "until_day": "1448-06-25",
            "substitute": sara.pk,
        }
        answer = save(fahd_client, coming, **given, hands_over="on", note="على الهاتف")
        assert answer.status_code == 302
        coming.refresh_from_db()
        assert coming.starts_at.isoformat() == "2026-12-02T07:00:00+00:00"
        assert (coming.substitute, coming.hands_over, coming.note) == (sara, True, "على الهاتف")
        change = Change.objects.get(verb="changed")
        assert set(change.after) == {"starts_at", "ends_at", "substitute", "hands_over", "note"}
        page = fahd_client.get(f"{PAGE}{coming.pk}/").content.decode()
        assert "<del>" in page and "سارة القرني" in page
        assert "على الهاتف" in fahd_client.get(PAGE).content.decode()

    def test_what_is_saved_as_it_was_leaves_no_trace(self, fahd_client: Client, coming: Absence) -> None:
        assert save(fahd_client, coming).status_code == 302
        assert not Change.objects.filter(verb="changed").exists()

    def test_one_that_runs_keeps_its_beginning_and_gets_another_end_and_substitute(
        self, fahd: Person, fahd_client: Client, running: Absence, team: Team, open_a_ticket: OpenATicket
    ) -> None:
        began = running.starts_at
        omar = make_person("omar", "عمر الشهري", is_staff=True)
        team.members.add(omar)
        ticket = open_a_ticket()
        actions.take(ticket, by=fahd)
        assert 'name="from_day"' not in fahd_client.get(f"{PAGE}{running.pk}/").content.decode()
        answer = save(fahd_client, running, until_day="2026-12-09", substitute=omar.pk, from_day="2026-12-01")
        assert answer.status_code == 302
        running.refresh_from_db()
        assert (running.starts_at, running.substitute) == (began, omar)
        kept.forget_all()
        actions.follow_up(ticket, by=Writer.requester_of(ticket), text="وصل رد")
        standing_in.stand_in()
        ticket.refresh_from_db()
        assert ticket.assignee == omar

    def test_open_tickets_that_were_handed_over_are_not_handed_over_again(
        self, fahd: Person, fahd_client: Client, running: Absence, open_a_ticket: OpenATicket
    ) -> None:
        actions.take(open_a_ticket(), by=fahd)
        Absence.objects.update(hands_over=True)
        kept.forget_all()
        standing_in.stand_in()
        running.refresh_from_db()
        done = running.handed_over_at
        assert done is not None
        assert 'name="hands_over"' not in fahd_client.get(f"{PAGE}{running.pk}/").content.decode()
        save(fahd_client, running, until_day="2026-12-09")
        running.refresh_from_db()
        assert (running.hands_over, running.handed_over_at) == (True, done)

    @pytest.mark.parametrize(
        ("given", "said"),
        [
            ({"until_day": "2026-11-24"}, "must come after the beginning"),
            ({"until_day": "2028-12-01"}, "at most a year away"),
            ({"substitute": "fahd"}, "Nobody can stand in for themselves"),
            ({"note": "x" * 201}, "200"),
        ],
    )
    def test_what_cannot_be_is_said_and_nothing_is_changed(
        self, fahd: Person, fahd_client: Client, running: Absence, given: dict[str, Any], said: str
    ) -> None:
        was = absences.mark(running)
        given = {name: fahd.pk if value == "fahd" else value for name, value in given.items()}
        answer = save(fahd_client, running, **given)
        assert answer.status_code == 422
        assert said in answer.content.decode()
        running.refresh_from_db()
        assert absences.mark(running) == was

    def test_it_cannot_be_moved_into_another_one(
        self, fahd: Person, fahd_client: Client, coming: Absence
    ) -> None:
        note(fahd_client, fahd, from_day="2026-12-10", until_day="2026-12-12")
        answer = save(fahd_client, coming, until_day="2026-12-11")
        assert "There is an absence in this time already" in answer.content.decode()
        assert save(fahd_client, coming, until_day="2026-12-09").status_code == 302

    def test_who_saves_what_was_changed_meanwhile_is_told_and_changes_nothing(
        self, fahd_client: Client, lama_client: Client, coming: Absence
    ) -> None:
        old = absences.mark(coming)
        assert save(lama_client, coming, until_day="2026-12-05").status_code == 302
        answer = fahd_client.post(
            f"{PAGE}{coming.pk}/",
            {"person": coming.person_id, "from_day": "2026-12-01", "until_day": "2026-12-09", "seen": old},
            follow=True,
        )
        assert "has been changed or has ended meanwhile" in answer.content.decode()
        coming.refresh_from_db()
        assert coming.ends_at.day == 5

    def test_an_empty_form_is_shown_again_with_what_is_missing(
        self, fahd_client: Client, running: Absence
    ) -> None:
        assert fahd_client.post(f"{PAGE}{running.pk}/", {}).status_code == 422

    def test_one_that_is_over_stays_as_it_was(self, fahd: Person, running: Absence) -> None:
        with time_machine.travel(running.ends_at + timedelta(minutes=1), tick=False):
            client = signed_in(fahd)
            answer = client.post(f"{PAGE}{running.pk}/", {"until_day": "2027-01-01"}, follow=True)
            assert "This absence is over" in answer.content.decode()

    def test_whoever_may_not_tend_it_does_not_find_it(self, sara: Person, running: Absence) -> None:
        for client in (
            signed_in(sara),
            signed_in(make_person("rania", "رانيا", is_staff=True, role=Role.AUDITOR)),
        ):
            assert client.get(f"{PAGE}{running.pk}/").status_code == 404
            assert client.post(f"{PAGE}{running.pk}/", {"until_day": "2026-12-09"}).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_of_two_that_are_announced_at_one_moment_one_is(fahd: Person) -> None:
    begins: datetime = clock.now() + timedelta(days=1)
    gate, said = threading.Barrier(2), []

    def announce(hours: int) -> None:
        gate.wait(20)
        try:
            absences.announce(
                fahd,
                starts_at=begins + timedelta(hours=hours),
                ends_at=begins + timedelta(days=3),
                substitute=None,
                hands_over=False,
                by=fahd,
            )
            said.append("noted")
        except absences.Overlaps:
            said.append("overlaps")
        finally:
            connection.close()

    for _round in range(5):
        said.clear()
        Absence.objects.all().delete()
        threads = [threading.Thread(target=announce, args=(hours,)) for hours in (0, 5)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        assert sorted(said) == ["noted", "overlaps"]
        assert Absence.objects.count() == 1


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("lang", "width", "scheme"), [("ar", 360, "dark"), ("en", 1280, "light")])
def test_an_absence_is_lengthened_by_the_keyboard(
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
    now = clock.now()
    absences.announce(
        fahd,
        starts_at=now - timedelta(1),
        ends_at=now + timedelta(1),
        substitute=sara,
        hands_over=False,
        by=fahd,
    )
    page = open_page(lang=lang, width=width, scheme=scheme)
    page.context.add_cookies(
        [{"name": n, "value": m.value, "url": live_server.url} for n, m in fahd_client.cookies.items()]
    )
    page.goto(f"/{lang}/desk/absences/")
    page.locator(".listed .ways a").first.press("Enter")
    page.locator("#absence_until_day").fill(f"{now + timedelta(days=9):%Y-%m-%d}")
    no_violations(page)
    fits(page, width)
    page.locator("form.new button.first").press("Enter")
    page.wait_for_url("**/desk/absences/")
    assert Absence.objects.get().ends_at > now + timedelta(days=8)
