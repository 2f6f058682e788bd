"""What a stream tells, to whom, and when it ends."""

import time
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from tawasul.accounts import roles
from tawasul.accounts.models import Person, Team
from tawasul.core import clock
from tawasul.live import hub, streams
from tawasul.live.models import Visit
from tawasul.mail.models import OutgoingMail
from tawasul.tickets import actions
from tawasul.tickets.models import Event, Ticket
from tawasul.tickets.writers import Writer
from tests.desk.mails import failed
from tests.world import OpenATicket, signed_in

pytestmark = [pytest.mark.network, pytest.mark.django_db(transaction=True)]


def test_what_happens_is_told_within_two_seconds_and_no_text_is_among_it(
    listen_at: Any, fahd_client: Client, noura: Person, open_a_ticket: OpenATicket
) -> None:
    ticket = open_a_ticket()
    ear = listen_at(fahd_client)
    assert ear.status == 200
    assert ear.answer.headers["Content-Type"].startswith("text/event-stream")
    assert "content-length" not in ear.answer.headers
    assert ear.next().name == "hello"
    began = time.monotonic()
    actions.follow_up(ticket, by=Writer.of(noura), text="نص لا يراه أحد في الطريق")
    told = ear.next("news")
    assert told.at - began < 2
    event = Event.objects.latest("pk")
    assert told.id == str(event.pk)
    assert told.value == {
        "id": event.pk,
        "kind": "followed_up",
        "actor": noura.pk,
        "name": "نورة الدوسري",
        "ticket": ticket.number,
        "version": Ticket.objects.get().version,
        "status": "with_centre",
        "assignee": None,
        "team": ticket.team_id,
    }


def test_each_event_is_told_once_in_order_to_everybody(
    listen_at: Any, fahd_client: Client, sara: Person, open_a_ticket: OpenATicket
) -> None:
    ears = [listen_at(fahd_client), listen_at(signed_in(sara))]
    for ear in ears:
        ear.next("hello")
    for _ in range(5):
        open_a_ticket()
    keys = list(Event.objects.order_by("pk").values_list("pk", flat=True))
    for ear in ears:
        assert [ear.next("news").value["id"] for _ in keys] == keys
        with pytest.raises(TimeoutError):
            ear.next("news", within=1.2)


def test_who_comes_again_is_told_what_was_missed(
    listen_at: Any, fahd_client: Client, open_a_ticket: OpenATicket
) -> None:
    open_a_ticket()
    seen = Event.objects.latest("pk").pk
    ticket = open_a_ticket()
    ear = listen_at(fahd_client, **{"Last-Event-ID": str(seen)})
    told = [ear.next() for _ in range(1)]
    while told[-1].name != "hello":
        told.append(ear.next())
    assert ticket.number in [one.value.get("ticket") for one in told]
    assert told[-1].value == {"last": Event.objects.latest("pk").pk}


def test_who_missed_too_much_looks_at_the_whole_again(
    listen_at: Any, fahd_client: Client, open_a_ticket: OpenATicket
) -> None:
    ticket = open_a_ticket()
    first = Event.objects.latest("pk").pk
    Event.objects.bulk_create(Event(ticket=ticket, kind="tagged") for _ in range(300))
    told = listen_at(fahd_client, f"/ar/desk/live/?since={first}").next()
    assert (told.name, told.value["again"]) == ("hello", True)


def test_a_closed_teams_tickets_are_told_to_its_members_alone(
    listen_at: Any, fahd_client: Client, lama: Person, team: Team, open_a_ticket: OpenATicket
) -> None:
    secret = Team.objects.create(name_ar="الشكاوى", name_en="Complaints", is_closed=True)
    hidden, seen = open_a_ticket(), open_a_ticket()
    Ticket.objects.filter(pk=hidden.pk).update(team=secret)
    roles.forget()
    outside, inside = listen_at(fahd_client), listen_at(signed_in(lama))
    for ear in (outside, inside):
        ear.next("hello")
    for ticket in (hidden, seen):
        actions.take(ticket, by=lama)
    assert [inside.next("news").value["ticket"] for _ in range(2)] == [hidden.number, seen.number]
    assert outside.next("news").value["ticket"] == seen.number
    last = listen_at(fahd_client, "/ar/desk/live/?since=0")
    told = [last.next()]
    while told[-1].name != "hello":
        told.append(last.next())
    assert hidden.number not in [one.value.get("ticket") for one in told]
    assert listen_at(fahd_client, f"/ar/desk/live/?ticket={hidden.number}").status == 404


def test_a_lower_key_that_is_committed_later_is_told_all_the_same(
    listen_at: Any, fahd_client: Client, open_a_ticket: OpenATicket
) -> None:
    ticket = open_a_ticket()
    gap = Event.objects.latest("pk").pk + 1
    ear = listen_at(fahd_client)
    ear.next("hello")
    Event.objects.create(pk=gap + 1, ticket=ticket, kind="tagged")
    assert ear.next("news").value["id"] == gap + 1
    Event.objects.create(pk=gap, ticket=ticket, kind="tagged")
    told = ear.next("news")
    assert (told.value["id"], told.id) == (gap, "")  # the browser goes on naming the highest


@pytest.mark.parametrize("how", ["signs out", "is staff no more", "is shut off", "changes the password"])
def test_the_stream_of_whoever_may_listen_no_more_ends(
    listen_at: Any, fahd: Person, fahd_client: Client, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    monkeypatch.setattr(streams, "RECHECK", 0.3)
    ear = listen_at(fahd_client)
    ear.next("hello")
    if how == "signs out":
        Session.objects.all().delete()
    elif how == "is staff no more":
        Person.objects.filter(pk=fahd.pk).update(is_staff=False)
    elif how == "is shut off":
        Person.objects.filter(pk=fahd.pk).update(is_active=False)
    else:
        fahd.set_password("another long sentence 2026")
        fahd.save()
    with pytest.raises(EOFError):
        ear.next("news")


def test_strangers_and_customers_and_other_sites_get_no_stream(
    listen_at: Any, noura_client: Client, fahd_client: Client
) -> None:
    assert listen_at(Client()).status == 302
    assert listen_at(noura_client).status == 404
    assert listen_at(fahd_client, **{"Sec-Fetch-Site": "cross-site"}).status == 403
    assert listen_at(fahd_client, Host="evil.example").status == 400


def test_nobody_takes_more_than_a_few_streams(listen_at: Any, fahd_client: Client) -> None:
    for _ in range(hub.OF_ONE_PERSON):
        listen_at(fahd_client).next("hello")
    assert listen_at(fahd_client).status == 429


def test_streams_hold_no_thread(listen_at: Any, sara: Person, fahd: Person, lama: Person) -> None:
    """More of them than the server has threads, and pages are answered beside them."""
    clients = [signed_in(person) for person in (sara, fahd, lama) for _ in range(4)]
    for client in clients:
        listen_at(client).next("hello")
    began = time.monotonic()
    assert listen_at(clients[0], "/ar/desk/").status == 200
    assert time.monotonic() - began < 3


def test_a_page_that_does_not_read_is_let_go_and_others_hear_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub, "WAITING", 3)

    async def crowd() -> list[bool]:
        import asyncio

        slow = hub.Listener(Person(pk=1), frames=asyncio.Queue(3))
        for number in range(5):
            slow.tell(hub.frame("news", {"id": number}, number))
        return [slow.over.is_set(), slow.frames.full()]

    import asyncio

    assert asyncio.run(crowd()) == [True, True]


def test_a_silent_stream_says_that_it_still_holds(
    listen_at: Any, fahd_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "HEARTBEAT", 0.2)
    ear = listen_at(fahd_client)
    ear.next("notices")
    assert ear.answer.readline() == b": here\n"


def test_who_is_at_a_ticket_is_told_to_the_others_and_leaving_too(
    listen_at: Any, fahd_client: Client, sara: Person, open_a_ticket: OpenATicket
) -> None:
    ticket = open_a_ticket()
    at_ticket = f"/ar/desk/live/?ticket={ticket.number}"
    watcher = listen_at(fahd_client, at_ticket)
    watcher.next("hello")
    sara_client = signed_in(sara)
    other = listen_at(sara_client, at_ticket)
    began = time.monotonic()
    other.next("hello")
    told = watcher.next("here")
    assert told.value == [{"id": sara.pk, "name": "سارة القرني", "doing": "reading"}]
    assert told.at - began < 2
    began = time.monotonic()
    sara_client.post(f"/ar/desk/tickets/{ticket.spoken_number}/visits/", {"doing": "answering"})
    told = watcher.next("here")
    assert told.value[0]["doing"] == "answering"
    assert told.at - began < 2
    other.close()
    assert watcher.next("here").value == []
    assert not Visit.objects.filter(person=sara).exists()


def test_what_became_of_a_mail_is_told_within_two_seconds_where_its_ticket_is_open(
    listen_at: Any, fahd_client: Client, sara: Person, open_a_ticket: OpenATicket
) -> None:
    ticket, other = open_a_ticket(), open_a_ticket()
    mail = failed(ticket=ticket)
    OutgoingMail.objects.update(state="waiting", done_at=None, last_error="")
    ear = listen_at(fahd_client, f"/ar/desk/live/?ticket={ticket.number}")
    elsewhere = listen_at(signed_in(sara), f"/ar/desk/live/?ticket={other.number}")
    for one in (ear, elsewhere):
        one.next("hello")
    time.sleep(1.2)  # the hub has seen how the mails stood
    for change in ({"state": "sent", "done_at": clock.now()}, {"bounce": "permanent"}):
        began = time.monotonic()
        OutgoingMail.objects.filter(pk=mail.pk).update(**change)
        told = ear.next("mails")
        assert told.value == [ticket.number]
        assert told.at - began < 2
    actions.note(other, by=sara, text="ملاحظة")
    assert (
        elsewhere.next("mails", "news").name == "news"
    )  # of the other ticket's mails nothing came before it
