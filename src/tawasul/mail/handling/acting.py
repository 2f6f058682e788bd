"""Doing what was decided, in one transaction with the mark on the mail's row: both are there, or neither.

Files are stored before that transaction, since they take seconds; a draft holds them, and is dropped where the rest
fails. A letter's ``submission`` is made of the mail's digest, so however often a mail is handled it is one letter.
"""

from collections.abc import Callable
from typing import Any, Final

from django.db import transaction
from django.db.models import QuerySet

from tawasul.mail.handling import filing, letters, returns, routing, rows, strangers
from tawasul.mail.handling.reading import Reading
from tawasul.mail.handling.routing import Decision, Step
from tawasul.mail.models import IncomingMail
from tawasul.tickets import actions
from tawasul.tickets.models import Channel, Draft, Message, Purpose
from tawasul.tickets.workflow import IllegalMove
from tawasul.tickets.writers import Writer

State, Outcome = IncomingMail.State, IncomingMail.Outcome
_LOOKS: Final = 4  # how often a ticket may change under our hands before the mail waits for a calmer moment
_DRAFTS: Final = {
    Step.OPEN: Draft.Kind.TICKET,
    Step.FOLLOW_UP: Draft.Kind.FOLLOW_UP,
    Step.REOPEN: Draft.Kind.FOLLOW_UP,
    Step.ANSWER: Draft.Kind.ANSWER,
    Step.CONFIRM: Draft.Kind.DIRECT,
}
_BECAME: Final = {Message.Kind.OPENING: Outcome.OPENED, Message.Kind.ANSWER: Outcome.ANSWERED}


def handle(mail: IncomingMail, reading: Reading, *, alive: Callable[[], None] = lambda: None) -> Decision:
    """Decide and act on a claimed mail. Returns what was done.

    Raises Overtaken where the claim ran out, filing.Later where a file can be judged neither way now, and IllegalMove
    where the ticket keeps changing.
    """
    for look in range(_LOOKS):
        decision = routing.decide(mail, reading)
        try:
            act(mail, reading, decision, rows.claimed(mail), alive=alive)
        except IllegalMove:
            if look + 1 == _LOOKS:
                raise
        else:
            return decision
    raise AssertionError("unreachable")


def act(
    mail: IncomingMail,
    reading: Reading,
    decision: Decision,
    row: "QuerySet[IncomingMail]",
    *,
    alive: Callable[[], None] = lambda: None,
    **also: Any,
) -> None:
    """Do it and settle the row, which ``row`` finds as long as it may be settled; ``also`` are further columns."""
    if decision.step in _DRAFTS:
        _write(mail, reading, decision, row, alive, also)
        return
    state = {Step.HOLD: State.HELD, Step.PARK: State.PARKED}.get(decision.step, State.DONE)
    with transaction.atomic():
        if decision.step is Step.BOUNCED:
            assert decision.about is not None  # routing found it
            returns.mark(decision.about, reading)
        rows.settle(row, state=state, **{**_columns(reading, decision), **also})


def _columns(reading: Reading, decision: Decision) -> dict[str, Any]:
    about, sender = decision.about, decision.sender
    return {
        **rows.facts(reading),
        "outcome": decision.outcome,
        "reason": decision.reason,
        "ticket": decision.ticket,
        "about": about,
        "person": sender.person if sender is not None else about.person if about is not None else None,
    }


def _write(
    mail: IncomingMail,
    reading: Reading,
    decision: Decision,
    row: "QuerySet[IncomingMail]",
    alive: Callable[[], None],
    also: dict[str, Any],
) -> None:
    """Make the mail a letter, or let it wait for its address. A mail that became a letter before is only marked."""
    columns = _columns(reading, decision)
    earlier = _earlier(mail)
    draft = None
    try:
        if earlier is None and (reading.files or decision.step is Step.CONFIRM):
            draft = _gathered(reading, decision, alive)
        with transaction.atomic():
            if not row.select_for_update().exists():
                raise rows.Overtaken
            if decision.step is Step.CONFIRM and earlier is None:
                assert draft is not None
                assert decision.sender is not None
                strangers.ask(draft, reading, decision.sender)
                columns["draft"] = draft
            else:
                letter = earlier or _letter(mail, reading, decision, draft)
                columns |= {"letter": letter, "ticket": letter.ticket}
                if earlier is not None:
                    columns["outcome"] = _BECAME.get(Message.Kind(letter.kind), Outcome.FOLLOWED_UP)
            rows.settle(row, state=State.DONE, **{**columns, **also})
    except BaseException:
        filing.drop(draft)
        raise


def _earlier(mail: IncomingMail) -> Message | None:
    return Message.objects.select_related("ticket").filter(submission=rows.submission(mail)).first()


def _gathered(reading: Reading, decision: Decision, alive: Callable[[], None]) -> Draft:
    assert decision.sender is not None  # whoever writes a letter is known
    return filing.gather(
        reading,
        kind=_DRAFTS[decision.step],
        address=decision.sender.address.key,
        person=decision.sender.person,
        ticket=decision.ticket,
        alive=alive,
    )


def _letter(mail: IncomingMail, reading: Reading, decision: Decision, draft: Draft | None) -> Message:
    sender, ticket, key = decision.sender, decision.ticket, rows.submission(mail)
    assert sender is not None
    text = letters.text_of(reading)
    if decision.step is Step.OPEN:
        by = Writer.requester_of(decision.follows) if decision.follows is not None else sender.writer
        language = letters.language_of(reading, by.person)
        opened = actions.open_ticket(
            by=by,
            purpose=Purpose.INQUIRY,
            service=letters.service(),
            subject=letters.subject_of(reading, language),
            text=text,
            terms=letters.terms_of(by.person),
            language=language,
            follows=decision.follows,
            draft=draft,
            submission=key,
            channel=Channel.MAIL,
            rest=reading.rest,
        )
        return opened.messages.get(submission=key)
    assert ticket is not None
    if decision.step is Step.ANSWER:
        assert sender.person is not None
        return actions.answer(
            ticket,
            by=sender.person,
            text=text,
            draft=draft,
            submission=key,
            channel=Channel.MAIL,
            rest=reading.rest,
        )
    # As whom the mail was read: should their part have ended since, nothing of it is written.
    by = Writer.beside(decision.participant) if decision.participant else sender.writer_in(ticket)
    if decision.step is Step.REOPEN:
        actions.reopen(
            ticket, by=by, text=text, draft=draft, submission=key, channel=Channel.MAIL, rest=reading.rest
        )
        return Message.objects.select_related("ticket").get(submission=key)
    return actions.follow_up(
        ticket, by=by, text=text, draft=draft, submission=key, channel=Channel.MAIL, rest=reading.rest
    )
