"""Telling staff of promises that run out: a chore that looks at what is due within hours, or was within a day.

Nothing is kept about how far it came: a notice's key names the promise, so that one is told once, also where the
ticket was on hold meanwhile or changed hands, and a promise that is moved is a new one.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Model

from tawasul.accounts.models import Person, Role, Team
from tawasul.core import clock
from tawasul.core.keyset import page
from tawasul.mail.models import OutgoingMail
from tawasul.notices import choices
from tawasul.notices.models import MailItem, Notice
from tawasul.reactions import events, notices
from tawasul.tickets import access
from tawasul.tickets.models import Ticket
from tawasul.tickets.queue import SOON

LATE: Final = timedelta(days=1)  # what is late for longer was told, or nobody was there to tell it
CHUNK: Final = 500  # tickets at once
MOST: Final = 10_000  # tickets of one kind in one run

K = Notice.Kind
Told = tuple[Person, Notice.Kind, Ticket, str]


def tell_of_promises() -> int:
    """Tell whoever has a ticket, or its team's leads where nobody has it; how many rows were written."""
    now = clock.now()
    late = _due_between(now - LATE, now)
    soon = _due_between(now, now + SOON)
    written = 0
    for kind, chunks in ((K.OVERDUE, late), (K.DUE_SOON, soon)):
        for tickets in chunks:
            rows = list(_rows(_not_yet_told(list(_wanted(kind, tickets)))))
            if rows:
                events.insert_missing(rows)
                written += len(rows)
    return written


def _due_between(start: datetime, end: datetime) -> Iterator[list[Ticket]]:
    rows = Ticket.objects.with_centre().filter(answer_due_at__gt=start, answer_due_at__lte=end)
    cursor = ""
    for _turn in range(MOST // CHUNK):
        found = page(rows, "answer_due_at", CHUNK, after=cursor, newest_first=False)
        if found.rows:
            yield found.rows
        cursor = found.older
        if not cursor:
            return


def _wanted(kind: Notice.Kind, tickets: Sequence[Ticket]) -> Iterator[Told]:
    """Whom each ticket's promise concerns, and the key of telling it. Two queries."""
    leads = _leads({one.team_id for one in tickets if one.assignee_id is None and one.team_id is not None})
    keys = {one.assignee_id for one in tickets if one.assignee_id is not None}
    keys |= {pk for several in leads.values() for pk in several}
    people = Person.objects.filter(is_staff=True, is_active=True).in_bulk(keys)
    for ticket in tickets:
        concerned = [ticket.assignee_id] if ticket.assignee_id is not None else leads.get(ticket.team_id, [])
        assert ticket.answer_due_at is not None  # it was looked for by that
        key = f"{kind}:{ticket.pk}:{ticket.answer_due_at:%Y%m%d%H%M%S}"
        for pk in concerned:
            person = people.get(pk)
            if person and access.is_open_to(person, ticket) and choices.channels_of(person, kind):
                yield person, kind, ticket, key


def _leads(teams: set[int]) -> dict[int | None, list[int]]:
    found: dict[int | None, list[int]] = {}
    if teams:
        rows = Team.members.through.objects.filter(team_id__in=teams, person__role=Role.LEAD)
        for team, person in rows.values_list("team_id", "person_id"):
            found.setdefault(team, []).append(person)
    return found


def _not_yet_told(wanted: Sequence[Told]) -> list[Told]:
    """Without what was told before, at the desk or by mail, so that no mail is drawn in vain."""
    bells = {f"{key}:{person.pk}" for person, _, _, key in wanted}
    mails = {notices.mail_key(key, person.pk) for person, _, _, key in wanted}
    if not bells:
        return []
    told = set(Notice.objects.filter(key__in=bells).values_list("key", flat=True))
    sent = set(OutgoingMail.objects.filter(key__in=mails).values_list("key", flat=True))
    sent |= set(MailItem.objects.filter(key__in=mails).values_list("key", flat=True))
    return [
        one
        for one in wanted
        if f"{one[3]}:{one[0].pk}" not in told and notices.mail_key(one[3], one[0].pk) not in sent
    ]


def _rows(wanted: Iterable[Told]) -> Iterator[Model]:
    for person, kind, ticket, key in wanted:
        yield from notices.rows_for(person, kind, ticket, key)
