"""Writing mails. Nothing here touches the network: a mail is a row, and the deliverer sends rows."""

import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from tawasul.accounts.models import Person
from tawasul.core import clock
from tawasul.core.text import clean_line
from tawasul.mail import examples, headers, rendering
from tawasul.mail.kinds import KINDS
from tawasul.mail.models import OutgoingMail
from tawasul.mail.reasons import WITHDRAWN
from tawasul.mail.wording import Own
from tawasul.tickets.models import Message, Ticket

GIVE_UP_AFTER = timedelta(days=5)


def send(
    kind: str,
    *,
    to: str,
    name: str = "",
    language: str,
    context: Mapping[str, Any],
    key: str,
    ticket: Ticket | None = None,
    letter: Message | None = None,
    person: Person | None = None,
) -> OutgoingMail | None:
    """Write one mail in the caller's transaction; it goes out after the commit, or not at all.

    ``key`` (at most 120 characters) names the reason for the mail; a second call with the same key writes
    nothing and returns None. ``to`` is an address that was accepted before, as people write it. ``context``
    is what the templates of ``kind`` ask for; ``ticket`` and ``letter`` are there by those names.
    Raises KeyError for an unknown kind and jinja2.UndefinedError for a missing piece of context.
    """
    if _written(kind, key, ticket):
        return None
    mail = compose(
        kind,
        to=to,
        name=name,
        language=language,
        context=context,
        key=key,
        ticket=ticket,
        letter=letter,
        person=person,
    )
    try:
        with transaction.atomic():
            mail.save(force_insert=True)
    except IntegrityError:
        if not _written(kind, key, ticket):
            raise
        return None  # somebody wrote the same mail between the question and the insert
    return mail


def compose(
    kind: str,
    *,
    to: str,
    name: str = "",
    language: str,
    context: Mapping[str, Any],
    key: str,
    ticket: Ticket | None = None,
    letter: Message | None = None,
    person: Person | None = None,
) -> OutgoingMail:
    """The row that ``send`` would write, not saved: for callers that save many at once."""
    known = KINDS[kind].known
    if len(key) > 120:
        raise ValueError(f"the key of a mail has at most 120 characters: {key[:130]!r}")
    texts = rendering.render(
        kind,
        language=language,
        context={
            "ticket": ticket,
            "letter": letter,
            "person": person,
            "name": clean_line(name) if known else "",
        }
        | dict(context),
        time_zone=person.time_zone if person is not None else "",
    )
    now = clock.now()
    return OutgoingMail(
        kind=kind,
        to_address=to,
        to_name=clean_line(name) if known else "",
        language=language,
        subject=texts.subject,
        text=texts.text,
        html=texts.html,
        headers=headers.build(kind, ticket, to=to),
        message_id=headers.identity(kind, key, ticket),
        key=key,
        ticket=ticket,
        letter=letter,
        person=person,
        created_at=now,
        next_try_at=now,
        give_up_at=now + GIVE_UP_AFTER,
    )


def send_example(kind: str, *, language: str, own: Own, person: Person) -> OutgoingMail:
    """Write a mail of example data in these words to somebody who wants to see how they arrive."""
    texts = rendering.render(
        kind,
        language=language,
        context=examples.context(kind, language),
        time_zone=person.time_zone,
        own=own,
    )
    now, key = clock.now(), f"example:{uuid.uuid4()}"
    return OutgoingMail.objects.create(
        kind=kind,
        to_address=person.email,
        to_name=clean_line(person.full_name),
        language=language,
        subject=texts.subject,
        text=texts.text,
        html=texts.html,
        headers=headers.build(kind, None),
        message_id=headers.message_id(key),
        key=key,
        person=person,
        created_at=now,
        next_try_at=now,
        give_up_at=now + GIVE_UP_AFTER,
    )


def _written(kind: str, key: str, ticket: Ticket | None) -> bool:
    """The same mail is in the ledger: the same key, or the one first mail a ticket has."""
    same = Q(key=key)
    if ticket is not None and KINDS[kind].opens_thread:
        same |= Q(message_id=headers.thread_root(ticket))
    return OutgoingMail.objects.filter(same).exists()


def _at_rest(mail: OutgoingMail, now: datetime) -> QuerySet[OutgoingMail]:
    """The row if it was not sent nor withdrawn and no deliverer has it in hand at this moment."""
    return (
        OutgoingMail.objects.filter(pk=mail.pk)
        .exclude(state=OutgoingMail.State.SENT)
        .exclude(last_error=WITHDRAWN)
        .filter(Q(lease__isnull=True) | Q(next_try_at__lte=now))
    )


def retry_now(mail: OutgoingMail) -> bool:
    """Try a waiting or failed mail again at once, for another five days.

    False where it was sent meanwhile, was withdrawn, or is being tried this very moment.
    """
    now = clock.now()
    return bool(
        _at_rest(mail, now).update(
            state=OutgoingMail.State.WAITING,
            next_try_at=now,
            give_up_at=now + GIVE_UP_AFTER,
            done_at=None,
            lease=None,
            settled_at=None,
            settled_by=None,
        )
    )


def correct_address(mail: OutgoingMail, address: str) -> bool:
    """Send a mail that has not gone out to another address, at once.

    ``address`` was accepted by ``core.addresses`` before. False where it was sent meanwhile or is being tried
    this very moment.
    """
    with transaction.atomic():
        changed = _at_rest(mail, clock.now()).update(
            to_address=address, attempts=0, last_error="", smtp_reply=""
        )
        return bool(changed) and retry_now(mail)


class NotSentAgain(Exception):
    """A mail is not sent once more. ``code`` says why: ``not_sent`` (it has not gone out: ``retry_now`` is the way),
    ``private`` (it opens an account, so it goes to no other address)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def send_again(mail: OutgoingMail, *, by: Person, to: str = "") -> OutgoingMail:
    """Write a copy of a mail that has gone out, to the same address or to ``to``, which ``core.addresses`` accepted.

    What was sent stays as it was sent: the copy is a row of its own with a Message-ID of its own, in the same thread.
    A mail has one copy: asked again, whoever asks and at whatever moment, that one is returned. (The copy may have a
    copy.) The mail then needs nobody's care any more. Raises NotSentAgain.
    """
    if mail.state != OutgoingMail.State.SENT:
        raise NotSentAgain("not_sent")
    if to and to != mail.to_address and KINDS[mail.kind].private:
        raise NotSentAgain("private")
    now, key = clock.now(), copy_key(mail)
    copy = OutgoingMail(
        kind=mail.kind,
        to_address=to or mail.to_address,
        to_name=mail.to_name,
        language=mail.language,
        subject=mail.subject,
        text=mail.text,
        html=mail.html,
        headers=_in_thread_of(mail),
        message_id=headers.message_id(key),
        key=key,
        ticket_id=mail.ticket_id,
        letter_id=mail.letter_id,
        person_id=mail.person_id,
        created_at=now,
        next_try_at=now,
        give_up_at=now + GIVE_UP_AFTER,
    )
    try:
        with transaction.atomic():
            copy.save(force_insert=True)
    except IntegrityError:
        copy = OutgoingMail.objects.get(key=key)
    settle(mail, by=by)
    return copy


def copy_key(mail: OutgoingMail) -> str:
    """The key of the one copy of a mail."""
    return copy_key_of(mail.pk)


def copy_key_of(pk: int) -> str:
    """As ``copy_key``, for who has the mail's own key alone."""
    return f"again:{pk}"


def settle(mail: OutgoingMail, *, by: Person) -> bool:
    """Nothing more is to be done about a mail that failed or came back; False where somebody said so before."""
    return bool(
        OutgoingMail.objects.filter(pk=mail.pk, settled_at=None).update(settled_at=clock.now(), settled_by=by)
    )


def _in_thread_of(mail: OutgoingMail) -> dict[str, str]:
    """The copy's header fields: those of the mail, and a first mail's copy refers to the first mail."""
    fields: dict[str, str] = dict(mail.headers)
    if KINDS[mail.kind].opens_thread and "References" not in fields:
        fields |= {"In-Reply-To": mail.message_id, "References": mail.message_id}
    return fields
