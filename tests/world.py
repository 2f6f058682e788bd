"""The small named world: Noura and Khalid are customers, Fahd and Sara staff, Lama an administrator.

Loaded as a pytest plugin by conftest.py. People are made without the cost of a real password hash; whoever tests
signing in uses PASSWORD.
"""

from collections.abc import Callable
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.test import Client

from tawasul.accounts.models import Consent, Person, Team, TermsVersion
from tawasul.tickets import actions
from tawasul.tickets.models import Purpose, Service, Ticket
from tawasul.tickets.writers import Writer

PASSWORD = "a long sentence 2026"

OpenATicket = Callable[..., Ticket]


def make_person(username: str, full_name: str, **fields: Any) -> Person:
    """An account with a proved address and the current terms accepted."""
    email = fields.pop("email", f"{username}@example.com.sa")
    person = Person.objects.create_user(username, email, PASSWORD, full_name=full_name, **fields)
    EmailAddress.objects.create(user=person, email=email, verified=True, primary=True)
    return person


@pytest.fixture
def terms(db: None) -> TermsVersion:
    found = TermsVersion.objects.order_by("-published_at").first()
    return found or TermsVersion.objects.create(version="1", text_ar="نص اللوائح", text_en="The regulations")


@pytest.fixture
def team(db: None) -> Team:
    return Team.objects.create(name_ar="خدمة العملاء", name_en="Customer care")


@pytest.fixture
def service(db: None) -> Service:
    """A service that is about a domain."""
    found = Service.objects.filter(code="modify-domain").first()
    return found or Service.objects.create(
        code="modify-domain",
        name_ar="تعديل معلومات اسم نطاق",
        name_en="Modify domain information",
        about_domain=True,
    )


@pytest.fixture
def noura(terms: TermsVersion) -> Person:
    person = make_person("noura", "نورة الدوسري", organisation="مؤسسة الأفق", mobile="+966512345678")
    Consent.objects.create(person=person, terms=terms, occasion=Consent.Occasion.ACCOUNT)
    return person


@pytest.fixture
def khalid(terms: TermsVersion) -> Person:
    return make_person("khalid", "Khalid Al-Harbi", language="en")


@pytest.fixture
def fahd(team: Team) -> Person:
    person = make_person("fahd", "فهد العتيبي", is_staff=True)
    team.members.add(person)
    return person


@pytest.fixture
def sara(team: Team) -> Person:
    person = make_person("sara", "سارة القرني", is_staff=True)
    team.members.add(person)
    return person


@pytest.fixture
def lama(db: None) -> Person:
    return make_person("lama", "لمى الشهري", is_staff=True, is_superuser=True)


def signed_in(person: Person) -> Client:
    """A browser in which the person is signed in."""
    client = Client()
    client.force_login(person)
    return client


@pytest.fixture
def noura_client(noura: Person) -> Client:
    return signed_in(noura)


@pytest.fixture
def khalid_client(khalid: Person) -> Client:
    return signed_in(khalid)


@pytest.fixture
def fahd_client(fahd: Person) -> Client:
    return signed_in(fahd)


@pytest.fixture
def lama_client(lama: Person) -> Client:
    return signed_in(lama)


@pytest.fixture
def open_a_ticket(noura: Person, service: Service, terms: TermsVersion) -> OpenATicket:
    """Opens a ticket through the action; Noura's unless ``by`` says otherwise."""

    def opener(**given: Any) -> Ticket:
        by = given.pop("by", noura)
        values: dict[str, Any] = {
            "by": Writer.of(by) if isinstance(by, Person) else by,
            "purpose": Purpose.TECHNICAL,
            "service": service,
            "subject": "تعذّر تعديل خوادم الأسماء",
            "text": "نقلنا الاستضافة ولم تُحفظ التغييرات.",
            "wanted": "أرجو حفظ الخادمين الجديدين.",
            "terms": terms,
            "language": "ar",
        }
        return actions.open_ticket(**(values | given))

    return opener


@pytest.fixture
def ticket(open_a_ticket: OpenATicket) -> Ticket:
    """Noura's, just opened. Where it must stand otherwise, a file has a ``ticket`` of its own."""
    return open_a_ticket()
