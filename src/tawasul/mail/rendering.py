"""Mails from templates: a subject, a text part and an HTML part, in one language and direction.

The HTML is written with classes and one stylesheet, and leaves here with every colour and size in ``style``
attributes, because mail programs drop stylesheets; only the dark colours and the narrow padding stay in one.
"""

import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import css_inline
from django.conf import settings
from django.utils import timezone, translation
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from tawasul.core import centre, dates, links
from tawasul.core.text import clean_line, isolate
from tawasul.mail import wording
from tawasul.mail.wording import Own

log = logging.getLogger(__name__)

TEMPLATES = Path(__file__).resolve().parent / "templates"
SUBJECT_LENGTH = 300  # characters; the column's
_STYLE_MARK = "<!-- dark -->"
# What a mail may do without. Everything else that a template uses must be given.
_OPTIONAL: Mapping[str, Any] = {
    "ticket": None,
    "letter": None,
    "code": "",
    "link_text": "",
    "paragraphs": (),
    "at": None,
    "device": "",
    "network": "",
    "username": "",
    "new_email": "",
    "end": "",
    "files": (),
    "beside": "",  # whose ticket it is, where the mail goes to a participant
    "is_private": False,
    "alone": False,  # an answer that goes to one participant and nobody else
}


@dataclass(frozen=True, slots=True)
class Rendered:
    """The three texts of a mail. ``subject`` is one line without control characters."""

    subject: str
    text: str
    html: str


def render(
    kind: str, *, language: str, context: Mapping[str, Any], time_zone: str = "", own: Own | None = None
) -> Rendered:
    """The mail of ``kind`` in ``language`` (``ar`` or ``en``), moments in ``time_zone`` (IANA name; else the centre's).

    ``own``: the words to use instead of what the centre wrote in the administration. Own words that cannot be used
    in this mail give way to the built-in ones, and the log says why.
    Raises jinja2.UndefinedError where the context lacks something the templates use: a mail with a hole in it
    is worse than one that is tried again.
    """
    own = wording.of(kind, language) if own is None else own
    zone = ZoneInfo(time_zone) if time_zone else timezone.get_default_timezone()
    with translation.override(language), timezone.override(zone):
        names = {
            **_OPTIONAL,
            **context,
            "language": language,
            "direction": "rtl" if translation.get_language_bidi() else "ltr",
            "centre": centre.current(),
            "centre_name": centre_name(),
            "replies_arrive": replies_arrive(),
        }
        if own:
            try:
                return _rendered(kind, names, own)
            except wording.NoValue as missing:
                log.info(
                    "%s (%s): {%s} stands for nothing here, so the built-in text goes",
                    kind,
                    language,
                    missing,
                )
            except Exception:
                log.exception("%s (%s): the centre's own text cannot be used", kind, language)
        return _rendered(kind, names, wording.BUILT_IN)


def _rendered(kind: str, names: Mapping[str, Any], own: Own) -> Rendered:
    environment = _environment()
    frame = f"mail/{kind}/body"
    body, text_names, html_names = frame, dict(names), dict(names)
    if own.body:
        body = "mail/_own"
        text_names |= {"frame": f"{frame}.txt", "own": wording.text_part(kind, own, names)}
        html_names |= {"frame": f"{frame}.html", "own": wording.html_part(kind, own, names)}
    subject = (
        wording.subject(kind, own, names)
        if own.subject
        else environment.get_template(f"mail/{kind}/subject.txt").render(names)
    )
    text = environment.get_template(f"{body}.txt").render(text_names)
    html = environment.get_template(f"{body}.html").render(html_names | {"subject": _plain(subject)})
    return Rendered(_one_line(subject), _tidy(text), _inline(html, rtl=names["direction"] == "rtl"))


def replies_arrive() -> bool:
    """Whether an answer to a mail reaches its ticket, as far as the settings tell: mail comes in by a mailbox that is
    fetched from, to addresses with tokens, which nobody switches on without a door, or the operator says so."""
    return bool(settings.MAIL_REPLIES or settings.MAIL_TOKENS or settings.MAILBOXES)


def centre_name() -> str:
    """The centre's name in the active language."""
    row = centre.current()
    return row.name_en if translation.get_language() == "en" else row.name_ar


def _one_line(text: str) -> str:
    """A subject: one line, shortened inside the isolate it may end in, so that no isolate stays open."""
    line = " ".join(text.split())
    if len(line) > SUBJECT_LENGTH:
        line = line[: SUBJECT_LENGTH - 2] + "…"
        line += "\u2069" * (line.count("\u2068") - line.count("\u2069"))
    return line


def _plain(text: str) -> str:
    return text.strip().replace("\u2068", "").replace("\u2069", "")


def _tidy(text: str) -> str:
    """At most one empty line in a row, none at the ends, no spaces at the end of a line."""
    lines: list[str] = []
    for line in text.split("\n"):
        if line.strip() or (lines and lines[-1]):
            lines.append(line.rstrip() if line.strip() != "--" else "-- ")  # the mark before a signature
    return "\n".join(lines).strip() + "\n"


def _inline(html: str, *, rtl: bool) -> str:
    inliner, dark = _styles(rtl)
    return inliner.inline(html).replace(_STYLE_MARK, f"<style>{dark}</style>")


@cache
def _styles(rtl: bool) -> tuple[css_inline.CSSInliner, str]:
    """The inliner for one direction and the stylesheet that stays. Physical sides: mail programs drop logical ones."""
    sides = {"start": "right", "end": "left"} if rtl else {"start": "left", "end": "right"}
    environment = _environment()
    css = environment.get_template("mail/mail.css").render(sides)
    dark = "".join(
        line.strip() for line in environment.get_template("mail/dark.css").render(sides).splitlines()
    )
    return css_inline.CSSInliner(extra_css=css, load_remote_stylesheets=False), dark


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(enabled_extensions=("html",), default=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        extensions=["jinja2.ext.i18n"],
    )
    environment.install_gettext_callables(  # type: ignore[attr-defined]
        translation.gettext,
        translation.ngettext,
        newstyle=True,
        pgettext=translation.pgettext,
        npgettext=translation.npgettext,
    )
    environment.filters.update(isolate=isolate, one_line=clean_line, ltr=_ltr, own=_own, letter=_letter)
    environment.globals.update(
        absolute=links.absolute,
        long_date=dates.long_date,
        date_with_hijri=dates.date_with_hijri,
        clock_time=dates.clock_time,
        day_and_time=wording.day_and_time,
        base_url=links.absolute("/"),
    )
    return environment


def _ltr(text: object) -> Markup:
    """A number, code or address inside HTML: left to right, on its own."""
    return Markup('<span dir="ltr" class="iso">{}</span>').format(text)


def _own(text: object) -> Markup:
    """Somebody's words inside HTML: in their own direction, on their own."""
    return Markup('<span dir="auto" class="iso">{}</span>').format(text)


def _letter(html: str) -> Markup:
    """A letter's stored HTML, safe since it was stored. Lists follow the mail: a list that follows its first item
    would put its bullets on the far side of text that mail programs align with the mail."""
    direction = "rtl" if translation.get_language_bidi() else "ltr"
    return Markup(re.sub(r'<(ul|ol|li) dir="\w+"', rf'<\1 dir="{direction}"', html))  # noqa: S704
