"""Counts that are past telling are not counted again for two seconds; all others are always fresh."""

from typing import Any

import pytest

from tawasul.accounts import roles
from tawasul.accounts.models import Person, Team
from tawasul.core import kept
from tawasul.tickets import actions, queue
from tests.world import OpenATicket

pytestmark = pytest.mark.django_db


def test_a_count_below_the_bound_is_fresh_and_one_at_the_bound_costs_nothing_more(
    fahd: Person,
    sara: Person,
    open_a_ticket: OpenATicket,
    monkeypatch: pytest.MonkeyPatch,
    django_assert_num_queries: Any,
) -> None:
    team = Team.objects.create(name_ar="فريق", name_en="Team")
    team.members.add(fahd)
    roles.forget()
    monkeypatch.setattr(queue, "COUNT_UP_TO", 3)
    queue._counts.cache_clear()
    tickets = [open_a_ticket() for _ in range(2)]
    assert queue.counts(fahd)["all"] == 2
    tickets.append(open_a_ticket())
    assert queue.counts(fahd)["all"] == 3, "below the bound, each look is a new one"
    actions.take(tickets[0], by=fahd)
    assert (queue.counts(fahd)["mine"], queue.counts(fahd)["unassigned"]) == (1, 3)
    kept.forget_all()
    assert queue.counts(fahd)["unassigned"] == 2
    for ticket in tickets:
        actions.assign(ticket, to=fahd, by=sara, team=team)
    everything = {"mine": 3, "team": 3, "all": 3, "unassigned": 0}
    for _again in range(2):
        with django_assert_num_queries(1):
            assert queue.counts(fahd).items() >= everything.items()
    assert queue.counts(sara)["mine"] == 0, "what is one's own is nobody else's"
    queue._counts.cache_clear()
