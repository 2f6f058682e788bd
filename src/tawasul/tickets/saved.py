"""Saved views: a filter of the queue under a name, for oneself, for a team, or for everyone at the desk."""

from functools import lru_cache
from typing import Any, Final

from django.db import transaction
from django.db.models import Max, Q, QuerySet
from django.http import Http404

from tawasul.accounts import roles
from tawasul.accounts.actions import record_change
from tawasul.accounts.models import Person
from tawasul.accounts.roles import Permission
from tawasul.core.prepared import Prepared
from tawasul.tickets.models import SavedView

LISTED: Final = 30  # beside the queue, at most
MOST: Final = 100  # of one person
Scope = SavedView.Scope


class TooMany(Exception):
    """The person keeps ``MOST`` views already."""


def listed_for(person: Person) -> list[SavedView]:
    """What stands beside the person's queue: their own, their teams', everyone's, each in its own order; one small
    query."""
    teams = roles.teams_of(person)
    return sorted(_listed(len(teams))(person.pk, *teams), key=_shelf)


def view_for(person: Person, pk: int) -> SavedView:
    """A saved view that the person may rename or remove: their own, or a shared one for whoever may share.
    Raises Http404."""
    teams = roles.teams_of(person)
    found = SavedView.objects.filter(pk=pk).filter(_visible(person.pk, teams)).first()
    if found is None or not may_change(person, found):
        raise Http404
    return found


def may_change(person: Person, view: SavedView) -> bool:
    """Whether the view is the person's own to change, or shared and theirs to tend."""
    if view.scope == Scope.PERSONAL:
        return view.owner_id == person.pk
    return roles.may(person, Permission.SHARE)


@transaction.atomic
def save_view(
    *, by: Person, name: str, query: str, scope: str = Scope.PERSONAL, team: int | None = None
) -> SavedView:
    """Keep a filter, canonical as it stands in the address, under a name. Raises TooMany."""
    Person.objects.select_for_update().only("pk").get(pk=by.pk)  # two at once count the same
    if SavedView.objects.filter(owner=by).count() >= MOST:
        raise TooMany
    view = SavedView(name=name, query=query, scope=scope, team_id=team, owner=by)
    last = _beside(view).aggregate(last=Max("position"))["last"]
    view.position = last + 1 if last else 0  # by name until somebody moves one
    view.save()
    _keep(view, {}, told(view), by)
    return view


@transaction.atomic
def rename_view(view: SavedView, *, name: str, by: Person) -> None:
    """Give it another name."""
    before = told(view)
    view.name = name
    SavedView.objects.filter(pk=view.pk).update(name=name)
    _keep(view, before, told(view), by)


@transaction.atomic
def move_view(view: SavedView, *, up: bool, by: Person) -> None:
    """One place up or down among the views of the same people; at the end of the list nothing happens."""
    views = list(_beside(view).select_for_update(of=("self",)).order_by("position", "name", "pk"))
    place = next((at for at, one in enumerate(views) if one.pk == view.pk), None)
    if place is None or not 0 <= (other := place - 1 if up else place + 1) < len(views):
        return
    views[place], views[other] = views[other], views[place]
    for position, one in enumerate(views, 1):
        if one.position != position:
            SavedView.objects.filter(pk=one.pk).update(position=position)
    _keep(view, {"place": place + 1}, {"place": other + 1}, by)


def same_order(view: SavedView, other: SavedView) -> bool:
    """Whether the two, both listed for one person, stand in one order: theirs, a team's, or everyone's."""
    return (view.scope, view.team_id) == (other.scope, other.team_id)


@transaction.atomic
def remove_view(view: SavedView, *, by: Person) -> None:
    """Remove it for everybody who saw it; the tickets are untouched."""
    _keep(view, told(view), {}, by)
    SavedView.objects.filter(pk=view.pk).delete()


def told(view: SavedView) -> dict[str, Any]:
    """What the history keeps of a shared view."""
    team = {"ar": view.team.name_ar, "en": view.team.name_en} if view.team else None
    return {
        "name": view.name,
        "scope": str(view.scope),
        "query": view.query,
        **({"team": team} if team else {}),
    }


def _keep(view: SavedView, before: dict[str, Any], after: dict[str, Any], by: Person) -> None:
    if view.scope != Scope.PERSONAL:  # what others see; one's own is nobody's business
        record_change("view", view, before, after, by)


def _beside(view: SavedView) -> QuerySet[SavedView]:
    """The views that have one order with this one: of the same person, the same team, or everyone."""
    rows = SavedView.objects.filter(scope=view.scope)
    if view.scope == Scope.PERSONAL:
        return rows.filter(owner=view.owner_id)
    return rows.filter(team=view.team_id)


_ORDER: Final = {Scope.PERSONAL: 0, Scope.TEAM: 1, Scope.EVERYONE: 2}


def _shelf(view: SavedView) -> tuple[int, int]:
    return _ORDER[Scope(view.scope)], view.team_id or 0


def _visible(person: Any, teams: Any) -> Q:
    found = Q(scope=Scope.PERSONAL, owner=person) | Q(scope=Scope.EVERYONE)
    for team in teams:
        found |= Q(scope=Scope.TEAM, team=team)
    return found


@lru_cache(maxsize=32)
def _listed(teams: int) -> Prepared[SavedView]:
    def build(person: Any, *places: Any) -> QuerySet[SavedView]:
        return SavedView.objects.filter(_visible(person, places)).order_by("position", "name", "pk")[:LISTED]

    return Prepared(build, places=1 + teams)
