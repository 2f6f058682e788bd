"""While somebody is out of the office: their open tickets at the start, then each one to which a customer writes."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import F, OuterRef, Q, QuerySet, Subquery

from tawasul.accounts import absences
from tawasul.accounts.models import Absence, Person, Role
from tawasul.accounts.roles import hidden_teams, role_of
from tawasul.core import clock
from tawasul.tickets.actions.record import record
from tawasul.tickets.models import Event, Status, Ticket
from tawasul.tickets.writers import Writer

BATCH: Final = 200
OPEN: Final = (Status.WITH_CENTRE, Status.ON_HOLD, Status.WITH_CUSTOMER)
_K = Event.Kind
LETTERS: Final = (_K.FOLLOWED_UP, _K.REOPENED)
GIVEN: Final = (_K.ASSIGNED, _K.TAKEN, _K.TRANSFERRED)


def stand_in(now: datetime | None = None) -> int:
    """Give what the absent are asked meanwhile to whoever stands in for them, else back to the team; how many."""
    now = now or clock.now()
    absent = absences.running(now)
    given = 0
    for absence in absent.values():
        if absence.hands_over and absence.handed_over_at is None:
            given += _hand_over(absence, absent, now)
        given += _hand_on(absence, absent, now)
    return given


def _hand_over(absence: Absence, absent: Mapping[int, Absence], now: datetime) -> int:
    """All open tickets, once: a batch a transaction, and the mark with the last one."""
    given, last = 0, 0
    while True:
        with transaction.atomic():
            row = _locked(absence)
            if row is None or row.handed_over_at is not None or not row.hands_over:
                absences.forget()
                return given
            rows = Ticket.objects.filter(assignee=absence.person_id, status__in=OPEN, pk__gt=last)
            tickets = list(rows.select_for_update(of=("self",)).order_by("pk")[:BATCH])
            given += _give(row, tickets, absent, now)
            if len(tickets) < BATCH:
                row.handed_over_at = now
                row.save(update_fields=["handed_over_at"])
                absences.forget()
                return given
            last = tickets[-1].pk


def _hand_on(absence: Absence, absent: Mapping[int, Absence], now: datetime) -> int:
    """The tickets to which the customer wrote since the absence began, and which nobody gave to the absent person
    after that letter: who does so by hand knows what they do."""
    if not _written(absence).exists():
        return 0
    with transaction.atomic():
        row = _locked(absence)
        if row is None:
            return 0
        keys = list(_written(absence).order_by("pk").values_list("pk", flat=True)[:BATCH])
        rows = Ticket.objects.with_centre().filter(pk__in=keys, assignee=absence.person_id)
        return _give(row, rows.select_for_update(of=("self",)).order_by("pk"), absent, now)


def _written(absence: Absence) -> QuerySet[Ticket]:
    events = Event.objects.filter(ticket=OuterRef("pk")).order_by("-at", "-pk")
    letter = events.filter(kind__in=LETTERS, message__isnull=False, at__gte=absence.starts_at)
    given = events.filter(kind__in=GIVEN)
    rows = Ticket.objects.with_centre().filter(assignee=absence.person_id)
    newest = rows.annotate(letter=Subquery(letter.values("pk")[:1]), given=Subquery(given.values("pk")[:1]))
    return newest.filter(letter__isnull=False).filter(Q(given__isnull=True) | Q(letter__gt=F("given")))


def _locked(absence: Absence) -> Absence | None:
    """The row, so that one worker at a time gives its tickets; None where it was taken back, put off or ended
    meanwhile: what is kept at hand may be some seconds old."""
    rows, now = Absence.objects.select_for_update(of=("self",)).select_related("person"), clock.now()
    return rows.filter(pk=absence.pk, starts_at__lte=now, ends_at__gt=now).first()


def _give(absence: Absence, tickets: Iterable[Ticket], absent: Mapping[int, Absence], now: datetime) -> int:
    """Each to whoever stands in and may see it; where there is nobody, back to its team what is with the centre."""
    told = []
    for ticket in tickets:
        to = absences.stand_in(absence.person_id, absent, lambda one, at=ticket: _may_have(one, at))  # type: ignore[misc]
        if to is None and (ticket.team_id is None or ticket.status != Status.WITH_CENTRE):
            continue
        ticket.assignee = to
        ticket.version += 1
        ticket.save(update_fields=["assignee", "version"])
        record(
            ticket,
            Event.Kind.ASSIGNED,
            Writer(None, "", ""),
            now,
            to=str(to) if to else "",
            to_id=to.pk if to else None,
            from_id=absence.person_id,
            absence=True,
            absent=str(absence.person),
        )
        told.append([ticket.pk, to.pk if to else None])
    if told:
        absence.given = [*absence.given, *told]
        absence.save(update_fields=["given"])
    return len(told)


def _may_have(person: Person, ticket: Ticket) -> bool:
    return role_of(person) != Role.AUDITOR and ticket.team_id not in hidden_teams(person)
