"""A large stock of tickets for measuring and trying: realistic Arabic and English, every state, written in bulk.

Nothing is mailed: the events count as reacted to. The mix: most tickets are closed, as in a desk that works.
"""

import random
import sys
import time
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.contrib.auth.hashers import make_password
from django.db import connection, transaction

from tawasul.accounts.models import Person, TermsVersion
from tawasul.config.demo.stories import STORIES
from tawasul.core import clock
from tawasul.core.domains import parse_domain
from tawasul.core.markdown import render_answer, render_plain
from tawasul.search.normalise import normalise
from tawasul.service_levels import calendar, deadlines
from tawasul.tickets import numbers
from tawasul.tickets.models import Channel, CloseReason, Event, Message, Service, Status, Ticket

BATCH = 2000
PEOPLE = 1000  # customers that share the stock
STAFF = 20
PASSWORD = "stock-of-tickets-2026"  # noqa: S105 - invented people of a test stock

_STATES = (
    (Status.CLOSED, 0.90),
    (Status.WITH_CUSTOMER, 0.06),
    (Status.WITH_CENTRE, 0.03),
    (Status.ON_HOLD, 0.01),
)


def grow(count: int, *, progress: bool = False) -> float:
    """Add ``count`` tickets with about three messages each; returns tickets a second."""
    customers, staff = _people()
    terms = TermsVersion.objects.order_by("-published_at").first()
    services = {service.code: service for service in Service.objects.all()}
    maker = _Maker(customers, staff, terms, services)
    began = time.perf_counter()
    for done in _batches(count):
        maker.write(done[1])
        if progress:
            made = done[0] + done[1]
            rate = made / (time.perf_counter() - began)
            bar = "█" * (30 * made // count)
            sys.stderr.write(f"\r{bar:<30} {made:,} of {count:,}, {rate:,.0f} tickets a second ")
            sys.stderr.flush()
    if progress:
        sys.stderr.write("\n")
    with connection.cursor() as cursor:  # the planner must know the new sizes before anything is measured
        cursor.execute("ANALYZE")
    return count / (time.perf_counter() - began)


def _batches(count: int) -> Iterator[tuple[int, int]]:
    for start in range(0, count, BATCH):
        yield start, min(BATCH, count - start)


def _people() -> tuple[list[Person], list[Person]]:
    hashed = make_password(PASSWORD)
    for prefix, many, staff in (("stock-customer", PEOPLE, False), ("stock-staff", STAFF, True)):
        if not Person.objects.filter(username=f"{prefix}-1").exists():
            Person.objects.bulk_create(
                Person(
                    username=f"{prefix}-{n}",
                    email=f"{prefix}-{n}@stock.example",
                    full_name=("سالم المثال" if n % 3 else "Salem Example") + f" {n}",
                    language="ar" if n % 3 else "en",
                    is_staff=staff,
                    password=hashed,
                )
                for n in range(1, many + 1)
            )
    people = Person.objects.filter(username__startswith="stock-").order_by("pk")
    return [p for p in people if not p.is_staff], [p for p in people if p.is_staff]


class _Maker:
    def __init__(
        self,
        customers: list[Person],
        staff: list[Person],
        terms: TermsVersion | None,
        services: dict[str, Service],
    ) -> None:
        self.customers, self.staff, self.terms, self.services = customers, staff, terms, services
        self.pick = random.Random()  # noqa: S311 - invented text
        self.now = clock.now()
        self.domains = {s.domain: parse_domain(s.domain) for s in STORIES if s.domain}
        self.rendered = {
            text: (render_plain(text), render_answer(text))
            for s in STORIES
            for text in (s.text, s.wanted, s.answer, s.follow_up)
            if text
        }
        self.keys = {s.subject: normalise(s.subject) for s in STORIES}

    def write(self, count: int) -> None:
        """One batch, in one transaction."""
        issued = (Ticket.objects.order_by("-pk").values_list("pk", flat=True).first() or 0) + count
        fresh: set[str] = set()
        while len(fresh) < count:
            fresh.add(numbers.new_number(issued))
        taken = set(Ticket.objects.filter(number__in=fresh).values_list("number", flat=True))
        fresh -= taken
        tickets = [self._ticket(number) for number in fresh]
        with transaction.atomic():
            Ticket.objects.bulk_create(tickets)
            messages = [message for ticket in tickets for message in self._messages(ticket)]
            Message.objects.bulk_create(messages)
            Event.objects.bulk_create(event for ticket in tickets for event in self._events(ticket))

    def _ticket(self, number: str) -> Ticket:
        pick = self.pick
        story = pick.choice(STORIES)
        state = pick.choices([s for s, _ in _STATES], [w for _, w in _STATES])[0]
        customer = pick.choice(self.customers)
        service = self.services.get(story.service) or next(iter(self.services.values()))
        ticket = Ticket(
            number=number,
            status=state,  # a stock is written as a whole, not moved
            purpose=story.purpose,
            service=service,
            team_id=service.team_id,
            subject=story.subject,
            search_key=f"{self.keys[story.subject]} {story.domain}",
            requester=customer,
            requester_name=customer.full_name,
            requester_email=customer.email,
            language=story.language,
            terms=self.terms,
            message_count=3,
        )
        if story.domain:
            domain = self.domains[story.domain]
            ticket.domain_typed, ticket.domain_unicode = domain.typed, domain.unicode
            ticket.domain_ascii = domain.ascii
        self._set_clocks(ticket, state)
        ticket.__dict__["story"] = story
        return ticket

    def _set_clocks(self, ticket: Ticket, state: Status) -> None:
        pick, now = self.pick, self.now
        assignee = pick.choice(self.staff) if pick.random() < 0.8 else None
        age = timedelta(days=pick.uniform(8, 1500) if state is Status.CLOSED else pick.uniform(0, 6))
        ticket.created_at = now - age
        ticket.assignee = assignee
        if state is Status.WITH_CENTRE:
            ticket.created_at = now - timedelta(days=pick.uniform(0, 3))
            ticket.waiting_since = ticket.answer_clock_at = ticket.created_at
            ticket.answer_due_at = _due(ticket.created_at)
            ticket.updated_at = ticket.created_at
            return
        ticket.first_answered_at = ticket.last_answered_at = ticket.created_at + timedelta(
            hours=pick.uniform(0.1, 20)
        )
        ticket.updated_at = ticket.last_answered_at
        if state is Status.WITH_CUSTOMER:
            ticket.last_answered_at = ticket.updated_at = now - timedelta(days=pick.uniform(0, 4))
            ticket.close_due_at = ticket.last_answered_at + timedelta(days=7)
        elif state is Status.ON_HOLD:
            ticket.hold_party, ticket.hold_reason = "المسجّل المرخّص", "ننتظر تأكيد المسجّل."
        else:
            ticket.closed_at = ticket.updated_at = min(now, ticket.last_answered_at + timedelta(days=7))
            ticket.close_reason = pick.choice(
                (CloseReason.SILENCE, CloseReason.SOLVED_BY_CUSTOMER, CloseReason.SOLVED_BY_STAFF)
            )

    def _messages(self, ticket: Ticket) -> Iterator[Message]:
        story = ticket.__dict__["story"]
        customer, assignee = ticket.requester, ticket.assignee or self.staff[0]
        plain, _ = self.rendered[story.text]
        yield Message(
            ticket=ticket,
            kind=Message.Kind.OPENING,
            author=customer,
            author_name=ticket.requester_name,
            text=story.text,
            wanted=story.wanted,
            html=plain,
            at=ticket.created_at,
        )
        if ticket.last_answered_at is None:
            return
        text = story.answer or story.wanted
        yield Message(
            ticket=ticket,
            kind=Message.Kind.ANSWER,
            author=assignee,
            author_name=assignee.full_name,
            text=text,
            html=self.rendered[text][1],
            at=ticket.last_answered_at,
            channel=Channel.DESK,
        )
        text = story.follow_up or story.wanted
        yield Message(
            ticket=ticket,
            kind=Message.Kind.FOLLOW_UP,
            author=customer,
            author_name=ticket.requester_name,
            text=text,
            html=self.rendered[text][0],
            at=ticket.created_at + (ticket.last_answered_at - ticket.created_at) / 2,
        )

    def _events(self, ticket: Ticket) -> Iterator[Event]:
        done = self.now
        yield Event(
            ticket=ticket, kind=Event.Kind.OPENED, actor=ticket.requester, at=ticket.created_at, done_at=done
        )
        if ticket.closed_at:
            yield Event(
                ticket=ticket,
                kind=Event.Kind.CLOSED,
                at=ticket.closed_at,
                data={"reason": ticket.close_reason},
                done_at=done,
            )


def _due(moment: datetime) -> datetime:
    current = calendar.current()
    return deadlines.due_at(current, moment, current.answer_days)
