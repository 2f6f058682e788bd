"""A ticket that is held: verbs work on the row that was locked, and what they raise ends all of it."""

from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from tawasul.accounts.models import Person
from tawasul.tickets import actions
from tawasul.tickets.actions import properties, tagging
from tawasul.tickets.models import CloseReason, Event, Status, Tag, Ticket
from tawasul.tickets.models.ticket import holding
from tawasul.tickets.workflow import IllegalMove
from tawasul.tickets.writers import Writer

pytestmark = pytest.mark.django_db


@pytest.fixture
def ticket(open_a_ticket: Any) -> Ticket:
    made: Ticket = open_a_ticket()
    return made


def test_several_verbs_on_a_held_ticket_read_it_once_and_see_what_the_one_before_did(
    ticket: Ticket, fahd: Person, sara: Person
) -> None:
    word = Tag.objects.create(name_ar="عاجل", name_en="Urgent")
    with CaptureQueriesContext(connection) as asked, transaction.atomic():
        row = Ticket.objects.locked(ticket.pk)
        with holding(row):
            actions.assign(row, to=sara, by=fahd)
            tagging.tag(row, word, by=fahd)
            properties.change(row, "subject", "عنوان آخر", by=fahd)
    assert sum('FROM "tickets_ticket"' in query["sql"] for query in asked) == 1
    stored = Ticket.objects.get(pk=ticket.pk)
    assert (stored.assignee, stored.subject, stored.version) == (sara, "عنوان آخر", ticket.version + 3)
    kinds = ticket.events.order_by("pk").values_list("kind", flat=True)
    assert list(kinds)[-3:] == [Event.Kind.ASSIGNED, Event.Kind.TAGGED, Event.Kind.CHANGED]


def test_another_ticket_is_locked_and_read_as_ever(ticket: Ticket, fahd: Person, open_a_ticket: Any) -> None:
    other = open_a_ticket()
    with transaction.atomic():
        row = Ticket.objects.locked(ticket.pk)
        with holding(row):
            assert Ticket.objects.locked(other.pk) is not row
            actions.take(other, by=fahd)
    assert Ticket.objects.get(pk=ticket.pk).assignee is None
    assert Ticket.objects.get(pk=other.pk).assignee == fahd


def test_nothing_follows_a_verb_that_raised_and_nothing_of_it_stays(ticket: Ticket, fahd: Person) -> None:
    actions.close(ticket, by=Writer.of(fahd), reason=CloseReason.SOLVED_BY_STAFF)
    with pytest.raises(IllegalMove), transaction.atomic():
        row = Ticket.objects.locked(ticket.pk)
        with holding(row):
            actions.assign(row, to=fahd, by=fahd)
            try:
                actions.close(row, by=Writer.of(fahd), reason=CloseReason.SPAM)
            except IllegalMove:
                with pytest.raises(transaction.TransactionManagementError):
                    Ticket.objects.filter(pk=row.pk).exists()
                raise
    stored = Ticket.objects.get(pk=ticket.pk)
    assert (stored.assignee, stored.close_reason) == (None, CloseReason.SOLVED_BY_STAFF)


def test_a_verb_writes_the_columns_that_differ_and_no_others(ticket: Ticket, fahd: Person) -> None:
    with CaptureQueriesContext(connection) as asked:
        actions.take(ticket, by=fahd)
    (written,) = [query["sql"] for query in asked if query["sql"].startswith('UPDATE "tickets_ticket"')]
    assert written.count('" = ') == 3, "assignee and version, and the key"
    with CaptureQueriesContext(connection) as asked:
        actions.close(ticket, by=Writer.of(fahd), reason=CloseReason.SOLVED_BY_STAFF)
    assert Ticket.objects.get(pk=ticket.pk).status == Status.CLOSED
    stored = Ticket.objects.get(pk=ticket.pk)
    names = {field.attname for field in Ticket._meta.concrete_fields}
    assert {name: getattr(stored, name) for name in names} == {name: getattr(ticket, name) for name in names}


def test_a_row_that_was_saved_past_the_verbs_is_written_whole_again(ticket: Ticket) -> None:
    with transaction.atomic():
        row = Ticket.objects.locked(ticket.pk)
        row.subject = "أ"
        assert row.changed() == frozenset({"subject"})
        row.save(update_fields=["subject"])
        assert row.changed() is None, "what the database has is not known any more"
