"""The views of the queue as the desk lists them, with their counts."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tawasul.accounts.models import Person
from tawasul.accounts.roles import Permission, hidden_teams, may
from tawasul.mail import ledger
from tawasul.tickets import queue as tickets_queue
from tawasul.tickets import saved
from tawasul.tickets.queries import COUNT_UP_TO

DEFAULT = "all"
MAIL = "mail"  # the last shelf: the ledger of mails


@dataclass(frozen=True, slots=True)
class Shelf:
    """One view, or another place that the desk leads to. ``count`` is bounded: "99+" where there are more; empty
    where it is not counted."""

    name: str
    label: str | Promise
    icon: str
    group: str | Promise
    href: str
    count: str = ""
    late: bool = False
    query: str = ""  # of a saved view: its filter, canonical; its count comes after the page


_MINE, _TIME, _TURN, _SAVED = "", _("By time"), _("By turn"), _("Saved views")
SHELVES: dict[str, tuple[str | Promise, str, str | Promise]] = {
    "mine": (_("My tickets"), "inbox", _MINE),
    "team": (_("My team"), "users", _MINE),
    "unassigned": (pgettext_lazy("tickets", "Unassigned"), "user-plus", _MINE),
    "mentions": (_("Mentions of me"), "message-square", _MINE),
    "overdue": (pgettext_lazy("tickets", "Overdue"), "triangle-alert", _TIME),
    "due_soon": (_("Due soon"), "clock", _TIME),
    "waiting": (_("Waiting longest"), "history", _TIME),
    "snoozed": (pgettext_lazy("tickets", "Snoozed"), "moon", _TIME),
    "all": (_("All waiting"), "list", _TURN),
    "with_customer": (_("With the customer"), "user", _TURN),
    "on_hold": (pgettext_lazy("tickets", "On hold"), "circle-pause", _TURN),
    "closed": (pgettext_lazy("tickets", "Closed"), "circle-check", _TURN),
    "everything": (pgettext_lazy("tickets", "Everything"), "folder-open", _TURN),
}


def chosen(name: str | None, default: str = DEFAULT) -> str:
    """The named view; the default one for any other name."""
    return name if name in SHELVES else default


def shelves_for(person: Person) -> list[Shelf]:
    """Every view with its count, one bounded query each; and the ledger with what waits there for staff."""
    counts = tickets_queue.counts(person)
    base = reverse("desk:queue")
    made = []
    for name, (label, icon, group) in SHELVES.items():
        number, href = counts.get(name), f"{base}?view={name}"
        late = name == "overdue" and bool(number)
        made.append(Shelf(name, label, icon, group, href, bounded(number), late=late))
    for view in saved.listed_for(person):
        name, href = saved_name(view.pk), f"{base}?{view.query}"
        made.append(Shelf(name, view.name, "star", _SAVED, href, query=view.query))
    made.append(Shelf("ready", _("Ready texts"), "message-square", _("Writing"), reverse("desk:ready")))
    waiting = ledger.count_for_staff(hidden_teams(person))
    made.append(
        Shelf(
            MAIL,
            _("Mail ledger"),
            "mail",
            _("E-mail"),
            reverse("desk:mail"),
            bounded(waiting) if waiting else "",
            late=bool(waiting),
        )
    )
    return made + _of_the_centre(person)


def _of_the_centre(person: Person) -> list[Shelf]:
    """The places of those who lead: the board and the settings, where the role opens them."""
    made, group = [], _("The centre")
    if may(person, Permission.BOARD):
        made.append(Shelf("board", _("Board"), "users", group, reverse("desk:board")))
    if may(person, Permission.SETTINGS) or may(person, Permission.PEOPLE):
        made.append(Shelf("settings", _("Settings"), "settings", group, reverse("desk:settings")))
    return made


def saved_name(pk: int) -> str:
    """The name of a saved view among the others."""
    return f"saved-{pk}"


def bounded(number: int | None) -> str:
    """The count as it is shown: "99+" from a hundred on."""
    if number is None:
        return ""
    return f"{COUNT_UP_TO - 1}+" if number >= COUNT_UP_TO else str(number)
