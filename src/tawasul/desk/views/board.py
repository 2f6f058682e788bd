"""The team lead's board: what waits with each team and each person."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from tawasul.accounts import roles
from tawasul.accounts.roles import Permission
from tawasul.core import clock
from tawasul.desk import gate, presence
from tawasul.desk.due import due_of, waited
from tawasul.desk.shelves import bounded, shelves_for
from tawasul.tickets import access
from tawasul.tickets import board as figures


@require_safe
@never_cache
@gate.allowed(Permission.BOARD)
def board(request: HttpRequest) -> HttpResponse:
    """Teams and people. Who may see every team sees all of them, the others the teams that they belong to."""
    person, now = gate.staff_member(request), clock.now()
    everything = roles.may(person, Permission.ALL_TEAMS)
    teams = figures.teams_on_board(person, everything=everything)
    people = figures.people_on_board(teams, everything=everything)

    def told(row: figures.TeamRow | figures.PersonRow) -> tuple[object, ...]:
        first = row.first if row.first is None or access.is_open_to(person, row.first) else None
        return (row, first, due_of(first, now) if first else None, waited(first, now) if first else "")

    context = {
        "shelves": shelves_for(person),
        "view": "board",
        "teams": [told(row) for row in figures.of_teams(teams, now)],
        "people": [told(row) for row in figures.of_people(people, now)],
        "bounded": bounded,
        "states": presence.states(people),
    }
    return render(request, "desk/board.html", context)
