"""Who took part by personal links and then proves the same address for an account: the ticket stands in their list."""

import pytest
from django.test import Client

from tawasul.accounts import actions as accounts
from tawasul.accounts.models import Person, TermsVersion
from tawasul.mail.actions import send
from tawasul.mail.models import OutgoingMail
from tawasul.tickets.models import Participant
from tests.accounts.test_requests import ask, code_in, link_in, newest_mail, sign_in
from tests.taking_part import link_of, take_part
from tests.world import OpenATicket, signed_in

pytestmark = pytest.mark.django_db
HUDA = "huda@example.com.sa"
SUBJECT = "تذكرة تشارك فيها هدى"


def test_an_activated_account_finds_what_its_address_takes_part_in_and_the_old_link_still_leads_there(
    client: Client, terms: TermsVersion, open_a_ticket: OpenATicket, fahd: Person
) -> None:
    ticket = open_a_ticket(subject=SUBJECT)
    part = take_part(ticket, fahd, "Huda@Example.com.SA", name="هدى", is_private=True)
    link = link_of(part)
    asked = ask(client)
    part.refresh_from_db()
    assert part.person is None, "nothing before the address is proved"
    client.post(f"/ar/account/activate/{asked.key}/", {"code": code_in(newest_mail())})
    huda = Person.objects.get(username="huda")
    browser = Client()
    sign_in(browser, "huda")
    assert SUBJECT in browser.get("/ar/tickets/").content.decode()
    assert browser.get(ticket.get_absolute_url()).status_code == 200
    assert SUBJECT in Client().get(link).content.decode()
    part.refresh_from_db()
    assert part.is_private and part.person_id == huda.pk


def test_by_the_mailed_link_as_well(
    client: Client, terms: TermsVersion, open_a_ticket: OpenATicket, fahd: Person
) -> None:
    part = take_part(open_a_ticket(), fahd, HUDA)
    ask(client)
    link = link_in(newest_mail(), "/activate/")
    client.get(link)
    part.refresh_from_db()
    assert part.person is None
    client.post(link)
    part.refresh_from_db()
    assert part.person == Person.objects.get(username="huda")


def test_another_address_gets_nothing(
    client: Client, terms: TermsVersion, open_a_ticket: OpenATicket, fahd: Person
) -> None:
    part = take_part(open_a_ticket(), fahd, "huda@example.sa")
    asked = ask(client)
    client.post(f"/ar/account/activate/{asked.key}/", {"code": code_in(newest_mail())})
    part.refresh_from_db()
    assert part.person is None


def both_ends_agree(person: Person, address: str) -> None:
    accounts.ask_email_change(person, address, post=send)
    asked = OutgoingMail.objects.filter(kind="email_change_confirm", to_address__in=(person.email, address))
    for mail in asked:
        assert Client().post(link_in(mail, "/email/change/")).status_code == 200


@pytest.mark.parametrize("written", ["salem@سجل.السعودية", "SALEM@xn--rgbn6c.xn--mgberp4a5d4ar"])
def test_a_changed_address_counts_once_both_ends_have_agreed_however_its_domain_is_written(
    open_a_ticket: OpenATicket, fahd: Person, khalid: Person, written: str
) -> None:
    ticket = open_a_ticket(subject=SUBJECT)
    part = take_part(ticket, fahd, written)
    browser = signed_in(khalid)
    assert browser.get(ticket.get_absolute_url()).status_code == 404
    both_ends_agree(khalid, "salem@سجل.السعودية")
    part.refresh_from_db()
    assert part.person == khalid
    assert browser.get(ticket.get_absolute_url()).status_code == 200


def test_nobody_takes_part_twice_in_a_ticket_nor_in_their_own(
    open_a_ticket: OpenATicket, fahd: Person, khalid: Person, noura: Person
) -> None:
    ticket = open_a_ticket()
    take_part(ticket, fahd, khalid.email)
    take_part(ticket, fahd, "second@example.sa")
    both_ends_agree(khalid, "second@example.sa")
    assert ticket.participants.filter(person=khalid).count() == 1
    own = open_a_ticket()
    take_part(own, fahd, "noura@new.example")
    both_ends_agree(noura, "noura@new.example")
    assert not Participant.objects.filter(person=noura).exists()
