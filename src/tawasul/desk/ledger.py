"""What the ledger's pages say: states and outcomes in words, filters with their counts, and the alarm above them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from tawasul.core import dates
from tawasul.core.text import isolate
from tawasul.desk.shelves import MAIL, bounded, shelves_for
from tawasul.mail import ledger, queries, reasons
from tawasul.mail.kinds import KINDS
from tawasul.mail.models import Bounce, IncomingMail, OutgoingMail
from tawasul.tickets.models import Ticket

In, Out, Outcome = IncomingMail.State, OutgoingMail.State, IncomingMail.Outcome
Words = str | Promise

# Longer than this nothing should wait: what comes in is handled within seconds, what goes out within minutes.
LATE_IN: Final = timedelta(minutes=10)
LATE_OUT: Final = timedelta(hours=1)
MOST_OTHERS: Final = 5  # mails without consequence beside a ticket

STATES_IN: Final[Mapping[str, Words]] = {
    "": pgettext_lazy("mails", "All"),
    In.HELD: pgettext_lazy("mails", "Held"),
    In.PARKED: pgettext_lazy("mails", "Set aside"),
    In.WAITING: pgettext_lazy("mails", "Being read"),
    In.DONE: pgettext_lazy("mails", "Handled"),
    In.DISCARDED: pgettext_lazy("mails", "Discarded"),
}
STATES_OUT: Final[Mapping[str, Words]] = {
    "": pgettext_lazy("mails", "All"),
    Out.FAILED: pgettext_lazy("mails", "Not sent"),
    ledger.BOUNCED: pgettext_lazy("mails", "Came back"),
    Out.WAITING: pgettext_lazy("mails", "Waiting"),
    Out.SENT: pgettext_lazy("mails", "Sent"),
}
NEED_CARE: Final = frozenset({In.HELD, In.PARKED, Out.FAILED})


@dataclass(frozen=True, slots=True)
class State:
    """How a mail stands: ``words``, the reason ``why`` where there is one, a picture, how loud it is said (``tone``:
    bad, warn, good or quiet), and ``brief`` for a list where the words are many."""

    words: Words
    why: str = ""
    icon: str = "info"
    tone: str = "quiet"
    brief: Words = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """One filter of a list: where it leads, and its bounded count."""

    href: str
    words: Words
    count: str
    current: bool
    urgent: bool = False


def state_of_incoming(mail: IncomingMail) -> State:
    """What became of a mail that came in."""
    why = reasons.incoming_in_words(mail.reason)
    match mail.state:
        case In.WAITING:
            return State(_("Waits to be read"), why, "clock")
        case In.HELD:
            return State(
                _("Held: staff decide what becomes of it"), why, "circle-pause", "warn", STATES_IN[In.HELD]
            )
        case In.PARKED:
            return State(
                _("Set aside: it could not be handled"), why, "circle-alert", "bad", STATES_IN[In.PARKED]
            )
        case In.DISCARDED:
            return State(_("Discarded by staff"), why, "x")
    return State(_outcome(mail.outcome), why, *_LOOKS.get(mail.outcome, ("check", "good")))


_LOOKS: Final[Mapping[str, tuple[str, str]]] = {
    Outcome.UNCONFIRMED: ("clock", "quiet"),
    Outcome.BOUNCE: ("mail-x", "quiet"),
    Outcome.AUTO_REPLY: ("refresh-cw", "quiet"),
    Outcome.REPORT: ("info", "quiet"),
    Outcome.LIST: ("list", "quiet"),
    Outcome.LOOP: ("rotate-cw", "quiet"),
}


def _outcome(outcome: str) -> str:
    return (
        {
            Outcome.OPENED: _("Opened a ticket"),
            Outcome.FOLLOWED_UP: _("Became a follow-up"),
            Outcome.REOPENED: _("Became a follow-up and reopened the ticket"),
            Outcome.ANSWERED: _("Became an answer of the centre"),
            Outcome.UNCONFIRMED: _("Waits for its writer to confirm the address"),
            Outcome.BOUNCE: _("Says that a mail of ours did not arrive"),
            Outcome.AUTO_REPLY: _("An automatic reply: nothing follows from it"),
            Outcome.REPORT: _("A report by a mail system: nothing follows from it"),
            Outcome.LIST: _("From a mailing list: nothing follows from it"),
            Outcome.LOOP: _("A mail of ours that came round again: nothing follows from it"),
        }.get(Outcome(outcome) if outcome in Outcome.values else Outcome.REPORT, "")
        if outcome
        else _("Handled")
    )


def state_of_outgoing(mail: OutgoingMail) -> State:
    """What became of a mail that goes out."""
    if mail.bounce:
        if mail.bounce == Bounce.PERMANENT:
            return State(
                _("Came back: it cannot be delivered"), "", "mail-x", "quiet" if mail.settled_at else "bad"
            )
        return State(
            _("Came back: it could not be delivered"), "", "mail-x", "quiet" if mail.settled_at else "warn"
        )
    match mail.state:
        case Out.SENT:
            return State(_("Sent"), "", "mail-check", "good")
        case Out.FAILED:
            return State(
                _("Not sent"), mail.why or _("Given up."), "mail-x", "quiet" if mail.settled_at else "bad"
            )
    if mail.last_error:
        return State(_("Delayed"), mail.why, "clock", "warn")
    return State(_("Waits to be sent"), "", "clock")


def door_of(mail: IncomingMail) -> str:
    """By which door it came, and how often where that was more than once."""
    door = {"pipe": _("by the mail server"), "lmtp": "LMTP", "imap": "IMAP"}.get(mail.door, mail.door)
    if mail.mailbox:
        door = f"{door} {isolate(mail.mailbox)}"
    return door


def notes_of(mail: IncomingMail) -> list[str]:
    """What was broken in a mail or left out of it, in words; what only an expert would ask for is left out."""
    known = {
        "too_large": _("It is larger than is read; the rest stands in the original."),
        "too_deep": _("Its parts lie too deep within each other; the innermost were not read."),
        "too_many_parts": _("It has too many parts; the last ones were not read."),
        "too_many_attachments": _("It has too many files; the last ones were not taken."),
        "text_cut": _("Its text is longer than is read; the rest stands in the original."),
        "out_of_time": _("Reading it took too long; the rest stands in the original."),
        "not_terminated": _("It breaks off: something was lost on the way."),
        "html_left_out": _("Its layout is too large or too tangled to be shown; the text is all there."),
    }
    return [known[note] for note in mail.notes if note in known]


def choices(box: str, chosen: str, hidden: Collection[int] = ()) -> list[Choice]:
    """The filters of what came in (``in``) or went out (``out``), each with its bounded count."""
    names, counts = (
        (STATES_IN, ledger.counts_in(hidden)) if box == "in" else (STATES_OUT, ledger.counts_out(hidden))
    )
    base = reverse(f"desk:mail_{box}")
    return [
        Choice(
            href=f"{base}?{urlencode({'state': state})}" if state else base,
            words=words,
            count=bounded(counts[state]) if state in counts else "",
            current=state == chosen,
            urgent=state in NEED_CARE and bool(counts.get(state)),
        )
        for state, words in names.items()
    ]


def alarms(now: datetime) -> list[str]:
    """What is wrong with the mail as a whole: mails that wait too long, mailboxes that fail or keep silent."""
    found = []
    written, came = queries.oldest_waiting(), queries.oldest_unhandled()
    if written is not None and now - written > LATE_OUT:
        found.append(
            _("Mail goes out late: the oldest mail that waits was written %(when)s.")
            % {"when": dates.relative(written, now)}
        )
    if came is not None and now - came > LATE_IN:
        found.append(
            _("Mail is read late: the oldest mail that waits came in %(when)s.")
            % {"when": dates.relative(came, now)}
        )
    return found + [_trouble(trouble, now) for trouble in queries.mailboxes_in_trouble()]


def _trouble(trouble: queries.MailboxTrouble, now: datetime) -> str:
    values = {
        "name": isolate(trouble.name),
        "when": dates.relative(trouble.since, now) if trouble.since is not None else "",
        "error": _mailbox_error(trouble.error),
    }
    if trouble.kind == "failing":
        return _("The mailbox %(name)s cannot be read, first %(when)s: %(error)s") % values
    if trouble.kind == "silent":
        if trouble.since is None:
            return _("The mailbox %(name)s has brought no mail yet. Check that mail reaches it.") % values
        return _("The mailbox %(name)s brought its last mail %(when)s. Check that mail reaches it.") % values
    if trouble.since is None:
        return _("No worker has looked into the mailbox %(name)s yet. Check that one runs.") % values
    return _("The mailbox %(name)s was last looked into %(when)s. Check that a worker runs.") % values


def _mailbox_error(error: str) -> str:
    """What ``doors.imap.failure`` wrote, in words, and the server's own after it."""
    code, _colon, reply = error.partition(": ")
    words = {
        "token": _("no access was granted (OAuth2)."),
        "sign_in": _("the server refused the sign-in."),
        "certificate": _("the server's certificate is not right."),
        "unreachable": _("the server cannot be reached."),
        "line_broke": _("the connection broke off."),
        "refused": _("the server refused what was asked."),
    }.get(code)
    return f"{words} {isolate(reply)}".strip() if words else isolate(error)


def frame(request: HttpRequest, **context: Any) -> dict[str, Any]:
    """What the desk's frame needs around a page of the ledger, and ``context``."""
    person = request.user
    return {"shelves": shelves_for(person), "view": MAIL, **context}  # type: ignore[arg-type]


def may_correct(mail: OutgoingMail) -> bool:
    """Whether it may go to another address: not what opens an account, and not what has gone out and arrived."""
    open_to_it = not KINDS[mail.kind].private and not mail.is_withdrawn
    return open_to_it and (mail.state != Out.SENT or bool(mail.bounce))


def trouble_of(mails: Sequence[OutgoingMail]) -> dict[str, Any]:
    """Those of a ticket's mails that staff must see to, the newest first, and whose address may be corrected."""
    found = [mail for mail in reversed(mails) if mail.needs_staff]
    return {
        "troubled": [(mail, state_of_outgoing(mail)) for mail in found],
        "may_correct": {mail.pk: may_correct(mail) for mail in found},
    }


def of_ticket(ticket: Ticket, incoming: Sequence[IncomingMail]) -> dict[str, Any]:
    """What a ticket's page says of the mails that came in: by letter, held beside it, and the last ones that were of
    no consequence."""
    others = [mail for mail in incoming if not mail.letter_id and mail.state != In.HELD]
    return {
        "mail_of_letter": {mail.letter_id: mail for mail in incoming if mail.letter_id},
        "held": [(mail, state_of_incoming(mail)) for mail in incoming if mail.state == In.HELD],
        "other_incoming": [(mail, state_of_incoming(mail)) for mail in others[: -MOST_OTHERS - 1 : -1]],
        "more_incoming": len(others) > MOST_OTHERS,
        "address_state": ledger.address_state(ticket.requester_email),
    }
