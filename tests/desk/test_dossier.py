"""The side panel of a ticket: what it says, what staff change there, and that nobody's change is overwritten."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from tawasul.accounts.models import Change, Person, Role, Team
from tawasul.core import clock
from tawasul.core.kept import forget_all
from tawasul.desk import snoozes
from tawasul.reactions import schedule
from tawasul.tickets import actions
from tawasul.tickets.actions import properties, snoozing, tagging, work
from tawasul.tickets.models import ChecklistItem, Event, Message, Service, Status, Tag, Ticket, TimeEntry
from tawasul.tickets.writers import Writer
from tests.world import make_person, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _read_anew() -> None:
    cache.clear()
    forget_all()


@pytest.fixture
def tag(db: None) -> Tag:
    return Tag.objects.create(name_ar="خوادم الأسماء", name_en="Name servers")


@pytest.fixture
def auditor_client(db: None) -> Client:
    return signed_in(make_person("huda", "هدى السبيعي", is_staff=True, role=Role.AUDITOR))


def at(ticket: Ticket, *rest: object, lang: str = "ar") -> str:
    return f"/{lang}/desk/tickets/{ticket.spoken_number}/" + "".join(f"{part}/" for part in rest)


def page(client: Client, ticket: Ticket, *rest: object, lang: str = "ar", **headers: str) -> str:
    return client.get(at(ticket, *rest, lang=lang), headers=headers).content.decode()


def last(ticket: Ticket) -> Event:
    return ticket.events.order_by("-pk")[0]


# ---------- properties ----------


@pytest.mark.parametrize(
    ("name", "value", "stands"),
    [
        ("subject", "  موضوع   أوضح ", "موضوع أوضح"),
        ("purpose", "complaint", "complaint"),
        ("language", "en", "en"),
        ("domain", "تجربة.السعودية", "تجربة.السعودية"),
        ("request_number", "12345", "12345"),
    ],
)
def test_a_property_is_changed_and_the_history_says_from_what_to_what(
    fahd_client: Client, open_a_ticket: Any, name: str, value: str, stands: str
) -> None:
    ticket = open_a_ticket()
    before = properties.SHOWN[name](ticket)
    answer = fahd_client.post(
        at(ticket, "properties", name), {"value": value, "version": ticket.version, "was": before}
    )
    assert answer["Location"] == at(ticket) + "#dossier"
    ticket.refresh_from_db()
    assert properties.SHOWN[name](ticket) == stands
    assert last(ticket).kind == Event.Kind.CHANGED
    assert {key: last(ticket).data[key] for key in ("property", "before", "after")} == {
        "property": name,
        "before": before,
        "after": stands,
    }
    assert "فهد العتيبي" in page(fahd_client, ticket, "events")


def test_a_change_of_the_domain_is_found_by_both_forms(fahd_client: Client, open_a_ticket: Any) -> None:
    ticket = open_a_ticket()
    fahd_client.post(at(ticket, "properties", "domain"), {"value": "تجربة.السعودية"})
    ticket.refresh_from_db()
    assert ticket.domain_ascii == "xn--ngbcbiz.xn--mgberp4a5d4ar"
    assert ticket.domain_ascii in ticket.search_key


def test_a_stale_edit_shows_both_and_overwrites_nothing(
    fahd: Person, sara: Person, fahd_client: Client, open_a_ticket: Any
) -> None:
    ticket = open_a_ticket()
    seen = {"version": ticket.version, "was": ticket.subject}
    properties.change(ticket, "subject", "موضوع سارة", by=sara)
    answer = fahd_client.post(at(ticket, "properties", "subject"), {"value": "موضوع فهد", **seen})
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "موضوع سارة" in text and "موضوع فهد" in text and "سارة القرني" in text
    ticket.refresh_from_db()
    assert ticket.subject == "موضوع سارة"
    again = {"value": "موضوع فهد", "version": ticket.version, "was": ticket.subject}
    fahd_client.post(at(ticket, "properties", "subject"), again)
    ticket.refresh_from_db()
    assert ticket.subject == "موضوع فهد"


def test_what_else_happened_meanwhile_hinders_no_edit(
    noura: Person, fahd_client: Client, open_a_ticket: Any
) -> None:
    ticket = open_a_ticket()
    seen = {"version": ticket.version, "was": "technical"}
    actions.follow_up(ticket, by=Writer.of(noura), text="وأضيف")
    assert (
        fahd_client.post(at(ticket, "properties", "purpose"), {"value": "inquiry", **seen}).status_code == 302
    )
    ticket.refresh_from_db()
    assert ticket.purpose == "inquiry"


def test_a_version_alone_is_held_to_the_letter(sara: Person, fahd_client: Client, open_a_ticket: Any) -> None:
    ticket = open_a_ticket()
    version = ticket.version
    actions.take(ticket, by=sara)
    answer = fahd_client.post(at(ticket, "assignee"), {"assignee": "", "version": version})
    assert answer.status_code == 409
    ticket.refresh_from_db()
    assert ticket.assignee == sara


@pytest.mark.parametrize(
    ("name", "value"),
    [("subject", ""), ("service", "no-such"), ("purpose", "x"), ("language", "fr"), ("domain", "a b.sa")],
)
def test_a_value_that_cannot_be_is_refused_and_kept(
    fahd_client: Client, open_a_ticket: Any, name: str, value: str
) -> None:
    ticket = open_a_ticket()
    answer = fahd_client.post(at(ticket, "properties", name), {"value": value})
    assert answer.status_code == 422
    assert not ticket.events.filter(kind=Event.Kind.CHANGED).exists()
    if name == "domain":
        assert f'value="{value}"' in answer.content.decode()


def test_a_service_is_named_in_the_readers_language(fahd_client: Client, open_a_ticket: Any) -> None:
    ticket = open_a_ticket()
    other = Service.objects.exclude(pk=ticket.service_id).filter(is_active=True)[0]
    fahd_client.post(at(ticket, "properties", "service"), {"value": other.code})
    assert other.name_ar in page(fahd_client, ticket, "events")
    assert other.name_en in page(fahd_client, ticket, "events", lang="en")


def test_a_transfer_takes_its_note_along(fahd: Person, fahd_client: Client, open_a_ticket: Any) -> None:
    ticket = open_a_ticket()
    actions.take(ticket, by=fahd)
    legal = Team.objects.create(name_ar="الشؤون القانونية", name_en="Legal affairs")
    forget_all()
    fahd_client.post(
        at(ticket, "team"), {"team": legal.pk, "note": "المطلوب رأيكم", "version": ticket.version}
    )
    ticket.refresh_from_db()
    assert (ticket.team, ticket.assignee) == (legal, None)
    assert Message.objects.get(ticket=ticket, kind=Message.Kind.NOTE).text == "المطلوب رأيكم"
    assert "الشؤون القانونية" in page(fahd_client, ticket, "events")


# ---------- tags, followers ----------


@pytest.mark.parametrize("typed", ["خوادم الاسماء", "خَوادم الأسماء", "name SERVERS"])
def test_a_tag_is_found_in_either_language_however_it_is_spelt(
    fahd_client: Client, open_a_ticket: Any, tag: Tag, typed: str
) -> None:
    ticket = open_a_ticket()
    fahd_client.post(at(ticket, "tags"), {"tag": typed})
    assert list(ticket.tags.all()) == [tag]
    assert last(ticket).kind == Event.Kind.TAGGED
    fahd_client.post(at(ticket, "tags", tag.pk, "removal"))
    assert not ticket.tags.exists()


def test_half_a_word_is_completed(fahd_client: Client, tag: Tag) -> None:
    for typed in ("خوا", "الاسم", "serv"):
        assert f'value="{tag.pk}"' in fahd_client.get("/ar/desk/tags/", {"tag": typed}).content.decode()
    assert "button" not in fahd_client.get("/ar/desk/tags/", {"tag": "xyz"}).content.decode()


def test_a_new_tag_is_made_in_place_by_whoever_may(
    fahd_client: Client, lama_client: Client, open_a_ticket: Any
) -> None:
    ticket = open_a_ticket()
    wish = {"tag": "عاجل", "other_name": "Urgent", "create": "1"}
    assert fahd_client.post(at(ticket, "tags"), wish).status_code == 422
    assert not Tag.objects.exists()
    lama_client.post(at(ticket, "tags"), wish)
    lama_client.post(at(ticket, "tags"), wish)
    assert [(one.name_ar, one.name_en) for one in ticket.tags.all()] == [("عاجل", "Urgent")]
    tag = Tag.objects.get()
    kept = Change.objects.get(noun="tags", object_id=str(tag.pk))
    assert (kept.verb, kept.after["name_ar"]) == ("added", "عاجل")


def test_following_is_ones_own_choice(fahd: Person, fahd_client: Client, open_a_ticket: Any) -> None:
    ticket = open_a_ticket()
    fahd_client.post(at(ticket, "following"))
    fahd_client.post(at(ticket, "following"))
    assert [one.person for one in ticket.followers.all()] == [fahd]
    fahd_client.post(at(ticket, "following"), {"end": "1"})
    assert not ticket.followers.exists()


# ---------- the checklist, time ----------


def test_a_checklist_is_written_ticked_ordered_and_emptied(
    fahd: Person, fahd_client: Client, open_a_ticket: Any
) -> None:
    ticket = open_a_ticket()
    for text in ("أولًا", "ثانيًا", "ثالثًا"):
        fahd_client.post(at(ticket, "checklist"), {"text": text})
    first, second, third = ChecklistItem.objects.filter(ticket=ticket)
    fahd_client.post(at(ticket, "checklist", third.pk), {"do": "up"})
    fahd_client.post(at(ticket, "checklist", first.pk), {"do": "down"})
    assert [one.text for one in ticket.checklist.all()] == ["ثالثًا", "أولًا", "ثانيًا"]
    fahd_client.post(at(ticket, "checklist", first.pk), {"do": "tick"})
    first.refresh_from_db()
    assert first.done_by == fahd and 'aria-checked="true"' in page(fahd_client, ticket)
    fahd_client.post(at(ticket, "checklist", first.pk), {"do": "untick"})
    fahd_client.post(at(ticket, "checklist", second.pk), {"do": "remove"})
    assert [(one.text, one.done_at) for one in ticket.checklist.all()] == [("ثالثًا", None), ("أولًا", None)]
    assert fahd_client.post(at(ticket, "checklist"), {"text": " "}).status_code == 422


def test_an_item_of_another_ticket_is_not_touched(
    fahd: Person, fahd_client: Client, open_a_ticket: Any
) -> None:
    item = work.add_item(open_a_ticket(), text="شيء", by=fahd)
    fahd_client.post(at(open_a_ticket(), "checklist", item.pk), {"do": "remove"})
    assert ChecklistItem.objects.filter(pk=item.pk).exists()


def test_time_is_entered_and_measured_one_timer_a_person(
    fahd: Person, fahd_client: Client, open_a_ticket: Any
) -> None:
    ticket, other = open_a_ticket(), open_a_ticket()
    fahd_client.post(at(ticket, "time"), {"minutes": "٩٠", "note": "مكالمة"})
    fahd_client.post(at(ticket, "timer"), {"start": "1"})
    TimeEntry.objects.filter(minutes=None).update(started_at=clock.now() - timedelta(minutes=29, seconds=30))
    fahd_client.post(at(other, "timer"), {"start": "1"})
    assert list(TimeEntry.objects.filter(ticket=ticket).values_list("minutes", flat=True).order_by("pk")) == [
        90,
        30,
    ]
    assert TimeEntry.objects.get(minutes=None).ticket == other
    fahd_client.post(at(other, "timer"), {"stop": "1"})
    assert not TimeEntry.objects.filter(minutes=None).exists()
    assert "2 hours" in page(fahd_client, ticket, lang="en")
    for wrong in ("0", "-5", "x", "99999"):
        assert fahd_client.post(at(ticket, "time"), {"minutes": wrong}).status_code == 422


# ---------- putting off, spam ----------


def test_a_ticket_put_off_comes_back_at_its_time(
    fahd_client: Client, open_a_ticket: Any, monkeypatch: Any
) -> None:
    ticket = open_a_ticket()
    fahd_client.post(at(ticket, "snooze"), {"until": "hours"})
    ticket.refresh_from_db()
    assert ticket.snoozed_until is not None and "data-turn" in page(fahd_client, ticket)
    assert snoozing.wake_due() == 0
    assert snoozing.wake_due(ticket.snoozed_until) == 1
    assert snoozing.wake_due(ticket.snoozed_until) == 0
    assert last(ticket).kind == Event.Kind.WOKE and last(ticket).actor_name == ""
    assert schedule.CHORES["wake_snoozed"][1] is snoozing.wake_due


def test_a_letter_of_the_customer_brings_it_back(
    noura: Person, fahd_client: Client, open_a_ticket: Any
) -> None:
    for until in ("reply", "sunday"):
        ticket = open_a_ticket()
        fahd_client.post(at(ticket, "snooze"), {"until": until})
        ticket.refresh_from_db()
        assert ticket.snoozed_until is not None
        actions.follow_up(ticket, by=Writer.of(noura), text="وأضيف")
        ticket.refresh_from_db()
        assert ticket.snoozed_until is None


def test_a_day_is_read_in_either_calendar() -> None:
    day = clock.now() + timedelta(days=40)
    gregorian = snoozes.typed(f"{day:%Y-%m-%d}", "٩:15")
    from hijridate import Gregorian

    there = Gregorian(day.year, day.month, day.day).to_hijri()
    assert snoozes.typed(f"{there.day}/{there.month}/{there.year}", "09:15") == gregorian


@pytest.mark.parametrize(
    ("day", "hour"), [("", ""), ("2020-01-01", "08:00"), ("2026-13-01", ""), ("غدا", "8")]
)
def test_a_day_that_cannot_be_is_refused(
    fahd_client: Client, open_a_ticket: Any, day: str, hour: str
) -> None:
    ticket = open_a_ticket()
    answer = fahd_client.post(at(ticket, "snooze"), {"until": "own", "day": day, "hour": hour})
    assert answer.status_code == 422
    ticket.refresh_from_db()
    assert ticket.snoozed_until is None


def test_a_snooze_past_the_promise_says_so(fahd_client: Client, open_a_ticket: Any) -> None:
    ticket = open_a_ticket()
    assert ticket.answer_due_at is not None
    day = ticket.answer_due_at + timedelta(days=3)
    fahd_client.post(at(ticket, "snooze"), {"until": "own", "day": f"{day:%Y-%m-%d}", "hour": "08:00"})
    assert "The promised answer is due before that" in page(fahd_client, ticket, lang="en")
    fahd_client.post(at(ticket, "waking"))
    ticket.refresh_from_db()
    assert ticket.snoozed_until is None


def test_spam_is_one_press_and_reopening_undoes_it(fahd_client: Client, open_a_ticket: Any) -> None:
    ticket = open_a_ticket()
    fahd_client.post(at(ticket, "spam"))
    ticket.refresh_from_db()
    assert (ticket.status, ticket.close_reason) == (Status.CLOSED, "spam")
    assert fahd_client.post(at(ticket, "spam")).status_code == 409
    fahd_client.post(at(ticket, "reopening"))
    ticket.refresh_from_db()
    assert ticket.status == Status.WITH_CENTRE


# ---------- who may, what is read ----------


def test_an_auditor_reads_and_changes_nothing(auditor_client: Client, open_a_ticket: Any, tag: Tag) -> None:
    ticket = open_a_ticket()
    before = Event.objects.count()
    doors = [
        ("answers",), ("notes",), ("assignee",), ("hold",), ("closure",), ("team",), ("tags",), ("checklist",),
        ("time",), ("timer",), ("snooze",), ("waking",), ("spam",), ("properties", "subject"),
        ("tags", tag.pk, "removal"), ("preview", "answer"),
    ]  # fmt: skip
    for door in doors:
        assert auditor_client.post(at(ticket, *door), {"text": "x", "value": "x"}).status_code == 404, door
    assert Event.objects.count() == before
    text = page(auditor_client, ticket)
    for door in doors:
        assert f'action="{at(ticket, *door)}' not in text, door
    assert "<textarea" not in text


def test_the_panel_hides_most_of_the_mobile_and_tells_the_rest_when_asked(
    noura: Person, fahd: Person, fahd_client: Client, open_a_ticket: Any
) -> None:
    earlier = open_a_ticket(subject="التذكرة الأولى")
    actions.close(earlier, by=Writer.of(fahd), reason="solved_by_staff")
    ticket = open_a_ticket()
    shown = page(fahd_client, ticket)
    assert noura.mobile not in shown and noura.mobile[-4:] in shown
    assert "التذكرة الأولى" not in shown.split('id="dossier"')[1]
    part = page(fahd_client, ticket, "requester", **{"HX-Request": "true"})
    assert "التذكرة الأولى" in part and "<html" not in part and 'data-turn="closed"' in part
    assert "?requester=noura%40example.com.sa" in part
    assert "<h1>" in page(fahd_client, ticket, "requester")


def test_a_closed_teams_tickets_are_not_told_of(fahd_client: Client, open_a_ticket: Any) -> None:
    secret, ticket = open_a_ticket(subject="سرية"), open_a_ticket()
    Ticket.objects.filter(pk=secret.pk).update(
        team=Team.objects.create(name_ar="مغلق", name_en="Closed", is_closed=True)
    )
    forget_all()
    assert "سرية" not in page(fahd_client, ticket, "requester")


def test_customers_read_nothing_of_it(fahd: Person, noura_client: Client, open_a_ticket: Any) -> None:
    ticket = open_a_ticket()
    tagging.tag(ticket, Tag.objects.create(name_ar="وسم", name_en="Word"), by=fahd)
    work.add_item(ticket, text="اتصال بالمزوّد", by=fahd)
    snoozing.snooze(ticket, until=None, by=fahd)
    properties.change(ticket, "request_number", "77", by=fahd)
    text = noura_client.get(f"/ar/tickets/{ticket.spoken_number}/").content.decode()
    assert "فهد" not in text and "وسم" not in text and "اتصال بالمزوّد" not in text


def test_the_panel_costs_four_queries(
    fahd: Person, fahd_client: Client, open_a_ticket: Any, tag: Tag, django_assert_num_queries: Any
) -> None:
    from tawasul.desk import dossier
    from tawasul.tickets.access import desk_ticket_for

    ticket = open_a_ticket()
    tagging.tag(ticket, tag, by=fahd)
    for text in ("أ", "ب", "ج"):
        work.add_item(ticket, text=text, by=fahd)
    found = desk_ticket_for(fahd, ticket.number)
    dossier.context(found, fahd)
    with django_assert_num_queries(4):  # tags, followers, checklist, time
        dossier.context(found, fahd)
