"""Merged tickets: whose letters stand in the ticket they go on in, and where a merged ticket leads its requester.

Letters stay where they were written, and the ticket that another one goes on in shows them. So nobody's letter ever
stands in somebody else's ticket: a requester is shown only what belongs to their own, and undoing a merge moves
nothing.
"""

from tawasul.tickets.models import CloseReason, Ticket

MOST_STEPS = 5  # tickets that one merged ticket may lead on through


def same_requester(one: Ticket, other: Ticket) -> bool:
    """Whether both are one requester's: of one account, or, without accounts, of one confirmed address."""
    if one.requester_id is not None or other.requester_id is not None:
        return one.requester_id == other.requester_id
    return one.requester_email.lower() == other.requester_email.lower()


def continues_in(ticket: Ticket) -> Ticket | None:
    """The last ticket of the same requester that a merged ticket leads on to; None where it leads to none of theirs."""
    found, at = None, ticket
    for _ in range(MOST_STEPS):
        if at.close_reason != CloseReason.MERGED or at.merged_into is None:
            break
        at = at.merged_into
        if same_requester(ticket, at):
            found = at
    return found


def sources_of(ticket: Ticket, *, own: bool) -> list[Ticket]:
    """The tickets that go on in this one, also through others; ``own``: only those of its own requester."""
    found: list[Ticket] = []
    level = [ticket.pk]
    for _ in range(MOST_STEPS):
        rows = list(Ticket.objects.filter(merged_into__in=level).order_by("pk"))
        if not rows:
            break
        found += rows
        level = [row.pk for row in rows]
    return [row for row in found if same_requester(row, ticket)] if own else found
