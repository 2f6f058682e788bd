"""A filter of the queue as it stands in an address: read, judged, brought into one form, and made a condition.

Nothing here asks the database, but what fields of its own the centre has, which is kept. What was typed wrong is told
in the reader's language, each field with its reason.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from django.db.models import OuterRef, Q
from django.db.models.functions import Lower
from django.db.models.lookups import Exact
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from tawasul.accounts.models import Language
from tawasul.accounts.queries import stored_form
from tawasul.core import dates, domains
from tawasul.core.prepared import is_one
from tawasul.core.text import clean_line
from tawasul.search.normalise import normalise
from tawasul.tickets import own_filters
from tawasul.tickets.models import Channel, Purpose, Status, Tagging

EVERYTHING: Final = "everything"  # the view that a filter narrows where none is named
LONGEST: Final = 200
ME, NOBODY, NONE, OPEN = "me", "nobody", "none", "open"
WITHIN, CONTAINS = "within", "contains"

# Each sort with its column, and whether that is descending; "" is the view's own.
SORTS: Final[dict[str, tuple[str, bool]]] = {
    "due": ("answer_due_at", False),
    "waiting": ("waiting_since", False),
    "newest": ("created_at", True),
    "oldest": ("created_at", False),
    "changed": ("updated_at", True),
}
SORT_LABELS: Final[dict[str, Promise]] = {
    "due": gettext_lazy("Earliest promise first"),
    "waiting": gettext_lazy("Longest wait first"),
    "newest": gettext_lazy("Newest first"),
    "oldest": gettext_lazy("Oldest first"),
    "changed": gettext_lazy("Last changed first"),
}
TURNS: Final[dict[str, tuple[Status, ...]]] = {
    OPEN: (Status.WITH_CENTRE, Status.WITH_CUSTOMER, Status.ON_HOLD),
    **{status.value: (status,) for status in Status},
}
DATES: Final = {"created": "created_at", "due": "answer_due_at", "closed": "closed_at"}

LABELS: Final[dict[str, Any]] = {  # words that are translated when they are shown
    "turn": gettext_lazy("Whose turn"),
    "service": gettext_lazy("Service"),
    "purpose": gettext_lazy("Purpose"),
    "domain": gettext_lazy("Domain name"),
    "domain_how": gettext_lazy("How the name is meant"),
    "team": gettext_lazy("Team"),
    "assignee": gettext_lazy("Assignee"),
    "tag": gettext_lazy("Tag"),
    "language": gettext_lazy("Language"),
    "channel": gettext_lazy("Channel"),
    "created_from": gettext_lazy("Opened from"),
    "created_to": gettext_lazy("Opened until"),
    "due_from": gettext_lazy("Due from"),
    "due_to": gettext_lazy("Due until"),
    "closed_from": gettext_lazy("Closed from"),
    "closed_to": gettext_lazy("Closed until"),
    "requester": gettext_lazy("Requester"),
    "organisation": gettext_lazy("Organisation"),
    "words": pgettext_lazy("of a filter", "Words of the subject"),
}
_Wrong = own_filters.Wrong


def names() -> tuple[str, ...]:
    """Every name that a filter has in an address, in its order: what every ticket has, then the centre's own fields."""
    return ("view", *LABELS, *own_filters.parts(), "sort")


def label_of(name: str) -> Any:
    """What a part of a filter is called."""
    own = own_filters.parts().get(name)
    return own.label if own else LABELS.get(name, name)


@dataclass(frozen=True, slots=True)
class Filter:
    """A view, what narrows it, and a sort; ``values`` are in one form and order."""

    view: str = EVERYTHING
    values: tuple[tuple[str, str], ...] = ()
    sort: str = ""
    meant: tuple[
        Any, ...
    ] = ()  # what the centre's own fields among the values are now: with it two filters are equal

    def canonical(self, **instead: str) -> str:
        """The address of the filter, the same for the same filter; ``instead`` adds, or replaces by nothing."""
        parts = {"view": self.view, **dict(self.values), "sort": self.sort, **instead}
        return urlencode({name: value for name, value in parts.items() if value})

    @property
    def given(self) -> dict[str, str]:
        """What narrows the view, by name."""
        return dict(self.values)

    @property
    def turns(self) -> tuple[Status, ...]:
        """The states that are asked for; none where any will do."""
        return TURNS.get(self.given.get("turn", ""), ())

    def condition(self, me: Any, *, each: bool = False) -> Q:
        """What narrows the view, as the one means it who looks: "me" is whoever reads a shared filter, by key, or its
        place in a prepared query. ``each``: it is asked of each row that comes along, instead of leading to rows."""
        given = self.given
        found = own_filters.condition(given, each=each)
        for name, value in self.values:
            if name == "domain":
                found &= _domain(value, given.get("domain_how", WITHIN))
            elif name.startswith(own_filters.PREFIX):
                continue
            elif name == "assignee":
                found &= Q(assignee={ME: me, NOBODY: None}.get(value, value))
            elif name.endswith(("_from", "_to")):
                found &= _day(name, value)
            elif name == "turn":
                found &= Q(status__in=TURNS[value])
            elif name == "tag":
                found &= _tagged(int(value), each)
            elif name in _CONDITIONS:
                found &= _CONDITIONS[name](value)
        return found


def parse(
    query: Mapping[str, str], *, views: Mapping[str, object], default: str = EVERYTHING
) -> tuple[Filter, dict[str, str]]:
    """The filter that an address asks for, and by field what is wrong with it; what is wrong narrows nothing.

    An unknown view is the ``default`` one, as the desk's addresses always were read.
    """
    values: dict[str, str] = {}
    wrong: dict[str, str] = {}
    own = own_filters.parts()
    lost = own_filters.lost(query)
    typed = {name: clean_line(query.get(name, "")[: LONGEST * 10]) for name in (*LABELS, *own, *lost)}
    for name, value in typed.items():
        if not value:
            continue
        try:
            if len(value) > LONGEST:
                raise _Wrong(_("This is too long: at most %(num)d characters.") % {"num": LONGEST})
            if name in own:
                read = own_filters.read(own[name], value)
            elif name in lost:
                read = value
            else:
                read = _READ[name](value) if name != "domain" else _read_domain(value, typed["domain_how"])
        except _Wrong as problem:
            wrong[name] = str(problem)
        else:
            values[name] = read
    if "domain" not in values or values.get("domain_how") == WITHIN:
        values.pop("domain_how", None)
    for what in (*DATES, *own_filters.ranges()):
        _in_order(what, values, wrong)
    sort = query.get("sort", "")
    if sort and sort not in SORTS:
        wrong["sort"] = _("Choose one of the orders.")
    fallback = EVERYTHING if values or wrong else default
    view = query.get("view", "")
    return (
        Filter(
            view if view in views else fallback,
            tuple((name, values[name]) for name in typed if name in values),
            sort if sort in SORTS else "",
            own_filters.meant(values),
        ),
        wrong,
    )


def _in_order(what: str, values: dict[str, str], wrong: dict[str, str]) -> None:
    begins, ends = values.get(f"{what}_from"), values.get(f"{what}_to")
    if begins and ends and own_filters.is_backwards(begins, ends):
        wrong[f"{what}_to"] = (
            _("The last day is before the first one.")
            if begins.count("-") == 2
            else _("The most is less than the least.")
        )
        del values[f"{what}_to"]


def _one_of(*allowed: str, keys: bool = False) -> Callable[[str], str]:
    def read(value: str) -> str:
        if value in allowed or (keys and value.isascii() and value.isdigit() and len(value) < 10):
            return value
        raise _Wrong(_("Choose one of the list."))

    return read


def _read_domain(value: str, how: str) -> str:
    if how == CONTAINS:
        return domains.mapped(value)
    return own_filters.read_domain(value)


def _read_requester(value: str) -> str:
    return stored_form(value) if "@" in value else value


_READ: Final[dict[str, Callable[[str], str]]] = {
    "turn": _one_of(*TURNS),
    "service": _one_of(keys=True),
    "purpose": _one_of(*Purpose.values),
    "domain_how": _one_of(WITHIN, CONTAINS),
    "team": _one_of(NONE, keys=True),
    "assignee": _one_of(ME, NOBODY, keys=True),
    "tag": _one_of(keys=True),
    "language": _one_of(*Language.values),
    "channel": _one_of(*Channel.values),
    **{f"{what}_{end}": own_filters.read_day for what in DATES for end in ("from", "to")},
    "requester": _read_requester,
    "organisation": str,
    "words": str,
}


def day_range(what: str, given: Mapping[str, str]) -> Q:
    """What a filter asks of one of the ticket's moments, both ends together; nothing where it does not ask."""
    found = Q()
    for name in (f"{what}_from", f"{what}_to"):
        if name in given:
            found &= _day(name, given[name])
    return found


def _day(name: str, written: str) -> Q:
    what, _sep, end = name.partition("_")
    day = dates.day_of(written)
    if end == "from":
        return Q(**{f"{DATES[what]}__gte": dates.day_begins(day)})
    return Q(**{f"{DATES[what]}__lt": dates.day_begins(day + timedelta(days=1))})


def _domain(name: str, how: str) -> Q:
    if how == CONTAINS:
        return Q(domain_unicode__contains=name) | Q(domain_ascii__contains=name)
    ascii_name = domains.parse_domain(name).ascii
    return Q(domain_ascii=ascii_name) | Q(domain_ascii__endswith=f".{ascii_name}")


def _tagged(tag: int, each: bool) -> Q:
    rows = Tagging.objects.filter(tag=tag)
    return is_one(rows.filter(ticket=OuterRef("pk"))) if each else Q(pk__in=rows.values("ticket"))


def _requester(value: str) -> Q:
    if "@" in value:
        return Q(Exact(Lower("requester_email"), value))
    return Q(requester_name__icontains=value)


def _words(value: str) -> Q:
    found = Q()
    for word in normalise(value).split()[:8]:
        found &= Q(search_key__contains=word)
    return found


_CONDITIONS: Final[dict[str, Callable[[str], Q]]] = {
    "service": lambda value: Q(service=int(value)),
    "purpose": lambda value: Q(purpose=value),
    "team": lambda value: Q(team=None if value == NONE else int(value)),
    "language": lambda value: Q(language=value),
    "channel": lambda value: Q(channel=value),
    "requester": _requester,
    "organisation": lambda value: Q(requester__organisation__icontains=value),
    "words": _words,
}
