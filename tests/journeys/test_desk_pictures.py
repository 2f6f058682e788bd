"""Pictures of the desk for the documents, in both languages; taken where TAWASUL_TEST_PICTURES names a folder."""

import os
from typing import TYPE_CHECKING

import pytest

from tawasul.config.demo.seed import PASSWORD
from tests.browsing import OpenPage
from tests.journeys.test_main_job import picture, sign_in

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(300),
    pytest.mark.skipif(not os.environ.get("TAWASUL_TEST_PICTURES"), reason="no folder for pictures"),
]


def settled(page: "Page") -> None:
    """Wait until the scripts have run and nothing moves."""
    page.locator(".open-palette").wait_for(state="attached")
    page.wait_for_timeout(400)


@pytest.mark.parametrize("lang", ["ar", "en"])
def test_the_desk_is_pictured(new_page: OpenPage, lang: str) -> None:
    clerk, lama = new_page(lang, width=1440), new_page(lang, width=1440)
    phone = new_page(lang, width=390, height=844)
    for page, login in ((clerk, "fahd"), (lama, "lama"), (phone, "fahd")):
        sign_in(page, lang, login, PASSWORD)

    clerk.goto(f"/{lang}/desk/?view=all")
    settled(clerk)
    picture(clerk, f"desk-list-{lang}")
    clerk.locator("#open-filter").click()
    clerk.locator(".filter").wait_for()
    settled(clerk)
    picture(clerk, f"desk-filter-{lang}")

    within = {"ar": "view=mine", "en": "view=all&language=en&purpose=technical"}[lang]
    clerk.goto(f"/{lang}/desk/?{within}")
    clerk.locator(".desk-rows a.subj").first.click()
    clerk.locator("#dossier").wait_for()
    settled(clerk)
    picture(clerk, f"desk-ticket-{lang}")
    phone.goto(clerk.url)
    settled(phone)
    picture(phone, f"desk-phone-{lang}")

    clerk.locator("#answer_text").click()
    clerk.keyboard.type("/")
    clerk.locator(".offers [role=option]").first.wait_for()
    settled(clerk)
    picture(clerk, f"desk-answer-{lang}")
    clerk.locator("#answer_text").fill("")

    clerk.goto(f"/{lang}/desk/?view=all")
    settled(clerk)
    for place in range(5):
        clerk.locator(".desk-rows input[name=ticket]").nth(place).check()
    clerk.locator('[data-do="bulk-assign"]').click()
    clerk.locator("#bulk_object option").nth(1).wait_for(state="attached")
    clerk.select_option("#bulk_object", index=1)
    clerk.locator(".bulk-choose button").click()
    clerk.locator(".will-happen").wait_for()
    settled(clerk)
    picture(clerk, f"desk-bulk-{lang}")

    lama.goto(f"/{lang}/desk/board/")
    settled(lama)
    picture(lama, f"desk-board-{lang}")
    lama.goto(f"/{lang}/desk/settings/fields/")
    name = {"ar": "المسجّل المرخّص", "en": "Licensed registrar"}[lang]
    lama.locator(".set-rows a", has_text=name).first.click()
    lama.locator("#set_name_ar").wait_for()
    settled(lama)
    picture(lama, f"desk-field-{lang}")
