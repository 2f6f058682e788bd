"""Header fields that make a mail thread, name its sender, and keep automatic answers away."""

import hashlib
import hmac
from functools import cache

from django.conf import settings
from django.db.models import Prefetch

from tawasul.core import domains, links
from tawasul.mail.kinds import KINDS
from tawasul.mail.models import OutgoingMail
from tawasul.tickets.models import Ticket

MOST_REFERENCES = 10
LOOP_FIELD = "X-Tawasul-Loop"


@cache
def mail_domain() -> str:
    """The A-label domain of MAIL_FROM: Message-IDs and List-Id stay ASCII whatever the mailbox is."""
    return domains.to_ascii_host(settings.MAIL_FROM.rpartition("@")[2] or "localhost")


def message_id(key: str) -> str:
    """A Message-ID that is the same for the same key, for ever, and that nobody outside can guess."""
    digest = hmac.new(settings.SECRET_KEY.encode(), b"message-id:" + key.encode(), hashlib.sha256).hexdigest()
    return f"<{digest[:32]}@{mail_domain()}>"


def loop_mark() -> str:
    """What stands in ``X-Tawasul-Loop`` of every mail of this portal, and of no other portal's: keyed."""
    digest = hmac.new(settings.SECRET_KEY.encode(), b"loop-mark", hashlib.sha256).hexdigest()
    return digest[:32]


def is_own_loop_mark(value: str) -> bool:
    """Whether a mail that came in with this value of ``X-Tawasul-Loop`` once left this very portal."""
    return hmac.compare_digest(value.strip().lower().encode("utf-8", "replace"), loop_mark().encode())


def thread_root(ticket: Ticket) -> str:
    """The Message-ID of the ticket's first mail. Later mails refer to it even when they are written first."""
    return message_id(f"ticket:{ticket.pk}:first")


def identity(kind: str, key: str, ticket: Ticket | None) -> str:
    """The Message-ID for a mail of ``kind`` about ``ticket``."""
    if ticket is not None and KINDS[kind].opens_thread:
        return thread_root(ticket)
    return message_id(key)


def build(kind: str, ticket: Ticket | None, *, to: str = "") -> dict[str, str]:
    """The fields that make a mail one of its thread, and name what sent it, as they will stand in it.

    It refers to earlier mails to this very address alone: nobody is shown that somebody else had one.

    ``Auto-Submitted: auto-generated`` (RFC 3834, 5) stands on every mail, also on one that carries a person's
    answer: the portal writes it, and a holiday responder that answered it would count as the customer's
    follow-up. ``X-Auto-Response-Suppress`` says the same to Exchange, without ``NDR``: failures must come back.
    """
    fields = {
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "DR, RN, NRN, OOF, AutoReply",
        "List-Id": f"<tickets.{mail_domain()}>" if ticket is not None else f"<accounts.{mail_domain()}>",
        LOOP_FIELD: loop_mark(),
    }
    if ticket is not None:
        fields["X-Tawasul-Ticket"] = ticket.spoken_number
        if not KINDS[kind].opens_thread:
            root = thread_root(ticket)
            earlier = [message_id for message_id in _earlier(ticket, to) if message_id != root]
            fields["In-Reply-To"] = earlier[0] if earlier else root
            fields["References"] = " ".join([root, *reversed(earlier[: MOST_REFERENCES - 1])])
    return fields


def mails_so_far() -> "Prefetch[str]":
    """For whoever writes to many tickets at once: their mails' identifiers in one query, where ``build`` looks."""
    rows = OutgoingMail.objects.only("ticket_id", "message_id", "to_address").order_by("-created_at", "-pk")
    return Prefetch("ticket__mails", queryset=rows)


def _earlier(ticket: Ticket, to: str) -> list[str]:
    """The Message-IDs of the ticket's mails to this address, the newest first."""
    if "mails" in getattr(ticket, "_prefetched_objects_cache", {}):
        return [mail.message_id for mail in ticket.mails.all() if mail.to_address.lower() == to.lower()]
    theirs = ticket.mails.filter(to_address__iexact=to)
    newest = theirs.order_by("-created_at", "-pk").values_list("message_id", flat=True)
    return list(newest[:MOST_REFERENCES])


@cache
def own_host() -> str:
    """The name this server gives itself in EHLO: the portal's host, in A-labels."""
    return domains.to_ascii_host(domains.host_of(links.absolute("/"))) or "localhost"
