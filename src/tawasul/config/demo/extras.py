"""What the demo's desk has beyond tickets: fields of the centre's own and a form, participants, a team that shares its
tickets out, an absence, saved views, and what stands behind a bell.

All of it is done by the actions of real use. The bell's rows come from the reactions themselves; their mails are left
out, as for the rest of the invented past.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, time, timedelta
from typing import Any, Final

from django.utils import timezone

from tawasul.accounts import absences
from tawasul.accounts.changes import mark_of
from tawasul.accounts.models import Person, Team
from tawasul.core import clock
from tawasul.core.addresses import parse_address
from tawasul.core.kept import forget_all
from tawasul.notices.models import Notice
from tawasul.reactions import notices
from tawasul.tickets import actions, fields, saved
from tawasul.tickets.actions import asking, participating, tagging
from tawasul.tickets.actions.asking import Choice
from tawasul.tickets.fields import Definition, Kind, Parsed
from tawasul.tickets.filters import Filter
from tawasul.tickets.models import Event, Field, Form, Purpose, SavedView, Service, Status, Ticket
from tawasul.tickets.writers import Writer

NAME_SERVERS: Final = ("خوادم الأسماء", "Name servers")
DNSSEC: Final = ("التوقيع الرقمي (DNSSEC)", "DNSSEC")
TREE: Final = (
    (
        NAME_SERVERS,
        ("لا يستجيب الخادم", "The server does not respond"),
        ("لا يستجيب عبر بروتوكول TCP", "No response over TCP"),
        ("الخادم غير مسؤول عن النطاق", "The server is not authoritative"),
        ("اختلاف البيانات بين الخوادم", "The servers disagree"),
        ("عنوان خادم داخل النطاق", "Address of a server within the domain"),
    ),
    (
        DNSSEC,
        ("سجل DS غير مطابق", "The DS record does not match"),
        ("انتهاء صلاحية التوقيع", "The signatures have expired"),
        ("تغيير المفتاح", "Change of the key"),
        ("إيقاف التوقيع", "Turning signing off"),
    ),
    (
        ("معلومات النطاق", "Domain information"),
        ("بيانات المسؤول الإداري", "Administrative contact"),
        ("بيانات المسؤول التقني", "Technical contact"),
        ("العنوان الوطني", "National address"),
    ),
    (
        ("الحساب في البوابة", "Account in the portal"),
        ("الصلاحيات على النطاق", "Rights over the domain"),
        ("تأكيد التعديل بالبريد", "Confirmation by e-mail"),
    ),
)
REGISTRARS: Final = (
    ("نطاقات مثال", "Example Domains"),
    ("شركة مثال للاستضافة", "Example Hosting"),
    ("شبكات مثال", "Example Networks"),
    ("سحابة مثال", "Example Cloud"),
    ("حلول مثال الرقمية", "Example Digital"),
    ("مسجّل آخر", "Another registrar"),
)
TECHNICAL: Final = ("modify-domain", "dnssec")
# What customers wrote in them, in turn: by service, by field
ANSWERS: Final[Mapping[str, Mapping[str, tuple[str, ...]]]] = {
    "modify-domain": {
        "trouble": ("No response over TCP", "The servers disagree"),
        "servers": ("2", "4"),
        "since": ("-3", "-1"),
    },
    "dnssec": {
        "trouble": ("The DS record does not match", "Change of the key"),
        "since": ("-2", "-5"),
        "contact": ("سلطان العنزي sultan@host.example", "Omar Saleh omar@host.example"),
    },
    "transfer-to-registrar": {"registrar": ("Example Hosting", "Example Cloud")},
    "registrar-complaint": {"registrar": ("Example Networks", "Example Domains")},
    "abuse": {"imitated": ("bank-mithal.com.sa",)},
    "dispute": {"imitated": ("علامات-مثال.السعودية",)},
}


def ask(by: Person) -> None:
    """Fields of the centre's own, one of a kind, and the form of a service; before anybody writes."""
    tree = [choice for branch, *leaves in TREE for choice in (Choice(None, *branch), *_below(leaves))]
    _keep("trouble", Kind.TREE, ("موضع المشكلة", "Where the trouble lies"), TECHNICAL, by, choices=tree)
    branch = {one.name_en: one.pk for one in Field.objects.get(key="trouble").choices.filter(parent=None)}

    def where(of: tuple[str, str]) -> list[dict[str, Any]]:
        return [{"of": "field:trouble", "any": [str(branch[of[1]])]}]

    _keep(
        "servers",
        Kind.NUMBER,
        ("عدد خوادم الأسماء", "Number of name servers"),
        TECHNICAL,
        by,
        help=("من خادمين إلى ثلاثة عشر خادمًا.", "Two to thirteen."),
        shown_if=where(NAME_SERVERS),
        limits={"least": "2", "most": "13"},
    )
    _keep(
        "since",
        Kind.DATE,
        ("تاريخ ظهور المشكلة", "Seen first on"),
        (*TECHNICAL, "password-reset"),
        by,
        limits={"past": True},
    )
    _keep(
        "contact",
        Kind.PERSON,
        ("المسؤول التقني لدى المستضيف", "Technical contact at the host"),
        TECHNICAL,
        by,
        required_if=where(DNSSEC),
    )
    _keep(
        "registrar",
        Kind.CHOICE,
        ("المسجّل المرخّص", "Licensed registrar"),
        ("transfer-to-registrar", "transfer-between-registrars", "registrar-complaint"),
        by,
        required_if=[{"of": "purpose", "any": [Purpose.COMPLAINT]}],
        choices=[Choice(None, *names) for names in REGISTRARS],
    )
    _keep(
        "imitated",
        Kind.DOMAIN,
        ("اسم النطاق الأصلي", "The genuine domain name"),
        ("abuse", "dispute"),
        by,
        help=("الاسم الذي يقلّده النطاق محل الطلب.", "The name that the other one imitates."),
    )
    abuse = Service.objects.get(code="abuse")
    asking.keep_form(
        abuse,
        {
            "intro_ar": "يُدرس كل بلاغ على حدة. يُرجى ذكر **رابط الصفحة** كاملًا وإرفاق صورة منها؛ وفي حالات "
            "الاحتيال المالي يُقدَّم البلاغ إلى الجهات الأمنية كذلك.",
            "intro_en": "Every report is looked into. Please give the **full address of the page** and attach a "
            "picture of it. Financial fraud must be reported to the police, too.",
            "purposes": [],
            "domain": Form.Asked.OPTIONAL,
            "request_number": Form.Asked.NO,
            "wanted": Form.Asked.OPTIONAL,
            "files": Form.Asked.OPTIONAL,
        },
        by=by,
        seen=mark_of(asking.told_form(Form(service=abuse))),
    )
    forget_all()


def answers(service: str, turn: int) -> dict[Definition, Parsed]:
    """What a customer of the demo wrote in the fields that the service asks."""
    found = {}
    for key, said in ANSWERS.get(service, {}).items():
        definition = fields.by_key(key)
        if definition is not None:
            typed = said[turn % len(said)]
            if definition.kind in {Kind.CHOICE, Kind.TREE}:
                typed = next(str(one.pk) for one in definition.choices if one.names_en[-1] == typed)
            elif definition.kind == Kind.DATE:
                typed = (timezone.localdate(clock.now()) + timedelta(days=int(typed))).isoformat()
            found[definition] = fields.parse(definition, typed)
    return found


def lay_out(agent: Person, lead: Person, administrator: Person, now: datetime) -> None:
    """The rest, after the tickets. ``agent`` is who finds something behind the bell."""
    technical = Team.objects.get(name_en="Technical support")
    technical.sharing = Team.Sharing.LEAST_LOADED  # to those at the desk
    technical.save(update_fields=["sharing"])
    monday = timezone.localdate(now) + timedelta(days=7 - timezone.localdate(now).weekday())
    zone = timezone.get_default_timezone()
    absences.announce(
        lead,
        starts_at=datetime.combine(monday, time(8), zone),
        ends_at=datetime.combine(monday + timedelta(days=3), time(16), zone),
        substitute=agent,
        hands_over=True,
        by=lead,
    )
    _views(agent, administrator)
    _news(agent, lead, administrator, now)


def _views(agent: Person, administrator: Person) -> None:
    registrars = fields.by_key("registrar")
    assert registrars is not None  # asked for above
    abuse = Service.objects.get(code="abuse")
    hosting = next(one for one in registrars.choices if one.names_en[-1] == "Example Hosting")
    shared = (
        ("بلاغات الإساءة المفتوحة", Filter("all", (("service", str(abuse.pk)),))),
        ("مراسلات شركة مثال للاستضافة", Filter("everything", (("f_registrar", str(hosting.pk)),))),
    )
    for name, narrowed in shared:
        saved.save_view(
            by=administrator, name=name, query=narrowed.canonical(), scope=SavedView.Scope.EVERYONE
        )
    mine = Filter("mine", (("purpose", Purpose.TECHNICAL.value),), "waiting")
    saved.save_view(by=agent, name="مشكلاتي التقنية بحسب الانتظار", query=mine.canonical())


def _news(agent: Person, lead: Person, administrator: Person, now: datetime) -> None:
    """Participants, followers, a mention and a ticket that was given: what the agent is told this morning."""
    waiting = Ticket.objects.filter(status=Status.WITH_CENTRE).exclude(assignee=agent).order_by("-pk")
    hers = waiting.filter(requester__username="noura", field_values__isnull=False)[0]
    others = list(waiting.exclude(pk=hers.pk).exclude(requester=None)[:3])
    with clock.pretend(now - timedelta(minutes=50)):
        actions.assign(hers, to=agent, by=administrator)
        for name, address, is_private in (
            ("سلطان العنزي، شركة مثال للاستضافة", "sultan@host.example", False),
            ("ريم الحربي، إدارة أمن المعلومات", "reem@security.example", True),
        ):
            participating.add(
                hers,
                name=name,
                address=parse_address(address),
                language="ar",
                is_private=is_private,
                by=administrator,
            )
        for ticket in others:
            tagging.follow(ticket, by=agent)
        tagging.follow(hers, by=lead)
    with clock.pretend(now - timedelta(minutes=35)):
        actions.note(hers, by=lead, text=f"@{agent.username} أرجو التنسيق مع ريم الحربي قبل الإجابة.")
    with clock.pretend(now - timedelta(minutes=20)):
        text = "شكرًا لكم. تواصلنا مع المستضيف، وسيشارك في هذه التذكرة."
        actions.follow_up(hers, by=Writer.requester_of(hers), text=text)
        actions.note(others[0], by=lead, text="وصلت إفادة المسجّل هاتفيًّا، وتُرسل مكتوبة اليوم.")
    told = {
        Event.Kind.ASSIGNED: notices.tell_assignee,
        Event.Kind.NOTED: notices.tell_of_note,
        Event.Kind.FOLLOWED_UP: notices.tell_of_customers_letter,
    }
    for event in Event.objects.filter(at__gte=now - timedelta(hours=1), kind__in=told).order_by("at", "pk"):
        with clock.pretend(event.at):
            rows = told[Event.Kind(event.kind)](event)
            Notice.objects.bulk_create(row for row in rows if isinstance(row, Notice))


def _below(leaves: Iterable[tuple[str, str]]) -> list[Choice]:
    return [Choice(None, *names, level=1) for names in leaves]


def _keep(
    key: str,
    kind: str,
    names: tuple[str, str],
    services: Iterable[str],
    by: Person,
    *,
    help: tuple[str, str] = ("", ""),
    choices: Iterable[Choice] = (),
    **values: Any,
) -> None:
    row = Field(key=key, kind=kind, name_ar=names[0], name_en=names[1], help_ar=help[0], help_en=help[1])
    values["services"] = Service.objects.filter(code__in=list(services))
    asking.keep_field(row, values, list(choices), by=by)
