"""Verbs about the work on a ticket: its checklist, and the time that it took."""

from datetime import datetime

from django.db import transaction

from tawasul.accounts.models import Person
from tawasul.core import clock
from tawasul.tickets.actions.record import record, save
from tawasul.tickets.models import ChecklistItem, Event, Ticket, TimeEntry
from tawasul.tickets.writers import Writer

MOST_ITEMS = 50
LONGEST_TIME = 24 * 60  # minutes of one entry; a timer that was forgotten says no more than that


class TooManyItems(Exception):
    """The checklist has MOST_ITEMS already."""


@transaction.atomic
def add_item(ticket: Ticket, *, text: str, by: Person) -> ChecklistItem:
    """One more thing to do, at the end of the list. Raises TooManyItems."""
    row = Ticket.objects.locked(ticket.pk)
    items = list(row.checklist.all())
    if len(items) >= MOST_ITEMS:
        raise TooManyItems
    item = ChecklistItem.objects.create(
        ticket=row, text=text, position=max((one.position for one in items), default=0) + 1
    )
    _checked(row, ticket, by, "added", item)
    return item


@transaction.atomic
def tick(ticket: Ticket, item: int, *, done: bool, by: Person) -> None:
    """Done, or not done after all. What is so already stays with whoever did it."""
    row = Ticket.objects.locked(ticket.pk)
    found = row.checklist.filter(pk=item, done_at__isnull=done).first()
    if found is not None:
        found.done_at, found.done_by = (clock.now(), by) if done else (None, None)
        found.save(update_fields=["done_at", "done_by"])
        _checked(row, ticket, by, "ticked" if done else "unticked", found)


@transaction.atomic
def remove_item(ticket: Ticket, item: int, *, by: Person) -> None:
    """Take a thing off the list."""
    row = Ticket.objects.locked(ticket.pk)
    found = row.checklist.filter(pk=item).first()
    if found is not None:
        found.delete()
        _checked(row, ticket, by, "removed", found)


@transaction.atomic
def move_item(ticket: Ticket, item: int, *, up: bool, by: Person) -> None:
    """One place up or down; at the end of the list nothing happens."""
    row = Ticket.objects.locked(ticket.pk)
    items = list(row.checklist.all())
    place = next((at for at, one in enumerate(items) if one.pk == item), None)
    if place is None or not 0 <= (other := place - 1 if up else place + 1) < len(items):
        return
    items[place], items[other] = items[other], items[place]
    for position, one in enumerate(items, 1):
        if one.position != position:
            one.position = position
            one.save(update_fields=["position"])
    _checked(row, ticket, by, "moved", items[other])


@transaction.atomic
def spend(ticket: Ticket, *, minutes: int, by: Person, note: str = "") -> TimeEntry:
    """Enter time that was spent."""
    row = Ticket.objects.locked(ticket.pk)
    now = clock.now()
    entry = TimeEntry.objects.create(
        ticket=row, person=by, minutes=min(minutes, LONGEST_TIME), note=note, started_at=now
    )
    _spent(row, ticket, by, entry, now)
    return entry


@transaction.atomic
def start_timer(ticket: Ticket, *, by: Person) -> Ticket | None:
    """Measure from now. A person has one timer: one that runs on another ticket ends, and that ticket is returned."""
    other = TimeEntry.objects.filter(person=by, minutes=None).select_related("ticket").first()
    if other is not None and other.ticket_id == ticket.pk:
        return None
    if other is not None:
        stop_timer(other.ticket, by=by)
    row = Ticket.objects.locked(ticket.pk)
    row.version += 1
    save(row, ticket)
    TimeEntry.objects.create(ticket=row, person=by, started_at=clock.now())
    return other.ticket if other is not None else None


@transaction.atomic
def stop_timer(ticket: Ticket, *, by: Person, note: str = "") -> TimeEntry | None:
    """End the person's timer on this ticket: whole minutes, rounded up. None where none runs."""
    row = Ticket.objects.locked(ticket.pk)
    entry = TimeEntry.objects.filter(ticket=row, person=by, minutes=None).first()
    if entry is None:
        return None
    now = clock.now()
    entry.minutes, entry.note = measured(entry.started_at, now), note
    entry.save(update_fields=["minutes", "note"])
    _spent(row, ticket, by, entry, now)
    return entry


def measured(start: datetime, end: datetime) -> int:
    """Minutes from start to end, a begun one counted, at most LONGEST_TIME."""
    return min(max(1, -int(-(end - start).total_seconds() // 60)), LONGEST_TIME)


def _spent(row: Ticket, given: Ticket, by: Person, entry: TimeEntry, now: datetime) -> None:
    row.version += 1
    save(row, given)
    record(row, Event.Kind.TIME_SPENT, Writer.of(by), now, minutes=entry.minutes, note=entry.note)


def _checked(row: Ticket, given: Ticket, by: Person, verb: str, item: ChecklistItem) -> None:
    row.version += 1
    save(row, given)
    record(row, Event.Kind.CHECKED, Writer.of(by), clock.now(), verb=verb, text=item.text)
