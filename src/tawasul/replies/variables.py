"""The variables of ready texts: each stands in one literal table, and a text that names another one is not saved."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tawasul.accounts.models import Person
from tawasul.core import centre, dates
from tawasul.core.text import clean_line
from tawasul.tickets.models import Ticket


@dataclass(frozen=True, slots=True)
class Facts:
    """What a text is filled from."""

    ticket: Ticket
    staff: Person


# A value that is empty leaves its place empty; dates and names are in the language that the text is filled for.
VARIABLES: Mapping[str, tuple[str | Promise, Callable[[Facts], Any]]] = {
    "requester": (_("the requester's name"), lambda facts: facts.ticket.requester_name),
    "number": (_("the ticket's number"), lambda facts: facts.ticket.spoken_number),
    "subject": (_("the subject"), lambda facts: facts.ticket.subject),
    "domain": (_("the domain name"), lambda facts: facts.ticket.domain_unicode),
    "request_number": (_("the number of the request"), lambda facts: facts.ticket.request_number),
    "service": (_("the service"), lambda facts: facts.ticket.service),
    "team": (_("the team"), lambda facts: facts.ticket.team or ""),
    "staff": (_("the name of whoever answers"), lambda facts: facts.staff),
    "due": (_("the day of the promised answer"), lambda facts: _day(facts.ticket.answer_due_at)),
    "opened": (_("the day on which the ticket was opened"), lambda facts: _day(facts.ticket.created_at)),
    "centre": (_("the centre's name"), lambda facts: centre.current().name),
    "phone": (_("the centre's telephone"), lambda facts: centre.current().phone),
}

_PLACE = re.compile(r"\{\{[^\S\n]{0,8}([^{}\n]{0,40}?)[^\S\n]{0,8}\}\}")
_MARKS = re.compile(r"([\\`*_\[\]<>#])")


def unknown_in(text: str) -> list[str]:
    """The names between double braces that are no variables, as they were typed."""
    return [name for name in dict.fromkeys(_PLACE.findall(text)) if name not in VARIABLES]


def filled(text: str, facts: Facts, language: str) -> str:
    """The text with its variables filled, in that language.

    A value is one line without direction controls, and its signs mean nothing to Markdown: a customer's name cannot
    become a link in the centre's answer. Numbers and domain names are isolated where the text is drawn.
    """
    with translation.override(language):
        return _PLACE.sub(lambda place: _value(place, facts), text)


def _value(place: re.Match[str], facts: Facts) -> str:
    known = VARIABLES.get(place[1])
    if known is None:
        return place[0]
    return _MARKS.sub(r"\\\1", clean_line(str(known[1](facts))))


def _day(moment: Any) -> str:
    return dates.long_date(moment) if moment is not None else ""
