"""Mails from templates: a subject, a text part and an HTML part, in one language and direction.

The HTML is written with classes and one stylesheet, and leaves here with every colour and size in ``style``
attributes, because mail programs drop stylesheets; only the dark colours and the narrow padding stay in one.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import css_inline
from django.utils import timezone, translation
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from tawasul.core import centre, dates, links
from tawasul.core.text import clean_line, isolate

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
}


@dataclass(frozen=True, slots=True)
class Rendered:
    """The three texts of a mail. ``subject`` is one line without control characters."""

    subject: str
    text: str
    html: str


def render(kind: str, *, language: str, context: Mapping[str, Any], time_zone: str = "") -> Rendered:
    """The mail of ``kind`` in ``language`` (``ar`` or ``en``), moments in ``time_zone`` (IANA name; else the centre's).

    Raises jinja2.UndefinedError where the context lacks something the templates use: a mail with a hole in it
    is worse than one that is tried again.
    """
    zone = ZoneInfo(time_zone) if time_zone else timezone.get_default_timezone()
    with translation.override(language), timezone.override(zone):
        rtl = translation.get_language_bidi()
        names = {
            **_OPTIONAL,
            **context,
            "language": language,
            "direction": "rtl" if rtl else "ltr",
            "centre": centre.current(),
            "centre_name": centre_name(),
        }
        environment = _environment()
        subject = environment.get_template(f"mail/{kind}/subject.txt").render(names)
        text = environment.get_template(f"mail/{kind}/body.txt").render(names)
        html = environment.get_template(f"mail/{kind}/body.html").render(names | {"subject": _plain(subject)})
    return Rendered(_one_line(subject), _tidy(text), _inline(html, rtl=rtl))


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
        day_and_time=_day_and_time,
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


def _day_and_time(moment: datetime) -> str:
    """Weekday, Gregorian and Hijri date, and the hour: for what has consequences."""
    return translation.gettext("%(date)s, at %(time)s") % {
        "date": dates.date_with_hijri(moment),
        "time": isolate(dates.clock_time(moment)),
    }
