"""Saved views: keeping the filter under a name, its other names, its end, and the counts beside them."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tawasul.accounts import roles
from tawasul.accounts.models import Person, Team
from tawasul.accounts.roles import Permission
from tawasul.desk import gate
from tawasul.desk.forms import CleanLine
from tawasul.desk.shelves import bounded, saved_name, shelves_for
from tawasul.tickets import filters, saved
from tawasul.tickets import queue as tickets_queue
from tawasul.tickets.models import SavedView

KEPT_SECONDS = 30  # the counts beside saved views may be that old
TEAM = "team-"


class NameForm(forms.Form):
    """The name of a saved view."""

    name = CleanLine(
        label=gettext_lazy("Name of the view"),
        max_length=80,
        error_messages={"required": gettext_lazy("Give the view a name.")},
    )


class SaveForm(NameForm):
    """A new saved view: its name, who sees it, and the filter itself."""

    scope = forms.ChoiceField(
        label=gettext_lazy("Who sees it"), widget=forms.RadioSelect, initial=SavedView.Scope.PERSONAL
    )
    query = forms.CharField(max_length=4000, widget=forms.HiddenInput)

    def __init__(
        self, person: Person, data: Mapping[str, Any] | None = None, *, initial: dict[str, Any] | None = None
    ) -> None:
        super().__init__(data, auto_id="save_%s", initial=initial)
        scopes: list[tuple[str, Any]] = [(SavedView.Scope.PERSONAL, SavedView.Scope.PERSONAL.label)]
        if roles.may(person, Permission.SHARE):
            teams = Team.objects.filter(pk__in=roles.teams_of(person)).order_by("pk")
            scopes += [(f"{TEAM}{team.pk}", _("the team %(name)s") % {"name": team}) for team in teams]
            scopes.append((SavedView.Scope.EVERYONE, SavedView.Scope.EVERYONE.label))
        self.fields["scope"].choices = scopes  # type: ignore[attr-defined]  # a ChoiceField

    def clean_query(self) -> str:
        """The filter in its one form; never with anything wrong in it."""
        narrowed, wrong = filters.parse(QueryDict(self.cleaned_data["query"]), views=tickets_queue.VIEWS)
        if wrong:
            raise forms.ValidationError(_("This filter cannot be read. Filter again, then save it."))
        return narrowed.canonical()


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@gate.staff_only
def saved_views(request: HttpRequest) -> HttpResponseBase:
    """All that are listed, to rename or remove; a POST saves the filter that it carries under a name. ?query= begins
    a new one."""
    person = gate.staff_member(request)
    if request.method != "POST":
        query = request.GET.get("query", "")[:4000]
        form = (
            SaveForm(person, initial={"query": query, "scope": SavedView.Scope.PERSONAL}) if query else None
        )
        return _page(request, form)
    form = SaveForm(person, request.POST)
    if not form.is_valid():
        return _page(request, form, status=422)
    scope, _dash, team = form.cleaned_data["scope"].partition("-")
    given = form.cleaned_data
    try:
        view = saved.save_view(
            by=person, name=given["name"], query=given["query"], scope=scope, team=int(team) if team else None
        )
    except saved.TooMany:
        form.add_error("name", _("You keep %(num)d views already. Remove one first.") % {"num": saved.MOST})
        return _page(request, form, status=422)
    messages.success(request, _("The view is saved and stands beside the list."))
    return redirect(f"{reverse('desk:queue')}?{view.query}")


@require_POST
@gate.staff_only
def saved_view(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Another name for the view."""
    view = saved.view_for(gate.staff_member(request), pk)
    form = NameForm(request.POST, auto_id=f"view_{pk}_%s")
    if not form.is_valid():
        return _page(request, None, renamed=(view.pk, form), status=422)
    saved.rename_view(view, name=form.cleaned_data["name"], by=gate.staff_member(request))
    messages.success(request, _("The view has its new name."))
    return redirect("desk:saved_views")


@require_POST
@gate.staff_only
def position(request: HttpRequest, pk: int) -> HttpResponseBase:
    """One place up (to=up) or down among the views of the same people."""
    person = gate.staff_member(request)
    saved.move_view(saved.view_for(person, pk), up=request.POST.get("to") == "up", by=person)
    return redirect(reverse("desk:saved_views") + f"#view-{pk}")


@require_POST
@gate.staff_only
def removal(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The view is gone; its tickets are where they were."""
    person = gate.staff_member(request)
    saved.remove_view(saved.view_for(person, pk), by=person)
    messages.success(request, _("The view was removed."))
    return redirect("desk:saved_views")


@require_safe
@cache_control(private=True, max_age=KEPT_SECONDS)
@gate.staff_only
def counts(request: HttpRequest) -> HttpResponseBase:
    """The counts of the saved views, each of a bounded look; they come after the page, so that none can slow it."""
    person = gate.staff_member(request)
    found = []
    for view in saved.listed_for(person):
        narrowed, _wrong = filters.parse(QueryDict(view.query), views=tickets_queue.VIEWS)
        count = tickets_queue.count(narrowed, person)
        words = bounded(count.number)
        found.append((saved_name(view.pk), f"{words}+" if count.more and not words.endswith("+") else words))
    return render(request, "desk/_saved_counts.html", {"counts": found})


def _page(
    request: HttpRequest,
    form: SaveForm | None,
    *,
    renamed: tuple[int, NameForm] | None = None,
    status: int = 200,
) -> HttpResponse:
    person = gate.staff_member(request)
    views = []
    listed = saved.listed_for(person)
    for at, view in enumerate(listed):
        name = NameForm(initial={"name": view.name}, auto_id=f"view_{view.pk}_%s")
        if renamed and renamed[0] == view.pk:
            name = renamed[1]
        first = at == 0 or not saved.same_order(listed[at - 1], view)
        last = at + 1 == len(listed) or not saved.same_order(view, listed[at + 1])
        views.append((view, name, saved.may_change(person, view), first, last))
    context = {
        "shelves": shelves_for(person),
        "view": "saved",
        "form": form,
        "views": views,
        "problems": [form] if form else [renamed[1]] if renamed else [],
        "invalid": status == 422,
    }
    return render(request, "desk/saved_views.html", context, status=status)
