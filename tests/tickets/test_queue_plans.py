"""Each view of the desk is read from an index that holds its order, however many tickets there are."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tawasul.accounts import roles
from tawasul.accounts.models import Person, Team
from tawasul.tickets import actions, queue
from tawasul.tickets.filters import SORTS, Filter

pytestmark = pytest.mark.django_db

INDEXES = {
    "mine": "ticket_mine (assignee_id=? AND status=?",
    "team": "ticket_team (team_id=? AND status=?",
    "unassigned": "ticket_mine (assignee_id=? AND status=?",
    "mentions": "mention_unseen (person_id=?",
    "all": "ticket_queue (status=?",
    "waiting": "ticket_waiting (waiting_since",
    "due_soon": "ticket_queue (status=? AND answer_due_at>?",
    "overdue": "ticket_queue (status=? AND answer_due_at",
    "with_customer": "ticket_silence_clock (close_due_at",
    "on_hold": "ticket_held (status=?",
    "snoozed": "ticket_snoozed (snoozed_until>?",
    "closed": "ticket_closed (closed_at",
    "everything": "ticket_created",
}
SORTED = {
    "due": "ticket_queue (status=? AND answer_due_at>?",
    "waiting": "ticket_waiting (waiting_since>?",
    "newest": "ticket_created",
    "oldest": "ticket_created",
    "changed": "ticket_changed",
}
FAR = {"after": "1700000000000000_5"}


@pytest.fixture
def fahd(fahd: Person) -> Person:
    """Fahd, in two teams."""
    Team.objects.create(name_ar="فريق", name_en="Team").members.add(fahd)
    roles.forget()
    return fahd


def plan(person: Person, narrowed: Filter, cursor: dict[str, str], *, asked: int = 0) -> str:
    """How SQLite goes about a page; its last query is the page's second part where there is one."""
    if connection.vendor != "sqlite":
        pytest.skip("SQLite tells its plan without statistics")
    roles.teams_of(person), roles.hidden_teams(person)
    with CaptureQueriesContext(connection) as caught:
        queue.page(narrowed, person, **cursor)
    with connection.cursor() as cursor_on_plan:
        cursor_on_plan.execute(f"EXPLAIN QUERY PLAN {caught.captured_queries[asked]['sql']}")
        return "\n".join(str(row[3]) for row in cursor_on_plan.fetchall())


@pytest.mark.parametrize("cursor", [{}, FAR])
@pytest.mark.parametrize("view", queue.VIEWS)
def test_a_view_begins_in_its_index(view: str, cursor: dict[str, str], fahd: Person) -> None:
    found = plan(fahd, Filter(view), cursor)
    assert INDEXES[view] in found
    if view not in {"team", "mentions"}:  # there a few rows are sorted, which their indexes found
        assert "TEMP B-TREE" not in found
        assert found.startswith(("SEARCH", "SCAN tickets_ticket USING INDEX ticket_created"))


@pytest.mark.parametrize("cursor", [{}, FAR])
@pytest.mark.parametrize("sort", SORTS)
def test_a_sort_of_everything_sorts_nothing(sort: str, cursor: dict[str, str], fahd: Person) -> None:
    found = plan(fahd, Filter(sort=sort), cursor)
    assert SORTED[sort] in found
    assert "TEMP B-TREE" not in found


def test_a_filter_asked_again_means_whoever_asks_and_what_there_is_now(
    fahd: Person, sara: Person, open_a_ticket: Any
) -> None:
    mine = Filter("all", (("assignee", "me"),), "waiting")
    ticket = open_a_ticket()
    assert not queue.page(mine, fahd).rows
    actions.assign(ticket, to=sara, by=fahd)
    assert [row.pk for row in queue.page(mine, sara).rows] == [ticket.pk]
    assert not queue.page(mine, fahd).rows


def test_all_counts_are_one_statement_that_reads_no_whole_table(
    fahd: Person, open_a_ticket: Any, django_assert_num_queries: Any
) -> None:
    open_a_ticket()
    roles.teams_of(fahd), roles.hidden_teams(fahd)
    with django_assert_num_queries(1), CaptureQueriesContext(connection) as caught:
        assert queue.counts(fahd)["all"] == 1
    if connection.vendor == "sqlite":
        with connection.cursor() as asked:
            asked.execute(f"EXPLAIN QUERY PLAN {caught.captured_queries[0]['sql']}")
            steps = [str(row[3]) for row in asked.fetchall()]
        assert not [step for step in steps if step.startswith("SCAN tickets") and "INDEX" not in step]
