"""History in words: what was changed, from what, to what."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

from tawasul.accounts.models import Change, Language, Role, Team
from tawasul.accounts.roles import Permission
from tawasul.core import dates
from tawasul.desk.filtering import chips_of
from tawasul.desk.shelves import SHELVES
from tawasul.replies.filling import values_of
from tawasul.replies.macros import VERBS as MACRO_VERBS
from tawasul.replies.models import Scope
from tawasul.tickets.fields import by_key, parse_again, words
from tawasul.tickets.filters import parse

Words = str | Promise

FIELDS: Final[Mapping[str, Words]] = {
    "name_ar": gettext_lazy("Name in Arabic"),
    "name_en": gettext_lazy("Name in English"),
    "team": gettext_lazy("Responsible team"),
    "about_domain": gettext_lazy("It is about a domain name"),
    "is_active": pgettext_lazy("a setting", "Offered"),
    "members": gettext_lazy("Members"),
    "service_set": gettext_lazy("Services"),
    "is_closed": gettext_lazy("Only its members see its tickets"),
    "sharing": gettext_lazy("How tickets come to its members"),
    "only_present": gettext_lazy("Only to members who are at the desk"),
    "capacity": gettext_lazy("open tickets at most"),
    "person": gettext_lazy("Who"),
    "starts_at": gettext_lazy("From"),
    "ends_at": pgettext_lazy("a time", "Until"),
    "substitute": gettext_lazy("Substitute"),
    "note": gettext_lazy("Note"),
    "hands_over": gettext_lazy("Hand over all open tickets at the start"),
    "place": gettext_lazy("Place in the list"),
    "position": gettext_lazy("Place in the list"),
    "merged_into": gettext_lazy("Merged into"),
    "role": gettext_lazy("Role at the desk"),
    "is_staff": gettext_lazy("Staff of the centre"),
    "allowed": gettext_lazy("Permissions"),
    "scope": gettext_lazy("Who has it"),
    "name": gettext_lazy("Name of the view"),
    "slug": gettext_lazy("Address"),
    "title_ar": gettext_lazy("Title in Arabic"),
    "title_en": gettext_lazy("Title in English"),
    "is_published": gettext_lazy("Published"),
    "language": gettext_lazy("Language"),
    "steps": gettext_lazy("Steps"),
    "query": gettext_lazy("Filter"),
    "shortcut": gettext_lazy("Shortcut"),
    "text": gettext_lazy("Text"),
    "text_ar": gettext_lazy("Text in Arabic"),
    "text_en": gettext_lazy("Text in English"),
    "help_ar": gettext_lazy("Help in Arabic"),
    "help_en": gettext_lazy("Help in English"),
    "services": gettext_lazy("Services"),
    "on_form": gettext_lazy("Customers fill it in"),
    "on_direct": gettext_lazy("It stands on the form without an account, too"),
    "is_shown": gettext_lazy("Customers see it on their ticket"),
    "is_required": gettext_lazy("It must be filled in"),
    "shown_if": gettext_lazy("It is asked only if"),
    "required_if": gettext_lazy("It must be filled in if"),
    "limits": gettext_lazy("Limits"),
    "choices": gettext_lazy("Choices"),
    "choices_off": gettext_lazy("Choices that are not offered any more"),
    "intro_ar": gettext_lazy("Words above it in Arabic"),
    "intro_en": gettext_lazy("Words above it in English"),
    "purposes": gettext_lazy("Purposes on offer"),
    "domain": gettext_lazy("Domain name"),
    "request_number": gettext_lazy("Request number"),
    "wanted": gettext_lazy("What help is needed"),
    "files": gettext_lazy("Files"),
}
VERBS: Final[Mapping[str, Words]] = {
    "added": pgettext_lazy("a setting", "added"),
    "changed": pgettext_lazy("a setting", "changed"),
    "removed": pgettext_lazy("a setting", "removed"),
}
DAY: Final = re.compile(r"\d{4}-\d\d-\d\d")  # beside an Arabic name it would be turned round
LONGEST: Final = 160  # characters of a value in history


def lines_of(change: Change) -> list[tuple[str, str, str]]:
    """(field, before, after) for each difference; before is empty for what was added."""
    names = list({**change.before, **change.after})
    fields = FIELDS if change.noun == "services" else {**FIELDS, "team": gettext_lazy("Team")}
    return [(str(fields.get(name, name)), *_pair(change, name)) for name in names]


def _pair(change: Change, name: str) -> tuple[str, str]:
    before, after = change.before.get(name), change.after.get(name)
    if isinstance(before, list) and isinstance(after, list):  # of a long list, what left and what came
        gone, came = [v for v in before if v not in after], [v for v in after if v not in before]
        return (_in_words(name, gone) if gone else "", _in_words(name, came) if came else "")
    return (
        _in_words(name, before) if name in change.before else "",
        _in_words(name, after) if name in change.after else "",
    )


def _in_words(name: str, value: Any) -> str:
    match value:
        case bool():
            return _("yes") if value else _("no")
        case None | "" | []:
            return _("none")
        case list():
            return _(", ").join(_in_words(name, each) for each in value)[: 4 * LONGEST]
        case {"do": "fields"}:
            return f"{MACRO_VERBS['fields'].label}: {_filled(value)}"
        case {"do": str(verb)} if verb in MACRO_VERBS:
            return str(MACRO_VERBS[verb].label)
        case {"ar": arabic, "en": english}:
            return str(english if get_language() == "en" else arabic) or str(english or arabic)
    if name == "query" and isinstance(value, str):
        return _filter_in_words(value)
    if name == "language" and value in Language.values:
        return str(Language(value).label)
    if name == "sharing" and value in Team.Sharing.values:
        return str(Team.Sharing(value).label)
    if name in {"starts_at", "ends_at"} and isinstance(value, str):
        moment = datetime.fromisoformat(value)
        return f"{dates.short_date(moment)} {dates.clock_time(moment)}"
    if name == "role" and value in Role.values:
        return str(Role(value).label)
    if name == "allowed" and value in Permission.values:
        return str(Permission(value).label)
    if name == "scope" and value in Scope.values:
        return str(Scope(value).label)
    text = str(value)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def _filled(step: Mapping[str, Any]) -> str:
    """What a macro fills in, field by field."""
    said = []
    for key, typed in values_of(step).items():
        one = by_key(key)
        meant = parse_again(one, typed) if one is not None else None
        said.append(f"{one or key} = {words(one, meant) if one is not None and meant is not None else typed}")
    return _(", ").join(said)


def _filter_in_words(query: str) -> str:
    narrowed, _wrong = parse(QueryDict(query).dict(), views=SHELVES)
    chips = [str(chip.label) + _(": ") + chip.words for chip in chips_of(narrowed)]
    return _(", ").join([str(SHELVES[narrowed.view][0]), *chips])


def name_of(change: Change) -> str:
    """What was changed, as a reader names it."""
    if change.noun == "permissions" and change.object_name in Role.values:
        return str(Role(change.object_name).label)
    if change.noun == "forms" and change.object_name == "-":
        return _("Every other service")
    return DAY.sub("\u2066\\g<0>\u2069", change.object_name)
