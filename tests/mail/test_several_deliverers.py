"""Several deliverers at once, and deliverers that are killed: no mail is lost, none goes out without need."""

import random
import threading
import time
from collections import Counter

import pytest
from django.db import connection

from tawasul.core import clock
from tawasul.mail.models import OutgoingMail
from tawasul.mail.smtp import Deliverer
from tests import processes
from tests.mail.conftest import write_a_mail_to
from tests.mail.raw_smtp import RawSmtp

pytestmark = [pytest.mark.network, pytest.mark.django_db(transaction=True)]
State = OutgoingMail.State


def test_deliverers_side_by_side_send_each_mail_once(server: RawSmtp) -> None:
    ids = {write_a_mail_to(f"person{number}@example.sa").message_id for number in range(120)}
    faults: list[BaseException] = []

    def work() -> None:
        deliverer = Deliverer()
        try:
            idle = 0
            while idle < 3:
                idle = 0 if deliverer.deliver_due(7) else idle + 1
        except BaseException as problem:  # noqa: BLE001 - reported below
            faults.append(problem)
        finally:
            deliverer.close()
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not faults
    assert Counter(server.ids()) == Counter(message_id.encode() for message_id in ids)
    assert OutgoingMail.objects.filter(state=State.SENT, attempts=1).count() == 120
    assert len(server.conversations) > 1, "more than one of them had something to do"


KILLS = 10


def _deliver_for_ever() -> None:
    deliverer = Deliverer()
    while True:
        if not deliverer.deliver_due(8):
            time.sleep(0.01)


def test_deliverers_killed_at_any_moment_lose_nothing_and_repeat_at_most_the_mail_in_hand(
    server: RawSmtp,
) -> None:
    server.delay = 0.002
    ids = [write_a_mail_to(f"person{number}@example.sa").message_id for number in range(60)]
    chance = random.Random(7)
    for _ in range(KILLS):
        with processes.beside(_deliver_for_ever):
            time.sleep(chance.uniform(0.05, 0.25))
        # as if the lease of the killed one had run out
        OutgoingMail.objects.filter(lease__isnull=False).update(next_try_at=clock.now())
    before_the_last = len(server.taken)
    with processes.beside(_deliver_for_ever):
        deadline = time.monotonic() + 60
        while OutgoingMail.objects.exclude(state=State.SENT).exists() and time.monotonic() < deadline:
            time.sleep(0.05)
    arrived = Counter(server.ids())
    assert before_the_last > 0, "the killed ones got something done"
    assert set(arrived) == {message_id.encode() for message_id in ids}, "none is lost, none was invented"
    assert sum(arrived.values()) - len(arrived) <= KILLS, "a kill repeats at most the one mail in hand"
    assert not OutgoingMail.objects.exclude(state=State.SENT).exists()
