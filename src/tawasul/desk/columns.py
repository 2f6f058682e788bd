"""The columns that the queue's table may have, and how close its rows stand."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tawasul.tickets import fields
from tawasul.tickets.own_filters import PREFIX

COLUMNS: Final[dict[str, Promise]] = {
    "requester": _("Requester"),
    "organisation": _("Organisation"),
    "service": _("Service"),
    "purpose": _("Purpose"),
    "domain": _("Domain name"),
    "turn": _("Turn"),
    "waiting": _("Waiting"),
    "due": _("Due"),
    "created": _("Opened"),
    "changed": _("Last change"),
    "team": _("Team"),
    "assignee": _("Assignee"),
    "tags": _("Tags"),
    "language": _("Language"),
    "channel": _("Channel"),
}
USUAL: Final = ("requester", "service", "turn", "waiting", "due", "assignee")  # where nothing was chosen
DENSITIES: Final[dict[str, Promise]] = {  # the rows' padding: 12, 8 or 4 pixels
    "comfortable": _("Comfortable"),
    "normal": _("Normal"),
    "compact": _("Compact"),
}
USUAL_DENSITY: Final = "comfortable"


def columns() -> dict[str, str | Promise]:
    """Every column that may be chosen: what each ticket has, then the centre's own fields."""
    own = {f"{PREFIX}{field.key}": field.name for field in fields.definitions() if field.is_active}
    return {**COLUMNS, **own}
