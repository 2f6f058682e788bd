"""The tickets of a large stock as rows: who wrote what and when, in every state a ticket can be in."""

import json
import random
from datetime import UTC, datetime, timedelta
from typing import Any

from tawasul.accounts.models import Person, TermsVersion
from tawasul.config.demo.bulk import Table, moment
from tawasul.config.demo.crowd import STAFF, Crowd
from tawasul.config.demo.stories import STORIES, Story
from tawasul.core import clock
from tawasul.core.markdown import render_answer, render_plain
from tawasul.search.normalise import normalise
from tawasul.service_levels import calendar, deadlines
from tawasul.tickets.models import Channel, CloseReason, Event, Mention, Message, Status, Tagging, Ticket

OPEN_SHARE = 10  # one ticket in so many is open, as in a desk that works
FEWEST_OPEN = 600  # but so many fill every view's first page, and leave a small stock few that are closed
# Of the assigned ones, the first member of staff's, and tickets with a note: in a small centre, and in a large one.
# So that whoever measures has a full page in each view, whatever the size.
BUSIEST_SHARE = (0.4, 0.15)
NOTED_SHARE = (0.2, 0.08)
OLDEST = 1500  # days
LONGEST_WAIT = 14  # days, for an answer
_DAY = 86_400
# How the open ones take turns: six with the customer, three with the centre, one on hold.
_TURNS = (
    Status.WITH_CENTRE,
    Status.ON_HOLD,
    Status.WITH_CUSTOMER,
    Status.WITH_CUSTOMER,
    Status.WITH_CENTRE,
    Status.WITH_CUSTOMER,
    Status.WITH_CUSTOMER,
    Status.WITH_CENTRE,
    Status.WITH_CUSTOMER,
    Status.WITH_CUSTOMER,
)
_LATE, _SNOOZED, _SOON = 4, 7, 14  # turns of the centre's: one in six is overdue at least, put off, due soon
# Of a hundred tickets, so many each; lists to choose from, which is quicker than weights.
_REASONS = (
    36 * [CloseReason.SOLVED_BY_CUSTOMER]
    + 34 * [CloseReason.SOLVED_BY_STAFF]
    + 22 * [CloseReason.SILENCE]
    + 4 * [CloseReason.SPAM]
    + 4 * [CloseReason.MERGED]
)
_CHANNELS = (
    62 * [Channel.PORTAL.value]
    + 26 * [Channel.MAIL.value]
    + 8 * [Channel.DIRECT.value]
    + 4 * [Channel.DESK.value]
)
_GREETINGS = {
    "ar": ("السلام عليكم ورحمة الله", "تحية طيبة", "الإخوة في المركز، السلام عليكم", "صباح الخير"),
    "en": ("Good morning,", "Dear team,", "Hello,", "Greetings from our IT department,"),
}
_HOLDS = {
    "ar": ("المسجّل المرخّص", "ننتظر تأكيد المسجّل."),
    "en": ("the licensed registrar", "We wait for the registrar to confirm."),
}
_SPAM = {"ar": "عرض خاص: تصميم مواقع بنصف السعر", "en": "Special offer: web sites at half the price"}
_NOTE = "راجعت السجل: لا مانع من إكمال الطلب بعد وصول الوثيقة."


class Lives:
    """Tells tickets' lives into rows; ``take`` hands over what has been told so far."""

    def __init__(self, crowd: Crowd, terms: TermsVersion | None) -> None:
        self.crowd, self.terms = crowd, terms.pk if terms else None
        self.pick = random.Random()  # noqa: S311 - invented text
        large = len(crowd.staff) >= STAFF
        self.busiest, self.noted = BUSIEST_SHARE[large], NOTED_SHARE[large]
        # a closed team has half as many tickets as another
        self.teams = [team for team in crowd.teams for _ in range(1 if team.is_closed else 2)]
        self.now = clock.now().astimezone(UTC).replace(tzinfo=None, microsecond=0)
        self.done = str(self.now)
        self.ticket, self.message = Table(Ticket), Table(Message)
        self.event, self.tagging, self.mention = Table(Event), Table(Tagging), Table(Mention)
        self.letters = {story: _letters_of(story) for story in STORIES}
        self.stories = {lang: [s for s in STORIES if s.language == lang] for lang in ("ar", "en")}
        self.keys = {story: normalise(story.subject) for story in STORIES}
        self.domain_keys = {
            domain: normalise(f"{domain.unicode} {domain.ascii}")
            for domains in crowd.domains.values()
            for domain in domains
        }
        self.note = (_NOTE, render_answer(_NOTE))
        self.promises = _promises(self.now)
        self.last: tuple[int, str, Person, Story] | None = None  # what a repeated ticket is merged into
        self.tickets: list[list[Any]] = []
        self.messages: list[list[Any]] = []
        self.events: list[list[Any]] = []
        self.taggings: list[list[Any]] = []
        self.mentions: list[list[Any]] = []

    def begin(self, *, message: int) -> None:
        """A fresh batch whose messages have keys from ``message`` on."""
        self.tickets, self.messages, self.events, self.taggings, self.mentions = [], [], [], [], []
        self.next_message = message

    def tell(self, pk: int, number: str, place: int, count: int) -> None:
        """The ``place``-th of ``count`` tickets: the older ones are closed, the youngest tenth is open."""
        pick = self.pick
        still_open = max(-(-count // OPEN_SHARE), min(FEWEST_OPEN, count * 6 // 10))
        turn = place - (count - still_open)
        language = "ar" if pick.random() < 0.7 else "en"
        story, person = pick.choice(self.stories[language]), pick.choice(self.crowd.customers[language])
        channel = pick.choice(_CHANNELS)
        values: dict[str, Any] = {"id": pk, "number": number, "channel": channel}
        if turn < 0:
            days = 8 + (OLDEST - 8) * (1 - (place + pick.random()) / count)
            story, person = self._closed(values, story, person, language, days)
        else:
            self._open(values, turn)
        self._write(values, story, person)

    def _closed(
        self, values: dict[str, Any], story: Story, person: Person, language: str, days: float
    ) -> tuple[Story, Person]:
        pick = self.pick
        reason = pick.choice(_REASONS)
        created = self.now - timedelta(seconds=int(days * _DAY))
        answered = created + timedelta(seconds=pick.randrange(600, 72_000))
        closed = min(self.now, answered + timedelta(seconds=pick.randrange(3600, 7 * _DAY)))
        if reason is CloseReason.MERGED and self.last is not None:
            values["merged_into_id"], values["into"], person, story = self.last
        elif reason is CloseReason.MERGED:
            reason = CloseReason.SOLVED_BY_STAFF
        if reason is not CloseReason.MERGED:
            self.last = (values["id"], values["number"], person, story)
        if reason is CloseReason.SPAM:
            values["subject"] = _SPAM[language]
        values |= {"status": Status.CLOSED.value, "close_reason": reason.value, "closed_at": closed}
        values |= {"created_at": created, "updated_at": closed, "last_answered_at": answered}
        return story, person

    def _open(self, values: dict[str, Any], place: int) -> None:
        pick, now, status = self.pick, self.now, _TURNS[place % len(_TURNS)]
        values["status"] = status.value
        if status is Status.WITH_CENTRE:
            fresh = pick.random() < 0.4
            late = place % 20 == _LATE
            days = LONGEST_WAIT - pick.random() if late else min(LONGEST_WAIT, pick.expovariate(0.6))
            turn = now - timedelta(seconds=int(days * _DAY))
            created = turn if fresh else turn - timedelta(seconds=pick.randrange(7200, 5 * _DAY))
            values |= {"created_at": created, "updated_at": turn, "waiting_since": turn}
            values |= {"answer_clock_at": turn, "answer_due_at": self._promise(turn)}
            values["last_answered_at"] = None if fresh else created + (turn - created) / 2
            if place % 20 == _SOON:  # whatever the weekday, on which a promise may fall on no day at all
                values["answer_due_at"] = str(now + timedelta(seconds=pick.randrange(3600, 3 * 3600)))
            if place % 20 == _SNOOZED:
                values["snoozed_until"] = now + timedelta(seconds=pick.randrange(3600, 5 * _DAY))
            return
        answered = now - timedelta(seconds=pick.randrange(600, 6 * _DAY))
        values |= {
            "created_at": answered - timedelta(seconds=pick.randrange(600, 3 * _DAY)),
            "last_answered_at": answered,
            "updated_at": answered,
        }
        if status is Status.WITH_CUSTOMER:
            values["close_due_at"] = answered + timedelta(days=7)
        else:
            values |= {"held": True, "waiting_since": values["created_at"]}

    def _promise(self, turn: datetime) -> str:
        """The promised answer to a turn, as of the hour in which it came."""
        hours = int((self.now - turn).total_seconds()) // 3600
        return str(self.promises[hours] + timedelta(seconds=turn.second + 60 * turn.minute))

    def _write(self, values: dict[str, Any], story: Story, person: Person) -> None:
        pick, pk, status = self.pick, values["id"], values["status"]
        into, held = values.pop("into", None), values.pop("held", False)
        guest = values["channel"] == Channel.DIRECT.value
        assigned = pick.random() < (0.75 if status == Status.WITH_CENTRE.value else 0.95)
        staff = self.crowd.staff
        assignee = staff[0] if pick.random() < self.busiest else pick.choice(staff)
        service = self.crowd.services.get(story.service) or next(iter(self.crowd.services.values()))
        created, answered = values["created_at"], values["last_answered_at"]
        first = self.next_message
        self._letters(values, story, None if guest else person.pk, person.full_name, assignee)
        values["message_count"] = self.next_message - first
        if held:
            values["hold_party"], values["hold_reason"] = _HOLDS[story.language]
        domain = pick.choice(self.crowd.domains[story.language]) if story.domain else None
        if "subject" not in values:
            values["subject"] = f"{story.subject} ({domain.unicode})" if domain else story.subject
        if values["channel"] == Channel.DESK.value:
            values["opened_by_id"] = assignee.pk
        if domain:
            values |= {"domain_typed": domain.typed, "domain_unicode": domain.unicode}
            values["domain_ascii"] = domain.ascii
        self.tickets.append(
            self.ticket.row(
                **{name: str(v) if type(v) is datetime else v for name, v in values.items()},
                purpose=story.purpose,
                service_id=service.pk,
                team_id=pick.choice(self.teams).pk if pick.random() < 0.9 else service.team_id,
                search_key=f"{self.keys[story]} {self.domain_keys[domain] if domain else ''}",
                requester_id=None if guest else person.pk,
                requester_name=person.full_name,
                requester_email=person.email if not guest else f"guest-{pk}@stock.example",
                language=story.language,
                terms_id=self.terms,
                assignee_id=assignee.pk if assigned else None,
                first_answered_at=str(answered) if answered else None,
                version=3,
            )
        )
        actor = None if guest else person.pk
        self._event(pk, Event.Kind.OPENED, actor, person.full_name, created, first)
        if answered:
            self._event(pk, Event.Kind.ANSWERED, assignee.pk, assignee.full_name, answered, first + 1)
        if held:
            facts = {"party": values["hold_party"], "reason": values["hold_reason"]}
            self._event(pk, Event.Kind.HELD, assignee.pk, assignee.full_name, answered, None, facts)
        if status == Status.CLOSED.value:
            facts = {"reason": values["close_reason"]} | ({"into": into} if into else {})
            by = assignee if values["close_reason"] != CloseReason.SILENCE.value else None
            self._event(
                pk,
                Event.Kind.CLOSED,
                by.pk if by else None,
                by.full_name if by else "",
                values["closed_at"],
                None,
                facts,
            )
        for tag in {pick.choice(self.crowd.tags) for _ in range(pick.choice((0, 0, 1, 2)))}:
            self.taggings.append(self.tagging.row(tag_id=tag, ticket_id=pk))

    def _letters(
        self, values: dict[str, Any], story: Story, author: int | None, name: str, assignee: Person
    ) -> None:
        """Opening, follow-up and answer; of a fresh ticket the first alone, of some a note beside them."""
        created, answered, turn = values["created_at"], values["last_answered_at"], values["updated_at"]
        channel = values["channel"]
        opening, answer, follow_up = self.letters[story]
        text, html = self.pick.choice(opening)
        base = {"ticket_id": values["id"], "author_id": author, "author_name": name, "channel": channel}
        staff = {
            "ticket_id": values["id"],
            "author_id": assignee.pk,
            "author_name": assignee.full_name,
            "channel": Channel.DESK.value,
        }
        told: list[tuple[datetime, str, tuple[str, str], dict[str, Any]]] = []
        if answered:
            waits = values["status"] == Status.WITH_CENTRE.value
            asked_again = turn if waits else created + (answered - created) / 2
            told.append((answered, Message.Kind.ANSWER.value, answer, staff))
            told.append((asked_again, Message.Kind.FOLLOW_UP.value, follow_up, base))
            if self.pick.random() < self.noted:
                told.append((answered, Message.Kind.NOTE.value, self.note, staff))
                self._mention(values, self.next_message + len(told), answered)
        key = self.next_message
        self.messages.append(
            self.message.row(
                id=key,
                kind=Message.Kind.OPENING.value,
                text=text,
                html=html,
                wanted=story.wanted,
                at=str(created),
                **base,
            )
        )
        for at, kind, (text, html), who in told:
            key += 1
            self.messages.append(self.message.row(id=key, kind=kind, text=text, html=html, at=str(at), **who))
        self.next_message = key + 1

    def _mention(self, values: dict[str, Any], note: int, at: datetime) -> None:
        """The note calls a colleague, who has seen it where the ticket is closed."""
        staff = self.crowd.staff
        called = staff[0] if self.pick.random() < self.busiest else self.pick.choice(staff)
        seen = str(at) if values["status"] == Status.CLOSED.value else None
        row = self.mention.row(message_id=note, ticket_id=values["id"], person_id=called.pk)
        row[self.mention.at["at"]], row[self.mention.at["seen_at"]] = str(at), seen
        self.mentions.append(row)

    def _event(
        self,
        ticket: int,
        kind: Event.Kind,
        actor: int | None,
        name: str,
        at: datetime,
        message: int | None,
        facts: dict[str, str] | None = None,
    ) -> None:
        self.events.append(
            self.event.row(
                ticket_id=ticket,
                kind=kind.value,
                actor_id=actor,
                actor_name=name,
                message_id=message,
                at=str(at),
                data=json.dumps(facts) if facts else "{}",
                done_at=self.done,
            )
        )


_Drawn = tuple[str, str]  # a text, and its HTML


def _letters_of(story: Story) -> tuple[list[_Drawn], _Drawn, _Drawn]:
    """A story's openings under several greetings, its answer and its follow-up."""
    openings = [f"{greeting}\n\n{story.text}" for greeting in _GREETINGS[story.language]]
    answer, follow_up = story.answer or story.wanted, story.follow_up or story.wanted
    return (
        [(text, render_plain(text)) for text in openings],
        (answer, render_answer(answer)),
        (follow_up, render_plain(follow_up)),
    )


def _promises(now: datetime) -> list[datetime]:
    """By full hours before now, when an answer to a letter of that hour is promised."""
    current = calendar.current()
    found = []
    for hours in range(LONGEST_WAIT * 24 + 1):
        due = deadlines.due_at(
            current, (now - timedelta(hours=hours + 1)).replace(tzinfo=UTC), current.answer_days
        )
        found.append(datetime.fromisoformat(moment(due)))
    return found
