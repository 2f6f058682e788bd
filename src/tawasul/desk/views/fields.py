"""The settings of a field of the centre's own: its form with rows of choices and conditions, preview and history.

The list of all fields, their order and the removal of one are those of every noun of the settings.
"""

from typing import Any

from django.forms.utils import ErrorDict
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from tawasul.accounts import changes
from tawasul.accounts.roles import Permission
from tawasul.desk import gate
from tawasul.desk.settings import asked
from tawasul.desk.settings import field_forms as rows
from tawasul.desk.settings.forms import typed
from tawasul.desk.settings.nouns import NOUNS, new_key
from tawasul.desk.views.settings import opened, page, saved, words_for
from tawasul.tickets.actions import asking
from tawasul.tickets.fields import Definition
from tawasul.tickets.models import Field, Service

NOUN = "fields"


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@gate.allowed(Permission.SETTINGS)
def new(request: HttpRequest) -> HttpResponseBase:
    """Add a field: first its kind, which never changes, then the rest."""
    kind = (request.POST if request.method == "POST" else request.GET).get("kind", "")
    if kind not in Field.Kind.values:
        return page(
            request, "desk/settings/field_kinds.html", NOUN, kind=NOUNS[NOUN], kinds=Field.Kind.choices
        )
    return _edited(request, Field(kind=kind))


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@gate.allowed(Permission.SETTINGS)
def one(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Change a field; its history stands below."""
    return _edited(request, get_object_or_404(Field, pk=pk) if pk < 2**63 else _absent())


def _absent() -> Field:
    raise Http404


def _edited(request: HttpRequest, obj: Field) -> HttpResponseBase:
    if request.method != "POST":
        form = rows.FieldForm(obj=obj, initial=rows.initial_of(obj))
        return _drawn(request, obj, form, rows.choice_rows(obj), _standing(obj))
    form = rows.FieldForm(request.POST, obj=obj)
    choices = rows.posted_rows(request.POST, obj) if obj.kind in asking.CHOSEN_FROM else []
    conditions = {sort: rows.posted_conditions(request.POST, obj, sort) for sort in rows.SORTS}
    do = request.POST.get("do", "")
    if do:  # a button of the rows: nothing is judged yet
        form._errors = ErrorDict()  # type: ignore[attr-defined]  # Django's own, which the stubs leave out
        form.cleaned_data = {}
        return _drawn(request, obj, form, rows.rearranged(choices, do), conditions)
    if obj.kind in asking.CHOSEN_FROM:
        choices = rows.judged(choices)
    faulty = [rows.find_fault(each) for each in conditions.values()]
    if not form.is_valid() or any(faulty) or any(row.error for row in choices):
        return _drawn(request, obj, form, choices, conditions, status=422)
    if "preview" in request.POST:
        return _drawn(request, obj, form, choices, conditions)
    values = {**form.values(), **{sort: rows.as_kept(each) for sort, each in conditions.items()}}
    is_new = obj.pk is None
    if is_new:
        obj.key = new_key(values["name_en"])
    try:
        changed = asking.keep_field(
            obj,
            values,
            rows.as_choices(choices),
            by=gate.staff_member(request),
            seen=typed(request.POST, "seen", 64),
        )
    except changes.Stale:
        obj.refresh_from_db()
        return _drawn(request, obj, form, choices, conditions, stale=True, status=409)
    except Field.DoesNotExist:  # deleted meanwhile
        raise Http404 from None
    return saved(request, NOUN, form, words_for(changed, is_new=is_new))


def _standing(obj: Field) -> dict[str, list[rows.Condition]]:
    return {sort: rows.conditions_of(obj, getattr(obj, sort)) for sort in rows.SORTS}


def _drawn(
    request: HttpRequest,
    obj: Field,
    form: rows.FieldForm,
    choices: list[rows.ChoiceRow],
    conditions: dict[str, list[rows.Condition]],
    *,
    stale: bool = False,
    status: int = 200,
) -> HttpResponse:
    """The form with what was typed, and how customers will see it."""
    exists = obj.pk is not None
    mark = changes.mark_of(asking.told_field(obj)) if exists else ""
    values = {name: form[name].value() for name in form.fields}
    draft = asked.drafted(
        obj, values, choices, {sort: rows.as_kept(each) for sort, each in conditions.items()}
    )
    return page(
        request,
        "desk/settings/field.html",
        NOUN,
        kind=NOUNS[NOUN],
        obj=obj,
        form=form,
        limits=[name for name in rows.LIMITS.get(obj.kind, ()) if name in form.fields],
        choices=choices if obj.kind in asking.CHOSEN_FROM else None,
        levels=range(rows.DEEPEST + 1) if obj.kind == Field.Kind.TREE else (),
        conditions=conditions,
        subjects=rows.subjects(obj),
        problems=_problems(choices, conditions) if status == 422 else [],
        sheets=_sheets(draft),
        draft=draft,
        removable=exists and not asking.is_used(obj),
        **opened(NOUN, obj.pk, form, mark, stale=stale, status=status),
    )


def _sheets(draft: Definition) -> list[asked.Seen]:
    """The form of a service that asks for it, as it would be."""
    services = Service.objects.filter(is_active=True).order_by("position", "pk")
    service = next((one for one in services if not draft.services or one.pk in draft.services), None)
    return asked.seen(asked.standing(service), service, asked.own_of(service, asked.with_draft(draft)))


def _problems(
    choices: list[rows.ChoiceRow], conditions: dict[str, list[rows.Condition]]
) -> list[tuple[str, Any]]:
    """What is wrong in the rows, each with where it stands."""
    found = [(f"choice-{number}-ar", row.error) for number, row in enumerate(choices) if row.error]
    for sort, each in conditions.items():
        found += [(f"{sort}-{number}-of", one.error) for number, one in enumerate(each) if one.error]
    return found
