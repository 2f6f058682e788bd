"""Prepared queries: the same rows as the queryset they are made from, with one making of the SQL."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from tawasul.accounts.models import Person
from tawasul.core import clock
from tawasul.core.prepared import Prepared, PreparedCounts, insert, update
from tawasul.tickets.models import Draft, Event, Message, Ticket

pytestmark = pytest.mark.django_db


def test_a_prepared_query_finds_what_its_queryset_finds(noura: Person, fahd: Person) -> None:
    by_name = Prepared(lambda name: Person.objects.filter(username=name))
    for person in (noura, fahd, noura):
        found = by_name.first(person.username)
        assert found is not None
        assert found.pk == person.pk
        assert {f.attname: getattr(found, f.attname) for f in Person._meta.concrete_fields} == {
            f.attname: getattr(Person.objects.get(pk=person.pk), f.attname)
            for f in Person._meta.concrete_fields
        }
        assert not found._state.adding
    assert by_name.first("nobody-of-that-name") is None
    assert by_name("nobody-of-that-name") == []


def test_its_sql_is_made_once(noura: Person, django_assert_num_queries: Any) -> None:
    made = 0

    def build(key: Any) -> Any:
        nonlocal made
        made += 1
        return Person.objects.filter(pk=key)

    query = Prepared(build)
    with django_assert_num_queries(3):
        for _ in range(3):
            assert query.first(noura.pk) == noura
    assert made == 1


def test_related_rows_come_with_it_and_a_missing_one_is_none(
    noura: Person, open_a_ticket: Any, django_assert_num_queries: Any
) -> None:
    ticket = open_a_ticket()
    query = Prepared(
        lambda number: Ticket.objects.filter(number=number).select_related("service__team", "assignee")
    )
    found = query.first(ticket.number)
    assert found is not None
    with django_assert_num_queries(0):
        assert found.service == ticket.service
        assert found.service.team == ticket.service.team
        assert found.assignee is None


def test_values_of_every_kind_reach_the_database_and_come_back(noura: Person, open_a_ticket: Any) -> None:
    ticket = open_a_ticket()
    draft = Draft.objects.create(owner=noura, kind=Draft.Kind.TICKET, fields={"subject": "عنوان"})
    by_key = Prepared(lambda key, since: Draft.objects.filter(pk=key, created_at__gt=since))
    found = by_key.first(draft.key, clock.now() - timedelta(hours=1))
    assert found is not None
    assert (found.key, found.fields, found.created_at) == (draft.key, draft.fields, draft.created_at)
    assert by_key.first(draft.key, clock.now() + timedelta(hours=1)) is None
    assert by_key.first(uuid.uuid4(), clock.now() - timedelta(hours=1)) is None
    rows = Prepared(
        lambda t: Event.objects.filter(ticket_id=t).order_by("pk").values_list("kind", "data", "at")
    )
    assert [tuple(row) for row in rows(ticket.pk)] == list(
        Event.objects.filter(ticket=ticket).order_by("pk").values_list("kind", "data", "at")
    )


def test_none_is_refused_because_sql_finds_nothing_by_it() -> None:
    with pytest.raises(ValueError, match="None"):
        Prepared(lambda name: Person.objects.filter(username=name))(None)


def test_a_query_of_another_shape_is_refused() -> None:
    with pytest.raises(TypeError, match="model instances or value lists"):
        Prepared(lambda name: Person.objects.filter(username=name).values("pk"))("x")


def test_several_counts_are_one_statement_and_stop_at_their_bound(
    noura: Person, open_a_ticket: Any, django_assert_num_queries: Any
) -> None:
    ticket = open_a_ticket()
    for _ in range(3):
        open_a_ticket()
    counts = PreparedCounts(
        lambda person, number: {
            "all": Ticket.objects.filter(requester=person),
            "three at most": Ticket.objects.filter(requester=person)[:3],
            "one": Ticket.objects.filter(number=number),
            "letters of nobody": Message.objects.filter(kind="no such kind"),
        }
    )
    for _ in range(2):
        with django_assert_num_queries(1):
            assert counts(noura.pk, ticket.number) == {
                "all": 4,
                "three at most": 3,
                "one": 1,
                "letters of nobody": 0,
            }


def test_an_inserted_row_is_what_saving_it_would_make(noura: Person, open_a_ticket: Any) -> None:
    ticket = open_a_ticket()

    def event(number: int) -> Event:
        data = {"to": "نورة", "number": number}
        return Event(ticket=ticket, kind=Event.Kind.ASSIGNED, actor=noura, actor_name="نورة", data=data)

    saved, inserted = event(1), event(1)
    saved.at = inserted.at
    saved.next_try_at = inserted.next_try_at
    saved.save(force_insert=True)
    for row in (inserted, event(2)):  # the second one's SQL is made already
        insert(row)
        assert not row._state.adding
        assert Event.objects.get(pk=row.pk).data == row.data
    names = [f.attname for f in Event._meta.concrete_fields if not f.primary_key]
    in_the_database = Event.objects.get(pk=inserted.pk)
    assert [getattr(in_the_database, name) for name in names] == [
        getattr(Event.objects.get(pk=saved.pk), name) for name in names
    ]
    assert inserted.pk != saved.pk


def test_a_refused_insert_raises_and_keeps_nothing(open_a_ticket: Any) -> None:
    ticket = open_a_ticket()
    letter = Message(
        ticket=ticket, kind=Message.Kind.FOLLOW_UP, author_name="x", text="x", submission=uuid.uuid4()
    )
    insert(letter)
    again = Message(
        ticket=ticket, kind=Message.Kind.FOLLOW_UP, author_name="x", text="y", submission=letter.submission
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        insert(again)
    assert list(Message.objects.filter(submission=letter.submission).values_list("text", flat=True)) == ["x"]


def test_an_update_writes_the_named_columns_alone_and_says_whether_the_row_is_there(
    noura: Person, open_a_ticket: Any, django_assert_num_queries: Any
) -> None:
    ticket = open_a_ticket()
    Ticket.objects.filter(pk=ticket.pk).update(hold_reason="as it stands")
    ticket.subject, ticket.assignee_id, ticket.hold_reason = "another one", noura.pk, "not named"
    ticket.closed_at = None
    with django_assert_num_queries(1):
        assert update(ticket, ["subject", "assignee_id", "closed_at"])
    stored = Ticket.objects.get(pk=ticket.pk)
    assert (stored.subject, stored.assignee, stored.closed_at) == ("another one", noura, None)
    assert stored.hold_reason == "as it stands"
    assert stored.version == ticket.version
    gone = Ticket(pk=ticket.pk + 1000, subject="nowhere")
    assert not update(gone, ["subject"])


def test_an_update_keeps_json_and_moments_as_a_save_does(noura: Person, open_a_ticket: Any) -> None:
    open_a_ticket()
    event = Event.objects.latest("pk")
    event.data, event.done_at, event.lease = {"x": ["أ", None]}, clock.now(), uuid.uuid4()
    assert update(event, ["data", "done_at", "lease"])
    stored = Event.objects.get(pk=event.pk)
    assert (stored.data, stored.done_at, stored.lease) == (event.data, event.done_at, event.lease)
