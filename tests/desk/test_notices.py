"""The bell, the list behind it, and the choices."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from tawasul.accounts import roles
from tawasul.accounts.models import Person, Team
from tawasul.core import clock
from tawasul.notices import choices
from tawasul.notices.models import Notice
from tawasul.reactions import events
from tawasul.tickets import actions
from tawasul.tickets.models import Ticket
from tests.world import OpenATicket

pytestmark = pytest.mark.django_db
LIST, CHOICES, SEEN = "/ar/desk/notices/", "/ar/desk/notices/choices/", "/ar/desk/notices/seen/"


@pytest.fixture(autouse=True)
def _no_closed_team_of_another_test() -> None:
    roles.forget()


@pytest.fixture
def mentioned(fahd: Person, sara: Person, open_a_ticket: OpenATicket) -> Ticket:
    """A ticket with a note that calls Fahd."""
    ticket = open_a_ticket()
    actions.note(ticket, by=sara, text="@fahd انظر")
    events.react_to_due()
    return ticket


def many(person: Person, ticket: Ticket, number: int) -> None:
    Notice.objects.bulk_create(
        Notice(person=person, kind="written", ticket=ticket, key=f"many:{one}") for one in range(number)
    )


def bell(page: bytes) -> str:
    text = page.decode()
    return text.split('id="bell"')[1].split('data-unseen="')[1].split('"')[0]


def test_the_bell_counts_what_was_not_seen_and_stops_counting(
    fahd: Person, fahd_client: Client, mentioned: Ticket
) -> None:
    assert bell(fahd_client.get("/ar/desk/").content) == "1"
    many(fahd, mentioned, 150)
    page = fahd_client.get("/ar/desk/").content
    assert bell(page) == "100" and b"data-number>99+<" in page


def test_opening_the_ticket_is_seeing_its_notices(
    fahd: Person, fahd_client: Client, sara: Person, mentioned: Ticket
) -> None:
    page = fahd_client.get(f"/ar/desk/tickets/{mentioned.spoken_number}/").content
    assert bell(page) == "0"
    assert Notice.objects.get(person=fahd).seen_at is not None


def test_the_list_says_what_happened_where_and_by_whom(fahd_client: Client, mentioned: Ticket) -> None:
    page = fahd_client.get(LIST).content.decode()
    for words in ("ورد ذكرك في ملاحظة داخلية", mentioned.spoken_number, mentioned.subject, "سارة القرني"):
        assert words in page
    assert "You are mentioned in an internal note" in fahd_client.get("/en/desk/notices/").content.decode()
    sheet = fahd_client.get(LIST, headers={"HX-Request": "true"}).content.decode()
    assert mentioned.spoken_number in sheet and "<html" not in sheet


def test_all_is_read_at_a_press_and_the_list_of_the_unread_is_empty(
    fahd_client: Client, mentioned: Ticket
) -> None:
    assert mentioned.spoken_number in fahd_client.get(f"{LIST}?show=unread").content.decode()
    assert fahd_client.post(SEEN)["Location"] == LIST
    unread = fahd_client.get(f"{LIST}?show=unread").content.decode()
    assert mentioned.spoken_number not in unread and "كل التنبيهات مقروءة" in unread
    assert mentioned.spoken_number in fahd_client.get(LIST).content.decode()


def test_an_open_page_says_that_it_shows_the_ticket(
    fahd: Person, fahd_client: Client, mentioned: Ticket, open_a_ticket: OpenATicket
) -> None:
    other = open_a_ticket()
    Notice.objects.create(person=fahd, kind="written", ticket=other, key="other")
    answer = fahd_client.post(SEEN, {"ticket": mentioned.number}, headers={"X-Requested-With": "notices"})
    assert answer.json()["unseen"] == 1 and answer.json()["tickets"] == [other.number]
    assert fahd_client.post(SEEN, {"ticket": "1111"}).status_code == 404


def test_pages_of_the_list_are_cut_by_keys(
    fahd: Person, fahd_client: Client, mentioned: Ticket, django_assert_num_queries: Any
) -> None:
    many(fahd, mentioned, 60)
    first = fahd_client.get(LIST).content.decode()
    assert first.count("<li data-notice") == 25 and 'rel="next"' in first
    older = first.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0].replace("&amp;", "&")
    # session, person, the rows; the bounded counts, the saved views' names, the mail's counts, the bell
    with django_assert_num_queries(7):
        second = fahd_client.get(older).content.decode()
    assert second.count("<li data-notice") == 25 and 'rel="prev"' in second


def test_a_ticket_that_is_hidden_by_now_is_told_of_no_more(
    fahd: Person, fahd_client: Client, mentioned: Ticket
) -> None:
    secret = Team.objects.create(name_ar="الشكاوى", name_en="Complaints", is_closed=True)
    Ticket.objects.filter(pk=mentioned.pk).update(team=secret)
    roles.forget()
    page = fahd_client.get(LIST).content
    assert bell(page) == "0" and mentioned.subject not in page.decode()
    assert fahd_client.get("/ar/desk/live/news/").json()["notices"]["tickets"] == []


def test_who_asks_for_news_hears_of_the_bell_and_a_browser_shows_only_what_is_fresh(
    fahd: Person, fahd_client: Client, mentioned: Ticket
) -> None:
    told = fahd_client.get("/ar/desk/live/news/").json()["notices"]
    notice = Notice.objects.get(person=fahd)
    assert told == {"unseen": 1, "tickets": [mentioned.number], "browser": [notice.pk]}
    Notice.objects.update(at=clock.now() - timedelta(minutes=10))
    assert fahd_client.get("/ar/desk/live/news/").json()["notices"]["browser"] == []


def test_choices_are_kept_and_given_back(fahd: Person, fahd_client: Client) -> None:
    page = fahd_client.get(CHOICES).content.decode()
    assert "كما يقترح المركز" not in page, "nothing to go back to"
    posted = {"assigned": ["mail"], "mentioned": ["browser", "nonsense"], "nonsense": ["desk"]}
    assert fahd_client.post(CHOICES, posted)["Location"] == CHOICES
    fahd.refresh_from_db()
    assert choices.channels_of(fahd, "assigned") == {"mail"}
    assert choices.channels_of(fahd, "mentioned") == {"browser", "desk"}, (
        "what the browser shows is behind the bell"
    )
    assert choices.channels_of(fahd, "written") == frozenset()
    assert set(fahd.desk_choices["notices"]) == set(choices.DEFAULTS)
    fahd_client.post(CHOICES, {"usual": ""})
    fahd.refresh_from_db()
    assert choices.channels_of(fahd, "mentioned") == choices.DEFAULTS["mentioned"]
    assert "notices" not in fahd.desk_choices


def test_choosing_leaves_the_other_choices_of_the_desk_alone(fahd: Person, fahd_client: Client) -> None:
    Person.objects.filter(pk=fahd.pk).update(desk_choices={"density": "dense"})
    fahd_client.post(CHOICES, {"assigned": ["desk"]})
    fahd_client.post(CHOICES, {"usual": ""})
    fahd.refresh_from_db()
    assert fahd.desk_choices == {"density": "dense"}


def test_every_kind_has_a_suggestion_a_label_and_words() -> None:
    assert set(choices.DEFAULTS) == set(choices.LABELS) == set(Notice.Kind)
