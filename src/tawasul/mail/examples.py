"""What a mail of each kind would say: example data for the administration's preview and test mail.

Nothing here is in the database, so that no preview can show a customer's words.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils import translation
from django.utils.translation import gettext

from tawasul.core import clock, links, markdown


@dataclass(frozen=True, slots=True)
class _Named:
    name: str


@dataclass(frozen=True, slots=True)
class _Ticket:
    spoken_number: str
    subject: str
    service: _Named
    created_at: Any
    requester_name: str = ""


@dataclass(frozen=True, slots=True)
class _Letter:
    author_name: str
    at: Any
    text: str
    html: str


@dataclass(frozen=True, slots=True)
class _Turn:
    left: int
    total: int


OF_TICKETS = frozenset(
    {
        *("ticket_opened", "guest_link", "answer", "on_hold", "close_warning", "closed", "reopened"),
        "participant_added",
    }
)


def context(kind: str, language: str) -> Mapping[str, Any]:
    """The context of ``rendering.render`` for an example of ``kind`` in ``language``."""
    now = clock.now()
    with translation.override(language):
        given: dict[str, Any] = {
            "name": gettext("Noura Al-Dosari"),
            "link": links.absolute(f"/{language}/"),
            **_details(kind, now),
        }
        if kind in OF_TICKETS:
            given["ticket"] = _Ticket(
                spoken_number="4829-1736",
                subject=gettext("My domain does not open"),
                service=_Named(gettext("Renew domain information")),
                created_at=now - timedelta(days=1),
                requester_name=gettext("Noura Al-Dosari"),
            )
    return given


def _details(kind: str, now: Any) -> dict[str, Any]:
    soon, later = now + timedelta(days=2), now + timedelta(days=7)
    answer = gettext("The domain was renewed this morning. Please look at it again.")
    letter = _Letter(gettext("Fahd Al-Qahtani"), now, answer, str(markdown.render_answer(answer)))
    match kind:
        case "ticket_opened":
            return {"due": soon, "turn": _Turn(2, 2), "guest": True}
        case "answer":
            return {"letter": letter, "close_due_at": later, "turn": _Turn(7, 7)}
        case "on_hold":
            return {
                "party": gettext("the Ministry of Commerce"),
                "reason": gettext("We wait for its confirmation."),
            }
        case "close_warning":
            return {"answered_at": now - timedelta(days=5), "close_due_at": soon, "turn": _Turn(2, 7)}
        case "closed":
            return {
                "reason": "silence",
                "closed_at": now,
                "reopen_until": now + timedelta(days=30),
                "receipt_link": links.absolute("/"),
            }
        case "reopened":
            return {"at": now, "by_centre": True, "due": soon, "turn": _Turn(2, 2)}
        case "participant_added":
            return {"asker": gettext("Fahd Al-Qahtani"), "beside": gettext("Noura Al-Dosari"), "guest": True}
        case "guest_link" | "direct_confirm" | "mail_confirm":
            return {"expires_at": later}
        case "account_activate":
            return {"code": "271828", "days": 7}
        case "account_exists":
            return {"reset_link": links.absolute("/")}
        case "password_reset":
            return {"username": "noura"}
        case "password_changed":
            return {"at": now}
        case "email_changed":
            return {"at": now, "new_email": "noura@example.com.sa"}
        case "new_device":
            return {"at": now, "device": "Firefox", "network": "192.0.2.7"}
        case "login_code":
            return {"code": "271828"}
    return {}
