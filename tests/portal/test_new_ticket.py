"""A new ticket, from the form to the ticket's page and the list."""

from django.test import Client

from tawasul.accounts.models import Person, TermsVersion
from tawasul.tickets.models import Draft, Message, Purpose, Service, Ticket
from tests.portal.forms import hidden_fields

ANSWERS = {
    "purpose": Purpose.TECHNICAL.value,
    "service": "modify-domain",
    "domain": "مثال-تجريبي.السعودية",
    "request_number": "",
    "subject": "تعذّر تعديل خوادم الأسماء",
    "problem": "نقلنا الاستضافة.\n\nلم تُحفظ التغييرات.",
    "wanted": "أرجو حفظ الخادمين.",
    "terms": "on",
}
NEW = "/ar/tickets/new/"


def test_a_valid_form_opens_a_ticket_and_leads_to_its_page(
    noura_client: Client, service: Service, terms: TermsVersion
) -> None:
    page = noura_client.get(NEW)
    assert page.status_code == 200
    sent = noura_client.post(NEW, ANSWERS | hidden_fields(page))
    assert sent.status_code == 303
    ticket = Ticket.objects.get()
    assert sent["Location"] == f"/ar/tickets/{ticket.spoken_number}/"
    assert ticket.domain_ascii.startswith("xn--")
    assert ticket.terms == terms
    first = noura_client.get(sent["Location"])
    assert "وصلت تذكرتك" in first.text or "Your ticket has arrived" in first.text
    again = noura_client.get(sent["Location"])
    assert 'class="just-sent"' in first.text and 'class="just-sent"' not in again.text
    listed = noura_client.get("/ar/tickets/?turn=centre")
    assert ticket.spoken_number in listed.text
