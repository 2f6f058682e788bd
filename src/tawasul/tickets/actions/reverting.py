"""Verbs that take back what was done to a ticket as part of something larger, as long as nobody has gone on with it.

``before`` is what ``state`` kept, ``version`` the ticket's after the change. All raise Outdated where the ticket has
another version by now: a later decision of somebody's is worth more than the wish to undo.
"""

from collections.abc import Mapping
from typing import Any, TypeVar

from django.db.models import Model, QuerySet

from tawasul.accounts.models import Person, Team
from tawasul.core import clock
from tawasul.tickets import workflow
from tawasul.tickets.actions.record import in_one, record, save
from tawasul.tickets.models import CloseReason, Event, Message, Service, Ticket
from tawasul.tickets.writers import Writer

M = TypeVar("M", bound=Model)

_NONE = {"ar": "–", "en": "–"}


class Outdated(Exception):
    """The ticket has gone on since."""


class TooLate(Exception):
    """The customer was told already."""


def state(ticket: Ticket) -> dict[str, Any]:
    """What these verbs put back, as it stands now and as JSON keeps it."""
    return {**workflow.snapshot(ticket), "team_id": ticket.team_id, "service_id": ticket.service_id}


def unchanged(pk: int, version: int) -> Ticket:
    """The locked ticket. Raises Outdated where it is not the one of that version any more."""
    row = Ticket.objects.locked(pk)
    if row.version != version:
        raise Outdated
    return row


@in_one
def put_back(ticket: Ticket, before: Mapping[str, Any], *, version: int, by: Person) -> Ticket:
    """Whose the ticket is, its team and its service are again what they were."""
    row, now, writer = unchanged(ticket.pk, version), clock.now(), Writer.of(by)
    team, holder, service = row.team, row.assignee_id, row.service
    able = Person.objects.filter(is_staff=True, is_active=True)  # whoever has left since gets nothing back
    row.assignee = _one(able, before["assignee_id"])
    if row.team_id != before["team_id"]:
        row.team = _one(Team.objects.all(), before["team_id"])
    if row.service_id != before["service_id"]:
        row.service = Service.objects.get(pk=before["service_id"])
    row.version += 1
    save(row, ticket)
    to: dict[str, Any] = {
        "to": str(row.assignee) if row.assignee else "",
        "to_id": row.assignee.pk if row.assignee else None,
    }
    if team != row.team:
        names, was = _names(row.team) or _NONE, _names(team)
        to |= {"to_team": row.team.pk if row.team else None, "names": names, "names_before": was}
        record(row, Event.Kind.TRANSFERRED, writer, now, version=row.version, **to)
    elif holder != row.assignee_id:
        record(row, Event.Kind.ASSIGNED, writer, now, **to)
    if service != row.service:
        told: dict[str, Any] = {"before": service.code, "after": row.service.code}
        told |= {"names_before": _names(service), "names_after": _names(row.service)}
        record(row, Event.Kind.CHANGED, writer, now, property="service", version=row.version, **told)
    return row


@in_one
def recall(ticket: Ticket, before: Mapping[str, Any], *, version: int, by: Person, **part: Any) -> Ticket:
    """An answer or a closing, known by the ``part`` of its event's data, has not happened: its letter is gone, the
    ticket is as it was, and the customer hears of neither. Raises TooLate where they were told; of spam nobody is."""
    row, now = unchanged(ticket.pk, version), clock.now()
    same = {f"data__{name}": value for name, value in part.items()}
    events = Event.objects.filter(ticket=row, kind__in=(Event.Kind.ANSWERED, Event.Kind.CLOSED), **same)
    event = events.select_related("message").order_by("-pk").first()
    if event is None:
        raise Outdated
    waiting = Event.objects.filter(pk=event.pk)
    if event.data.get("reason") != CloseReason.SPAM:
        # One statement against the worker, which claims the event when its time has come
        waiting = waiting.filter(done_at=None, lease=None, next_try_at__gt=now)
    if not waiting.update(done_at=now, data={**event.data, "retracted": True}):
        raise TooLate
    workflow.restore(row, before)
    if event.message is not None:
        row.message_count -= 1
        Message.objects.filter(pk=event.message.pk).delete()
    save(row, ticket)
    record(row, Event.Kind.RETRACTED, Writer.of(by), now, closing=event.kind == Event.Kind.CLOSED)
    return row


def _one(rows: QuerySet[M], pk: int | None) -> M | None:
    return rows.filter(pk=pk).first() if pk is not None else None


def _names(thing: Service | Team | None) -> dict[str, str]:
    return {"ar": thing.name_ar, "en": thing.name_en} if thing else {}
