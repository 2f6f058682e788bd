"""What the palette offers: what may be done to the ticket beside it, tickets that are found, views and other places.

A command leads to a page (``href``) or works a control that stands on the page already (``do``, the value of its
``data-do``): whatever the page does not offer is not offered here either.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from django.urls import NoReverseMatch, reverse
from django.utils import translation
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from tawasul.accounts.models import Language, Person
from tawasul.accounts.queries import colleagues
from tawasul.accounts.roles import Permission, may
from tawasul.desk import bulk, presence
from tawasul.desk.shelves import shelves_for
from tawasul.search.normalise import normalise
from tawasul.tickets import access, finding, workflow
from tawasul.tickets.models import Ticket

Words = str | Promise
MOST_COLLEAGUES = 5
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Command:
    """One thing to do. ``key`` is its shortcut, ``aside`` what stands at the end of the row, ``also`` other words
    that find it; ``value`` is what its control is set to."""

    label: Words
    icon: str
    href: str = ""
    do: str = ""
    value: str = ""
    key: str = ""
    aside: str = ""
    also: str = ""


@dataclass(slots=True)
class Offer:
    """Everything that the palette shows for one question."""

    here: list[Command] = field(default_factory=list)
    tickets: list[Ticket] = field(default_factory=list)
    views: list[Command] = field(default_factory=list)
    places: list[Command] = field(default_factory=list)
    mistyped: bool = False

    def __len__(self) -> int:
        return len(self.here) + len(self.tickets) + len(self.views) + len(self.places)


def offer(typed: str, person: Person, *, ticket: Ticket | None = None, back: str = "/") -> Offer:
    """What fits what was typed; without it everything that is possible now. ``back`` is the page one returns to."""
    words = normalise(typed).split()[:8]
    here = [command for command in _on(ticket, person) if _fits(command, words)] if ticket else []
    if ticket and words and may(person, Permission.ASSIGN):
        here += _colleagues(ticket, words)
    found = finding.find(typed, person)
    return Offer(
        here=here,
        tickets=found.tickets,
        views=[command for command in _views(person) if _fits(command, words)],
        places=[command for command in _places(person, back) if _fits(command, words)],
        mistyped=found.mistyped,
    )


def _on(ticket: Ticket, person: Person) -> Iterator[Command]:
    """What may be done to the ticket now, by its state and the person's role."""
    if may(person, Permission.ANSWER) and workflow.possible(ticket, "answer"):
        yield Command(gettext_lazy("Write an answer"), "reply", do="answer", key="A", also="reply رد")
    if may(person, Permission.NOTE):
        yield Command(gettext_lazy("Write an internal note"), "lock", do="note", key="M")
    if may(person, Permission.ASSIGN):
        if ticket.assignee_id != person.pk:
            yield Command(gettext_lazy("Assign it to me"), "hand", do="take", key="T", also="take خذ تولّ")
        yield Command(gettext_lazy("Assign it to a colleague"), "user-plus", do="assign", also="إسناد")
    if may(person, Permission.ANSWER):
        if workflow.possible(ticket, "hold"):
            yield Command(
                gettext_lazy("Put the ticket on hold"), "circle-pause", do="hold", key="H", also="pause إيقاف"
            )
        if workflow.possible(ticket, "resume"):
            yield Command(gettext_lazy("End the hold"), "circle-play", do="resume")
        if workflow.possible(ticket, "close"):
            yield Command(gettext_lazy("Close the ticket"), "check", do="close", key="E", also="إغلاق")
        if workflow.possible(ticket, "reopen"):
            yield Command(gettext_lazy("Reopen the ticket"), "rotate-ccw", do="reopen", also="إعادة فتح")
        yield Command(gettext_lazy("Put the ticket off"), "moon", do="snooze", also="snooze later تأجيل")
    if may(person, Permission.SPAM):
        yield Command(gettext_lazy("Close as unwanted"), "triangle-alert", do="spam", also="spam غير مرغوب")
    yield Command(gettext_lazy("Next ticket"), "arrow-right", do="next", key="N")
    yield Command(gettext_lazy("Previous ticket"), "arrow-left", do="previous", key="P")
    yield Command(gettext_lazy("Back to the list"), "list", do="up", key="U")


def _colleagues(ticket: Ticket, words: Sequence[str]) -> list[Command]:
    """Assigning by name: staff whose name has every word, as it is or after a verb of assigning."""
    verbs = set(_folded_words(gettext_lazy("Assign to")))
    wanted = [word for word in words if word not in verbs] or []
    if not wanted:
        return []
    made = []
    for one in colleagues():
        known = f" {normalise(one.full_name)} {one.username}"
        named = one.pk != ticket.assignee_id and all(f" {word}" in known for word in wanted)
        if named and access.is_open_to(one, ticket):
            label = _("Assign to %(name)s") % {"name": presence.named(one)}
            made.append(Command(label, "user-check", do="assign", value=str(one.pk)))
    return made[:MOST_COLLEAGUES]


def _views(person: Person) -> Iterator[Command]:
    for shelf in shelves_for(person):
        yield Command(shelf.label, shelf.icon, href=shelf.href, aside=shelf.count)
    filtering = _address("desk:filter")
    if filtering:
        yield Command(
            gettext_lazy("Filter the list"), "funnel", href=filtering, also="new filter view واجهة جديدة"
        )


def _places(person: Person, back: str) -> Iterator[Command]:
    """Where else one may go, as far as this installation and the person's role have it."""
    listed: list[tuple[Words, str, str, str]] = [
        (gettext_lazy("My account"), "user", _address("portal:account"), ""),
        (gettext_lazy("Keyboard shortcuts"), "circle-question-mark", _address("desk:keys"), "keys"),
    ]
    if may(person, Permission.BULK):
        done = _address("desk:bulk")
        listed.append((gettext_lazy("My jobs over many tickets"), "list", done, "bulk undo mass جماعي تراجع"))
    if person.is_superuser:
        listed.append((gettext_lazy("Administration"), "settings", _address("admin:index"), ""))
    language = Language.EN if (translation.get_language() or "ar").startswith("ar") else Language.AR
    other = _address("set_language", to=language.value, next=back)
    listed.append((language.label, "globe", other, "language اللغة"))
    for value, words, picture in (
        ("light", gettext_lazy("Light"), "sun"),
        ("dark", gettext_lazy("Dark"), "moon"),
        ("auto", gettext_lazy("Match the device"), "sun-moon"),
    ):
        listed.append(
            (words, picture, _address("set_theme", to=value, next=back), "theme colours المظهر الألوان")
        )
    listed.append((gettext_lazy("Sign out"), "log-out", _address("account_logout"), ""))
    for action, doing in bulk.offered(person):  # to the rows that are selected in the list
        also = " ".join(["bulk", *_folded_words(doing.title)])
        yield Command(doing.order, doing.icon, href=reverse("desk:queue"), do=f"bulk-{action}", also=also)
    for label, icon, href, also in listed:
        if href:
            do = "keys" if also == "keys" else ""
            yield Command(label, icon, href=href, also="" if do else also, do=do, key="?" if do else "")


def _address(name: str, **query: str) -> str:
    """The page's address; empty where this installation does not serve it."""
    try:
        return reverse(name) + (f"?{urlencode(query)}" if query else "")
    except NoReverseMatch:
        return ""


def _fits(command: Command, words: Sequence[str]) -> bool:
    """Whether each word begins one of the command's, in either language."""
    if not words:
        return True
    known = " " + " ".join([*_folded_words(command.label), normalise(command.also)])
    return all(f" {word}" in known or f" ال{word}" in known for word in words)


def _folded_words(label: Words) -> Iterable[str]:
    said = [str(label)]
    if isinstance(label, Promise):
        for language in Language.values:
            with translation.override(language):
                said.append(str(label))
    return [word for text in said for word in _WORD.findall(normalise(text))]


def lit(label: Words, typed: str) -> list[tuple[str, bool]]:
    """The label in pieces, each with whether it is what was typed and so stands out."""
    text = str(label)
    words = sorted({word for word in typed.split() if word}, key=len, reverse=True)[:8]
    if not words:
        return [(text, False)]
    pattern = re.compile("|".join(map(re.escape, words)), re.IGNORECASE)
    pieces, end = [], 0
    for match in pattern.finditer(text):
        if match.start() > end:
            pieces.append((text[end : match.start()], False))
        pieces.append((match.group(), True))
        end = match.end()
    if end < len(text):
        pieces.append((text[end:], False))
    return pieces


HERE, TICKETS, VIEWS, PLACES = (
    gettext_lazy("On this ticket"),
    pgettext_lazy("found", "Tickets"),
    gettext_lazy("Views of the desk"),
    gettext_lazy("More"),
)
