"""What each role may do at the desk: the defaults in one literal table, and what the centre made of them."""

from collections.abc import Mapping

from django.db import models
from django.utils.translation import gettext_lazy as _

from tawasul.accounts.models import Person, Role, RolePermissions, Team
from tawasul.core.kept import Kept


class Permission(models.TextChoices):
    """One thing that a role may be allowed. Reading is not among them: whoever is staff reads what they may see."""

    ANSWER = "answer", _("answer customers, hold, close and reopen")
    NOTE = "note", _("write internal notes")
    ASSIGN = "assign", _("take tickets, give them to others, transfer them")
    EDIT = "edit", _("change fields, tags, links, checklist and followers")
    PARTICIPANTS = "participants", _("add participants")
    MERGE = "merge", _("merge and split tickets")
    SPAM = "spam", _("mark as spam")
    BULK = "bulk", _("act on many tickets at once")
    SHARE = "share", _("share views, canned replies and macros with a team or everyone")
    ALL_TEAMS = "all_teams", _("see the tickets of closed teams without being a member")
    BOARD = "board", _("see the board of a team's work")
    MAIL = "mail", _("decide on mails in the ledger")
    SETTINGS = "settings", _("edit services, forms, fields, tags, teams and shared texts")
    PEOPLE = "people", _("give roles and permissions")


P = Permission
_AGENT = frozenset({P.ANSWER, P.NOTE, P.ASSIGN, P.EDIT, P.PARTICIPANTS, P.MERGE, P.SPAM, P.BULK, P.MAIL})
DEFAULTS: Mapping[str, frozenset[Permission]] = {
    Role.AGENT: _AGENT,
    Role.LEAD: _AGENT | {P.SHARE, P.BOARD},
    Role.ADMINISTRATOR: frozenset(P),  # always everything: nobody locks the centre out of its own desk
    Role.AUDITOR: frozenset({P.BOARD, P.ALL_TEAMS}),
}


def _read() -> Mapping[str, frozenset[Permission]]:
    table = dict(DEFAULTS)
    for row in RolePermissions.objects.exclude(role=Role.ADMINISTRATOR):
        table[row.role] = frozenset(P(name) for name in row.allowed if name in P.values)
    return table


permissions = Kept(_read)
_closed_teams = Kept(
    lambda: {
        team.pk: frozenset(member.pk for member in team.members.all())
        for team in Team.objects.filter(is_closed=True).prefetch_related("members")
    }
)


def _read_memberships() -> Mapping[int, tuple[int, ...]]:
    found: dict[int, tuple[int, ...]] = {}
    rows = Team.members.through.objects.filter(person__is_staff=True).order_by("team_id")
    for person, team in rows.values_list("person_id", "team_id"):
        found[person] = (*found.get(person, ()), team)
    return found


_memberships = Kept(_read_memberships)


def forget() -> None:
    """Read the tables anew next time; called after a change in this process."""
    permissions.forget()
    _closed_teams.forget()
    _memberships.forget()


def role_of(person: Person) -> str:
    """The person's role; a superuser is an administrator."""
    return Role.ADMINISTRATOR if person.is_superuser else person.role


def may(person: Person, permission: Permission) -> bool:
    """Whether the member of staff may do it, by their role."""
    return permission in permissions().get(role_of(person), frozenset())


def hidden_teams(person: Person) -> frozenset[int]:
    """Keys of the closed teams whose tickets the person does not see; mostly none."""
    closed = _closed_teams()
    if not closed or may(person, P.ALL_TEAMS):
        return frozenset()
    return frozenset(team for team, members in closed.items() if person.pk not in members)


def teams_of(person: Person) -> tuple[int, ...]:
    """Keys of the teams that the person is a member of, in their order."""
    return _memberships().get(person.pk, ())
