"""Letters become tickets of their own, tickets are linked, and the parts of a ticket get one answer each."""

import uuid
from typing import Any

import pytest
from django.test import Client

from tawasul.accounts.models import Person
from tawasul.tickets import actions, drafts, fields
from tawasul.tickets.actions import fields as values
from tawasul.tickets.models import (
    Draft,
    Event,
    Field,
    FieldValue,
    Message,
    MovedMessage,
    Service,
    Status,
    Ticket,
    TicketLink,
)
from tawasul.tickets.writers import Writer
from tests.portal.forms import png
from tests.tickets.test_own_fields import make_field

pytestmark = pytest.mark.django_db


def at(ticket: Ticket, *rest: object) -> str:
    return f"/ar/desk/tickets/{ticket.spoken_number}/" + "".join(f"{part}/" for part in rest)


# -- splitting -------------------------------------------------------------------------------------------------------


@pytest.fixture
def second(open_a_ticket: Any, noura: Person, fahd: Person) -> Message:
    """Noura's second letter, which is about something else, with a file."""
    ticket = open_a_ticket()
    draft = drafts.keep(
        uuid.uuid4(), drafts.Whose(noura), Draft.Kind.FOLLOW_UP, fields={"text": "x"}, ticket=ticket
    )
    assert draft is not None
    drafts.add_files(draft, [png("second.png")], by=noura)
    letter = actions.follow_up(ticket, by=Writer.of(noura), text="أمر آخر", draft=draft)
    actions.note(ticket, by=fahd, text="ملاحظة عن الأمر الآخر")
    return letter


def test_a_letter_becomes_a_ticket_whose_promise_runs_from_its_moment(
    fahd_client: Client, noura_client: Client, second: Message
) -> None:
    ticket = second.ticket
    other = Service.objects.create(code="x", name_ar="أخرى", name_en="Other")
    note = ticket.messages.get(kind="note")
    form = {"subject": "الأمر الآخر", "service": str(other.pk), "letters": [str(note.pk)]}
    assert fahd_client.get(at(ticket, "letters", second.pk, "splitting")).status_code == 200
    assert fahd_client.post(at(ticket, "letters", second.pk, "splitting"), form).status_code == 302
    made = Ticket.objects.exclude(pk=ticket.pk).get()
    ticket.refresh_from_db()
    assert (made.requester, made.service, made.subject) == (ticket.requester, other, "الأمر الآخر")
    assert (made.created_at, made.answer_clock_at) == (second.at, second.at)
    assert (made.message_count, ticket.message_count, made.follows) == (2, 1, ticket)
    assert set(made.messages.values_list("kind", flat=True)) == {"opening", "note"}
    assert MovedMessage.objects.filter(home=ticket).count() == 2
    assert TicketLink.objects.get(kind="relates").target == ticket
    for one in (made, ticket):
        assert one.events.filter(kind=Event.Kind.SPLIT).count() == 1
    page = noura_client.get(made.get_absolute_url()).content.decode()
    assert "أمر آخر" in page
    assert "second.png" in page
    assert "ملاحظة" not in page
    assert "أمر آخر" not in noura_client.get(ticket.get_absolute_url()).content.decode()
    assert noura_client.get(f"/ar/tickets/{made.spoken_number}/receipt/").status_code == 200


def test_the_new_ticket_says_the_same_in_the_fields_of_its_service(fahd: Person, second: Message) -> None:
    ticket = second.ticket
    other = Service.objects.create(code="x", name_ar="أخرى", name_en="Other")
    typed = {
        make_field("servers", Field.Kind.NUMBER): "2",
        make_field("old", services=(ticket.service,)): "x",
    }
    for field, value in typed.items():
        values.change(ticket, field, fields.parse(field, value), by=fahd)
    made = actions.split(ticket, [second.pk], subject="أمر آخر", service=other, by=fahd)
    assert [(one.key, value.text, value.number) for one, value in fields.values_of(made)] == [
        ("servers", "2", 2)
    ]
    assert FieldValue.objects.filter(ticket=ticket).count() == 2


def test_the_first_letter_stays_and_an_empty_subject_is_refused(fahd_client: Client, second: Message) -> None:
    ticket = second.ticket
    first = ticket.messages.get(kind="opening")
    assert fahd_client.get(at(ticket, "letters", first.pk, "splitting")).status_code == 404
    page = fahd_client.post(at(ticket, "letters", second.pk, "splitting"), {"subject": " "})
    assert page.status_code == 422
    assert Ticket.objects.count() == 1


def test_a_letter_of_another_ticket_is_not_moved(fahd: Person, open_a_ticket: Any, second: Message) -> None:
    other = open_a_ticket()
    with pytest.raises(actions.NotSplittable):
        actions.split(other, [second.pk], subject="x", service=other.service, by=fahd)
    second.refresh_from_db()
    assert second.ticket_id != other.pk


# -- links -----------------------------------------------------------------------------------------------------------


def test_a_link_stands_in_both_dossiers_with_its_words_and_goes_away(
    fahd_client: Client, open_a_ticket: Any
) -> None:
    one, other = open_a_ticket(subject="واحدة"), open_a_ticket(subject="ثانية")
    form = {"way": "parent_of", "number": other.spoken_number}
    assert fahd_client.post(at(one, "links"), form).status_code == 302
    mine, theirs = (
        fahd_client.get(at(ticket).replace("/ar/", "/en/")).content.decode() for ticket in (one, other)
    )
    assert "a part of this ticket" in mine
    assert "this ticket is a part of it" in theirs
    assert other.spoken_number in mine
    assert one.spoken_number in theirs
    assert one.events.filter(kind=Event.Kind.LINKED).count() == 1
    link = TicketLink.objects.get()
    assert fahd_client.post(at(other, "links", link.pk, "removal")).status_code == 302
    assert not TicketLink.objects.exists()


def test_nothing_is_a_part_of_itself(fahd: Person, fahd_client: Client, open_a_ticket: Any) -> None:
    top, middle, low = open_a_ticket(), open_a_ticket(), open_a_ticket()
    actions.link(top, middle, kind="parent", by=fahd)
    actions.link(middle, low, kind="parent", by=fahd)
    for ticket, number, way in [
        (low, top.number, "parent_of"),
        (top, low.number, "child_of"),
        (middle, top.number, "parent_of"),
        (top, top.number, "relates"),
        (top, middle.number, "parent_of"),
        (top, "1234", "relates"),
        (top, "", "relates"),
    ]:
        page = fahd_client.post(at(ticket, "links"), {"way": way, "number": number})
        assert page.status_code == 422
        assert 'role="alert"' in page.content.decode()
    assert TicketLink.objects.count() == 2


def test_a_ticket_is_picked_from_the_requesters_others(fahd_client: Client, open_a_ticket: Any) -> None:
    one, other = open_a_ticket(), open_a_ticket(subject="من تذاكرها")
    assert "من تذاكرها" in fahd_client.get(at(one, "links")).content.decode()
    fahd_client.post(at(one, "links"), {"way": "relates", "chosen": other.number})
    assert TicketLink.objects.get().target == other


def test_links_cost_a_ticket_one_query_however_many_there_are(
    fahd: Person, fahd_client: Client, open_a_ticket: Any, django_assert_num_queries: Any
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    one = open_a_ticket()
    others = [open_a_ticket() for _ in range(4)]
    fahd_client.get(at(one))
    counted = []
    for other in others:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            fahd_client.get(at(one))
        counted.append(len(asked))
        actions.link(one, other, kind="relates", by=fahd)
    none, *some = counted
    assert len(set(some)) == 1
    assert some[0] == none + 1


# -- parts -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def parts(fahd: Person, khalid: Person, open_a_ticket: Any) -> tuple[Ticket, list[Ticket]]:
    top = open_a_ticket(subject="العطل")
    below = [open_a_ticket(subject="جزء أول"), open_a_ticket(by=khalid, subject="part two")]
    for child in below:
        actions.link(top, child, kind="parent", by=fahd)
    return top, below


def test_closing_a_ticket_offers_its_answer_to_the_open_parts(
    fahd_client: Client, parts: tuple[Ticket, list[Ticket]]
) -> None:
    top, below = parts
    closed = fahd_client.post(at(top, "closure"), {"reason": "solved_by_staff", "comment": "أُصلح العطل."})
    assert closed.url == at(top, "parts", "answers")
    page = fahd_client.get(closed.url)
    assert "أُصلح العطل." in page.content.decode()
    sent = {
        "key": page.context["form"]["key"].value() if page.context else str(uuid.uuid4()),
        "text": "أُصلح العطل.",
        "child": [child.number for child in below],
    } | {f"seen_{child.number}": str(child.messages.get().pk) for child in below}
    for _ in range(2):  # the second press sends nothing twice
        assert fahd_client.post(closed.url, sent).status_code == 302
    for child in below:
        child.refresh_from_db()
        assert child.status == Status.WITH_CUSTOMER
        assert child.messages.filter(kind="answer").count() == 1


def test_a_part_in_which_somebody_wrote_meanwhile_keeps_the_text_as_a_draft(
    fahd: Person, fahd_client: Client, noura: Person, parts: tuple[Ticket, list[Ticket]]
) -> None:
    top, (first, other) = parts
    seen = {f"seen_{child.number}": str(child.messages.get().pk) for child in (first, other)}
    actions.follow_up(first, by=Writer.of(noura), text="خبر جديد")
    form = {"key": str(uuid.uuid4()), "text": "الجواب", "child": [first.number, other.number]} | seen
    page = fahd_client.post(at(top, "parts", "answers"), form)
    assert page.status_code == 409
    assert "الجواب" in page.content.decode()
    assert not first.messages.filter(kind="answer").exists()
    assert other.messages.filter(kind="answer").exists()
    kept = drafts.newest(drafts.Whose(fahd), Draft.Kind.ANSWER, ticket=first)
    assert drafts.typed(kept)["text"] == "الجواب"


@pytest.mark.parametrize("form", [{"text": "x", "child": []}, {"text": "", "child": ["all"]}])
def test_an_empty_choice_or_text_is_refused_and_everything_comes_back(
    fahd_client: Client, parts: tuple[Ticket, list[Ticket]], form: dict[str, Any]
) -> None:
    top, below = parts
    chosen = [child.number for child in below] if form["child"] else []
    page = fahd_client.post(
        at(top, "parts", "answers"), {"key": str(uuid.uuid4()), "text": form["text"], "child": chosen}
    )
    assert page.status_code == 422
    assert page.content.decode().count(" checked") == len(chosen)
