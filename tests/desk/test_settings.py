"""The settings: services, teams and tags in both languages, with history; stale edits are noticed; nothing is lost."""

import re
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import expect

from tawasul.accounts.models import Change, Person, Role, Team
from tawasul.core.kept import forget_all
from tawasul.tickets.models import Service, Tag, Tagging
from tests.browsing import enter, fits
from tests.world import OpenATicket, make_person, signed_in

pytestmark = pytest.mark.django_db
PLACE = "/en/desk/settings/"


def seen_in(answer: Any) -> str:
    found = re.search(r'name="seen" value="([^"]*)"', answer.content.decode())
    assert found
    return found[1]


def save(client: Client, address: str, **values: Any) -> Any:
    """Open the form and send it with these values."""
    data = {"seen": seen_in(client.get(address)), "save": "1", **values}
    return client.post(address, {name: value for name, value in data.items() if value is not None})


def test_a_service_is_added_in_both_languages_and_stands_last(lama_client: Client, team: Team) -> None:
    answer = save(
        lama_client,
        f"{PLACE}services/new/",
        name_ar="نقل نطاق",
        name_en="Transfer",
        team=team.pk,
        is_active="on",
    )
    assert answer.status_code == 302
    made = Service.objects.order_by("-position").first()
    assert made is not None
    assert (made.name_ar, made.name_en, made.code, made.team) == ("نقل نطاق", "Transfer", "transfer", team)
    assert not made.about_domain
    change = Change.objects.get()
    assert (change.verb, change.noun, change.by_name) == ("added", "services", "لمى الشهري")
    assert change.after["team"] == {"ar": "خدمة العملاء", "en": "Customer care"}


def test_a_mistake_is_said_in_its_place_and_nothing_typed_is_lost(
    lama_client: Client, service: Service
) -> None:
    address = f"{PLACE}services/{service.pk}/"
    answer = save(lama_client, address, name_ar="", name_en="Kept as typed")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Write the name in both languages" in page
    assert 'href="#set_name_ar"' in page
    assert "Kept as typed" in page
    other = Service.objects.exclude(pk=service.pk).first() or Service.objects.create(
        code="x", name_ar="آخر", name_en="Other"
    )
    taken = save(lama_client, address, name_ar=other.name_ar, name_en="New")
    assert taken.status_code == 422
    assert "There is one of this name already" in taken.content.decode()
    assert not Change.objects.exists()


def test_history_says_who_changed_what_from_what_to_what(lama_client: Client, service: Service) -> None:
    address = f"{PLACE}services/{service.pk}/"
    before = service.name_en
    save(lama_client, address, name_ar=service.name_ar, name_en="Change a domain", about_domain="on")
    page = lama_client.get(address).content.decode()
    for words in ("لمى الشهري", before, "Change a domain", "Name in English", "yes", "no"):
        assert words in page
    assert "Change a domain" in lama_client.get(f"{PLACE}history/").content.decode()
    assert set(Change.objects.get().after) == {"name_en", "is_active"}, "what stayed is not repeated"


def test_history_reads_as_words_and_shows_no_name_of_the_code(lama_client: Client, service: Service) -> None:
    view = {"name": "طلبات النقل", "scope": "everyone", "query": f"view=all&service={service.pk}"}
    assert lama_client.post("/ar/desk/saved-views/", view).status_code == 302
    article = {"title_ar": "كيف أنقل نطاقًا؟", "text_ar": "من صفحة النطاق.", "is_published": "on"}
    assert lama_client.post("/ar/desk/ready/articles/new/", article).status_code == 302
    page = lama_client.get("/ar/desk/settings/history/").content.decode()
    assert f"الخدمة: {service.name_ar}" in page, "a filter is told as the list tells it"
    assert f"service={service.pk}" not in page.split('<ol class="changes">')[1]
    for written, name in (("العنوان بالعربية", "title_ar"), ("منشورة", "is_published"), ("العنوان", "slug")):
        assert f"<dt>{written}</dt>" in page and name not in page


def test_a_stale_edit_is_noticed_and_what_was_written_stays(lama_client: Client, service: Service) -> None:
    address = f"{PLACE}services/{service.pk}/"
    old = seen_in(lama_client.get(address))
    save(lama_client, address, name_ar="أول", name_en="First", is_active="on")
    mine = {"name_ar": "ثانٍ", "name_en": "Second", "is_active": "on", "save": "1"}
    answer = lama_client.post(address, {**mine, "seen": old})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Second" in page and "First" in page
    service.refresh_from_db()
    assert service.name_en == "First"
    assert lama_client.post(address, {**mine, "seen": seen_in(answer)}).status_code == 302
    service.refresh_from_db()
    assert service.name_en == "Second"


def test_a_preview_saves_nothing(lama_client: Client, service: Service) -> None:
    data = {"name_ar": "جديد", "name_en": "Shown only", "preview": "1", "seen": ""}
    answer = lama_client.post(f"{PLACE}services/{service.pk}/", data)
    assert answer.status_code == 200
    assert answer.content.decode().count("Shown only") >= 2, "in the form and in the preview"
    service.refresh_from_db()
    assert service.name_en != "Shown only"


def test_services_are_ordered_by_one_place_at_a_time(lama_client: Client) -> None:
    Service.objects.all().delete()
    rows = [Service.objects.create(code=c, name_ar=c, name_en=c, position=0) for c in "abc"]
    lama_client.post(f"{PLACE}services/{rows[2].pk}/position/", {"to": "up"})
    assert "".join(Service.objects.values_list("code", flat=True)) == "acb"
    lama_client.post(f"{PLACE}services/{rows[0].pk}/position/", {"to": "up"})
    assert "".join(Service.objects.values_list("code", flat=True)) == "acb", "the first stays the first"
    lama_client.post(f"{PLACE}services/{rows[0].pk}/position/", {"to": "down"})
    assert "".join(Service.objects.values_list("code", flat=True)) == "cab"


def test_what_is_in_use_is_switched_off_not_deleted(
    lama_client: Client, service: Service, open_a_ticket: OpenATicket
) -> None:
    open_a_ticket()
    lama_client.post(f"{PLACE}services/{service.pk}/removal/")
    assert Service.objects.filter(pk=service.pk).exists()
    free = Service.objects.create(code="free", name_ar="حر", name_en="Free")
    lama_client.post(f"{PLACE}services/{free.pk}/removal/")
    assert not Service.objects.filter(pk=free.pk).exists()
    assert Change.objects.get().verb == "removed"


def test_a_team_has_members_and_services_and_may_be_closed(
    lama_client: Client, fahd: Person, sara: Person, team: Team, service: Service, open_a_ticket: OpenATicket
) -> None:
    address = f"{PLACE}teams/{team.pk}/"
    names = {"name_ar": team.name_ar, "name_en": team.name_en, "is_active": "on", "is_closed": "on"}
    names |= {"sharing": "round_robin", "only_present": "on"}
    assert save(lama_client, address, **names, members=[sara.pk], services=[service.pk]).status_code == 302
    service.refresh_from_db()
    assert list(team.members.all()) == [sara]
    assert service.team == team
    ticket = open_a_ticket(service=service)
    forget_all()
    assert signed_in(fahd).get(f"/en/desk/tickets/{ticket.spoken_number}/").status_code == 404
    page = lama_client.get(address).content.decode()
    assert "فهد العتيبي" in page and "Only its members see its tickets" in page
    change = Change.objects.get()
    assert change.before["members"] == ["سارة القرني", "فهد العتيبي"]
    assert change.after["members"] == ["سارة القرني"]


def test_one_tag_is_merged_into_another(lama_client: Client, open_a_ticket: OpenATicket) -> None:
    old, new = (Tag.objects.create(name_ar=n, name_en=n) for n in ("old", "new"))
    first, both = open_a_ticket(subject="1"), open_a_ticket(subject="2")
    for tag, ticket in [(old, first), (old, both), (new, both)]:
        Tagging.objects.create(tag=tag, ticket=ticket)
    assert lama_client.post(f"{PLACE}tags/{old.pk}/merging/", {"into": old.pk}).status_code == 422
    assert lama_client.post(f"{PLACE}tags/{old.pk}/merging/", {"into": new.pk}).status_code == 302
    assert sorted(Tagging.objects.values_list("ticket", "tag")) == [(first.pk, new.pk), (both.pk, new.pk)]
    old.refresh_from_db()
    assert not old.is_active
    assert Change.objects.get().after["merged_into"] == {"ar": "new", "en": "new"}


@pytest.mark.parametrize("role", [Role.AGENT, Role.LEAD, Role.AUDITOR])
def test_only_administrators_reach_the_settings(db: None, role: str) -> None:
    client = signed_in(make_person("huda", "هدى السبيعي", is_staff=True, role=role))
    for place in ("", "services/", "services/new/", "people/", "permissions/", "history/"):
        assert client.get(PLACE + place).status_code == 404, place
    assert client.post(f"{PLACE}permissions/", {}).status_code == 404


def test_an_unknown_noun_and_an_unknown_one_are_nothing(lama_client: Client) -> None:
    for place in (
        "nonsense/",
        "nonsense/new/",
        "services/999999/",
        f"services/{9**30}/",
        "teams/1/position/",
    ):
        assert lama_client.get(PLACE + place).status_code in {404, 405}, place


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("lang", "width", "scheme"), [("ar", 360, "dark"), ("en", 1280, "light")])
def test_the_pages_hold_nothing_for_axe_and_fit_a_phone(
    open_page: Any,
    live_server: Any,
    no_violations: Any,
    lama_client: Client,
    fahd: Person,
    service: Service,
    lang: str,
    width: int,
    scheme: str,
) -> None:
    page = enter(open_page(lang=lang, width=width, scheme=scheme), lama_client, live_server)
    places = ["services/", f"services/{service.pk}/", "teams/new/", "people/", "permissions/", "history/"]
    for place in [*(f"settings/{each}" for each in places), "board/"]:
        page.goto(f"/{lang}/desk/{place}")
        no_violations(page)
        fits(page, width)
    page.goto(f"/{lang}/desk/settings/services/{service.pk}/")
    page.locator("#set_name_en").fill("Seen at once")
    expect(page.locator('[data-shows="set_name_en"]')).to_have_text("Seen at once")
    page.locator("button[name=save]").click()
    page.locator(".set-rows", has_text="Seen at once").wait_for()
