"""The Jinja2 environment of every page and mail: autoescaping, gettext in the active language, shared names."""

from collections.abc import MutableMapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils import translation
from jinja2 import Environment, FileSystemBytecodeCache

from tawasul.accounts import absences, roles
from tawasul.core import centre, clock
from tawasul.notices import queries as notices
from tawasul.ui import events, fields, hours, letters, text, words
from tawasul.ui.icons import icon


@lru_cache(maxsize=16_384)
def _known_url(_language: str | None, name: str, args: tuple[Any, ...]) -> str:
    """A list leads to the same few hundred tickets again and again; making an address takes longer than a query."""
    return reverse(name, args=args or None)


def url(name: str, *args: Any, **kwargs: Any) -> str:
    """The path of a named page in the active language. Raises NoReverseMatch for an unknown one."""
    if kwargs:
        return reverse(name, args=args or None, kwargs=kwargs)
    return _known_url(translation.get_language(), name, args)


def url_if_served(name: str, *args: Any) -> str:
    """As ``url``; empty where this installation does not serve that page."""
    try:
        return url(name, *args)
    except NoReverseMatch:
        return ""


@lru_cache(maxsize=512)
def static(name: str) -> str:
    """The address of a static file, with its content's hash where collectstatic has run."""
    try:
        return staticfiles_storage.url(name)
    except ValueError:  # not collected: tests, or a file the launcher could not fetch
        return settings.STATIC_URL + name


def language() -> str:
    """The active language's code: ar or en."""
    return (translation.get_language() or settings.LANGUAGE_CODE)[:2]


def direction() -> str:
    """rtl or ltr, by the active language."""
    return "rtl" if translation.get_language_bidi() else "ltr"


def theme(request: HttpRequest | None) -> str:
    """What this browser chose: light, dark, or empty to follow the system."""
    chosen = request.COOKIES.get("tawasul_theme", "") if request is not None else ""
    return chosen if chosen in {"light", "dark"} else ""


def _bytecode_cache() -> FileSystemBytecodeCache | None:
    """Compiled templates survive a restart, so that the first page after a start is not the slow one."""
    folder = Path(settings.DATA_DIR) / "cache" / "templates"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return None
    return FileSystemBytecodeCache(str(folder))


class _Environment(Environment):
    """Jinja2's, without a chain of two dictionaries around the shared names for each template that is included,
    extended or imported: walking through it took a tenth of a ticket's page."""

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """The shared names themselves, where a template is given no others."""
        return super().make_globals(d) if d else self.globals


def environment(**options: Any) -> Environment:
    """Autoescaping, gettext in the active language, and the names templates use."""
    options["autoescape"] = True
    options.setdefault("bytecode_cache", _bytecode_cache())
    made = _Environment(  # autoescape stands in options
        extensions=["jinja2.ext.do"],
        trim_blocks=True,
        lstrip_blocks=True,
        cache_size=-1,
        **options,
    )
    made.globals.update(
        _=words.gettext,
        gettext=words.gettext,
        ngettext=words.ngettext,
        pgettext=words.pgettext,
        npgettext=words.npgettext,
        url=url,
        url_if_served=url_if_served,
        static=static,
        language=language,
        direction=direction,
        theme=theme,
        now=clock.now,
        icon=icon,
        letter_start=letters.letter_start,
        readers_clock=text.ReadersClock,
        working_hours=hours.working_hours,
        field_of=fields.describe,
        problems_of=fields.problems,
        centre=centre.current,
        unseen_notices=notices.unseen,
        absences=absences,
        allowed=roles.may,
    )
    names = {**text.filters(), "event_text": events.event_text, "stays_inside": events.stays_inside}
    made.filters.update(names)
    made.globals.update(names)
    return made
