"""Seeds the demo: four staff, five customers, and about sixty tickets in every state, with files and a history.

Everything goes through the same actions as real use, at pretended moments of the last weeks. Nobody is mailed
about the invented past: the events of it count as reacted to.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from tawasul.accounts.models import Consent, Person, Role, Team, TermsVersion
from tawasul.attachments import actions as attachments
from tawasul.config.demo import extras, papers, ready
from tawasul.config.demo.stories import STORIES, Story
from tawasul.core import clock
from tawasul.core.domains import parse_domain
from tawasul.tickets import actions, silence
from tawasul.tickets.models import Attachment, Channel, Draft, Event, Service, Tag, Tagging, Ticket
from tawasul.tickets.writers import Writer

PASSWORD = "tawasul-demo-2026"  # noqa: S105 - printed at the demo's start
TICKETS = 60

STAFF = (
    ("fahd", "فهد العتيبي", "خدمة العملاء", Role.AGENT),
    ("sara", "سارة القرني", "الدعم التقني", Role.LEAD),
    ("lama", "لمى الشهري", "إدارة النظام", Role.ADMINISTRATOR),
    ("huda", "هدى السبيعي", "المراجعة الداخلية", Role.AUDITOR),  # reads, and answers nobody
)
TAGS = (
    ("خوادم الأسماء", "Name servers"),
    ("نقل ملكية", "Change of owner"),
    ("مستند ناقص", "Missing document"),
    ("عاجل", "Urgent"),
    ("يُنشر في المعرفة", "For the knowledge base"),
)
CUSTOMERS = (
    ("noura", "نورة الدوسري", "مؤسسة الأفق التجارية", "الرياض", "ar"),
    ("khalid", "Khalid Al-Harbi", "Gulf Example Trading", "Jeddah", "en"),
    ("abeer", "عبير الزهراني", "جمعية مثال الخيرية", "أبها", "ar"),
    ("saad", "سعد المطيري", "مصانع مثال المحدودة", "الدمام", "ar"),
    ("maha", "مها الغامدي", "مدارس مثال الأهلية", "الطائف", "ar"),
)


class HoldsRealData(Exception):
    """The data folder holds accounts or tickets that the demo did not make; nothing was changed."""


@dataclass
class _Cast:
    staff: list[Person]
    customers: list[Person]
    terms: TermsVersion


def is_seeded() -> bool:
    """Whether this data folder holds the demo."""
    return Person.objects.filter(username="noura", email="noura@demo.example").exists()


def run() -> bool:
    """Seed an empty data folder; True where something was made. Raises HoldsRealData."""
    if is_seeded():
        return False
    if Person.objects.exists() or Ticket.objects.exists():
        raise HoldsRealData
    cast = _people()
    pick = random.Random(1448)  # noqa: S311 - the same demo every time
    # One moment stands for all of the seeding, or tickets would be written "in the future" of a slow machine.
    start = clock.now()
    with transaction.atomic():
        tags = [Tag.objects.create(name_ar=arabic, name_en=english) for arabic, english in TAGS]
        extras.ask(cast.staff[2])
        for index in range(TICKETS):
            teller = _Teller(cast, STORIES[index % len(STORIES)], pick, index, start)
            _LIVES[index % len(_LIVES)](teller)
            if index % 5 < 2:
                Tagging.objects.create(ticket=teller.ticket, tag=tags[index % len(tags)])
        ready.lay_out(cast.staff[2], cast.staff[0])
        agent, lead, administrator = cast.staff[:3]
        extras.lay_out(agent, lead, administrator, start)
        Event.objects.update(done_at=start)
    return True


def _people() -> _Cast:
    terms = TermsVersion.objects.order_by("-published_at").first()
    if terms is None:
        raise LookupError("the first terms version is missing: run the migrations")
    care = Team.objects.create(name_ar="خدمة العملاء", name_en="Customer care")
    technical = Team.objects.create(name_ar="الدعم التقني", name_en="Technical support")
    staff = [
        _person(
            username,
            name,
            is_staff=True,
            role=role,
            is_superuser=role == Role.ADMINISTRATOR,
            position=position,
        )
        for username, name, position, role in STAFF
    ]
    care.members.add(staff[0], staff[1])
    technical.members.add(staff[1], staff[2])
    Service.objects.filter(code__in=["dnssec", "modify-domain"]).update(team=technical)
    Service.objects.filter(team=None).update(team=care)
    customers = []
    for username, name, organisation, city, language in CUSTOMERS:
        person = _person(
            username,
            name,
            organisation=organisation,
            city=city,
            language=language,
            position="إدارة تقنية المعلومات" if language == "ar" else "IT manager",
            mobile="+966512345678",
            address_line="RRRD2929",
        )
        Consent.objects.create(person=person, terms=terms, occasion=Consent.Occasion.ACCOUNT)
        customers.append(person)
    return _Cast(staff, customers, terms)


def _person(username: str, name: str, **fields: object) -> Person:
    email = f"{username}@demo.example"
    person = Person.objects.create_user(username, email, PASSWORD, full_name=name, **fields)
    EmailAddress.objects.create(user=person, email=email, verified=True, primary=True)
    return person


class _Teller:
    """Tells one story at pretended moments, as far as the wanted state."""

    def __init__(self, cast: _Cast, story: Story, pick: random.Random, index: int, now: datetime) -> None:
        self.cast, self.story, self.pick, self.index, self.now = cast, story, pick, index, now
        fitting = [p for p in cast.customers if p.language == story.language]
        self.customer = fitting[index % len(fitting)]
        self.staff = cast.staff[index % 3]
        self.ticket: Ticket

    def opened(self, before: timedelta, *, guest: bool = False) -> None:
        """The customer's first letter, so long before now."""
        with clock.pretend(self.now - before):
            by = Writer.of(self.customer)
            if guest:
                by = Writer(None, self.customer.full_name, f"guest{self.index}@demo.example")
            draft = None
            if self.story.files:
                draft = Draft.objects.create(kind=Draft.Kind.TICKET, owner=self.customer)
                for kind in self.story.files:
                    name, content = papers.file_of(kind, self.index)
                    stored = attachments.store(SimpleUploadedFile(name, content), by=by.person)
                    Attachment.objects.create(draft=draft, file=stored)
            self.ticket = actions.open_ticket(
                by=by,
                purpose=self.story.purpose,
                service=Service.objects.get(code=self.story.service),
                subject=self.story.subject,
                text=self.story.text,
                wanted=self.story.wanted,
                domain=parse_domain(self.story.domain) if self.story.domain else None,
                terms=self.cast.terms,
                language=self.story.language,
                draft=draft,
                channel=Channel.DIRECT if guest else Channel.PORTAL,
                own=extras.answers(self.story.service, self.index),
            )

    def taken(self, before: timedelta) -> None:
        with clock.pretend(self.now - before):
            actions.take(self.ticket, by=self.staff)
            if self.story.note:
                actions.note(self.ticket, by=self.staff, text=self.story.note)

    def answered(self, before: timedelta, text: str = "") -> None:
        thanks = {
            "ar": "نشكر لكم تواصلكم. أُنجز طلبكم، ونسعد بالإجابة عن أي سؤال.",
            "en": "Thank you for writing. Your request is done; ask us here if anything is unclear.",
        }
        with clock.pretend(self.now - before):
            actions.answer(
                self.ticket, by=self.staff, text=text or self.story.answer or thanks[self.story.language]
            )

    def answered_again(self, before: timedelta) -> None:
        last = {
            "ar": "يظهر أثره خلال ساعتين. نشكر لكم متابعتكم.",
            "en": "It takes effect within two hours. Thank you for following up.",
        }
        thanks = {"ar": "نشكر لكم متابعتكم، ونسعد بخدمتكم.", "en": "Thank you for telling us."}
        generic = thanks if self.story.follow_up else last
        self.answered(before, self.story.second_answer or generic[self.story.language])

    def followed_up(self, before: timedelta) -> None:
        again = {
            "ar": "شكرًا لكم، وبقي سؤال: متى يظهر أثر التغيير؟",
            "en": "Thank you. When will it take effect?",
        }
        with clock.pretend(self.now - before):
            text = self.story.follow_up or again[self.story.language]
            actions.follow_up(self.ticket, by=Writer.requester_of(self.ticket), text=text)

    def held(self, before: timedelta) -> None:
        words = {
            "ar": ("لا بد من تأكيد بيانات الاتصال قبل إكمال الطلب.", "المسجّل المرخّص"),
            "en": ("The contact details must be confirmed before we can go on.", "the licensed registrar"),
        }
        reason, party = words[self.story.language]
        with clock.pretend(self.now - before):
            actions.hold(self.ticket, by=self.staff, reason=reason, party=party)

    def closed(self, before: timedelta, reason: str) -> None:
        with clock.pretend(self.now - before):
            by = Writer.requester_of(self.ticket) if reason == "solved_by_customer" else Writer.of(self.staff)
            actions.close(self.ticket, by=by, reason=reason)


def _days(days: float, hours: float = 0) -> timedelta:
    return timedelta(days=days, hours=hours)


def _new(t: _Teller) -> None:
    t.opened(timedelta(minutes=t.pick.randint(4, 300)))


def _waiting(t: _Teller) -> None:
    t.opened(_days(1, t.pick.randint(0, 12)))
    t.taken(_days(0, 9))


def _late(t: _Teller) -> None:
    t.opened(_days(t.pick.randint(6, 8)))


def _with_customer(t: _Teller) -> None:
    t.opened(_days(4, 3))
    t.taken(_days(3, 5))
    t.answered(_days(t.pick.randint(0, 2), t.pick.randint(1, 20)))


def _soon_closing(t: _Teller) -> None:
    t.opened(_days(8))
    t.answered(_days(6, t.pick.randint(2, 20)))
    silence.warn_silent(t.now)


def _back_again(t: _Teller) -> None:
    t.opened(_days(5))
    t.taken(_days(4, 8))
    t.answered(_days(4, 2))
    t.followed_up(_days(0, t.pick.randint(1, 30)))


def _on_hold(t: _Teller) -> None:
    t.opened(_days(3))
    t.taken(_days(2, 20))
    t.held(_days(2, t.pick.randint(0, 8)))


def _closed_for_silence(t: _Teller) -> None:
    t.opened(_days(14))
    t.answered(_days(12, t.pick.randint(0, 20)))
    with clock.pretend(t.now - _days(5)):
        silence.close_silent(t.now - _days(5))


def _solved(t: _Teller) -> None:
    t.opened(_days(10))
    t.taken(_days(9, 6))
    t.answered(_days(9))
    t.followed_up(_days(8, 5))
    t.answered_again(_days(8))
    t.closed(_days(7, t.pick.randint(1, 12)), "solved_by_customer")


def _solved_by_staff(t: _Teller) -> None:
    t.opened(_days(20))
    t.answered(_days(18))
    t.closed(_days(17), "solved_by_staff")


def _guest(t: _Teller) -> None:
    t.opened(_days(1, t.pick.randint(1, 20)), guest=True)
    t.answered(_days(0, t.pick.randint(1, 8)))


_LIVES: tuple[Callable[[_Teller], None], ...] = (
    _with_customer,
    _new,
    _back_again,
    _waiting,
    _solved,
    _soon_closing,
    _on_hold,
    _closed_for_silence,
    _late,
    _guest,
    _new,
    _solved_by_staff,
)
