"""A day at the desk in a browser without scripts: whatever a clerk does with them can be done by links and forms."""

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from playwright.sync_api import expect

from tawasul.accounts.models import Absence, Person, Team
from tawasul.bulk.work import work_due
from tawasul.core import clock
from tawasul.replies.models import CannedReply, Macro
from tawasul.tickets import actions
from tawasul.tickets.models import (
    ChecklistItem,
    Participant,
    SavedView,
    Tag,
    Ticket,
    TicketLink,
    TimeEntry,
)
from tawasul.tickets.writers import Writer
from tests.browsing import enter, follow

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def page(open_page: Any, live_server: Any, fahd_client: Client) -> "Page":
    """Fahd's browser, in English, without scripts."""
    made: Page = open_page(lang="en", scripts=False, width=1440)
    enter(made, fahd_client, live_server)
    return made


def unfolded(page: "Page", wanted: "Locator") -> "Locator":
    """It, with every fold above it opened as a hand opens it."""
    wanted.wait_for(state="attached")
    for fold in page.locator("details", has=wanted).all():
        if fold.get_attribute("open") is None:
            fold.locator("> summary").click()
    return wanted


def form_of(page: "Page", noun: str) -> "Locator":
    """The first form that is sent to that noun."""
    return unfolded(page, page.locator(f'form[action*="/{noun}/"]').first)


def send(page: "Page", noun: str, button: str = "button", **typed: str) -> None:
    """Fill that form's fields and press its button."""
    form = form_of(page, noun)
    for name, value in typed.items():
        field = form.locator(f'[name="{name}"]').first
        if field.evaluate("field => field.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)
    follow(form.locator(button).last)
    expect(page.locator(".error-page"), page.url).to_have_count(0)


@pytest.mark.undo
def test_a_day_on_one_ticket(
    page: "Page", fahd: Person, sara: Person, noura: Person, open_a_ticket: Any
) -> None:
    ticket: Ticket = open_a_ticket()
    actions.follow_up(ticket, by=Writer.of(noura), text="وعندنا سؤال آخر عن الفاتورة.")
    Tag.objects.create(name_ar="خوادم الأسماء", name_en="Name servers")
    CannedReply.objects.create(
        name_ar="استلام", name_en="Received", owner=fahd, text_ar="وصلنا طلبكم.", text_en="We have it."
    )
    note = {"do": "note", "text_ar": "نُفّذ الإجراء الجاهز"}
    macro = Macro.objects.create(name_ar="خطوات", name_en="Steps", owner=fahd, steps=[note])
    address = f"/en/desk/tickets/{ticket.spoken_number}/"
    page.goto(address)

    follow(page.get_by_role("button", name="Take", exact=True).first)
    ticket.refresh_from_db()
    assert ticket.assignee == fahd, "taken"
    send(page, "tags", "button >> text=Add", tag="name servers")
    assert ticket.tags.get().name_en == "Name servers"
    follow(form_of(page, "following").locator("button"))
    expect(page.get_by_role("button", name="Stop following")).to_have_count(1)
    send(page, "checklist", text="اتصل بالمستضيف")
    follow(page.get_by_role("checkbox", name="اتصل بالمستضيف"))
    assert ChecklistItem.objects.get(ticket=ticket).done_at
    send(page, "time", minutes="25", note="اتصال")
    assert TimeEntry.objects.get(ticket=ticket).minutes == 25
    send(page, "participants", name="شركة الاستضافة", email="host@example.com.sa")
    assert Participant.objects.get(ticket=ticket).email == "host@example.com.sa"
    send(page, "properties/subject", value="تعديل خوادم النطاق")
    expect(page.locator("h1", has_text="تعديل خوادم النطاق")).to_have_count(1)

    follow(page.get_by_role("link", name="Internal note"))
    page.locator("#note_text").fill("للزملاء فقط")
    follow(page.get_by_role("button", name="Save the note"))
    expect(page.locator(".letter[data-from=note]", has_text="للزملاء فقط")).to_have_count(1)
    follow(page.get_by_role("link", name="Answer to the customer"))
    follow(page.get_by_role("button", name="Ready texts"))
    page.locator("#ready-choice").select_option(label="Received")
    follow(page.get_by_role("button", name="Insert"))
    expect(page.locator("#answer_text")).to_have_value(re.compile("وصلنا طلبكم"))
    follow(page.get_by_role("button", name="Send the answer"))
    expect(page.locator(".letter[data-from=centre]", has_text="وصلنا طلبكم")).to_have_count(1)
    follow(page.get_by_role("button", name="Take it back"))
    expect(page.locator("#answer_text"), "what was taken back is there again").to_have_value(
        re.compile("^وصلنا")
    )
    follow(page.get_by_role("button", name="Send the answer"))

    page.goto(address)
    send(page, "hold", party="المستضيف", reason="ننتظر رده")
    ticket.refresh_from_db()
    assert ticket.status == "on_hold"
    send(page, "resumption")
    follow(form_of(page, "snooze").locator("button[name=until]").first)
    ticket.refresh_from_db()
    assert ticket.snoozed_until
    send(page, "waking")
    follow(unfolded(page, page.locator('a[href*="/macros/"]').first))
    send(page, f"macros/{macro.pk}")
    expect(page.locator(".letter[data-from=note]", has_text="نُفّذ الإجراء الجاهز")).to_have_count(1)
    send(page, "assignee", assignee=str(sara.pk))
    ticket.refresh_from_db()
    assert ticket.assignee == sara, "given to a colleague"
    form = form_of(page, "closure")
    form.locator("input[value=solved_by_staff]").check()
    follow(form.locator("button").last)
    ticket.refresh_from_db()
    assert ticket.status == "closed"
    send(page, "reopening")
    ticket.refresh_from_db()
    assert ticket.status == "with_centre"


def test_tickets_are_joined_parted_and_given_to_another_team(
    page: "Page", noura: Person, open_a_ticket: Any
) -> None:
    other_team = Team.objects.create(name_ar="الدعم التقني", name_en="Technical support")
    first, second, third = (open_a_ticket(subject=f"تذكرة {number}") for number in range(3))
    actions.follow_up(first, by=Writer.of(noura), text="طلب آخر لا صلة له بالأول.")
    address = f"/en/desk/tickets/{first.spoken_number}/"
    page.goto(address)

    follow(page.get_by_role("link", name="Make it a ticket of its own"))
    follow(page.get_by_role("button", name="Make it a ticket"))
    assert Ticket.objects.count() == 4
    page.goto(address)
    follow(page.get_by_role("link", name="Link a ticket"))
    page.locator("[name=number]").fill(second.spoken_number)
    follow(page.get_by_role("button", name="Link the tickets"))
    assert TicketLink.objects.count() == 2, "to what was parted from it, and to the second one"
    page.goto(address)
    follow(page.get_by_role("link", name="Merge tickets").last)
    page.locator("[name=number]").fill(third.spoken_number)
    follow(page.get_by_role("button", name="See what will happen"))
    follow(page.get_by_role("button", name="Merge the tickets"))
    third.refresh_from_db()
    assert third.close_reason == "merged"
    page.goto(f"/en/desk/tickets/{third.spoken_number}/")
    follow(page.get_by_role("button", name="Undo the merge").first)
    third.refresh_from_db()
    assert third.status == "with_centre"
    page.goto(address)
    send(page, "team", team=str(other_team.pk))
    first.refresh_from_db()
    assert first.team == other_team
    page.goto(f"/en/desk/tickets/{second.spoken_number}/")
    send(page, "spam")
    second.refresh_from_db()
    assert second.close_reason == "spam"


def test_the_list_is_filtered_kept_and_worked_on_as_a_whole(
    page: "Page", fahd: Person, sara: Person, open_a_ticket: Any
) -> None:
    for number in range(3):
        open_a_ticket(subject=f"شهادة {number}")
    page.goto("/en/desk/")
    follow(page.get_by_role("link", name="Filter", exact=True))
    page.locator("form.filter [name=subject], form.filter [name=words]").first.fill("شهادة")
    follow(page.get_by_role("button", name="Filter the list"))
    expect(page.locator(".desk-rows tbody tr")).to_have_count(3)
    follow(page.get_by_role("link", name="Save this view"))
    page.locator(".save-view [name=name]").fill("Certificates")
    follow(page.get_by_role("button", name="Save the view"))
    assert SavedView.objects.get(owner=fahd).name == "Certificates"
    follow(page.locator(".views").get_by_role("link", name="Certificates"))
    for box in page.locator(".desk-rows tbody input[name=ticket]").all()[:2]:
        box.check()
    follow(page.locator("button[name=action][value=assign]"))
    page.locator("#bulk_object").select_option(str(sara.pk))
    follow(page.get_by_role("button", name="See what will happen"))
    follow(page.get_by_role("button", name="Do it to 2 tickets"))
    while work_due():
        pass
    page.goto(page.url)  # as "look again" does
    assert Ticket.objects.filter(assignee=sara).count() == 2
    follow(page.get_by_role("button", name="Take it back"))
    while work_due():
        pass
    assert not Ticket.objects.filter(assignee=sara).exists()


def test_an_absence_and_the_look_of_the_list_are_set(
    page: "Page", fahd: Person, sara: Person, open_a_ticket: Any
) -> None:
    open_a_ticket()
    page.goto("/en/desk/absences/")
    soon = clock.now() + timedelta(days=30)
    page.locator("[name=from_day]").fill(f"{soon:%Y-%m-%d}")
    page.locator("[name=until_day]").fill(f"{soon + timedelta(days=4):%Y-%m-%d}")
    page.locator("[name=substitute]").select_option(str(sara.pk))
    follow(page.get_by_role("button", name="Note the absence"))
    assert Absence.objects.get(person=fahd).substitute == sara
    page.goto("/en/desk/")
    form = form_of(page, "choices")
    form.get_by_label("Tags").check()
    form.get_by_label("Compact").check()
    follow(form.locator("button").last)
    expect(page.get_by_role("columnheader", name="Tags")).to_have_count(1)
    expect(page.locator(".queue[data-density=compact]")).to_have_count(1)
