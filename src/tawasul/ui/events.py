"""What happened, in one sentence for whoever reads it. Letters speak for themselves; these stand between them."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from markupsafe import Markup

from tawasul.tickets.models import CloseReason, Event
from tawasul.tickets.queries import Fact
from tawasul.ui import changes, text, together

K = Event.Kind


def event_text(event: Event | Fact, viewer: str = "customer") -> Markup:
    """The sentence as safe HTML in the active language; empty where this reader has no use for it."""
    words = _words(event, viewer)
    if not words:
        return Markup()
    data = event.data or {}
    return text.fill(
        words,
        who=Markup("<bdi>{}</bdi>").format(event.actor_name),
        to=Markup("<bdi>{}</bdi>").format(data.get("to", "")),
        party=Markup("<bdi>{}</bdi>").format(data.get("party") or _("another party")),
        reason=Markup("<bdi>{}</bdi>").format(data.get("reason", "")),
        absent=Markup("<bdi>{}</bdi>").format(data.get("absent", "")),
        **changes.places(event),
        number=together.number(data),
    )


def stays_inside(event: Event | Fact) -> bool:
    """Whether no customer reads of it, so that it stays off the paper that may be handed to one."""
    return bool((event.data or {}).get("is_private")) or not _words(event, "customer")


def _words(event: Event | Fact, viewer: str) -> str:
    customer = viewer != "staff"
    beside = viewer == "participant"
    data = event.data or {}
    match event.kind:
        case K.JOINED | K.LEFT:
            return _of_participants(event, customer)
        case K.OPENED if beside:
            return _("The ticket arrived at the centre")
        case K.REOPENED if beside or (customer and data.get("by_stranger")):
            return _("The ticket was reopened")
        case K.CLOSED if beside and data.get("reason") == CloseReason.SOLVED_BY_CUSTOMER:
            return _("Closed at the request of its requester: solved")
        case K.OPENED:
            return _("We received your ticket") if customer else _("%(who)s opened the ticket")
        case K.TAKEN:
            return _("%(who)s took charge of the ticket")
        case K.ASSIGNED:
            if customer:
                return ""
            if not event.actor_name:
                return _given_by_itself(data)
            return (
                _("%(who)s assigned the ticket to %(to)s")
                if data.get("to")
                else _("%(who)s released the ticket")
            )
        case K.HELD:
            return _("On hold: we are waiting for %(party)s. %(reason)s")
        case K.RESUMED:
            return _("The wait for another party is over")
        case K.CLOSE_WARNED:
            return _("We warned by e-mail that the ticket is about to close")
        case K.CLOSED if data.get("void") and not customer:
            return together.words(event.kind, data, customer)
        case K.CLOSED:
            return _closed(str(data.get("reason", "")), customer)
        case K.MERGED_IN | K.UNMERGED | K.SPLIT | K.LINKED:
            return together.words(event.kind, data, customer)
        case _ if not customer and (words := changes.words(event)):
            return words
        case K.REOPENED:
            return (
                _("The ticket was reopened at your request") if customer else _("%(who)s reopened the ticket")
            )
        case K.CLAIMED:
            return _("The ticket now belongs to the account of %(who)s")
    return ""


def _given_by_itself(data: Mapping[str, Any]) -> str:
    if not data.get("absence"):
        return _("Given to %(to)s automatically")
    if data.get("to"):
        return _("Given to %(to)s while %(absent)s is out of the office")
    return _("Back with the team while %(absent)s is out of the office")


def _of_participants(event: Event | Fact, customer: bool) -> str:
    """Staff read who added or removed whom; the customers, of those who are not private, that they take part."""
    joined = event.kind == K.JOINED
    if customer:
        return _("%(to)s takes part in the ticket") if joined else _("%(to)s no longer takes part")
    hidden = (event.data or {}).get("is_private")
    if joined:
        return _("%(who)s added %(to)s as a private participant") if hidden else _("%(who)s added %(to)s")
    if event.actor_name == (event.data or {}).get("to"):
        return _("%(to)s left the ticket")
    return _("%(who)s removed %(to)s from the ticket")


def _closed(reason: str, customer: bool) -> str:
    match reason:
        case CloseReason.SOLVED_BY_CUSTOMER:
            return _("Closed at your request: solved") if customer else _("%(who)s closed the ticket: solved")
        case CloseReason.SILENCE:
            return _("Closed by itself: no follow-up arrived")
        case CloseReason.MERGED:
            return _("Closed by the centre") if customer else _("Closed and continued in another ticket")
        case CloseReason.SPAM:
            return _("Closed as unwanted")
    return _("Closed by the centre: done") if customer else _("%(who)s closed the ticket: done")
