"""What a notice says, in one sentence of the active language. Names, numbers and subjects stand beside it."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tawasul.notices.models import Notice
from tawasul.tickets.models import Event

K, E = Notice.Kind, Event.Kind
_SENTENCES: Final[Mapping[str, str | Promise]] = {
    K.MENTIONED: _("You are mentioned in an internal note"),
    K.ASSIGNED: _("The ticket was given to you"),
    K.WRITTEN: _("The customer wrote again"),
    K.OVERDUE: _("The promised answer is late"),
    K.DUE_SOON: _("The promised answer is due soon"),
    K.TRANSFERRED: _("The ticket was transferred to your team"),
    K.TEAM_NEW: _("A new ticket for your team"),
    K.FOLLOWED: _("Something happened on a ticket that you follow"),
}
_HAPPENED: Final[Mapping[str, str | Promise]] = {
    E.ANSWERED: _("The centre answered"),
    E.FOLLOWED_UP: _("The customer wrote again"),
    E.NOTED: _("An internal note was written"),
    E.HELD: _("The ticket was put on hold"),
    E.RESUMED: _("The wait for another party ended"),
    E.CLOSED: _("The ticket was closed"),
    E.REOPENED: _("The ticket was opened again"),
    E.TAKEN: _("The ticket has another assignee"),
    E.ASSIGNED: _("The ticket has another assignee"),
    E.TRANSFERRED: _("The ticket was transferred to another team"),
}


def sentence(kind: str, happened: str = "") -> str:
    """The sentence of a notice of this kind; ``happened`` is the kind of the event behind it, empty where none is."""
    if kind == K.FOLLOWED or happened == E.REOPENED:
        return str(_HAPPENED.get(happened, _SENTENCES[kind]))
    return str(_SENTENCES[kind])
