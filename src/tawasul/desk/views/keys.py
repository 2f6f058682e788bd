"""The sheet of shortcuts with the choice to have none, and the names that a note may mention."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from tawasul.desk import choices, gate, shortcuts
from tawasul.desk.shelves import shelves_for
from tawasul.tickets import mentions


@require_safe
@never_cache
@gate.staff_only
def keys(request: HttpRequest) -> HttpResponse:
    """Every shortcut in both languages, as a page; for the script only the sheet, to stand in a dialog."""
    person = gate.staff_member(request)
    context = {
        "sheet": shortcuts.SHEET,
        "in_other": shortcuts.in_other,
        "keys_on": choices.chosen(person, "keys", "on") == "on",
    }
    if request.headers.get("X-Requested-With"):
        return render(request, "desk/_keys.html", context)
    return render(request, "desk/keys.html", {**context, "shelves": shelves_for(person), "view": ""})


@require_safe
@never_cache
@gate.staff_only
def names(request: HttpRequest) -> HttpResponse:
    """People and teams that begin with ?q=, a few, as a list that the note's script offers."""
    found = mentions.offers(request.GET.get("q", "")[:100])
    return JsonResponse(
        {"names": [{"name": each.name, "written": each.written, "team": each.is_team} for each in found]}
    )
