"""Finding work: the views, the filter and its address, saved views, columns, and coming back to one's place."""

import html
import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.test import Client
from playwright.sync_api import expect

from tawasul.accounts import roles
from tawasul.accounts.models import Change, Person, Role, Team
from tawasul.tickets import actions, queries, queue
from tawasul.tickets.filters import Filter
from tawasul.tickets.models import Mention, SavedView, Tag, Tagging, Ticket
from tests.browsing import enter, fits
from tests.desk.test_queue import due, neighbour, rows, subjects
from tests.world import signed_in

if TYPE_CHECKING:
    from tests.browsing import OpenPage

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)  # Sunday 12:30 in Riyadh, 12 Jumada II 1448


def found(client: Client, **query: str) -> list[str]:
    return rows(client.get("/ar/desk/", query))


def test_due_soon_reaches_to_the_end_of_the_day_and_four_hours_at_least(
    fahd_client: Client, open_a_ticket: Any
) -> None:
    with time_machine.travel(NOW, tick=False):
        for subject, hours in [("late", -1), ("soon", 1), ("tonight", 10), ("tomorrow", 13)]:
            due(open_a_ticket(subject=subject), NOW + timedelta(hours=hours))
        assert subjects(fahd_client, "due_soon") == ["soon", "tonight"]
    with time_machine.travel(NOW + timedelta(hours=10), tick=False):  # 22:30
        assert subjects(fahd_client, "due_soon") == ["tonight", "tomorrow"]


def test_the_longest_wait_stands_first(fahd_client: Client, open_a_ticket: Any) -> None:
    for subject, days in [("new", 1), ("old", 9), ("middle", 5)]:
        ticket = open_a_ticket(subject=subject)
        Ticket.objects.filter(pk=ticket.pk).update(waiting_since=NOW - timedelta(days=days))
    assert subjects(fahd_client, "waiting") == ["old", "middle", "new"]


def test_my_team_is_every_team_of_mine_in_one_order(
    fahd: Person, fahd_client: Client, team: Team, open_a_ticket: Any
) -> None:
    second, foreign = (Team.objects.create(name_ar=name, name_en=name) for name in ("b", "c"))
    second.members.add(fahd)
    roles.forget()
    for number, its in enumerate([second, team, foreign, second, team]):
        ticket = due(open_a_ticket(subject=str(number)), NOW + timedelta(hours=number))
        Ticket.objects.filter(pk=ticket.pk).update(team=its)
    assert subjects(fahd_client, "team") == ["0", "1", "3", "4"]
    assert queue.counts(fahd)["team"] == 4


def test_whoever_has_no_team_has_an_empty_view(lama_client: Client, open_a_ticket: Any) -> None:
    open_a_ticket()
    assert subjects(lama_client, "team") == []


def test_a_snoozed_ticket_leaves_what_waits_but_not_what_is_late(
    fahd: Person, fahd_client: Client, open_a_ticket: Any
) -> None:
    with time_machine.travel(NOW, tick=False):
        ticket = due(open_a_ticket(subject="away"), NOW - timedelta(hours=1))
        Ticket.objects.filter(pk=ticket.pk).update(snoozed_until=NOW + timedelta(days=1), assignee=fahd)
        for view in ("all", "mine", "waiting", "due_soon"):
            assert subjects(fahd_client, view) == [], view
        assert subjects(fahd_client, "overdue") == subjects(fahd_client, "snoozed") == ["away"]
        counts = queue.counts(fahd)
        assert (counts["all"], counts["overdue"], counts["snoozed"]) == (0, 1, 1)
    with time_machine.travel(NOW + timedelta(days=2), tick=False):
        assert subjects(fahd_client, "all") == ["away"]
        assert subjects(fahd_client, "snoozed") == []


def test_mentions_are_the_tickets_that_called_me_and_that_i_have_not_seen(
    fahd: Person, sara: Person, fahd_client: Client, open_a_ticket: Any
) -> None:
    ticket, seen = open_a_ticket(subject="called"), open_a_ticket(subject="seen")
    for number in range(2):  # twice on one ticket is one row
        note = actions.note(ticket, by=sara, text=f"note {number}")
        Mention.objects.get_or_create(message=note, ticket=ticket, person=fahd)
    old = actions.note(seen, by=sara, text="old")
    Mention.objects.create(message=old, ticket=seen, person=fahd, seen_at=NOW)
    assert subjects(fahd_client, "mentions") == ["called"]
    assert queue.counts(fahd)["mentions"] == 1


def test_a_closed_teams_tickets_are_in_no_view_and_no_count_of_others(
    fahd: Person, fahd_client: Client, lama_client: Client, open_a_ticket: Any
) -> None:
    secret = Team.objects.create(name_ar="s", name_en="s", is_closed=True)
    ticket = open_a_ticket(subject="secret")
    open_a_ticket(subject="open")
    Ticket.objects.filter(pk=ticket.pk).update(team=secret)
    roles.forget()
    for view in ("all", "unassigned", "waiting", "everything"):
        assert subjects(fahd_client, view) == ["open"], view
    assert found(fahd_client, words="secret") == []
    assert queue.counts(fahd)["all"] == 1
    assert set(subjects(lama_client, "all")) == {"secret", "open"}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"turn": "on_hold"}, {"held"}),
        ({"turn": "open", "assignee": "nobody"}, {"held", "plain"}),
        ({"assignee": "me"}, {"mine"}),
        ({"domain": "example.sa"}, {"held", "mine"}),
        ({"domain": "xn--mgbh0fb.xn--mgberp4a5d4ar"}, {"plain"}),
        ({"domain": "مثال.السعودية"}, {"plain"}),
        ({"domain": "مثا", "domain_how": "contains"}, {"plain"}),
        ({"requester": "نورة"}, {"held", "mine", "plain"}),
        ({"requester": "NOURA@example.com.sa"}, {"held", "mine", "plain"}),
        ({"requester": "nobody@example.com"}, set()),
        ({"organisation": "الأفق"}, {"held", "mine", "plain"}),
        ({"words": "PLAIN"}, {"plain"}),
        ({"language": "en"}, set()),
        ({"channel": "portal", "purpose": "technical", "words": "held"}, {"held"}),
        ({"team": "none", "words": "mine"}, {"mine"}),
    ],
)
def test_a_filter_finds_what_it_says(
    fahd: Person, fahd_client: Client, open_a_ticket: Any, query: Any, expected: set[str]
) -> None:
    held = open_a_ticket(subject="held")
    mine = open_a_ticket(subject="mine")
    plain = open_a_ticket(subject="plain")
    for ticket, name, ascii_name in [
        (held, "example.sa", "example.sa"),
        (mine, "ns.example.sa", "ns.example.sa"),
        (plain, "مثال.السعودية", "xn--mgbh0fb.xn--mgberp4a5d4ar"),
    ]:
        Ticket.objects.filter(pk=ticket.pk).update(domain_unicode=name, domain_ascii=ascii_name)
    held.refresh_from_db()
    actions.hold(held, by=fahd, reason="r", party="p")
    mine.refresh_from_db()
    actions.take(mine, by=fahd)
    assert set(found(fahd_client, **query)) == expected
    for sort in ("due", "waiting", "newest", "oldest", "changed"):
        assert set(found(fahd_client, **query, sort=sort)) == expected, sort


@pytest.mark.parametrize("typed", ["2026-11-22", "1448-06-12", "١٤٤٨/٠٦/١٢", "12/6/1448هـ", "٢٢-١١-٢٠٢٦"])
def test_a_day_is_taken_in_either_calendar_and_script(
    fahd_client: Client, open_a_ticket: Any, typed: str
) -> None:
    for subject, at in [
        ("before", NOW - timedelta(days=1)),
        ("that day", NOW),
        ("after", NOW + timedelta(days=1)),
    ]:
        ticket = open_a_ticket(subject=subject)
        Ticket.objects.filter(pk=ticket.pk).update(created_at=at)
    assert found(fahd_client, created_from=typed, created_to=typed) == ["that day"]


def test_by_tag_and_by_service(fahd_client: Client, open_a_ticket: Any, service: Any) -> None:
    tag = Tag.objects.create(name_ar="عاجل", name_en="Urgent")
    ticket = open_a_ticket(subject="tagged")
    open_a_ticket(subject="other")
    Tagging.objects.create(tag=tag, ticket=ticket)
    assert found(fahd_client, tag=str(tag.pk), service=str(service.pk)) == ["tagged"]
    assert "عاجل" in fahd_client.get("/ar/desk/", {"tag": tag.pk}).content.decode()
    assert found(fahd_client, service="999999999") == []


def test_a_filter_has_one_address_that_can_be_shared(fahd_client: Client) -> None:
    typed = {"apply": "1", "service": "", "words": "  dns ", "domain": "EXAMPLE.sa", "domain_how": "within",
             "created_from": "١٤٤٨/٦/١٢", "view": "everything", "sort": "newest"}  # fmt: skip
    answer = fahd_client.get("/ar/desk/", typed)
    assert answer.status_code == 302
    there = "/ar/desk/?view=everything&domain=example.sa&created_from=1448-06-12&words=dns&sort=newest"
    assert answer["Location"] == there
    assert fahd_client.get(there).status_code == 200


def test_what_is_wrong_is_told_beside_everything_that_was_typed(fahd_client: Client) -> None:
    wrong = {"domain": "a b.sa", "created_from": "31-31-2026", "service": "x", "turn": "y", "sort": "z",
             "due_from": "1448-06-12", "due_to": "1448-06-11", "words": "kept words"}  # fmt: skip
    answer = fahd_client.get("/ar/desk/", wrong)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "لا توجد مسافات في اسم النطاق" in page or "مسافات" in page
    assert "1448-06-12" in page
    for typed in ("a b.sa", "31-31-2026", "1448-06-11", "kept words"):
        assert f'value="{typed}"' in page
    assert page.count('aria-invalid="true"') >= 6


@pytest.mark.parametrize("sort", ["due", "waiting", "newest", "oldest", "changed"])
def test_each_sort_goes_there_and_back_without_gap_or_repetition(
    fahd: Person, fahd_client: Client, open_a_ticket: Any, sort: str
) -> None:
    ticket = open_a_ticket(subject="x")
    copies = []
    for number in range(queries.PAGE * 2 + 4):
        row = Ticket.objects.get(pk=ticket.pk)
        row.pk, row.number, row.subject = None, f"{number:08}", f"n{number:02}"
        if number % 2:  # half of them have no promise running
            row.answer_due_at = row.waiting_since = None
            row.status, row.close_due_at = "with_customer", NOW
        copies.append(row)
    Ticket.objects.bulk_create(copies)
    Ticket.objects.filter(pk=ticket.pk).delete()
    pages = [fahd_client.get("/ar/desk/", {"view": "everything", "sort": sort})]
    while neighbour(pages[-1], "next"):
        pages.append(fahd_client.get("/ar/desk/" + neighbour(pages[-1], "next")))
    there = [rows(page) for page in pages]
    assert len(there) == 3
    seen = [subject for page in there for subject in page]
    assert len(seen) == len(set(seen)) == queries.PAGE * 2 + 4
    second = fahd_client.get("/ar/desk/" + neighbour(pages[2], "prev"))
    first = fahd_client.get("/ar/desk/" + neighbour(second, "prev"))
    assert [rows(first), rows(second)] == there[:2]
    assert not neighbour(first, "prev")


def test_a_filter_is_saved_listed_renamed_and_removed(fahd: Person, fahd_client: Client) -> None:
    sent = {"name": "نطاقاتي", "scope": "personal", "query": "words=dns&assignee=me"}
    saved = fahd_client.post("/ar/desk/saved-views/", sent)
    assert saved["Location"] == "/ar/desk/?view=everything&assignee=me&words=dns"
    page = fahd_client.get(saved["Location"]).content.decode()
    assert re.search(r'aria-current="page" title="نطاقاتي"', page)
    view = SavedView.objects.get()
    fahd_client.post(f"/ar/desk/saved-views/{view.pk}/", {"name": "أخرى"})
    assert "أخرى" in fahd_client.get("/ar/desk/saved-views/").content.decode()
    assert fahd_client.post(f"/ar/desk/saved-views/{view.pk}/", {"name": " "}).status_code == 422
    fahd_client.post(f"/ar/desk/saved-views/{view.pk}/removal/")
    assert not SavedView.objects.exists()


def test_only_whoever_may_share_saves_for_others(
    fahd: Person, sara: Person, fahd_client: Client, team: Team
) -> None:
    sent = {"name": "all", "query": "turn=open"}
    for scope in ("everyone", f"team-{team.pk}"):
        assert fahd_client.post("/ar/desk/saved-views/", {**sent, "scope": scope}).status_code == 422
    Person.objects.filter(pk=sara.pk).update(role=Role.LEAD)
    leader = signed_in(Person.objects.get(pk=sara.pk))
    assert leader.post("/ar/desk/saved-views/", {**sent, "scope": f"team-{team.pk}"}).status_code == 302
    view = SavedView.objects.get()
    assert (view.scope, view.team) == ("team", team)
    assert 'title="all"' in fahd_client.get("/ar/desk/").content.decode()
    assert fahd_client.post(f"/ar/desk/saved-views/{view.pk}/removal/").status_code == 404
    assert fahd_client.post(f"/ar/desk/saved-views/{view.pk}/", {"name": "x"}).status_code == 404
    other = Team.objects.create(name_ar="c", name_en="c")
    assert leader.post("/ar/desk/saved-views/", {**sent, "scope": f"team-{other.pk}"}).status_code == 422
    assert leader.post(f"/ar/desk/saved-views/{view.pk}/removal/").status_code == 302


def order(client: Client) -> list[str]:
    page = client.get("/ar/desk/saved-views/").content.decode()
    return re.findall(r'<li id="view-\d+"><p><a [^>]*><bdi>([^<]*)', page)


def test_views_stand_in_the_order_that_one_gives_them(fahd: Person, fahd_client: Client) -> None:
    views = {name: SavedView.objects.create(name=name, owner=fahd, query="view=mine") for name in "abc"}
    SavedView.objects.create(name="all", owner=fahd, scope="everyone", query="view=all")
    assert order(fahd_client) == ["a", "b", "c", "all"]
    place = f"/ar/desk/saved-views/{views['c'].pk}/position/"
    for _press in range(3):  # at the top it stays there
        assert fahd_client.post(place, {"to": "up"})["Location"].endswith(f"#view-{views['c'].pk}")
    assert order(fahd_client) == ["c", "a", "b", "all"]
    fahd_client.post(place, {"to": "down"})
    assert order(fahd_client) == ["a", "c", "b", "all"]
    fahd_client.post("/ar/desk/saved-views/", {"name": "0", "query": "turn=open", "scope": "personal"})
    assert order(fahd_client)[3] == "0"  # what is new comes last
    assert not Change.objects.exists()  # one's own order is nobody's business


def test_a_shared_views_place_and_life_are_kept_in_the_history(
    fahd_client: Client, lama: Person, lama_client: Client
) -> None:
    for name in ("one", "two"):
        lama_client.post("/ar/desk/saved-views/", {"name": name, "query": "turn=open", "scope": "everyone"})
    view = SavedView.objects.get(name="two")
    place = f"/ar/desk/saved-views/{view.pk}/"
    assert fahd_client.post(f"{place}position/", {"to": "up"}).status_code == 404
    lama_client.post(f"{place}position/", {"to": "up"})
    lama_client.post(place, {"name": "second"})
    lama_client.post(f"{place}removal/")
    kept = Change.objects.filter(noun="view").order_by("pk")
    assert [(one.verb, one.object_name) for one in kept] == [
        ("added", "one"),
        ("added", "two"),
        ("changed", "two"),
        ("changed", "second"),
        ("removed", "second"),
    ]
    page = lama_client.get("/en/desk/settings/history/").content.decode()
    assert "everyone at the desk" in page


def test_anothers_own_view_is_nobodys_business(fahd: Person, sara: Person, fahd_client: Client) -> None:
    view = SavedView.objects.create(name="hers", owner=sara, query="view=mine")
    assert "hers" not in fahd_client.get("/ar/desk/").content.decode()
    assert fahd_client.post(f"/ar/desk/saved-views/{view.pk}/removal/").status_code == 404


def test_the_counts_of_saved_views_come_later_and_never_look_far(
    fahd: Person, fahd_client: Client, open_a_ticket: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(5):
        open_a_ticket(subject=f"dns {number}")
    SavedView.objects.create(name="dns", owner=fahd, query="view=everything&turn=open&words=dns")
    view = SavedView.objects.get()
    assert f'id="count-saved-{view.pk}"></span>' in fahd_client.get("/ar/desk/").content.decode()
    assert ">5</span>" in fahd_client.get("/ar/desk/saved-views/counts/").content.decode()
    monkeypatch.setattr(queue, "SCANNED", 3)
    assert ">3+</span>" in fahd_client.get("/ar/desk/saved-views/counts/").content.decode()
    assert queue.count(Filter(values=(("words", "nothing"),)), fahd).more


def test_columns_and_density_are_each_persons_choice(
    fahd: Person, fahd_client: Client, lama_client: Client, open_a_ticket: Any
) -> None:
    open_a_ticket()
    back = "/ar/desk/?view=all"
    sent = {
        "columns": ["", "created", "channel", "tags", "organisation", "bogus"],
        "density": "compact",
        "next": back,
    }
    assert fahd_client.post("/ar/desk/choices/", sent)["Location"] == back
    page = fahd_client.get(back).content.decode()
    heads = re.findall(
        r'role="columnheader"(?: class="subject")?>([^<]*)<',
        fahd_client.get("/en/desk/?view=all").content.decode(),
    )
    assert heads == ["Subject", "Organisation", "Opened", "Tags", "Channel"]
    assert 'data-density="compact"' in page
    assert 'data-density="comfortable"' in lama_client.get(back).content.decode()
    fahd_client.post("/ar/desk/choices/", {"columns": ""})
    assert 'class="who"' not in fahd_client.get(back).content.decode()


def test_the_place_in_the_list_survives_opening_acting_and_coming_back(
    fahd_client: Client, open_a_ticket: Any
) -> None:
    for number in range(queries.PAGE + 5):
        open_a_ticket(subject=f"dns {number:02}")
    first = fahd_client.get("/ar/desk/", {"view": "everything", "words": "dns", "sort": "oldest"})
    second = fahd_client.get("/ar/desk/" + neighbour(first, "next"))
    shown = rows(second)
    row = html.unescape(re.findall(r'class="subj" href="([^"]*)"', second.content.decode())[2])
    ticket = fahd_client.get(row)
    page = ticket.content.decode()
    beside = re.findall(r'class="subj"[^>]*><span dir="auto">([^<]*)</span>', page)
    assert beside == shown
    pk = Ticket.objects.get(subject=shown[2]).pk
    up = re.search(rf'href="(/ar/desk/\?[^"]*#ticket-{pk})"', page)
    assert up is not None
    back = fahd_client.get(html.unescape(up[1]).partition("#")[0])
    assert rows(back) == shown
    assert f'id="ticket-{pk}"' in back.content.decode()
    number, _question, kept = row.partition("?")
    taken = fahd_client.post(f"{number}assignee/?{kept}", {"assignee": "me"})
    assert set(kept.split("&")) <= set(taken["Location"].partition("?")[2].split("&"))


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("lang", "scheme", "width"), [("ar", "light", 1280), ("en", "dark", 360)])
def test_a_list_is_filtered_saved_and_found_again(
    open_page: "OpenPage",
    live_server: Any,
    no_violations: Any,
    fahd_client: Client,
    open_a_ticket: Any,
    lang: str,
    scheme: str,
    width: int,
) -> None:
    open_a_ticket(subject="dns one")
    open_a_ticket(subject="dns two")
    open_a_ticket(subject="other")
    page = open_page(lang=lang, scheme=scheme, width=width)
    enter(page, fahd_client, live_server)
    page.goto(f"/{lang}/desk/")
    page.locator("#open-filter").click()
    page.locator("#filter_words").fill("dns")
    page.locator("#filter_created_from").fill("1448-13-40")
    no_violations(page)
    page.locator(".filter button.first").click()
    page.locator(".summary").wait_for()
    expect(page.locator("#filter_words")).to_have_value("dns")
    no_violations(page)
    fits(page, width)
    page.locator("#filter_created_from").fill("")
    page.locator("#filter_sort").select_option("newest")
    page.locator(".filter button.first").click()
    page.locator(".chip-of-filter").first.wait_for()
    expect(page.locator(".desk-rows a.subj")).to_have_text(["dns two", "dns one"])
    page.locator(".list-tools a[href*=saved-views]").click()
    page.locator("#save_name").fill("DNS")
    no_violations(page)
    page.locator(".save-view button.first").click()
    page.locator('.views a[aria-current="page"] .n', has_text="2").wait_for()
    page.locator(".look > summary").click()
    page.locator(".look input[value=compact]").check()
    page.locator(".look input[value=tags]").check()
    no_violations(page)
    page.locator(".look button.first").click()
    page.locator('[data-density="compact"]').wait_for()
    page.locator(".desk-rows a.subj").last.click()
    page.locator(".thread").wait_for()
    page.locator(".ways .to-list, .queue .tools a").locator("visible=true").first.click()
    page.locator(".desk-rows tr:target").wait_for()
    no_violations(page)
    fits(page, width)
