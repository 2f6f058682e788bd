"""Links between tickets that belong together."""

from typing import Any

from django.db import transaction
from django.db.models import Q

from tawasul.accounts.models import Person
from tawasul.core import clock
from tawasul.tickets.actions.record import record
from tawasul.tickets.models import Event, Ticket, TicketLink
from tawasul.tickets.writers import Writer

Kind = TicketLink.Kind


class NotLinkable(Exception):
    """Why two tickets cannot be linked so: ``code`` is "itself", "already" or "cycle"."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@transaction.atomic
def link(source: Ticket, target: Ticket, *, kind: str, by: Person) -> TicketLink:
    """Link two tickets: ``source`` relates to, duplicates, causes or is the parent of ``target``.

    Nothing becomes its own ancestor. Raises NotLinkable.
    """
    if source.pk == target.pk:
        raise NotLinkable("itself")
    now = clock.now()
    for pk in sorted((source.pk, target.pk)):
        _touch(Ticket.objects.locked(pk))
    pair = Q(source=source, target=target) | Q(source=target, target=source)
    if TicketLink.objects.filter(pair, kind=kind).exists():
        raise NotLinkable("cycle" if kind == Kind.PARENT and _is_above(target, source) else "already")
    if kind == Kind.PARENT and _is_above(target, source):
        raise NotLinkable("cycle")
    made = TicketLink.objects.create(source=source, target=target, kind=Kind(kind), by=by, at=now)
    _recorded(made, by)
    return made


@transaction.atomic
def unlink(link: TicketLink, *, by: Person) -> None:
    """Remove the link; a second time nothing happens."""
    for pk in sorted((link.source_id, link.target_id)):
        _touch(Ticket.objects.locked(pk))
    removed, _ = TicketLink.objects.filter(pk=link.pk).delete()
    if removed:
        _recorded(link, by, removed=True)


def _touch(row: Ticket) -> None:
    row.version += 1
    row.save(update_fields=["version"])


def _recorded(link: TicketLink, by: Person, *, removed: bool = False) -> None:
    for ticket, other, way in ((link.source, link.target, "out"), (link.target, link.source, "in")):
        data: dict[str, Any] = {"number": other.number, "link": link.kind, "way": way, "removed": removed}
        record(ticket, Event.Kind.LINKED, Writer.of(by), clock.now(), **data)


def _is_above(ticket: Ticket, other: Ticket) -> bool:
    """Whether the ticket is a parent of the other one, or a parent's parent, however far."""
    level, seen = {other.pk}, {other.pk}
    while level:
        above = TicketLink.objects.filter(kind=Kind.PARENT, target__in=level)
        level = set(above.values_list("source_id", flat=True)) - seen
        if ticket.pk in level:
            return True
        seen |= level
    return False
