"""The settings of the desk: lists, one object, its order, its merging and its removal."""

import math
from typing import Any

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Model, ProtectedError
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tawasul.accounts import changes, roles
from tawasul.accounts.roles import Permission
from tawasul.desk import gate
from tawasul.desk.settings.forms import MergeForm, NounForm, typed
from tawasul.desk.settings.nouns import NOUNS, Noun
from tawasul.desk.settings.words import VERBS, lines_of, name_of
from tawasul.desk.shelves import shelves_for
from tawasul.search.normalise import normalise, stems
from tawasul.tickets.actions.words import NotMergeableTags, merge_tags
from tawasul.tickets.models import Tag

HISTORY = 30  # changes on a page
LONG = 100  # rows of one page of a list
SHORT = 12  # rows that one sees at once; above more of them stands a field to find one
SETTINGS = "settings"  # this place among the shelves


@require_safe
@never_cache
@gate.staff_only
def first(request: HttpRequest) -> HttpResponseBase:
    """The first page of the settings that the person may open."""
    person = gate.staff_member(request)
    if roles.may(person, Permission.SETTINGS):
        return redirect("desk:settings_list", noun="services")
    gate.require(request, Permission.PEOPLE)
    return redirect("desk:settings_people")


@require_safe
@never_cache
@gate.allowed(Permission.SETTINGS)
def listed(request: HttpRequest, noun: str) -> HttpResponse:
    """All of one noun, in their order; of many, those with the words of ``?q=`` in either name."""
    kind = _noun(noun)
    rows = list(kind.rows())
    is_long, asked = len(rows) > SHORT, request.GET.get("q", "").strip()[:80]
    if is_long and asked:
        named = [(row, normalise(f"{row.name_ar} {row.name_en}")) for row in rows]
        ways = [
            normalise(asked).split(),
            stems(asked) or [asked],
        ]  # as it stands, and without article and ending
        rows = [row for row, names in named if any(all(word in names for word in way) for way in ways)]
    at = request.GET.get("page", "1")
    last = max(1, math.ceil(len(rows) / LONG))
    number = min(max(int(at), 1), last) if at.isascii() and at.isdigit() and len(at) < 6 else 1
    said = [(row, kind.says(row)) for row in rows[(number - 1) * LONG : number * LONG]]
    context: dict[str, Any] = {
        "kind": kind,
        "rows": said,
        "is_long": is_long,
        "asked": asked,
        "found": len(rows),
    }
    context |= {"number": number, "last": last}
    return page(request, "desk/settings/list.html", kind.name, **context)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@gate.allowed(Permission.SETTINGS)
def new(request: HttpRequest, noun: str) -> HttpResponseBase:
    """Add one."""
    kind = _noun(noun)
    return _edited(request, kind, kind.model())


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@gate.allowed(Permission.SETTINGS)
def one(request: HttpRequest, noun: str, pk: int) -> HttpResponseBase:
    """Change one; its history stands below."""
    kind = _noun(noun)
    return _edited(request, kind, _object(kind, pk))


@require_POST
@gate.allowed(Permission.SETTINGS)
def position(request: HttpRequest, noun: str, pk: int) -> HttpResponseBase:
    """One place up or down in the list."""
    kind = _noun(noun)
    if not kind.ordered:
        raise Http404
    step = -1 if request.POST.get("to") == "up" else 1
    rows = kind.model._default_manager.all()
    changes.shift(kind.name, rows, pk, step, by=gate.staff_member(request))
    return redirect(reverse("desk:settings_list", args=[kind.name]) + f"#row-{pk}")


@require_POST
@gate.allowed(Permission.SETTINGS)
def removal(request: HttpRequest, noun: str, pk: int) -> HttpResponseBase:
    """Delete what nothing uses; what is in use is switched off instead."""
    kind = _noun(noun)
    obj = _object(kind, pk)
    name = str(obj)
    try:
        if kind.is_used(obj):
            raise ProtectedError("", set())
        changes.remove(kind.name, obj, kind.fields, by=gate.staff_member(request))
    except ProtectedError:
        messages.error(request, _("It is in use, so it is not deleted. It can be switched off instead."))
        return redirect("desk:settings_one", noun=kind.name, pk=pk)
    messages.success(request, _("Deleted: %(name)s") % {"name": name})
    return redirect("desk:settings_list", noun=kind.name)


@require_POST
@gate.allowed(Permission.SETTINGS)
def merging(request: HttpRequest, noun: str, pk: int) -> HttpResponseBase:
    """Put a tag's tickets under another tag."""
    kind = _noun(noun)
    tag = _object(kind, pk)
    if not isinstance(tag, Tag):
        raise Http404
    form = MergeForm(request.POST, tag=tag)
    if not form.is_valid():
        return _drawn(
            request, kind, tag, kind.form(obj=tag, initial=_initial(kind, tag)), merge=form, status=422
        )
    into = form.cleaned_data["into"]
    try:
        merge_tags(tag, into, by=gate.staff_member(request))
    except NotMergeableTags:
        messages.error(request, _("These tags cannot be merged: one of them was changed meanwhile."))
        return redirect("desk:settings_one", noun=kind.name, pk=pk)
    said = _("The tickets of %(tag)s stand under %(into)s now.")
    messages.success(request, said % {"tag": tag, "into": into})
    return redirect("desk:settings_one", noun=kind.name, pk=into.pk)


@require_safe
@never_cache
@gate.staff_only
def history(request: HttpRequest) -> HttpResponse:
    """Every change of the settings, the newest first."""
    person = gate.staff_member(request)
    if not roles.may(person, Permission.SETTINGS):
        gate.require(request, Permission.PEOPLE)
    rows = changes.history(before=request.GET.get("before", ""), most=HISTORY + 1)
    older = f"?before={rows[HISTORY - 1].pk}" if len(rows) > HISTORY else ""
    return page(request, "desk/settings/history.html", "history", changes=told(rows[:HISTORY]), older=older)


def told(rows: list[Any]) -> list[tuple[Any, str, str, list[tuple[str, str, str]]]]:
    """Changes as history shows them: the row, whose name, the verb, and the differences in words."""
    return [(row, name_of(row), str(VERBS.get(row.verb, row.verb)), lines_of(row)) for row in rows]


def page(request: HttpRequest, template: str, at: str, *, status: int = 200, **context: Any) -> HttpResponse:
    """Draw a page of the settings; ``at`` is the tab."""
    person = gate.staff_member(request)
    tabs = []
    if roles.may(person, Permission.SETTINGS):
        tabs = [
            (reverse("desk:settings_list", args=[n.name]), n.many, None, n.name == at) for n in NOUNS.values()
        ]
        tabs.append((reverse("desk:settings_forms"), _("Forms"), None, at == "forms"))
    if roles.may(person, Permission.PEOPLE):
        tabs += [
            (reverse("desk:settings_people"), _("People"), None, at == "people"),
            (reverse("desk:settings_permissions"), _("Permissions"), None, at == "permissions"),
        ]
    tabs.append((reverse("desk:settings_history"), _("History"), None, at == "history"))
    shown = {"shelves": shelves_for(person), "view": SETTINGS, "tabs_of_settings": tabs, **context}
    return render(request, template, shown, status=status)


def _edited(request: HttpRequest, kind: Noun, obj: Any) -> HttpResponseBase:
    if request.method != "POST":
        return _drawn(request, kind, obj, kind.form(obj=obj, initial=_initial(kind, obj)))
    form = kind.form(request.POST, obj=obj)
    if not form.is_valid():
        return _drawn(request, kind, obj, form, status=422)
    if "preview" in request.POST:
        return _drawn(request, kind, obj, form)
    values = form.values()
    is_new = obj.pk is None
    if is_new:
        kind.begin(obj, values)
    try:
        changed = changes.keep(
            kind.name, obj, values, by=gate.staff_member(request), seen=typed(request.POST, "seen", 64)
        )
    except changes.Stale:
        obj.refresh_from_db()
        return _drawn(request, kind, obj, form, stale=True, status=409)
    except ObjectDoesNotExist:  # deleted meanwhile
        raise Http404 from None
    return saved(request, kind.name, form, words_for(changed, is_new=is_new))


def words_for(changed: bool, *, is_new: bool = False) -> str:
    """What is said of what was saved, with a place for its name."""
    if is_new:
        return _("Added: %(name)s")
    return _("Saved: %(name)s") if changed else _("Nothing was changed: %(name)s")


def saved(request: HttpRequest, noun: str, form: NounForm, said: str) -> HttpResponseBase:
    """Back to the list, where ``said`` stands with the object's name."""
    name = form.cleaned_data["name_en" if request.LANGUAGE_CODE == "en" else "name_ar"]
    messages.success(request, said % {"name": name})
    return redirect("desk:settings_list", noun=noun)


def opened(
    noun: str, pk: int | None, form: Form, mark: str, *, stale: bool = False, status: int = 200
) -> dict[str, Any]:
    """What every form of the settings says around its fields: what it was opened with, and what came before.

    ``mark`` is of what stands there now. A form that comes back keeps the mark it was sent with, so that it stays
    stale; one that was just shown to be stale takes the new one, and is saved by a second press.
    """
    recent = changes.history(noun=noun, object_id=str(pk), most=HISTORY) if pk is not None else []
    return {
        "seen": typed(form.data, "seen", 64) if form.is_bound and not stale else mark,
        "stale": told(recent[:1]) if stale else [],
        "is_stale": stale,
        "changes": told(recent),
        "invalid": status == 422,
        "status": status,
    }


def _drawn(
    request: HttpRequest,
    kind: Noun,
    obj: Any,
    form: NounForm,
    *,
    merge: MergeForm | None = None,
    stale: bool = False,
    status: int = 200,
) -> HttpResponse:
    """The form with what was typed."""
    exists = obj.pk is not None
    mark = changes.mark_of(changes.snapshot(obj, kind.fields)) if exists else ""
    return page(
        request,
        "desk/settings/one.html",
        kind.name,
        kind=kind,
        obj=obj,
        form=form,
        shown=_shown(form),
        merge=merge or (MergeForm(tag=obj) if exists and isinstance(obj, Tag) else None),
        removable=exists and not kind.is_used(obj),
        **opened(kind.name, obj.pk, form, mark, stale=stale, status=status),
    )


def _shown(form: NounForm) -> dict[str, Any]:
    """What the preview is drawn from: the form's values as they stand."""
    return {name: form[name].value() for name in form.fields}


def _initial(kind: Noun, obj: Any) -> dict[str, Any]:
    if obj.pk is None:
        return {"is_active": True, "about_domain": True, "sharing": "none", "only_present": True}
    found: dict[str, Any] = {}
    for name in kind.fields:
        field = "services" if name == "service_set" else name
        value = getattr(obj, name)
        found[field] = (
            [row.pk for row in value.all()] if hasattr(value, "all") else getattr(value, "pk", value)
        )
    return found


def _noun(name: str) -> Noun:
    noun = NOUNS.get(name)
    if noun is None:
        raise Http404
    return noun


def _object(kind: Noun, pk: int) -> Model:
    found: Model | None = kind.model._default_manager.filter(pk=pk).first() if pk < 2**63 else None
    if found is None:
        raise Http404
    return found
