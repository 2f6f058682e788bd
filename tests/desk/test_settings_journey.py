"""An administrator and the others at their browsers: what the one settles, the other finds at once."""

from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import expect

from tawasul.accounts.models import Person, Role
from tawasul.tickets.models import Service
from tests.browsing import OpenPage, enter
from tests.portal.test_axe_portal import NoViolations, looks_right
from tests.world import OpenATicket, make_person, signed_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_role_gains_the_board_and_loses_a_button(
    open_page: OpenPage,
    live_server: Any,
    no_violations: NoViolations,
    lama_client: Client,
    fahd: Person,
    fahd_client: Client,
    open_a_ticket: OpenATicket,
) -> None:
    ticket = open_a_ticket()
    open_a_ticket(subject="أخرى")
    administrator, clerk = open_page(lang="en"), open_page(width=360, scheme="dark")
    enter(administrator, lama_client, live_server)
    enter(clerk, fahd_client, live_server)
    place = f"/ar/desk/tickets/{ticket.spoken_number}/"
    clerk.goto(place)
    expect(clerk.locator("[data-do=spam]")).to_have_count(1)

    administrator.goto("/en/desk/settings/permissions/")
    box = administrator.locator("input[name=agent][value=spam]")
    box.focus()
    administrator.keyboard.press("Space")
    expect(box).not_to_be_checked()
    administrator.locator("input[name=agent][value=board]").check()
    administrator.keyboard.press("Enter")
    expect(administrator.locator(".changes").first).to_contain_text("لمى الشهري")
    looks_right(administrator, no_violations)
    clerk.reload()
    expect(clerk.locator("[data-do=spam]")).to_have_count(0)

    clerk.locator(".doings [data-do=take]").click()
    clerk.goto("/ar/desk/board/")
    looks_right(clerk, no_violations)
    row = clerk.locator("tr", has=clerk.locator("th", has_text=fahd.full_name))
    row.locator("td a", has_text="1").first.click()
    expect(clerk.locator(".desk-rows a.subj")).to_have_text(ticket.subject)

    administrator.goto("/en/desk/settings/people/")
    administrator.select_option(f"#role-{fahd.pk}", Role.AUDITOR)
    administrator.locator(f"form:has(#role-{fahd.pk}) button").click()
    administrator.locator(".changes", has_text=fahd.full_name).first.wait_for()
    clerk.goto(place)
    expect(clerk.locator(".letter").first).to_be_visible()
    expect(clerk.locator(".composer")).to_have_count(0)  # an auditor reads


def test_two_who_set_the_same_service_see_it_before_and_learn_of_each_other(
    open_page: OpenPage,
    live_server: Any,
    no_violations: NoViolations,
    lama_client: Client,
    service: Service,
) -> None:
    hind = make_person("hind", "هند القحطاني", is_staff=True, role=Role.ADMINISTRATOR)
    one, other = open_page(width=360), open_page(lang="en")
    enter(one, lama_client, live_server)
    enter(other, signed_in(hind), live_server)
    place = f"desk/settings/services/{service.pk}/"
    one.goto(f"/ar/{place}")
    other.goto(f"/en/{place}")
    one.fill("#set_name_en", "Change a domain")
    expect(one.locator('[data-shows="set_name_en"]')).to_have_text("Change a domain")  # while it is typed
    other.fill("#set_name_en", "Domain data")
    other.locator("button[name=save]").click()
    other.locator(".set-rows", has_text="Domain data").wait_for()

    one.locator("button[name=save]").click()
    expect(one.locator(".notice.warn")).to_contain_text("Domain data")
    expect(one.locator(".notice.warn")).to_contain_text(hind.full_name)
    assert one.input_value("#set_name_en") == "Change a domain"
    looks_right(one, no_violations)
    one.locator("button[name=save]").click()
    one.wait_for_url("**/ar/desk/settings/services/")
    service.refresh_from_db()
    assert service.name_en == "Change a domain"
    one.goto(f"/ar/{place}")
    expect(one.locator(".set-more .changes").last).to_contain_text("Domain data")
    looks_right(one, no_violations)
