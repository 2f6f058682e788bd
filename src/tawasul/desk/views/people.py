"""Who works at the desk in which role, and what each role may do."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tawasul.accounts import changes, roles
from tawasul.accounts.models import Person, Role
from tawasul.accounts.queries import person_by_login
from tawasul.accounts.roles import Permission
from tawasul.core.text import ascii_digits
from tawasul.desk import gate
from tawasul.desk.settings.forms import typed
from tawasul.desk.views.settings import page, told

MOST = 500  # people on the page
ENDED = "none"  # instead of a role: no longer staff


@require_safe
@never_cache
@gate.allowed(Permission.PEOPLE)
def people(request: HttpRequest) -> HttpResponse:
    """The staff with their roles and teams; ?q= finds an account by its user name or address, to make it staff."""
    return _people(request)


@require_POST
@gate.allowed(Permission.PEOPLE)
def role(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Change somebody's role, make them staff, or end it."""
    person = Person.objects.filter(pk=pk, is_active=True).first() if pk < 2**63 else None
    if person is None:
        raise Http404
    wanted = request.POST.get("role", "")
    if wanted not in {*Role.values, ENDED}:
        messages.error(request, _("Choose a role."))
        return redirect("desk:settings_people")
    try:
        changed = changes.give_role(
            person,
            role=person.role if wanted == ENDED else wanted,
            is_staff=wanted != ENDED,
            by=gate.staff_member(request),
            seen=typed(request.POST, "seen", 64),
        )
    except changes.Stale:
        messages.error(
            request,
            _("Somebody changed this person meanwhile, so nothing was saved. This is how it stands now."),
        )
    except changes.LastAdministrator:
        messages.error(
            request,
            _(
                "This is the last administrator. Make somebody else an administrator first, then change this one."
            ),
        )
    else:
        said = _("%(name)s no longer works at the desk.") if wanted == ENDED else _("%(name)s is: %(role)s.")
        if changed:
            words = "" if wanted == ENDED else Role(wanted).label
            messages.success(request, said % {"name": person.full_name or person.username, "role": words})
    return redirect("desk:settings_people")


@require_POST
@gate.allowed(Permission.PEOPLE)
def capacity(request: HttpRequest, pk: int) -> HttpResponseBase:
    """How many open tickets somebody is given automatically at most; empty: without a limit."""
    person = Person.objects.filter(pk=pk, is_staff=True).first() if pk < 2**63 else None
    if person is None:
        raise Http404
    asked = ascii_digits(typed(request.POST, "capacity", 10).strip())
    if asked and not (asked.isascii() and asked.isdigit() and len(asked) < 6):
        messages.error(request, _("Write a number, or nothing for no limit."))
    elif changes.limit(person, int(asked) if asked else None, by=gate.staff_member(request)):
        messages.success(request, _("Saved: %(name)s") % {"name": person})
    return redirect("desk:settings_people")


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@gate.allowed(Permission.PEOPLE)
def permissions(request: HttpRequest) -> HttpResponseBase:
    """The table of what each role may do."""
    if request.method != "POST":
        return _permissions(request)
    wanted = {
        role: frozenset(name for name in request.POST.getlist(role) if name in Permission.values)
        for role in Role.values
        if role != Role.ADMINISTRATOR
    }
    try:
        changed = changes.allow(wanted, by=gate.staff_member(request), seen=typed(request.POST, "seen", 64))
    except changes.Stale:
        return _permissions(request, wanted, status=409)
    said = _("Saved. It holds for everybody within two seconds.") if changed else _("Nothing was changed.")
    messages.success(request, said)
    return redirect("desk:settings_permissions")


def _people(request: HttpRequest) -> HttpResponse:
    staff = Person.objects.filter(is_staff=True).prefetch_related("teams").order_by("full_name", "pk")[:MOST]
    asked = typed(request.GET, "q", 320)
    found = person_by_login(asked) if asked else None
    if found is not None and (found.is_staff or not found.is_active):
        found = None
    return page(
        request,
        "desk/settings/people.html",
        "people",
        rows=[(person, _mark(person), list(person.teams.all())) for person in staff],
        roles=Role.choices,
        asked=asked,
        found=found,
        found_mark=_mark(found) if found is not None else "",
        changes=told(changes.history(noun="person", most=10)),
    )


def _permissions(
    request: HttpRequest, wanted: dict[str, frozenset[str]] | None = None, *, status: int = 200
) -> HttpResponse:
    roles.forget()  # the page that edits the table never shows one that is two seconds old
    now = roles.permissions()
    table = {**now, **(wanted or {})}
    return page(
        request,
        "desk/settings/permissions.html",
        "permissions",
        rows=[
            (name.value, name.label, {role: name in table[role] for role in Role.values})
            for name in Permission
        ],
        roles=[(role.value, role.label, role == Role.ADMINISTRATOR) for role in Role],
        seen=changes.permissions_mark(now),
        is_stale=wanted is not None,
        changes=told(changes.history(noun="permissions", most=10)),
        status=status,
    )


def _mark(person: Person) -> str:
    return changes.mark_of({"role": person.role, "is_staff": person.is_staff})
