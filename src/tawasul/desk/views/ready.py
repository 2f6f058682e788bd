"""Pages of what staff have ready: lists, one to change, its preview and its history."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tawasul.accounts.models import Person
from tawasul.desk import gate
from tawasul.desk.ready_forms import ReadyForm
from tawasul.desk.settings.words import lines_of
from tawasul.desk.shelf import KINDS, Kind, previews
from tawasul.desk.shelves import shelves_for
from tawasul.replies.variables import VARIABLES


@require_safe
@never_cache
@gate.staff_only
def entrance(request: HttpRequest) -> HttpResponse:
    """The shelf opens at the replies."""
    return redirect("desk:ready_list", "replies")


@require_safe
@never_cache
@gate.staff_only
def listed(request: HttpRequest, kind: str) -> HttpResponse:
    """Everything of one kind that the person sees."""
    found, person = _kind(kind), gate.staff_member(request)
    rows = [(row, found.may_change(row, person)) for row in found.rows(person)]
    return _page(request, "desk/ready/list.html", found, rows=rows, may_add=found.may_add(person))


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@gate.staff_only
def new(request: HttpRequest, kind: str) -> HttpResponse:
    """Add one."""
    found, person = _kind(kind), gate.staff_member(request)
    if not found.may_add(person):
        raise Http404
    return _edited(request, found, found.blank(person), person)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@gate.staff_only
def one(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Change one; whoever may not sees it as it reads."""
    found, person = _kind(kind), gate.staff_member(request)
    row = _row(found, pk, person)
    if not found.may_change(row, person):
        if request.method == "POST":
            raise Http404
        form = found.form(row=row, by=person)
        return _page(request, "desk/ready/read.html", found, row=row, shown=previews(found, form))
    return _edited(request, found, row, person)


@require_POST
@gate.staff_only
def preview(request: HttpRequest, kind: str) -> HttpResponse:
    """The texts as they will be read: a part of the page for htmx, the whole form with it without scripts."""
    found, person = _kind(kind), gate.staff_member(request)
    if not found.may_add(person):
        raise Http404
    key = request.POST.get("row", "")
    row = _row(found, int(key), person) if key.isascii() and key.isdigit() and len(key) < 18 else None
    form = found.form(request.POST, row=row or found.blank(person), by=person)
    shown = previews(found, form)
    if request.htmx:  # type: ignore[attr-defined]  # set by django-htmx
        return render(request, "desk/ready/_preview.html", {"shown": shown, "asked": True})
    again = found.form(row=form.row, by=person)
    again.initial = request.POST.dict()
    return _form_page(request, found, again, shown=shown, asked=True)


@require_POST
@gate.staff_only
def removal(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Take one away for good."""
    found, person = _kind(kind), gate.staff_member(request)
    row = _row(found, pk, person)
    if not found.may_change(row, person):
        raise Http404
    found.remove(row, by=person)
    messages.success(request, _("It is removed. The history keeps what it was."))
    return redirect("desk:ready_list", found.name)


def _edited(request: HttpRequest, kind: Kind, row: Any, person: Person) -> HttpResponse:
    if request.method != "POST":
        return _form_page(request, kind, kind.form(row=row, by=person))
    form = kind.form(request.POST, row=row, by=person)
    if not form.is_valid():
        return _form_page(request, kind, form, status=422)
    kind.save(form.filled_row(), by=person)
    messages.success(request, _("It is saved."))
    return redirect("desk:ready_list", kind.name)


def _form_page(
    request: HttpRequest, kind: Kind, form: ReadyForm, *, status: int = 200, **more: Any
) -> HttpResponse:
    changes = [(row, lines_of(row)) for row in kind.changes_of(form.row)] if form.row.pk else []
    context = {"form": form, "row": form.row, "changes": changes, **more}
    if kind.name != "articles":
        context["variables"] = [(name, label) for name, (label, _value) in VARIABLES.items()]
    return _page(request, "desk/ready/form.html", kind, status=status, **context)


def _page(request: HttpRequest, template: str, kind: Kind, *, status: int = 200, **more: Any) -> HttpResponse:
    person = gate.staff_member(request)
    context = {"shelves": shelves_for(person), "view": "ready", "kind": kind, "kinds": KINDS.values(), **more}
    return render(request, template, context, status=status)


def _kind(name: str) -> Kind:
    if name not in KINDS:
        raise Http404
    return KINDS[name]


def _row(kind: Kind, pk: int, person: Person) -> Any:
    found = next((row for row in kind.rows(person) if row.pk == pk), None)
    if found is None:
        raise Http404
    return found
