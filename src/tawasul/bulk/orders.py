"""What can be ordered over many tickets: each action with what it needs, and an order as it is carried out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from django.core.exceptions import ValidationError

from tawasul.accounts.models import Person, Team
from tawasul.accounts.roles import Permission, may
from tawasul.bulk.models import BulkJob
from tawasul.core.text import clean_line, isolate
from tawasul.replies.models import CannedReply
from tawasul.tickets import fields
from tawasul.tickets.actions.fields import in_both
from tawasul.tickets.fields import Definition, Parsed
from tawasul.tickets.models import Service, Tag, Ticket

Action = BulkJob.Action

MOST: Final = 10_000  # tickets of one job
HOLD: Final = timedelta(
    seconds=60
)  # what the customer is to hear of waits so long, and no less than an answer does
KEPT: Final = timedelta(hours=24)  # what nobody outside hears of may be taken back so long

NEEDS: Final[Mapping[str, Permission]] = {
    Action.ASSIGN: Permission.ASSIGN,
    Action.TRANSFER: Permission.ASSIGN,
    Action.TAG: Permission.EDIT,
    Action.UNTAG: Permission.EDIT,
    Action.SERVICE: Permission.EDIT,
    Action.FIELD: Permission.EDIT,
    Action.CLOSE: Permission.ANSWER,
    Action.ANSWER: Permission.ANSWER,
    Action.MERGE: Permission.MERGE,
    Action.SPAM: Permission.SPAM,
}
TOLD: Final = {Action.CLOSE, Action.ANSWER, Action.MERGE}  # the customer hears of these
RECALLED: Final = {Action.CLOSE, Action.ANSWER}  # and these cannot be taken back once they have


class Gone(Exception):
    """What the order names no longer exists, or is not offered any more."""


@dataclass(frozen=True, slots=True)
class Order:
    """An action with what it is done with, of which there is what the action takes: ``object`` is a person (None:
    nobody), a team, a tag, a service, a field of the centre's own or the ticket that others go on in; ``texts`` is an
    answer by language, ``typed`` what the field is to say (empty: nothing) and ``parsed`` what that means."""

    action: str
    object: Any = None
    texts: Mapping[str, str] = field(default_factory=dict)
    typed: str = ""
    parsed: Parsed | None = None
    seen: datetime | None = None  # when the preview was drawn: what customers wrote since was not looked at

    def text(self, language: str) -> str:
        """The answer in that language; where there is none, in the other one."""
        return self.texts.get(language) or next(iter(text for text in self.texts.values() if text), "")


def is_allowed(person: Person, action: str) -> bool:
    """Whether the person's role may do this to many tickets at once."""
    return (
        person.is_active and person.is_staff and may(person, Permission.BULK) and may(person, NEEDS[action])
    )


def params_of(order: Order, reply: CannedReply | None = None) -> dict[str, Any]:
    """The order as its job keeps it; with the names as they are now, since a job is read when they may have changed."""
    thing: Any = reply or order.object
    names: dict[str, str] = {}
    if isinstance(thing, Person):
        names = {"ar": str(thing), "en": str(thing)}
    elif isinstance(thing, Definition):
        said = in_both(thing, order.parsed)
        names = {
            language: f"{isolate(name)} {isolate(said[language] or '–')}"
            for language, name in (("ar", thing.name_ar), ("en", thing.name_en))
        }
    elif isinstance(thing, Ticket):
        names = {"ar": thing.spoken_number, "en": thing.spoken_number}
    elif thing is not None:
        names = {"ar": thing.name_ar or thing.name_en, "en": thing.name_en or thing.name_ar}
    return {
        "object": thing.pk if thing is not None else None,
        "names": names,
        "texts": dict(order.texts),
        **({"typed": order.typed} if order.action == Action.FIELD else {}),
        "seen": order.seen.isoformat() if order.seen else None,
    }


def order_of(action: str, params: Mapping[str, Any]) -> Order:
    """The order that a job keeps. Raises Gone."""
    pk, seen = params.get("object"), params.get("seen")
    if action == Action.FIELD:
        return field_order(pk, str(params.get("typed") or ""))
    rows: Any = {
        Action.ASSIGN: Person.objects.filter(is_staff=True, is_active=True),
        Action.TRANSFER: Team.objects.filter(is_active=True),
        Action.TAG: Tag.objects.filter(is_active=True),
        Action.UNTAG: Tag.objects.all(),
        Action.SERVICE: Service.objects.filter(is_active=True),
        Action.MERGE: Ticket.objects.all(),
    }.get(Action(action))
    thing = rows.filter(pk=pk).first() if rows is not None and pk is not None else None
    if rows is not None and thing is None and not (action == Action.ASSIGN and pk is None):
        raise Gone
    shown = datetime.fromisoformat(seen) if seen else None
    return Order(action, thing, params.get("texts") or {}, seen=shown)


def field_order(pk: Any, typed: str) -> Order:
    """The order that one of the centre's own fields says what was typed, or nothing. Raises Gone where the field, or
    what was to be chosen in it, is not offered any more."""
    one = next((one for one in fields.definitions() if one.pk == pk and one.is_active), None)
    if one is None:
        raise Gone
    try:
        parsed = fields.parse(one, typed, by_staff=True) if clean_line(typed) else None
    except ValidationError as wrong:
        raise Gone from wrong
    return Order(Action.FIELD, one, typed=typed, parsed=parsed)
