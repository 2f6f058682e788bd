"""Words for what happens between tickets: merges, splits and links."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from markupsafe import Markup

from tawasul.tickets.models import Event, TicketLink

K = Event.Kind
Kind = TicketLink.Kind


def number(data: Mapping[str, Any]) -> Markup:
    """The other ticket's number that an event names, as people read it."""
    digits = str(data.get("number") or data.get("from") or "")
    spoken = "-".join(digits[i : i + 4] for i in range(0, len(digits), 4))
    return Markup('<bdi dir="ltr">{}</bdi>').format(spoken)


def words(kind: str, data: Mapping[str, Any], customer: bool) -> str:
    """The sentence about an event between two tickets; a customer reads only of tickets of their own."""
    match kind:
        case K.MERGED_IN if customer:
            return _("Your ticket %(number)s goes on here") if data.get("same_requester") else ""
        case K.MERGED_IN:
            return _("%(who)s merged ticket %(number)s into this one")
        case K.SPLIT if data.get("undone"):
            return (
                _("Your ticket %(number)s goes on here")
                if customer
                else _("%(who)s took the split back: what stood in ticket %(number)s stands here again")
            )
        case K.CLOSED:  # void
            return _("%(who)s took the split back: the letters stand where they were before")
        case K.SPLIT if "from" in data:
            return (
                _("From your letter in ticket %(number)s")
                if customer
                else _("%(who)s split this ticket off ticket %(number)s")
            )
        case K.SPLIT:
            return (
                _("A part of it goes on as your ticket %(number)s")
                if customer
                else _("%(who)s split a part off as ticket %(number)s")
            )
        case K.UNMERGED if customer:
            return _("Your ticket %(number)s goes on by itself again") if data.get("same_requester") else ""
        case K.UNMERGED:
            if data.get("from"):
                return _("%(who)s took this ticket out of ticket %(number)s")
            return _("Ticket %(number)s goes on by itself again") if data.get("number") else ""
        case K.LINKED if not customer:
            if data.get("removed"):
                return _("%(who)s removed the link to ticket %(number)s")
            return _("%(who)s linked ticket %(number)s: %(link)s").replace(
                "%(link)s", str(link_words(str(data.get("link")), str(data.get("way")))).replace("%", "%%")
            )
    return ""


def link_words(kind: str, way: str) -> str:
    """What the other ticket is to this one: ``way`` is "out" where this one is the link's source."""
    outward = way == "out"
    match kind:
        case Kind.DUPLICATES:
            return _("this ticket repeats it") if outward else _("it repeats this ticket")
        case Kind.CAUSES:
            return _("caused by this ticket") if outward else _("the cause of this ticket")
        case Kind.PARENT:
            return _("a part of this ticket") if outward else _("this ticket is a part of it")
    return _("related to it")
