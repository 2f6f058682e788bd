"""Verbs: one sending makes one thing, files move with their letter, and only workflow assigns a status."""

import re
import uuid
from pathlib import Path
from typing import Any

import pytest
from django.http import Http404

import tawasul
from tawasul.accounts.models import Person
from tawasul.attachments.models import StoredFile
from tawasul.tickets import access, actions, direct, queries
from tawasul.tickets.models import Attachment, Draft, Event, Message, Status, Ticket
from tawasul.tickets.writers import Writer
from tests.at_once import at_once
from tests.world import OpenATicket


def a_file(name: str = "صورة.png") -> StoredFile:
    return StoredFile.objects.create(
        name=name, type="image/png", size=10, sha256="0" * 64, key=uuid.uuid4().hex
    )


def test_two_sendings_of_one_form_make_one_ticket(open_a_ticket: OpenATicket) -> None:
    key = uuid.uuid4()
    assert open_a_ticket(submission=key) == open_a_ticket(submission=key)
    assert Ticket.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_sendings_at_the_same_moment_make_one_ticket(open_a_ticket: OpenATicket) -> None:
    key = uuid.uuid4()
    numbers = at_once(*[lambda: open_a_ticket(submission=key).number] * 4)
    assert len(set(numbers)) == 1
    assert Ticket.objects.count() == Message.objects.count() == Event.objects.count() == 1


def test_files_of_the_draft_move_to_the_letter_and_the_draft_is_gone(
    open_a_ticket: OpenATicket, noura: Person
) -> None:
    draft = Draft.objects.create(kind=Draft.Kind.TICKET, owner=noura)
    file = a_file()
    Attachment.objects.create(draft=draft, file=file)
    ticket = open_a_ticket(draft=draft, submission=draft.pk)
    letter = ticket.messages.get()
    assert letter.file_count == 1
    assert letter.attachments.get().file == file
    assert not Draft.objects.filter(owner=noura).exists()


def test_a_note_and_its_files_are_never_the_customers_to_see(
    open_a_ticket: OpenATicket, fahd: Person, noura: Person, settings: Any
) -> None:
    settings.STAFF_NEED_TWO_STEPS = False
    ticket = open_a_ticket()
    draft = Draft.objects.create(kind=Draft.Kind.NOTE, owner=fahd, ticket=ticket)
    file = a_file()
    Attachment.objects.create(draft=draft, file=file)
    actions.note(ticket, by=fahd, text="سرّي", draft=draft)
    assert all(
        e.message is None or e.message.kind != "note" for e in queries.conversation(ticket, for_staff=False)
    )
    assert access.file_for(fahd, file.pk) == file
    with pytest.raises(Http404):
        access.file_for(noura, file.pk)
    with pytest.raises(Http404):
        access.file_for(noura, file.pk, guest_tickets={ticket.pk})


def test_someone_elses_ticket_and_an_unknown_number_are_the_same_404(
    open_a_ticket: OpenATicket, khalid: Person, noura: Person
) -> None:
    ticket = open_a_ticket()
    assert access.ticket_for(noura, ticket.spoken_number) == ticket
    for person, number in ((khalid, ticket.number), (noura, "0000-0000"), (noura, "x")):
        with pytest.raises(Http404):
            access.ticket_for(person, number)
    with pytest.raises(Http404):
        access.desk_ticket_for(khalid, ticket.number)


def test_a_conversation_costs_three_queries_however_long_it_is(
    open_a_ticket: OpenATicket, fahd: Person, noura: Person, django_assert_num_queries: pytest.FixtureRequest
) -> None:
    ticket = open_a_ticket()
    for round_ in range(12):
        draft = Draft.objects.create(kind=Draft.Kind.FOLLOW_UP, owner=noura, ticket=ticket)
        Attachment.objects.create(draft=draft, file=a_file(f"{round_}.png"))
        actions.follow_up(ticket, by=Writer.of(noura), text="رسالة", draft=draft)
    with django_assert_num_queries(3):  # type: ignore[operator]  # letters, their files, events
        entries = queries.conversation(ticket, for_staff=True)
        assert sum(len(entry.files) for entry in entries) == 12


def test_keyset_pages_meet_every_ticket_once_in_both_directions(
    open_a_ticket: OpenATicket, noura: Person
) -> None:
    made = {open_a_ticket(subject=f"تذكرة {n}").pk for n in range(60)}
    seen: list[int] = []
    page = queries.tickets_of(noura, turn="centre")
    assert page.newer == ""
    pages = [page]
    while page.older:
        page = queries.tickets_of(noura, turn="centre", after=page.older)
        pages.append(page)
    seen = [row.pk for each in pages for row in each.rows]
    assert len(seen) == len(made)
    assert set(seen) == made
    back = queries.tickets_of(noura, turn="centre", before=pages[-1].newer)
    assert [row.pk for row in back.rows] == [row.pk for row in pages[-2].rows]


def test_search_meets_other_spellings_and_either_scripts_number(
    open_a_ticket: OpenATicket, noura: Person
) -> None:
    ticket = open_a_ticket(subject="إلغاء الحِساب")
    open_a_ticket(subject="شيء آخر")
    arabic = ticket.spoken_number.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))
    for q in ("الغاء", "الحساب", arabic, ticket.number):
        assert [row.pk for row in queries.tickets_of(noura, turn="closed", q=q).rows] == [ticket.pk]


def test_an_account_claims_only_the_tickets_of_its_own_proved_address(
    open_a_ticket: OpenATicket, noura: Person
) -> None:
    hers = open_a_ticket(by=Writer(None, "نورة", noura.email.replace("noura", "Noura")))
    other = open_a_ticket(by=Writer(None, "غيرها", "other@example.com.sa"))
    token = direct.new_link(hers)
    assert actions.claim(noura) == [hers]
    hers.refresh_from_db()
    other.refresh_from_db()
    assert (hers.requester, other.requester) == (noura, None)
    with pytest.raises(Http404):
        direct.used_link(token)


def test_only_workflow_assigns_a_status() -> None:
    root = Path(tawasul.__file__).parent
    assigns = re.compile(r"\.status\s*=[^=]|update\([^)]*\bstatus=", re.DOTALL)
    guilty = [
        str(path.relative_to(root))
        for path in root.rglob("*.py")
        if "migrations" not in path.parts
        and path.name != "workflow.py"
        and "tickets" in path.read_text()
        and assigns.search(path.read_text())
    ]
    assert guilty == []


def test_taking_a_ticket_and_the_first_answer_name_the_assignee(
    open_a_ticket: OpenATicket, fahd: Person, sara: Person
) -> None:
    ticket = open_a_ticket()
    actions.take(ticket, by=sara)
    assert ticket.assignee == sara
    other = open_a_ticket()
    actions.answer(other, by=fahd, text="تم")
    assert (other.assignee, other.status) == (fahd, Status.WITH_CUSTOMER)
