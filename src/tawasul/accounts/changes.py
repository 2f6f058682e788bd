"""Changing the centre's settings at the desk: one transaction, a stale edit is noticed, and history keeps it."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import models, transaction
from django.db.models.fields.related_descriptors import ReverseManyToOneDescriptor

from tawasul.accounts import roles
from tawasul.accounts.actions import record_change
from tawasul.accounts.models import Change, Person, Role, RolePermissions
from tawasul.core.kept import forget_all


class Stale(Exception):
    """Somebody changed it since the form was opened; nothing was saved."""


class LastAdministrator(Exception):
    """Nobody would be left to give roles and permissions; nothing was saved."""


def snapshot(obj: models.Model, names: Sequence[str]) -> dict[str, Any]:
    """The named fields as history keeps them: names in both languages instead of keys, lists for several."""
    found: dict[str, Any] = {}
    for name in names:
        value = getattr(obj, name)
        found[name] = sorted(map(_named, value.all()), key=str) if _is_several(obj, name) else _named(value)
    return found


def _named(value: Any) -> Any:
    if isinstance(value, models.Model):
        arabic, english = getattr(value, "name_ar", ""), getattr(value, "name_en", "")
        return {"ar": arabic, "en": english} if arabic or english else str(value)
    return value


def mark_of(values: Mapping[str, Any]) -> str:
    """A short mark of what a form was opened with."""
    text = json.dumps(values, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:24]


@transaction.atomic
def keep(noun: str, obj: models.Model, values: Mapping[str, Any], *, by: Person, seen: str = "") -> bool:
    """Save ``values`` (by field; several for many-to-many) on a new or an existing object; True where that changed it.

    ``seen`` is ``mark_of`` the snapshot with which the form was opened. Raises Stale where it is another one by now.
    """
    names = list(values)
    if obj.pk is None:
        before: dict[str, Any] = {}
    else:
        obj = type(obj)._default_manager.select_for_update(of=("self",)).get(pk=obj.pk)
        before = snapshot(obj, names)
        if mark_of(before) != seen:
            raise Stale
    several = [name for name in names if _is_several(obj, name)]
    for name in names:
        if name not in several:
            setattr(obj, name, values[name])
    obj.save()
    for name in several:
        getattr(obj, name).set(values[name])
    changed = record_change(noun, obj, before, snapshot(obj, names), by)
    transaction.on_commit(forget_all)
    return changed is not None


def _is_several(obj: models.Model, name: str) -> bool:
    return isinstance(getattr(type(obj), name, None), ReverseManyToOneDescriptor)


@transaction.atomic
def shift(noun: str, rows: models.QuerySet[Any], pk: int, step: int, *, by: Person) -> None:
    """Move one of the ordered rows (``position``) up (-1) or down (1) by one place; at an end nothing happens."""
    listed = list(rows.select_for_update(of=("self",)).order_by("position", "pk"))
    at = next((index for index, row in enumerate(listed) if row.pk == pk), None)
    if at is None or not 0 <= at + step < len(listed):
        return
    listed[at], listed[at + step] = listed[at + step], listed[at]
    for place, row in enumerate(listed, start=1):
        if row.position != place:
            type(row)._default_manager.filter(pk=row.pk).update(position=place)
    record_change(noun, listed[at + step], {"place": at + 1}, {"place": at + step + 1}, by)


@transaction.atomic
def remove(noun: str, obj: models.Model, names: Sequence[str], *, by: Person) -> None:
    """Delete what nothing uses. Raises ProtectedError where something does after all."""
    record_change(noun, obj, snapshot(obj, names), {}, by)
    obj.delete()
    transaction.on_commit(forget_all)


@transaction.atomic
def give_role(person: Person, *, role: str, is_staff: bool, by: Person, seen: str) -> bool:
    """Make the person staff in this role, change their role, or end their work at the desk; True where that changed
    something. Raises Stale, and LastAdministrator where nobody would be left who gives roles."""
    # All of them are locked, or two who take the role from each other at once would both succeed.
    administrators = Person.objects.filter(models.Q(is_superuser=True) | models.Q(role=Role.ADMINISTRATOR))
    working = {row.pk for row in administrators.select_for_update() if row.is_staff and row.is_active}
    person = Person.objects.select_for_update().get(pk=person.pk)
    before = {"role": person.role, "is_staff": person.is_staff}
    if mark_of(before) != seen:
        raise Stale
    stays = is_staff and (role == Role.ADMINISTRATOR or person.is_superuser)
    if person.pk in working and not stays and len(working) == 1:
        raise LastAdministrator
    person.role, person.is_staff = role, is_staff
    person.save(update_fields=["role", "is_staff"])
    if not is_staff:
        person.teams.clear()
    return record_change("person", person, before, {"role": role, "is_staff": is_staff}, by) is not None


@transaction.atomic
def limit(person: Person, capacity: int | None, *, by: Person) -> bool:
    """How many open tickets the person is given automatically at most (None: without a limit); True where that changed
    something."""
    person = Person.objects.select_for_update(of=("self",)).get(pk=person.pk)
    before = {"capacity": person.capacity}
    person.capacity = capacity
    person.save(update_fields=["capacity"])
    return record_change("person", person, before, {"capacity": capacity}, by) is not None


@transaction.atomic
def allow(table: Mapping[str, frozenset[str]], *, by: Person, seen: str) -> bool:
    """Store what each role may do; the administrator's everything is not stored. True where that changed something.
    Raises Stale where somebody changed it meanwhile."""
    stored = {row.role: row for row in RolePermissions.objects.select_for_update()}
    roles.forget()
    now = roles.permissions()
    if permissions_mark(now) != seen:
        raise Stale
    changed = False
    for role, allowed in table.items():
        if role == Role.ADMINISTRATOR or role not in Role.values:
            continue
        before, after = _ordered(now[role]), _ordered(allowed)
        if before == after:
            continue
        row = stored.get(role) or RolePermissions(role=role)
        row.allowed = after
        row.save()
        record_change("permissions", row, {"allowed": before}, {"allowed": after}, by)
        changed = True
    transaction.on_commit(roles.forget)
    return changed


def permissions_mark(table: Mapping[str, frozenset[Any]]) -> str:
    """A mark of what every role may do."""
    return mark_of({role: _ordered(allowed) for role, allowed in table.items()})


def _ordered(allowed: frozenset[Any]) -> list[str]:
    return [name for name in roles.Permission.values if name in allowed]


def history(*, noun: str = "", object_id: str = "", before: str = "", most: int) -> list[Change]:
    """Changes, newest first: of everything, of a noun or of an object; ``before`` is the key of the last one seen."""
    rows = Change.objects.order_by("-pk")
    if noun:
        rows = rows.filter(noun=noun)
    if object_id:
        rows = rows.filter(object_id=object_id)
    if before.isascii() and before.isdigit():
        rows = rows.filter(pk__lt=int(before[:18]))
    return list(rows[:most])
