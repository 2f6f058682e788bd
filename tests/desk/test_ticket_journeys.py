"""A ticket's afternoon in a real browser: what is ready is put to use, the ticket goes from one clerk to the other, and
is taken apart, put aside and thrown away."""

import re
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from playwright.sync_api import expect

from tawasul.accounts.models import Person, Team
from tawasul.knowledge import actions as knowledge_actions
from tawasul.knowledge.models import Article
from tawasul.replies import actions as replies_actions
from tawasul.replies.models import Macro, Signature
from tawasul.tickets import actions
from tawasul.tickets.models import CloseReason, Message, Participant, Status, Ticket, TicketLink, TimeEntry
from tawasul.tickets.writers import Writer
from tests.browsing import OpenPage, enter
from tests.portal.test_axe_portal import NoViolations, looks_right
from tests.world import OpenATicket, signed_in

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def at(ticket: Ticket, lang: str = "ar", path: str = "") -> str:
    return f"/{lang}/desk/tickets/{ticket.spoken_number}/{path}"


def written(person: Person) -> None:
    """An article, the centre's signature and a macro."""
    article = Article(slug="ns", title_ar="خوادم الأسماء", text_ar="افتح المنفذ 53.", is_published=True)
    knowledge_actions.save(article, by=person)
    replies_actions.save(Signature(language="ar", text="مع التحية، {{staff}}"), by=person)
    steps = [{"do": "assign", "to": "me"}, {"do": "note", "text_ar": "أُنجز"}, {"do": "close"}]
    replies_actions.save(
        Macro(
            name_ar="إنجاز وإغلاق", name_en="Finish and close", steps=steps, scope="everyone", owner=person
        ),
        by=person,
    )


@pytest.mark.parametrize(("lang", "width", "scheme"), [("ar", 360, "light"), ("en", 1280, "dark")])
def test_an_article_a_signature_and_a_macro_are_put_to_use_without_the_mouse(
    open_page: OpenPage,
    live_server: Any,
    no_violations: NoViolations,
    fahd: Person,
    fahd_client: Client,
    open_a_ticket: OpenATicket,
    lang: str,
    width: int,
    scheme: str,
) -> None:
    written(fahd)
    ticket = open_a_ticket()
    page = open_page(lang=lang, width=width, scheme=scheme)
    enter(page, fahd_client, live_server)
    page.goto(at(ticket, lang))
    page.locator(".open-palette").wait_for(state="attached")
    page.keyboard.press("a")
    box = page.locator("#answer_text")
    expect(box).to_be_focused()
    page.keyboard.type("/خوادم")
    page.locator(".offers [role=option][aria-selected=true]").wait_for()
    looks_right(page, no_violations)
    page.keyboard.press("Enter")
    expect(box).to_have_value(re.compile("افتح المنفذ 53"))
    page.keyboard.press("Control+Enter")
    expect(page.locator(".letter[data-from=centre]")).to_contain_text("مع التحية، فهد العتيبي")

    page.goto(at(ticket, lang, "macros/"))
    expect(page.locator(".macros ol li")).to_have_count(3)  # what will happen stands there before it does
    looks_right(page, no_violations)
    page.locator(".macros form button").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".letter[data-from=note]")).to_contain_text("أُنجز")
    ticket.refresh_from_db()
    assert (ticket.assignee, ticket.status) == (fahd, Status.CLOSED)


def test_a_ticket_goes_from_one_clerk_to_the_other(
    open_page: OpenPage,
    live_server: Any,
    no_violations: NoViolations,
    fahd_client: Client,
    sara: Person,
    open_a_ticket: OpenATicket,
) -> None:
    technical = Team.objects.create(name_ar="الدعم التقني", name_en="Technical support")
    technical.members.add(sara)
    ticket = open_a_ticket()
    clerk, other = open_page(lang="en"), open_page(width=360, scheme="dark")
    enter(clerk, fahd_client, live_server)
    enter(other, signed_in(sara), live_server)

    clerk.goto(at(ticket, "en"))
    clerk.get_by_role("button", name="Follow", exact=True).click()
    clerk.get_by_role("button", name="Stop following").wait_for()
    clerk.locator("details.edit:has(#participant-name) > summary").press("Enter")
    clerk.fill("#participant-name", "Reem")
    clerk.fill("#participant-email", "reem@example.sa")
    clerk.get_by_role("checkbox", name="Privately").check()
    clerk.locator("form[action*='/participants/'] button", has_text="Add").click()
    clerk.locator(".participants .private").wait_for()
    assert Participant.objects.get().is_private
    clerk.locator("details.edit:has(#team-note) > summary").press("Enter")
    clerk.select_option("#team", str(technical.pk))
    clerk.select_option("#team-assignee", str(sara.pk))
    clerk.fill("#team-note", "يُرجى فحص الخادمين.")
    looks_right(clerk, no_violations)
    clerk.get_by_role("button", name="Transfer", exact=True).click()
    expect(clerk.locator(".letter[data-from=note]")).to_contain_text("يُرجى فحص الخادمين.")
    ticket.refresh_from_db()
    assert (ticket.team, ticket.assignee) == (technical, sara)

    other.goto("/ar/desk/?view=mine")
    other.locator(".desk-rows a.subj").click()
    expect(other.locator(".letter[data-from=note]")).to_contain_text("يُرجى فحص الخادمين.")
    looks_right(other, no_violations)
    other.locator(".ways .to-about").click()
    other.locator("details.edit:has(#assignee_assignee) > summary").press("Enter")
    other.select_option("#assignee_assignee", "")
    other.locator("form.assign button").click()
    other.locator(".doings [data-do=take]").wait_for()
    clerk.reload()
    clerk.locator(".doings [data-do=take]").click()
    expect(clerk.locator(".doings [data-do=take]")).to_have_count(0)
    assert Ticket.objects.get().assignee == Person.objects.get(username="fahd")


def test_a_ticket_is_split_linked_timed_put_off_and_thrown_away(
    open_page: OpenPage,
    live_server: Any,
    no_violations: NoViolations,
    noura: Person,
    fahd_client: Client,
    open_a_ticket: OpenATicket,
) -> None:
    ticket, other = open_a_ticket(), open_a_ticket(subject="أخرى")
    actions.follow_up(ticket, by=Writer.of(noura), text="وعندي سؤال آخر عن النقل.")
    page = open_page(lang="en", width=360, scheme="dark")
    enter(page, fahd_client, live_server)

    page.goto(at(ticket, "en"))
    page.locator(".letter-doing a").last.click()
    page.fill("[name=subject]", "سؤال عن النقل")
    looks_right(page, no_violations)
    page.locator("main form button.first").click()
    page.locator(".thread h1", has_text="سؤال عن النقل").wait_for()
    made = Ticket.objects.latest("pk")
    assert Message.objects.get(text__contains="سؤال آخر").ticket == made

    page.goto(at(made, "en", "links/"))
    page.locator("#link_number").fill(other.spoken_number)
    looks_right(page, no_violations)
    page.locator("main form button.first").click()
    page.wait_for_url(f"**{at(made, 'en')}*")
    assert TicketLink.objects.filter(target=other).exists()

    page.locator(".ways .to-about").click()
    expect(page.locator("#dossier .belonging")).to_contain_text(other.spoken_number)
    page.locator("details.edit:has(#minutes) > summary").press("Enter")
    page.fill("#minutes", "٢٥")
    page.press("#minutes", "Enter")
    page.locator("#dossier .entries").wait_for()
    assert TimeEntry.objects.get().minutes == 25
    looks_right(page, no_violations)
    page.locator(".ways .to-letters").click()

    more(page, "snooze")
    looks_right(page, no_violations)
    page.locator(".put-off button[value=opening]").click()
    page.locator(".scroll > .notice").wait_for()
    made.refresh_from_db()
    assert made.snoozed_until is not None
    page.goto("/en/desk/?view=snoozed")
    expect(page.locator(".desk-rows a.subj")).to_have_text("سؤال عن النقل")

    page.goto(at(other, "en"))
    more(page, "spam")
    page.locator(".btn.harm").click()
    page.locator(".doings [data-do=reopen]").wait_for()
    other.refresh_from_db()
    assert other.close_reason == CloseReason.SPAM
    looks_right(page, no_violations)


def more(page: "Page", what: str) -> None:
    """Open a form in the list of what is done now and then."""
    page.locator("details.more > summary").click()
    page.locator(f".more [data-do={what}]").click()
