"""What stands before a measurement begins: a stock of tickets, people who are signed in, one long ticket."""

import io
import secrets
from dataclasses import dataclass, field
from datetime import timedelta
from importlib import import_module

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from PIL import Image

from tawasul.accounts.models import Person, TermsVersion
from tawasul.config.bench import floor_settings
from tawasul.config.demo import stock
from tawasul.core import clock
from tawasul.tickets import actions
from tawasul.tickets.models import Event, Service, Status, Ticket
from tawasul.tickets.writers import Writer

CLIENTS = 8
LETTERS = 50
PICTURE_BYTES = 200_000
CSRF = "benchbenchbenchbenchbenchbench00"  # any 32 letters: the cookie and the form must agree


@dataclass
class Stage:
    """The prepared data folder or database of one measurement."""

    customers: list[Person]
    staff: Person
    service: str
    long_ticket: str
    waiting_tickets: list[str]
    picture: bytes
    sessions: dict[int, str] = field(default_factory=dict)
    floor_session: str = ""

    def customer_cookies(self, client: int) -> str:
        """The Cookie header of the customer at that client."""
        return self._cookies(self.customers[client % len(self.customers)])

    @property
    def staff_cookies(self) -> str:
        """The Cookie header of the member of staff."""
        return self._cookies(self.staff)

    @property
    def floor_cookies(self) -> str:
        """The Cookie header of a customer whom Django's own means know."""
        return f"{settings.SESSION_COOKIE_NAME}={self.floor_session}"

    def _cookies(self, person: Person) -> str:
        return (
            f"{settings.SESSION_COOKIE_NAME}={self.sessions[person.pk]}; {settings.CSRF_COOKIE_NAME}={CSRF}"
        )


def prepare(tickets: int) -> Stage:
    """Fill an empty, migrated database with that many tickets and the people of the measurement."""
    stock.grow(tickets)
    customers = list(Person.objects.filter(is_staff=False, is_active=True).order_by("pk")[:CLIENTS])
    staff = Person.objects.filter(is_staff=True).order_by("pk").first()
    assert staff is not None  # the stock made some
    service = Service.objects.get(code="modify-domain")
    stage = Stage(
        customers=customers,
        staff=staff,
        service=service.code,
        long_ticket=_long_ticket(customers[0], staff, service),
        waiting_tickets=[
            ticket.spoken_number
            for ticket in Ticket.objects.filter(status=Status.WITH_CENTRE)
            .exclude(team__is_closed=True)
            .order_by("pk")[:400]
        ],
        picture=_picture(),
    )
    for person in [*customers, staff]:
        stage.sessions[person.pk] = _sign_in(person, settings.AUTHENTICATION_BACKENDS[0])
    stage.floor_session = _sign_in(customers[0], floor_settings.AUTHENTICATION_BACKENDS[0])
    return stage


def _long_ticket(customer: Person, staff: Person, service: Service) -> str:
    start = clock.now() - timedelta(days=6)
    terms = TermsVersion.objects.order_by("-published_at").first()
    with clock.pretend(start):
        ticket = actions.open_ticket(
            by=Writer.of(customer), purpose="technical", service=service, subject="مراسلة طويلة عن خوادم الأسماء",
            text="السلام عليكم، نقلنا موقعنا مثال-تجريبي.السعودية إلى مزوّد جديد.", wanted="أرجو المساعدة.",
            terms=terms, language="ar",
        )  # fmt: skip
    for turn in range(1, LETTERS):
        with clock.pretend(start + timedelta(hours=turn)):
            if turn % 2:
                actions.answer(
                    ticket,
                    by=staff,
                    text=f"فحصنا الخادم **{turn}**.\n\n- المنفذ 53 مغلق.\n- أعيدوا المحاولة.",
                )
            else:
                actions.follow_up(
                    ticket, by=Writer.of(customer), text=f"ما زالت المشكلة كما هي.\n\nالمحاولة {turn}."
                )
    Event.objects.filter(ticket=ticket).update(done_at=clock.now())
    return ticket.spoken_number


def _picture() -> bytes:
    """A real PNG of about 200 kB: noise does not compress."""
    side = 256
    while True:
        out = io.BytesIO()
        Image.frombytes("RGB", (side, side), secrets.token_bytes(side * side * 3)).save(out, "PNG")
        if abs(out.tell() - PICTURE_BYTES) < 6000:
            return out.getvalue()
        side += 1 if out.tell() < PICTURE_BYTES else -1


def _sign_in(person: Person, backend: str) -> str:
    store = import_module(settings.SESSION_ENGINE).SessionStore()
    store[SESSION_KEY] = str(person.pk)
    store[BACKEND_SESSION_KEY] = backend
    store[HASH_SESSION_KEY] = person.get_session_auth_hash()
    store["account_authentication_methods"] = [{"method": "password", "at": clock.now().timestamp()}]
    store.save()
    return str(store.session_key)
