"""What a member of staff was told: the list, the sheet behind the bell, what is seen, and the choices."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tawasul.accounts.models import Person
from tawasul.desk import gate
from tawasul.desk.shelves import shelves_for
from tawasul.notices import actions, queries, words
from tawasul.notices import choices as kept
from tawasul.notices.choices import Channel
from tawasul.notices.models import Notice
from tawasul.tickets import access

UNREAD = "unread"
EACH = "each"  # every notice is a mail of its own


@require_safe
@never_cache
@gate.staff_only
def notices(request: HttpRequest) -> HttpResponseBase:
    """All of it by pages (?show=unread); for htmx the newest few, as the bell shows them."""
    person = gate.staff_member(request)
    if request.headers.get("HX-Request"):
        recent = queries.notices_of(person, size=queries.RECENT)
        return render(request, "desk/notices/_recent.html", {"rows": _told(recent.rows)})
    unread = request.GET.get("show") == UNREAD
    found = queries.notices_of(
        person,
        unread=unread,
        after=request.GET.get("after", "")[:60],
        before=request.GET.get("before", "")[:60],
    )
    context = {
        **_frame(person),
        "rows": _told(found.rows),
        "unread": unread,
        "newer": _place(unread, before=found.newer),
        "older": _place(unread, after=found.older),
    }
    return render(request, "desk/notices/list.html", context)


@require_POST
@gate.staff_only
def seen(request: HttpRequest) -> HttpResponseBase:
    """All of it was seen, or what belongs to a ticket (ticket=NUMBER) that stands open on a page."""
    person = gate.staff_member(request)
    number = request.POST.get("ticket", "")
    if number:
        actions.see(access.desk_ticket_for(person, number), person)
    else:
        actions.see_all(person)
    if request.headers.get("X-Requested-With"):
        return JsonResponse(queries.told(person))
    return redirect("desk:notices")


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@gate.staff_only
def choices(request: HttpRequest) -> HttpResponseBase:
    """Of what the person wants to be told, and where; with ``usual`` as the centre suggests."""
    person = gate.staff_member(request)
    if request.method == "POST":
        if "usual" in request.POST:
            actions.choose(person, None)
            messages.success(request, _("You are told of things as the centre suggests."))
        else:
            posted = {kind: request.POST.getlist(kind) for kind in kept.DEFAULTS}
            actions.choose(person, posted, each=request.POST.get("mails") == EACH)
            messages.success(request, _("Your choices are kept."))
        return redirect("desk:notice_choices")
    chosen = {kind: kept.channels_of(person, kind) for kind in kept.DEFAULTS}
    context = {
        **_frame(person),
        "channels": [(channel.value, channel.label) for channel in Channel],
        "kinds": [
            (kind, label, {channel.value: channel in chosen[kind] for channel in Channel})
            for kind, label in kept.LABELS.items()
        ],
        "are_own": kept.are_own(person),
        "wants_each": kept.wants_each(person),
    }
    return render(request, "desk/notices/choices.html", context)


def _frame(person: Person) -> dict[str, Any]:
    return {"shelves": shelves_for(person), "view": "notices"}


def _told(rows: list[Notice]) -> list[tuple[Notice, str]]:
    return [(one, words.sentence(one.kind, one.event.kind if one.event else "")) for one in rows]


def _place(unread: bool, **cursor: str) -> str:
    if not all(cursor.values()):
        return ""
    query = {**({"show": UNREAD} if unread else {}), **cursor}
    return f"{reverse('desk:notices')}?{urlencode(query)}"
