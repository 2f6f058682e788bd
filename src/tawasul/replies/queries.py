"""What a member of staff has at hand: their own, their teams' and everyone's; found in both languages."""

from collections.abc import Mapping
from typing import TypeVar

from django.db.models import Q, QuerySet

from tawasul.accounts.models import Person
from tawasul.core.kept import Kept
from tawasul.replies.models import CannedReply, Macro, Owned, Scope, Signature
from tawasul.replies.variables import Facts, filled
from tawasul.search.normalise import normalise
from tawasul.tickets.models import Ticket

MOST = 8  # rows of the list under the caret
MOST_AT_HAND = 300
O = TypeVar("O", bound=Owned)  # noqa: E741


def of(person: Person) -> Q:
    """The condition for what the person has: their own, their teams', everyone's."""
    return (
        Q(scope=Scope.PERSONAL, owner=person)
        | Q(scope=Scope.TEAM, team__in=person.teams.all())
        | Q(scope=Scope.EVERYONE)
    )


def at_hand(model: type[O], person: Person) -> "QuerySet[O]":
    """The person's offered replies or macros, in their order."""
    rows: QuerySet[O] = model._default_manager.filter(of(person), is_active=True)
    return rows.select_related("team").distinct()


def replies_found(person: Person, q: str, *, language: str, most: int = MOST) -> list[CannedReply]:
    """The replies whose names, texts or shortcut hold every word of ``q``, in either language's spelling.

    An exact shortcut comes first, then what begins with it, then what has a text in ``language``, the most used first.
    """
    words = normalise(q).split()[:8]
    rows = at_hand(CannedReply, person)
    for word in words:
        rows = rows.filter(search_key__contains=word)
    typed = "".join(words)

    def order(reply: CannedReply) -> tuple[bool, bool, bool, int, int]:
        shortcut = normalise(reply.shortcut)
        return (
            not (typed and shortcut == typed),
            not (typed and shortcut.startswith(typed)),
            not text_of(reply, language, strict=True),
            -reply.used,
            reply.position,
        )

    return sorted(rows[:MOST_AT_HAND], key=order)[:most]


def reply_of(person: Person, pk: int) -> CannedReply | None:
    """One reply that the person has at hand."""
    return at_hand(CannedReply, person).filter(pk=pk).first()


def macros_of(person: Person) -> list[Macro]:
    """The macros that the person has at hand."""
    return list(at_hand(Macro, person)[:MOST_AT_HAND])


def text_of(reply: CannedReply, language: str, *, strict: bool = False) -> str:
    """The reply's text in the language; where there is none the other one's, unless ``strict``."""
    first, second = (reply.text_en, reply.text_ar) if language == "en" else (reply.text_ar, reply.text_en)
    return first or ("" if strict else second)


signatures: Kept[Mapping[tuple[int | None, str], str]] = Kept(
    lambda: {(row.team_id, row.language): row.text.strip() for row in Signature.objects.all()}
)  # every answer needs one of these few


def signature_of(ticket: Ticket, staff: Person) -> str:
    """What stands below an answer: of the ticket's team in the ticket's language, else of the centre; filled."""
    texts, language = signatures(), ticket.language
    text = texts.get((ticket.team_id, language), "") or texts.get((None, language), "")
    return filled(text, Facts(ticket, staff), ticket.language) if text else ""
