"""At the desk, away, or out of the office: what staff say of themselves, and leads of their teams."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from tawasul.accounts import absences as kept
from tawasul.accounts.models import Absence, Change, Person, Role
from tawasul.accounts.roles import Permission, hidden_teams, may, role_of, teams_of
from tawasul.core import clock
from tawasul.core.text import isolate
from tawasul.desk import gate
from tawasul.desk.absence_forms import AbsenceForm
from tawasul.desk.settings.words import lines_of
from tawasul.desk.shelves import shelves_for
from tawasul.tickets.models import Ticket

MOST = 200  # people, absences and tickets on the page
MOST_CHANGES = 20


@require_POST
@gate.allowed(Permission.ASSIGN)
def presence(request: HttpRequest) -> HttpResponseBase:
    """Away from the desk (state=away) or back at it (state=here); then back to the page that asked (``next``)."""
    person = gate.staff_member(request)
    away = request.POST.get("state") == "away"
    kept.choose_away(person, away=away)
    messages.success(
        request,
        _("You are away: no ticket is given to you automatically.")
        if away
        else _("You are at the desk: tickets can be given to you automatically."),
    )
    back = request.POST.get("next", "")[:2000]
    ours = back.startswith("/") and url_has_allowed_host_and_scheme(back, allowed_hosts=None)
    return redirect(back if ours else reverse("desk:queue"))


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@gate.allowed(Permission.ASSIGN)
def absences(request: HttpRequest) -> HttpResponseBase:
    """One's own absences and those one tends, the form for another one, and what went to whom in those that ended."""
    person = gate.staff_member(request)
    people = _tended(person)
    form = AbsenceForm(request.POST or None, people=people, staff=_able())
    if request.method != "POST":
        return _page(request, person, people, form)
    form = AbsenceForm(request.POST, people=people, staff=_able())
    if not form.is_valid():
        return _page(request, person, people, form, status=422)
    given = form.cleaned_data
    told = {name: given[name] for name in ("starts_at", "ends_at", "substitute", "hands_over", "note")}
    try:
        kept.announce(given["person"], **told, by=person)
    except kept.Overlaps:  # announced elsewhere in this very moment
        form.say_taken()
        return _page(request, person, people, form, status=422)
    messages.success(request, _("The absence is noted: %(name)s.") % {"name": isolate(str(given["person"]))})
    return redirect("desk:absences")


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@gate.allowed(Permission.ASSIGN)
def absence(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Change an absence that has not begun, or the rest of one that runs; its history stands below."""
    person, found = gate.staff_member(request), _one(pk)
    if found.person_id not in {one.pk for one in _tended(person)}:
        raise Http404
    if found.ends_at <= clock.now():
        messages.error(request, _("This absence is over: it stays as it was."))
        return redirect("desk:absences")
    given_in = request.POST if request.method == "POST" else None
    form = AbsenceForm(given_in, people=[found.person], staff=_able(found), absence=found)
    if request.method != "POST" or not form.is_valid():
        return _one_page(request, found, form)
    given = form.cleaned_data
    told = {name: given[name] for name in ("starts_at", "ends_at", "substitute", "note", "seen")}
    try:
        kept.change(found, **told, hands_over=given.get("hands_over", found.hands_over), by=person)
    except kept.Overlaps:
        form.say_taken()
    except kept.NotChangeable:
        said = _(
            "The absence has been changed or has ended meanwhile. Look at it and save again if you still want to."
        )
        messages.error(request, said)
        return redirect("desk:absence_one", pk) if _still(pk) else redirect("desk:absences")
    else:
        messages.success(request, _("The absence is saved: %(name)s.") % {"name": isolate(str(found.person))})
        return redirect("desk:absences")
    return _one_page(request, found, form)


@require_POST
@gate.allowed(Permission.ASSIGN)
def removal(request: HttpRequest, pk: int) -> HttpResponseBase:
    """End an absence that runs, or take back one that has not begun."""
    person = gate.staff_member(request)
    found = _one(pk)
    if found.person_id not in {one.pk for one in _tended(person)}:
        raise Http404
    ended = kept.end(found, by=person)
    messages.success(request, _("The absence is over.") if ended else _("The absence is taken back."))
    return redirect("desk:absences")


@require_POST
@gate.allowed(Permission.ASSIGN)
def reading(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The person has read what went to whom; the note at the desk goes."""
    found = _one(pk)
    if found.person_id != gate.staff_member(request).pk:
        raise Http404
    kept.read(found)
    return redirect("desk:absences")


def _page(
    request: HttpRequest, person: Person, people: list[Person], form: AbsenceForm, *, status: int = 200
) -> HttpResponse:
    now = clock.now()
    rows = Absence.objects.filter(person__in=people, ends_at__gt=now).select_related("person", "substitute")
    context: dict[str, Any] = {
        "shelves": shelves_for(person),
        "view": "absences",
        "form": form,
        "listed": [(one, one.starts_at <= now, one.person_id == person.pk) for one in rows[:MOST]],
        "ended": [(one, _given(one, person)) for one in kept.to_be_read_by(person.pk)],
        "invalid": status == 422,
    }
    return render(request, "desk/absences.html", context, status=status)


def _one_page(request: HttpRequest, found: Absence, form: AbsenceForm) -> HttpResponse:
    changes = Change.objects.filter(noun="absence", object_id=str(found.pk)).order_by("-pk")[:MOST_CHANGES]
    context: dict[str, Any] = {
        "shelves": shelves_for(gate.staff_member(request)),
        "view": "absences",
        "form": form,
        "absence": found,
        "changes": [(change, lines_of(change)) for change in changes],
    }
    return render(request, "desk/absence.html", context, status=422 if form.errors else 200)


def _still(pk: int) -> bool:
    return Absence.objects.filter(pk=pk, ends_at__gt=clock.now()).exists()


def _given(absence: Absence, person: Person) -> list[tuple[Ticket, Person | None]]:
    """What went to whom in the absence, as far as the reader may see it: two queries."""
    given = dict(absence.given[:MOST])
    tickets = Ticket.objects.filter(pk__in=given).exclude(team__in=hidden_teams(person)).order_by("pk")
    people = Person.objects.in_bulk({to for to in given.values() if to is not None})
    return [(ticket, people.get(given[ticket.pk] or 0)) for ticket in tickets]


def _tended(person: Person) -> list[Person]:
    """Whose absences the person may set: their own; who sees the board, those of their teams; who gives roles,
    everybody's."""
    staff = Person.objects.filter(is_staff=True, is_active=True).exclude(pk=person.pk)
    if may(person, Permission.PEOPLE):
        others = staff
    elif may(person, Permission.BOARD):
        others = staff.filter(teams__in=teams_of(person)).distinct()
    else:
        others = staff.none()
    return [person, *others.order_by("full_name", "pk")[:MOST]]


def _able(absence: Absence | None = None) -> list[Person]:
    """Who may stand in for somebody; whoever does in the absence stays among them."""
    staff = Person.objects.filter(is_staff=True, is_active=True).order_by("full_name", "pk")[:MOST]
    able = [one for one in staff if role_of(one) != Role.AUDITOR]
    now = absence.substitute if absence is not None else None
    return able if now is None or now in able else [*able, now]


def _one(pk: int) -> Absence:
    found = (
        Absence.objects.select_related("person", "substitute").filter(pk=pk).first() if pk < 2**63 else None
    )
    if found is None:
        raise Http404
    return found
