"""How a letter begins, written by hand: fifty stand on a long page, and a template takes four times as long."""

from datetime import datetime
from typing import Protocol

from markupsafe import Markup, escape

from tawasul.tickets.models import Channel, Message
from tawasul.ui import text, words
from tawasul.ui.icons import icon

SIDES = {"opening": "you", "follow_up": "you", "answer": "centre", "note": "note"}


class LetterLike(Protocol):
    """What of a message is shown. ``html`` is what ``core.markdown`` made of its text."""

    pk: int
    kind: str
    author_name: str
    wanted: str
    html: str
    at: datetime
    channel: str
    rest: str


def letter_start(
    message: LetterLike, role: str = "", side: str = "", reader: text.ReadersClock | None = None
) -> Markup:
    """Everything of a letter before its files: who, when, and what was said. The caller closes the ``li``.

    ``role`` is who that is ("you", a team's name); ``side`` overrides who speaks (you, centre, note).
    """
    side = side or SIDES[message.kind]
    when = (reader or text.ReadersClock()).written(message.at)
    who = f"<span>{escape(role)}</span> " if role else ""
    if message.channel == Channel.MAIL:
        words_by_mail = words.gettext("by e-mail")
        who += f'<span class="by-mail">{icon("mail")}{words_by_mail}</span> '
    said = message.html
    if side == "note":
        label = words.gettext("Internal note, the customer does not see it")
        said = f'<p class="label">{icon("lock")}{label}</p>{said}'
    if getattr(message, "standing", "") == Message.Standing.PRIVATE:
        label = (
            words.gettext("Private: only the centre and the one it is written to read it")
            if message.kind == Message.Kind.ANSWER
            else words.gettext("Private: only the centre and its writer read it")
        )
        said = f'<p class="for-few">{icon("lock")}{label}</p>{said}'
    if message.wanted:
        label = words.gettext("The help wanted")  # not within the f-string: extraction does not look there
        said += f'<p class="wanted">{label}</p>{text.plain(message.wanted)}'
    if message.rest:
        said = f"{said}{folded(message.rest)}"  # a Markup added to a str would escape the str
    return Markup(  # noqa: S704 (every value is escaped above, or is HTML of core.markdown)
        f'<li class="letter" data-from="{escape(side)}" id="message-{message.pk}">\n'
        f'<div class="by"><b><bdi>{escape(message.author_name)}</bdi></b>{who}{when}</div>\n'
        f'<div class="said">\n{said}\n'
    )


def folded(rest: str) -> Markup:
    """What a mail carried below the writer's own words, quotations and signature say: there, and out of the way."""
    show = words.gettext("Show the rest")
    return Markup(  # noqa: S704
        f'<details class="rest"><summary>{icon("ellipsis")}{show}</summary>'
        f'<div class="rest-text" dir="auto">{escape(rest)}</div></details>'
    )
