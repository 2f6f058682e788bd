"""A mail's HTML as a document of its own, for a frame that may do nothing.

Three walls: the markup is cleaned again (``mail.handling.cleaning``), the frame is sandboxed without scripts and
without our origin, and the document brings a policy of its own that loads nothing. As the frame is not of our origin it
gets no picture from us either, session or not, so the pictures within a mail are put into the document (``data:``).
"""

import base64
import re
from html import escape, unescape
from typing import Final
from urllib.parse import unquote

from django.http import HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tawasul.attachments import queries as files
from tawasul.attachments.models import StoredFile
from tawasul.core import logs
from tawasul.mail.handling import cleaning
from tawasul.mail.models import OutgoingMail
from tawasul.tickets.models import Attachment, Message

SHORT, LONG = 6, 24  # lines of a text whose frame is low, and from which it is tall
SANDBOX: Final = "allow-popups allow-popups-to-escape-sandbox"  # links open in a window of their own
MOST_PICTURE: Final = 2 * 2**20  # octets of an original that stands in for a page's picture
MOST_PICTURES: Final = 8 * 2**20  # of all pictures of one mail
_SHOWN_AS: Final = {"image/png", "image/jpeg", "image/gif"}
_CID: Final = re.compile(r'\ssrc="cid:([^"]*)"')
_AWAY: Final = re.compile(r'\ssrc="https?:[^"]*"')
_STYLE: Final = (
    ":root{color-scheme:light}"
    "body{margin:0;padding:16px;background:#fff;color:#1c1b17;overflow-wrap:anywhere;"
    'font:16px/1.65 "IBM Plex Sans Arabic","Segoe UI",Tahoma,sans-serif}'
    "img{max-width:100%;height:auto}table{max-width:100%}pre{white-space:pre-wrap}"
    "blockquote{margin:8px 0;padding:0 12px;border-inline-start:2px solid #8a8375;color:#47433b}"
    "a{color:#166a45}p,div,li,td,th,h1,h2,h3,h4,blockquote,pre{unicode-bidi:plaintext}"
    "img:not([src]){display:inline-block;min-width:24px;min-height:24px;border:1px dashed #8a8375;"
    "padding:2px 6px;font-size:13px;color:#686257}"
)


def size_of(text: str) -> str:
    """How tall the frame of a mail is to be, judged by its text: "short", "middle" or "long". The document in the
    frame cannot say it, as no script runs there, and whoever reads may still draw the frame taller."""
    lines = sum(1 + len(line) // 80 for line in text.splitlines() if line.strip())
    return "short" if lines <= SHORT else "middle" if lines < LONG else "long"


def has_remote_pictures(html: str) -> bool:
    """Whether something of it would be loaded from elsewhere."""
    return bool(_AWAY.search(html))


def of_incoming(html: str, letter: Message | None, *, pictures: bool) -> HttpResponse:
    """The HTML of a mail that came in. ``letter`` is what it became: its stored pictures stand where the mail had
    them. ``pictures`` lets the reader's browser load what lies elsewhere, over HTTPS."""
    shown = _CID.sub(_with_pictures(letter), cleaning.clean(html))
    if not pictures:
        shown = _AWAY.sub("", shown)
    title = escape(_("The mail as its sender laid it out"))
    nothing = escape(_("This mail has no layout that can be shown. Its text says it all."))
    body = shown or f"<p>{nothing}</p>"
    return _document(
        f'<!doctype html><html lang="{get_language()}" dir="auto"><head><meta charset="utf-8"><title>{title}</title>'
        f'<base target="_blank"><style>{_STYLE}</style></head><body>{body}</body></html>',
        pictures=pictures,
    )


def of_outgoing(mail: OutgoingMail) -> HttpResponse:
    """The HTML of a mail of ours, without the keys that its links carry."""
    html = logs.hidden(mail.html)
    html = html.replace("<head>", '<head><base target="_blank">', 1)
    return _document(html, pictures=False)


def _document(html: str, *, pictures: bool) -> HttpResponse:
    response = HttpResponse(html)
    elsewhere = " https:" if pictures else ""
    response["Content-Security-Policy"] = (
        f"default-src 'none'; style-src 'unsafe-inline'; img-src data:{elsewhere}; base-uri 'none'; "
        f"form-action 'none'; frame-ancestors 'self'; sandbox {SANDBOX}"
    )
    response["X-Frame-Options"] = "SAMEORIGIN"
    response["X-Content-Type-Options"] = "nosniff"
    response["Referrer-Policy"] = "no-referrer"
    response["Cache-Control"] = "private, no-store"
    return response


class _with_pictures:  # noqa: N801 - used as a function
    """Puts the letter's stored pictures where the mail names them by Content-ID; what is missing keeps its words."""

    def __init__(self, letter: Message | None) -> None:
        self._left = MOST_PICTURES
        self._files: dict[str, StoredFile] = {}
        self._made: dict[str, str] = {}
        if letter is not None:
            attached = Attachment.objects.filter(message=letter).exclude(content_id="")
            self._files = {one.content_id: one.file for one in attached.select_related("file").order_by("pk")}

    def __call__(self, found: re.Match[str]) -> str:
        cid = unquote(unescape(found[1])).strip("<> ")
        if cid not in self._made:
            self._made[cid] = self._address(self._files.get(cid))
        return self._made[cid]

    def _address(self, file: StoredFile | None) -> str:
        drawn = _drawn(file) if file is not None else None
        if drawn is None or len(drawn[1]) > self._left:
            return ""
        self._left -= len(drawn[1])
        return f' src="data:{drawn[0]};base64,{base64.b64encode(drawn[1]).decode()}"'


def _drawn(file: StoredFile) -> tuple[str, bytes] | None:
    """The picture as a type and octets: what was drawn of it, else a small original; None where there is neither."""
    picture = files.page_picture(file, 1)
    if picture is not None:
        with picture:
            return "image/webp", picture.read()
    if file.type in _SHOWN_AS and file.size <= MOST_PICTURE:
        try:
            with files.open_original(file) as original:
                return file.type, original.read()
        except FileNotFoundError:
            pass
    return None
