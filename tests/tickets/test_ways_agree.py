"""Whatever way a filter takes, its pages show the tickets that the question means, in the order that it means.

The tickets are drawn by lot, with many of the same moment; what is expected is worked out ticket by ticket, without the
database.
"""

import random
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest

from tawasul.accounts import roles
from tawasul.accounts.models import Person, Team
from tawasul.core import clock, dates
from tawasul.tickets import fields, in_views, narrowed, queue
from tawasul.tickets.filters import SORTS, Filter, parse
from tawasul.tickets.models import CloseReason, Field, FieldValue, Mention, Status, Tag, Ticket
from tests.tickets.test_narrowed import Bounds, bounds, told  # noqa: F401 - a fixture

pytestmark = pytest.mark.django_db

TICKETS, FILTERS = 32, 36
Asked = dict[str, str]


@pytest.fixture
def people(fahd: Person, sara: Person, noura: Person, khalid: Person, team: Team) -> dict[str, Any]:
    """Fahd looks; of the three teams one is closed to him, and he is a member of two."""
    second = Team.objects.create(name_ar="الفنية", name_en="Technical")
    closed = Team.objects.create(name_ar="النزاعات", name_en="Disputes", is_closed=True)
    second.members.add(fahd)
    closed.members.add(sara)
    roles.forget()
    return {"staff": [fahd, sara], "teams": [team, second, closed, None], "closed": closed}


def drawn(lot: random.Random, people: Mapping[str, Any], open_a_ticket: Any, khalid: Person) -> list[Ticket]:
    """Tickets in every state, with five moments among them."""
    now = clock.now()
    moments = [now + timedelta(hours=hours) for hours in (-50, -26, -2, 1, 60)]
    tags = [Tag.objects.create(name_ar=name, name_en=name) for name in ("one", "two")]
    number = Field.objects.create(key="num", kind=Field.Kind.NUMBER, name_ar="عدد", name_en="Number")
    fields.definitions.forget()
    made = []
    for place in range(TICKETS):
        given = {"by": khalid} if lot.random() < 0.3 else {}
        ticket = open_a_ticket(subject=f"{lot.choice(['قارب', 'boat', 'boats'])} {place}", **given)
        status = lot.choice([Status.WITH_CENTRE, *Status])
        values: dict[str, Any] = {
            "status": status,
            "assignee": lot.choice([None, *people["staff"]]),
            "team": lot.choice(people["teams"]),
            "language": lot.choice(["ar", "en"]),
            "created_at": lot.choice(moments[:3]),
            "updated_at": lot.choice(moments[:3]),
            "waiting_since": None,
            "answer_due_at": None,
        }
        if status in {Status.WITH_CENTRE, Status.ON_HOLD}:
            values["waiting_since"] = lot.choice(moments[:3])
        if status == Status.WITH_CENTRE:
            values["answer_due_at"] = lot.choice(moments)
        if status == Status.WITH_CUSTOMER:
            values["close_due_at"] = lot.choice(moments[3:])
        if status == Status.CLOSED:
            values |= {"closed_at": lot.choice(moments[:3]), "close_reason": CloseReason.SOLVED_BY_STAFF}
        elif lot.random() < 0.3:
            values["snoozed_until"] = lot.choice(moments)
        Ticket.objects.filter(pk=ticket.pk).update(**values)
        for tag in tags:
            if lot.random() < 0.3:
                tag.tickets.add(ticket)
        if lot.random() < 0.6:
            said = lot.choice([1, 2, 3])
            FieldValue.objects.create(
                ticket=ticket, field=number, text=str(said), search_key=str(said), number=said
            )
        if lot.random() < 0.2:
            note = ticket.messages.get()
            Mention.objects.create(person=people["staff"][0], ticket=ticket, message=note, at=now)
        made.append(ticket)
    return list(Ticket.objects.filter(pk__in=[one.pk for one in made]))


def chance(lot: random.Random) -> Asked:
    """One to three things that are asked, a view and perhaps an order, as an address has them."""
    tag, other = (str(pk) for pk in Tag.objects.order_by("pk").values_list("pk", flat=True))
    team = str(Team.objects.order_by("pk").values_list("pk", flat=True)[0])
    today = f"{dates._day(clock.now()):%Y-%m-%d}"
    parts: list[Asked] = [
        {"tag": lot.choice([tag, other])},
        {"turn": lot.choice(["open", "closed", "with_customer", "on_hold", "with_centre"])},
        {"language": lot.choice(["ar", "en"])},
        {"words": lot.choice(["boat", "boats", "قارب", "nothing"])},
        {"assignee": lot.choice(["me", "nobody"])},
        {"team": lot.choice(["none", team])},
        {"requester": "khalid@example.com.sa"},
        {"organisation": "الأفق"},
        {"f_num_from": lot.choice(["1", "2", "٣"])},
        {"f_num_to": lot.choice(["1", "2"])},
        {lot.choice(["created_from", "due_to", "due_from", "closed_to"]): today},
    ]
    asked: Asked = {"view": lot.choice([*in_views.VIEWS, "everything"]), "sort": lot.choice(["", *SORTS])}
    for part in lot.sample(parts, lot.choice([0, 1, 1, 2, 3])):
        asked |= part
    return asked


def in_view(view: str, one: Ticket, me: Person, now: datetime) -> bool:
    mine = set(roles.teams_of(me))
    awake = one.snoozed_until is None or one.snoozed_until <= now
    centre = one.status == Status.WITH_CENTRE
    due = one.answer_due_at
    return {
        "mine": centre and awake and one.assignee_id == me.pk,
        "team": centre and awake and one.team_id in mine,
        "unassigned": centre and awake and one.assignee_id is None,
        "mentions": Mention.objects.filter(person=me, ticket=one, seen_at=None).exists(),
        "all": centre and awake,
        "waiting": centre and awake,
        "due_soon": centre and awake and due is not None and now <= due < in_views.soon_until(now),
        "overdue": centre and due is not None and due < now,
        "with_customer": one.status == Status.WITH_CUSTOMER,
        "on_hold": one.status == Status.ON_HOLD,
        "snoozed": one.snoozed_until is not None and one.snoozed_until > now,
        "closed": one.status == Status.CLOSED,
        "everything": True,
    }[view]


def fits(name: str, value: str, one: Ticket, me: Person) -> bool:
    def day(moment: datetime | None) -> str:
        return f"{dates._day(moment):%Y-%m-%d}" if moment else ""

    said = FieldValue.objects.filter(ticket=one).first()
    number = said.number if said is not None else None
    moment = {"created": one.created_at, "due": one.answer_due_at, "closed": one.closed_at}
    turns = {"open": {*Status} - {Status.CLOSED}, "closed": {Status.CLOSED}}
    checks: dict[str, Callable[[], bool]] = {
        "tag": lambda: Tag.objects.get(pk=value).tickets.filter(pk=one.pk).exists(),
        "turn": lambda: one.status in turns.get(value, {value}),
        "language": lambda: one.language == value,
        "words": lambda: value in one.search_key,
        "assignee": lambda: one.assignee_id == (me.pk if value == "me" else None),
        "team": lambda: one.team_id == (None if value == "none" else int(value)),
        "requester": lambda: one.requester_email == value,
        "organisation": lambda: one.requester is not None and value in one.requester.organisation,
        "f_num_from": lambda: number is not None and number >= int(value),
        "f_num_to": lambda: number is not None and number <= int(value),
    }
    if name in checks:
        return checks[name]()
    what, _, end = name.partition("_")
    found = day(moment[what])
    return bool(found) and (found >= value if end == "from" else found <= value)


def meant(one: Filter, tickets: list[Ticket], me: Person, closed: Team) -> list[int]:
    """The keys of the tickets that are asked for, in the order that is asked for."""
    now = clock.now()
    found = [
        ticket
        for ticket in tickets
        if ticket.team_id != closed.pk
        and in_view(one.view, ticket, me, now)
        and all(fits(name, value, ticket, me) for name, value in one.values)
    ]
    key, descending = SORTS[one.sort] if one.sort else in_views.VIEWS[one.view]
    known = sorted((getattr(row, key), row.pk) for row in found if getattr(row, key) is not None)
    blank = sorted((row.pk for row in found if getattr(row, key) is None), reverse=True)
    return [pk for _moment, pk in (known[::-1] if descending else known)] + blank


@pytest.mark.parametrize(
    ("near", "far", "rare", "patience"),
    [(400, 4000, 1000, 0.5), (2, 3, 0, 0), (0, 1, 0, 0), (2, 3, 0, 0.5), (1, 3, 6, 0), (0, 2, 1000, 0)],
)
def test_every_way_shows_what_is_meant(
    near: int,
    far: int,
    rare: int,
    patience: float,
    people: dict[str, Any],
    khalid: Person,
    fahd: Person,
    open_a_ticket: Any,
    bounds: Bounds,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lot = random.Random(near * 10_000 + far * 10 + rare)  # drawn again the same
    tickets = drawn(lot, people, open_a_ticket, khalid)
    bounds(near, far, rare)
    monkeypatch.setattr(narrowed, "PATIENCE", patience)
    for _ in range(FILTERS):
        asked = chance(lot)
        one, _wrong = parse(asked, views=in_views.VIEWS)
        expected = meant(one, tickets, fahd, people["closed"])
        there, back, _unfinished = told(one, fahd)
        assert there == expected, asked
        assert back == there, asked
        number = queue.count(one, fahd)
        assert number.more or number.number == len(expected), asked
