"""People and teams named in a note: ``@username``, or a name in brackets, ``@[Customer care]``.

The names are found before the note is written, marked in its drawing, and kept as one ``Mention`` a person: a team
is its members, the author is never told of their own note, and nobody is called to a ticket that is hidden from them.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from html import escape
from typing import Final

from django.db.models import Q

from tawasul.accounts import roles
from tawasul.accounts.models import Person, Team
from tawasul.core import clock
from tawasul.core.prepared import Prepared
from tawasul.search.normalise import normalise
from tawasul.tickets.models import Mention, Message, Ticket

MOST = 20  # names of one note; a letter to everybody is not what mentions are for
MOST_OFFERED = 8

_BRACKETED = r"@\[(?P<bracketed>[^\[\]\n]{1,200})\]"
_BARE = r"(?<![\w@.+/-])@(?P<bare>\w(?:[\w.+-]{0,62}\w)?)"
_NAMED = re.compile(f"{_BRACKETED}|{_BARE}")
_TAGS = re.compile(r"(<[^>]*>)")
_UNTOUCHED = re.compile(r"</?(code|pre|a)\b")


@dataclass(slots=True)
class Named:
    """Whom a note calls: by key, and the team they are called as a member of; ``spoken`` is how they stand in it."""

    people: dict[int, int | None] = field(default_factory=dict)
    spoken: set[str] = field(default_factory=set)

    def __bool__(self) -> bool:
        return bool(self.spoken)


@dataclass(frozen=True, slots=True)
class Offer:
    """One name that may be completed: what is shown, what is written, and what it is."""

    name: str
    written: str
    is_team: bool


def named_in(text: str, *, ticket: Ticket, by: Person) -> Named:
    """Everybody whom the text names and who may see the ticket; at most three queries, none without an ``@``."""
    found = Named()
    if "@" not in text:
        return found
    spoken = list(dict.fromkeys(match.group() for match in _NAMED.finditer(text)))[:MOST]
    bare = {Person.normalize_username(name[1:]): name for name in spoken if not name.startswith("@[")}
    full = {name[2:-1].strip(): name for name in spoken if name.startswith("@[")}
    if not spoken:
        return found
    named = Person.objects.filter(Q(username__in=bare) | Q(full_name__in=full), is_staff=True, is_active=True)
    for person in named:
        _call(found, ticket, by, [person], None)
        found.spoken |= {bare.get(person.username, ""), full.get(person.full_name, "")} - {""}
    if full:
        teams = Team.objects.filter(Q(name_ar__in=full) | Q(name_en__in=full), is_active=True)
        for team in teams.prefetch_related("members"):
            members = [person for person in team.members.all() if person.is_staff and person.is_active]
            _call(found, ticket, by, members, team.pk)
            found.spoken |= {full.get(team.name_ar, ""), full.get(team.name_en, "")} - {""}
    return found


def _call(found: Named, ticket: Ticket, by: Person, people: Iterable[Person], team: int | None) -> None:
    for person in people:
        if person.pk != by.pk and ticket.team_id not in roles.hidden_teams(person):
            found.people.setdefault(person.pk, team)  # by name first: the person, then the teams


def marked(html: str, named: Named) -> str:
    """The note's drawing with every known name marked; code and links stay as they are."""
    if not named:
        return html
    shown = {escape(spoken): escape(_shown(spoken)) for spoken in named.spoken}
    pattern = re.compile(
        "|".join(rf"{re.escape(name)}(?!\w)" for name in sorted(shown, key=len, reverse=True))
    )
    parts, depth = [], 0
    for part in _TAGS.split(html):
        if part.startswith("<"):
            if _UNTOUCHED.match(part):
                depth += -1 if part.startswith("</") else 1
        elif not depth:
            part = pattern.sub(lambda match: f'<bdi class="mention">{shown[match.group()]}</bdi>', part)
        parts.append(part)
    return "".join(parts)


def _shown(spoken: str) -> str:
    return f"@{spoken[2:-1].strip()}" if spoken.startswith("@[") else spoken


def record(message: Message, named: Named, at: datetime) -> None:
    """Keep whom the written note calls."""
    Mention.objects.bulk_create(
        Mention(message=message, ticket_id=message.ticket_id, person_id=person, team_id=team, at=at)
        for person, team in named.people.items()
    )


_UNSEEN: Final = Prepared(
    lambda ticket, person: Mention.objects.filter(
        person_id=person, ticket_id=ticket, seen_at__isnull=True
    ).values_list("pk")[:1]
)


def see(ticket: Ticket, person: Person) -> None:
    """The person has the ticket before them: what called them to it is seen. A page without such writes nothing."""
    if _UNSEEN.first(ticket.pk, person.pk) is not None:
        Mention.objects.filter(person=person, ticket=ticket, seen_at=None).update(seen_at=clock.now())


def offers(typed: str) -> list[Offer]:
    """Names of staff and teams that begin with what was typed, or have a word that does; at most MOST_OFFERED."""
    wanted = normalise(typed.strip())
    staff = Person.objects.filter(is_staff=True, is_active=True).order_by("full_name", "pk")
    teams = Team.objects.filter(is_active=True).order_by("pk")[:100]
    found = [
        Offer(str(team), f"@[{team}]", is_team=True)
        for team in teams
        if _begins(wanted, team.name_ar, team.name_en)
    ]
    for username, name in staff.values_list("username", "full_name")[:500]:
        if _begins(wanted, username, name):
            plain = _NAMED.fullmatch(f"@{username}") is not None
            found.append(Offer(name or username, f"@{username}" if plain else f"@[{name}]", is_team=False))
    found.sort(key=lambda offer: offer.is_team)  # people first; each in their order
    return found[:MOST_OFFERED]


def _begins(wanted: str, *names: str) -> bool:
    folded = [normalise(name) for name in names]
    return any(name.startswith(wanted) or f" {wanted}" in name for name in folded)
