"""A ticket's page: who wrote what, whose turn it is, and what the customer can do from there."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from pytest_django.fixtures import DjangoAssertNumQueries

from tawasul.accounts.models import Person, TermsVersion
from tawasul.core import clock
from tawasul.tickets import actions
from tawasul.tickets.models import CloseReason, Draft, Message, Status, Ticket
from tawasul.tickets.writers import Writer
from tests.portal.forms import hidden_fields, png
from tests.world import OpenATicket, signed_in

SCRIPT = {"X-Requested-With": "XMLHttpRequest"}


def page_of(ticket: Ticket, language: str = "ar") -> str:
    return f"/{language}/tickets/{ticket.spoken_number}/"


def arabic(digits: str) -> str:
    return digits.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))


def test_the_page_says_who_wrote_what_and_whose_turn_it_is(
    noura_client: Client, ticket: Ticket, fahd: Person
) -> None:
    actions.answer(ticket, by=fahd, text="**افتح** المنفذ 53.")
    html = noura_client.get(page_of(ticket)).text
    assert 'data-turn="you"' in html
    assert "فهد العتيبي" in html
    assert "<strong>افتح</strong>" in html
    assert html.count('class="letter"') == 2
    assert "هـ" in html  # the Hijri date of the closing


def test_an_internal_note_never_reaches_the_customer(
    noura_client: Client, ticket: Ticket, fahd: Person
) -> None:
    actions.note(ticket, by=fahd, text="شبهة احتيال")
    for address in (page_of(ticket), f"{page_of(ticket)}receipt/"):
        assert "شبهة احتيال" not in noura_client.get(address).text


@pytest.mark.parametrize("write", [lambda n: n, lambda n: arabic(n), lambda n: arabic(n[:4]) + "-" + n[4:]])
def test_a_number_is_understood_however_it_is_written(noura_client: Client, ticket: Ticket, write) -> None:  # type: ignore[no-untyped-def]
    answer = noura_client.get(f"/ar/tickets/{write(ticket.number)}/")
    assert answer.status_code == 302
    assert answer["Location"] == page_of(ticket)


def _without_address(html: str) -> str:
    """The page without its own address, which stands in the language and theme links, and without tokens."""
    html = re.sub(r"next=[^\"&]*", "", html)
    return re.sub(r'value="[A-Za-z0-9]{64}"', "", html)


def test_a_foreign_ticket_and_an_unknown_number_get_the_same_answer(
    khalid_client: Client, ticket: Ticket
) -> None:
    unknown = next(n for n in ("0000-0000", "1111-1117") if n.replace("-", "") != ticket.number)
    answers = [
        khalid_client.get(f"/ar/tickets/{number}/")
        for number in (ticket.spoken_number, unknown, "1234-1234", "123456789012345678901234")
    ]
    assert {a.status_code for a in answers} == {404}
    assert len({_without_address(a.text) for a in answers}) == 1


@pytest.mark.parametrize("what", ["receipt/", "follow-ups/", "closure/", "reopening/"])
def test_nothing_of_a_foreign_ticket_answers(khalid_client: Client, ticket: Ticket, what: str) -> None:
    address = page_of(ticket) + what
    answer = khalid_client.get(address) if what == "receipt/" else khalid_client.post(address, {"text": "x"})
    assert answer.status_code == 404
    ticket.refresh_from_db()
    assert (ticket.status, ticket.message_count) == (Status.WITH_CENTRE, 1)


def test_whoever_is_not_signed_in_signs_in_first_and_comes_back(client: Client, ticket: Ticket) -> None:
    looked = client.get(page_of(ticket))
    assert looked.status_code == 302
    assert looked["Location"].endswith(f"?next={page_of(ticket)}")
    wrote = client.post(f"{page_of(ticket)}follow-ups/", {"text": "x"})
    assert wrote["Location"].endswith(f"?next={page_of(ticket)}")  # not to an address that takes no GET


def test_a_follow_up_gives_the_turn_to_the_centre(noura_client: Client, ticket: Ticket, fahd: Person) -> None:
    actions.answer(ticket, by=fahd, text="جرّب.")
    form = hidden_fields(noura_client.get(page_of(ticket)))
    files = [png("نتيجة.png")]
    sent = noura_client.post(f"{page_of(ticket)}follow-ups/", form | {"text": "لم ينجح.", "files": files})
    assert sent.status_code == 303
    ticket.refresh_from_db()
    assert ticket.status == Status.WITH_CENTRE
    assert ticket.close_due_at is None
    message = ticket.messages.get(kind=Message.Kind.FOLLOW_UP)
    assert message.file_count == 1
    after = noura_client.get(page_of(ticket)).text
    assert "لم ينجح." in after
    assert "نتيجة.png" in after


def test_a_follow_up_sent_twice_is_one_message(noura_client: Client, ticket: Ticket) -> None:
    form = hidden_fields(noura_client.get(page_of(ticket))) | {"text": "مرة واحدة"}
    answers = [noura_client.post(f"{page_of(ticket)}follow-ups/", form) for _ in range(2)]
    assert {a.status_code for a in answers} == {303}
    assert ticket.messages.filter(kind=Message.Kind.FOLLOW_UP).count() == 1


def test_an_empty_follow_up_comes_back_with_its_files_kept(noura_client: Client, ticket: Ticket) -> None:
    form = hidden_fields(noura_client.get(page_of(ticket)))
    page = noura_client.post(f"{page_of(ticket)}follow-ups/", form | {"text": " ", "files": png("kept.png")})
    assert page.status_code == 422
    assert 'href="#id_text"' in page.text
    assert (
        f'next={page_of(ticket)}"' in page.text
    )  # a change of language leads to a page, not to a form's address
    assert "kept.png" in page.text
    sent = noura_client.post(f"{page_of(ticket)}follow-ups/", hidden_fields(page) | {"text": "مع الملف"})
    assert sent.status_code == 303
    assert ticket.messages.get(kind=Message.Kind.FOLLOW_UP).file_count == 1


def test_a_half_written_follow_up_survives_a_closed_browser(
    noura: Person, noura_client: Client, ticket: Ticket
) -> None:
    form = hidden_fields(noura_client.get(page_of(ticket))) | {"text": "نصف متابعة"}
    assert noura_client.post(f"/ar/drafts/{form['draft']}/", form, headers=SCRIPT).status_code == 204
    assert "نصف متابعة" in signed_in(noura).get(page_of(ticket)).text


def test_a_follow_up_to_a_ticket_closed_meanwhile_is_kept_and_offered_for_reopening(
    noura_client: Client, ticket: Ticket, fahd: Person
) -> None:
    form = hidden_fields(noura_client.get(page_of(ticket))) | {"text": "نصٌّ طويل كُتب على مهل"}
    actions.close(ticket, by=Writer.of(fahd), reason=CloseReason.SOLVED_BY_STAFF)
    page = noura_client.post(f"{page_of(ticket)}follow-ups/", form | {"files": png("مهم.png")})
    assert page.status_code == 409
    assert "نصٌّ طويل كُتب على مهل" in page.text
    assert "مهم.png" in page.text
    assert f"{page_of(ticket)}reopening/" in page.text
    assert ticket.messages.count() == 1
    again = hidden_fields(page) | {"text": form["text"]}
    for _ in range(2):
        assert noura_client.post(f"{page_of(ticket)}reopening/", again).status_code == 303
    assert ticket.messages.get(kind=Message.Kind.FOLLOW_UP).file_count == 1


def test_a_follow_up_that_is_too_long_for_a_closed_ticket_is_not_lost_either(
    noura: Person, noura_client: Client, ticket: Ticket
) -> None:
    actions.close(ticket, by=Writer.of(noura), reason=CloseReason.SOLVED_BY_CUSTOMER)
    page = noura_client.post(f"{page_of(ticket)}follow-ups/", {"text": "طويل " * 1200})
    assert page.status_code == 409
    assert page.text.count("طويل") >= 1200


def test_the_customer_closes_with_a_comment_and_may_reopen(noura_client: Client, ticket: Ticket) -> None:
    closed = noura_client.post(f"{page_of(ticket)}closure/", {"comment": "شكرًا"})
    assert closed.status_code == 303
    ticket.refresh_from_db()
    assert ticket.close_reason == CloseReason.SOLVED_BY_CUSTOMER
    again = noura_client.post(f"{page_of(ticket)}closure/", {}, follow=True)  # the second press
    assert again.status_code == 200
    assert "شكرًا" in again.text
    assert 'data-turn="closed"' in again.text
    empty = noura_client.post(f"{page_of(ticket)}reopening/", {"text": ""})
    assert empty.status_code == 422
    for _ in range(2):
        assert noura_client.post(f"{page_of(ticket)}reopening/", {"text": "عادت"}).status_code == 303
    ticket.refresh_from_db()
    assert ticket.status == Status.WITH_CENTRE
    assert ticket.messages.filter(text="عادت").count() == 1


def test_after_thirty_days_a_new_ticket_refers_to_the_closed_one(
    noura: Person, noura_client: Client, ticket: Ticket
) -> None:
    actions.close(ticket, by=Writer.of(noura), reason=CloseReason.SOLVED_BY_CUSTOMER)
    with time_machine.travel(clock.now() + timedelta(days=30, seconds=5)):
        client = signed_in(noura)
        late = client.post(f"{page_of(ticket)}reopening/", {"text": "عادت متأخرة"})
        assert late.status_code == 409
        assert "عادت متأخرة" in late.text
        assert f"/ar/tickets/new/?follows={ticket.spoken_number}" in late.text
    ticket.refresh_from_db()
    assert ticket.status == Status.CLOSED


def test_on_the_thirtieth_day_it_can_still_be_reopened(noura: Person, ticket: Ticket) -> None:
    actions.close(ticket, by=Writer.of(noura), reason=CloseReason.SOLVED_BY_CUSTOMER)
    with time_machine.travel(clock.now() + timedelta(days=30) - timedelta(seconds=30)):
        assert signed_in(noura).post(f"{page_of(ticket)}reopening/", {"text": "عادت"}).status_code == 303
    ticket.refresh_from_db()
    assert ticket.status == Status.WITH_CENTRE


def test_what_a_stranger_types_is_text_on_the_page(noura_client: Client, open_a_ticket: OpenATicket) -> None:
    bad = "<img src=x onerror=alert(1)>\"'{{7*7}}{%raw%}"
    html = noura_client.get(page_of(open_a_ticket(subject=bad, text=bad, wanted=bad))).text
    assert "<img src=x" not in html
    assert "{{7*7}}" in html


def test_the_receipt_has_what_a_complaint_elsewhere_needs(
    noura_client: Client, ticket: Ticket, fahd: Person
) -> None:
    actions.answer(ticket, by=fahd, text="جواب")
    html = noura_client.get(f"{page_of(ticket, 'en')}receipt/").text
    for piece in (ticket.spoken_number, ticket.subject, "Technical problem", "Answer promised by", "1448"):
        assert piece in html
    for piece in ("نقلنا الاستضافة", "أرجو حفظ الخادمين"):  # the problem and the help wanted
        assert piece in html


def test_a_page_of_fifty_letters_costs_the_same_few_queries(
    noura: Person,
    noura_client: Client,
    ticket: Ticket,
    fahd: Person,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    noura_client.get(page_of(ticket))
    # session, person, ticket with its service, letters, events, draft
    with django_assert_num_queries(6):
        noura_client.get(page_of(ticket))
    for number in range(24):
        actions.answer(ticket, by=fahd, text=f"جواب {number}")
        actions.follow_up(ticket, by=Writer.of(noura), text=f"متابعة {number}")
    assert Message.objects.filter(ticket=ticket).count() == 49
    with django_assert_num_queries(6):
        page = noura_client.get(page_of(ticket))
    assert page.text.count('class="letter"') == 49


def test_files_and_a_draft_cost_two_queries_more(
    noura: Person,
    noura_client: Client,
    ticket: Ticket,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for name in ("a.png", "b.png"):
        form = hidden_fields(noura_client.get(page_of(ticket)))
        noura_client.post(f"{page_of(ticket)}follow-ups/", form | {"text": "ملف", "files": png(name)})
    Draft.objects.create(kind=Draft.Kind.FOLLOW_UP, owner=noura, ticket=ticket, fields={"text": "…"})
    noura_client.get(page_of(ticket))
    with django_assert_num_queries(8):  # and the letters' files, and the draft's
        noura_client.get(page_of(ticket))


@pytest.mark.parametrize("what", ["follow-ups/", "closure/", "reopening/"])
def test_what_changes_a_ticket_takes_no_get(noura_client: Client, ticket: Ticket, what: str) -> None:
    assert noura_client.get(page_of(ticket) + what).status_code == 405


def test_without_the_forms_token_nothing_happens(noura: Person, ticket: Ticket) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(noura)
    answer = strict.post(f"{page_of(ticket)}closure/", {})
    assert answer.status_code == 403
    assert 'lang="ar"' in answer.text
    ticket.refresh_from_db()
    assert ticket.status == Status.WITH_CENTRE


def test_the_terms_page_shows_the_current_text_in_the_pages_language(
    client: Client, terms: TermsVersion
) -> None:
    newer = TermsVersion.objects.create(version="9", text_ar="## نصٌّ جديد", text_en="## A new text")
    assert "A new text" in client.get("/en/terms/").text
    assert "نصٌّ جديد" in client.get("/ar/terms/").text
    assert "page-notice" not in client.get("/ar/terms/").text
    assert client.get(f"/ar/terms/?version={terms.version}").status_code == 200
    assert client.get("/ar/terms/?version=none").status_code == 404
    assert newer.version in client.get("/en/terms/").text
