"""A job and somebody who works on the same ticket at the same moment; and what the job finds out only as it goes."""

import threading
import time
from typing import Any

import pytest
from django.db import connections, transaction

from tawasul.accounts.models import Person
from tawasul.bulk import work
from tawasul.bulk.judge import Outcome
from tawasul.bulk.orders import Action
from tawasul.tickets.actions import properties, tagging
from tawasul.tickets.models import Event, Service, Tag, Ticket
from tests.at_once import at_once
from tests.bulk.test_jobs import ordered, outcomes, word

__all__ = ["word"]


@pytest.mark.django_db(transaction=True)
def test_a_ticket_whose_service_is_changed_under_the_jobs_eyes_is_done_after_that(
    fahd: Person, sara: Person, word: Tag, service: Service, open_a_ticket: Any
) -> None:
    ticket = open_a_ticket()
    other = Service.objects.create(code="other", name_ar="خدمة أخرى", name_en="Another service")
    job = ordered(fahd, Action.TAG, word)
    changed = threading.Event()

    def changes() -> None:
        with transaction.atomic():
            properties.change(ticket, "service", other, by=sara)
            changed.set()
            time.sleep(0.3)  # the job stands at the lock meanwhile

    def works() -> None:
        assert changed.wait(10)
        work.work_due()

    at_once(changes, works)
    connections.close_all()
    assert outcomes(job) == {Outcome.DONE: 1}
    stored = Ticket.objects.get(pk=ticket.pk)
    assert (stored.service, list(stored.tags.all())) == (other, [word])
    assert job.items.get().before["service_id"] == stored.service_id
    kinds = list(Event.objects.filter(ticket=ticket).order_by("pk").values_list("kind", flat=True))
    assert kinds[-2:] == [Event.Kind.CHANGED, Event.Kind.TAGGED]


@pytest.mark.django_db
def test_a_ticket_that_has_as_many_tags_as_it_may_is_refused_untouched_and_the_others_are_done(
    fahd: Person, word: Tag, open_a_ticket: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    full, worn, plain = open_a_ticket(), open_a_ticket(), open_a_ticket()
    tagging.tag(full, Tag.objects.create(name_ar="أخرى", name_en="Other"), by=fahd)
    tagging.tag(worn, word, by=fahd)
    monkeypatch.setattr(tagging, "MOST_TAGS", 1)
    before = dict(Ticket.objects.values_list("pk", "version"))
    job = ordered(fahd, Action.TAG, word)
    work.work_due()
    told = {item.ticket_id: (item.outcome, item.why) for item in job.items.all()}
    assert told == {
        full.pk: (Outcome.REFUSED, "tags"),
        worn.pk: (Outcome.UNCHANGED, ""),
        plain.pk: (Outcome.DONE, ""),
    }
    assert dict(Ticket.objects.values_list("pk", "version")) == {**before, plain.pk: before[plain.pk] + 1}
    assert not Event.objects.filter(ticket__in=[full, worn], data__bulk=job.pk).exists()
