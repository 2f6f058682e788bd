"""The words for what staff do beside the correspondence: properties, teams, tags, work. Customers read none of it."""

from datetime import datetime
from typing import Any

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from markupsafe import Markup

from tawasul.accounts.models import Language
from tawasul.core import dates
from tawasul.tickets.models import Event, Purpose
from tawasul.tickets.queries import Fact

K = Event.Kind


def places(event: Event | Fact) -> dict[str, Markup | int]:
    """What stands in the places of these sentences, each isolated."""
    data = event.data or {}
    given = {
        "before": _shown(data, "before"),
        "after": _shown(data, "after"),
        "team": _name(data.get("names")),
        "field": _name(data.get("names")),
        "tag": _name(data.get("names")),
        "text": str(data.get("text") or data.get("note") or ""),
        "until": _moment(data.get("until")),
    }
    isolated = {name: Markup("<bdi>{}</bdi>").format(value) for name, value in given.items()}
    return {**isolated, "num": int(data.get("minutes") or 0)}


def words(event: Event | Fact) -> str:
    """The sentence with its places; empty for an event of another kind."""
    data = event.data or {}
    match event.kind:
        case K.ANSWERED if data.get("participant"):
            return _("%(who)s answered %(to)s alone")
        case K.ANSWERED:
            return _("%(who)s answered the customer")
        case K.FOLLOWED_UP:
            return _("%(who)s wrote a follow-up")
        case K.NOTED:
            return _("%(who)s wrote an internal note")
        case K.RETRACTED if data.get("closing"):
            return _("%(who)s took the closing back before anybody heard of it")
        case K.RETRACTED:
            return _("%(who)s took an answer back before it went out")
        case K.TRANSFERRED:
            if data.get("to"):
                return _("%(who)s transferred the ticket to the team %(team)s, to %(to)s")
            return _("%(who)s transferred the ticket to the team %(team)s")
        case K.CHANGED:
            return _changed(str(data.get("property", "")), data)
        case K.TAGGED:
            return (
                _("%(who)s took the tag %(tag)s off")
                if data.get("removed")
                else _("%(who)s added the tag %(tag)s")
            )
        case K.FOLLOWED:
            return (
                _("%(who)s no longer follows the ticket")
                if data.get("ended")
                else _("%(who)s follows the ticket")
            )
        case K.SNOOZED:
            if data.get("until") == "reply":
                return _("%(who)s put the ticket off until the customer writes")
            return _("%(who)s put the ticket off until %(until)s")
        case K.WOKE:
            return (
                _("%(who)s brought the ticket back")
                if event.actor_name
                else _("The ticket came back at its time")
            )
        case K.CHECKED:
            return _checked(str(data.get("verb", "")))
        case K.TIME_SPENT:
            minutes = int(data.get("minutes") or 0)
            sentence = ngettext("%(who)s spent %(num)d minute", "%(who)s spent %(num)d minutes", minutes)
            return sentence + _(": ") + "%(text)s" if data.get("note") else sentence
    return ""


def _changed(name: str, data: dict[str, Any]) -> str:
    emptied = not data.get("after")
    match name:
        case "subject":
            return _("%(who)s changed the subject from %(before)s to %(after)s")
        case "service":
            return _("%(who)s changed the service from %(before)s to %(after)s")
        case "purpose":
            return _("%(who)s changed the purpose from %(before)s to %(after)s")
        case "language":
            return _("%(who)s changed the language from %(before)s to %(after)s")
        case "domain" if emptied:
            return _("%(who)s removed the domain name %(before)s")
        case "domain":
            if not data.get("before"):
                return _("%(who)s entered the domain name %(after)s")
            return _("%(who)s changed the domain name from %(before)s to %(after)s")
        case "request_number" if emptied:
            return _("%(who)s removed the request number %(before)s")
        case "request_number":
            if not data.get("before"):
                return _("%(who)s entered the request number %(after)s")
            return _("%(who)s changed the request number from %(before)s to %(after)s")
    if name.startswith("field:"):
        if emptied:
            return _("%(who)s emptied %(field)s, which was %(before)s")
        if not data.get("before"):
            return _("%(who)s entered %(after)s in %(field)s")
        return _("%(who)s changed %(field)s from %(before)s to %(after)s")
    return _("%(who)s changed the ticket")


def _checked(verb: str) -> str:
    match verb:
        case "added":
            return _("%(who)s added to the checklist: %(text)s")
        case "ticked":
            return _("%(who)s ticked: %(text)s")
        case "unticked":
            return _("%(who)s unticked: %(text)s")
        case "removed":
            return _("%(who)s took off the checklist: %(text)s")
    return _("%(who)s moved in the checklist: %(text)s")


def _shown(data: dict[str, Any], side: str) -> str:
    """The value before or after as people read it, in the active language."""
    value = str(data.get(side) or "")
    match data.get("property"):
        case "service":
            return _name(data.get(f"names_{side}")) or value
        case "purpose" if value in Purpose.values:
            return str(Purpose(value).label)
        case "language" if value in Language.values:
            return str(Language(value).label)
    return _name(data.get(f"names_{side}")) or value


def _name(names: Any) -> str:
    if not isinstance(names, dict):
        return ""
    return str(names.get(get_language() or "ar") or names.get("ar") or "")


def _moment(value: Any) -> str:
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        return ""
    return f"{dates.short_date(moment)} {dates.clock_time(moment)}"
