"""One mail that came in: what it says, its layout behind three walls, its bytes, and what staff decide on it."""

import base64
import re
from typing import Any

import pytest
from django.test import Client

from tawasul.accounts.models import Person
from tawasul.attachments import actions as attachments
from tawasul.mail.models import IncomingMail
from tawasul.tickets import actions
from tawasul.tickets.models import Attachment, Channel, Message, Ticket
from tawasul.tickets.writers import Writer
from tests.desk.mails import RAW, STRANGER, In, came_in, held_by_door
from tests.portal.forms import png

pytestmark = pytest.mark.django_db


def at(mail: IncomingMail, *rest: str) -> str:
    return f"/en/desk/mail/in/{mail.pk}/" + "".join(rest)


def page(client: Client, mail: IncomingMail, query: str = "") -> str:
    answer = client.get(at(mail, query))
    assert answer.status_code == 200
    return answer.content.decode()


def by_mail(ticket: Ticket, noura: Person, **fields: Any) -> Message:
    """A letter of hers that came by mail."""
    message = actions.follow_up(ticket, by=Writer.of(noura), text="The writer's own words.")
    assert message is not None
    Message.objects.filter(pk=message.pk).update(channel=Channel.MAIL, **fields)
    message.refresh_from_db()
    return message


def test_the_page_says_who_when_what_and_why(fahd_client: Client, ticket: Ticket) -> None:
    mail = came_in(
        ticket=ticket, copies=3, envelope_from="ahmad@hosting.example", notes=["not_terminated", "x"]
    )
    seen = page(fahd_client, mail)
    for words in (
        STRANGER, "We changed the servers.", "Somebody else answered", ticket.spoken_number, "came 3 times", "LMTP",
        "mx.example; dmarc=pass", "&lt;one@hosting.example&gt;", "something was lost on the way",
    ):  # fmt: skip
        assert words in seen, words


def test_a_mail_that_became_a_letter_leads_to_it_and_folds_the_rest(
    fahd_client: Client, ticket: Ticket, noura: Person
) -> None:
    letter = by_mail(ticket, noura, rest="> the quotation")
    mail = came_in(ticket=ticket, letter=letter, state=In.DONE, outcome="followed_up", reason="")
    seen = page(fahd_client, mail)
    assert f"/en/desk/tickets/{ticket.spoken_number}/#message-{letter.pk}" in seen
    assert "Became a follow-up" in seen
    folded = seen[seen.index('<details class="rest"') :]
    assert "&gt; the quotation" in folded[: folded.index("</details>")]
    assert "Read it again" not in seen, "what it became is not made twice"


def test_the_rest_of_a_held_mail_is_read_from_the_original_when_asked_for(fahd_client: Client) -> None:
    mail = held_by_door()
    assert "Please change them" not in page(fahd_client, mail)
    assert "&gt; Please change them." in page(fahd_client, mail, "?rest=1")
    mail.raw.delete()
    assert "The original could not be read just now" in page(fahd_client, mail, "?rest=1")


def test_the_original_is_octets_that_no_browser_opens(fahd_client: Client) -> None:
    mail = held_by_door()
    answer = fahd_client.get(at(mail, "original/"))
    assert answer.content == RAW
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"] == f'attachment; filename="{mail.pk}.eml"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    mail.raw.delete()
    assert fahd_client.get(at(mail, "original/")).status_code == 404
    assert fahd_client.get(at(mail)).status_code == 200, "the row is shown without its bytes"


EVIL = (
    '<p onclick="x()">Hello</p><script>alert(1)</script><style>body{display:none}</style><form action="/x">'
    "<input></form>"
    '<iframe src="https://a.example"></iframe><a href="javascript:alert(1)">a</a><base href="https://a.example">'
    '<meta http-equiv="refresh" content="0"><img src="https://track.example/p.gif" alt="Banner">'
)


def test_the_layout_is_cleaned_again_and_its_document_may_do_nothing(fahd_client: Client) -> None:
    mail = came_in(html=EVIL)  # as if the first cleaning had missed it all
    answer = fahd_client.get(at(mail, "html/"))
    body, policy = answer.content.decode(), answer["Content-Security-Policy"]
    for trace in (
        "onclick",
        "<script",
        "display:none",
        "<form",
        "<input",
        "<iframe",
        "javascript:",
        "a.example",
    ):
        assert trace not in body, trace
    assert body.count("<base") == 1 and "http-equiv" not in body
    assert "Hello" in body
    assert "track.example" not in body, "nothing of it is loaded before somebody asks"
    rules = dict(rule.partition(" ")[::2] for rule in policy.split("; "))
    assert rules["default-src"] == "'none'"
    assert rules["img-src"] == "data:"
    assert rules["style-src"] == "'unsafe-inline'"
    assert rules["sandbox"] == "allow-popups allow-popups-to-escape-sandbox"
    assert "script-src" not in rules


def test_pictures_from_elsewhere_are_loaded_only_when_asked_for_and_only_over_https(
    fahd_client: Client,
) -> None:
    mail = came_in(html=EVIL)
    assert "Show pictures" in page(fahd_client, mail, "?view=html")
    answer = fahd_client.get(at(mail, "html/?pictures=1"))
    assert 'src="https://track.example/p.gif"' in answer.content.decode()
    assert "img-src data: https:;" in answer["Content-Security-Policy"]
    assert "/html/?pictures=1" in page(fahd_client, mail, "?view=html&pictures=1")


def test_the_frame_on_the_page_has_neither_scripts_nor_our_origin(fahd_client: Client) -> None:
    mail = came_in(html="<p>Hello</p>")
    answer = fahd_client.get(at(mail, "?view=html"))
    frame = re.search(r"<iframe[^>]*>", answer.content.decode())
    assert frame
    assert 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in frame[0]
    assert answer["Content-Security-Policy"].endswith("; frame-src 'self'")
    assert "<iframe" not in page(fahd_client, mail), "the text is shown first"
    assert "Show pictures" not in page(fahd_client, mail, "?view=html"), "there is none from elsewhere"


def test_pictures_within_the_mail_come_from_the_ticket_s_stored_files(
    fahd_client: Client, ticket: Ticket, noura: Person
) -> None:
    letter = by_mail(ticket, noura, file_count=1)
    picture = png(size=16)
    file = attachments.store(picture, by=noura)
    Attachment.objects.create(message=letter, file=file, content_id="logo+1@x")
    mail = came_in(
        ticket=ticket, letter=letter, html='<img src="cid:logo%2B1@x" alt="A"><img src="cid:other@x" alt="B">'
    )
    body = fahd_client.get(at(mail, "html/")).content.decode()
    picture.seek(0)
    assert f'src="data:image/png;base64,{base64.b64encode(picture.read()).decode()}"' in body
    assert "cid:" not in body
    assert body.count(" src=") == 1, "what is not stored keeps its words alone"


def test_a_mail_without_layout_has_no_document(fahd_client: Client) -> None:
    mail = came_in()
    assert fahd_client.get(at(mail, "html/")).status_code == 404
    assert "view=html" not in page(fahd_client, mail)


def test_a_held_mail_is_accepted_from_the_ticket_and_from_its_own_page(
    fahd_client: Client, fahd: Person, ticket: Ticket
) -> None:
    mail = held_by_door(ticket=ticket)
    answer = fahd_client.post(at(mail, "acceptance/"), {"from": "ticket"})
    mail.refresh_from_db()
    assert (mail.state, mail.outcome, mail.decided_by) == (In.DONE, "followed_up", fahd)
    assert answer["Location"] == f"/en/desk/tickets/{ticket.spoken_number}/#message-{mail.letter_id}"
    assert ticket.messages.filter(kind="follow_up").count() == 1
    fahd_client.post(at(mail, "acceptance/"))
    assert ticket.messages.filter(kind="follow_up").count() == 1, "pressed twice, it is one letter"
    assert "Decided by" in page(fahd_client, mail) and "فهد العتيبي" in page(fahd_client, mail)


def test_a_held_mail_becomes_a_ticket(fahd_client: Client, ticket: Ticket, service: Any) -> None:
    mail = held_by_door(ticket=ticket)
    answer = fahd_client.post(at(mail, "ticket/"))
    made = Ticket.objects.exclude(pk=ticket.pk).get()
    assert answer["Location"] == f"/en/desk/tickets/{made.spoken_number}/"
    assert made.requester_email == STRANGER


@pytest.mark.parametrize("state", [In.HELD, In.PARKED])
def test_a_mail_is_discarded_and_stays_in_the_ledger(
    fahd_client: Client, fahd: Person, ticket: Ticket, state: str
) -> None:
    mail = held_by_door(ticket=ticket, state=state)
    answer = fahd_client.post(at(mail, "discarding/"), {"from": "ticket"})
    assert answer["Location"] == f"/en/desk/tickets/{ticket.spoken_number}/"
    mail.refresh_from_db()
    assert (mail.state, mail.decided_by) == (In.DISCARDED, fahd)
    assert "Discarded by staff" in page(fahd_client, mail)


def test_a_parked_mail_is_read_again(fahd_client: Client, fahd: Person) -> None:
    mail = held_by_door(state=In.PARKED, reason="reader_broke")
    assert "Read it again" in page(fahd_client, mail)
    answer = fahd_client.post(at(mail, "replay/"), follow=True)
    assert "will be read again in a moment" in answer.content.decode()
    mail.refresh_from_db()
    assert (mail.state, mail.decided_by) == (In.WAITING, fahd)


def test_what_somebody_decided_meanwhile_is_said_and_not_done_again(
    fahd_client: Client, ticket: Ticket, sara: Person
) -> None:
    mail = came_in(ticket=ticket, state=In.DISCARDED, decided_by=sara)
    for deed in ("acceptance/", "ticket/"):
        answer = fahd_client.post(at(mail, deed), follow=True)
        assert "Somebody decided on this mail meanwhile" in answer.content.decode()
    assert Ticket.objects.count() == 1


def test_a_mail_beside_no_ticket_cannot_be_a_follow_up(fahd_client: Client) -> None:
    mail = held_by_door()
    assert "acceptance/" not in page(fahd_client, mail)
    answer = fahd_client.post(at(mail, "acceptance/"), follow=True)
    assert "The mail names no ticket" in answer.content.decode()


def test_the_ticket_shows_what_is_held_beside_it_what_was_folded_and_what_was_refused(
    fahd_client: Client, ticket: Ticket, noura: Person
) -> None:
    letter = by_mail(ticket, noura, rest="> folded away")
    letter.refused_files.create(name="logs.zip", size=2048, reason="kind_other?label=ZIP")
    came_in(ticket=ticket, letter=letter, state=In.DONE, outcome="followed_up", html="<p>x</p>")
    held = came_in(ticket=ticket, text="Use ns3 instead.")
    came_in(
        ticket=ticket, state=In.DONE, outcome="auto_reply", subject="Out of office", text="never shown here"
    )
    seen = fahd_client.get(f"/en/desk/tickets/{ticket.spoken_number}/").content.decode()
    for words in (
        "by e-mail", "&gt; folded away", "logs.zip", "ZIP files are not allowed", "Use ns3 instead.", STRANGER,
        "Held beside this ticket", "Somebody else answered", "Out of office", "An automatic reply",
        f"/en/desk/mail/in/{held.pk}/acceptance/", f"/en/desk/mail/in/{held.pk}/discarding/", "?view=html",
    ):  # fmt: skip
        assert words in seen, words
    assert "never shown here" not in seen
    assert "&lt;p" not in seen, "no letter's own markup turned into text"


def test_the_deeds_want_the_page_s_own_token(fahd: Person, ticket: Ticket) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(fahd)
    mail = held_by_door(ticket=ticket)
    for deed in ("acceptance/", "ticket/", "discarding/", "replay/"):
        assert browser.post(at(mail, deed)).status_code == 403
    mail.refresh_from_db()
    assert mail.state == In.HELD


@pytest.mark.parametrize(("lines", "size"), [(2, "short"), (12, "middle"), (60, "long")])
def test_the_frame_of_a_mail_is_as_tall_as_its_text_is_long(
    fahd_client: Client, lines: int, size: str
) -> None:
    mail = held_by_door(html="<p>x</p>", text="سطر من الرسالة\n" * lines)
    assert f'data-size="{size}"' in page(fahd_client, mail, "?view=html")
