"""The keys of the desk, as their sheet lists them. What they do is in ``desk/static/desk/keys.js``."""

from dataclasses import dataclass
from typing import Final

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Shortcut:
    """Keys that do one thing: pressed one after the other, each a choice where a stroke stands in it."""

    keys: tuple[str, ...]
    does: Promise


SHEET: Final[tuple[tuple[Promise, tuple[Shortcut, ...]], ...]] = (
    (
        _("Everywhere"),
        (
            Shortcut(("Ctrl K",), _("Search, or do something")),
            Shortcut(("/",), _("Search")),
            Shortcut(("?",), _("This sheet")),
            Shortcut(("Esc",), _("Close what is open")),
        ),
    ),
    (
        _("In the list"),
        (
            Shortcut(("J", "↓"), _("Next row")),
            Shortcut(("K", "↑"), _("Previous row")),
            Shortcut(("O", "↵"), _("Open the ticket")),
            Shortcut(("X",), _("Select the row")),
        ),
    ),
    (
        _("On a ticket"),
        (
            Shortcut(("A",), _("Write an answer")),
            Shortcut(("M",), _("Write an internal note")),
            Shortcut(("Ctrl ↵",), _("Send; an answer leads to the next ticket")),
            Shortcut(("Ctrl Shift ↵",), _("Send and stay on the ticket")),
            Shortcut(("T",), _("Assign it to me")),
            Shortcut(("H",), _("Put the ticket on hold")),
            Shortcut(("E",), _("Close the ticket")),
            Shortcut(("N",), _("Next ticket")),
            Shortcut(("P",), _("Previous ticket")),
            Shortcut(("U",), _("Back to the list")),
        ),
    ),
    (
        _("Views: G, then"),
        (
            Shortcut(("G M",), _("My tickets")),
            Shortcut(("G T",), _("My team")),
            Shortcut(("G U",), _("Unassigned")),
            Shortcut(("G N",), _("Mentions of me")),
            Shortcut(("G A",), _("All waiting")),
            Shortcut(("G O",), _("Overdue")),
            Shortcut(("G C",), _("With the customer")),
            Shortcut(("G H",), _("On hold")),
            Shortcut(("G X",), _("Closed")),
        ),
    ),
)


def in_other(words: Promise) -> str:
    """The words in the language that the page is not in."""
    here = (translation.get_language() or "ar")[:2]
    with translation.override("en" if here == "ar" else "ar"):
        return str(words)
