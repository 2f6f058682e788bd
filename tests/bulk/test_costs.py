"""What a ticket of a job may cost: the database is asked so often for each, however many there are."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tawasul.accounts.models import Person
from tawasul.bulk import work
from tawasul.bulk.orders import Action
from tawasul.tickets.models import Tag
from tests.bulk.test_jobs import ordered, word

pytestmark = pytest.mark.django_db
__all__ = ["word"]


@pytest.mark.parametrize(("action", "most"), [(Action.ASSIGN, 11), (Action.TAG, 15), (Action.CLOSE, 11)])
def test_each_ticket_of_a_job_costs_so_many_queries_and_no_more(
    fahd: Person, word: Tag, open_a_ticket: Any, action: str, most: int
) -> None:
    for _ in range(work.BATCH):
        open_a_ticket()
    ordered(fahd, action, {Action.ASSIGN: fahd, Action.TAG: word}.get(Action(action)))
    with CaptureQueriesContext(connection) as asked:
        assert work.work_due() == work.BATCH
    assert len(asked) <= work.BATCH * most + 12, f"{len(asked) / work.BATCH} a ticket"
