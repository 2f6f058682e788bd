"""Mails that come in by a door and are handled by the worker's step, in the small named world."""

import itertools
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import F

from tawasul.core import clock
from tawasul.core.addresses import parse_address
from tawasul.mail import handling, tokens
from tawasul.mail.doors import store
from tawasul.mail.models import IncomingMail, OutgoingMail
from tawasul.reactions.events import react_to_due
from tawasul.tickets import actions
from tawasul.tickets.models import CloseReason, Service, Ticket
from tawasul.tickets.writers import Writer
from tests.mail.inbound import making

Outcome, State = IncomingMail.Outcome, IncomingMail.State
OURS = "tickets@registry.example"
GUEST = "سالم@سجل.السعودية"
_numbers = itertools.count(1)

Arrive = Callable[..., IncomingMail]


def raw_mail(
    body: str | bytes = "متى ينتهي نطاقي؟", sender: str = "noura@example.com.sa", **fields: str
) -> bytes:
    """A person's mail to the centre, unlike any other one."""
    values = {
        "From": f"Noura <{sender}>",
        "To": OURS,
        "Subject": "سؤال عن نطاق",
        "Message-ID": f"<{next(_numbers)}@mailer.example>",
    }
    return making.mail(
        body, **{**values, **{name.replace("_", "-"): value for name, value in fields.items()}}
    )


def handle_all(most: int = 8) -> None:
    """Let the worker's step do all that waits, as if every delay had passed."""
    for _ in range(40):
        IncomingMail.objects.filter(done_at=None).update(next_try_at=clock.now(), lease=None)
        if not handling.handle_due(most):
            return
    raise AssertionError("mails still wait after many tries")


def arrived(raw: bytes, *, to: str = OURS, envelope_from: str = "", door: str = "lmtp") -> IncomingMail:
    """The row of a mail that came in and was handled."""
    mail = store.keep(raw, door=door, envelope_from=envelope_from, envelope_to=[to])
    handle_all()
    mail.refresh_from_db()
    return mail


def come(
    body: str | bytes = "متى ينتهي نطاقي؟", sender: str = "noura@example.com.sa", **given: Any
) -> IncomingMail:
    """A person's mail comes in and is handled; ``to`` and ``envelope_from`` are the envelope's."""
    envelope = {name: given.pop(name) for name in ("to", "envelope_from", "door") if name in given}
    return arrived(raw_mail(body, sender, **given), **envelope)


def everything_follows() -> None:
    """React to all events, so that the ledger of outgoing mail has what they call for."""
    while react_to_due():
        pass


def first_mail(ticket: Ticket) -> OutgoingMail:
    """The mail that confirmed the ticket."""
    everything_follows()
    return OutgoingMail.objects.get(ticket=ticket, kind="ticket_opened")


def sent_kinds() -> list[str]:
    """The kinds of all mails in the outgoing ledger, reactions included."""
    everything_follows()
    return sorted(OutgoingMail.objects.values_list("kind", flat=True))


@pytest.fixture(autouse=True)
def _other_service(request: pytest.FixtureRequest) -> None:
    """The service that tickets by mail are filed under, where a test has a database."""
    if "db" in request.fixturenames or request.node.get_closest_marker("django_db"):
        request.getfixturevalue("service")
        if not Service.objects.filter(code="other").exists():
            Service.objects.create(code="other", name_ar="أخرى", name_en="Other", about_domain=False)


def later(mail: IncomingMail, **ago: Any) -> None:
    """As if the mail had come (and been done) that long ago."""
    IncomingMail.objects.filter(pk=mail.pk).update(
        received_at=F("received_at") - timedelta(**ago), done_at=F("done_at") - timedelta(**ago)
    )


def tagged(ticket: Ticket) -> str:
    return tokens.tagged(parse_address(OURS), tokens.make(tokens.TICKET, ticket.pk)).address


def became(mail: IncomingMail) -> tuple[str, str, str]:
    return mail.state, mail.outcome, mail.reason


def close(ticket: Ticket, reason: str = CloseReason.SOLVED_BY_STAFF, **ago: int) -> None:
    with clock.pretend(clock.now() - timedelta(**ago)):
        actions.close(ticket, by=Writer(None, "x", "x@y.example"), reason=reason)
