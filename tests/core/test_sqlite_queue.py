"""Writers of one SQLite file queue: each has its turn, and nobody waits for ever for one who never leaves."""

import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection, transaction

from tawasul.accounts.models import Team
from tawasul.core.sqlite import base
from tawasul.core.sqlite.base import Queue
from tests.processes import beside


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(base, "PATIENCE", 0.05)


@pytest.fixture
def own_queue() -> Iterator[Queue]:
    """The queue of the test's own database."""
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL has no single writer")
    yield base._queue_of(str(connection.settings_dict["NAME"]))


def entered_elsewhere(queue: Queue) -> bool:
    """Whether another thread could enter, and then left."""
    seen: list[bool] = []

    def try_it() -> None:
        seen.append(queue.enter())
        if seen[0]:
            queue.leave()

    thread = threading.Thread(target=try_it)
    thread.start()
    thread.join()
    return seen[0]


def test_a_thread_waits_for_another_and_not_for_ever(tmp_path: Path, impatient: None) -> None:
    queue = Queue(str(tmp_path / "queue"))
    assert queue.enter()
    assert not entered_elsewhere(queue)
    queue.leave()
    assert entered_elsewhere(queue)


def test_a_process_waits_for_another_whose_death_ends_its_turn(tmp_path: Path, impatient: None) -> None:
    place = str(tmp_path / "queue")
    ready, tell = os.pipe()

    def hold() -> None:
        Queue(place).enter()
        os.write(tell, b"x")
        threading.Event().wait()

    with beside(hold):
        os.read(ready, 1)
        queue = Queue(place)
        assert not queue.enter()
    assert queue.enter()  # it was killed without leaving
    queue.leave()


@pytest.mark.django_db(transaction=True)
def test_a_transaction_holds_its_turn_until_it_ends_however_it_ends(
    own_queue: Queue, impatient: None
) -> None:
    with transaction.atomic():
        Team.objects.create(name_ar="فريق", name_en="Team")
        assert not entered_elsewhere(own_queue)
        with transaction.atomic():  # a savepoint is no second turn
            pass
        assert not entered_elsewhere(own_queue)
    assert entered_elsewhere(own_queue)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        raise ZeroDivisionError
    assert entered_elsewhere(own_queue)
    transaction.set_autocommit(False)
    Team.objects.create(name_ar="آخر", name_en="Other")
    connection.close()
    assert entered_elsewhere(own_queue)


@pytest.mark.django_db(transaction=True)
def test_who_lost_patience_still_writes_when_sqlite_lets_him(own_queue: Queue, impatient: None) -> None:
    assert own_queue.enter()  # held by someone who writes nothing
    try:
        with transaction.atomic():
            Team.objects.create(name_ar="فريق", name_en="Team")
    finally:
        own_queue.leave()
    assert Team.objects.count() == 1
    assert entered_elsewhere(own_queue)
