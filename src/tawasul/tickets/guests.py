"""Tickets without an account: the personal link, which is the key to exactly one ticket."""

from datetime import timedelta

from django.db import transaction

from tawasul.core import clock
from tawasul.core.tokens import new_token, token_hash
from tawasul.tickets.models import GuestLink, Ticket

LINK_LIFE = timedelta(days=90)


def new_link(ticket: Ticket) -> str:
    """Make a personal link and return its token (256 random bits); only its hash is kept."""
    token, hashed = new_token()
    GuestLink.objects.create(ticket=ticket, token_hash=hashed, expires_at=clock.now() + LINK_LIFE)
    return token


def ticket_by_token(token: str) -> tuple[Ticket | None, bool]:
    """The ticket that a link opens, and whether the link existed but has expired."""
    link = GuestLink.objects.select_related("ticket__service").filter(token_hash=token_hash(token)).first()
    if link is None:
        return None, False
    if link.expires_at <= clock.now():
        return None, True
    return link.ticket, False


@transaction.atomic
def revoke_links(ticket: Ticket) -> None:
    """Make every personal link of the ticket useless."""
    ticket.guest_links.all().delete()
