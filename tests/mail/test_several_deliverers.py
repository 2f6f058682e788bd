"""Several deliverers at once, and deliverers that are killed: no mail is lost, none goes out without need."""

import logging
import os
import random
import threading
import time
from collections import Counter
from contextlib import ExitStack, closing

import pytest
from django.db import connection

from tawasul.core import clock
from tawasul.mail import smtp
from tawasul.mail.models import OutgoingMail
from tawasul.mail.smtp import Deliverer
from tests import processes
from tests.at_once import at_once
from tests.mail.conftest import write_a_mail_to
from tests.mail.raw_smtp import RawSmtp

pytestmark = [pytest.mark.network, pytest.mark.django_db(transaction=True)]
State = OutgoingMail.State
log = logging.getLogger(__name__)


def test_deliverers_side_by_side_send_each_mail_once(server: RawSmtp) -> None:
    ids = {write_a_mail_to(f"person{number}@example.sa").message_id for number in range(120)}

    def work() -> None:
        with closing(Deliverer()) as deliverer:
            idle = 0
            while idle < 3:
                idle = 0 if deliverer.deliver_due(7) else idle + 1

    at_once(*[work] * 4)
    assert Counter(server.ids()) == Counter(message_id.encode() for message_id in ids)
    assert OutgoingMail.objects.filter(state=State.SENT, attempts=1).count() == 120
    assert len(server.conversations) > 1, "more than one of them had something to do"


def test_processes_side_by_side_send_each_mail_once(server: RawSmtp) -> None:
    server.delay = 0.001
    ids = {write_a_mail_to(f"person{number}@example.sa").message_id.encode() for number in range(150)}
    with ExitStack() as beside:
        for _ in range(3):
            beside.enter_context(processes.beside(_deliver_for_ever))
        _wait_until_all_are_sent()
    assert Counter(server.ids()) == Counter(ids)
    assert OutgoingMail.objects.filter(state=State.SENT, attempts=1).count() == len(ids)
    assert len(server.conversations) > 3, "more than one of them had something to do"


def test_a_server_that_dawdles_over_one_mail_holds_the_other_deliverer_up_for_a_moment_only(
    server: RawSmtp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smtp, "ONE_AT_A_TIME", 0.2)
    dawdling, go_on = threading.Event(), threading.Event()

    def dawdle(_conversation: object) -> str:
        dawdling.set()
        go_on.wait(20)
        return "250 2.0.0 taken at last"

    server.script["DOT"] = [dawdle]
    slow = write_a_mail_to("slow@example.sa")

    def work() -> None:
        deliverer = Deliverer()
        deliverer.deliver_due(1)
        deliverer.close()
        connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    assert dawdling.wait(10)
    others = [write_a_mail_to(f"person{number}@example.sa") for number in range(3)]
    deliverer = Deliverer()
    started = time.monotonic()
    assert deliverer.deliver_due() == 3
    assert time.monotonic() - started < 3
    deliverer.close()
    assert server.ids() == [mail.message_id.encode() for mail in others]
    go_on.set()
    thread.join(10)
    slow.refresh_from_db()
    assert (slow.state, slow.smtp_reply) == (State.SENT, "250 2.0.0 taken at last")


KILLS = int(os.environ.get("TAWASUL_TEST_KILLS", "20"))
MAILS_A_KILL = 15


def _deliver_for_ever() -> None:
    """As a worker does: two threads, each with a deliverer of its own."""

    def deliver() -> None:
        deliverer = Deliverer()
        while True:
            if not deliverer.deliver_due(8):
                time.sleep(0.01)

    threading.Thread(target=deliver, daemon=True).start()
    deliver()


def _wait_until_all_are_sent() -> None:
    deadline = time.monotonic() + 90
    while OutgoingMail.objects.exclude(state=State.SENT).exists() and time.monotonic() < deadline:
        time.sleep(0.05)


@pytest.mark.timeout(120 + 3 * KILLS)
def test_a_deliverer_killed_at_any_moment_loses_nothing_and_repeats_at_most_one_mail(server: RawSmtp) -> None:
    """Each time as many mails are written as it can hardly manage, so that it is killed at work."""
    server.delay = 0.002
    chance = random.Random(7)
    ids: set[bytes] = set()
    killed_at_work = repeats = 0
    for _ in range(KILLS):
        ids |= {write_a_mail_to(f"person{n}@example.sa").message_id.encode() for n in range(MAILS_A_KILL)}
        mark = len(server.taken)
        with processes.beside(_deliver_for_ever):
            time.sleep(chance.uniform(0.02, 0.2))
        while server.talking:  # it still reads what the killed one had written
            time.sleep(0.005)
        killed_at_work += OutgoingMail.objects.filter(lease__isnull=False).exists()
        noted = set(OutgoingMail.objects.filter(state=State.SENT).values_list("message_id", flat=True))
        unnoted = [one for one in server.ids()[mark:] if one.decode() not in noted]
        assert len(unnoted) <= 1, "one kill leaves at most one mail of which nobody knows that it went"
        repeats += len(unnoted)
        # as if the lease of the killed one had run out
        OutgoingMail.objects.filter(lease__isnull=False).update(next_try_at=clock.now())
    with processes.beside(_deliver_for_ever):
        _wait_until_all_are_sent()
    arrived = Counter(server.ids())
    assert not OutgoingMail.objects.exclude(state=State.SENT).exists()
    assert set(arrived) == ids, "none is lost, and a repeat has the Message-ID of the first"
    assert sum(arrived.values()) - len(arrived) == repeats <= KILLS
    assert killed_at_work > KILLS // 2, "most of them were killed at work"
    log.info(
        "%s: %d kills, %d at work; %d mails, 0 lost, %d repeated",
        connection.vendor,
        KILLS,
        killed_at_work,
        len(ids),
        repeats,
    )
