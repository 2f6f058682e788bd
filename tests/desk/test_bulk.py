"""Many tickets at once at the desk: selected, previewed, done, followed, taken back; also without scripts."""

import re
import uuid
from typing import Any

import pytest
from django.test import Client

from tawasul.accounts import roles
from tawasul.accounts.models import Person, Role, RolePermissions, Team
from tawasul.bulk.models import BulkJob
from tawasul.bulk.work import work_due
from tawasul.desk.shown import packed, unpacked
from tawasul.replies.models import CannedReply, Scope
from tawasul.tickets import actions
from tawasul.tickets.actions import properties
from tawasul.tickets.models import CloseReason, Event, Status, Tag, Ticket
from tawasul.tickets.writers import Writer
from tests.world import make_person, signed_in

pytestmark = pytest.mark.django_db

PREVIEW, JOBS = "/en/desk/bulk/preview/", "/en/desk/bulk/"


def sent(html: str) -> dict[str, Any]:
    """The hidden fields of the form that orders what the preview shows."""
    form = html.partition(f'action="{JOBS}"')[2].partition("</form>")[0]
    found: dict[str, Any] = {}
    for name, value in re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form):
        found.setdefault(name, []).append(value.replace("&amp;", "&"))
    return found


def preview(client: Client, action: str, *tickets: Ticket, status: int = 200, **given: Any) -> str:
    data = {"action": action, "ticket": [one.number for one in tickets], "query": "view=all", **given}
    answer = client.post(PREVIEW, data)
    assert answer.status_code == status
    return str(answer.content.decode())


def counts(html: str) -> list[int]:
    return [int(number) for number in re.findall(r"<dd>(\d+)</dd>", html)]


def work_off() -> None:
    while work_due():
        pass


def test_from_the_list_to_the_end_and_back_by_forms_alone(
    fahd: Person, sara: Person, fahd_client: Client, open_a_ticket: Any
) -> None:
    one, two, other = open_a_ticket(), open_a_ticket(), open_a_ticket()
    page = fahd_client.get("/en/desk/?view=all").content.decode()
    assert page.count('name="ticket"') == 3 and 'form="bulk"' in page
    chosen = preview(fahd_client, "assign", one, two)
    assert "See what will happen" in chosen and "Do it to" not in chosen
    shown = preview(fahd_client, "assign", one, two, object=str(sara.pk))
    assert counts(shown)[:3] == [2, 0, 0]
    assert not Ticket.objects.filter(assignee=sara).exists(), "a preview changes nothing"
    answer = fahd_client.post(JOBS, sent(shown))
    assert answer.status_code == 302
    assert "It is being done." in fahd_client.get(answer["Location"]).content.decode()
    work_off()
    done = fahd_client.get(answer["Location"]).content.decode()
    assert "It is done." in done and 'hx-trigger="every 1s"' not in done
    assert set(Ticket.objects.filter(assignee=sara)) == {one, two}
    fahd_client.post(answer["Location"] + "undoing/")
    work_off()
    assert "It was taken back." in fahd_client.get(answer["Location"]).content.decode()
    assert not Ticket.objects.filter(assignee=sara).exists()
    assert answer["Location"] in fahd_client.get(JOBS).content.decode()
    assert Event.objects.filter(ticket=other).count() == 1


def test_the_preview_says_honestly_what_stays_as_it_is_and_why(
    fahd: Person, fahd_client: Client, open_a_ticket: Any
) -> None:
    fine, closed, spam = open_a_ticket(), open_a_ticket(), open_a_ticket()
    actions.close(closed, by=Writer.of(fahd), reason=CloseReason.SOLVED_BY_STAFF)
    actions.close(spam, by=Writer.of(fahd), reason=CloseReason.SPAM)
    shown = preview(fahd_client, "spam", fine, closed, spam)
    assert counts(shown)[:3] == [1, 1, 1]
    assert closed.spoken_number in shown.partition("These stay as they are")[2]


def test_two_presses_of_the_button_are_one_job(fahd_client: Client, open_a_ticket: Any) -> None:
    form = sent(preview(fahd_client, "close", open_a_ticket()))
    first, second = fahd_client.post(JOBS, form), fahd_client.post(JOBS, form)
    assert first["Location"] == second["Location"] and BulkJob.objects.count() == 1


def test_a_whole_view_is_ordered_as_its_preview_showed_it(
    fahd: Person, fahd_client: Client, open_a_ticket: Any
) -> None:
    tag = Tag.objects.create(name_ar="ترحيل", name_en="Migration")
    for _ in range(30):
        open_a_ticket()
    assert 'name="whole"' in fahd_client.get("/en/desk/?view=all").content.decode()
    closed = open_a_ticket()
    actions.close(closed, by=Writer.of(fahd), reason=CloseReason.SOLVED_BY_STAFF)
    shown = preview(fahd_client, "tag", whole="1", object=str(tag.pk))
    assert counts(shown)[0] == 30
    late = open_a_ticket()
    actions.reopen(closed, by=Writer.of(fahd))  # an old ticket that enters the view meanwhile
    fahd_client.post(JOBS, sent(shown))
    work_off()
    assert tag.taggings.count() == 30 and not late.tags.exists() and not closed.tags.exists()


@pytest.mark.parametrize("word", ["", "x", "eJw", "é", "A" * 5000])
def test_an_order_for_a_view_that_names_no_preview_is_shown_it_first(
    fahd_client: Client, open_a_ticket: Any, word: str
) -> None:
    open_a_ticket()
    form = sent(preview(fahd_client, "spam", whole="1"))
    answer = fahd_client.post(JOBS, {**form, "shown": word})
    assert answer.status_code == 422 and "This will happen" in answer.content.decode()
    assert not BulkJob.objects.exists()


def test_many_keys_are_one_short_word_and_come_back() -> None:
    keys = list(range(1_000_003, 1_000_003 + 7 * 10_000, 7))
    assert unpacked(packed(reversed(keys))) == keys
    assert len(packed(keys)) < 20_000
    assert unpacked(packed([])) == []


def test_the_answer_is_shown_as_the_first_of_each_language_read_it(
    fahd: Person, khalid: Person, fahd_client: Client, open_a_ticket: Any
) -> None:
    reply = CannedReply.objects.create(
        name_ar="تم",
        owner=fahd,
        scope=Scope.EVERYONE,
        text_ar="أهلًا {{requester}}",
        text_en="Hello {{requester}}",
    )
    tickets = [open_a_ticket(by=khalid, language="en"), open_a_ticket(), open_a_ticket()]
    shown = preview(fahd_client, "answer", *tickets, object=str(reply.pk))
    assert "Hello Khalid Al-Harbi" in shown and "أهلًا نورة الدوسري" in shown
    reply.text_en = ""
    reply.save()
    assert "no English text" in preview(fahd_client, "answer", *tickets, object=str(reply.pk))


def test_what_is_sent_is_what_was_ordered_also_when_the_reply_changes_meanwhile(
    fahd: Person, fahd_client: Client, open_a_ticket: Any
) -> None:
    reply = CannedReply.objects.create(name_ar="تم", owner=fahd, scope=Scope.EVERYONE, text_ar="أصلي")
    ticket = open_a_ticket()
    fahd_client.post(JOBS, sent(preview(fahd_client, "answer", ticket, object=str(reply.pk))))
    reply.delete()
    work_off()
    assert ticket.messages.order_by("-pk")[0].text == "أصلي"


def test_a_closed_teams_ticket_is_not_even_counted(
    lama: Person, fahd_client: Client, open_a_ticket: Any
) -> None:
    secret = Team.objects.create(name_ar="مغلق", name_en="Closed", is_closed=True)
    roles.forget()
    hidden, plain = open_a_ticket(), open_a_ticket()
    properties.transfer(hidden, to=secret, by=lama)
    shown = preview(fahd_client, "close", hidden, plain)
    assert counts(shown)[0] == 1 and hidden.spoken_number not in shown
    assert "There is no ticket" in preview(fahd_client, "merge", plain, object=hidden.number, status=422)


def test_an_auditor_neither_sees_nor_reaches_any_of_it(open_a_ticket: Any) -> None:
    client = signed_in(make_person("rima", "ريما", is_staff=True, role=Role.AUDITOR))
    ticket = open_a_ticket()
    assert 'name="ticket"' not in client.get("/en/desk/?view=all").content.decode()
    preview(client, "close", ticket, status=404)
    form = {"action": "close", "ticket": ticket.number, "key": str(uuid.uuid4())}
    assert client.post(JOBS, form).status_code == 404
    assert client.get(JOBS).status_code == 404 and not BulkJob.objects.exists()


def test_a_verb_that_ones_role_may_not_do_is_not_there(
    fahd: Person, lama: Person, fahd_client: Client, open_a_ticket: Any
) -> None:
    ticket = open_a_ticket()
    lama_client = signed_in(lama)
    allowed = roles.DEFAULTS[Role.AGENT] - {roles.Permission.SPAM}
    RolePermissions.objects.create(role=Role.AGENT, allowed=[one.value for one in allowed])
    roles.forget()
    assert 'value="spam"' not in fahd_client.get("/en/desk/?view=all").content.decode()
    preview(fahd_client, "spam", ticket, status=404)
    preview(lama_client, "spam", ticket)


def test_another_persons_job_does_not_exist(
    fahd_client: Client, lama_client: Client, open_a_ticket: Any
) -> None:
    place = fahd_client.post(JOBS, sent(preview(fahd_client, "close", open_a_ticket())))["Location"]
    assert lama_client.get(place).status_code == 404
    assert lama_client.post(place + "undoing/").status_code == 404


def test_nothing_selected_leads_back_to_the_list(fahd_client: Client) -> None:
    answer = fahd_client.post(PREVIEW, {"action": "close", "query": "view=mine"})
    assert answer["Location"] == "/en/desk/?view=mine"


def test_merging_names_the_one_and_says_whose_the_others_are(
    khalid: Person, fahd_client: Client, open_a_ticket: Any
) -> None:
    target, own, foreign = open_a_ticket(), open_a_ticket(), open_a_ticket(by=khalid)
    shown = preview(fahd_client, "merge", target, own, foreign, object=target.spoken_number)
    assert counts(shown)[:3] == [2, 1, 0] and "another requester’s" in shown
    fahd_client.post(JOBS, sent(shown))
    work_off()
    assert set(target.merged.all()) == {own, foreign}
    assert Ticket.objects.get(pk=target.pk).status != Status.CLOSED


def test_what_is_taken_back_goes_to_nobody_who_has_left_since(
    fahd: Person, sara: Person, fahd_client: Client, open_a_ticket: Any
) -> None:
    ticket = open_a_ticket()
    actions.assign(ticket, to=sara, by=fahd)
    there = fahd_client.post(JOBS, sent(preview(fahd_client, "assign", ticket, object=str(fahd.pk))))[
        "Location"
    ]
    work_off()
    Person.objects.filter(pk=sara.pk).update(is_active=False)
    fahd_client.post(f"{there}undoing/")
    work_off()
    ticket.refresh_from_db()
    assert ticket.assignee is None, "a ticket of somebody who is gone is nobody's to find"


def test_the_page_of_jobs_says_how_long_they_are_kept(fahd_client: Client) -> None:
    assert "90" in fahd_client.get("/ar/desk/bulk/").content.decode()
    assert "for 90 days after its end" in fahd_client.get("/en/desk/bulk/").content.decode()
