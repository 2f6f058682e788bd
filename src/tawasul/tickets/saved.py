"""Saved views: a filter of the queue under a name, for oneself, for a team, or for everyone at the desk."""

from functools import lru_cache
from typing import Any, Final

from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import Http404

from tawasul.accounts import roles
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
    """What stands beside the person's queue: their own, their teams', everyone's; one small query."""
    teams = roles.teams_of(person)
    return _listed(len(teams))(person.pk, *teams)


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
    return SavedView.objects.create(name=name, query=query, scope=scope, team_id=team, owner=by)


def rename_view(view: SavedView, *, name: str) -> None:
    """Give it another name."""
    view.name = name
    SavedView.objects.filter(pk=view.pk).update(name=name)


def remove_view(view: SavedView) -> None:
    """Remove it for everybody who saw it; the tickets are untouched."""
    SavedView.objects.filter(pk=view.pk).delete()


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
