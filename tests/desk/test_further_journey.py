"""What lies far apart in an order is shown bit by bit, until all is there, and the page stays live."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import expect

from tawasul.tickets import narrowed
from tests.browsing import enter, fits, follow
from tests.world import OpenATicket

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

CACHED = (narrowed._stretch, narrowed._horizon, narrowed._counted, narrowed._few)


@pytest.fixture
def _short_stretches(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name, value in (("NEAR", 2), ("FAR", 3), ("RARE", 0), ("PATIENCE", 0)):
        monkeypatch.setattr(narrowed, name, value)
    for cached in CACHED:
        cached.cache_clear()
    yield
    for cached in CACHED:
        cached.cache_clear()


@pytest.mark.usefixtures("_short_stretches")
@pytest.mark.parametrize(("lang", "scheme", "width"), [("ar", "light", 360), ("en", "dark", 1280)])
def test_what_fits_a_filter_is_looked_for_to_the_end(
    open_page: Any,
    live_server: Any,
    no_violations: Any,
    fahd_client: Client,
    open_a_ticket: OpenATicket,
    lang: str,
    scheme: str,
    width: int,
) -> None:
    for place in range(14):
        open_a_ticket(subject=f"إبرة {place}" if place in {0, 8, 13} else f"قش {place}")
    page = open_page(lang=lang, scheme=scheme, width=width)
    enter(page, fahd_client, live_server)
    page.goto(f"/{lang}/desk/?view=everything&words=إبره")
    expect(page.locator("a.subj")).to_have_text(["إبرة 13", "إبرة 8", "إبرة 0"])
    expect(page.locator("[data-look-further]")).to_have_count(0)
    no_violations(page)
    fits(page, width)

    page.goto(f"/{lang}/desk/?view=everything&words=nothing")
    expect(page.locator("a.subj")).to_have_count(0)
    expect(page.locator("[data-look-further]")).to_have_count(0)
    expect(page.locator(".queue .empty")).to_be_visible()

    without = open_page(lang=lang, scheme=scheme, width=width, scripts=False)
    enter(without, fahd_client, live_server)
    without.goto(f"/{lang}/desk/?view=everything&words=إبره")
    met = without.locator("a.subj").all_text_contents()
    for _ in range(9):
        further = without.locator("[data-look-further] a")
        if not further.count():
            break
        follow(further)
        met += without.locator("a.subj").all_text_contents()
    assert met == ["إبرة 13", "إبرة 8", "إبرة 0"]
