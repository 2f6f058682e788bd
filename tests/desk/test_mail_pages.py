"""The ledger in a real browser: nothing for axe to find, room on a phone, without scripts too; and a mail's layout that
can neither run nor fetch anything."""

from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from playwright.sync_api import expect

from tawasul.accounts.models import Person
from tawasul.attachments import actions as attachments
from tawasul.mail.models import AddressState, IncomingMail, OutgoingMail
from tawasul.tickets import actions
from tawasul.tickets.models import Attachment, Channel, Message, Ticket
from tawasul.tickets.writers import Writer
from tests.browsing import enter, fits, follow
from tests.desk.mails import In, Out, came_back, came_in, failed, held_by_door, went_out
from tests.portal.forms import png
from tests.world import OpenATicket

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
HTML = (
    '<p>مرحبًا <b>بكم</b></p><p>Hello</p><table><tr><td>ns1</td></tr></table><img src="cid:logo@x" alt="Logo">'
    '<img src="https://track.example/p.gif" alt="Banner"><a href="https://hosting.example/">link</a>'
)


class Scene:
    """A ticket with everything that mail can do to it."""

    def __init__(self, ticket: Ticket, noura: Person) -> None:
        self.ticket = ticket
        letter = actions.follow_up(ticket, by=Writer.of(noura), text="كتبت هذا بالبريد.")
        assert letter is not None
        Message.objects.filter(pk=letter.pk).update(channel=Channel.MAIL, rest="> quoted", file_count=1)
        Attachment.objects.create(
            message=letter, file=attachments.store(png(size=16), by=noura), content_id="logo@x"
        )
        letter.refused_files.create(name="logs.zip", size=2048, reason="kind_other?label=ZIP")
        self.letter = came_in(
            ticket=ticket, letter=letter, html=HTML, state=In.DONE, outcome="followed_up", reason="", copies=2
        )
        self.held = held_by_door(ticket=ticket, html=HTML, text="غيّرنا الخوادم.", from_name="Ahmad")
        self.parked = came_in(state=In.PARKED, reason="unreadable", subject="", text="", from_name="")
        self.other = came_in(ticket=ticket, state=In.DONE, outcome="auto_reply", reason="")
        self.failed = failed(ticket=ticket)
        self.back = came_back(ticket=ticket, to_address=noura.email)
        self.late = went_out(state=Out.WAITING, done_at=None, last_error="postponed", smtp_reply="451 later")
        OutgoingMail.objects.filter(pk=self.late.pk).update(created_at="2026-01-01T00:00Z")
        self.private = failed(kind="login_code")
        AddressState.objects.create(
            address=noura.email, bounce="permanent", reason="550 unknown", mail=self.back
        )


@pytest.fixture
def scene(open_a_ticket: OpenATicket, noura: Person) -> Scene:
    return Scene(open_a_ticket(), noura)


@pytest.mark.parametrize(
    ("lang", "scheme", "width"), [("ar", "light", 1280), ("en", "dark", 1280), ("ar", "dark", 360)]
)
def test_nothing_for_axe_to_find_and_nothing_to_scroll_sideways_for(
    open_page: Any,
    live_server: Any,
    no_violations: Any,
    fahd_client: Client,
    scene: Scene,
    lang: str,
    scheme: str,
    width: int,
) -> None:
    page = open_page(lang=lang, scheme=scheme, width=width)
    enter(page, fahd_client, live_server)
    blocked: list[str] = []
    page.on("console", lambda line: blocked.append(line.text) if "Content Security" in line.text else None)
    desk = f"/{lang}/desk"
    for address in (
        f"{desk}/mail/", f"{desk}/mail/in/", f"{desk}/mail/in/?state=discarded", f"{desk}/mail/in/?q=nothing",
        f"{desk}/mail/out/?q=noura", f"{desk}/mail/in/{scene.held.pk}/", f"{desk}/mail/in/{scene.held.pk}/?rest=1",
        f"{desk}/mail/in/{scene.letter.pk}/?view=html", f"{desk}/mail/in/{scene.parked.pk}/",
        f"{desk}/mail/out/", f"{desk}/mail/out/{scene.failed.pk}/", f"{desk}/mail/out/{scene.back.pk}/?view=html",
        f"{desk}/mail/out/{scene.private.pk}/", f"{desk}/tickets/{scene.ticket.spoken_number}/",
    ):  # fmt: skip
        assert page.goto(address).status == 200, address
        no_violations(page)
        fits(page, width)
    assert not blocked
    page.goto(f"{desk}/mail/out/{scene.failed.pk}/")
    page.locator("#mail_address").fill("no address")
    page.locator("form[action*='/address/'] button").click()
    page.wait_for_selector(".summary")
    no_violations(page)


def test_a_held_mail_is_accepted_on_the_ticket_after_a_question(
    open_page: Any, live_server: Any, no_violations: Any, fahd_client: Client, scene: Scene
) -> None:
    page = open_page()
    enter(page, fahd_client, live_server)
    page.goto(f"/ar/desk/tickets/{scene.ticket.spoken_number}/")
    held = page.locator(f"#mail-{scene.held.pk}")
    held.locator("summary", has_text="اقبلها متابعة").click()
    dialog = page.get_by_role("dialog")
    dialog.wait_for()
    no_violations(page)
    expect(dialog, "it says what will happen").to_contain_text("من جديد")
    dialog.get_by_role("button", name="اقبلها متابعة").click()
    page.locator(".notice.good").wait_for()
    assert IncomingMail.objects.get(pk=scene.held.pk).state == In.DONE
    expect(page.locator(f"#mail-{scene.held.pk}")).to_have_count(0)


def test_without_scripts_everything_still_works(
    open_page: Any, live_server: Any, fahd_client: Client, scene: Scene
) -> None:
    page = open_page(lang="en", scripts=False)
    enter(page, fahd_client, live_server)
    page.goto(f"/en/desk/mail/in/{scene.held.pk}/")
    page.locator("summary", has_text="Discard").click()
    follow(page.get_by_role("button", name="Discard the mail"))
    assert IncomingMail.objects.get(pk=scene.held.pk).state == In.DISCARDED
    page.goto("/en/desk/mail/")
    page.locator("#find").fill("logs nothing")
    follow(page.locator("form.find button"))
    expect(page.locator(".empty")).to_have_count(1)
    page.goto(f"/en/desk/tickets/{scene.ticket.spoken_number}/")
    follow(page.locator(".alerts a", has_text="Correct the address"))
    page.locator("#mail_address").fill("right@example.com.sa")
    follow(page.get_by_role("button", name="Send it there"))
    assert OutgoingMail.objects.filter(to_address="right@example.com.sa").count() == 1


def test_a_mail_s_layout_runs_nothing_fetches_nothing_and_still_shows_its_own_pictures(
    open_page: Any, live_server: Any, fahd_client: Client, scene: Scene
) -> None:
    page = open_page(lang="en")
    enter(page, fahd_client, live_server)
    asked = _watched(page)
    page.goto(f"/en/desk/mail/in/{scene.letter.pk}/?view=html")
    frame = page.frame_locator("iframe.mail-frame")
    logo = frame.get_by_alt_text("Logo")
    logo.wait_for()
    assert logo.evaluate("picture => picture.naturalWidth") == 16
    assert not [url for url in asked if "track.example" in url]
    inside = next(one for one in page.frames if one.url.endswith("/html/"))
    assert inside.evaluate("self.origin") == "null", "it is not of our origin"
    page.get_by_role("link", name="Show pictures").click()
    page.frame_locator("iframe.mail-frame").get_by_alt_text("Banner").wait_for()
    page.wait_for_timeout(200)
    assert [url for url in asked if url == "https://track.example/p.gif"], "loaded once it was asked for"


def _watched(page: "Page") -> list[str]:
    """Every address that the page and its frames ask for; what is elsewhere is cut off."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.route("https://track.example/**", lambda route: route.abort())
    return asked
