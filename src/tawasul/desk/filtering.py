"""The filter as staff see it: its form, and what narrows the list in a few words, each to be taken away."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from tawasul.accounts.models import Language, Person, Team
from tawasul.accounts.roles import hidden_teams
from tawasul.desk.shelves import SHELVES
from tawasul.tickets import filters, own_filters
from tawasul.tickets.fields import Kind
from tawasul.tickets.filters import (
    CONTAINS,
    EVERYTHING,
    LABELS,
    ME,
    NOBODY,
    NONE,
    OPEN,
    SORT_LABELS,
    WITHIN,
    Filter,
)
from tawasul.tickets.models import Channel, Purpose, Service, Status, Tag

ANY = ("", gettext_lazy("any"))
HOW = {
    WITHIN: gettext_lazy("this name, and names under it"),
    CONTAINS: gettext_lazy("names that contain this"),
}
TURN_VIEWS = {  # a view that only says whose turn it is, as the filter says it
    "all": Status.WITH_CENTRE,
    "with_customer": Status.WITH_CUSTOMER,
    "on_hold": Status.ON_HOLD,
    "closed": Status.CLOSED,
}


@dataclass(frozen=True, slots=True)
class Chip:
    """One part of a filter: its name, its value in words, and the filter's address without it."""

    label: Any
    words: str
    without: str
    wrong: bool = False


class FilterForm(forms.Form):
    """Every field of a filter. ``tickets.filters`` judges it; the form draws it with all that was typed."""

    view = forms.CharField(label=gettext_lazy("Within"), required=False, widget=forms.Select)
    turn = forms.CharField(label=LABELS["turn"], required=False, widget=forms.Select)
    assignee = forms.CharField(label=LABELS["assignee"], required=False, widget=forms.Select)
    team = forms.CharField(label=LABELS["team"], required=False, widget=forms.Select)
    service = forms.CharField(label=LABELS["service"], required=False, widget=forms.Select)
    purpose = forms.CharField(label=LABELS["purpose"], required=False, widget=forms.Select)
    tag = forms.CharField(label=LABELS["tag"], required=False, widget=forms.Select)
    domain = forms.CharField(label=LABELS["domain"], required=False)
    domain_how = forms.CharField(label=LABELS["domain_how"], required=False, widget=forms.Select)
    words = forms.CharField(label=LABELS["words"], required=False)
    requester = forms.CharField(
        label=LABELS["requester"], required=False, help_text=gettext_lazy("A name, or a whole e-mail address")
    )
    organisation = forms.CharField(label=LABELS["organisation"], required=False)
    language = forms.CharField(label=LABELS["language"], required=False, widget=forms.Select)
    channel = forms.CharField(label=LABELS["channel"], required=False, widget=forms.Select)
    created_from = forms.CharField(label=LABELS["created_from"], required=False)
    created_to = forms.CharField(label=LABELS["created_to"], required=False)
    due_from = forms.CharField(label=LABELS["due_from"], required=False)
    due_to = forms.CharField(label=LABELS["due_to"], required=False)
    closed_from = forms.CharField(label=LABELS["closed_from"], required=False)
    closed_to = forms.CharField(label=LABELS["closed_to"], required=False)
    sort = forms.CharField(label=gettext_lazy("Order"), required=False, widget=forms.Select)

    def __init__(self, data: Mapping[str, str], wrong: Mapping[str, str], person: Person) -> None:
        super().__init__(data, auto_id="filter_%s")
        for name, choices in _choices(person).items():
            self.fields[name].widget.choices = choices  # each of them is a Select
        for name, part in own_filters.parts().items():
            if part.field.is_active or data.get(name):
                self.fields[name] = own_field(part)
        self.full_clean()
        for name, problem in wrong.items():
            self.add_error(name, problem)

    @property
    def own(self) -> list[forms.BoundField]:
        """The centre's own fields, in their order."""
        return [self[name] for name in self.fields if name.startswith(own_filters.PREFIX)]


def own_field(part: own_filters.Part) -> forms.CharField:
    """The control that asks for one of the centre's own fields; of a tree a branch can be chosen, too."""
    if part.field.kind not in {Kind.CHOICE, Kind.TREE}:
        hint = _("A name, or a whole e-mail address") if part.field.kind == Kind.PERSON else ""
        return forms.CharField(label=part.label, required=False, help_text=hint)
    choices = [(str(one.pk), one.path) for one in part.field.choices]
    widget = forms.Select(choices=[("", _("any")), *choices])
    return forms.CharField(label=part.label, required=False, widget=widget)


def form_of(
    narrowed: Filter, typed: Mapping[str, str], wrong: Mapping[str, str], person: Person
) -> FilterForm:
    """The form with what was typed where something is wrong, else with the filter as it stands. A view that only says
    whose turn it is comes as that, so that another turn can be chosen."""
    if wrong:
        return FilterForm(typed, wrong, person)
    given = {"view": narrowed.view, "sort": narrowed.sort, **narrowed.given}
    if narrowed.view in TURN_VIEWS:
        given = {"turn": TURN_VIEWS[narrowed.view], **given, "view": EVERYTHING}
    return FilterForm(given, {}, person)


def chips_of(narrowed: Filter, hidden: Collection[int] = ()) -> list[Chip]:
    """What narrows the list; a query only where a name must be looked up. ``hidden`` teams are not named."""
    made = []
    given = narrowed.given
    for name, value in narrowed.values:
        if name == "domain_how":
            continue
        instead = {name: "", "domain_how": ""} if name == "domain" else {name: ""}
        made.append(
            Chip(filters.label_of(name), _words_of(name, value, given, hidden), narrowed.canonical(**instead))
        )
    return made


def _words_of(name: str, value: str, given: Mapping[str, str], hidden: Collection[int]) -> str:
    if name.startswith(own_filters.PREFIX):
        return own_filters.words(name, value)
    match name:
        case "turn":
            return str(_("not closed") if value == OPEN else Status(value).label)
        case "purpose":
            return str(Purpose(value).label)
        case "language":
            return str(Language(value).label)
        case "channel":
            return str(Channel(value).label)
        case "domain" if given.get("domain_how") == CONTAINS:
            return _("contains %(text)s") % {"text": value}
        case "assignee" if value in {ME, NOBODY}:
            return _("me") if value == ME else _("nobody")
        case "team" if value == NONE:
            return _("none")
        case "team" if int(value) in hidden:
            return _("no longer there")
        case "service" | "team" | "tag" | "assignee":
            kind: Any = {"service": Service, "team": Team, "tag": Tag, "assignee": Person}[name]
            found = kind.objects.filter(pk=value).first()
            return str(found) if found else _("no longer there")
        case _ if name.endswith(("_from", "_to")):
            return own_filters.in_words(value)
        case _:
            return value


def _choices(person: Person) -> dict[str, list[tuple[Any, Any]]]:
    staff = Person.objects.filter(is_staff=True, is_active=True).order_by("full_name", "pk")
    teams = Team.objects.exclude(pk__in=hidden_teams(person)).order_by("pk")
    views = [(name, label) for name, (label, _icon, _group) in SHELVES.items() if name not in TURN_VIEWS]
    return {
        "view": sorted(views, key=lambda view: view[0] != EVERYTHING),
        "turn": [ANY, (OPEN, gettext_lazy("not closed")), *Status.choices],
        "assignee": [ANY, (ME, gettext_lazy("me")), (NOBODY, gettext_lazy("nobody"))]
        + [(one.pk, str(one)) for one in staff[:200]],
        "team": [ANY, (NONE, pgettext_lazy("a team", "none")), *[(one.pk, str(one)) for one in teams[:100]]],
        "service": [ANY, *[(one.pk, one.name) for one in Service.objects.order_by("pk")[:200]]],
        "purpose": [ANY, *Purpose.choices],
        "tag": [ANY, *[(one.pk, str(one)) for one in Tag.objects.all()[:200]]],
        "domain_how": list(HOW.items()),
        "language": [ANY, *Language.choices],
        "channel": [ANY, *Channel.choices],
        "sort": [("", gettext_lazy("as the view has it")), *SORT_LABELS.items()],
    }


def typed_of(query: Mapping[str, str]) -> dict[str, str]:
    """What was typed into the fields, bounded, to be shown again."""
    return {name: query.get(name, "")[: filters.LONGEST * 2] for name in filters.names()}
