"""Answers reach the customer, notes never do, and what was typed is never lost."""

import re
import uuid
from datetime import timedelta
from html.parser import HTMLParser
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from PIL import Image

from tawasul.accounts.models import Person
from tawasul.core import centre
from tawasul.tickets import actions
from tawasul.tickets.models import Draft, Message, Status, Ticket
from tawasul.tickets.writers import Writer

pytestmark = pytest.mark.django_db


def at(ticket: Ticket, *rest: str) -> str:
    return f"/ar/desk/tickets/{ticket.spoken_number}/" + "".join(f"{part}/" for part in rest)


def letter(ticket: Ticket, text: str, **more: Any) -> dict[str, Any]:
    """A form as the page would send it: the newest letter seen, and a key of its own."""
    newest = ticket.messages.exclude(kind="note").order_by("pk").last()
    return {"text": text, "draft": str(uuid.uuid4()), "seen": str(newest.pk if newest else 0), **more}


def tags(html: str) -> list[tuple[str, dict[str, str]]]:
    """The elements that a browser would make of the HTML."""
    found: list[tuple[str, dict[str, str]]] = []
    parser = HTMLParser()
    parser.handle_starttag = lambda tag, attrs: found.append((tag, {k: v or "" for k, v in attrs}))  # type: ignore[method-assign]
    parser.feed(html)
    return found


def picture(name: str = "شاشة.png") -> SimpleUploadedFile:
    out = BytesIO()
    Image.new("RGB", (8, 8), "green").save(out, "PNG")
    return SimpleUploadedFile(name, out.getvalue(), "image/png")


def test_an_answer_turns_the_ticket_to_the_customer(
    fahd: Person, fahd_client: Client, open_a_ticket: Any
) -> None:
    ticket = open_a_ticket()
    answer = fahd_client.post(at(ticket, "answers"), letter(ticket, "تم **الحفظ**."))
    message = Message.objects.get(kind="answer")
    assert answer["Location"] == f"{at(ticket)}#message-{message.pk}"
    ticket.refresh_from_db()
    assert (ticket.status, ticket.assignee) == (Status.WITH_CUSTOMER, fahd)
    assert "<strong>الحفظ</strong>" in message.html


def test_a_note_changes_no_turn_and_never_reaches_the_customer(
    fahd_client: Client, noura_client: Client, open_a_ticket: Any
) -> None:
    ticket = open_a_ticket()
    fahd_client.post(at(ticket, "notes"), letter(ticket, "سر داخلي"))
    note = Message.objects.get(kind="note")
    ticket.refresh_from_db()
    assert ticket.status == Status.WITH_CENTRE
    seen = noura_client.get(f"/ar/tickets/{ticket.spoken_number}/").content.decode()
    assert "سر داخلي" not in seen
    assert f"message-{note.pk}" not in seen
    assert "سر داخلي" not in noura_client.get(f"/ar/tickets/{ticket.spoken_number}/receipt/").content.decode()


def test_a_notes_file_is_hidden_from_the_customer(
    fahd_client: Client, noura_client: Client, open_a_ticket: Any
) -> None:
    ticket = open_a_ticket()
    fahd_client.post(at(ticket, "notes"), letter(ticket, "انظر الصورة", files=picture()))
    file = Message.objects.get(kind="note").attachments.get().file
    original = fahd_client.get(f"/ar/files/{file.pk}/original/")
    assert original.status_code == 200
    assert b"".join(original.streaming_content).startswith(b"\x89PNG")  # type: ignore[attr-defined]
    assert noura_client.get(f"/ar/files/{file.pk}/original/").status_code == 404
    assert noura_client.get(f"/ar/files/{file.pk}/").status_code == 404


def test_a_note_looks_like_no_answer(fahd_client: Client, open_a_ticket: Any) -> None:
    ticket = open_a_ticket()
    fahd_client.post(at(ticket, "notes"), letter(ticket, "x"))
    answering = fahd_client.get(at(ticket)).content.decode()
    noting = fahd_client.get(at(ticket), {"compose": "note"}).content.decode()
    assert 'data-from="note"' in answering
    assert 'class="composer note"' in noting
    assert 'class="composer note"' not in answering
    assert "احفظ الملاحظة" in noting
    assert "احفظ الملاحظة" not in answering
    assert f'action="{at(ticket, "notes")}?' in noting
    assert f'action="{at(ticket, "answers")}?' not in noting


@pytest.mark.parametrize(
    "typed",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](data:text/html,<script>alert(1)</script>)",
        "![x](https://example.com/track.png)",
        '<a href="https://x" onclick="alert(1)">x</a>',
        "`<b onmouseover=alert(1)>`",
        "<svg/onload=alert(1)>",
    ],
)
def test_markdown_carries_nothing_that_runs(fahd_client: Client, open_a_ticket: Any, typed: str) -> None:
    ticket = open_a_ticket()
    fahd_client.post(at(ticket, "answers"), letter(ticket, typed))
    preview = fahd_client.post(
        at(ticket, "preview", "answer"), {"text": typed}, headers={"HX-Request": "true"}
    )
    for shown in (
        Message.objects.get(kind="answer").html,
        re.sub(r"<svg.*?</svg>", "", preview.content.decode()),
    ):
        for tag, attributes in tags(shown):
            assert tag not in {"script", "img", "svg", "iframe", "object", "style"}
            assert not any(name.startswith("on") or name == "style" for name in attributes)
            assert attributes.get("href", "https:").startswith(("https:", "http:", "mailto:"))


def test_each_paragraph_has_its_own_direction(fahd_client: Client, open_a_ticket: Any) -> None:
    ticket = open_a_ticket()
    fahd_client.post(at(ticket, "answers"), letter(ticket, "مرحبًا\n\nHello\n\n- بند"))
    blocks = [
        attributes.get("dir")
        for tag, attributes in tags(Message.objects.get(kind="answer").html)
        if tag in {"p", "ul"}
    ]
    assert blocks in (["auto", "auto", "rtl"], ["auto", "auto", "auto"])


def test_two_presses_make_one_answer(fahd_client: Client, open_a_ticket: Any) -> None:
    ticket = open_a_ticket()
    form = letter(ticket, "مرة واحدة")
    first, second = (fahd_client.post(at(ticket, "answers"), form) for _press in range(2))
    assert first["Location"] == second["Location"]
    assert Message.objects.filter(kind="answer").count() == 1


def test_an_empty_answer_is_refused_and_its_files_are_kept(fahd_client: Client, open_a_ticket: Any) -> None:
    ticket = open_a_ticket()
    form = letter(ticket, "   ", files=picture())
    page = fahd_client.post(at(ticket, "answers"), form)
    assert page.status_code == 422
    text = page.content.decode()
    assert "شاشة.png" in text
    assert form["draft"] in text
    assert 'aria-invalid="true"' in text
    sent = fahd_client.post(at(ticket, "answers"), {**form, "text": "الآن", "files": ""})
    assert sent.status_code == 302
    assert Message.objects.get(kind="answer").attachments.count() == 1


def test_a_refused_file_says_why_and_loses_nothing(fahd_client: Client, open_a_ticket: Any) -> None:
    ticket = open_a_ticket()
    bad = SimpleUploadedFile("صورة.png", b"not a picture", "image/png")
    page = fahd_client.post(at(ticket, "answers"), letter(ticket, "نص الإجابة", files=[picture(), bad]))
    text = page.content.decode()
    assert page.status_code == 422
    assert "نص الإجابة" in text
    assert "شاشة.png" in text
    assert 'data-state="refused"' in text
    assert not Message.objects.filter(kind="answer").exists()


def test_a_letter_too_long_is_refused_with_everything_kept(fahd_client: Client, open_a_ticket: Any) -> None:
    ticket = open_a_ticket()
    page = fahd_client.post(at(ticket, "answers"), letter(ticket, "س" * 20_001))
    assert page.status_code == 422
    assert "س" * 20_001 in page.content.decode()


def test_an_answer_that_crosses_with_a_follow_up_is_held_until_it_was_read(
    fahd_client: Client, noura: Person, open_a_ticket: Any
) -> None:
    ticket = open_a_ticket()
    form = letter(ticket, "إجابتي")
    actions.follow_up(ticket, by=Writer.of(noura), text="انتظروا، تغيّر شيء")
    page = fahd_client.post(at(ticket, "answers"), form)
    text = page.content.decode()
    assert page.status_code == 409
    assert "إجابتي" in text
    assert text.count("انتظروا، تغيّر شيء") == 2, "in the correspondence, and before the button"
    assert not Message.objects.filter(kind="answer").exists()
    seen = re.search(r'name="seen"[^>]*value="(\d+)"', text)
    assert seen
    assert fahd_client.post(at(ticket, "answers"), {**form, "seen": seen[1]}).status_code == 302
    assert Message.objects.get(kind="answer").text == "إجابتي"


def test_a_colleagues_answer_is_read_first_too(fahd_client: Client, sara: Person, open_a_ticket: Any) -> None:
    ticket = open_a_ticket()
    form = letter(ticket, "إجابتي")
    actions.answer(ticket, by=sara, text="أجبت قبلك")
    assert fahd_client.post(at(ticket, "answers"), form).status_code == 409


def test_an_answer_to_a_ticket_closed_meanwhile_is_kept(
    fahd: Person, fahd_client: Client, open_a_ticket: Any
) -> None:
    ticket = open_a_ticket()
    form = letter(ticket, "إجابة لم تصل")
    actions.close(ticket, by=Writer.of(fahd), reason="solved_by_staff")
    page = fahd_client.post(at(ticket, "answers"), form)
    assert page.status_code == 409
    assert "إجابة لم تصل" in page.content.decode()
    fahd_client.post(at(ticket, "reopening"))
    assert "إجابة لم تصل" in fahd_client.get(at(ticket)).content.decode()


def test_a_draft_survives_the_browser_and_is_ones_own(
    fahd_client: Client, sara: Person, open_a_ticket: Any
) -> None:
    ticket, key = open_a_ticket(), uuid.uuid4()
    saved = fahd_client.post(at(ticket, "drafts", "answer", str(key)), {"text": "نصف إجابة"})
    assert saved.status_code == 204
    page = fahd_client.get(at(ticket)).content.decode()
    assert "نصف إجابة" in page
    assert str(key) in page
    other = Client()
    other.force_login(sara)
    assert "نصف إجابة" not in other.get(at(ticket)).content.decode()
    stolen = other.post(at(ticket, "drafts", "answer", str(key)), {"text": "لي"})
    assert stolen.status_code == 204
    assert Draft.objects.get(pk=key).fields["text"] == "نصف إجابة"


def test_an_answer_under_a_colleagues_draft_key_takes_nothing_from_the_draft(
    fahd_client: Client, sara: Person, open_a_ticket: Any
) -> None:
    ticket = open_a_ticket()
    hers = Draft.objects.create(kind=Draft.Kind.ANSWER, owner=sara, ticket=ticket, fields={"text": "مسودتها"})
    fahd_client.post(at(ticket, "answers"), letter(ticket, "جواب فهد", draft=str(hers.key)))
    sent = Message.objects.get(kind="answer")
    assert sent.text == "جواب فهد"
    assert sent.submission != hers.key
    assert Draft.objects.get().fields == {"text": "مسودتها"}


def test_what_is_sent_at_once_is_not_written_down_before(fahd_client: Client, open_a_ticket: Any) -> None:
    ticket = open_a_ticket()
    fahd_client.get(at(ticket))
    form = letter(ticket, "جواب")
    with CaptureQueriesContext(connection) as seen:
        fahd_client.post(at(ticket, "answers"), form)
    assert not [query["sql"] for query in seen.captured_queries if 'INTO "tickets_draft"' in query["sql"]]
    asked = [query["sql"] for query in seen.captured_queries if "SAVEPOINT" not in query["sql"]]
    # session, person, ticket; was it sent, is there a draft, is it somebody's; the lock, unread letters; three writes
    # one of them reads the signatures, at most once in two seconds
    assert len(asked) <= 12, "\n".join(asked)


def test_a_drafted_note_never_shows_up_as_an_answer(fahd_client: Client, open_a_ticket: Any) -> None:
    ticket, key = open_a_ticket(), uuid.uuid4()
    fahd_client.post(at(ticket, "drafts", "note", str(key)), {"text": "سر داخلي"})
    assert "سر داخلي" not in fahd_client.get(at(ticket)).content.decode()
    assert "سر داخلي" in fahd_client.get(at(ticket), {"compose": "note"}).content.decode()
    fahd_client.post(at(ticket, "answers"), letter(ticket, "للعميل", draft=str(key)))
    assert Message.objects.get(kind="answer").text == "للعميل"
    assert Draft.objects.get(pk=key).fields["text"] == "سر داخلي"


def test_an_empty_draft_writes_no_row(fahd_client: Client, open_a_ticket: Any) -> None:
    ticket = open_a_ticket()
    fahd_client.get(at(ticket))
    fahd_client.post(at(ticket, "drafts", "answer", str(uuid.uuid4())), {"text": ""})
    assert not Draft.objects.exists()


def test_files_go_into_the_draft_and_leave_it(fahd_client: Client, open_a_ticket: Any) -> None:
    ticket, key = open_a_ticket(), uuid.uuid4()
    scripted = {"HX-Request": "true"}
    rows = fahd_client.post(
        at(ticket, "drafts", "answer", str(key), "files"), {"files": picture()}, headers=scripted
    )
    assert rows.content.decode().count('<li class="file"') == 1
    removal = re.search(r'formaction="([^"]+)"', rows.content.decode())
    assert removal
    left = fahd_client.post(removal[1], headers=scripted)
    assert left.status_code == 200
    assert 'data-state="done"' not in left.content.decode()


def test_uploading_without_scripts_keeps_the_text(fahd_client: Client, open_a_ticket: Any) -> None:
    ticket, key = open_a_ticket(), uuid.uuid4()
    page = fahd_client.post(
        at(ticket, "drafts", "answer", str(key), "files"), {"text": "نص لم يُرسل", "files": picture()}
    )
    assert page.status_code == 200
    assert "نص لم يُرسل" in page.content.decode()
    assert "شاشة.png" in page.content.decode()


def test_a_preview_without_scripts_is_the_whole_page(fahd_client: Client, open_a_ticket: Any) -> None:
    ticket = open_a_ticket()
    page = fahd_client.post(at(ticket, "preview", "answer"), letter(ticket, "تم **الحفظ**"))
    assert "<strong>الحفظ</strong>" in page.content.decode()
    assert "تم **الحفظ**" in page.content.decode()
    assert not Message.objects.filter(kind="answer").exists()


def test_a_preview_without_scripts_keeps_the_chosen_files(fahd_client: Client, open_a_ticket: Any) -> None:
    ticket = open_a_ticket()
    typed = letter(ticket, "تم **الحفظ**")
    page = fahd_client.post(at(ticket, "preview", "answer"), {**typed, "files": picture()})
    assert "شاشة.png" in page.content.decode()
    fahd_client.post(at(ticket, "answers"), typed)
    assert Message.objects.get(kind="answer").attachments.get().file.name == "شاشة.png"


def test_the_customers_file_shows_on_the_desk(fahd_client: Client, noura: Person, open_a_ticket: Any) -> None:
    ticket = open_a_ticket()
    assert "أرجو حفظ الخادمين الجديدين" in fahd_client.get(at(ticket)).content.decode()


def test_a_ticket_costs_the_same_however_long_it_is(
    fahd: Person,
    fahd_client: Client,
    noura: Person,
    open_a_ticket: Any,
    django_assert_num_queries: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(centre, "KEEP", timedelta(hours=1))  # a slow machine reads the settings once, too
    ticket = open_a_ticket()
    for number in range(5):
        actions.answer(ticket, by=fahd, text=f"a{number}")
        actions.follow_up(ticket, by=Writer.of(noura), text=f"f{number}")
    fahd_client.get(at(ticket))
    # session, person; ticket; which parts it has at all, of which none is asked that is empty (draft, mails, links,
    # tags, followers, checklist, time, who else is here); letters, events; the address that mails come back from; the
    # bounded counts and those of the mail, one page of the queue, the views that are kept; the notices of the bar
    with django_assert_num_queries(13):
        fahd_client.get(at(ticket))


def test_from_a_file_one_comes_back_to_the_desk(fahd_client: Client, open_a_ticket: Any) -> None:
    ticket = open_a_ticket()
    fahd_client.post(at(ticket, "answers"), letter(ticket, "انظر", files=picture()))
    file = Message.objects.get(kind="answer").attachments.get().file
    assert f'href="{at(ticket)}"' in fahd_client.get(f"/ar/files/{file.pk}/").content.decode()
