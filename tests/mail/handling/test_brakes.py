"""What a person would not send is held, and two portals that answer each other stop at once."""

import email
import email.policy
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from email.message import EmailMessage

import pytest
import time_machine
from django.test import Client
from pytest_django import Settings

from tawasul.accounts.models import Person
from tawasul.core import clock, kept
from tawasul.core.addresses import parse_address
from tawasul.mail import handling, headers, mime, tokens
from tawasul.mail.doors import store
from tawasul.mail.handling import brakes
from tawasul.mail.models import IncomingMail, OutgoingMail
from tawasul.tickets.models import Channel, Ticket
from tawasul.tickets.writers import Writer
from tests.mail.handling.conftest import (
    OURS,
    Outcome,
    State,
    come,
    everything_follows,
    handle_all,
    later,
)
from tests.world import OpenATicket, make_person

WORDS = ("الأول", "الثاني", "الثالث", "الرابع", "الخامس", "السادس", "السابع", "الثامن", "التاسع", "العاشر")


@pytest.mark.parametrize("minutes", brakes.WINDOWS)
def test_an_address_that_writes_more_than_a_person_is_held(
    noura: Person, open_a_ticket: OpenATicket, minutes: int
) -> None:
    most = brakes.WINDOWS[minutes][0]
    to = tokens.tagged(parse_address(OURS), tokens.make(tokens.TICKET, open_a_ticket().pk)).address
    now = clock.now()
    earlier = [
        IncomingMail(
            digest=f"{number:064d}",
            door="lmtp",
            size=1,
            from_address=noura.email,
            received_at=now
            - timedelta(minutes=minutes) * (0.98 if number % 2 else 0.6 + 0.3 * number / most),
            done_at=now,
            state=State.DONE,
        )
        for number in range(most - 1)
    ]
    IncomingMail.objects.bulk_create(earlier)
    assert come("ما زلت ضمن الحد", to=to).outcome == Outcome.FOLLOWED_UP
    held = come("وهذه فوقه", to=to)
    assert (held.state, held.reason) == (State.HELD, "brake")
    assert held.ticket is not None, "staff see it beside the ticket"
    assert come("شخص آخر", "khalid@example.com.sa", to=to).reason == "someone_else", (
        "others are not held for it"
    )
    IncomingMail.objects.update(received_at=now - timedelta(minutes=601))
    assert come("بعد حين", to=to).outcome == Outcome.FOLLOWED_UP


def test_a_held_mail_passes_when_it_is_replayed_after_the_flood(
    noura: Person, open_a_ticket: OpenATicket
) -> None:
    to = tokens.tagged(parse_address(OURS), tokens.make(tokens.TICKET, open_a_ticket().pk)).address
    most = brakes.WINDOWS[10][0]
    held = [come(f"رسالة {number}", to=to) for number in range(most + 2)][-1]
    assert held.reason == "brake"
    with time_machine.travel(clock.now() + timedelta(hours=11)):
        handling.replay(held)
        handle_all()
    held.refresh_from_db()
    assert held.outcome == Outcome.FOLLOWED_UP


def test_a_flood_from_everywhere_opens_no_more_tickets_but_lets_participants_write(
    noura: Person, khalid: Person, open_a_ticket: OpenATicket, monkeypatch: pytest.MonkeyPatch
) -> None:
    to = tokens.tagged(parse_address(OURS), tokens.make(tokens.TICKET, open_a_ticket().pk)).address
    monkeypatch.setattr(brakes, "WINDOWS", {10: (15, 3, 4)})
    for number in range(3):
        come("x", f"spammer{number}@evil.example", to=OURS)
    kept.forget_all()
    assert come("سؤالي", khalid.email).reason == "brake"
    assert come("شكرًا", to=to).outcome == Outcome.FOLLOWED_UP


def test_one_address_opens_a_bounded_number_of_tickets(noura: Person) -> None:
    most = brakes.WINDOWS[10][2]
    mails = [come(f"الطلب {word}", Subject=f"طلب {word}") for word in WORDS[: most + 2]]
    assert [mail.outcome for mail in mails[:most]] == [Outcome.OPENED] * most
    assert [(mail.state, mail.reason) for mail in mails[most:]] == [(State.HELD, "brake")] * 2
    assert Ticket.objects.count() == most
    for mail in mails:
        later(mail, minutes=11)
    assert come("بعد حين").outcome == Outcome.OPENED


def test_a_form_letter_that_comes_again_with_other_numbers_is_held(noura: Person) -> None:
    letter = (
        "نشكركم على تواصلكم معنا، وقد سجّلنا طلبكم برقم {0} وسيصلكم الرد خلال يومي عمل، "
        "ورابطه https://x.example/{0} والسلام عليكم ورحمة الله وبركاته"
    )
    first = come(letter.format("AB-12345"), Subject="تم الاستلام")
    later(first, minutes=120)
    second = come(letter.format("CD-67890"), Subject="تم الاستلام")
    assert (first.outcome, second.reason) == (Outcome.OPENED, "repeats")


def test_two_short_mails_of_a_person_may_be_alike(noura: Person) -> None:
    assert [come("شكرًا").outcome, come("شكرًا").outcome] == [Outcome.OPENED, Outcome.OPENED]


# -- two portals ---------------------------------------------------------------------------------------------------

OUR_FIELDS = re.compile(
    r"^(?:auto-submitted|x-|list-|precedence|feedback-id|in-reply-to|references|return-path)", re.IGNORECASE
)


@dataclass
class Portal:
    """One of two installations in one database: a key, an address, and the rows that are its own."""

    name: str
    address: str
    key: str
    sent: set[int] = field(default_factory=set)


@contextmanager
def at(portal: Portal, settings: Settings) -> Iterator[None]:
    """Within the block it is this portal that works; the other's tickets are out of its sight."""
    settings.SECRET_KEY, settings.MAIL_FROM = portal.key, portal.address
    headers.mail_domain.cache_clear()
    yield
    headers.mail_domain.cache_clear()


def pass_mails_to_and_fro(
    one: Portal, two: Portal, settings: Settings, first: bytes, *, strip: bool, most: int = 12
) -> int:
    """Let ``two`` receive the first mail (of ``one``), then each what the other writes to it; how many mails passed
    before both were silent."""
    passed, raws = 0, [first]
    here, there = two, one
    while raws and passed < most:
        next_raws: list[bytes] = []
        with at(here, settings):
            for raw in raws:
                passed += 1
                store.keep(raw, door="lmtp", envelope_to=[here.address])
            handle_all()
            everything_follows()
            for mail in OutgoingMail.objects.filter(to_address=there.address).exclude(
                pk__in=here.sent | there.sent
            ):
                here.sent.add(mail.pk)
                built = mime.build(mail, mime.envelope(mail, utf8_offered=True))
                next_raws.append(without_our_fields(built) if strip else built)
        raws = next_raws
        here, there = there, here
    return passed


def without_our_fields(raw: bytes) -> bytes:
    """As a gateway might pass it on: without anything that says that a machine wrote it."""
    message = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    for name in {name for name in message.keys() if OUR_FIELDS.match(name)}:  # noqa: SIM118
        del message[name]
    return message.as_bytes()


@pytest.mark.parametrize("strip", [False, True], ids=["as sent", "headers stripped"])
@pytest.mark.parametrize("known", ["strangers", "accounts", "guests"])
def test_two_portals_that_mail_each_other_stop_within_three_messages(
    known: str, strip: bool, settings: Settings, open_a_ticket: OpenATicket
) -> None:
    one = Portal("one", "support@one.example", "key of one")
    two = Portal("two", "help@two.example", "key of two")
    for portal, other in ((one, two), (two, one)):
        if known == "accounts":
            make_person(portal.name, portal.name, email=portal.address)
        elif known == "guests":
            open_a_ticket(by=Writer(None, other.name, other.address), channel=Channel.DIRECT)
    with at(one, settings):  # a ticket of one whose requester is two's address: its confirmation begins it
        begun = open_a_ticket(by=Writer(None, "two", two.address), channel=Channel.DIRECT)
        everything_follows()
        mail = OutgoingMail.objects.get(ticket=begun)
        first = mime.build(mail, mime.envelope(mail, utf8_offered=True))
        everything = set(OutgoingMail.objects.values_list("pk", flat=True))
        one.sent |= everything
    if strip:
        first = without_our_fields(first)
    passed = pass_mails_to_and_fro(one, two, settings, first, strip=strip)
    assert passed <= 3
    if not strip:
        assert passed == 1
    assert not IncomingMail.objects.filter(state=State.PARKED).exists()


def test_a_person_is_not_taken_for_a_portal(noura: Person, client: Client) -> None:
    """Two requests within minutes, the second about a number of the writer's own."""
    assert come("كيف أجدد نطاقي؟", Subject="تجديد").outcome == Outcome.OPENED
    assert come("ولي سؤال آخر عن الحساب", Subject="الحساب").outcome == Outcome.OPENED
