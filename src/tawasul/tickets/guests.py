"""Tickets without an account: the personal link, which is the key to exactly one ticket."""

from datetime import timedelta

from tawasul.core import clock
from tawasul.core.tokens import new_token
from tawasul.tickets.models import GuestLink, Ticket

LINK_LIFE = timedelta(days=90)


def new_link(ticket: Ticket) -> str:
    """Make a personal link and return its token (256 random bits); only its hash is kept."""
    token, hashed = new_token()
    GuestLink.objects.create(ticket=ticket, token_hash=hashed, expires_at=clock.now() + LINK_LIFE)
    return token
