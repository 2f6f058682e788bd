"""gettext for pages. Jinja2's own asks the context and wraps the text anew at each call; a page asks 150 times.

Here a message is looked up and marked safe once a language. As with Jinja2's newstyle gettext, the message is our
own HTML and the values put into it are escaped.
"""

from functools import lru_cache
from typing import Any

from django.utils import translation
from markupsafe import Markup

REMEMBERED = 8192  # messages; the catalogues of all rooms hold fewer


@lru_cache(maxsize=REMEMBERED)
def _one(_language: str | None, message: str) -> Markup:
    return Markup(translation.gettext(message))  # noqa: S704 (our own words)


@lru_cache(maxsize=REMEMBERED)
def _one_in(_language: str | None, context: str, message: str) -> Markup:
    return Markup(translation.pgettext(context, message))  # noqa: S704


def gettext(message: str, **values: Any) -> Markup:
    """The message in the active language, values escaped and put in."""
    words = _one(translation.get_language(), message)
    return words % values if values else words


def pgettext(context: str, message: str, **values: Any) -> Markup:
    """As ``gettext``, for a word that means several things."""
    words = _one_in(translation.get_language(), context, message)
    return words % values if values else words


def ngettext(singular: str, plural: str, num: int, **values: Any) -> Markup:
    """The form that goes with ``num``, which is itself a value (``%(num)d``)."""
    return Markup(translation.ngettext(singular, plural, num)) % {"num": num, **values}  # noqa: S704


def npgettext(context: str, singular: str, plural: str, num: int, **values: Any) -> Markup:
    """As ``ngettext``, for words that mean several things."""
    words = translation.npgettext(context, singular, plural, num)
    return Markup(words) % {"num": num, **values}  # noqa: S704
