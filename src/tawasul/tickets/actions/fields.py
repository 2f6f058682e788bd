"""What a ticket says in the centre's own fields: written with its opening, changed at the desk."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import translation

from tawasul.accounts.models import Language, Person
from tawasul.core import clock
from tawasul.tickets import fields
from tawasul.tickets.actions import reverting
from tawasul.tickets.actions.record import in_one, record, save
from tawasul.tickets.actions.stale import Stale
from tawasul.tickets.fields import Definition, Parsed
from tawasul.tickets.models import Event, FieldValue, Ticket
from tawasul.tickets.writers import Writer


def write(row: Ticket, parsed: Mapping[Definition, Parsed]) -> None:
    """Store what a new ticket says, within the transaction that opens it."""
    FieldValue.objects.bulk_create(
        [_filled(FieldValue(ticket=row, field_id=one.pk), value) for one, value in parsed.items()]
    )


def copy(source: Ticket, row: Ticket) -> None:
    """Let a new ticket say what another one says, within the transaction that opens it. What is not asked of its
    service stays behind."""
    fitting = [one.pk for one in fields.definitions() if not one.services or row.service_id in one.services]
    if not fitting:
        return
    values = list(FieldValue.objects.filter(ticket=source, field__in=fitting).order_by("pk"))
    for value in values:
        value.pk, value.ticket = None, row
    FieldValue.objects.bulk_create(values)


@in_one
def change(
    ticket: Ticket,
    definition: Definition,
    parsed: Parsed | None,
    *,
    by: Person,
    version: int | None = None,
    was: str | None = None,
) -> Ticket:
    """Give a field another value, or none. ``was`` is what the form showed (``fields.typed``). Nothing happens where
    it stands so already. Raises Stale."""
    row = Ticket.objects.locked(ticket.pk)
    value = FieldValue.objects.filter(ticket=row, field=definition.pk).first()
    before = fields.typed(definition, value)
    if before == fields.typed(definition, parsed) and (value is None) == (parsed is None):
        return row
    name = f"field:{definition.key}"
    if version is not None and row.version != version and was != before:
        raise Stale(name, row, _last_change(row, name))
    told: dict[str, Any] = {
        "before": fields.words(definition, value),
        "after": fields.words(definition, parsed),
        "names": {"ar": definition.name_ar, "en": definition.name_en},
        "names_before": in_both(definition, value),
        "names_after": in_both(definition, parsed),
    }
    if parsed is None:
        assert value is not None  # nothing to nothing is no change
        value.delete()
    else:
        _filled(value or FieldValue(ticket=row, field_id=definition.pk), parsed).save()
    row.version += 1
    save(row, ticket)
    record(
        row,
        Event.Kind.CHANGED,
        Writer.of(by),
        clock.now(),
        property=name,
        version=row.version,
        **told,
    )
    return row


def kept(value: FieldValue | None) -> dict[str, Any]:
    """What a ticket says in a field, as JSON keeps it and ``put_back`` restores it; empty where it says nothing."""
    if value is None:
        return {}
    number, day = value.number, value.day
    return {
        "text": value.text,
        "search_key": value.search_key,
        "number": None if number is None else str(number),
        "day": None if day is None else day.isoformat(),
        "choice": value.choice_id,
        "person": value.person_id,
    }


@in_one
def put_back(
    ticket: Ticket, definition: Definition, before: Mapping[str, Any], *, version: int, by: Person
) -> Ticket:
    """The ticket says again what ``kept`` kept, also what nobody could type any more. Raises Outdated where the ticket
    has another version, or the choice or the person of that value is gone."""
    reverting.unchanged(ticket.pk, version)
    if not before:
        return change(ticket, definition, None, by=by)
    number, day, person = before["number"], before["day"], before["person"]
    gone = before["choice"] is not None and definition.choice(before["choice"]) is None
    if gone or (person is not None and not Person.objects.filter(pk=person).exists()):
        raise reverting.Outdated
    was = Parsed(
        text=before["text"],
        search_key=before["search_key"],
        number=None if number is None else Decimal(number),
        day=None if day is None else date.fromisoformat(day),
        choice=before["choice"],
        person=person,
    )
    return change(ticket, definition, was, by=by)


def _filled(value: FieldValue, parsed: Parsed) -> FieldValue:
    value.text, value.search_key = parsed.text, parsed.search_key
    value.number, value.day = parsed.number, parsed.day
    value.choice_id, value.person_id = parsed.choice, parsed.person
    return value


def in_both(definition: Definition, value: FieldValue | Parsed | None) -> dict[str, str]:
    """The words in each language, as they are now: a history outlives a renaming."""
    said = {}
    for language in Language.values:
        with translation.override(language):
            said[language] = fields.words(definition, value)
    return said


def _last_change(row: Ticket, name: str) -> Event | None:
    last = Event.objects.filter(ticket=row, kind=Event.Kind.CHANGED).order_by("-pk")[:50]
    return next((one for one in last if one.data.get("property") == name), None)
