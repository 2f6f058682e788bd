"""Which parts of a ticket there are at all: one statement, instead of a query for each of the many that a usual ticket
does not have. A page that reads a part asks here first; a new part takes a line in ``_THERE``.
"""

from typing import Any, Final

from django.db.models import Q, QuerySet

from tawasul.accounts.models import Person
from tawasul.core import clock
from tawasul.core.prepared import PreparedPresence
from tawasul.live.models import Visit
from tawasul.live.visits import STALE
from tawasul.mail.models import IncomingMail, OutgoingMail
from tawasul.tickets.models import (
    ChecklistItem,
    Draft,
    Follower,
    Mention,
    Tagging,
    Ticket,
    TicketLink,
    TimeEntry,
)


def _there(ticket: Any, person: Any, since: Any) -> dict[str, QuerySet[Any]]:
    return {
        "links": TicketLink.objects.filter(Q(source=ticket) | Q(target=ticket)),
        "followers": Follower.objects.filter(ticket_id=ticket),
        "checklist": ChecklistItem.objects.filter(ticket_id=ticket),
        "times": TimeEntry.objects.filter(ticket_id=ticket),
        "tags": Tagging.objects.filter(ticket_id=ticket),
        "mails_in": IncomingMail.objects.filter(ticket_id=ticket),
        "mails_out": OutgoingMail.objects.filter(ticket_id=ticket),
        "draft": Draft.objects.filter(owner=person, ticket=ticket),
        "mention": Mention.objects.filter(person_id=person, ticket_id=ticket, seen_at__isnull=True),
        "visits": Visit.objects.filter(ticket_id=ticket, seen_at__gt=since),
    }


_THERE: Final = PreparedPresence(_there)


def of_ticket(ticket: Ticket, person: Person) -> frozenset[str]:
    """The names of the parts in which there is something, for this member of staff. One query."""
    return _THERE.present(ticket.pk, person.pk, clock.now() - STALE)
