"""Finding tickets at the desk by whatever one has in hand: a number, a domain name, a person, a word of the subject.

Every question is answered by an index and bounded, so that a million tickets cost what a thousand do: numbers and
domain names by their beginning, an address whole or by its beginning. Words are looked for in what is worked on: the
tickets that wait for the centre and the newest ones.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final

from django.db.models import Q, QuerySet
from django.db.models.functions import Lower

from tawasul.accounts import roles
from tawasul.accounts.models import Person
from tawasul.accounts.queries import stored_form
from tawasul.core import domains, text, zones
from tawasul.search.normalise import normalise
from tawasul.tickets import fields, numbers
from tawasul.tickets.field_kinds import LONGEST_KEY, Kind
from tawasul.tickets.models import FieldValue, Status, Ticket

MOST: Final = 8
NEWEST: Final = 1500  # tickets whose words are looked at, beside those that wait
WAITING: Final = 500
FEWEST_DIGITS: Final = 3  # of the beginning of a number
LONGEST: Final = 320  # characters of a question


@dataclass(slots=True)
class Found:
    """Tickets, best first. ``mistyped``: it has the form of a number, and its check digit is wrong."""

    tickets: list[Ticket] = field(default_factory=list)
    mistyped: bool = False


def find(typed: str, person: Person, *, most: int = MOST) -> Found:
    """At most ``most`` tickets that the person may see, for what they typed."""
    typed = text.clean_line(typed)[:LONGEST]
    if not typed:
        return Found()
    rows = _seen_by(person)
    try:
        return Found(list(rows.filter(number=numbers.parse_number(typed))[:1]))
    except numbers.Mistyped:
        digits = "".join(filter(str.isdigit, text.ascii_digits(typed)))
        if len(digits) < numbers.FEWEST_GROUPS * numbers.GROUP:
            return Found(_of_number(rows, digits, most))
        return Found(mistyped=True)
    except numbers.NotANumber:
        pass
    if "@" in typed.strip("@"):
        return Found(_of_address(rows, typed, most))
    found = _of_domain(rows, typed, most)
    if len(found) < most:
        found += _of_own_fields(rows, typed, most)
    if len(found) < most and "." not in typed:
        found += _of_words(rows, typed, most)
    return Found(list({ticket.pk: ticket for ticket in found}.values())[:most])


def _seen_by(person: Person) -> QuerySet[Ticket]:
    rows, hidden = Ticket.objects.select_related("service"), roles.hidden_teams(person)
    return rows.exclude(team__in=hidden) if hidden else rows


def _of_number(rows: QuerySet[Ticket], digits: str, most: int) -> list[Ticket]:
    if len(digits) < FEWEST_DIGITS:
        return []
    return list(rows.filter(_begins("number", digits)).order_by("number")[:most])


def _of_address(rows: QuerySet[Ticket], typed: str, most: int) -> list[Ticket]:
    """By the requester's address as it stands on the ticket: its domain in either form, or its beginning."""
    addressed: Any = rows.alias(address=Lower("requester_email"))
    exact: list[Ticket] = list(
        addressed.filter(address__in={typed.lower(), stored_form(typed)}).order_by("-pk")[:most]
    )
    return exact or list(addressed.filter(_begins("address", typed.lower())).order_by("address")[:most])


def _of_domain(rows: QuerySet[Ticket], typed: str, most: int) -> list[Ticket]:
    rows = rows.exclude(domain_ascii="")  # the index has no others
    names = _domain_names(typed)
    found = list(rows.filter(domain_ascii__in=names).order_by("-pk")[:most]) if names else []
    start = domains.mapped(typed)
    if not found and start.isascii() and len(start) > 1 and " " not in start:
        found = list(rows.filter(_begins("domain_ascii", start)).order_by("domain_ascii")[:most])
    return found


def _of_own_fields(rows: QuerySet[Ticket], typed: str, most: int) -> list[Ticket]:
    """By what tickets say in the centre's own fields: a text by its beginning, a domain name whole; their index has
    both. Asks nothing where the centre has no such field."""
    found: list[int] = []
    texts = [one.pk for one in fields.definitions() if one.is_active and one.kind == Kind.TEXT]
    named = [one.pk for one in fields.definitions() if one.is_active and one.kind == Kind.DOMAIN]
    said, start = FieldValue.objects.order_by("search_key"), normalise(typed)[:LONGEST_KEY]
    if texts and start:
        for field_ in texts:  # one range of the index each
            begun = said.filter(_begins("search_key", start), field=field_)
            found += begun.values_list("ticket", flat=True)[:most]
    names = _domain_names(typed) if named else []
    if names:
        found += said.filter(field__in=named, search_key__in=names).values_list("ticket", flat=True)[:most]
    return _in_order(rows, dict.fromkeys(found)) if found else []


def _domain_names(typed: str) -> list[str]:
    """The A-labels of the name as typed; of a label alone, of that label under each of the registry's zones."""
    if " " in typed:
        return []
    tries = [typed] if "." in typed else [f"{typed}.{zone.name}" for zone in zones.zones()]
    names = []
    for name in tries:
        try:
            names.append(domains.parse_domain(name).ascii)
        except domains.BadDomain:
            continue
    return names


def _of_words(rows: QuerySet[Ticket], typed: str, most: int) -> list[Ticket]:
    """Where every word begins a word of the subject, the domain or the requester's name. Two bounded lists, read by
    us: no index of either database knows that سجّل and سجل are one word."""
    words = normalise(typed).split()[:8]
    if not words:
        return []
    looked_at = ("pk", "search_key", "requester_name")
    waiting = rows.filter(status=Status.WITH_CENTRE).order_by("answer_due_at", "pk")
    newest = rows.order_by("-pk")
    found: list[int] = []
    for listed, bound in ((waiting, WAITING), (newest, NEWEST)):
        for pk, key, name in listed.values_list(*looked_at)[:bound]:
            if pk not in found and _has(words, f" {key} {_folded(name)}"):
                found.append(pk)
                if len(found) == most:
                    return _in_order(rows, found)
    return _in_order(rows, found)


def _has(words: Sequence[str], said: str) -> bool:
    return all(f" {word}" in said or f" ال{word}" in said or f" وال{word}" in said for word in words)


@lru_cache(maxsize=4096)
def _folded(name: str) -> str:
    return normalise(name)


def _in_order(rows: QuerySet[Ticket], keys: Iterable[int]) -> list[Ticket]:
    keys = list(keys)
    if not keys:
        return []
    by_key: dict[Any, Ticket] = rows.in_bulk(keys)
    return [by_key[pk] for pk in keys if pk in by_key]


def _begins(field: str, start: str) -> Q:
    """That a column begins so, said in a way that an index serves: a range that holds every such value, whatever
    the database's collation thinks of dots and hyphens, and the exact condition on what is left."""
    stem = start.rstrip("-._+@ ")
    exact = Q(**{f"{field}__startswith": start})
    if not stem:
        return exact
    exact &= Q(**{f"{field}__gte": stem})
    upper = _after(stem)
    return exact & Q(**{f"{field}__lt": upper}) if upper else exact


def _after(stem: str) -> str:
    """The least string after everything that begins with ``stem``: its last character raised by one."""
    while stem and stem[-1] in "z9":
        if stem[-1] == "9":
            return stem[:-1] + "a"
        stem = stem[:-1].rstrip("-._+@ ")
    return stem[:-1] + chr(ord(stem[-1]) + 1) if stem else ""
