"""The centre's own words in its mails: for a kind and a language, a subject and a body with named placeholders.

What has consequences stays built in, whatever the centre writes: the ticket's number, the promise and the day on which
something closes, the reason of a closing, codes, buttons, and the warnings beside them. A text of the centre's is data
and never a template: it is Markdown's safe subset, and the only thing that happens to it is that ``{name}`` of the
list below is replaced, by text that is isolated and escaped.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from markupsafe import Markup

from tawasul.core import dates, markdown
from tawasul.core.kept import Kept
from tawasul.core.text import isolate
from tawasul.mail.kinds import KINDS
from tawasul.mail.models import MailTemplate

Context = Mapping[str, Any]
_BRACES: Final = re.compile(r"\{([^{}\n]{0,60})\}")
_HEADING: Final = re.compile(r"#[ \t]+(.+?)[ \t#]*(?:\n|$)")
_DIRECTED: Final = re.compile(r'<(p|ul|ol|blockquote|h2|h3) dir="\w+"')


class NoValue(Exception):
    """A placeholder stands for nothing in this very mail, so this one is written in the built-in words."""


@dataclass(frozen=True, slots=True)
class Placeholder:
    """``meaning`` is for the administration. ``typed``: written by whoever asked for the mail, so that it may stand
    only in a kind whose address is known to be theirs. ``ltr``: a number, code or address."""

    meaning: str | Promise
    value: Callable[[Context], object]
    typed: bool = False
    ltr: bool = False


def day_and_time(moment: datetime) -> str:
    """Weekday, Gregorian and Hijri date, and the hour: for what has consequences."""
    return translation.gettext("%(date)s, at %(time)s") % {
        "date": dates.date_with_hijri(moment),
        "time": isolate(dates.clock_time(moment)),
    }


def _moment(key: str) -> Callable[[Context], object]:
    return lambda context: day_and_time(context[key]) if context.get(key) else ""


def _given(key: str) -> Callable[[Context], object]:
    return lambda context: context.get(key)


PLACEHOLDERS: Final[Mapping[str, Placeholder]] = {
    "centre": Placeholder(_("the centre's name"), _given("centre_name")),
    "name": Placeholder(_("the recipient's name"), _given("name"), typed=True),
    "number": Placeholder(
        _("the ticket's number"), lambda context: context["ticket"].spoken_number, ltr=True
    ),
    "service": Placeholder(_("the service it is about"), lambda context: str(context["ticket"].service.name)),
    "subject": Placeholder(_("the ticket's subject"), lambda context: context["ticket"].subject, typed=True),
    "opened": Placeholder(
        _("when the ticket was opened"), lambda context: day_and_time(context["ticket"].created_at)
    ),
    "due": Placeholder(_("until when the centre answers"), _moment("due")),
    "author": Placeholder(_("who answered"), lambda context: context["letter"].author_name),
    "asker": Placeholder(_("who of the centre asks them to take part"), _given("asker")),
    "requester": Placeholder(
        _("whose ticket it is"), lambda context: context["ticket"].requester_name, typed=True
    ),
    "answered": Placeholder(_("when the centre answered"), _moment("answered_at")),
    "closes": Placeholder(_("when it closes by itself"), _moment("close_due_at")),
    "closed": Placeholder(_("when it was closed"), _moment("closed_at")),
    "reopen_until": Placeholder(
        _("until when it can be reopened"),
        lambda context: dates.long_date(context["reopen_until"]) if context.get("reopen_until") else "",
    ),
    "party": Placeholder(_("for whom the centre waits"), _given("party")),
    "at": Placeholder(_("when it happened"), _moment("at")),
    "until": Placeholder(_("until when the link works"), _moment("expires_at")),
    "link": Placeholder(_("the address behind the button"), _given("link"), ltr=True),
    "code": Placeholder(_("the code"), _given("code"), ltr=True),
    "username": Placeholder(_("the user name"), _given("username"), typed=True),
    "new_email": Placeholder(_("the new address"), _given("new_email"), typed=True),
    "device": Placeholder(_("the browser"), _given("device"), typed=True),
    "network": Placeholder(_("the network address"), _given("network"), ltr=True),
}

_TICKET: Final = ("centre", "number", "service", "link")
_KNOWN: Final = (*_TICKET, "name", "subject")
# The kinds that take the centre's own words, and what each can say. A kind that is really several mails (the change of
# an address) or has no words of its own (generic) is not among them.
OFFERS: Final[Mapping[str, tuple[str, ...]]] = {
    "ticket_opened": (*_TICKET, "opened", "due"),
    "answer": (*_KNOWN, "author", "closes"),
    "on_hold": (*_KNOWN, "party"),
    "close_warning": (*_KNOWN, "answered", "closes"),
    "closed": (*_KNOWN, "closed", "reopen_until"),
    "reopened": (*_KNOWN, "at", "due"),
    "participant_added": (*_KNOWN, "asker", "requester"),
    "guest_link": (*_TICKET, "until"),
    "direct_confirm": ("centre", "link", "until"),
    "mail_confirm": ("centre", "link", "until"),
    "account_activate": ("centre", "link", "code"),
    "account_exists": ("centre", "link"),
    "unknown_account": ("centre", "link"),
    "password_reset": ("centre", "name", "username"),
    "password_changed": ("centre", "name", "at", "link"),
    "email_changed": ("centre", "name", "new_email", "at"),
    "new_device": ("centre", "name", "at", "device", "network", "link"),
    "login_code": ("centre", "name", "code"),
}


@dataclass(frozen=True, slots=True)
class Own:
    """The centre's own words. An empty part means the built-in one."""

    subject: str = ""
    body: str = ""

    def __bool__(self) -> bool:
        return bool(self.subject or self.body)

    @property
    def heading(self) -> str:
        """The body's first line where it is a Markdown heading; it replaces the mail's own."""
        found = _HEADING.match(self.body)
        return found[1] if found else ""

    @property
    def words(self) -> str:
        """The body without its heading."""
        found = _HEADING.match(self.body)
        return self.body[found.end() :].strip() if found else self.body.strip()


BUILT_IN: Final = Own()


@dataclass(frozen=True, slots=True)
class Filled:
    """Own words in which every placeholder has become what it stands for, in one of a mail's parts."""

    heading: str
    words: str


def of(kind: str, language: str) -> Own:
    """What the centre wrote for this kind and language and can be used; BUILT_IN where there is nothing."""
    return _kept().get((kind, language), BUILT_IN)


def _read() -> dict[tuple[str, str], Own]:
    found = {}
    for row in MailTemplate.objects.all():
        own = Own(row.subject, row.body)
        if own and not any(faults(row.kind, text) for text in (own.subject, own.body)):
            found[row.kind, row.language] = own
    return found


_kept = Kept(_read)


def faults(kind: str, text: str) -> list[str]:
    """The placeholders in a text that this kind of mail does not know, or may not name, as they stand there."""
    allowed = offered(kind)
    return [found[0] for found in _BRACES.finditer(text) if found[1] not in allowed]


def offered(kind: str) -> dict[str, Placeholder]:
    """The placeholders of a kind; none whose words a stranger typed where the address may not be theirs."""
    known = kind in KINDS and KINDS[kind].known
    return {
        name: PLACEHOLDERS[name] for name in OFFERS.get(kind, ()) if known or not PLACEHOLDERS[name].typed
    }


def forbidden(kind: str, braced: str) -> bool:
    """Whether a placeholder exists and is kept out of this kind because a stranger may have typed what it says."""
    placeholder = PLACEHOLDERS.get(braced.strip("{}"))
    return placeholder is not None and placeholder.typed and not KINDS[kind].known


def subject(kind: str, own: Own, context: Context) -> str:
    """The own subject, every value isolated. Raises NoValue."""
    return _replace(own.subject, _values(kind, own.subject, context), isolate)


def text_part(kind: str, own: Own, context: Context) -> Filled:
    """For the text part; a link stands bare, so that nothing clings to it. Raises NoValue."""
    values = _values(kind, own.body, context)

    def bare(value: object) -> str:
        return str(value) if str(value).startswith(("https://", "http://")) else isolate(value)

    return Filled(
        heading=_replace(own.heading, values, isolate),
        words=_replace(markdown.plain_of(own.words), values, bare),
    )


def html_part(kind: str, own: Own, context: Context) -> Filled:
    """For the HTML part, escaped, blocks in the direction of the mail. Raises NoValue.

    A brace inside of an address is encoded by Markdown, so what is replaced always stands in text.
    """
    values = _values(kind, own.body, context)
    direction = "rtl" if translation.get_language_bidi() else "ltr"

    def marked(name: str) -> str:
        turn = "ltr" if PLACEHOLDERS[name].ltr else "auto"
        look = "iso address" if name == "link" else "iso"
        return Markup('<span dir="{}" class="{}">{}</span>').format(turn, look, values[name])

    def filled(html: str) -> Markup:
        return Markup(_BRACES.sub(lambda found: marked(found[1]), html))  # noqa: S704 - safe on both sides

    words = _DIRECTED.sub(rf'<\1 dir="{direction}"', str(markdown.render_answer(own.words)))
    return Filled(heading=filled(str(Markup.escape(own.heading))), words=filled(words))


def _values(kind: str, text: str, context: Context) -> dict[str, object]:
    """What each placeholder of the text stands for in this mail. Raises NoValue, also for one that is not offered."""
    allowed = offered(kind)
    values = {}
    for name in _names(text):
        value = allowed[name].value(context) if name in allowed else None
        if value is None or value == "":
            raise NoValue(name)
        values[name] = value
    return values


def _names(text: str) -> Iterable[str]:
    return {found[1] for found in _BRACES.finditer(text)}


def _replace(text: str, values: Mapping[str, object], dress: Callable[[object], str]) -> str:
    return _BRACES.sub(lambda found: dress(values[found[1]]), text)
