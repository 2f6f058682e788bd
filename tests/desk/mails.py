"""Mails of the ledger as the desk's tests need them: rows, and raw mails that came by a door."""

import itertools
import zlib
from datetime import timedelta
from typing import Any

from tawasul.core import clock
from tawasul.mail.doors import store
from tawasul.mail.models import Bounce, IncomingMail, OutgoingMail, RawMail

In, Out = IncomingMail.State, OutgoingMail.State
_numbers = itertools.count(1)
STRANGER = "ahmad@hosting.example"
RAW = (
    b"From: Ahmad <ahmad@hosting.example>\r\nTo: tickets@registry.example\r\nSubject: Re: name servers\r\n"
    b"Message-ID: <one@hosting.example>\r\nAuthentication-Results: mx.example; dmarc=pass\r\n"
    b"Content-Type: text/plain; charset=utf-8\r\n\r\n"
    b"We changed the servers.\r\n\r\nOn Mon, 23 Nov 2026 at 10:00, The centre wrote:\r\n> Please change them.\r\n"
)


def came_in(raw: bytes = RAW, **given: Any) -> IncomingMail:
    """A mail that came in and was read; held unless ``given`` says otherwise."""
    number = next(_numbers)
    values: dict[str, Any] = {
        "digest": f"{number:064d}",
        "door": "lmtp",
        "size": len(raw),
        "received_at": clock.now(),
        "from_name": "أحمد الغامدي",
        "from_address": STRANGER,
        "subject": f"mail {number}",
        "text": "We changed the servers.",
        "message_id": f"<{number}@hosting.example>",
        "mail_class": "message",
        "state": In.HELD,
        "reason": "someone_else",
        "done_at": clock.now(),
    }
    mail = IncomingMail.objects.create(**(values | given))
    RawMail.objects.create(mail=mail, content=zlib.compress(raw))
    return mail


def went_out(**given: Any) -> OutgoingMail:
    """A mail that was sent, unless ``given`` says otherwise."""
    number = next(_numbers)
    now = clock.now()
    values: dict[str, Any] = {
        "kind": "answer",
        "to_address": "noura@example.com.sa",
        "to_name": "نورة الدوسري",
        "language": "ar",
        "subject": f"mail {number}",
        "text": "النص كما أُرسل\n",
        "html": "<!doctype html><html><head><title>x</title></head><body><p>النص كما أُرسل</p></body></html>",
        "message_id": f"<{number}@registry.example>",
        "key": f"test:{number}",
        "state": Out.SENT,
        "created_at": now,
        "sent_at": now,
        "done_at": now,
        "give_up_at": now + timedelta(days=5),
        "attempts": 1,
    }
    return OutgoingMail.objects.create(**(values | given))


def failed(**given: Any) -> OutgoingMail:
    """A mail that the other side refused for good."""
    return went_out(
        **(
            {"state": Out.FAILED, "sent_at": None, "last_error": "refused", "smtp_reply": "550 no such user"}
            | given
        )
    )


def came_back(**given: Any) -> OutgoingMail:
    """A mail that was sent and came back for good."""
    return went_out(**({"bounce": Bounce.PERMANENT, "bounced_at": clock.now()} | given))


def held_by_door(raw: bytes = RAW, **given: Any) -> IncomingMail:
    """A mail as a door keeps it, then held."""
    mail = store.keep(raw, door="lmtp", envelope_from=STRANGER, envelope_to=["tickets@registry.example"])
    values = {"state": In.HELD, "reason": "someone_else", "done_at": clock.now(), "from_address": STRANGER}
    IncomingMail.objects.filter(pk=mail.pk).update(**(values | given))
    mail.refresh_from_db()
    return mail
