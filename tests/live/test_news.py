"""The same news for whoever asks for them, and the visits that pages tell."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from tawasul.accounts import roles
from tawasul.accounts.models import Person, Team
from tawasul.core import clock
from tawasul.live import visits
from tawasul.live.models import Visit
from tawasul.mail.models import OutgoingMail
from tawasul.reactions import events
from tawasul.tickets import actions
from tawasul.tickets.models import Event, Ticket
from tests.world import OpenATicket, signed_in

pytestmark = pytest.mark.django_db
NEWS = "/ar/desk/live/news/"


@pytest.fixture(autouse=True)
def _no_closed_team_of_another_test() -> None:
    roles.forget()


def test_only_what_is_newer_is_told_in_a_few_queries(
    fahd: Person, fahd_client: Client, open_a_ticket: OpenATicket, django_assert_num_queries: Any
) -> None:
    ticket = open_a_ticket()
    last = fahd_client.get(NEWS).json()["last"]
    assert last == Event.objects.latest("pk").pk
    actions.take(ticket, by=fahd)
    roles.hidden_teams(fahd)
    with django_assert_num_queries(5):  # session, person; the newest key, what is newer; the bell
        told = fahd_client.get(NEWS, {"since": last}).json()
    assert told["news"][-1]["kind"] == "taken"
    assert told["last"] == told["news"][-1]["id"]
    assert told["again"] is False
    later = fahd_client.get(NEWS, {"since": told["last"]}).json()["news"]
    assert not [one for one in later if one["id"] > told["last"]]


def test_a_page_hears_of_what_came_while_it_was_drawn_and_of_nothing_older(
    fahd_client: Client, open_a_ticket: OpenATicket
) -> None:
    old, new = open_a_ticket(), open_a_ticket()
    Event.objects.filter(ticket=old).update(at=clock.now() - timedelta(minutes=1))
    told = fahd_client.get(NEWS, {"drawn": clock.now().isoformat()}).json()["news"]
    assert {one["ticket"] for one in told} == {new.number}


def test_who_missed_too_much_reads_the_page_anew(fahd_client: Client, open_a_ticket: OpenATicket) -> None:
    ticket = open_a_ticket()
    first = Event.objects.latest("pk").pk
    Event.objects.bulk_create(Event(ticket=ticket, kind="tagged") for _ in range(300))
    told = fahd_client.get(NEWS, {"since": first}).json()
    assert (told["again"], told["news"]) == (True, [])


@pytest.mark.parametrize("given", ["-1", "x", "٣", "9" * 30, "\0"])
def test_a_strange_key_or_moment_is_no_error(fahd_client: Client, given: str) -> None:
    assert fahd_client.get(NEWS, {"since": given}).status_code == 200
    assert fahd_client.get(NEWS, {"drawn": given}).status_code == 200


def test_a_closed_teams_ticket_is_not_among_the_news(fahd_client: Client, open_a_ticket: OpenATicket) -> None:
    secret = Team.objects.create(name_ar="الشكاوى", name_en="Complaints", is_closed=True)
    ticket = open_a_ticket()
    Ticket.objects.filter(pk=ticket.pk).update(team=secret)
    roles.forget()
    told = fahd_client.get(NEWS, {"since": "0"}).json()
    assert ticket.number not in [one["ticket"] for one in told["news"]]
    assert fahd_client.get(NEWS, {"ticket": ticket.number}).status_code == 404


def test_a_visit_is_told_renewed_and_ended(
    fahd_client: Client, sara: Person, open_a_ticket: OpenATicket
) -> None:
    ticket = open_a_ticket()
    place, sara_client = f"/ar/desk/tickets/{ticket.spoken_number}/visits/", signed_in(sara)

    def here() -> list[tuple[str, str]]:
        told = fahd_client.get(NEWS, {"ticket": ticket.number}).json()["here"]
        return [(one["name"], one["doing"]) for one in told]

    assert here() == []
    for doing in ("reading", "answering", "noting"):
        assert sara_client.post(place, {"doing": doing}).status_code == 204
        assert here() == [("سارة القرني", doing)]
    assert Visit.objects.count() == 1
    page = fahd_client.get(f"/en/desk/tickets/{ticket.spoken_number}/").content.decode()
    assert "An internal note is being written now" in page
    assert "سارة القرني" in page
    Visit.objects.update(typed_at=clock.now() - visits.TYPING)
    assert here() == [("سارة القرني", "reading")]
    assert sara_client.post(place, {"doing": "gone"}).status_code == 204
    assert here() == []
    assert sara_client.post(place, {"doing": "dancing"}).status_code == 422


def test_a_visit_that_nobody_renews_counts_for_nothing_and_is_dropped(
    fahd: Person, open_a_ticket: OpenATicket
) -> None:
    ticket = open_a_ticket()
    visits.come([(ticket.pk, fahd.pk)])
    assert [one.person for one in visits.at(ticket.pk)] == [fahd.pk]
    assert list(visits.at_each({ticket.pk})) == [ticket.pk]
    Visit.objects.update(seen_at=clock.now() - visits.STALE)
    assert visits.at(ticket.pk) == []
    assert visits.at_each({ticket.pk}) == {}
    Visit.objects.update(seen_at=clock.now() - 20 * visits.STALE)
    visits.drop_stale()
    assert not Visit.objects.exists()


def waiting_mail(ticket: Ticket) -> OutgoingMail:
    events.react_to_due()
    return OutgoingMail.objects.get(ticket=ticket, kind="ticket_opened")


def sent(mail: OutgoingMail) -> None:
    OutgoingMail.objects.filter(pk=mail.pk).update(state="sent", sent_at=clock.now(), done_at=clock.now())


def test_who_asks_hears_of_what_became_of_the_tickets_mails_as_a_stream_tells_it(
    fahd_client: Client, open_a_ticket: OpenATicket
) -> None:
    ticket, other = open_a_ticket(), open_a_ticket()
    mail = waiting_mail(ticket)
    first = fahd_client.get(NEWS, {"ticket": ticket.number}).json()
    assert first["mails"] == []
    again = fahd_client.get(NEWS, {"ticket": ticket.number, "mails": first["mailed"]}).json()
    assert (again["mails"], again["mailed"]) == ([], first["mailed"])
    sent(waiting_mail(other))
    sent(mail)
    told = fahd_client.get(NEWS, {"ticket": ticket.number, "mails": first["mailed"]}).json()
    assert told["mails"] == [ticket.number] and told["mailed"] != first["mailed"]
    later = fahd_client.get(NEWS, {"ticket": ticket.number, "mails": told["mailed"]}).json()
    assert later["mails"] == []
    OutgoingMail.objects.filter(pk=mail.pk).update(bounce="permanent", bounced_at=clock.now())
    told = fahd_client.get(NEWS, {"ticket": ticket.number, "mails": later["mailed"]}).json()
    assert told["mails"] == [ticket.number]


def test_a_mail_that_was_sent_while_the_page_was_drawn_is_told_at_the_first_question(
    fahd_client: Client, open_a_ticket: OpenATicket
) -> None:
    ticket = open_a_ticket()
    mail = waiting_mail(ticket)
    drawn = clock.now().isoformat()
    sent(mail)
    assert fahd_client.get(NEWS, {"ticket": ticket.number, "drawn": drawn}).json()["mails"] == [ticket.number]
    OutgoingMail.objects.update(done_at=clock.now() - timedelta(minutes=1))
    assert fahd_client.get(NEWS, {"ticket": ticket.number, "drawn": drawn}).json()["mails"] == []


def test_a_page_without_a_ticket_asks_no_ledger(fahd_client: Client) -> None:
    assert "mails" not in fahd_client.get(NEWS).json()
