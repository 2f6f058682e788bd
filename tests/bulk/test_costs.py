"""What a ticket of a job may cost: the database is asked so often for each, however many there are.

Each number counts the beginning and the end of the transaction, the lock, and the row of the job; what a batch needs as
a whole comes on top. A statement more is ten thousand more for a large job.
"""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tawasul.accounts.models import Person, Team
from tawasul.bulk import actions as bulk
from tawasul.bulk import work
from tawasul.bulk.models import BulkJob
from tawasul.bulk.orders import Action, field_order
from tawasul.tickets.models import Service, Tag, Ticket
from tests.bulk.test_jobs import ordered, word
from tests.tickets.test_own_fields import make_field

pytestmark = pytest.mark.django_db
__all__ = ["word"]

A_BATCH = 12  # statements for a batch as a whole


@pytest.fixture
def things(fahd: Person, sara: Person, team: Team, word: Tag, open_a_ticket: Any) -> dict[str, Any]:
    """What each action takes; the ticket that others go on in is the newest one."""
    tickets = [open_a_ticket() for _ in range(work.BATCH + 1)]
    other = Service.objects.filter(is_active=True).exclude(pk=tickets[0].service_id).first()
    return {
        Action.ASSIGN: sara, Action.TRANSFER: team, Action.TAG: word, Action.UNTAG: word, Action.SERVICE: other,
        Action.MERGE: tickets[-1],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("action", "most", "back"),
    [
        (Action.ASSIGN, 6, 9),
        (Action.TRANSFER, 6, 9),
        (Action.TAG, 8, 9),
        (Action.UNTAG, 7, 10),
        (Action.SERVICE, 6, 9),
        (Action.CLOSE, 6, 10),
        (Action.SPAM, 6, 10),
        (Action.ANSWER, 7, 19),  # taken back, the letter's files and mentions are looked for
        (Action.MERGE, 12, 14),  # two tickets
    ],
)
def test_each_ticket_of_a_job_costs_so_many_queries_and_no_more(
    fahd: Person, things: dict[str, Any], action: str, most: int, back: int
) -> None:
    chosen = list(Ticket.objects.exclude(pk=things[Action.MERGE].pk))
    if action == Action.UNTAG:
        ordered(fahd, Action.TAG, things[Action.TAG], chosen)
        work.work_due()
        work.work_due()
    texts = {"texts": {"ar": "نعمل عليها {{service}}."}} if action == Action.ANSWER else {}
    job = ordered(fahd, action, things.get(action), chosen, **texts)
    assert asked_for_a_batch() <= work.BATCH * most + A_BATCH
    work.work_due()  # it is over
    bulk.ask_undo(BulkJob.objects.get(pk=job.pk), by=fahd)
    assert asked_for_a_batch() <= work.BATCH * back + A_BATCH


def test_a_ticket_that_is_to_say_something_in_a_field_costs_nine(
    fahd: Person, things: dict[str, Any]
) -> None:
    one = make_field("haste")
    order = field_order(one.pk, "عاجل")
    ordered(fahd, Action.FIELD, one, typed="عاجل", parsed=order.parsed)
    assert asked_for_a_batch() <= work.BATCH * 9 + A_BATCH


def asked_for_a_batch() -> int:
    with CaptureQueriesContext(connection) as asked:
        assert work.work_due() == work.BATCH
    return len(asked)
