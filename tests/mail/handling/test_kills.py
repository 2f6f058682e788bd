"""Workers that are killed at any moment, and workers side by side: every mail acts exactly once."""

import os
import random
import time

import pytest
from django.db.models import Count

from tawasul.core import clock
from tawasul.core.addresses import parse_address
from tawasul.mail import handling, tokens
from tawasul.mail.doors import store
from tawasul.mail.handling import acting
from tawasul.mail.models import IncomingMail, OutgoingMail
from tawasul.tickets.models import Attachment, Channel, Event, Message, Ticket
from tawasul.tickets.writers import Writer
from tests import processes
from tests.at_once import at_once
from tests.mail.handling.conftest import OURS, Outcome, State, everything_follows, handle_all, raw_mail
from tests.mail.handling.test_files import PICTURE, part, with_files
from tests.world import OpenATicket

pytestmark = pytest.mark.django_db(transaction=True)

KILLS = int(os.environ.get("TAWASUL_TEST_KILLS", "20"))
EACH = 4  # mails that come in before each kill


def _handle_for_ever() -> None:
    while True:
        if not handling.handle_due():
            time.sleep(0.01)


class Senders:
    """Mails of every kind, each from an address of its own so that no brake is pulled; and what must become of them."""

    def __init__(self, open_a_ticket: OpenATicket) -> None:
        self._open = open_a_ticket
        self.expected: dict[int, str] = {}

    def one_more(self) -> None:
        number = len(self.expected)
        address = f"guest{number}@example{number % 7}.sa"
        match number % 4:
            case 0:  # a follow-up
                to, raw = self._ticket_of(address), raw_mail(f"متابعة {number}", address)
                outcome = Outcome.FOLLOWED_UP
            case 1:  # a follow-up with a file
                to = self._ticket_of(address)
                raw = with_files(part(f"{number}.png", PICTURE), body=f"ملف {number}", sender=address)
                outcome = Outcome.FOLLOWED_UP
            case 2:  # a new ticket of somebody known
                self._ticket_of(address)
                to, raw, outcome = OURS, raw_mail(f"طلب {number}", address), Outcome.OPENED
            case _:  # somebody unknown
                to, raw, outcome = OURS, raw_mail(f"غريب {number}", address), Outcome.UNCONFIRMED
        self.expected[store.keep(raw, door="lmtp", envelope_to=[to]).pk] = outcome

    def _ticket_of(self, address: str) -> str:
        ticket = self._open(by=Writer(None, "ضيف", address), channel=Channel.DIRECT)
        return tokens.tagged(parse_address(OURS), tokens.make(tokens.TICKET, ticket.pk)).address

    def all_acted_once(self) -> None:
        assert dict(IncomingMail.objects.values_list("pk", "outcome")) == self.expected
        assert not IncomingMail.objects.exclude(state=State.DONE).exists()
        wanted = list(self.expected.values())
        assert Message.objects.filter(kind=Message.Kind.FOLLOW_UP).count() == wanted.count(
            Outcome.FOLLOWED_UP
        )
        assert Ticket.objects.filter(channel=Channel.MAIL).count() == wanted.count(Outcome.OPENED)
        letters = Message.objects.filter(channel=Channel.MAIL)
        assert letters.filter(incoming__isnull=False).count() == letters.count()
        assert (
            not Event.objects.values("message")
            .filter(message__in=letters)
            .annotate(n=Count("pk"))
            .filter(n__gt=1)
        )
        with_a_file = [pk for place, pk in enumerate(self.expected) if place % 4 == 1]
        assert Attachment.objects.filter(message__incoming__in=with_a_file).count() == len(with_a_file)
        assert Attachment.objects.filter(message__isnull=False).count() == len(with_a_file)
        everything_follows()
        opened = OutgoingMail.objects.filter(kind="ticket_opened").values("ticket")
        assert not opened.annotate(n=Count("pk")).filter(n__gt=1).exists()
        assert OutgoingMail.objects.filter(kind="mail_confirm").count() == wanted.count(Outcome.UNCONFIRMED)


@pytest.mark.timeout(60 + 4 * KILLS)
def test_a_worker_killed_at_any_moment_loses_no_mail_and_does_nothing_twice(
    open_a_ticket: OpenATicket,
) -> None:
    senders, chance, begun = Senders(open_a_ticket), random.Random(11), 0
    for _ in range(KILLS):
        for _ in range(EACH):
            senders.one_more()
        waiting = IncomingMail.objects.filter(done_at=None).count()
        with processes.beside(_handle_for_ever):
            time.sleep(chance.uniform(0.2, 1.0))
        begun += IncomingMail.objects.filter(done_at=None).count() < waiting
        # as if the lease of the killed one had run out
        IncomingMail.objects.filter(lease__isnull=False).update(next_try_at=clock.now())
    handle_all(most=1000)
    assert begun > KILLS / 4, "the killed ones got something done"
    senders.all_acted_once()


def test_workers_side_by_side_handle_each_mail_once(open_a_ticket: OpenATicket) -> None:
    senders = Senders(open_a_ticket)
    for _ in range(24):
        senders.one_more()

    def work() -> int:
        done, idle = 0, 0
        while idle < 3:
            got = handling.handle_due(3)
            done, idle = done + got, 0 if got else idle + 1
            if not got:
                time.sleep(0.1)
        return done

    handled = at_once(*[work] * 3)
    assert sum(handled) == 24
    assert sum(count > 0 for count in handled) > 1, "more than one of them had something to do"
    senders.all_acted_once()


def test_two_workers_that_hold_the_same_mail_make_one_letter(
    open_a_ticket: OpenATicket, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The lease of a slow worker runs out, another one does the work: the slow one's is taken back."""
    senders = Senders(open_a_ticket)
    senders.one_more()
    senders.one_more()
    act = acting.act
    slow = iter([True, True])

    def dawdle(*given: object, **more: object) -> None:
        if next(slow, False):
            IncomingMail.objects.filter(done_at=None, lease__isnull=False).update(next_try_at=clock.now())
            handling.handle_due()
        act(*given, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(acting, "act", dawdle)
    handle_all()
    senders.all_acted_once()
