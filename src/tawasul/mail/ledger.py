"""The ledger as pages: mails of one direction in one state, the newest first; finding one; what waits for staff.

``hidden`` are keys of closed teams (``accounts.roles.hidden_teams``) whose tickets' mails are left out.

Nothing here counts a table: counts stop at ``COUNT_UP_TO``, pages are cut by keys, every list is served by an index.
A search is served by an index where it names an address or a ticket, or a mail of ours by its Message-ID; everything
else is looked for among the newest mails only, and the caller says so.
"""

import zlib
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, TypeVar

from django.db.models import Case, F, Manager, Model, Q, QuerySet, TextField, Value, When
from django.db.models.functions import Lower, Substr

from tawasul.core.addresses import BadAddress, parse_address
from tawasul.core.keyset import Page, page
from tawasul.core.prepared import Prepared, PreparedCounts
from tawasul.mail.handling import returns
from tawasul.mail.models import AddressState, IncomingMail, OutgoingMail, RawMail
from tawasul.search.normalise import normalise
from tawasul.tickets import numbers
from tawasul.tickets.models import Ticket

In, Out = IncomingMail.State, OutgoingMail.State
M = TypeVar("M", bound=Model)
Counts = Mapping[str, QuerySet[Any]]
Hidden = Collection[int]
NONE: Final[Hidden] = frozenset()

PAGE: Final = 25
COUNT_UP_TO: Final = 100  # a larger count is shown as "99+"
WORDS_AMONG: Final = 2_000  # so many of the newest mails are looked through for words
IDS_AMONG: Final = 20_000  # and so many for another system's Message-ID
MOST_FOUND: Final = 50
_HEAD: Final = 65_536  # octets of a stored original that are read for its header; of these at most
_HEAD_READ: Final = 262_144  # are unpacked

BOUNCED: Final = "bounced"  # a state of what went out that cuts across the others
STATES_IN: Final = ("", In.HELD, In.PARKED, In.WAITING, In.DONE, In.DISCARDED)
STATES_OUT: Final = ("", Out.FAILED, BOUNCED, Out.WAITING, Out.SENT)
_HEAVY_IN: Final = ("text", "html", "notes", "envelope_to")
_HEAVY_OUT: Final = ("text", "html", "headers")


@dataclass(frozen=True, slots=True)
class Search:
    """What was typed, understood: one of a ticket's number (digits), an address (lower case), a Message-ID, words."""

    number: str = ""
    address: str = ""
    message_id: str = ""
    words: tuple[str, ...] = ()

    @property
    def is_bounded(self) -> int:
        """Among how many of the newest mails it is looked for; 0 where among all."""
        return WORDS_AMONG if self.words else 0


@dataclass(frozen=True, slots=True)
class ForStaff:
    """What staff must see to, the newest of each kind first; ``more`` where there is more than is shown."""

    incoming: list[IncomingMail]
    outgoing: list[OutgoingMail]
    more_in: bool = False
    more_out: bool = False


def understood(typed: str) -> Search:
    """What somebody looks for. A number in either script; ``<…>`` is a Message-ID; with an @ an address."""
    typed = typed.strip()[:1000]
    if typed.startswith("<") or typed.endswith(">"):
        return Search(message_id=f"<{typed.strip('<>').strip()}>")
    try:
        return Search(number=numbers.parse_number(typed))
    except (numbers.NotANumber, numbers.Mistyped):
        pass
    if "@" in typed and " " not in typed:
        try:
            return Search(address=parse_address(typed).key, message_id=f"<{typed}>")
        except BadAddress:
            return Search(address=typed.lower(), message_id=f"<{typed}>")
    return Search(words=tuple(normalise(typed).split()[:8]))


def incoming(
    state: str = "", *, after: str = "", before: str = "", hidden: Hidden = NONE
) -> Page[IncomingMail]:
    """A page of what came in, in one state or all."""
    rows = _light_in(hidden)
    if state:
        rows = rows.filter(state=state)
    return page(rows, "received_at", PAGE, after=after, before=before, newest_first=True)


def outgoing(
    state: str = "", *, after: str = "", before: str = "", hidden: Hidden = NONE
) -> Page[OutgoingMail]:
    """A page of what went out or is to go, in one state or all."""
    rows = _light_out(hidden)
    if not state:  # they were written in the order of their keys
        return page(rows, "pk", PAGE, after=after, before=before, newest_first=True)
    rows = rows.exclude(bounce="") if state == BOUNCED else rows.filter(state=state)
    return page(rows, "created_at", PAGE, after=after, before=before, newest_first=True)


def counts_in(hidden: Hidden = NONE) -> dict[str, int]:
    """How many came in and are in which state, each up to COUNT_UP_TO."""
    return _counts(_of_in, frozenset(hidden))()


def counts_out(hidden: Hidden = NONE) -> dict[str, int]:
    """How many are to go out and are in which state, each up to COUNT_UP_TO."""
    return _counts(_of_out, frozenset(hidden))()


def count_for_staff(hidden: Hidden = NONE) -> int:
    """How many mails wait for a decision of staff, up to COUNT_UP_TO. One query, which every page of the desk asks."""
    return min(sum(_counts(_of_both, frozenset(hidden))().values()), COUNT_UP_TO)


def for_staff(hidden: Hidden = NONE) -> ForStaff:
    """Held and parked, failed and come back: the first page of each. Three queries."""
    held, parked = (
        list(_light_in(hidden).filter(state=state).order_by("-received_at", "-pk")[: PAGE + 1])
        for state in (In.HELD, In.PARKED)
    )
    came = sorted([*held, *parked], key=lambda mail: (mail.received_at, mail.pk), reverse=True)
    went = list(_for_staff(_light_out(hidden)).order_by("-created_at", "-pk")[: PAGE + 1])
    return ForStaff(came[:PAGE], went[:PAGE], more_in=len(came) > PAGE, more_out=len(went) > PAGE)


def found_incoming(search: Search, hidden: Hidden = NONE) -> list[IncomingMail]:
    """At most MOST_FOUND mails that came in, the newest first."""
    rows = _light_in(hidden).order_by("-received_at", "-pk")
    if search.number:
        return list(rows.filter(ticket__number=search.number)[:MOST_FOUND])
    if search.message_id:
        newest = IncomingMail.objects.order_by("-received_at", "-pk").values("pk")[:IDS_AMONG]
        by_id = list(rows.filter(pk__in=newest, message_id=search.message_id)[:MOST_FOUND])
        if by_id or not search.address:
            return by_id
    if search.address:
        return list(rows.filter(from_address=search.address)[:MOST_FOUND])
    looked_through = IncomingMail.objects.order_by("-received_at", "-pk")
    keys = _matching(
        search, looked_through.values_list("pk", "subject", "from_name", "from_address")[:WORDS_AMONG]
    )
    return list(rows.filter(pk__in=keys))


def found_outgoing(search: Search, hidden: Hidden = NONE) -> list[OutgoingMail]:
    """At most MOST_FOUND mails that went out or are to go, the newest first."""
    rows = _light_out(hidden).order_by("-created_at", "-pk")
    if search.number:
        return list(rows.filter(ticket__number=search.number)[:MOST_FOUND])
    if search.message_id:
        by_id = list(rows.filter(message_id=search.message_id))
        if by_id or not search.address:
            return by_id
    if search.address:
        to_it = rows.alias(address=Lower("to_address")).filter(address=search.address)
        return list(to_it[:MOST_FOUND])
    looked_through = OutgoingMail.objects.order_by("-pk")
    keys = _matching(
        search, looked_through.values_list("pk", "subject", "to_name", "to_address")[:WORDS_AMONG]
    )
    return list(rows.filter(pk__in=keys))


def of_ticket(ticket: Ticket) -> list[IncomingMail]:
    """What came in about the ticket or is held beside it, oldest first: texts of the held ones only, no markup;
    ``has_html`` says whether there is any. One query."""
    return _ABOUT(ticket.pk)


def address_state(address: str) -> AddressState | None:
    """What is known of an address that mails came back from; None where nothing bad is."""
    return _ADDRESS.first(returns.key_of(address))


def original_head(mail: IncomingMail) -> bytes:
    """The beginning of the original, in which its header stands; empty where its bytes are gone."""
    begin = RawMail.objects.filter(mail=mail).values_list(Substr("content", 1, _HEAD), flat=True).first()
    return zlib.decompressobj().decompress(bytes(begin), _HEAD_READ) if begin else b""


def _light_in(hidden: Hidden) -> QuerySet[IncomingMail]:
    return _shown(IncomingMail.objects, hidden).select_related("ticket").defer(*_HEAVY_IN)


def _light_out(hidden: Hidden) -> QuerySet[OutgoingMail]:
    return _shown(OutgoingMail.objects, hidden).select_related("ticket").defer(*_HEAVY_OUT)


def _shown(mails: Manager[M], hidden: Hidden) -> QuerySet[M]:
    return mails.exclude(ticket__team__in=hidden) if hidden else mails.all()


def _for_staff(rows: QuerySet[OutgoingMail]) -> QuerySet[OutgoingMail]:
    """As ``OutgoingMail.needs_staff``; the very condition of an index."""
    return rows.filter(Q(settled_at__isnull=True) & (Q(state=Out.FAILED) | ~Q(bounce="")))


def _of_in(hidden: Hidden = NONE) -> Counts:
    rows = _shown(IncomingMail.objects, hidden)
    return {state: rows.filter(state=state)[:COUNT_UP_TO] for state in STATES_IN if state}


def _of_out(hidden: Hidden = NONE) -> Counts:
    rows = _shown(OutgoingMail.objects, hidden)
    return {
        **{str(state): rows.filter(state=state)[:COUNT_UP_TO] for state in Out},
        BOUNCED: rows.exclude(bounce="")[:COUNT_UP_TO],
    }


def _of_both(hidden: Hidden = NONE) -> Counts:
    waiting = _shown(IncomingMail.objects, hidden).filter(state__in=(In.HELD, In.PARKED))
    return {
        "in": waiting[:COUNT_UP_TO],
        "out": _for_staff(_shown(OutgoingMail.objects, hidden))[:COUNT_UP_TO],
    }


@lru_cache(maxsize=64)
def _counts(of: Callable[[Hidden], Counts], hidden: frozenset[int]) -> PreparedCounts:
    """One statement for all from whom the same teams are hidden: most of the staff, where a team is closed."""
    return PreparedCounts(lambda: of(hidden))


_ABOUT: Final = Prepared(
    lambda ticket: (
        IncomingMail.objects.filter(ticket_id=ticket)
        .defer(*_HEAVY_IN)
        .annotate(
            held_text=Case(When(state=In.HELD, then=F("text")), default=Value("", output_field=TextField())),
            has_html=Case(When(html="", then=Value(False)), default=Value(True)),
        )
        .order_by("received_at", "pk")
    )
)
_ADDRESS: Final = Prepared(lambda address: AddressState.objects.filter(address=address).order_by("pk")[:1])


def _matching(search: Search, rows: Iterable[tuple[int, str, str, str]]) -> list[int]:
    """The keys of the rows that hold every word, in any spelling of it."""
    found: list[int] = []
    for key, *texts in rows:
        if search.words and all(word in normalise(" ".join(texts)) for word in search.words):
            found.append(key)
            if len(found) == MOST_FOUND:
                break
    return found
