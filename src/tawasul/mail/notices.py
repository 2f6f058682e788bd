"""Notices that nobody asked for, and how to have no more of them.

All our mail answers something its recipient did, with one exception: whoever sends us a mail under somebody else's
address makes us ask that address for a confirmation. Only these notices bear ``List-Unsubscribe`` (RFC 2369), with the
one click of RFC 8058 where the portal is reached by https: there the button in a mail program really ends something.
An answer, a receipt or a password's link without an end to them would be a header that does nothing, or a ticket that
its owner never hears of again.
"""

from django.urls import reverse
from django.utils.translation import override

from tawasul.core.links import absolute
from tawasul.mail import tokens
from tawasul.mail.kinds import KINDS
from tawasul.mail.models import OutgoingMail, RefusedNotices


def fields(mail: OutgoingMail) -> dict[str, str]:
    """The header fields by which the recipient of this mail ends notices of its kind; none for all other mail."""
    if mail.pk is None or mail.kind not in KINDS or not KINDS[mail.kind].unasked:
        return {}
    with override(mail.language):
        link = absolute(reverse("portal:notices", args=[tokens.make(tokens.NOTICES, mail.pk)]))
    found = {"List-Unsubscribe": f"<{link}>"}
    if link.startswith("https://"):
        found["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return found


def address_of(token: str) -> str | None:
    """The address (lower case) that a genuine link is for; None for any other."""
    key = tokens.read(tokens.NOTICES, token)
    if key is None:
        return None
    address = OutgoingMail.objects.filter(pk=key).values_list("to_address", flat=True).first()
    return address.lower() if address else None


def refused(address: str) -> bool:
    """Whether no notice may go to this address."""
    return RefusedNotices.objects.filter(address=address.lower()).exists()


def refuse(address: str) -> None:
    """No notice goes there any more. Asking twice is harmless."""
    RefusedNotices.objects.get_or_create(address=address.lower())


def allow(address: str) -> None:
    """Notices may go there again."""
    RefusedNotices.objects.filter(address=address.lower()).delete()
