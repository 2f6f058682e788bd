"""What machines ask: is the process alive, and is the service in order?"""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from tawasul.core import clock
from tawasul.mail.doors.mailboxes import Configured
from tawasul.mail.models import IncomingMail, Mailbox, OutgoingMail
from tawasul.reactions.models import Heartbeat


def waiting_mail(*, age: timedelta, done: bool = False) -> None:
    now = clock.now()
    OutgoingMail.objects.create(
        kind="generic",
        to_address="noura@example.sa",
        subject="…",
        text="…",
        html="…",
        message_id="<1@localhost>",
        key="1",
        created_at=now - age,
        give_up_at=now + timedelta(days=5),
        done_at=now if done else None,
    )


def ready(client: Client) -> tuple[int, dict[str, Any]]:
    response = client.get("/readyz")
    return response.status_code, response.json()


def test_a_living_process_says_so_without_asking_the_database(client: Client) -> None:
    response = client.get("/healthz")  # without the db fixture a query would fail the test
    assert response.status_code == 200
    assert response.json() == {"alive": True}


@pytest.mark.django_db
def test_ready_takes_a_database_a_living_worker_and_mail_that_moves(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    Heartbeat.objects.create(worker="here:1")
    with django_assert_num_queries(4):  # does it answer, the newest heartbeat, the oldest mails that wait
        status, found = ready(client)
    assert status == 200
    assert found["ready"] is True
    assert found["worker"]["seconds_since_heartbeat"] < 30
    assert found["mail"]["oldest_waiting_seconds"] == 0


@pytest.mark.django_db
def test_without_a_worker_it_is_not_ready(client: Client) -> None:
    assert ready(client)[0] == 503
    Heartbeat.objects.create(worker="here:1", at=clock.now() - timedelta(minutes=5))
    status, found = ready(client)
    assert status == 503
    assert found["database"]["ok"] is True
    assert found["worker"]["ok"] is False
    assert 299 <= found["worker"]["seconds_since_heartbeat"] <= 301


@pytest.mark.django_db
@pytest.mark.parametrize(("hours", "done", "status"), [(0.5, False, 200), (2, False, 503), (2, True, 200)])
def test_a_mail_that_waits_for_hours_means_not_ready(
    client: Client, hours: float, done: bool, status: int
) -> None:
    Heartbeat.objects.create(worker="here:1")
    waiting_mail(age=timedelta(hours=hours), done=done)
    answered, found = ready(client)
    assert answered == status
    assert found["mail"]["oldest_waiting_seconds"] == (0 if done else pytest.approx(hours * 3600, abs=2))


@pytest.mark.django_db
@pytest.mark.parametrize(("hours", "done", "status"), [(0.5, False, 200), (2, False, 503), (2, True, 200)])
def test_a_mail_that_came_in_hours_ago_and_is_not_handled_means_not_ready(
    client: Client, hours: float, done: bool, status: int
) -> None:
    Heartbeat.objects.create(worker="here:1")
    came = clock.now() - timedelta(hours=hours)
    IncomingMail.objects.create(
        digest="0" * 64, door="pipe", size=1, received_at=came, done_at=clock.now() if done else None
    )
    answered, found = ready(client)
    assert answered == status
    age = found["incoming"]["oldest_unhandled_seconds"]
    assert age == (0 if done else pytest.approx(hours * 3600, abs=2))


BOX = Configured("support", "imaps", "imap.example.sa", 993, "support@registry.example", password="x")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("minutes", "kind", "status"),
    [
        ({"seen_at": 1, "message_at": 60}, None, 200),
        ({"seen_at": 1, "message_at": 60, "failing_since": 20}, None, 200),
        ({"seen_at": 60, "message_at": 60, "failing_since": 40}, "failing", 503),
        ({"seen_at": 40, "message_at": 60}, "not_seen", 503),
        ({"message_at": 5}, None, 200),  # just set up
        ({"message_at": 40}, "not_seen", 503),
        ({"seen_at": 1, "message_at": 73 * 60}, "silent", 200),
        (None, "not_seen", 503),
    ],
    ids=str,
)
def test_a_mailbox_in_trouble_is_named_and_one_that_brings_no_mail_in_means_not_ready(
    client: Client, settings: Settings, minutes: dict[str, int] | None, kind: str | None, status: int
) -> None:
    settings.MAILBOXES = (BOX,)
    Heartbeat.objects.create(worker="here:1")
    Mailbox.objects.create(
        name="complaints", failing_since=clock.now() - timedelta(days=9)
    )  # not configured now
    if minutes is not None:
        moments = {name: clock.now() - timedelta(minutes=ago) for name, ago in minutes.items()}
        Mailbox.objects.create(name="support", error="sign_in: no", **moments)
    answered, found = ready(client)
    assert answered == status
    named = {name: ["support"] if name == kind else [] for name in ("failing", "not_seen", "silent")}
    assert found["mailboxes"] == {"ok": status == 200, **named}
    assert b"sign_in" not in client.get("/readyz").content, "the reason is not for strangers"


@pytest.mark.django_db
def test_a_mailbox_may_be_silent_where_the_operator_says_so(client: Client, settings: Settings) -> None:
    settings.MAILBOXES, settings.MAILBOX_SILENT_HOURS = (BOX,), 0
    Heartbeat.objects.create(worker="here:1")
    now = clock.now()
    Mailbox.objects.create(name="support", seen_at=now, message_at=now - timedelta(days=900))
    assert ready(client)[1]["mailboxes"]["silent"] == []


@pytest.mark.django_db
def test_a_database_that_does_not_answer_is_a_503_and_no_error_page(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.db import OperationalError

    def gone(*args: Any, **options: Any) -> None:
        raise OperationalError("password=secret")

    monkeypatch.setattr(connection, "cursor", gone)
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["database"] == {"ok": False}
    assert b"secret" not in response.content


@pytest.mark.parametrize("address", ["/healthz", "/readyz"])
def test_health_is_only_read(client: Client, address: str) -> None:
    assert client.post(address).status_code == 405
