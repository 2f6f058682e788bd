"""The verb that answers one private participant alone: nobody else of the customers learns of it."""

import uuid

from tawasul.accounts.models import Person
from tawasul.core import clock
from tawasul.tickets import letters, participation, workflow
from tawasul.tickets.actions import retraction
from tawasul.tickets.actions.record import once, record, save
from tawasul.tickets.actions.writing import Departed, heed
from tawasul.tickets.models import Channel, Draft, Event, Message, Participant, Ticket
from tawasul.tickets.writers import Writer


def answer_alone(
    ticket: Ticket,
    *,
    to: Participant,
    by: Person,
    text: str,
    draft: Draft | None = None,
    submission: uuid.UUID | None = None,
    seen: int | None = None,
    signature: str = "",
) -> Message:
    """Write to a private participant what they and staff alone read, and they alone are mailed.

    No clock and no turn changes, no promise is kept by it, and the ticket stands where it stood in everybody's lists:
    the requester must not learn of it by anything. As an answer it may be taken back for a moment, and ``seen`` is as
    there. Raises Overtaken, Departed where the participant has left or has a shut account, and IllegalMove on a closed
    ticket.
    """

    whole = retraction.signed(text, signature)
    html = letters.drawn(Message.Kind.ANSWER, whole)

    def attempt() -> Message:
        now = clock.now()
        row = Ticket.objects.locked(ticket.pk)
        if not workflow.possible(row, "answer"):
            raise workflow.IllegalMove(row, "answer")
        part = (
            Participant.objects.select_related("person").filter(pk=to.pk, ticket=row, is_private=True).first()
        )
        if part is None or not participation.told(row, [part]):
            raise Departed(row, "answer")
        heed(row, by, seen)
        until = retraction.until(now)
        before = workflow.snapshot(row) if until else {}
        writer = Writer.of(by)
        message = letters.write(
            row,
            Message.Kind.ANSWER,
            writer,
            whole,
            now,
            channel=Channel.DESK,
            submission=submission,
            draft=draft,
            html=html,
            shown_from=until,
            alone=part,
        )
        save(row, ticket)
        kept = retraction.kept(row, before, text, until)
        told = {"to": part.name, "participant": part.pk, "is_private": True, **kept}
        record(row, Event.Kind.ANSWERED, writer, now, message=message, react_from=until, **told)
        return message

    return once(attempt, submission, lambda message: message)
