"""Who may see the ledger: staff at work, but for mails about tickets of closed teams that they do not belong to. For
everybody else there is none (404)."""

from django.contrib.auth.models import AnonymousUser
from django.http import Http404

from tawasul.accounts.models import Person
from tawasul.mail.models import IncomingMail, OutgoingMail
from tawasul.tickets.access import is_at_work, is_open_to
from tawasul.tickets.models import Ticket

Viewer = Person | AnonymousUser


def incoming_for(person: Viewer, pk: int) -> IncomingMail:
    """A mail that came in, with its ticket and who decided. Raises Http404 for whoever is not staff at work."""
    related = ("ticket", "letter__ticket", "about__ticket", "person", "decided_by")
    mail = IncomingMail.objects.select_related(*related).filter(pk=pk).first() if is_at_work(person) else None
    if mail is None:
        raise Http404
    letter, about = mail.letter, mail.about
    _open_to(person, mail.ticket, letter.ticket if letter else None, about.ticket if about else None)
    return mail


def outgoing_for(person: Viewer, pk: int) -> OutgoingMail:
    """A mail that went out or is to go, with its ticket. Raises Http404 for whoever is not staff at work."""
    related = ("ticket", "person", "settled_by")
    mail = OutgoingMail.objects.select_related(*related).filter(pk=pk).first() if is_at_work(person) else None
    if mail is None:
        raise Http404
    _open_to(person, mail.ticket)
    return mail


def _open_to(person: Viewer, *tickets: Ticket | None) -> None:
    for ticket in tickets:
        if ticket is not None and not (isinstance(person, Person) and is_open_to(person, ticket)):
            raise Http404
