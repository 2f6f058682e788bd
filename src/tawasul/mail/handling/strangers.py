"""A mail from an address that nobody has confirmed: it waits, one notice a day asks for the confirmation, and pressing
its button lets everything in that waits from there."""

from django.db import transaction
from django.urls import reverse
from django.utils.translation import override

from tawasul.accounts.models import TermsVersion
from tawasul.core import clock
from tawasul.core.links import absolute
from tawasul.core.tokens import keyed_hash
from tawasul.mail import actions as mail
from tawasul.mail import notices
from tawasul.mail.handling import letters
from tawasul.mail.handling.reading import Reading
from tawasul.mail.handling.senders import Sender
from tawasul.mail.models import IncomingMail
from tawasul.tickets import direct
from tawasul.tickets.models import Channel, Draft, Message, Purpose, Ticket

NOTICE = "mail_confirm"


def ask(draft: Draft, reading: Reading, sender: Sender) -> None:
    """Let the mail wait in the draft, and ask its writer to confirm the address, unless that was asked today.

    The notice says nothing that the mail said. Call it in the transaction that settles the mail's row.
    """
    language = letters.language_of(reading, None)
    request = direct.Request(
        name=sender.writer.name,
        email=sender.address.address,
        purpose=Purpose.INQUIRY,
        service=letters.service().code,
        domain="",
        request_number="",
        subject=letters.subject_of(reading, language),
        problem=letters.text_of(reading),
        wanted="",
        terms=0,
        language=language,
        channel=Channel.MAIL,
        rest=reading.rest,
    )
    token = direct.await_confirmation(draft, request)
    if notices.refused(sender.address.key):
        return  # the mail waits, and staff see it; its address asked not to be asked
    with override(language):
        link = absolute(reverse("portal:contact_confirm", args=[token]))
    mail.send(
        NOTICE,
        to=sender.address.address,
        language=language,
        context={"link": link, "expires_at": draft.confirm_expires_at},
        key=notice_key(sender.address.key),
    )


def notice_key(address: str) -> str:
    """One key an address (lower case) and day: the ledger refuses a second notice."""
    return f"{NOTICE}:{clock.now():%Y-%m-%d}:{keyed_hash(address, salt='mail-notice')[:40]}"


@transaction.atomic
def open_confirmed(draft: Draft, *, terms: TermsVersion | None = None) -> Ticket:
    """The address is confirmed: the request becomes a ticket, and so does every mail that waits for the same address.

    ``terms`` are what was accepted with the confirmation of a mail. Returns the ticket of this very request.
    """
    wanted = draft.pk
    opened: dict[object, Ticket] = {}
    for one in direct.waiting_beside(draft):
        key, came_by_mail = one.pk, direct.request_in(one).is_mail
        row = IncomingMail.objects.filter(draft=one).first()
        opened[key] = direct.open_confirmed(one, terms=terms if came_by_mail else None)
        if row is not None:
            letter = Message.objects.filter(submission=key).first()
            IncomingMail.objects.filter(pk=row.pk).update(
                outcome=IncomingMail.Outcome.OPENED, ticket=opened[key], letter=letter, draft=None
            )
    return opened[wanted]
