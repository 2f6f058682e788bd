"""Whoever a large stock of tickets is about: customers of a few hundred organisations, staff in teams, tags."""

import random
from dataclasses import dataclass

from django.contrib.auth.hashers import make_password

from tawasul.accounts.models import Person, Team
from tawasul.core.domains import DomainName, parse_domain
from tawasul.tickets.models import Service, Tag

CUSTOMERS = 2000
STAFF = 40  # of a large stock; a centre with few tickets has fewer people
FEWEST_STAFF = 8
TICKETS_OF_ONE = 500  # so many tickets make one more member of staff
DOMAINS = 600
PASSWORD = "stock-of-tickets-2026"  # noqa: S105 - invented people of a test stock

TEAMS = (
    ("التسجيل والتجديد", "Registration and renewal", False),
    ("الدعم التقني", "Technical support", False),
    ("المسجّلون", "Registrars", False),
    ("الجودة والشكاوى", "Quality and complaints", False),
    ("الشؤون القانونية", "Legal affairs", True),
)
TAGS = (
    ("عاجل", "Urgent"),
    ("نقل نطاق", "Domain transfer"),
    ("وثائق ناقصة", "Documents missing"),
    ("خوادم الأسماء", "Name servers"),
    ("جهة حكومية", "Government"),
    ("جهة غير ربحية", "Non-profit"),
    ("بانتظار المسجّل", "Waiting for the registrar"),
    ("نزاع", "Dispute"),
    ("تصيّد", "Phishing"),
    ("اقتراح للتحسين", "Improvement"),
    ("مكرر", "Repeated"),
    ("اتصال هاتفي", "By telephone"),
)
# Words in a row instead of lists of quoted strings (SIM905): so they are read and added to.
_FIRST_AR = "سالم هند ناصر ريم تركي منى بدر أمل ماجد لولوة يوسف جواهر راشد وفاء عمر هيا".split()  # noqa: SIM905
_LAST_AR = "المثال التجريبي الأنموذج الشاهد الدليل العيّنة".split()  # noqa: SIM905
_FIRST_EN = "Salem Hind Nasser Reem Turki Mona Badr Amal Majed Yousef Rashed Omar Lina Huda".split()  # noqa: SIM905
_LAST_EN = "Example Sample Specimen Instance Pattern".split()  # noqa: SIM905
_KINDS_AR = "مؤسسة شركة مصنع جمعية مدارس مستشفى مكتب مركز".split()  # noqa: SIM905
_NAMES_AR = "الأفق الواحة السنابل الرواد النخيل المنار الغيث الساحل الروابي البيان المدى الينابيع".split()  # noqa: SIM905
_KINDS_EN = "Trading,Industries,Schools,Hospital,Logistics,Consulting,Contracting,Media".split(",")  # noqa: SIM905
_NAMES_EN = "Horizon,Oasis,Pioneer,Palm,Beacon,Coast,Summit,Spring,Falcon,Pearl".split(",")  # noqa: SIM905
_CITIES = (("الرياض", "Riyadh"), ("جدة", "Jeddah"), ("الدمام", "Dammam"), ("أبها", "Abha"), ("تبوك", "Tabuk"))
_ENDINGS = ("sa", "com.sa", "org.sa", "edu.sa", "net.sa")


@dataclass(frozen=True, slots=True)
class Crowd:
    """People, teams, services, tags and domains that a stock's tickets are given to."""

    customers: dict[str, list[Person]]  # by language
    staff: list[Person]
    teams: list[Team]
    services: dict[str, Service]
    tags: list[int]  # keys
    domains: dict[str, list[DomainName]]  # by language


def gather(tickets: int) -> Crowd:
    """The crowd of this database for so many tickets; made where it is not there yet."""
    staff_at_work = min(STAFF, max(FEWEST_STAFF, tickets // TICKETS_OF_ONE))
    pick = random.Random(1448)  # noqa: S311 - the same crowd every time
    hashed = make_password(PASSWORD)
    for prefix, many, staff in (("stock-customer", CUSTOMERS, False), ("stock-staff", staff_at_work, True)):
        there = set(
            Person.objects.filter(username__startswith=f"{prefix}-").values_list("username", flat=True)
        )
        people = [_person(pick, f"{prefix}-{n}", n, staff, hashed) for n in range(1, many + 1)]
        Person.objects.bulk_create([person for person in people if person.username not in there], 500)
    people = list(Person.objects.filter(username__startswith="stock-").order_by("pk"))
    customers = [person for person in people if not person.is_staff]
    members = [person for person in people if person.is_staff]
    return Crowd(
        {language: [p for p in customers if p.language == language] for language in ("ar", "en")},
        members,
        _teams(members),
        {service.code: service for service in Service.objects.all()},
        [Tag.objects.get_or_create(name_ar=ar, defaults={"name_en": en})[0].pk for ar, en in TAGS],
        {"ar": _domains("مثال"), "en": _domains("mithal")},
    )


def _person(pick: random.Random, username: str, n: int, staff: bool, hashed: str) -> Person:
    arabic = staff or n % 3 != 0
    city = pick.choice(_CITIES)
    if arabic:
        name = f"{pick.choice(_FIRST_AR)} {pick.choice(_LAST_AR)}"
        organisation = f"{pick.choice(_KINDS_AR)} {pick.choice(_NAMES_AR)} {1 + n % 5}"
    else:
        name = f"{pick.choice(_FIRST_EN)} {pick.choice(_LAST_EN)}"
        organisation = f"{pick.choice(_NAMES_EN)} {pick.choice(_KINDS_EN)} {1 + n % 3}"
    return Person(
        username=username,
        email=f"{username}@stock.example",
        full_name=name,
        organisation="" if staff else organisation,
        city=city[0] if arabic else city[1],
        language="ar" if arabic else "en",
        is_staff=staff,
        password=hashed,
    )


def _teams(members: list[Person]) -> list[Team]:
    """Every member is in one team, every fourth in two; the closed team has its own few."""
    teams = []
    for place, (ar, en, closed) in enumerate(TEAMS):
        team = Team.objects.filter(name_ar=ar).first()
        if team is None:
            team = Team.objects.create(name_ar=ar, name_en=en, is_closed=closed)
        own = members[-2:] if closed else [m for n, m in enumerate(members) if place in (n % 4, n % 16)]
        team.members.add(*own)
        teams.append(team)
    return teams


def _domains(word: str) -> list[DomainName]:
    endings = ("السعودية",) if not word.isascii() else _ENDINGS
    return [parse_domain(f"{word}-{n}.{endings[n % len(endings)]}") for n in range(1, DOMAINS + 1)]
