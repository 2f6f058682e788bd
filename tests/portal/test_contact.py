"""Writing to the centre without an account, and following the ticket through a personal link."""

import re
import uuid
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from tawasul.accounts.models import Person
from tawasul.core import clock
from tawasul.core.models import CentreSettings
from tawasul.mail.models import OutgoingMail
from tawasul.portal.views import writing
from tawasul.tickets import actions
from tawasul.tickets.models import Attachment, Channel, Draft, GuestLink, Message, Purpose, Status, Ticket
from tests.portal.forms import body, hidden_fields, png
from tests.world import OpenATicket

CONTACT = "/ar/contact/"
ADDRESS = "دعم@سجل.السعودية"
ANSWERS = {
    "name": "سالم الحربي",
    "email": ADDRESS,
    "purpose": Purpose.INQUIRY.value,
    "service": "modify-domain",
    "domain": "example.sa",
    "request_number": "",
    "subject": "اشتر الآن http://spam.example",
    "problem": "نصُّ الغريب الذي لا يظهر في بريد",
    "wanted": "أرجو الإفادة.",
    "terms": "on",
}

pytestmark = pytest.mark.usefixtures("service", "terms")


def send(browser: Client, **changed: Any) -> Any:
    """Fill the direct form and send it."""
    form = ANSWERS | hidden_fields(browser.get(f"{CONTACT}?fresh"))
    return browser.post(CONTACT, form | changed)


def mailed_link(kind: str = "direct_confirm") -> str:
    """The path of the link in the newest mail of this kind."""
    text = OutgoingMail.objects.filter(kind=kind).latest("pk").text
    found = re.search(r"https?://[^/\s]+(/\S+)", text)
    assert found
    return found[1]


def confirm(browser: Client) -> str:
    """Open the newest confirmation link and press its button; the address of the ticket's page."""
    page = browser.get(mailed_link())
    assert page.status_code == 200
    done = browser.post(mailed_link(), hidden_fields(page, 'method="post"'))
    assert done.status_code == 303
    return str(done["Location"])


@pytest.fixture
def guest(client: Client) -> tuple[Client, str]:
    """A browser in which a direct ticket was opened and confirmed, and the ticket's address there."""
    send(client)
    return client, confirm(client)


def test_a_request_reaches_the_queue_only_when_its_address_is_confirmed(client: Client) -> None:
    sent = send(client)
    assert sent.status_code == 303
    assert ADDRESS in client.get(sent["Location"]).text
    assert not Ticket.objects.exists()
    address = confirm(client)
    ticket = Ticket.objects.get()
    assert (ticket.requester, ticket.requester_email, ticket.channel) == (None, ADDRESS, Channel.DIRECT)
    assert ticket.domain_ascii == "example.sa"
    page = client.get(address)
    assert 'class="just-sent"' in page.text
    assert ANSWERS["problem"] in page.text


def test_a_mail_scanner_that_opens_the_link_confirms_nothing(client: Client) -> None:
    send(client)
    for _ in range(3):
        assert Client().get(mailed_link()).status_code == 200
    assert not Ticket.objects.exists()


def test_no_mail_carries_what_a_stranger_typed(client: Client) -> None:
    send(client)
    mail = OutgoingMail.objects.get()
    everything = f"{mail.subject}{mail.text}{mail.html}{mail.to_name}{mail.headers}"
    for typed in ("سالم", "اشتر", "spam.example", "نصُّ الغريب", "الإفادة"):
        assert typed not in everything
    assert mail.to_address == ADDRESS


def test_the_link_is_kept_only_as_a_hash(client: Client) -> None:
    send(client)
    token = mailed_link().rstrip("/").rpartition("/")[2]
    assert len(token) >= 22  # 128 bits or more
    draft = Draft.objects.get()
    assert token not in f"{draft.confirm_hash}{draft.fields}"


def test_confirming_twice_opens_one_ticket(client: Client) -> None:
    send(client)
    page = client.get(mailed_link())
    form = hidden_fields(page, 'method="post"')
    answers = [client.post(mailed_link(), form) for _ in range(2)]
    assert {a.status_code for a in answers} == {303}
    assert Ticket.objects.count() == 1
    later = client.get(mailed_link())
    assert later.status_code == 410
    assert "/ar/follow/" in later.text  # offers a new link


def test_whoever_filled_the_form_does_not_get_the_link_of_whose_address_it_was(client: Client) -> None:
    """The form's key is no proof: the author may have typed somebody else's address."""
    send(client)
    key = str(Draft.objects.get().pk)
    confirm(Client())  # the owner of the address
    for token in ("anything", mailed_link().rstrip("/").rpartition("/")[2]):
        tried = client.post(f"{CONTACT}confirm/{token}/", {"draft": key, "seal": key})
        assert tried.status_code == 410
        assert "Location" not in tried


def test_a_network_without_an_account_begins_so_many_drafts_and_no_more() -> None:
    def begin(n: int) -> int:
        stranger = Client(headers={"X-Requested-With": "XMLHttpRequest"})
        stranger.cookies["tawasul_browser"] = f"{n:040d}"
        return stranger.post(f"/ar/drafts/{uuid.uuid4()}/?kind=direct", {"problem": "x"}).status_code

    most = writing.DRAFTS[0][0]
    assert {begin(n) for n in range(most)} == {204}
    assert begin(most) == 429
    assert send(Client(), problem="").status_code == 429
    assert Draft.objects.count() == most


def test_each_file_of_a_stranger_counts_not_each_request(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "FILES_AN_HOUR", 3)
    assert send(client, files=[png("1.png"), png("2.png"), png("3.png")], problem="").status_code == 422
    again = send(client, files=[png("4.png")], problem="")
    assert again.status_code == 422
    assert "4.png" not in again.text
    assert Attachment.objects.count() == 3


def test_an_expired_confirmation_offers_a_new_one(client: Client) -> None:
    send(client)
    old = mailed_link()
    with time_machine.travel(clock.now() + timedelta(hours=48, seconds=1)):
        page = client.get(old)
        assert page.status_code == 410
        assert client.post(old, {"again": "yes"}).status_code == 303
        assert mailed_link() != old
        confirm(client)
    assert Ticket.objects.count() == 1


def test_sending_the_mail_again_makes_the_older_link_useless(client: Client) -> None:
    sent = send(client)
    old = mailed_link()
    assert client.post(sent["Location"]).status_code == 303
    assert mailed_link() != old
    assert client.get(old).status_code == 410
    assert client.get(mailed_link()).status_code == 200


def test_errors_keep_what_was_typed_and_attached(client: Client) -> None:
    page = send(client, email="not an address", files=png("هوية.png"))
    assert page.status_code == 422
    assert 'id="id_email-error"' in page.text
    assert ANSWERS["problem"] in page.text
    assert "هوية.png" in page.text
    again = client.post(CONTACT, ANSWERS | hidden_fields(page))
    assert again.status_code == 303
    confirm(client)
    assert Message.objects.get().file_count == 1


def test_a_machine_that_fills_the_hidden_field_is_not_told_and_gets_nothing(client: Client) -> None:
    sent = send(client, website="https://spam.example")
    assert sent.status_code == 303
    assert not Draft.objects.exists()
    assert not OutgoingMail.objects.exists()


def test_mails_to_one_address_are_limited(client: Client) -> None:
    codes = [send(client).status_code for _ in range(4)]
    assert codes == [303, 303, 303, 429]
    assert OutgoingMail.objects.count() == 3
    assert send(client, email="other@example.com").status_code == 303
    with time_machine.travel(clock.now() + timedelta(hours=1)):
        assert send(client).status_code == 303


def test_requests_from_one_network_are_limited(client: Client) -> None:
    codes = [send(client, email=f"n{n}@example.com").status_code for n in range(21)]
    assert codes[:20] == [303] * 20
    assert codes[20] == 429
    elsewhere = Client(REMOTE_ADDR="192.0.2.9")
    assert send(elsewhere, email="n99@example.com").status_code == 303


def test_a_forwarded_address_is_believed_from_a_proxy_only(client: Client) -> None:
    forged = [Client(headers={"X-Forwarded-For": f"198.51.100.{n}"}) for n in range(21)]
    codes = [send(b, email=f"n{n}@example.com").status_code for n, b in enumerate(forged)]
    assert codes[20] == 429


def test_the_form_can_be_shut(client: Client) -> None:
    CentreSettings.objects.update_or_create(pk=1, defaults={"direct_form": False})
    assert client.get(CONTACT).status_code == 404
    assert client.post(CONTACT, ANSWERS).status_code == 404


def test_another_browser_sees_nothing_of_the_draft(client: Client) -> None:
    page = send(client, subject="", files=png())
    key = hidden_fields(page)["draft"]
    other = Client()
    other.get(CONTACT)
    assert other.get(f"{CONTACT}?draft={key}").status_code == 404
    assert other.post(f"/ar/drafts/{key}/removal/").status_code == 404
    file = Draft.objects.get().attachments.get().file
    assert body(client.get(f"/ar/files/{file.pk}/original/"))
    assert other.get(f"/ar/files/{file.pk}/original/").status_code == 404


def test_the_guest_follows_up_closes_and_reopens(guest: tuple[Client, str], fahd: Person) -> None:
    browser, address = guest
    ticket = Ticket.objects.get()
    actions.answer(ticket, by=fahd, text="أرسل الوثيقة.")
    form = hidden_fields(browser.get(address))
    sent = browser.post(f"{address}follow-ups/", form | {"text": "هذه هي", "files": png("وثيقة.png")})
    assert sent.status_code == 303
    again = browser.post(f"{address}follow-ups/", form | {"text": "هذه هي"})
    assert again.status_code == 303
    message = ticket.messages.get(kind=Message.Kind.FOLLOW_UP)
    assert (message.author_name, message.file_count) == (ANSWERS["name"], 1)
    assert browser.get(f"{address}receipt/").status_code == 200
    assert browser.post(f"{address}closure/", {"comment": "شكرًا"}).status_code == 303
    ticket.refresh_from_db()
    assert ticket.status == Status.CLOSED
    assert browser.post(f"{address}reopening/", {"text": "عادت"}).status_code == 303
    ticket.refresh_from_db()
    assert ticket.status == Status.WITH_CENTRE


def test_a_guests_files_open_in_the_browser_that_opened_the_link(guest: tuple[Client, str]) -> None:
    browser, address = guest
    form = hidden_fields(browser.get(address))
    rows = browser.post(
        f"/ar/drafts/{form['draft']}/files/?kind=follow_up&ticket={Ticket.objects.get().number}",
        {"files": png("a.png")},
        headers={"X-Requested-With": "XMLHttpRequest"},
    )
    assert rows.status_code == 200
    browser.post(f"{address}follow-ups/", form | {"text": "مع ملف"})
    file = Message.objects.get(kind=Message.Kind.FOLLOW_UP).attachments.get().file
    assert browser.get(f"/ar/files/{file.pk}/").status_code == 200
    stranger = Client()
    assert stranger.get(f"/ar/files/{file.pk}/").status_code == 404
    stranger.get(address)  # now it holds the link
    assert body(stranger.get(f"/ar/files/{file.pk}/original/"))


def test_a_guest_cannot_write_into_another_ticket(
    guest: tuple[Client, str], open_a_ticket: OpenATicket
) -> None:
    browser, address = guest
    other = open_a_ticket()
    form = hidden_fields(browser.get(address))
    answer = browser.post(
        f"/ar/drafts/{form['draft']}/files/?kind=follow_up&ticket={other.number}", {"files": png()}
    )
    assert answer.status_code == 404


def test_an_unknown_link_does_not_exist_and_an_expired_one_offers_a_new(guest: tuple[Client, str]) -> None:
    browser, address = guest
    assert browser.get("/ar/follow/" + "x" * 43 + "/").status_code == 404
    with time_machine.travel(clock.now() + timedelta(days=91)):
        for page in (address, f"{address}receipt/"):
            answer = Client().get(page)
            assert answer.status_code == 410
            assert 'name="number"' in answer.text
        assert Client().post(f"{address}closure/").status_code == 410


def test_a_link_in_use_does_not_run_out(guest: tuple[Client, str]) -> None:
    _, address = guest
    start = clock.now()
    for days in (40, 80, 120, 160):
        with time_machine.travel(start + timedelta(days=days)):
            assert Client().get(address).status_code == 200
    assert GuestLink.objects.filter(expires_at__gt=start + timedelta(days=240)).exists()


def test_a_new_link_is_mailed_to_the_tickets_address_and_the_answer_never_says_whether(
    guest: tuple[Client, str], open_a_ticket: OpenATicket
) -> None:
    browser, address = guest
    number = Ticket.objects.get().spoken_number
    accounts_own = open_a_ticket()
    OutgoingMail.objects.all().delete()
    answers = [
        browser.post("/ar/follow/", {"number": n, "email": e})
        for n, e in (
            (number, ADDRESS),
            (number, "other@example.com"),
            ("0000-0000", ADDRESS),
            (accounts_own.number, accounts_own.requester_email),  # it has an account: sign in
        )
    ]
    assert {(a.status_code, a["Location"]) for a in answers} == {(303, "/ar/follow/?sent")}
    assert OutgoingMail.objects.get().to_address == ADDRESS
    fresh = mailed_link("guest_link")
    assert fresh != address
    assert Client().get(fresh).status_code == 200


def test_a_mistyped_number_is_said_to_be_mistyped(client: Client) -> None:
    page = client.post("/en/follow/", {"number": "1234-5678", "email": "a@example.com"})
    assert page.status_code == 422
    assert "digit of this number is wrong" in page.text


def test_an_account_that_claims_the_ticket_makes_the_link_useless(
    guest: tuple[Client, str], noura: Person
) -> None:
    browser, address = guest
    noura.email = ADDRESS
    noura.save()
    assert [t.number for t in actions.claim(noura)] == [Ticket.objects.get().number]
    assert browser.get(address).status_code == 404
