"""``tawasul seed``: the example centre and a stock of any size, beside nobody's real data."""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection
from django.db.models import Count, F

from tawasul.accounts.models import Person
from tawasul.config.demo import stock
from tawasul.tickets.models import CloseReason, Event, Message, Status, Tagging, Ticket
from tests.migrated import copied

Seed = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="module")
def folder(migrated: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """As ``tawasul migrate`` leaves it: with tables that nobody has written in."""
    return copied(migrated, tmp_path_factory.mktemp("seeded"))


@pytest.fixture(scope="module")
def seed(folder: Path) -> Seed:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("TAWASUL_")}
    environment |= {"TAWASUL_DATA": str(folder), "DJANGO_SETTINGS_MODULE": "tawasul.config.settings"}
    environment |= {"TAWASUL_LOG_LEVEL": "ERROR", "DATABASE_URL": ""}

    def run(*arguments: str) -> "subprocess.CompletedProcess[str]":
        command = [sys.executable, "-m", "tawasul", "seed", *arguments]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)

    return run


def counted(folder: Path, query: str) -> int:
    with sqlite3.connect(folder / "tawasul.sqlite3") as database:
        return int(database.execute(query).fetchone()[0])


@pytest.mark.timeout(120)
def test_the_command_fills_an_empty_folder_and_adds_to_one_of_its_own_but_touches_nobody_elses(
    seed: Seed, folder: Path
) -> None:
    first = seed("--tickets", "300")
    assert first.returncode == 0, first.stderr[-2000:]
    assert "300 of 300" in first.stderr  # the bar, apart from what is printed
    assert "300 tickets more" in first.stdout
    demo = counted(folder, "SELECT COUNT(*) FROM tickets_ticket") - 300
    assert demo > 0  # the example centre is there, too
    again = seed("--tickets", "50")
    assert again.returncode == 0, again.stderr[-2000:]
    assert counted(folder, "SELECT COUNT(*) FROM tickets_ticket") == demo + 350
    assert counted(folder, "SELECT COUNT(DISTINCT number) FROM tickets_ticket") == demo + 350
    with sqlite3.connect(folder / "tawasul.sqlite3") as database:
        assert database.execute("PRAGMA foreign_key_check").fetchall() == []
        database.execute("UPDATE accounts_person SET email = id || '@real.example.com'")
    refused = seed("--tickets", "50")
    assert refused.returncode == 1
    assert "real data" in refused.stderr
    assert counted(folder, "SELECT COUNT(*) FROM tickets_ticket") == demo + 350


def test_a_stock_without_a_size_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    from tawasul.config.commands import seed as command

    with pytest.raises(SystemExit) as ended:
        command.run(["--tickets", "0"])
    assert ended.value.code == 2


@pytest.fixture
def grown(db: None) -> None:
    stock.grow(600)


@pytest.mark.usefixtures("grown")
def test_a_stock_has_tickets_in_every_state_that_a_desk_meets() -> None:
    assert set(Ticket.objects.values_list("status", flat=True)) == set(Status.values)
    assert set(Ticket.objects.filter(status=Status.CLOSED).values_list("close_reason", flat=True)) == set(
        CloseReason.values
    )
    assert Ticket.objects.filter(snoozed_until__isnull=False).exists()
    assert Ticket.objects.filter(assignee=None).exists()
    assert Ticket.objects.overdue().exists()
    merged = Ticket.objects.filter(close_reason=CloseReason.MERGED)
    assert not merged.filter(merged_into=None).exists()
    assert not merged.filter(merged_into__close_reason=CloseReason.MERGED).exists()
    assert not merged.exclude(requester_name=F("merged_into__requester_name")).exists()


@pytest.mark.usefixtures("grown")
def test_a_stock_is_spread_over_teams_channels_languages_organisations_and_tags() -> None:
    assert Ticket.objects.values("team").distinct().count() >= 5
    assert Ticket.objects.values("channel").distinct().count() == 4
    assert set(Ticket.objects.values_list("language", flat=True)) == {"ar", "en"}
    assert Person.objects.filter(is_staff=False).values("organisation").distinct().count() > 300
    assert Tagging.objects.values("tag").distinct().count() > 5
    assert 2.5 < Message.objects.count() / Ticket.objects.count() < 3.5


@pytest.mark.usefixtures("grown")
def test_the_rows_of_a_stock_are_true_to_each_other() -> None:
    connection.check_constraints()
    counts = Ticket.objects.annotate(letters=Count("messages"))
    assert not counts.exclude(letters=F("message_count")).exists()
    assert not Event.objects.filter(done_at=None).exists()  # nobody is mailed about an invented past
    assert not Message.objects.filter(at__lt=F("ticket__created_at")).exists()
    ticket = Ticket.objects.create(
        number="48291736", service_id=Ticket.objects.values_list("service", flat=True)[0], subject="Next"
    )
    assert ticket.pk > 600  # a key of its own comes after the stock's
