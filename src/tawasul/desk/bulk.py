"""Many tickets at once as staff see it: what may be done, what was selected, the choice that an action takes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final

from django import forms
from django.db.models import QuerySet
from django.http import Http404, QueryDict
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

from tawasul.accounts.models import Person, Team
from tawasul.accounts.roles import hidden_teams
from tawasul.bulk import judge
from tawasul.bulk.doing import answer_text
from tawasul.bulk.models import BulkJob
from tawasul.bulk.orders import Action, Order, field_order, is_allowed
from tawasul.core import clock
from tawasul.core.markdown import render_answer
from tawasul.core.text import clean_line
from tawasul.desk.shelves import DEFAULT
from tawasul.desk.shown import unpacked
from tawasul.desk.values import CHOSEN_FROM
from tawasul.replies import queries as replies
from tawasul.replies.models import CannedReply
from tawasul.tickets import access, fields, filters
from tawasul.tickets import queue as tickets_queue
from tawasul.tickets.actions.retraction import signed
from tawasul.tickets.fields import Definition, Kind
from tawasul.tickets.models import Service, Tag, Ticket

MOST_PICKED: Final = 500  # tickets of a selection; a whole view has its own bound
MOST_BEFORES: Final = 8  # values of a field that a preview counts
NOBODY: Final = "nobody"


@dataclass(frozen=True, slots=True)
class Doing:
    """One action: as a button of the bar, as a heading, what is chosen for it, and what it does to a ticket.
    ``order`` is what the palette calls it; what is done ``often`` stands first, and on a phone alone."""

    label: str | Promise
    title: str | Promise
    icon: str
    asks: Any = ""  # translated when it is shown
    warns: str | Promise = ""  # of what the customer hears
    order: str | Promise = ""
    often: bool = False


DOINGS: Final[Mapping[str, Doing]] = {
    Action.ASSIGN: Doing(
        pgettext_lazy("many tickets", "Assign"),
        gettext_lazy("Assign tickets"),
        "user-plus",
        gettext_lazy("Assignee"),
        order=pgettext_lazy("a command", "Assign tickets"),
        often=True,
    ),
    Action.TRANSFER: Doing(
        pgettext_lazy("many tickets", "Transfer"),
        gettext_lazy("Transfer tickets to a team"),
        "users",
        gettext_lazy("Team"),
        order=pgettext_lazy("a command", "Transfer tickets to a team"),
        often=True,
    ),
    Action.TAG: Doing(
        pgettext_lazy("many tickets", "Add a tag"),
        pgettext_lazy("a heading", "Add a tag"),
        "tag",
        gettext_lazy("Tag"),
        order=pgettext_lazy("many tickets", "Add a tag"),
    ),
    Action.UNTAG: Doing(
        pgettext_lazy("many tickets", "Take a tag off"),
        gettext_lazy("Take a tag off"),
        "x",
        gettext_lazy("Tag"),
        order=pgettext_lazy("many tickets", "Take a tag off"),
    ),
    Action.SERVICE: Doing(
        pgettext_lazy("many tickets", "Change the service"),
        gettext_lazy("Change the service"),
        "folder-open",
        gettext_lazy("Service"),
        order=pgettext_lazy("many tickets", "Change the service"),
    ),
    Action.FIELD: Doing(
        pgettext_lazy("many tickets", "Fill in a field"),
        gettext_lazy("Fill in a field"),
        "pencil",
        gettext_lazy("Field"),
        order=pgettext_lazy("a command", "Fill in a field"),
    ),
    Action.ANSWER: Doing(
        pgettext_lazy("many tickets", "Answer"),
        gettext_lazy("Answer with a canned reply"),
        "reply",
        gettext_lazy("Canned reply"),
        gettext_lazy(
            "The answers go out a minute after they are written. Until then you can take them back."
        ),
        order=pgettext_lazy("a command", "Answer with a canned reply"),
    ),
    Action.CLOSE: Doing(
        pgettext_lazy("many tickets", "Close"),
        gettext_lazy("Close tickets"),
        "check",
        warns=gettext_lazy(
            "Closed as solved by the centre. The notices go out a minute later. Until then you can take it back."
        ),
        order=pgettext_lazy("a command", "Close tickets"),
        often=True,
    ),
    Action.MERGE: Doing(
        pgettext_lazy("many tickets", "Merge"),
        gettext_lazy("Merge tickets into one"),
        "link",
        gettext_lazy("Number of the ticket in which they go on"),
        gettext_lazy("Their letters are read there too. The notices go out a minute later."),
        order=pgettext_lazy("a command", "Merge tickets into one"),
    ),
    Action.SPAM: Doing(
        pgettext_lazy("many tickets", "Close as spam"),
        gettext_lazy("Close tickets as spam"),
        "triangle-alert",
        warns=gettext_lazy("Nobody is told of it."),
        order=pgettext_lazy("a command", "Close tickets as spam"),
    ),
}

WHY: Final[Mapping[str, str | Promise]] = {
    judge.HIDDEN: gettext_lazy("of a closed team"),
    judge.RIGHT: gettext_lazy("your role may no longer do this"),
    judge.GONE: gettext_lazy("what was chosen no longer exists"),
    judge.CLOSED: gettext_lazy("closed"),
    judge.MERGED: gettext_lazy("merged into another ticket"),
    judge.TAGS: gettext_lazy("has as many tags as it may have"),
    judge.TARGET: gettext_lazy("the other ticket is closed"),
    judge.ITSELF: gettext_lazy("is the ticket in which the others go on"),
    judge.NOT_THEIRS: gettext_lazy("whoever would get it may not see its team’s tickets"),
    judge.NO_FIELD: gettext_lazy("its service does not have the field"),
    judge.NOT_ASKED: gettext_lazy("what it says elsewhere does not ask for the field"),
    judge.WRITTEN: gettext_lazy("has gone on since the preview: read it first"),
    judge.STOPPED: gettext_lazy("not begun when you took the job back"),
    judge.LATE: gettext_lazy("could not be taken back: the customer was told"),
    judge.FAILED: gettext_lazy("something went wrong"),
}


def offered(person: Person) -> list[tuple[str, Doing]]:
    """What the person's role may do to many tickets; what is done often comes first."""
    able = [one for one in Action if is_allowed(person, one) and (one != Action.FIELD or _fields())]
    allowed = [(action.value, DOINGS[action]) for action in able]
    return sorted(allowed, key=lambda one: not one[1].often)


def named(job: BulkJob) -> str:
    """Whom, what or where the job was about, in the reader's language."""
    names = job.params.get("names") or {}
    if not names and job.action == Action.ASSIGN:
        return _("nobody")
    return str(names.get((get_language() or "ar")[:2]) or "")


@dataclass(slots=True)
class Selection:
    """Tickets that were picked, or all of a view; of that an order's ``among`` names those that its preview showed."""

    numbers: Sequence[str]
    query: str
    whole: bool
    seen: datetime
    among: Sequence[int] | None = None

    @classmethod
    def of(cls, given: QueryDict) -> "Selection":
        """As a form carries it; ``seen`` is when its reader saw the preview."""
        now = clock.now()
        try:
            seen = min(datetime.fromisoformat(given.get("seen", "")), now).astimezone(UTC)
        except (ValueError, TypeError, OverflowError):
            seen = now
        numbers = [one[:24] for one in given.getlist("ticket") if one[:24].isdigit()][:MOST_PICKED]
        among = unpacked(given.get("shown", ""))
        return cls(numbers, given.get("query", "")[:4000], given.get("whole") == "1", seen, among)

    def __bool__(self) -> bool:
        return self.whole or bool(self.numbers)

    def tickets(self, person: Person) -> QuerySet[Ticket]:
        """Those that the person may see."""
        if self.whole:
            rows = tickets_queue.every(self.narrowed, person)
            return rows if self.among is None else rows.filter(pk__in=self.among)
        rows, hidden = Ticket.objects.filter(number__in=self.numbers), hidden_teams(person)
        return rows.exclude(team__in=hidden) if hidden else rows

    @property
    def narrowed(self) -> filters.Filter:
        given = QueryDict(self.query)
        found, _wrong = filters.parse(given, views=tickets_queue.VIEWS, default=DEFAULT)
        return found

    @property
    def is_wider(self) -> bool:
        """Whether the view's filter cannot be read any more: what is wrong narrows nothing, and the action would reach
        tickets that nobody chose."""
        given = QueryDict(self.query)
        return self.whole and bool(filters.parse(given, views=tickets_queue.VIEWS, default=DEFAULT)[1])


class ChoiceForm(forms.Form):
    """What one action is done with; it has no field where the action takes nothing."""

    def __init__(self, action: str, person: Person, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data, auto_id="bulk_%s")
        self.action, self.person = action, person
        self.things: dict[str, Any] = {}
        self.value_name = ""
        label = DOINGS[action].asks
        if action == Action.MERGE:
            self.fields["object"] = forms.CharField(
                label=label,
                max_length=40,
                widget=forms.TextInput(attrs={"dir": "ltr", "autocomplete": "off"}),
                error_messages={"required": gettext_lazy("Write the number of a ticket.")},
            )
        elif label:
            self.things = _things(action, person)
            field = forms.ChoiceField(
                label=label,
                error_messages={
                    "required": gettext_lazy("Choose one of the list."),
                    "invalid_choice": gettext_lazy("Choose one of the list."),
                },
            )
            field.choices = [
                ("", gettext_lazy("Choose")),
                *((key, _name(one)) for key, one in self.things.items()),
            ]
            self.fields["object"] = field
            chosen = self.things.get((data or {}).get("object", "")) if action == Action.FIELD else None
            if chosen is not None:
                self._ask_value(chosen)

    def _ask_value(self, one: Definition) -> None:
        """What the chosen field is to say. Its input has the field's key in its name: what was typed for another field
        is nothing for this one."""
        self.value_name = f"value_{one.key}"
        hint = _("Left empty, the field is emptied.")
        if one.kind in CHOSEN_FROM:
            value: forms.Field = forms.ChoiceField(
                label=one.name,
                required=False,
                help_text=hint,
                choices=[("", "–"), *((str(choice.pk), choice.path) for choice in one.offered)],
                error_messages={"invalid_choice": gettext_lazy("Choose one of the list.")},
            )
        else:
            direction = "ltr" if one.kind in {Kind.NUMBER, Kind.DATE} else "auto"
            value = forms.CharField(
                label=one.name,
                required=False,
                max_length=1000,
                help_text=hint,
                widget=forms.TextInput(attrs={"dir": direction, "autocomplete": "off"}),
            )
        self.fields[self.value_name] = value
        self.initial["object"] = str(one.pk)
        self.is_bound = self.value_name in self.data

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        one, typed = cleaned.get("object"), cleaned.get(self.value_name, "")
        if self.value_name and one is not None and clean_line(typed):
            try:
                fields.parse(one, typed, by_staff=True)
            except forms.ValidationError as wrong:
                self.add_error(self.value_name, wrong)
        return cleaned

    def clean_object(self) -> Any:
        typed = self.cleaned_data["object"]
        if self.action != Action.MERGE:
            return self.things[typed]
        try:
            return access.desk_ticket_for(self.person, typed)
        except Http404:
            raise forms.ValidationError(
                _("There is no ticket %(number)s that you can see.") % {"number": typed[:30]}
            ) from None

    def order(self, seen: datetime) -> tuple[Order, CannedReply | None]:
        """The order that a valid form gives, and the reply whose texts it sends."""
        thing = self.cleaned_data.get("object")
        if isinstance(thing, CannedReply):
            texts = {"ar": thing.text_ar, "en": thing.text_en}
            return Order(self.action, texts=texts, seen=seen), thing
        if isinstance(thing, Definition):
            return replace(field_order(thing.pk, self.cleaned_data[self.value_name]), seen=seen), None
        return Order(self.action, thing, seen=seen), None


def _things(action: str, person: Person) -> dict[str, Any]:
    hidden = hidden_teams(person)
    rows: Any
    match action:
        case Action.ASSIGN:
            staff = Person.objects.filter(is_staff=True, is_active=True).order_by("full_name", "pk")
            mine = [one for one in staff[:200] if one.pk == person.pk]
            rows = mine + [one for one in staff[:200] if one.pk != person.pk]
        case Action.TRANSFER:
            rows = Team.objects.filter(is_active=True).exclude(pk__in=hidden).order_by("pk")[:200]
        case Action.TAG:
            rows = Tag.objects.filter(is_active=True)[:500]
        case Action.UNTAG:
            rows = Tag.objects.all()[:500]
        case Action.FIELD:
            rows = _fields()
        case Action.SERVICE:
            rows = Service.objects.filter(is_active=True).order_by("pk")[:200]
        case _:
            rows = [
                one
                for one in replies.at_hand(CannedReply, person)[: replies.MOST_AT_HAND]
                if one.text_ar or one.text_en
            ]
    nobody = {NOBODY: None} if action == Action.ASSIGN else {}
    return {**{str(one.pk): one for one in rows}, **nobody}


def _fields() -> list[Definition]:
    """The centre's own fields in use."""
    return [one for one in fields.definitions() if one.is_active]


def befores(order: Order, made: judge.Preview) -> list[tuple[str, int]]:
    """What the tickets that are changed say in the field now, and how many say so; the most frequent first."""
    if order.action != Action.FIELD:
        return []
    return [(_words(order.object, typed), number) for typed, number in made.befores.most_common(MOST_BEFORES)]


def named_after(order: Order) -> str:
    """What the field will say."""
    if order.action != Action.FIELD:
        return ""
    return fields.words(order.object, order.parsed) or _("none")


def _words(one: Definition, typed: str) -> str:
    if not typed:
        return _("none")
    said = fields.parse_again(one, typed)
    return fields.words(one, said) if said is not None else typed


def _name(thing: Any) -> str:
    return _("Nobody") if thing is None else str(thing)


@dataclass(frozen=True, slots=True)
class Example:
    """The answer as one ticket's requester would read it."""

    ticket: Ticket
    html: str


def examples(order: Order, made: judge.Preview, person: Person) -> list[tuple[str, list[Example]]]:
    """The first answers in each language that the tickets have."""
    if order.action != Action.ANSWER:
        return []
    keys = [pk for several in made.examples.values() for pk in several]
    rows = Ticket.objects.select_related("service", "team").in_bulk(keys)
    return [
        (
            language,
            [
                Example(
                    rows[pk],
                    render_answer(
                        signed(answer_text(order, rows[pk], person), replies.signature_of(rows[pk], person))
                    ),
                )
                for pk in several
                if pk in rows
            ],
        )
        for language, several in sorted(made.examples.items())
    ]
