"""How values read in templates: dates, sizes, numbers. Each is both a filter and a function there."""

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta, timezone
from functools import lru_cache
from typing import Any

from django.utils.dates import MONTHS
from django.utils.timezone import get_current_timezone, localdate, localtime
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from markupsafe import Markup, escape

from tawasul.attachments import reasons
from tawasul.core import clock, dates
from tawasul.core.isolation import wrapped
from tawasul.core.markdown import render_plain

KIND_NAMES = {
    "image/png": "PNG",
    "image/jpeg": "JPG",
    "image/gif": "GIF",
    "image/tiff": "TIFF",
    "application/pdf": "PDF",
}


def bytes_text(size: int) -> str:
    """A file's size in words: 412 kB, 6.1 MB (1 kB is 1024 bytes)."""
    if size < 1024:
        return ngettext("%(count)d byte", "%(count)d bytes", size) % {"count": size}
    if size < 2**20:
        return _("%(size)s kB") % {"size": round(size / 1024)}
    return _("%(size)s MB") % {"size": f"{size / 2**20:.1f}".removesuffix(".0")}


def spoken_number(number: object) -> str:
    """A ticket's digits in groups of four, as people read them: 4829-1736."""
    digits = re.sub(r"\D", "", str(number))
    return "-".join(digits[i : i + 4] for i in range(0, len(digits), 4))


def kind_name(mime: str) -> str:
    """PNG for image/png; what files are called among people."""
    return KIND_NAMES.get(mime, mime.rpartition("/")[2].upper())


def pages_text(count: int) -> str:
    """How many pages: one page, two pages, 3 pages."""
    return ngettext("%(count)d page", "%(count)d pages", count) % {"count": count}


def safe(html: str) -> Markup:
    """HTML that ``core.markdown`` made and stored; nothing else may pass here."""
    return Markup(html)  # noqa: S704


def fill(words: str, **values: object) -> Markup:
    """Our own sentence, translated, with values put in; values are escaped unless they are Markup."""
    return Markup(words) % values  # noqa: S704


def plain(words: str) -> Markup:
    """A stranger's plain text as safe paragraphs, each in its own direction."""
    return Markup(render_plain(words))  # noqa: S704


def iso(moment: datetime) -> str:
    """For the datetime attribute, in the reader's time zone, to the minute."""
    return localtime(moment).isoformat(timespec="minutes")


def day(moment: datetime) -> str:
    """Sunday 22 November; the year too where it is not this one."""
    there = localdate(moment)
    return _day(get_language() or "", there, there.year != localdate(clock.now()).year)


@lru_cache(maxsize=4096)
def _day(_language: str, there: date, with_year: bool) -> str:
    if with_year:
        return dates.long_date(there)
    return _("%(weekday)s %(day)s %(month)s") % {
        "weekday": dates.weekday(there),
        "day": there.day,
        "month": MONTHS[there.month],
    }


class ReadersClock:
    """The reader's language, time zone and present moment, asked for once: a long page shows a hundred moments."""

    __slots__ = ("language", "now", "year", "zone")

    def __init__(self) -> None:
        self.language = get_language() or ""
        self.zone = get_current_timezone()
        self.now = clock.now()
        self.year = self.now.astimezone(self.zone).year

    def when(self, moment: datetime) -> Markup:
        """Weekday, day and hour, with both calendars in its title."""
        return Markup(self._clocked(moment)[0])  # noqa: S704

    def written(self, moment: datetime) -> Markup:
        """When a letter was written: as ``when``, then the Hijri date, and how long ago."""
        time, hijri = self._clocked(moment)
        ago = escape(dates.relative(moment, self.now))
        return Markup(  # noqa: S704
            f'{time} <span class="also-when">{hijri}</span> <span class="also-when">{ago}</span>'
        )

    def _clocked(self, moment: datetime) -> tuple[str, str]:
        """The time element, and the Hijri date."""
        local = moment.astimezone(self.zone)
        start, middle, hijri = _when(
            self.language, local.date(), local.year != self.year, local.utcoffset() or timedelta()
        )
        hour = f"{local.hour:02d}:{local.minute:02d}"
        return f"{start}{hour}{middle}{hour}</time>", hijri


def when(moment: datetime) -> Markup:
    """As the reader's clock says it."""
    return ReadersClock().when(moment)


def written(moment: datetime) -> Markup:
    """As the reader's clock says it."""
    return ReadersClock().written(moment)


@lru_cache(maxsize=4096)
def _when(language: str, there: date, with_year: bool, offset: timedelta) -> tuple[str, str, str]:
    """What stands before and between the two places of the hour, and the Hijri date."""
    zone = datetime.min.replace(tzinfo=timezone(offset)).isoformat()[19:]
    title, day = escape(dates.date_with_hijri(there)), escape(_day(language, there, with_year))
    hijri, comma = str(escape(dates.hijri(there))), _(", ")
    return f'<time datetime="{there.isoformat()}T', f'{zone}" title="{title}">{day}{comma}', hijri


def whole(text: object) -> Markup:
    """A sentence whose dates, numbers and names of domains are isolated, and break nowhere."""
    return Markup(text if hasattr(text, "__html__") else wrapped(str(text)))  # noqa: S704  # it is escaped


def filters() -> dict[str, Callable[..., Any]]:
    """Every name that templates may use."""
    return {
        "bytes_text": bytes_text,
        "spoken_number": spoken_number,
        "kind_name": kind_name,
        "pages_text": pages_text,
        "refusal": reasons.message,
        "stored_html": safe,
        "plain": plain,
        "whole": whole,
        "iso": iso,
        "when": when,
        "written": written,
        "day": day,
        "long_date": dates.long_date,
        "short_date": dates.short_date,
        "date_with_hijri": dates.date_with_hijri,
        "hijri": dates.hijri,
        "clock_time": dates.clock_time,
        "relative": dates.relative,
        "weekday": dates.weekday,
        "duration": dates.duration,
    }
