"""Verbs that decide: whose the ticket is, a hold and its end, closing, reopening."""

import uuid

from django.db import transaction

from tawasul.accounts.models import Person, Team
from tawasul.core import clock
from tawasul.service_levels import calendar
from tawasul.tickets import letters, workflow
from tawasul.tickets.actions import properties, retraction
from tawasul.tickets.actions.merging import left
from tawasul.tickets.actions.record import in_one, record, save, told_from
from tawasul.tickets.models import (
    Channel,
    CloseReason,
    Draft,
    Event,
    Message,
    Ticket,
)
from tawasul.tickets.writers import Writer


@in_one
def assign(
    ticket: Ticket,
    *,
    to: Person | None,
    by: Person,
    team: Team | None = None,
    version: int | None = None,
    was: str | None = None,
) -> Ticket:
    """Give the ticket to a member of staff (``to`` None: to nobody), and to a team where one is named.

    ``version`` and ``was`` are what the form showed; raises ``Stale`` where somebody was faster, and
    ``properties.Outsider`` where the person could not open the ticket.
    """
    row = Ticket.objects.locked(ticket.pk)
    if row.assignee_id == (to.pk if to else None) and team is None:
        return row
    properties.check(row, properties.ASSIGNEE, version=version, was=was)
    before = row.assignee_id
    row.assignee = to
    if team is not None:
        row.team = team
    properties.check_member(row, to)
    row.version += 1
    save(row, ticket)
    kind = Event.Kind.TAKEN if to == by else Event.Kind.ASSIGNED
    name, key = (str(to), to.pk) if to else ("", None)
    record(row, kind, Writer.of(by), clock.now(), to=name, to_id=key, from_id=before)
    return row


def take(ticket: Ticket, *, by: Person) -> Ticket:
    """Assign the ticket to oneself."""
    return assign(ticket, to=by, by=by)


@transaction.atomic
def hold(ticket: Ticket, *, by: Person, reason: str, party: str) -> Ticket:
    """The centre waits for a third party; the customer sees ``party`` and ``reason``. The promise's clock stops."""
    now = clock.now()
    row = Ticket.objects.locked(ticket.pk)
    workflow.move(row, "hold", now)
    row.hold_reason, row.hold_party = reason, party
    save(row, ticket)
    told = retraction.after_held(row, now)
    record(row, Event.Kind.HELD, Writer.of(by), now, react_from=told, reason=reason, party=party)
    return row


@transaction.atomic
def resume(ticket: Ticket, *, by: Person) -> Ticket:
    """The third party answered: the turn is the centre's again, with what was left of the promised time."""
    now = clock.now()
    row = Ticket.objects.locked(ticket.pk)
    workflow.move(row, "resume", now)
    save(row, ticket)
    record(row, Event.Kind.RESUMED, Writer.of(by), now)
    return row


@in_one
def close(ticket: Ticket, *, by: Writer, reason: str, comment: str = "", signature: str = "") -> Ticket:
    """Close with a reason. ``comment`` is the customer's last word, or the centre's, shown in the correspondence.

    The centre's last word has its ``signature`` below and may be taken back as an answer may.
    """
    now = clock.now()
    row = Ticket.objects.locked(ticket.pk)
    until, kept = None, {}
    before = workflow.snapshot(row)
    workflow.move(row, "close", now)
    row.close_reason = CloseReason(reason)
    message = None
    if comment:
        customer = reason == CloseReason.SOLVED_BY_CUSTOMER
        kind = Message.Kind.FOLLOW_UP if customer else Message.Kind.ANSWER
        channel = Channel.PORTAL if customer else Channel.DESK
        whole = comment if customer else retraction.signed(comment, signature)
        until = None if customer else retraction.until(now)
        message = letters.write(row, kind, by, whole, now, channel=channel, shown_from=until)
        kept = retraction.kept(row, before, comment, until)
    elif told_from() is not None:  # a closing without a word waits as one with a word does
        kept = retraction.kept(row, before, "", told_from())
    save(row, ticket)
    told = until or retraction.after_held(row, now)
    record(row, Event.Kind.CLOSED, by, now, message=message, react_from=told, reason=str(reason), **kept)
    return row


@transaction.atomic
def reopen(
    ticket: Ticket,
    *,
    by: Writer,
    text: str = "",
    draft: Draft | None = None,
    submission: uuid.UUID | None = None,
    channel: str = Channel.PORTAL,
    rest: str = "",
) -> Ticket:
    """Open a closed ticket again, with the centre; whether it is still allowed is for ``access`` to say.

    ``draft`` gives its files to the letter that ``text`` becomes; a mail is a letter without a text, too.
    """
    now = clock.now()
    row = Ticket.objects.locked(ticket.pk)
    before, went_on_in = row.close_reason, row.merged_into_id
    if not (row.message_count or text or channel == Channel.MAIL):  # void: what it was about stands elsewhere
        raise workflow.IllegalMove(row, "reopen")
    workflow.move(row, "reopen", now)
    row.merged_into = None
    message = None
    if text or channel == Channel.MAIL:
        message = letters.write(
            row,
            Message.Kind.FOLLOW_UP,
            by,
            text,
            now,
            channel=channel,
            submission=submission,
            draft=draft,
            rest=rest,
        )
    save(row, ticket)
    told = retraction.after_held(row, now)
    asked = {"by_stranger": True} if by.is_stranger else {}
    record(row, Event.Kind.REOPENED, by, now, message=message, react_from=told, closed_for=before, **asked)
    if went_on_in is not None:
        left(Ticket.objects.locked(went_on_in), row, by, now)
    return row


@transaction.atomic
def claim(person: Person) -> list[Ticket]:
    """Give the person every ticket opened without an account from the address their account has proved."""
    claimed = list(Ticket.objects.select_for_update(of=("self",)).claimable_by(person.email).order_by("pk"))
    now = clock.now()
    for row in claimed:
        row.requester = person
        row.save(update_fields=["requester"])
        row.guest_links.filter(participant=None).delete()
        record(row, Event.Kind.CLAIMED, Writer.of(person), now)
    return claimed


def recalculate_deadlines() -> int:
    """After a change of the calendar tables: the due times of all running promises. Returns how many changed."""
    calendar.changed()
    changed = 0
    for pk in list(Ticket.objects.with_centre().values_list("pk", flat=True)):
        with transaction.atomic():
            row = Ticket.objects.locked(pk)
            due = workflow.recalculated_due(row)
            if due != row.answer_due_at:
                row.answer_due_at = due
                row.save(update_fields=["answer_due_at"])
                changed += 1
    return changed
