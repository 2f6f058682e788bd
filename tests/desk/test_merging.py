"""Several tickets become one, and can be taken apart again. A customer sees only their own, whatever is merged."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import expect

from tawasul.accounts import roles
from tawasul.accounts.models import Person, Role, Team
from tawasul.mail.models import OutgoingMail
from tawasul.reactions import events
from tawasul.tickets import actions, direct, drafts, merged, queries
from tawasul.tickets.models import Attachment, Draft, Event, Status, Ticket
from tawasul.tickets.writers import Writer
from tests.browsing import enter, fits
from tests.portal.forms import png
from tests.world import make_person, signed_in

pytestmark = pytest.mark.django_db
GUEST = Writer(None, "ضيفة", "guest@example.com.sa")


def at(ticket: Ticket, *rest: str) -> str:
    return f"/ar/desk/tickets/{ticket.spoken_number}/" + "".join(f"{part}/" for part in rest)


def page_of(client: Client, ticket: Ticket) -> str:
    return client.get(f"/ar/tickets/{ticket.spoken_number}/").content.decode()


@pytest.fixture
def target(open_a_ticket: Any) -> Ticket:
    found: Ticket = open_a_ticket(subject="الهدف", text="كلام الهدف")
    return found


@pytest.fixture
def own(open_a_ticket: Any) -> Ticket:
    found: Ticket = open_a_ticket(subject="الأخرى", text="كلام الأخرى")
    return found


@pytest.fixture
def khalids(open_a_ticket: Any, khalid: Person, fahd: Person) -> Ticket:
    found: Ticket = open_a_ticket(
        by=khalid, subject="Khalid's matter", text="SECRET OF KHALID", language="en"
    )
    draft = drafts.keep(
        uuid.uuid4(), drafts.Whose(khalid), Draft.Kind.FOLLOW_UP, fields={"text": "x"}, ticket=found
    )
    assert draft is not None
    drafts.add_files(draft, [png("khalid.png")], by=khalid)
    actions.follow_up(found, by=Writer.of(khalid), text="SECOND OF KHALID", draft=draft)
    actions.answer(found, by=fahd, text="ANSWER TO KHALID")
    return found


def test_the_letters_stand_in_the_target_at_their_moments_and_the_old_page_leads_on(
    fahd_client: Client, noura_client: Client, target: Ticket, own: Ticket
) -> None:
    answer = fahd_client.post(at(target, "merging"), {"way": "in", "with": own.number})
    assert answer.status_code == 302
    own.refresh_from_db()
    target.refresh_from_db()
    assert (own.status, own.close_reason, own.merged_into) == (Status.CLOSED, "merged", target)
    assert (own.message_count, target.message_count) == (1, 1)
    assert list(target.events.order_by("pk").values_list("kind", flat=True)) == ["opened", "merged_in"]
    assert own.events.get(kind=Event.Kind.CLOSED).data["reason"] == "merged"
    for page in (fahd_client.get(at(target)).content.decode(), page_of(noura_client, target)):
        assert "كلام الهدف" in page
        assert "كلام الأخرى" in page
    old = page_of(noura_client, own)
    assert "كلام الأخرى" in old
    assert target.get_absolute_url() in old
    assert 'name="text"' not in old
    letters = [e.at for e in queries.conversation(target, for_staff=True)]
    assert letters == sorted(letters)


def test_the_targets_requester_never_sees_the_other_ones_letters_files_or_name(
    fahd: Person,
    fahd_client: Client,
    noura_client: Client,
    khalid: Person,
    target: Ticket,
    khalids: Ticket,
) -> None:
    actions.merge(khalids, into=target, by=fahd)
    at_the_desk = fahd_client.get(at(target)).content.decode()
    assert "SECRET OF KHALID" in at_the_desk
    assert "khalid.png" in at_the_desk
    for page in (
        page_of(noura_client, target),
        noura_client.get(f"/ar/tickets/{target.spoken_number}/receipt/").content.decode(),
        noura_client.get("/ar/tickets/").content.decode(),
    ):
        for word in ("KHALID", "Khalid", "khalid", khalids.number, khalids.spoken_number):
            assert word not in page
    file = Attachment.objects.get(message__ticket=khalids).file
    assert noura_client.get(f"/ar/files/{file.pk}/").status_code == 404
    assert signed_in(khalid).get(f"/ar/files/{file.pk}/").status_code == 200
    assert noura_client.get(f"/ar/tickets/{khalids.spoken_number}/").status_code == 404


def test_the_other_requester_keeps_their_page_and_is_led_to_nothing_that_is_not_theirs(
    fahd: Person, khalid: Person, target: Ticket, khalids: Ticket
) -> None:
    actions.merge(khalids, into=target, by=fahd)
    client = signed_in(khalid)
    page = page_of(client, khalids)
    for word in ("SECRET OF KHALID", "SECOND OF KHALID", "ANSWER TO KHALID"):
        assert word in page
    for foreign in (target.number, target.spoken_number, "الهدف", "نورة", "تذكرة أخرى"):
        assert foreign not in page
    assert client.get(f"/ar/tickets/{target.spoken_number}/").status_code == 404


def test_who_writes_again_to_a_ticket_merged_into_somebody_elses_has_it_on_its_own_again(
    fahd: Person, khalid: Person, noura_client: Client, target: Ticket, khalids: Ticket
) -> None:
    actions.merge(khalids, into=target, by=fahd)
    client = signed_in(khalid)
    client.post(f"/ar/tickets/{khalids.spoken_number}/reopening/", {"text": "AGAIN KHALID"})
    khalids.refresh_from_db()
    assert (khalids.status, khalids.merged_into) == (Status.WITH_CENTRE, None)
    assert "KHALID" not in page_of(noura_client, target)
    assert target.events.filter(kind=Event.Kind.UNMERGED).exists()
    assert all(
        e.message is None or e.message.home is None for e in queries.conversation(target, for_staff=True)
    )


def test_the_mail_of_closing_names_and_links_only_what_is_the_readers(
    fahd: Person, khalid: Person, noura: Person, target: Ticket, own: Ticket, khalids: Ticket
) -> None:
    actions.merge_all([own, khalids], into=target, by=fahd)
    while events.react_to_due():
        pass
    mails = {m.to_address: m for m in OutgoingMail.objects.filter(kind="closed")}
    theirs = mails[khalid.email]
    whole = f"{theirs.subject} {theirs.text} {theirs.html}"
    assert target.spoken_number not in whole
    assert target.number not in whole
    assert "another ticket" not in whole
    assert target.spoken_number in mails[noura.email].text


def test_behind_a_personal_link_only_letters_and_files_of_the_same_address_are_shown(
    fahd: Person, open_a_ticket: Any, khalids: Ticket
) -> None:
    first, second = open_a_ticket(by=GUEST, text="أول"), open_a_ticket(by=GUEST, text="ثان")
    actions.merge_all([second, khalids], into=first, by=fahd)
    browser = Client()
    page = browser.get(reverse("portal:guest_ticket", args=[direct.new_link(first)]))
    body = page.content.decode()
    assert "أول" in body
    assert "ثان" in body
    assert "KHALID" not in body
    foreign = Attachment.objects.get()
    assert browser.get(f"/ar/files/{foreign.file_id}/").status_code == 404
    Attachment.objects.filter(pk=foreign.pk).update(message=second.messages.get())
    assert browser.get(f"/ar/files/{foreign.file_id}/").status_code == 200
    assert not merged.same_requester(first, khalids)


def test_undoing_gives_back_the_state_and_the_promise(
    fahd: Person, fahd_client: Client, noura_client: Client, target: Ticket, own: Ticket
) -> None:
    due = own.answer_due_at
    actions.merge(own, into=target, by=fahd)
    assert fahd_client.post(at(own, "unmerging")).status_code == 302
    own.refresh_from_db()
    assert (own.status, own.answer_due_at, own.merged_into) == (Status.WITH_CENTRE, due, None)
    assert "كلام الأخرى" not in page_of(noura_client, target)
    assert own.events.filter(kind=Event.Kind.UNMERGED).count() == 1
    assert target.events.filter(kind=Event.Kind.UNMERGED).count() == 1
    again = fahd_client.post(at(own, "unmerging"), follow=True)
    assert "لم يتغير" in again.content.decode() or "nothing" in again.content.decode()
    own.refresh_from_db()
    assert own.status == Status.WITH_CENTRE


def test_the_time_until_silence_closes_it_stands_still_while_it_is_merged(
    fahd: Person, target: Ticket, own: Ticket
) -> None:
    actions.answer(own, by=fahd, text="جواب")
    due = own.close_due_at
    assert due is not None
    actions.merge(own, into=target, by=fahd)
    closed = own.events.get(kind=Event.Kind.CLOSED)
    Event.objects.filter(pk=closed.pk).update(at=closed.at - timedelta(days=3))
    actions.unmerge(own, by=fahd)
    assert own.status == Status.WITH_CUSTOMER
    assert own.close_due_at is not None
    assert timedelta(days=3) <= own.close_due_at - due < timedelta(days=3, minutes=1)


def test_a_customer_who_waits_in_one_of_them_waits_in_the_target_with_the_earlier_promise(
    fahd: Person, target: Ticket, own: Ticket, khalids: Ticket
) -> None:
    actions.answer(target, by=fahd, text="جواب")
    due = own.answer_due_at
    actions.merge(own, into=target, by=fahd)
    assert (target.status, target.answer_due_at) == (Status.WITH_CENTRE, due)
    actions.answer(target, by=fahd, text="جواب آخر")
    actions.merge(khalids, into=target, by=fahd)
    assert target.status == Status.WITH_CUSTOMER  # what Khalid waits for is not answered there


def test_an_answer_is_overtaken_by_a_letter_that_a_merge_brought(
    fahd: Person, sara: Person, noura: Person, target: Ticket, own: Ticket
) -> None:
    seen = target.messages.get().pk
    actions.follow_up(own, by=Writer.of(noura), text="جديد")
    actions.merge(own, into=target, by=sara)
    with pytest.raises(actions.Overtaken):
        actions.answer(target, by=fahd, text="متأخر", seen=seen)


def test_the_preview_says_whose_customers_see_what_before_anything_is_done(
    fahd_client: Client, target: Ticket, own: Ticket, khalids: Ticket
) -> None:
    page = fahd_client.get(
        at(target, "merging"), {"way": "in", "with": own.number, "number": khalids.spoken_number}
    )
    body = page.content.decode()
    assert page.status_code == 200
    assert 'class="will-happen"' in body
    assert body.count('class="notice warn"') == 1
    khalids.refresh_from_db()
    assert khalids.merged_into is None


@pytest.mark.parametrize("number", ["", "1234", "nonsense", "itself"])
def test_a_choice_that_cannot_be_merged_is_refused_with_a_reason(
    fahd_client: Client, target: Ticket, number: str
) -> None:
    number = target.spoken_number if number == "itself" else number
    for ask in (fahd_client.get, fahd_client.post):
        page = ask(at(target, "merging"), {"way": "in", "number": number})
        assert page.status_code == 422
        assert 'role="alert"' in page.content.decode()


def test_a_ticket_of_a_closed_team_is_neither_source_nor_target_for_others(
    fahd_client: Client, sara: Person, target: Ticket, own: Ticket
) -> None:
    team = Team.objects.create(name_ar="مغلق", name_en="closed", is_closed=True)
    team.members.add(sara)
    Ticket.objects.filter(pk=own.pk).update(team=team)
    roles.forget()
    assert fahd_client.get(at(own, "merging")).status_code == 404
    assert fahd_client.post(at(own, "unmerging")).status_code == 404
    page = fahd_client.post(at(target, "merging"), {"way": "in", "with": own.number})
    assert page.status_code == 422
    assert own.subject not in page.content.decode()
    own.refresh_from_db()
    assert own.status == Status.WITH_CENTRE


def test_an_auditor_reads_and_merges_nothing(db: None, target: Ticket, own: Ticket) -> None:
    auditor = make_person("auditor", "مراجع", is_staff=True, role=Role.AUDITOR)
    client = signed_in(auditor)
    assert client.get(at(target)).status_code == 200
    assert "merging" not in client.get(at(target)).content.decode()
    for path in ("merging", "unmerging", "links"):
        assert client.post(at(target, path), {"way": "in", "with": own.number}).status_code == 404


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_merging_from_the_dossier_to_the_undoing_in_a_browser(
    open_page: Any, live_server: Any, no_violations: Any, fahd_client: Client, target: Ticket, own: Ticket
) -> None:
    page = open_page(width=360, scripts=True)
    enter(page, fahd_client, live_server)
    page.goto(at(target))
    no_violations(page)
    page.goto(at(target, "merging"))
    page.locator(f'input[name="with"][value="{own.number}"]').check()
    page.locator("form.choosing button").click()
    no_violations(page)
    fits(page, 360)
    page.locator(".will-happen button.first").click()
    page.wait_for_url(f"**{at(target)}*")
    no_violations(page)
    expect(page.locator(".from-home")).to_have_count(1)
    page.goto(at(own))
    no_violations(page)
    page.locator(".merged-into button").click()
    page.wait_for_url(f"**{at(own)}*")
    own.refresh_from_db()
    assert own.status == Status.WITH_CENTRE
    page.goto(at(own, "links"))
    no_violations(page)
