"""Lists so long that one searches them: what ``ui/long-list.js`` needs in order to put a field above them."""

from typing import Final

from django.utils.translation import gettext as _

from tawasul.core.text import isolate

MANY: Final = 12  # choices that one still looks through


def attributes(label: str, choices: int) -> dict[str, str]:
    """Attributes of a list with so many choices, in the reader's language; none for a short one."""
    if choices <= MANY:
        return {}
    return {
        "data-find": _("Search the list: %(name)s") % {"name": isolate(label)},
        "data-find-hint": _("Search the list"),
        "data-find-said": _("Results: %(count)s") % {"count": "{count}"},
        "data-find-none": _("Nothing was found."),
    }
