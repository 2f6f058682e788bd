"""What staff have ready: found in both languages, filled by the server, shared only by whoever may."""

import uuid
from typing import Any

import pytest
from django.test import Client

from tawasul.accounts.models import Change, Person, Role, Team
from tawasul.knowledge import actions as knowledge_actions
from tawasul.knowledge.models import Article
from tawasul.replies import actions as replies_actions
from tawasul.replies import macros
from tawasul.replies.models import CannedReply, Macro, Signature
from tawasul.tickets import actions
from tawasul.tickets.models import Draft, Event, Message, Status, Tag, Ticket
from tests.desk.test_letters import at, letter, picture
from tests.world import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def dnssec(sara: Person) -> CannedReply:
    """Everyone's, in both languages."""
    reply = CannedReply(
        name_ar="تفعيل DNSSEC",
        name_en="Enabling DNSSEC",
        shortcut="ds",
        text_ar="الأخ {{requester}}، بخصوص التذكرة {{number}}: أُضيف سجل DS إلى {{domain}}.",
        text_en="Dear {{ requester }}, the DS record of {{domain}} is added.",
        scope="everyone",
        owner=sara,
    )
    replies_actions.save(reply, by=sara)
    return reply


def names(client: Client, ticket: Ticket, q: str) -> list[str]:
    answer = client.get(at(ticket, "ready"), {"q": q})
    return [each["name"] for each in answer.json()["offers"]]


def fetched(client: Client, ticket: Ticket, value: str) -> Any:
    return client.post(
        at(ticket, "ready", "insertion"), {"ready": value}, headers={"X-Requested-With": "XMLHttpRequest"}
    )


@pytest.mark.parametrize("q", ["تفعيل", "تَفعيل", "سجّل DS", "enabling", "ds", ""])
def test_a_reply_is_found_in_both_languages(
    q: str, dnssec: CannedReply, fahd_client: Client, open_a_ticket: Any
) -> None:
    assert names(fahd_client, open_a_ticket(), q) == ["تفعيل DNSSEC"]


def test_nobody_finds_what_is_not_theirs(
    fahd: Person, sara: Person, fahd_client: Client, open_a_ticket: Any, team: Team
) -> None:
    other = Team.objects.create(name_ar="فريق", name_en="Other")
    for name, scope, of, owner in (
        ("لسارة", "personal", None, sara),
        ("لفهد", "personal", None, fahd),
        ("للفريق", "team", team, sara),
        ("لغيره", "team", other, sara),
    ):
        reply = CannedReply(name_ar=name, text_ar="نص", scope=scope, team=of, owner=owner)
        replies_actions.save(reply, by=owner)
    ticket = open_a_ticket()
    assert set(names(fahd_client, ticket, "")) == {"للفريق", "لفهد"}
    foreign = CannedReply.objects.get(name_ar="لسارة")
    assert fetched(fahd_client, ticket, f"reply:{foreign.pk}").status_code == 404


def test_the_tickets_language_is_chosen_and_its_variables_filled(
    dnssec: CannedReply, fahd_client: Client, khalid: Person, open_a_ticket: Any
) -> None:
    ticket = open_a_ticket()
    text = fetched(fahd_client, ticket, f"reply:{dnssec.pk}").json()["text"]
    assert text == f"الأخ نورة الدوسري، بخصوص التذكرة {ticket.spoken_number}: أُضيف سجل DS إلى ."
    english = open_a_ticket(by=khalid, language="en")
    assert fetched(fahd_client, english, f"reply:{dnssec.pk}").json()["text"].startswith("Dear Khalid")
    dnssec.refresh_from_db()
    assert dnssec.used == 2


def test_a_customers_name_is_no_markup_in_the_answer(
    dnssec: CannedReply, fahd_client: Client, open_a_ticket: Any
) -> None:
    ticket = open_a_ticket()
    Ticket.objects.update(requester_name="[نورة](https://evil.example)\u202e")
    text = fetched(fahd_client, ticket, f"reply:{dnssec.pk}").json()["text"]
    fahd_client.post(at(ticket, "answers"), letter(ticket, text))
    html = Message.objects.get(kind="answer").html
    assert 'href="https://evil.example)' not in html
    assert ">نورة<" not in html
    assert "\u202e" not in html


def test_without_scripts_it_is_inserted_below_what_was_typed(
    dnssec: CannedReply, fahd: Person, fahd_client: Client, open_a_ticket: Any
) -> None:
    ticket = open_a_ticket()
    form = letter(ticket, "السلام عليكم", files=picture())
    page = fahd_client.post(at(ticket, "ready"), form).content.decode()
    assert f'<option value="reply:{dnssec.pk}">' in page
    assert "السلام عليكم" in page
    again = {**form, "ready": f"reply:{dnssec.pk}"}
    del again["files"]
    page = fahd_client.post(at(ticket, "ready", "insertion"), again).content.decode()
    assert "السلام عليكم\n\nالأخ نورة" in page
    kept = Draft.objects.get(owner=fahd)
    assert kept.fields["text"].startswith("السلام عليكم\n\nالأخ نورة")
    assert kept.attachments.count() == 1


def test_an_article_is_offered_and_leads_to_its_page(
    lama: Person, fahd_client: Client, client: Client, open_a_ticket: Any
) -> None:
    article = Article(
        slug="ds", title_ar="ما سجل DS؟", text_ar="سجلٌّ يوقّع النطاق.\n\nثم **التفصيل**.", is_published=True
    )
    hidden = Article(slug="x", title_ar="سجل آخر", text_ar="مسودة")
    for one in (article, hidden):
        knowledge_actions.save(one, by=lama)
    ticket = open_a_ticket()
    assert names(fahd_client, ticket, "سجل") == ["ما سجل DS؟"]
    text = fetched(fahd_client, ticket, f"article:{article.pk}").json()["text"]
    assert text.startswith("سجلٌّ يوقّع النطاق.\n\n[ما سجل DS؟](http")
    assert "<strong>التفصيل</strong>" in client.get("/ar/articles/ds/").content.decode()
    assert client.get("/ar/articles/x/").status_code == 404


def test_the_teams_signature_stands_below_the_answer_else_the_centres(
    fahd_client: Client, noura_client: Client, open_a_ticket: Any, team: Team, lama: Person
) -> None:
    replies_actions.save(Signature(language="ar", text="المركز"), by=lama)
    ticket = open_a_ticket()
    preview = fahd_client.post(at(ticket, "preview", "answer"), letter(ticket, "تم.")).content.decode()
    assert '<p dir="auto">المركز</p>' in preview
    fahd_client.post(at(ticket, "answers"), letter(ticket, "تم."))
    assert Message.objects.get(kind="answer").text == "تم.\n\nالمركز"
    replies_actions.save(Signature(language="ar", team=team, text="{{staff}}، {{team}}"), by=lama)
    Ticket.objects.update(team=team)
    fahd_client.post(at(ticket, "answers"), letter(ticket, "وبعد."))
    assert (
        "فهد العتيبي، خدمة العملاء"
        in noura_client.get(f"/ar/tickets/{ticket.spoken_number}/").content.decode()
    )
    fahd_client.post(at(ticket, "notes"), letter(ticket, "ملاحظة"))
    assert Message.objects.get(kind="note").text == "ملاحظة"


def macro_of(owner: Person, *steps: dict[str, Any], **more: Any) -> Macro:
    macro = Macro(name_ar="إغلاق مكتمل", owner=owner, steps=list(steps), **more)
    replies_actions.save(macro, by=owner)
    return macro


def test_a_macro_shows_what_it_would_do_and_does_it_in_one_press(
    fahd: Person, fahd_client: Client, open_a_ticket: Any
) -> None:
    ticket, tag = open_a_ticket(), Tag.objects.create(name_ar="خوادم", name_en="servers")
    macro = macro_of(
        fahd,
        {"do": "close"},
        {"do": "answer", "text_ar": "تم يا {{requester}}."},
        {"do": "note", "text_ar": "بالماكرو"},
        {"do": "tag", "tag": tag.pk},
        {"do": "assign", "to": "me"},
    )
    page = fahd_client.get(at(ticket, "macros")).content.decode()
    assert "تم يا نورة الدوسري." in page and "خوادم" in page
    assert Event.objects.count() == 1
    assert fahd_client.post(at(ticket, "macros", str(macro.pk))).status_code == 302
    ticket.refresh_from_db()
    assert (ticket.status, ticket.assignee) == (Status.CLOSED, fahd)
    assert list(ticket.tags.all()) == [tag]
    assert [m.text for m in ticket.messages.order_by("pk")][1:] == ["بالماكرو", "تم يا نورة الدوسري."]
    assert Event.objects.filter(kind="answered").count() == 0


def test_a_macro_is_done_whole_or_not_at_all(fahd: Person, fahd_client: Client, open_a_ticket: Any) -> None:
    ticket = open_a_ticket()
    macro = macro_of(
        fahd, {"do": "note", "text_ar": "أولًا"}, {"do": "hold", "party": "المستضيف", "reason": "ننتظر"}
    )
    actions.hold(ticket, by=fahd, reason="x", party="y")
    answer = fahd_client.post(at(ticket, "macros", str(macro.pk)))
    assert answer.status_code == 409
    assert "لم يُنفَّذ شيء" in answer.content.decode()
    assert not Message.objects.filter(kind="note").exists()


def test_a_macro_asks_for_every_steps_permission(fahd: Person, sara: Person, open_a_ticket: Any) -> None:
    ticket, macro = open_a_ticket(), macro_of(sara, {"do": "close"}, scope="everyone")
    Person.objects.filter(pk=fahd.pk).update(role=Role.AUDITOR)
    fahd.refresh_from_db()
    assert signed_in(fahd).post(at(ticket, "macros", str(macro.pk))).status_code == 404
    with pytest.raises(macros.NotDoable):
        macros.run(macro, ticket, by=fahd)
    ticket.refresh_from_db()
    assert ticket.status == Status.WITH_CENTRE


SHELF = "/ar/desk/ready/"


def test_an_unknown_variable_is_not_saved(fahd_client: Client) -> None:
    form = {"name_ar": "ترحيب", "scope": "personal", "text_ar": "مرحبًا {{requestor}}", "is_active": "on"}
    answer = fahd_client.post(f"{SHELF}replies/new/", form)
    assert answer.status_code == 422
    assert "{{requestor}}" in answer.content.decode()
    assert not CannedReply.objects.exists()


def test_an_agent_writes_their_own_and_shares_nothing(
    fahd: Person, sara: Person, fahd_client: Client, dnssec: CannedReply
) -> None:
    form = {"name_ar": "ترحيب", "scope": "personal", "text_ar": "مرحبًا {{requester}}", "is_active": "on"}
    assert fahd_client.post(f"{SHELF}replies/new/", {**form, "scope": "everyone"}).status_code == 422
    assert fahd_client.post(f"{SHELF}replies/new/", form).status_code == 302
    mine = CannedReply.objects.get(owner=fahd)
    assert fahd_client.post(f"{SHELF}replies/{mine.pk}/", {**form, "name_ar": "تحية"}).status_code == 302
    assert [change.verb for change in Change.objects.filter(by=fahd).order_by("pk")] == ["added", "changed"]
    assert "تحية" in fahd_client.get(f"{SHELF}replies/{mine.pk}/").content.decode()
    assert fahd_client.get(f"{SHELF}replies/{dnssec.pk}/").status_code == 200
    assert fahd_client.post(f"{SHELF}replies/{dnssec.pk}/", form).status_code == 404
    assert fahd_client.post(f"{SHELF}replies/{dnssec.pk}/removal/").status_code == 404
    assert fahd_client.get(f"{SHELF}signatures/new/").status_code == 404
    assert fahd_client.get(f"{SHELF}articles/new/").status_code == 404


def test_nobody_reads_anothers_personal_reply(fahd: Person, sara: Person, lama_client: Client) -> None:
    reply = CannedReply(name_ar="سر", text_ar="سر", owner=sara)
    replies_actions.save(reply, by=sara)
    assert lama_client.get(f"{SHELF}replies/{reply.pk}/").status_code == 404


def test_a_lead_shares_with_their_team(fahd: Person, team: Team) -> None:
    Person.objects.filter(pk=fahd.pk).update(role=Role.LEAD)
    client = signed_in(Person.objects.get(pk=fahd.pk))
    form = {"name_ar": "ترحيب", "scope": "team", "text_ar": "مرحبًا", "is_active": "on"}
    assert client.post(f"{SHELF}replies/new/", form).status_code == 422
    assert client.post(f"{SHELF}replies/new/", {**form, "team": team.pk}).status_code == 302
    assert CannedReply.objects.get().team == team


def test_an_administrator_writes_macros_signatures_and_articles(lama_client: Client) -> None:
    macro = {
        "name_ar": "تعليق",
        "scope": "everyone",
        "party": "المستضيف",
        "reason": "ننتظر",
        "is_active": "on",
    }
    assert lama_client.post(f"{SHELF}macros/new/", {**macro, "reason": ""}).status_code == 422
    assert lama_client.post(f"{SHELF}macros/new/", macro).status_code == 302
    assert Macro.objects.get().steps == [{"do": "hold", "party": "المستضيف", "reason": "ننتظر"}]
    signature = {"language": "ar", "text": "المركز"}
    assert lama_client.post(f"{SHELF}signatures/new/", signature).status_code == 302
    assert lama_client.post(f"{SHELF}signatures/new/", signature).status_code == 422
    article = {
        "title_ar": "نقل النطاق",
        "title_en": "Transfer a domain",
        "text_ar": "## خطوات",
        "is_published": "on",
    }
    assert lama_client.post(f"{SHELF}articles/new/", article).status_code == 302
    assert Article.objects.get().slug == "transfer-a-domain"
    for kind in ("replies", "macros", "signatures", "articles"):
        assert lama_client.get(f"/en/desk/ready/{kind}/").status_code == 200
        assert lama_client.get(f"{SHELF}{kind}/new/").status_code == 200
    shown = lama_client.post(f"{SHELF}articles/preview/", article).content.decode()
    assert '<h3 dir="auto">خطوات</h3>' in shown


def test_drafts_of_several_people_stand_side_by_side(
    fahd: Person, sara: Person, fahd_client: Client, open_a_ticket: Any
) -> None:
    ticket = open_a_ticket()
    for client, text in ((fahd_client, "نص فهد"), (signed_in(sara), "نص سارة")):
        client.post(at(ticket, "drafts", "answer", str(uuid.uuid4())), {"text": text})
        page = client.get(at(ticket)).content.decode()
        assert text in page
    assert "نص سارة" not in fahd_client.get(at(ticket)).content.decode()


@pytest.mark.undo
def test_an_answer_is_taken_back_by_a_plain_button(
    fahd: Person, sara: Person, fahd_client: Client, open_a_ticket: Any
) -> None:
    ticket = open_a_ticket()
    fahd_client.post(at(ticket, "answers"), letter(ticket, "تم الحفظ.", files=picture()))
    answer = Message.objects.get(kind="answer")
    back = at(ticket, "answers", str(answer.pk), "retraction")
    assert f'action="{back}' in fahd_client.get(at(ticket)).content.decode()
    other = signed_in(sara)
    assert f'action="{back}' not in other.get(at(ticket)).content.decode()
    assert other.post(back).status_code == 409
    page = fahd_client.post(back, follow=True).content.decode()
    assert "تم الحفظ.</textarea>" in page
    ticket.refresh_from_db()
    assert (ticket.status, ticket.assignee) == (Status.WITH_CENTRE, None)
    assert fahd_client.post(back).status_code == 409
