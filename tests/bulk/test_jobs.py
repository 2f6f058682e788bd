"""A job over many tickets: each is done once whatever dies, and all of it can be taken back."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tawasul.accounts import roles
from tawasul.accounts.models import Person, Role, Team
from tawasul.bulk import actions as bulk
from tawasul.bulk import work
from tawasul.bulk.doing import DO
from tawasul.bulk.judge import Outcome
from tawasul.bulk.models import BulkJob
from tawasul.bulk.orders import Action, Order
from tawasul.core import clock
from tawasul.mail.models import OutgoingMail
from tawasul.reactions.events import react_to_due
from tawasul.replies.models import CannedReply, Scope
from tawasul.tickets import actions, queue
from tawasul.tickets.actions import properties, tagging
from tawasul.tickets.filters import Filter
from tawasul.tickets.models import CloseReason, Event, Message, Service, Status, Tag, Ticket
from tawasul.tickets.writers import Writer

pytestmark = pytest.mark.django_db


def ordered(by: Person, action: str, thing: Any = None, tickets: Any = None, **more: Any) -> BulkJob:
    rows = Ticket.objects.all() if tickets is None else Ticket.objects.filter(pk__in=[t.pk for t in tickets])
    reply = more.pop("reply", None)
    return bulk.order(uuid.uuid4(), Order(action, thing, **more), rows, by=by, reply=reply)


def work_off(most: int = 1000) -> None:
    while most and work.work_due():
        most -= 1


def outcomes(job: BulkJob) -> dict[str, int]:
    found: dict[str, int] = {}
    for outcome in job.items.values_list("outcome", flat=True):
        found[outcome] = found.get(outcome, 0) + 1
    return found


def mails(kind: str) -> int:
    while react_to_due():
        pass
    return OutgoingMail.objects.filter(kind=kind).count()


@pytest.fixture
def word(db: None) -> Tag:
    made: Tag = Tag.objects.create(name_ar="ترحيل", name_en="Migration")
    return made


def test_a_worker_that_dies_in_the_middle_leaves_nothing_half_done_and_the_next_one_goes_on(
    fahd: Person, sara: Person, open_a_ticket: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(6):
        open_a_ticket()
    job = ordered(fahd, Action.ASSIGN, sara)
    done: list[int] = []

    def dies(order: Order, ticket: Ticket, by: Person) -> object:
        if len(done) == 3:
            raise KeyboardInterrupt
        done.append(ticket.pk)
        return DO[Action.ASSIGN](order, ticket, by)

    monkeypatch.setattr(work, "DO", {**DO, Action.ASSIGN: dies})
    with pytest.raises(KeyboardInterrupt):
        work.work_due()
    monkeypatch.undo()
    assert work.work_due() == 0, "the dead worker's lease still holds the job"
    with clock.pretend(clock.now() + work.LEASE + timedelta(seconds=1)):
        work_off()
    job.refresh_from_db()
    assert outcomes(job) == {Outcome.DONE: 6} and job.finished == job.total == 6
    events = Event.objects.filter(kind=Event.Kind.ASSIGNED, data__bulk=job.pk)
    assert events.count() == 6 == events.values("ticket").distinct().count()
    assert set(Ticket.objects.values_list("assignee", flat=True)) == {sara.pk}


def test_two_sendings_of_one_form_are_one_job(fahd: Person, word: Tag, open_a_ticket: Any) -> None:
    open_a_ticket()
    key, order = uuid.uuid4(), Order(Action.TAG, word)
    first = bulk.order(key, order, Ticket.objects.all(), by=fahd)
    assert bulk.order(key, order, Ticket.objects.all(), by=fahd) == first
    work_off()
    assert BulkJob.objects.count() == 1 and Event.objects.filter(kind=Event.Kind.TAGGED).count() == 1


def test_a_whole_view_is_what_it_was_when_it_was_ordered(
    fahd: Person, word: Tag, service: Service, open_a_ticket: Any
) -> None:
    model = open_a_ticket()
    rows = [Ticket(**{**_columns(model), "number": f"9{n:07d}", "subject": f"تذكرة {n}"}) for n in range(299)]
    Ticket.objects.bulk_create(rows)
    job = bulk.order(uuid.uuid4(), Order(Action.TAG, word), queue.every(Filter("all"), fahd), by=fahd)
    later = open_a_ticket()
    work_off()
    job.refresh_from_db()
    assert outcomes(job) == {Outcome.DONE: 300} and job.finished_at is not None
    assert not later.tags.exists()


def test_more_than_may_be_read_is_refused(
    fahd: Person, word: Tag, open_a_ticket: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_a_ticket()
    open_a_ticket()
    monkeypatch.setattr(bulk, "MOST", 1)
    with pytest.raises(bulk.NotOrderable) as refused:
        ordered(fahd, Action.TAG, word)
    assert refused.value.code == "many" and not BulkJob.objects.exists()


def test_a_closed_teams_tickets_are_not_touched_also_when_they_went_there_meanwhile(
    fahd: Person, sara: Person, lama: Person, word: Tag, open_a_ticket: Any
) -> None:
    secret = Team.objects.create(name_ar="مغلق", name_en="Closed", is_closed=True)
    roles.forget()
    hidden, moved, plain = open_a_ticket(), open_a_ticket(), open_a_ticket()
    properties.transfer(hidden, to=secret, by=lama)
    job = bulk.order(uuid.uuid4(), Order(Action.TAG, word), queue.every(Filter("all"), fahd), by=fahd)
    assert set(job.items.values_list("ticket", flat=True)) == {moved.pk, plain.pk}
    properties.transfer(moved, to=secret, by=lama)
    work_off()
    assert job.items.get(ticket=moved).why == "hidden"
    assert set(word.taggings.values_list("ticket", flat=True)) == {plain.pk}


def test_whoever_lost_the_right_meanwhile_changes_nothing(
    fahd: Person, word: Tag, open_a_ticket: Any
) -> None:
    open_a_ticket()
    job = ordered(fahd, Action.TAG, word)
    Person.objects.filter(pk=fahd.pk).update(role=Role.AUDITOR)
    work_off()
    assert job.items.get().why == "right" and not word.taggings.exists()


def test_each_ticket_gets_its_own_languages_text_with_its_own_persons_name(
    fahd: Person, noura: Person, khalid: Person, open_a_ticket: Any
) -> None:
    for n in range(30):
        english = n % 2
        open_a_ticket(by=khalid if english else noura, language="en" if english else "ar")
    reply = CannedReply.objects.create(
        name_ar="تم", owner=fahd, scope=Scope.EVERYONE,
        text_ar="أهلًا {{requester}}، تذكرتك {{number}}.", text_en="Hello {{requester}}, ticket {{number}}.",
    )  # fmt: skip
    texts = {"ar": reply.text_ar, "en": reply.text_en}
    ordered(fahd, Action.ANSWER, texts=texts, reply=reply)
    work_off()
    letters = Message.objects.filter(kind=Message.Kind.ANSWER).select_related("ticket")
    assert len(letters) == 30
    for letter in letters:
        ticket = letter.ticket
        if ticket.language == "en":
            assert letter.text == f"Hello Khalid Al-Harbi, ticket {ticket.spoken_number}."
        else:
            assert letter.text == f"أهلًا نورة الدوسري، تذكرتك {ticket.spoken_number}."


def test_an_answer_waits_a_minute_and_taken_back_within_it_was_never_given(
    fahd: Person, open_a_ticket: Any, noura_client: Any
) -> None:
    tickets = [open_a_ticket() for _ in range(3)]
    before = [_columns(ticket) for ticket in Ticket.objects.order_by("pk")]
    job = ordered(fahd, Action.ANSWER, texts={"ar": "نعمل عليها."})
    work_off()
    assert mails("answer") == 0
    page = noura_client.get(f"/ar/tickets/{tickets[0].spoken_number}/").content.decode()
    assert "نعمل عليها" not in page
    bulk.ask_undo(job, by=fahd)
    work_off()
    job.refresh_from_db()
    assert outcomes(job) == {Outcome.UNDONE: 3} and job.undone_at is not None
    with clock.pretend(clock.now() + timedelta(days=2)):
        assert mails("answer") == 0
    assert [_columns(ticket) for ticket in Ticket.objects.order_by("pk")] == before
    assert not Message.objects.filter(kind=Message.Kind.ANSWER).exists()


def test_after_the_minute_the_answers_have_gone_out_and_stay(fahd: Person, open_a_ticket: Any) -> None:
    open_a_ticket()
    job = ordered(fahd, Action.ANSWER, texts={"ar": "نعمل عليها."})
    work_off()
    with clock.pretend(clock.now() + timedelta(seconds=61)):
        assert mails("answer") == 1
        with pytest.raises(bulk.NotUndoable):
            bulk.ask_undo(BulkJob.objects.get(pk=job.pk), by=fahd)


def test_of_a_running_job_what_was_told_stays_what_was_not_is_taken_back_and_the_rest_stops(
    fahd: Person, open_a_ticket: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(work, "BATCH", 1)
    for _ in range(3):
        open_a_ticket()
    job = ordered(fahd, Action.CLOSE)
    work.work_due()
    with clock.pretend(clock.now() + timedelta(seconds=61)):
        assert mails("closed") == 1
        work.work_due()
        bulk.ask_undo(job, by=fahd)
        work_off()
        assert mails("closed") == 1
    assert list(job.items.order_by("pk").values_list("outcome", "why")) == [
        (Outcome.DONE, "late"),
        (Outcome.UNDONE, ""),
        (Outcome.REFUSED, "stopped"),
    ]
    assert list(Ticket.objects.order_by("pk").values_list("status", flat=True)) == [
        Status.CLOSED, Status.WITH_CENTRE, Status.WITH_CENTRE
    ]  # fmt: skip


def test_what_somebody_went_on_with_is_not_taken_back(
    fahd: Person, sara: Person, noura: Person, open_a_ticket: Any
) -> None:
    kept, gone_on = open_a_ticket(), open_a_ticket()
    job = ordered(fahd, Action.ANSWER, texts={"ar": "نعمل عليها."})
    work_off()
    gone_on.refresh_from_db()
    actions.follow_up(gone_on, by=Writer.of(noura), text="وهذه صورة.")
    bulk.ask_undo(job, by=fahd)
    work_off()
    assert job.items.get(ticket=gone_on).outcome == Outcome.CHANGED_SINCE
    assert job.items.get(ticket=kept).outcome == Outcome.UNDONE
    assert mails("answer") == 1, "the answer that stays is told at once"


def test_properties_are_what_they_were(
    fahd: Person, sara: Person, team: Team, service: Service, open_a_ticket: Any
) -> None:
    other = Team.objects.create(name_ar="الفواتير", name_en="Billing")
    ticket = open_a_ticket()
    actions.assign(ticket, to=sara, by=sara, team=team)
    loose = open_a_ticket()
    for action, thing in (
        (Action.TRANSFER, other),
        (Action.ASSIGN, None),
        (Action.SERVICE, Service.objects.exclude(pk=service.pk).filter(is_active=True).first()),
    ):
        before = [_columns(row) for row in Ticket.objects.order_by("pk")]
        job = ordered(fahd, action, thing)
        work_off()
        with clock.pretend(clock.now() + timedelta(hours=23)):
            bulk.ask_undo(BulkJob.objects.get(pk=job.pk), by=fahd)
            work_off()
        assert [_columns(row) for row in Ticket.objects.order_by("pk")] == before, action
        assert Outcome.UNDONE in outcomes(job)
    assert loose.team_id is None


def test_tags_spam_and_merges_are_taken_back(
    fahd: Person, noura: Person, word: Tag, open_a_ticket: Any
) -> None:
    target, worn, plain = open_a_ticket(), open_a_ticket(), open_a_ticket()
    tagging.tag(worn, word, by=fahd)
    for action, thing, expected in (
        (Action.TAG, word, {Outcome.UNDONE: 2, Outcome.UNCHANGED: 1}),
        (Action.UNTAG, word, {Outcome.UNDONE: 1, Outcome.UNCHANGED: 2}),
        (Action.SPAM, None, {Outcome.UNDONE: 3}),
        (Action.MERGE, target, {Outcome.UNDONE: 2, Outcome.UNCHANGED: 1}),
    ):
        job = ordered(fahd, action, thing)
        work_off()
        bulk.ask_undo(BulkJob.objects.get(pk=job.pk), by=fahd)
        work_off()
        assert outcomes(job) == expected, action
        assert not Ticket.objects.filter(status=Status.CLOSED).exists()
        assert [tag.ticket_id for tag in word.taggings.all()] == [worn.pk]
    with clock.pretend(clock.now() + timedelta(days=2)):
        assert mails("closed") == 0
    assert plain.merged_into_id is None


def test_what_cannot_be_is_refused_beside_what_can(
    fahd: Person, lama: Person, word: Tag, open_a_ticket: Any
) -> None:
    closed, merged, fine = open_a_ticket(), open_a_ticket(), open_a_ticket()
    actions.close(closed, by=Writer.of(lama), reason=CloseReason.SOLVED_BY_STAFF)
    actions.merge(merged, into=fine, by=lama)
    seen = clock.now()
    late = open_a_ticket()
    job = ordered(fahd, Action.ANSWER, texts={"ar": "نعمل عليها."}, seen=seen)
    work_off()
    assert {item.ticket_id: item.why for item in job.items.all()} == {
        closed.pk: "closed", merged.pk: "merged", fine.pk: "", late.pk: "written"
    }  # fmt: skip


def test_a_ticket_costs_a_bounded_number_of_queries(fahd: Person, open_a_ticket: Any) -> None:
    for _ in range(10):
        open_a_ticket()
    ordered(fahd, Action.ANSWER, texts={"ar": "نعمل عليها {{service}}."})
    work.work_due()
    for ticket in Ticket.objects.all():
        actions.follow_up(ticket, by=Writer.requester_of(ticket), text="؟")
    ordered(fahd, Action.ANSWER, texts={"ar": "نعمل عليها {{service}}."})
    with CaptureQueriesContext(
        connection,
    ) as asked:
        work.work_due()
    assert len(asked) <= 10 * 15 + 12, f"{len(asked) / 10} a ticket"


def _columns(ticket: Ticket) -> dict[str, Any]:
    left_out = {"_state", "version", "id"}
    return {name: value for name, value in ticket.__dict__.items() if name not in left_out}
