"""Events that cannot be reacted to, and several workers at once."""

from collections.abc import Iterable

import pytest
from django.db import OperationalError

from tawasul.config.commands import doctor
from tawasul.core import clock
from tawasul.mail.models import OutgoingMail
from tawasul.reactions import events, letters, queries, table
from tawasul.tickets.models import Event
from tests import processes
from tests.at_once import at_once
from tests.world import OpenATicket

pytestmark = pytest.mark.django_db


def only(reaction: table.Reaction, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "REACTIONS", {Event.Kind.OPENED: (reaction,)})


def test_a_poisoned_event_never_holds_up_the_others(
    open_a_ticket: OpenATicket, monkeypatch: pytest.MonkeyPatch
) -> None:
    poisoned, *others = [open_a_ticket() for _ in range(5)]

    def reaction(event: Event) -> Iterable[OutgoingMail]:
        if event.ticket_id == poisoned.pk:
            raise ValueError("cannot be told")
        return letters.confirm_receipt(event)

    only(reaction, monkeypatch)
    events.react_to_due()
    assert set(OutgoingMail.objects.values_list("ticket_id", flat=True)) == {ticket.pk for ticket in others}
    waiting = Event.objects.get(ticket=poisoned)
    assert waiting.done_at is None and waiting.last_error == "ValueError: cannot be told"
    assert waiting.next_try_at > clock.now()


def test_an_event_that_fails_too_often_is_put_aside_and_can_be_seen(
    open_a_ticket: OpenATicket, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ticket = open_a_ticket()

    def reaction(event: Event) -> Iterable[OutgoingMail]:
        raise ValueError("cannot be told")

    only(reaction, monkeypatch)
    for _ in range(events.MOST_TRIES):
        Event.objects.filter(done_at=None).update(next_try_at=clock.now())
        assert events.react_to_due() == 1
    assert events.react_to_due() == 0
    assert [event.ticket_id for event in queries.put_aside()] == [ticket.pk]
    assert queries.oldest_waiting_event() is None
    doctor.run([])
    said = capsys.readouterr().out
    assert f"of ticket {ticket.spoken_number} was put aside: ValueError: cannot be told" in said


def test_rows_that_cannot_be_written_hold_up_only_their_own_event(
    open_a_ticket: OpenATicket, monkeypatch: pytest.MonkeyPatch
) -> None:
    poisoned, *others = [open_a_ticket() for _ in range(4)]

    def reaction(event: Event) -> Iterable[OutgoingMail]:
        for mail in letters.confirm_receipt(event):
            if event.ticket_id == poisoned.pk:
                mail.subject = None  # type: ignore[assignment]
            yield mail

    only(reaction, monkeypatch)
    events.react_to_due()
    assert set(OutgoingMail.objects.values_list("ticket_id", flat=True)) == {ticket.pk for ticket in others}
    assert Event.objects.get(ticket=poisoned).last_error.startswith("IntegrityError")
    assert Event.objects.exclude(done_at=None).count() == 3


def test_a_database_that_is_away_counts_against_no_event(
    open_a_ticket: OpenATicket, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_a_ticket()

    def reaction(event: Event) -> Iterable[OutgoingMail]:
        raise OperationalError("the database is away")

    only(reaction, monkeypatch)
    with pytest.raises(OperationalError):
        events.react_to_due()
    assert Event.objects.get().last_error == ""


@pytest.mark.django_db(transaction=True)
def test_workers_side_by_side_write_each_mail_once(open_a_ticket: OpenATicket) -> None:
    for _ in range(60):
        open_a_ticket()

    def work() -> None:
        idle = 0
        while idle < 4:
            idle = 0 if events.react_to_due(7) else idle + 1

    at_once(*[work] * 4)
    assert OutgoingMail.objects.count() == 60
    assert Event.objects.filter(attempts=1, last_error="").exclude(done_at=None).count() == 60


@pytest.mark.django_db(transaction=True)
def test_a_killed_worker_loses_no_mail_and_writes_none_twice(open_a_ticket: OpenATicket) -> None:
    import random
    import time

    for _ in range(80):
        open_a_ticket()

    def work() -> None:
        while True:
            events.react_to_due(5)

    chance = random.Random(3)
    for _ in range(10):
        with processes.beside(work):
            time.sleep(chance.uniform(0.01, 0.12))
        Event.objects.filter(lease__isnull=False).update(next_try_at=clock.now())
    while events.react_to_due():
        pass
    assert OutgoingMail.objects.count() == 80
    assert OutgoingMail.objects.values("ticket").distinct().count() == 80
    assert not Event.objects.filter(done_at=None).exists()
