"""How each action is done to one ticket, by the verb that its own page uses; and how each is taken back."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from tawasul.accounts.models import Person
from tawasul.bulk.models import BulkItem, BulkJob
from tawasul.bulk.orders import Action, Order
from tawasul.core import clock
from tawasul.replies import queries as replies
from tawasul.replies.variables import Facts, filled
from tawasul.tickets import actions
from tawasul.tickets.actions import fields, properties, reverting, tagging
from tawasul.tickets.fields import definitions
from tawasul.tickets.models import CloseReason, Event, Ticket
from tawasul.tickets.writers import Writer

SAID: Final = "said"  # in what an item keeps: the value that its field had


def answer_text(order: Order, ticket: Ticket, by: Person) -> str:
    """The order's answer in the ticket's language, with this ticket's variables."""
    return filled(order.text(ticket.language), Facts(ticket, by), ticket.language)


def _assign(order: Order, ticket: Ticket, by: Person) -> object:
    return actions.assign(ticket, to=order.object, by=by)


def _transfer(order: Order, ticket: Ticket, by: Person) -> object:
    return properties.transfer(ticket, to=order.object, by=by)


def _tag(order: Order, ticket: Ticket, by: Person) -> object:
    return tagging.tag(ticket, order.object, by=by)


def _untag(order: Order, ticket: Ticket, by: Person) -> object:
    return tagging.untag(ticket, order.object, by=by)


def _service(order: Order, ticket: Ticket, by: Person) -> object:
    return properties.change(ticket, "service", order.object, by=by)


def _field(order: Order, ticket: Ticket, by: Person) -> object:
    return fields.change(ticket, order.object, order.parsed, by=by)


def _close(_order: Order, ticket: Ticket, by: Person) -> object:
    return actions.close(ticket, by=Writer.of(by), reason=CloseReason.SOLVED_BY_STAFF)


def _spam(_order: Order, ticket: Ticket, by: Person) -> object:
    return actions.close(ticket, by=Writer.of(by), reason=CloseReason.SPAM)


def _answer(order: Order, ticket: Ticket, by: Person) -> object:
    signature = replies.signature_of(ticket, by)
    return actions.answer(ticket, by=by, text=answer_text(order, ticket, by), signature=signature)


def _merge(order: Order, ticket: Ticket, by: Person) -> object:
    return actions.merge(ticket, into=order.object, by=by)


DO: Final[Mapping[str, Callable[[Order, Ticket, Person], object]]] = {
    Action.ASSIGN: _assign,
    Action.TRANSFER: _transfer,
    Action.TAG: _tag,
    Action.UNTAG: _untag,
    Action.SERVICE: _service,
    Action.FIELD: _field,
    Action.CLOSE: _close,
    Action.ANSWER: _answer,
    Action.MERGE: _merge,
    Action.SPAM: _spam,
}

Undo = Callable[[BulkJob, BulkItem, Ticket, int], object]


def _put_back(job: BulkJob, item: BulkItem, ticket: Ticket, version: int) -> object:
    return reverting.put_back(ticket, item.before, version=version, by=job.person)


def _recall(job: BulkJob, item: BulkItem, ticket: Ticket, version: int) -> object:
    return reverting.recall(ticket, item.before, version=version, by=job.person, bulk=job.pk)


def _say_again(job: BulkJob, item: BulkItem, ticket: Ticket, version: int) -> object:
    one = next((one for one in definitions() if one.pk == job.params["object"]), None)
    if one is None:
        raise reverting.Outdated
    return fields.put_back(ticket, one, item.before.get(SAID) or {}, version=version, by=job.person)


def _other_way(job: BulkJob, _item: BulkItem, ticket: Ticket, version: int) -> object:
    reverting.unchanged(ticket.pk, version)
    tag: Any = tagging.tags().get(int(job.params["object"]))
    if tag is None:
        raise reverting.Outdated
    return (tagging.untag if job.action == Action.TAG else tagging.tag)(ticket, tag, by=job.person)


def _unmerge(job: BulkJob, _item: BulkItem, ticket: Ticket, version: int) -> object:
    row = reverting.unchanged(ticket.pk, version)
    # Whoever was not told of the merge yet is told of neither
    waiting = Event.objects.filter(ticket=row, kind=Event.Kind.CLOSED, data__bulk=job.pk)
    waiting.filter(done_at=None, lease=None).update(done_at=clock.now())
    return actions.unmerge(ticket, by=job.person)


UNDO: Final[Mapping[str, Undo]] = {
    Action.ASSIGN: _put_back,
    Action.TRANSFER: _put_back,
    Action.SERVICE: _put_back,
    Action.FIELD: _say_again,
    Action.TAG: _other_way,
    Action.UNTAG: _other_way,
    Action.MERGE: _unmerge,
    Action.CLOSE: _recall,
    Action.ANSWER: _recall,
    Action.SPAM: _recall,
}
