"""What an order would do to a ticket: asked for the preview, and once more for each ticket when it is carried out."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from django.db.models import Count, QuerySet

from tawasul.accounts.models import Person
from tawasul.accounts.roles import hidden_teams
from tawasul.bulk.models import BulkItem
from tawasul.bulk.orders import MOST, Action, Order
from tawasul.tickets import access, fields, fitting, merged
from tawasul.tickets.actions.tagging import MOST_TAGS
from tawasul.tickets.models import CloseReason, FieldValue, Status, Tagging, Ticket

Outcome = BulkItem.Outcome

# Why a ticket is refused or stays as it is
HIDDEN: Final = "hidden"  # of a closed team's
RIGHT: Final = "right"  # whoever ordered it may do it no longer
GONE: Final = "gone"  # the person, tag … that was named
CLOSED: Final = "closed"
MERGED: Final = "merged"
TAGS: Final = "tags"  # it has as many as it may have
TARGET: Final = "target"  # the ticket to go on in is closed
ITSELF: Final = "itself"
NOT_THEIRS: Final = "not_theirs"  # whoever would get it may not see it
NO_FIELD: Final = "no_field"  # its service does not have the field
NOT_ASKED: Final = "not_asked"  # what it says elsewhere does not let the field be asked
WRITTEN: Final = "written"  # it has gone on since the preview
STOPPED: Final = "stopped"  # the order was taken back before its turn came
LATE: Final = "late"  # it was not taken back: the customer had heard of it
FAILED: Final = "failed"

WHY_NOT: Final[Mapping[str, str]] = {
    fitting.GONE: GONE,
    fitting.SERVICE: NO_FIELD,
    fitting.CONDITION: NOT_ASKED,
}
_NOTHING: Final[Mapping[str, str]] = {}

_COLUMNS = (
    "number", "subject", "requester_name", "requester_email", "requester", "status", "close_reason", "assignee",
    "team", "service", "language", "updated_at", "version", "purpose", "channel",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of one ticket, and why where it is not changed."""

    outcome: Outcome
    why: str = ""


@dataclass(slots=True)
class Preview:
    """What would become of all of them. ``lines`` and ``refused`` are the first tickets of each kind."""

    total: int = 0
    keys: list[int] = field(default_factory=list)  # of all of them
    changed: int = 0
    unchanged: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    lines: list[Ticket] = field(default_factory=list)
    refused: list[tuple[Ticket, str]] = field(default_factory=list)
    languages: Counter[str] = field(default_factory=Counter)  # of those that are changed
    examples: dict[str, list[int]] = field(default_factory=dict)  # keys of the first three by language
    befores: Counter[str] = field(default_factory=Counter)  # what those that are changed say in the field now
    others: int = 0  # to be merged, of another requester

    @property
    def refusals(self) -> int:
        return sum(self.reasons.values())


def verdict(
    order: Order,
    ticket: Ticket,
    by: Person,
    *,
    has_tag: bool = False,
    tags: int = 0,
    given: Mapping[str, str] = _NOTHING,
) -> Verdict:
    """What the order makes of the ticket as it stands. ``has_tag``: it has the order's tag; ``tags``: how many;
    ``given``: what it says in the order's field and in those that decide whether it is asked, by their keys."""
    if not access.is_open_to(by, ticket):
        return Verdict(Outcome.REFUSED, HIDDEN)
    same, done, closed = Verdict(Outcome.UNCHANGED), Verdict(Outcome.DONE), ticket.status == Status.CLOSED
    stands = Verdict(Outcome.REFUSED, MERGED if ticket.close_reason == CloseReason.MERGED else CLOSED)
    overtaken = order.seen is not None and ticket.updated_at > order.seen
    match order.action:
        case Action.ASSIGN:
            if ticket.assignee_id == (order.object.pk if order.object else None):
                return same
            if order.object and ticket.team_id in hidden_teams(order.object):
                return Verdict(Outcome.REFUSED, NOT_THEIRS)
        case Action.TRANSFER if ticket.team_id == order.object.pk:
            return same
        case Action.TAG:
            if has_tag or tags >= MOST_TAGS:
                return same if has_tag else Verdict(Outcome.REFUSED, TAGS)
        case Action.UNTAG if not has_tag:
            return same
        case Action.FIELD:
            return _of_field(order, ticket, given)
        case Action.SERVICE if ticket.service_id == order.object.pk:
            return same
        case Action.CLOSE:
            if closed:
                return same
            return Verdict(Outcome.REFUSED, WRITTEN) if overtaken else done
        case Action.SPAM:
            if closed:
                return same if ticket.close_reason == CloseReason.SPAM else stands
        case Action.ANSWER:
            if closed:
                return stands
            return Verdict(Outcome.REFUSED, WRITTEN) if overtaken else done
        case Action.MERGE:
            if ticket.pk == order.object.pk:
                return Verdict(Outcome.UNCHANGED, ITSELF)
            if closed:
                return stands
            if order.object.status == Status.CLOSED or not access.is_open_to(by, order.object):
                return Verdict(Outcome.REFUSED, TARGET)
    return done


def _of_field(order: Order, ticket: Ticket, given: Mapping[str, str]) -> Verdict:
    """Emptied is a field also where it is not asked for any more."""
    if given.get(order.object.key, "") == fields.typed(order.object, order.parsed):
        return Verdict(Outcome.UNCHANGED)
    why = fitting.why_not(order.object, ticket, given) if order.parsed is not None else ""
    return Verdict(Outcome.REFUSED, WHY_NOT[why]) if why else Verdict(Outcome.DONE)


def preview(order: Order, tickets: QuerySet[Ticket], by: Person, *, lines: int = 8) -> Preview:
    """What the order would do to all these tickets, at most one more than may be ordered: three queries."""
    made = Preview()
    tagged, full = _tags(order, tickets)
    values = FieldValue.objects.filter(ticket__in=tickets.order_by().values("pk"))
    said = said_in(order, values_for(order, values))
    rows = tickets.only(*_COLUMNS).select_related(None).order_by("pk")[: MOST + 1]
    for ticket in rows.iterator(chunk_size=2000):
        found = verdict(
            order,
            ticket,
            by,
            has_tag=ticket.pk in tagged,
            tags=MOST_TAGS if ticket.pk in full else 0,
            given=said.get(ticket.pk, _NOTHING),
        )
        made.total += 1
        made.keys.append(ticket.pk)
        if found.outcome == Outcome.REFUSED:
            made.reasons[found.why] += 1
            if len(made.refused) < lines:
                made.refused.append((ticket, found.why))
        elif found.outcome == Outcome.UNCHANGED:
            made.unchanged += 1
        else:
            made.changed += 1
            made.languages[ticket.language] += 1
            if len(made.lines) < lines:
                made.lines.append(ticket)
            examples = made.examples.setdefault(ticket.language, [])
            if len(examples) < 3:
                examples.append(ticket.pk)
            if order.action == Action.FIELD:
                made.befores[said.get(ticket.pk, _NOTHING).get(order.object.key, "")] += 1
            if order.action == Action.MERGE and not merged.same_requester(ticket, order.object):
                made.others += 1
    return made


def _tags(order: Order, tickets: QuerySet[Ticket]) -> tuple[Collection[int], Collection[int]]:
    """The tickets that have the order's tag, and those that have as many tags as they may."""
    if order.action not in {Action.TAG, Action.UNTAG}:
        return (), ()
    of_these = Tagging.objects.filter(ticket__in=tickets.order_by().values("pk"))
    tagged = set(of_these.filter(tag=order.object).values_list("ticket", flat=True))
    if order.action == Action.UNTAG:
        return tagged, ()
    counted = of_these.values("ticket").annotate(number=Count("pk")).filter(number__gte=MOST_TAGS)
    return tagged, set(counted.values_list("ticket", flat=True))


def values_for(order: Order, values: QuerySet[FieldValue]) -> Iterable[FieldValue]:
    """Those of these values that are in the order's field and in those that it leans on: one query, or none."""
    if order.action != Action.FIELD:
        return ()
    asked = [one.pk for one in fitting.leaned_on(order.object)]
    return values.filter(field__in=asked).iterator(chunk_size=2000)


def said_in(order: Order, values: Iterable[FieldValue]) -> dict[int, dict[str, str]]:
    """By ticket, what these values of ``values_for`` say."""
    if order.action != Action.FIELD:
        return {}
    known = {one.pk: one for one in fitting.leaned_on(order.object)}
    found: dict[int, dict[str, str]] = {}
    for value in values:
        one = known[value.field_id]
        found.setdefault(value.ticket_id, {})[one.key] = fields.typed(one, value)
    return found
