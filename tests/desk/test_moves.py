"""What staff decide: whose the ticket is, holds, closing and reopening, each through its address."""

from typing import Any

import pytest
from django.test import Client

from tawasul.accounts.models import Person
from tawasul.tickets import actions
from tawasul.tickets.models import Event, Message, Status, Ticket
from tawasul.tickets.writers import Writer

pytestmark = pytest.mark.django_db


def at(ticket: Ticket, *rest: str) -> str:
    return f"/ar/desk/tickets/{ticket.spoken_number}/" + "".join(f"{part}/" for part in rest)


def test_take_give_and_release(fahd: Person, sara: Person, fahd_client: Client, open_a_ticket: Any) -> None:
    ticket = open_a_ticket()
    for value, holder in [("me", fahd), (str(sara.pk), sara), ("", None)]:
        fahd_client.post(at(ticket, "assignee"), {"assignee": value})
        ticket.refresh_from_db()
        assert ticket.assignee == holder
    assert list(ticket.events.order_by("pk").values_list("kind", flat=True)) == [
        "opened",
        "taken",
        "assigned",
        "assigned",
    ]


def test_a_ticket_is_never_given_to_a_customer(
    noura: Person, fahd_client: Client, open_a_ticket: Any
) -> None:
    ticket = open_a_ticket()
    page = fahd_client.post(at(ticket, "assignee"), {"assignee": str(noura.pk)})
    assert page.status_code == 422
    ticket.refresh_from_db()
    assert ticket.assignee is None


def test_a_hold_shows_the_customer_for_whom_and_why(
    fahd_client: Client, noura_client: Client, open_a_ticket: Any
) -> None:
    ticket = open_a_ticket()
    fahd_client.post(at(ticket, "hold"), {"party": "مزوّد الاستضافة", "reason": "ننتظر رد المزوّد."})
    ticket.refresh_from_db()
    assert (ticket.status, ticket.answer_due_at) == (Status.ON_HOLD, None)
    page = noura_client.get(f"/ar/tickets/{ticket.spoken_number}/").content.decode()
    assert "مزوّد الاستضافة" in page
    assert "ننتظر رد المزوّد." in page
    fahd_client.post(at(ticket, "resumption"))
    ticket.refresh_from_db()
    assert ticket.status == Status.WITH_CENTRE
    assert ticket.answer_due_at is not None


@pytest.mark.parametrize("given", [{}, {"party": "x"}, {"reason": "y"}, {"party": "x" * 101, "reason": "y"}])
def test_a_hold_without_its_reason_is_refused_with_what_was_typed(
    fahd_client: Client, open_a_ticket: Any, given: dict[str, str]
) -> None:
    ticket = open_a_ticket()
    page = fahd_client.post(at(ticket, "hold"), given)
    assert page.status_code == 422
    assert all(value in page.content.decode() for value in given.values())
    assert '<details class="doing" name="doing" open>' in page.content.decode()
    ticket.refresh_from_db()
    assert ticket.status == Status.WITH_CENTRE


def test_closing_states_its_reason_and_the_last_answer(
    fahd_client: Client, noura_client: Client, open_a_ticket: Any
) -> None:
    ticket = open_a_ticket()
    fahd_client.post(at(ticket, "closure"), {"reason": "solved_by_staff", "comment": "عُدّلت **الخوادم**."})
    ticket.refresh_from_db()
    assert (ticket.status, ticket.close_reason) == (Status.CLOSED, "solved_by_staff")
    assert "<strong>الخوادم</strong>" in Message.objects.get(kind="answer").html
    assert "عُدّلت" in noura_client.get(f"/ar/tickets/{ticket.spoken_number}/").content.decode()


@pytest.mark.parametrize("reason", ["", "silence", "solved_by_customer", "merged", "nonsense"])
def test_a_reason_that_staff_cannot_give_is_refused(
    fahd_client: Client, open_a_ticket: Any, reason: str
) -> None:
    ticket = open_a_ticket()
    page = fahd_client.post(at(ticket, "closure"), {"reason": reason, "comment": "كلمة أخيرة"})
    assert page.status_code == 422
    assert "كلمة أخيرة" in page.content.decode()
    ticket.refresh_from_db()
    assert ticket.status == Status.WITH_CENTRE


def test_spam_gets_no_answer(fahd_client: Client, open_a_ticket: Any) -> None:
    ticket = open_a_ticket()
    page = fahd_client.post(at(ticket, "closure"), {"reason": "spam", "comment": "كلمة"})
    assert page.status_code == 422
    fahd_client.post(at(ticket, "closure"), {"reason": "spam", "comment": ""})
    ticket.refresh_from_db()
    assert ticket.close_reason == "spam"
    assert not Message.objects.filter(kind="answer").exists()


def test_reopening_brings_the_ticket_back(fahd: Person, fahd_client: Client, open_a_ticket: Any) -> None:
    ticket = open_a_ticket()
    actions.close(ticket, by=Writer.of(fahd), reason="solved_by_staff")
    fahd_client.post(at(ticket, "reopening"))
    ticket.refresh_from_db()
    assert ticket.status == Status.WITH_CENTRE


def test_a_stale_page_changes_nothing_and_keeps_the_text(
    fahd: Person, fahd_client: Client, open_a_ticket: Any
) -> None:
    ticket = open_a_ticket()
    actions.close(ticket, by=Writer.of(fahd), reason="spam")
    before = Event.objects.count()
    for place, form in [
        ("hold", {"party": "طرف", "reason": "سبب"}),
        ("closure", {"reason": "solved_by_staff", "comment": "كلمة"}),
        ("resumption", {}),
    ]:
        page = fahd_client.post(at(ticket, place), form)
        assert page.status_code == 409, place
    assert Event.objects.count() == before
    actions.reopen(ticket, by=Writer.of(fahd))
    assert fahd_client.post(at(ticket, "reopening")).status_code == 409


def test_after_a_move_the_same_view_stands_beside_the_ticket(fahd_client: Client, open_a_ticket: Any) -> None:
    ticket = open_a_ticket()
    answer = fahd_client.post(
        at(ticket, "assignee") + "?view=unassigned&after=1_2&compose=x", {"assignee": "me"}
    )
    assert answer["Location"] == at(ticket) + "?view=unassigned&after=1_2"


def test_a_hold_that_lacks_a_word_comes_back_open_in_its_list(
    fahd_client: Client, open_a_ticket: Any
) -> None:
    ticket = open_a_ticket()
    assert '<details class="menu more">' in fahd_client.get(at(ticket)).content.decode()
    page = fahd_client.post(at(ticket, "hold"), {"party": "مزوّد الاستضافة"}).content.decode()
    assert '<details class="menu more" open>' in page
    assert 'value="مزوّد الاستضافة"' in page
