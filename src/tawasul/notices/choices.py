"""Who is told of what, and where: the centre's suggestion in one literal table, and what each person made of it.

A person's own choices stand on their account, ``desk_choices["notices"]``, as the names of channels by kind. A kind
that is missing there is as the centre suggests, so a kind that comes later reaches those who chose before.
"""

from collections.abc import Collection, Mapping
from typing import Final

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tawasul.accounts.models import Person
from tawasul.notices.models import Notice

KEPT: Final = "notices"  # the name among the choices of the desk
SEVERALLY: Final = (
    "notice_mails"  # likewise: there and true where each notice is to be a mail of its own, at once
)


class Channel(models.TextChoices):
    """Where somebody is told."""

    DESK = "desk", _("Behind the bell")
    MAIL = "mail", _("By e-mail")
    BROWSER = "browser", _("By the browser")


K, C = Notice.Kind, Channel
DEFAULTS: Final[Mapping[str, frozenset[Channel]]] = {
    K.MENTIONED: frozenset({C.DESK, C.MAIL, C.BROWSER}),
    K.ASSIGNED: frozenset({C.DESK, C.BROWSER}),
    K.WRITTEN: frozenset({C.DESK, C.BROWSER}),
    K.OVERDUE: frozenset({C.DESK, C.MAIL, C.BROWSER}),
    K.DUE_SOON: frozenset({C.DESK, C.BROWSER}),
    K.TRANSFERRED: frozenset({C.DESK}),
    K.TEAM_NEW: frozenset({C.DESK}),
    K.FOLLOWED: frozenset({C.DESK}),
}
LABELS: Final[
    Mapping[str, str | Promise]
] = {  # in the order of the table above, as the page of choices asks for them
    K.MENTIONED: _("An internal note mentions me or a team of mine"),
    K.ASSIGNED: _("A ticket is given to me"),
    K.WRITTEN: _("A customer writes on a ticket of mine"),
    K.OVERDUE: _("The promised answer of a ticket of mine is late"),
    K.DUE_SOON: _("The promised answer of a ticket of mine is due within four hours"),
    K.TRANSFERRED: _("A ticket is transferred to a team of mine"),
    K.TEAM_NEW: _("A new ticket for a team of mine that nobody has yet"),
    K.FOLLOWED: _("Something happens on a ticket that I follow"),
}


def channels_of(person: Person, kind: str) -> frozenset[Channel]:
    """Where the person is told of things of this kind; empty: not at all."""
    own = person.desk_choices.get(KEPT, {})
    return _known(own[kind]) if kind in own else DEFAULTS[kind]


def are_own(person: Person) -> bool:
    """Whether the person chose for themselves."""
    return KEPT in person.desk_choices


def wants_each(person: Person) -> bool:
    """Whether each notice is mailed to the person by itself and at once, and not together with others."""
    return person.desk_choices.get(SEVERALLY) is True


def kept_of(chosen: Mapping[str, Collection[str]]) -> dict[str, list[str]]:
    """What was posted, by kind, as it is kept: every kind with the channels that are known."""
    return {kind: sorted(_known(chosen.get(kind, ()))) for kind in DEFAULTS}


def _known(names: Collection[str]) -> frozenset[Channel]:
    found = {channel for channel in Channel if channel in names}
    if Channel.BROWSER in found:  # it only points to what stands behind the bell
        found.add(Channel.DESK)
    return frozenset(found)
