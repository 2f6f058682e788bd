"""What the customers' door does beyond the tickets room: mails of people without an account, each in the transaction
that caused it."""

from django.db import transaction
from django.urls import reverse
from django.utils.translation import override

from tawasul.core.links import absolute
from tawasul.core.tokens import token_hash
from tawasul.mail import actions as mail
from tawasul.tickets import direct
from tawasul.tickets.direct import Request
from tawasul.tickets.models import Draft, GuestLink, Participant, Ticket


@transaction.atomic
def ask_to_confirm(draft: Draft, request: Request) -> None:
    """Keep the request until its address is confirmed, and mail the link. The mail says nothing that was typed."""
    token = direct.await_confirmation(draft, request)
    with override(request.language):
        link = absolute(reverse("portal:contact_confirm", args=[token]))
    mail.send(
        "direct_confirm",
        to=request.email,
        language=request.language,
        context={"link": link, "expires_at": draft.confirm_expires_at},
        key=f"direct_confirm:{token_hash(token)}",
    )


@transaction.atomic
def send_new_link(ticket: Ticket, participant: Participant | None = None) -> None:
    """Mail a new personal link to the address the ticket was opened with, or to the participant's."""
    token = direct.new_link(ticket, participant)
    language = participant.language if participant is not None else ticket.language
    with override(language):
        link = absolute(reverse("portal:guest_ticket", args=[token]))
    mail.send(
        "guest_link",
        to=participant.email if participant is not None else ticket.requester_email,
        name=participant.name if participant is not None else ticket.requester_name,
        language=language,
        context={"link": link, "expires_at": GuestLink.objects.get(token_hash=token_hash(token)).expires_at},
        key=f"guest_link:{token_hash(token)}",
        ticket=ticket,
    )
