"""What scripts add, and that nothing is lost without them. Looked at on the sheet of parts."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browsing import OpenPage

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _demo(settings: Any) -> None:
    settings.DEMO = True


def test_the_error_summary_has_the_focus_and_leads_to_the_fields(open_page: OpenPage) -> None:
    page = open_page(lang="en")
    page.goto("/en/components/")
    expect(page.locator(".summary")).to_be_focused()
    page.locator(".summary a").first.click()
    expect(page.locator("#id_wrong")).to_be_focused()


def test_a_question_is_a_dialog_with_the_focus_on_the_safe_answer(open_page: OpenPage) -> None:
    page = open_page(lang="en")
    page.goto("/en/components/")
    page.locator("details[data-dialog] > summary").click()
    expect(page.locator("dialog[open]")).to_be_visible()
    expect(page.get_by_role("button", name="Keep it open")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("dialog[open]")).to_have_count(0)
    expect(page.locator("details[data-dialog] > summary")).to_be_focused()


def test_without_scripts_the_question_opens_in_its_place(open_page: OpenPage) -> None:
    page = open_page(lang="en", scripts=False)
    page.goto("/en/components/")
    page.locator("details[data-dialog] > summary").click()
    expect(page.get_by_role("button", name="Close the ticket")).to_be_visible()


def test_the_counter_counts_letters_and_says_when_there_are_too_many(open_page: OpenPage) -> None:
    page = open_page(lang="en")
    page.goto("/en/components/")
    page.fill("#id_text", "نص 👍")
    expect(page.locator("#id_text-count")).to_have_text("4 of 200 characters")
    page.fill("#id_text", "ا" * 201)
    expect(page.locator("#id_text-count[data-over]")).to_have_count(1)


def test_a_password_can_be_shown(open_page: OpenPage) -> None:
    page = open_page(lang="en")
    page.goto("/en/components/")
    page.locator("[data-reveal=id_password]").click()
    expect(page.locator("#id_password")).to_have_attribute("type", "text")


def test_with_scripts_files_are_chosen_by_one_button_and_without_them_by_two(open_page: OpenPage) -> None:
    with_scripts, without = open_page(lang="en"), open_page(lang="en", scripts=False)
    with_scripts.goto("/en/components/")
    without.goto("/en/components/")
    expect(with_scripts.get_by_role("button", name="Choose files")).to_be_visible()
    expect(with_scripts.get_by_role("button", name="Upload")).to_be_hidden()
    expect(without.get_by_role("button", name="Upload")).to_be_visible()
    expect(without.locator("input[type=file]")).to_be_visible()


def test_an_upload_that_cannot_arrive_says_so_and_loses_nothing_else(open_page: OpenPage) -> None:
    page = open_page(lang="en")
    page.goto("/en/components/")
    before = page.locator("[data-list] > li").count()
    page.route("**/*", lambda route: route.abort() if route.request.method == "POST" else route.continue_())
    letter: Any = {"name": "letter.png", "mimeType": "image/png", "buffer": b"\x89PNG"}
    page.set_input_files("#files-input", letter)
    page.wait_for_selector("[data-list] > li[data-state=refused]:has-text('letter.png')")
    expect(page.locator("[data-list] > li").last).to_contain_text("did not arrive")
    expect(page.locator("[data-list] > li")).to_have_count(before + 1)


def test_a_page_holds_at_double_text_size(open_page: OpenPage) -> None:
    page = open_page(lang="ar", width=640)
    page.goto("/ar/components/")
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
