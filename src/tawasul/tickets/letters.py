"""The row of a letter, whatever action writes it: text and its drawing, the files of the draft it was."""

import uuid
from datetime import datetime

from tawasul.core.markdown import render_answer, render_plain
from tawasul.core.prepared import insert
from tawasul.tickets.models import Attachment, Channel, Draft, Message, Participant, RefusedFile, Ticket
from tawasul.tickets.writers import Writer


def write(
    ticket: Ticket,
    kind: Message.Kind,
    by: Writer,
    text: str,
    at: datetime,
    *,
    wanted: str = "",
    channel: str = Channel.PORTAL,
    submission: uuid.UUID | None = None,
    draft: Draft | None = None,
    html: str = "",
    rest: str = "",
    shown_from: datetime | None = None,
    alone: Participant | None = None,
) -> Message:
    """Insert the letter into a locked ticket, whose count it raises; ``draft`` gives its files and ceases to exist.

    ``alone`` is the private participant who reads it beside staff, where nobody else of the customers does. ``html`` is
    the drawn text where the caller drew it before the transaction: no lock is held for that.
    """
    if kind is not Message.Kind.OPENING:
        ticket.message_count += 1
    message = Message(
        ticket=ticket,
        kind=kind,
        author=by.person,
        author_name=by.name,
        standing=by.standing if alone is None else Message.Standing.PRIVATE,
        participant=by.participant if alone is None else alone,
        text=text,
        wanted=wanted,
        rest=rest,
        html=html or drawn(kind, text),
        channel=channel,
        at=at,
        submission=submission,
        shown_from=shown_from,
    )
    if draft is not None:
        message.file_count = Attachment.objects.filter(draft=draft).count()
    insert(message)
    if draft is not None:
        if message.file_count:
            Attachment.objects.filter(draft=draft).update(draft=None, message=message)
        if channel == Channel.MAIL:  # a form tells at once what it refuses
            RefusedFile.objects.filter(draft=draft).update(draft=None, message=message)
        draft.delete()
    return message


def drawn(kind: Message.Kind, text: str) -> str:
    """A letter's text as safe HTML: Markdown from staff, plain from customers (what help is wanted is drawn beside)."""
    return render_answer(text) if kind in {Message.Kind.ANSWER, Message.Kind.NOTE} else render_plain(text)
